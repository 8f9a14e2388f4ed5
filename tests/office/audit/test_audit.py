"""The auditor searches and exports; nobody else does (R32)."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from provincial.core.viewer import Viewer
from provincial.office.audit.actions import EXPORT
from provincial.office.jobs.actions import run
from provincial.office.jobs.models import Job
from provincial.office.journal import actions
from provincial.office.journal.models import JournalEvent
from provincial.schedule import JOBS
from tests.office.conftest import BrowseAs


class TestAuditor:
    """R32: the auditor searches and exports; nobody else does."""

    def test_search(
        self, session: Session, auditor: Viewer, clerk: Viewer, browse_as: BrowseAs
    ) -> None:
        actions.record("quotas.split", ("quota_cell", 5), by=clerk, label="小学语文", reason="均衡")
        actions.record("plans.issue", ("plan", 9), by=auditor)
        session.flush()
        page = browse_as(auditor).get("/journal/?person=张伟")
        assert page.status_code == 200
        assert "quotas.split" in page.text
        assert "plans.issue" not in page.text
        for query in ("thing=quota_cell+5", "action=quotas.", "body=甲市", "since=2020-01-01"):
            assert "quotas.split" in browse_as(auditor).get(f"/journal/?{query}").text, query
        assert "quotas.split" not in browse_as(auditor).get("/journal/?until=2020-01-01").text

    def test_bad_dates_and_cursors_are_answered(self, auditor: Viewer, browse_as: BrowseAs) -> None:
        page = browse_as(auditor).get("/journal/?since=yesterday&after=%%%&person=" + "x" * 300)
        assert page.status_code == 200

    def test_others_may_not(self, officer: Viewer, clerk: Viewer, browse_as: BrowseAs) -> None:
        assert browse_as(officer).get("/journal/").status_code == 403
        assert browse_as(clerk).post("/journal/export").status_code == 403

    def test_export_is_itself_an_event(
        self, session: Session, auditor: Viewer, browse_as: BrowseAs
    ) -> None:
        actions.record("plans.issue", ("plan", 9), by=auditor, label="=cmd")
        session.flush()
        answer = browse_as(auditor).post("/journal/export?action=plans.", data={"format": "csv"})
        assert answer.status_code == 200
        assert "attachment" in answer.headers["Content-Disposition"]
        text_of = answer.data.decode("utf-8-sig")
        assert "plans.issue" in text_of
        assert "'=cmd" in text_of
        event = session.query(JournalEvent).filter_by(action="audit.export").one()
        assert event.after is not None
        assert event.after["rows"] == 1

    def test_a_long_export_becomes_a_job(
        self,
        session: Session,
        auditor: Viewer,
        browse_as: BrowseAs,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr("provincial.office.audit.rules.EXPORT_AT_ONCE", 1)
        for number in range(3):
            actions.record("plans.issue", ("plan", number), by=auditor)
        session.flush()
        answer = browse_as(auditor).post("/journal/export?action=plans.")
        assert answer.status_code == 303
        job = session.query(Job).filter_by(kind=EXPORT).one()
        assert answer.headers["Location"].endswith(f"/jobs/{job.id}")
        run(job.id, JOBS)
        session.expire_all()
        assert (job.state, job.result) == ("done", {"rows": 3})
        assert browse_as(auditor).post(f"/jobs/{job.id}/file").data.startswith(b"PK")
