"""Who may see a paper, withdraw it, and confirm that it was read."""

from __future__ import annotations

from sqlalchemy import and_, false, or_
from sqlalchemy.sql.elements import ColumnElement

from provincial.core.viewer import Viewer
from provincial.office.papers.models import Paper
from provincial.office.papers.rules import MACHINE, NAME_KINDS, PLAN_KINDS, PaperState

#: The programme office receives what a plan sends out, finance reads it; both only look.
_PLAN_READERS = ("programme_officer", "finance_officer")
#: Whose work has to do with names of teachers; not the administration of the site, finance, teachers.
_NAME_READERS = (
    *("province_administrator", "province_officer", "auditor", "programme_officer"),
    *("quality_monitor", "bureau_administrator", "bureau_officer"),
    *("school_administrator", "principal"),
)


def visible(viewer: Viewer) -> ColumnElement[bool]:
    """The scope clause: papers to the viewer's subtree, those its own body issued or got, and for
    the programme office and finance the papers by which a plan is carried out.
    """
    of_plans = Paper.kind.in_(sorted(PLAN_KINDS)) if _reads_plans(viewer) else false()
    scope = or_(
        of_plans,
        Paper.org_path.like(viewer.path + "%"),
        Paper.issuer_id == viewer.organisation_id,
        Paper.addressee_id == viewer.organisation_id,
    )
    if viewer.is_any(*_NAME_READERS):
        return scope
    return and_(scope, Paper.kind.not_in(sorted(NAME_KINDS)))


def may_see(viewer: Viewer, paper: Paper) -> bool:
    """Whether the paper is within the viewer's scope."""
    if paper.kind in NAME_KINDS and not viewer.is_any(*_NAME_READERS):
        return False
    return (
        (_reads_plans(viewer) and paper.kind in PLAN_KINDS)
        or paper.org_path.startswith(viewer.path)
        or paper.issuer_id == viewer.organisation_id
        or paper.addressee_id == viewer.organisation_id
    )


def _reads_plans(viewer: Viewer) -> bool:
    return viewer.is_any(*_PLAN_READERS)


def may_mark_read(viewer: Viewer, paper: Paper) -> bool:
    """Whether the viewer acts for the addressee."""
    return paper.addressee_id == viewer.organisation_id


def may_withdraw(viewer: Viewer, paper: Paper) -> bool:
    """Whether the viewer's body issued the paper and its role takes papers back."""
    roles = {role for step in MACHINE.transitions for role in step.roles}
    return paper.issuer_id == viewer.organisation_id and viewer.role in roles


def can_withdraw_now(viewer: Viewer, paper: Paper) -> bool:
    """Whether the button is shown: the paper is still valid."""
    return (
        may_withdraw(viewer, paper)
        and not viewer.read_only
        and PaperState(paper.state) is PaperState.VALID
    )
