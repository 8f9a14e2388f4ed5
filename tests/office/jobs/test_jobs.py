"""Long work: its states, its fence, its pages, and timed work done once (R38)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from provincial.core.refusals import Refusal
from provincial.core.text import t
from provincial.core.viewer import Viewer
from provincial.office.files.actions import store
from provincial.office.jobs import actions, commands, rules
from provincial.office.jobs.actions import Result, Run, cancel, enqueue, run
from provincial.office.jobs.models import Job, TickRun
from provincial.web import health
from tests.office.conftest import BrowseAs

NOON = datetime(2023, 11, 20, 4, 0, 7, tzinfo=UTC)  # 12:00:07 in China


@pytest.mark.parametrize(
    ("seconds", "hour", "due"),
    [
        (60, None, datetime(2023, 11, 20, 4, 0, tzinfo=UTC)),
        (15, None, datetime(2023, 11, 20, 4, 0, tzinfo=UTC)),
        (0, 12, datetime(2023, 11, 20, 4, 0, tzinfo=UTC)),
        (0, 13, datetime(2023, 11, 19, 5, 0, tzinfo=UTC)),
        (0, 3, datetime(2023, 11, 19, 19, 0, tzinfo=UTC)),
    ],
)
def test_last_due(seconds: int, hour: int | None, due: datetime) -> None:
    """All schedulers name the same moment."""
    assert rules.last_due(NOON, seconds=seconds, hour=hour) == due


def test_time_left() -> None:
    """Nothing is promised before a twentieth is done."""
    assert rules.time_left(1, 100, timedelta(seconds=5)) is None
    assert rules.time_left(0, 0, timedelta(seconds=5)) is None
    assert rules.time_left(50, 100, timedelta(minutes=2)) == timedelta(minutes=2)


class TestRun:
    """One job from queue to end."""

    def test_done(self, session: Session, officer: Viewer) -> None:
        job = enqueue("k", t("Work"), by=officer, args={"x": 1}, total=3)
        seen: list[Run] = []

        def handler(work: Run) -> Result:
            seen.append(work)
            work.progress(2, 3)
            return Result(facts={"ok": 1}, url="/there")

        run(job.id, {"k": handler})
        session.expire_all()
        assert (job.state, job.done, job.result_url) == ("done", 3, "/there")
        assert seen[0].by == officer
        run(job.id, {"k": handler})
        assert len(seen) == 1, "an ended job is not run again"

    def test_refusal_and_fault_end_it_with_words(self, session: Session) -> None:
        def refuse(_run: Run) -> None:
            raise Refusal(t("No."))

        def fail(_run: Run) -> None:
            raise ValueError("secret detail")

        for handler in (refuse, fail):
            job = enqueue("k", t("Work"), by=None)
            run(job.id, {"k": handler})
            session.expire_all()
            assert job.state == "failed"
            assert "secret" not in str(job.error)

    def test_unknown_kind_fails(self, session: Session) -> None:
        job = enqueue("unknown", t("Work"), by=None)
        run(job.id, {})
        session.expire_all()
        assert job.state == "failed"

    def test_cancel_between_chunks(self, session: Session, officer: Viewer) -> None:
        job = enqueue("k", t("Work"), by=officer)

        def handler(work: Run) -> None:
            cancel(session.get_one(Job, work.job_id), by=officer)
            session.commit()
            work.progress(1, 2)
            raise AssertionError("goes on although cancelled")

        run(job.id, {"k": handler})
        session.expire_all()
        assert job.state == "cancelled"
        with pytest.raises(Refusal):
            cancel(job, by=officer)

    def test_r38_fence(self, session: Session) -> None:
        """R38: a worker that lost the job may neither report nor end it."""
        job = enqueue("k", t("Work"), by=None, total=5)

        def handler(work: Run) -> Result:
            session.execute(text("update job set fence = 'another', done = 4"))
            session.commit()
            work.progress(1, 5)
            return Result(url="/late")

        run(job.id, {"k": handler})
        session.expire_all()
        assert (job.state, job.done, job.result_url) == ("running", 4, "")

    def test_too_many_kills(self, session: Session) -> None:
        job = enqueue("k", t("Work"), by=None)
        job.attempts = rules.MOST_ATTEMPTS
        session.commit()
        run(job.id, {"k": lambda _run: None})
        session.expire_all()
        assert job.state == "failed"

    def test_lost_queue_rows_are_put_back(self, session: Session) -> None:
        job = enqueue("k", t("Work"), by=None)
        session.execute(text("delete from procrastinate_jobs"))
        session.execute(text("update job set updated_at = now() - interval '5 minutes'"))
        session.commit()
        assert actions.requeue_lost() == 1
        assert actions.requeue_lost() == 0
        assert job.state == "queued"


class TestTicks:
    """R38: two schedulers do no harm."""

    def test_a_moment_is_done_once(self, session: Session) -> None:
        done: list[int] = []
        assert commands.run_tick("t", NOON, lambda: done.append(1))
        assert not commands.run_tick("t", NOON, lambda: done.append(2))
        assert commands.run_tick("t", NOON + timedelta(minutes=1), lambda: done.append(3))
        assert done == [1, 3]

    def test_a_fault_is_noted_and_does_not_end_the_worker(self, session: Session) -> None:
        def fail() -> None:
            raise ValueError("x")

        assert commands.run_tick("t", NOON, fail)
        row = session.query(TickRun).filter_by(task="t").one()
        assert (row.error, row.finished_at is not None) == ("ValueError", True)

    def test_a_moment_whose_worker_died_is_given_out_again(self, session: Session) -> None:
        first = actions.claim_tick("t", NOON)
        assert actions.claim_tick("t", NOON) is None
        session.execute(text("update tick_run set started_at = now() - interval '11 minutes'"))
        session.commit()
        assert actions.claim_tick("t", NOON) == first

    def test_the_real_table_of_timed_work_runs(self, app: Flask, session: Session) -> None:
        for tick in app.config["TICKS"]:
            assert (tick.every > 0) != (tick.hour is not None), tick.name
            tick.run()


class TestPages:
    """What the owner of a job sees."""

    def test_list_and_page(self, session: Session, officer: Viewer, browse_as: BrowseAs) -> None:
        job = enqueue("k", t("Lay out %(count)s papers", count=3), by=officer, total=3)
        session.commit()
        browser = browse_as(officer)
        assert f"/jobs/{job.id}" in browser.get("/jobs/").text
        page = browser.get(f"/jobs/{job.id}").text
        assert f'data-poll="/jobs/{job.id}"' in page
        fragment = browser.get(f"/jobs/{job.id}?fragment=1").text
        assert f'id="job-{job.id}"' in fragment
        assert "<html" not in fragment
        assert browser.post(f"/jobs/{job.id}/cancel").status_code == 303
        session.expire_all()
        assert job.state == "cancelled"
        assert browser.post(f"/jobs/{job.id}/cancel").status_code == 422

    def test_others_do_not_see_it(
        self, session: Session, officer: Viewer, neighbour: Viewer, browse_as: BrowseAs
    ) -> None:
        job = enqueue("k", t("Work"), by=officer)
        session.commit()
        browser = browse_as(neighbour)
        for answer in (
            browser.get(f"/jobs/{job.id}"),
            browser.post(f"/jobs/{job.id}/file"),
            browser.post(f"/jobs/{job.id}/cancel"),
        ):
            assert answer.status_code == 404
        assert f"/jobs/{job.id}" not in browser.get("/jobs/?of=all").text

    def test_file(self, session: Session, officer: Viewer, browse_as: BrowseAs) -> None:
        job = enqueue("k", t("Work"), by=officer)
        job.file_id = store("甲,乙\n1,2\n".encode(), "结果.csv", "export", by=None).id
        job.state = "done"
        session.commit()
        answer = browse_as(officer).post(f"/jobs/{job.id}/file")
        assert answer.data == "甲,乙\n1,2\n".encode()
        assert "filename*=UTF-8''%E7%BB%93%E6%9E%9C.csv" in answer.headers["Content-Disposition"]


class TestProbes:
    """R39: health and readiness."""

    def test_healthz(self, app: Flask, session: Session) -> None:
        answer = app.test_client().get("/healthz")
        assert (answer.status_code, answer.json) == (200, {"alive": True})

    def test_readyz_wants_a_worker(
        self, session: Session, app: Flask, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(health.CHECKS, "migrations", lambda: True)
        client = app.test_client()
        assert client.get("/readyz").status_code == 503
        session.execute(text("insert into procrastinate_workers default values"))
        session.commit()
        assert client.get("/readyz").json == {"ready": True}
        session.execute(
            text("update procrastinate_workers set last_heartbeat = now() - interval '61 seconds'")
        )
        session.commit()
        assert client.get("/readyz").status_code == 503
