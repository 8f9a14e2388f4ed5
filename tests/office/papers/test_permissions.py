"""Who sees which paper: role by paper, the scope clause and the single check alike (R3)."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from provincial.core.viewer import Viewer
from provincial.office.papers import permissions
from provincial.office.papers.models import Paper
from provincial.people.organisations.models import Organisation
from tests.office.conftest import BrowseAs, make_body, viewer_of
from tests.office.papers.test_papers import issue


@pytest.fixture
def letter(session: Session, office: Organisation, city: Organisation, officer: Viewer) -> Paper:
    """A quota letter to a city."""
    made = issue(office, city, officer)
    made.kind = "quota_letter"
    session.commit()
    return made


@pytest.mark.parametrize(
    ("kind", "role", "paper_kind", "sees"),
    [
        ("programme_office", "programme_officer", "quota_letter", True),
        ("finance_department", "finance_officer", "quota_letter", True),
        ("programme_office", "programme_officer", "training_ban", False),
        ("finance_department", "finance_officer", "training_ban", False),
        ("quality_centre", "quality_monitor", "quota_letter", False),
        ("training_centre", "training_centre_officer", "quota_letter", False),
        ("expert_group", "expert", "quota_letter", False),
        ("institution", "institution_administrator", "quota_letter", False),
    ],
)
def test_r3_who_sees_the_papers_of_a_plan(
    session: Session,
    office: Organisation,
    letter: Paper,
    kind: str,
    role: str,
    paper_kind: str,
    sees: bool,
) -> None:
    """rules.md part 4: the programme office receives what a plan sends out, finance reads it."""
    letter.kind = paper_kind
    session.flush()
    viewer = viewer_of(make_body(session, "某处", kind, office), role, 9)
    found = session.scalars(select(Paper).where(permissions.visible(viewer))).all()
    assert (letter in found, permissions.may_see(viewer, letter)) == (sees, sees)
    assert not permissions.may_mark_read(viewer, letter)
    assert not permissions.may_withdraw(viewer, letter)


@pytest.mark.parametrize(
    ("role", "sees"),
    [
        ("province_officer", True),
        ("auditor", True),
        ("system_administrator", False),
        ("teacher", False),
    ],
)
def test_r5_a_paper_that_names_teachers_is_for_whose_work_it_is(
    session: Session, office: Organisation, letter: Paper, role: str, sees: bool
) -> None:
    """R5: a list of nominees is not read by the administration of the site."""
    letter.kind = "nomination_list"
    session.flush()
    viewer = viewer_of(office, role, 9)
    found = session.scalars(select(Paper).where(permissions.visible(viewer))).all()
    assert (letter in found, permissions.may_see(viewer, letter)) == (sees, sees)


def test_finance_reads_but_does_not_act(
    session: Session, office: Organisation, letter: Paper, browse_as: BrowseAs
) -> None:
    finance = make_body(session, "财政厅", "finance_department", office)
    session.commit()
    browser = browse_as(viewer_of(finance, "finance_officer", 9))
    assert letter.number in browser.get("/papers").text
    assert browser.get(f"/papers/{letter.id}").status_code == 200
    assert browser.post(f"/papers/{letter.id}/read").status_code == 403
    assert browser.post(f"/papers/{letter.id}/withdraw").status_code == 403
