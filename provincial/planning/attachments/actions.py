"""Attaching documents to plans, saying who sees them, taking them away."""

from __future__ import annotations

from datetime import datetime

from provincial.adapters import storage
from provincial.core.db import db
from provincial.core.refusals import Refusal, WrongState
from provincial.core.text import Text, t
from provincial.core.viewer import Viewer
from provincial.office.files.actions import store
from provincial.office.journal.actions import record
from provincial.planning.plans.models import Plan, PlanDocument
from provincial.planning.plans.queries import documents
from provincial.planning.plans.rules import PlanState
from provincial.planning.rulebooks.rules import require_reason

#: What may be attached: papers, tables, Word forms, archives.
ACCEPTED = frozenset(
    {
        storage.PDF,
        storage.DOCX,
        storage.DOC,
        storage.XLSX,
        storage.XLS,
        storage.ODS,
        storage.ZIP,
    }
)


def attach(
    plan: Plan, data: bytes, name: str, *, title: str, is_public: bool, by: Viewer
) -> PlanDocument:
    """Attach a file; refuses other kinds of file on field ``file``."""
    _require_open(plan)
    file = store(data, name, "plan_document", by=by, media_types=ACCEPTED)
    document = PlanDocument(
        plan_id=plan.id,
        file_id=file.id,
        title=title or file.name,
        is_public=is_public,
        position=len(documents(plan)),
        by_user_id=by.user_id,
    )
    db.session.add(document)
    db.session.flush()
    said = t("Attached “%(title)s”", title=document.title)
    _record(plan, "attach", by, said, after={"public": is_public, "file": file.name})
    return document


def set_public(document: PlanDocument, is_public: bool, *, by: Viewer) -> None:
    """Open a document to the public, or keep it inside the office."""
    _require_open(document.plan)
    if document.is_public == is_public:
        raise Refusal(t("This has been done already."))
    document.is_public = is_public
    said = t("Opened “%(title)s” to the public", title=document.title)
    if not is_public:
        said = t("Closed “%(title)s” to the public", title=document.title)
    _record(document.plan, "set_public", by, said, after={"public": is_public})


def take_away(document: PlanDocument, *, by: Viewer, reason: str, at: datetime) -> None:
    """Take a document away; the file stays in the archive and can be put back."""
    _require_open(document.plan)
    reason = require_reason(reason)
    document.removed_at = at
    said = t("Took “%(title)s” away", title=document.title)
    _record(document.plan, "take_away", by, said, reason=reason)


def put_back(document: PlanDocument, *, by: Viewer) -> None:
    """Put a document back that was taken away."""
    _require_open(document.plan)
    document.removed_at = None
    _record(document.plan, "put_back", by, t("Put “%(title)s” back", title=document.title))


def _require_open(plan: Plan) -> None:
    if plan.state in (PlanState.ARCHIVED, PlanState.DISCARDED):
        raise WrongState(t("The plan is only read from now on."))


def _record(
    plan: Plan,
    verb: str,
    by: Viewer,
    said: Text,
    *,
    reason: str = "",
    after: dict[str, object] | None = None,
) -> None:
    record(
        f"attachments.{verb}",
        plan,
        by=by,
        after=after,
        reason=reason,
        label=plan.title,
        said=said,
    )
    db.session.flush()
