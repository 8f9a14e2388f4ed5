"""Who sees which workbook: role by run, the scope clause and the single check alike (R3)."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from provincial.office.imports import permissions
from provincial.office.imports.models import ImportRun
from provincial.people.organisations.models import Organisation
from tests.office.conftest import make_body, viewer_of
from tests.office.imports.test_imports import import_run

__all__ = ["import_run"]


@pytest.mark.parametrize(
    ("role", "kind", "state", "sees"),
    [
        ("programme_officer", "quota_split", "confirmed", True),
        ("programme_officer", "figures", "confirmed", True),
        ("programme_officer", "quota_split", "checked", False),
        ("programme_officer", "quota_table", "confirmed", False),
        ("programme_officer", "teachers", "confirmed", False),
        ("finance_officer", "quota_split", "confirmed", False),
        ("finance_officer", "teachers", "confirmed", False),
    ],
)
def test_r3_who_sees_the_workbooks_of_a_plan(
    session: Session,
    office: Organisation,
    import_run: ImportRun,
    role: str,
    kind: str,
    state: str,
    sees: bool,
) -> None:
    """rules.md part 4: the programme office checks what has become the plan's; finance does not."""
    import_run.kind, import_run.state = kind, state
    session.flush()
    body = make_body(session, "某处", "programme_office", office)
    viewer = viewer_of(body, role, 9)
    found = session.scalars(select(ImportRun).where(permissions.visible(viewer))).all()
    assert (import_run in found, permissions.may_see(viewer, import_run)) == (sees, sees)
    assert not permissions.may_discard(viewer, import_run)


@pytest.mark.parametrize(
    ("role", "sees", "takes"),
    [
        ("province_officer", True, True),
        ("auditor", True, False),
        ("quality_monitor", True, False),
        ("system_administrator", False, False),
        ("finance_officer", False, False),
        ("teacher", False, False),
        ("expert", False, False),
    ],
)
def test_r5_a_workbook_that_names_people_is_for_those_who_keep_lists(
    session: Session,
    office: Organisation,
    import_run: ImportRun,
    role: str,
    sees: bool,
    takes: bool,
) -> None:
    """R5: being of the same body is not enough; a teacher does not fetch the colleagues' ID numbers."""
    import_run.kind, import_run.state = "nominations", "checked"
    import_run.organisation_id = office.id
    session.flush()
    viewer = viewer_of(office, role, 9)
    found = session.scalars(select(ImportRun).where(permissions.visible(viewer))).all()
    assert (import_run in found, permissions.may_see(viewer, import_run)) == (sees, sees)
    assert permissions.may_take_away(viewer, import_run) is takes
    assert permissions.may_discard(viewer, import_run) is takes
