"""Issuing the letters that an act on the ledger makes due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from provincial.core.db import db
from provincial.core.viewer import Viewer
from provincial.office.papers import actions as papers
from provincial.office.papers.models import Paper
from provincial.people.organisations.models import Organisation
from provincial.planning.letters.rules import KIND, TEMPLATE, Draft, series_of


def issue(drafts: Sequence[Draft], issuer: Organisation, *, by: Viewer, on: date) -> list[Paper]:
    """Number and issue ``drafts``; each replaces the letter it names. The PDFs are made by one job."""
    made = []
    for draft in drafts:
        values = {
            "kind": KIND,
            "series": series_of(draft.pattern, on.year),
            "number_pattern": draft.pattern,
            "template": TEMPLATE,
            "content": draft.content,
            "title": draft.title,
            "issuer": (issuer.id, issuer.letter_name),
            "addressee": (draft.addressee_id, draft.addressee_name),
            "org_path": draft.org_path,
            "about": ("quota_sheet", draft.sheet_id),
            "issued_on": on,
        }
        old = db.session.get(Paper, draft.replaces_id) if draft.replaces_id else None
        made.append(papers.replace(old, by=by, **values) if old else papers.issue(by=by, **values))
    if made:
        papers.request_pdfs(made, by=by)
    return made
