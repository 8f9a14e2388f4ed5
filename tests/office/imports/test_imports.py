"""The generic frame of imports: nothing is saved before it is confirmed, all of it can be undone."""

from __future__ import annotations

import io
from functools import cache
from typing import Any

import openpyxl
import pytest
from flask import g, render_template
from sqlalchemy.orm import Session

from provincial.core.findings import Finding, Severity
from provincial.core.refusals import Refusal, StaleVersion, WrongState
from provincial.core.text import t
from provincial.core.viewer import Viewer
from provincial.office.imports import actions, documents, queries, rules
from provincial.office.imports.models import ImportRun
from provincial.office.journal.queries import timeline
from provincial.web.formkit import ConfirmForm
from tests.office.conftest import BrowseAs

BAD = Finding(
    Severity.BLOCK, t("The unit is unknown."), cell="表1!A3", mend=t("Write its full name.")
)
ODD = Finding(Severity.WARN, t("The total differs."), cell="表1!B4", rule="HN-38")
FINE = Finding(Severity.PASS, t("All rows add up."))


@cache
def workbook() -> bytes:
    """A small table as somebody would send it; made once, for a zip carries the time of its making."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "表1"
    for row in (["单位", "名额"], ["甲市", 3], ["丙市", 4], ["合计", 8]):
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.fixture
def import_run(session: Session, clerk: Viewer) -> ImportRun:
    """A workbook that came in and was checked without problems."""
    run = actions.receive(
        "test_table",
        workbook(),
        "名额表.xlsx",
        organisation_id=clerk.organisation_id,
        context={"plan": 1},
        title=t("Quota table"),
        by=clerk,
    )
    actions.record_check(
        run, {"sheet": "表1", "header_row": 0, "rows": 3}, [FINE, ODD], {"Rows read": 3}
    )
    session.commit()
    return run


class TestSteps:
    """checked, confirmed, undone, discarded."""

    def test_confirm_then_undo(
        self, session: Session, import_run: ImportRun, clerk: Viewer
    ) -> None:
        seen = import_run.version
        actions.confirm(import_run, {"entries": [1, 2]}, by=clerk, expected_version=seen)
        assert (import_run.state, import_run.effect) == ("confirmed", {"entries": [1, 2]})
        with pytest.raises(WrongState):
            actions.confirm(import_run, {}, by=clerk)
        with pytest.raises(WrongState):
            actions.record_check(import_run, {}, [], {})
        with pytest.raises(Refusal) as caught:
            actions.undo(import_run, " ", by=clerk)
        assert caught.value.field == "reason"
        actions.undo(import_run, "传错了表", by=clerk)
        session.flush()
        assert import_run.state == "undone"
        with pytest.raises(WrongState):
            actions.undo(import_run, "再来", by=clerk)
        assert [m.reason for m in timeline(import_run)] == ["传错了表", "", ""]

    def test_blocking_findings_refuse(self, import_run: ImportRun, clerk: Viewer) -> None:
        actions.record_check(import_run, {}, [ODD, BAD], {})
        assert [f.severity for f in actions.findings_of(import_run)] == ["block", "warn"]
        with pytest.raises(Refusal) as caught:
            actions.confirm(import_run, {}, by=clerk)
        assert caught.value.findings == [BAD]

    def test_r12_checked_again_since(self, import_run: ImportRun, clerk: Viewer) -> None:
        """R12: what is confirmed is what was seen."""
        seen = import_run.version
        actions.record_check(import_run, {}, [], {})
        with pytest.raises(StaleVersion):
            actions.confirm(import_run, {}, by=clerk, expected_version=seen)

    def test_discard(self, import_run: ImportRun, clerk: Viewer) -> None:
        actions.discard(import_run, by=clerk)
        with pytest.raises(WrongState):
            actions.confirm(import_run, {}, by=clerk)

    def test_only_workbooks_come_in(self, session: Session, clerk: Viewer) -> None:
        for data in (b"", b"%PDF-1.7", b"MZ\x00\x00"):
            with pytest.raises(Refusal) as caught:
                actions.receive(
                    "t", data, "x.xlsx", organisation_id=clerk.organisation_id, by=clerk
                )
            assert caught.value.field == "file"


@pytest.mark.parametrize(
    ("cell", "place"),
    [
        ("表1!A3", ("表1", 2, 0)),
        ("'附件 4''s'!AB12", ("附件 4's", 11, 27)),
        ("C7", ("", 6, 2)),
        ("第3行", None),
        ("", None),
        ("A0", None),
    ],
)
def test_place_of(cell: str, place: tuple[str, int, int] | None) -> None:
    """Cells as findings name them."""
    assert documents.place_of(cell) == place


class TestPages:
    """List, run, workbook back."""

    def test_run(self, import_run: ImportRun, clerk: Viewer, browse_as: BrowseAs) -> None:
        browser = browse_as(clerk)
        assert "名额表.xlsx" in browser.get("/imports/?state=checked").text
        page = browser.get(f"/imports/{import_run.id}").text
        assert "表1!B4" in page
        original = browser.post(f"/imports/{import_run.id}/original")
        assert original.data == workbook()
        results = browser.post(f"/imports/{import_run.id}/results")
        sheet = openpyxl.load_workbook(io.BytesIO(results.data))["表1"]
        cells = [cell.value for cell in sheet[4]]
        assert cells[:2] == ["合计", 8]
        assert "请核对" in cells
        assert browser.post(f"/imports/{import_run.id}/discard").status_code == 303
        assert browser.post(f"/imports/{import_run.id}/discard").status_code == 422

    def test_scope(self, import_run: ImportRun, neighbour: Viewer, browse_as: BrowseAs) -> None:
        """R3, R5: another city's workbook does not exist."""
        browser = browse_as(neighbour)
        assert browser.get(f"/imports/{import_run.id}").status_code == 404
        for place in ("/original", "/results", "/discard"):
            assert browser.post(f"/imports/{import_run.id}{place}").status_code == 404
        assert "名额表" not in browser.get("/imports/").text


@pytest.mark.parametrize("findings", [[FINE, ODD], [BAD]], ids=["may confirm", "blocked"])
def test_the_shared_pages_render(
    app: Any, import_run: ImportRun, clerk: Viewer, findings: list[Finding]
) -> None:
    """What rooms extend stands on its own."""
    with app.test_request_context("/x"):
        g.viewer = clerk
        form = ConfirmForm()
        page = render_template(
            "office/imports/check.html",
            run=import_run,
            found=rules.worst_first(findings),
            verdict=queries.verdict(findings),
            form=form,
            confirm_url="/confirm",
            discard_url="/discard",
        )
        assert ("/confirm" in page) == (BAD not in findings)
