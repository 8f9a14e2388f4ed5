"""Papers: numbers without gaps, PDFs with digests, verification that tells little (R40)."""

from __future__ import annotations

import hashlib
import io
import threading
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, text
from sqlalchemy.orm import Session

from provincial.adapters.pdf import text_of
from provincial.core.db import db, transaction
from provincial.core.refusals import Refusal, WrongState
from provincial.core.viewer import Viewer
from provincial.office.jobs.actions import run
from provincial.office.journal.models import JournalEvent
from provincial.office.papers import actions, documents, queries, rules
from provincial.office.papers.models import Paper, PaperNumber
from provincial.people.organisations.models import Organisation
from provincial.schedule import JOBS
from tests.office.conftest import BrowseAs

TEMPLATE = "papers/base.html"
CONTENT = {
    "masthead": "省教育厅",
    "attachments": [],
    "copies_to": "",
    "imprint_room": 1,
    "printed_by": "省教育厅办公室",
}


def issue(
    office: Organisation, city: Organisation | None, by: Viewer | None, **values: Any
) -> Paper:
    """A letter from the office to the city."""
    given: dict[str, Any] = {
        "kind": "quota_letter",
        "series": "教师培训2023",
        "number_pattern": "教师培训〔{year}〕{n}号",
        "template": TEMPLATE,
        "content": CONTENT,
        "title": "关于下达培训名额的通知",
        "issuer": (office.id, office.name),
        "addressee": (city.id, city.name) if city else None,
        "org_path": city.path if city else office.path,
        "about": ("quota_table", 7),
        "issued_on": date(2023, 11, 6),
        "by": by,
    }
    return actions.issue(**{**given, **values})


@pytest.fixture
def paper(session: Session, office: Organisation, city: Organisation, officer: Viewer) -> Paper:
    """An issued letter whose PDF is not made yet."""
    made = issue(office, city, officer)
    session.commit()
    return made


class TestRules:
    """Numbers and codes."""

    def test_number(self) -> None:
        assert (
            rules.number_of("教办师〔{year}〕{n}号", 12, date(2023, 1, 1)) == "教办师〔2023〕12号"
        )
        with pytest.raises(ValueError, match="running number"):
            rules.number_of("教办师〔{year}〕号", 12, date(2023, 1, 1))

    @pytest.mark.parametrize(
        "typed",
        ["0123 4567 89ab", "o123-4567-89AB", "０１２３　４５６７　８９ＡＢ", " 012345678 9ab "],
    )
    def test_codes_as_typed(self, typed: str) -> None:
        assert rules.tidy_code(typed) == "0123456789AB"

    @pytest.mark.parametrize("typed", ["", "123", "0123456789ABC", "0123 4567 89A中", "½" * 12])
    def test_codes_refused(self, typed: str) -> None:
        with pytest.raises(Refusal):
            rules.tidy_code(typed)


class TestIssue:
    """Issue, replace, withdraw."""

    def test_numbers_run_on(self, session: Session, office: Organisation, paper: Paper) -> None:
        second = issue(office, None, None)
        assert (paper.number, second.number) == ("教师培训〔2023〕1号", "教师培训〔2023〕2号")
        other = issue(office, None, None, series="别的", number_pattern="别〔{year}〕{n}号")
        assert other.number == "别〔2023〕1号"
        assert len(paper.token) == 32
        assert paper.token != second.token
        assert paper.code != second.code

    def test_replace(
        self,
        session: Session,
        office: Organisation,
        city: Organisation,
        paper: Paper,
        officer: Viewer,
    ) -> None:
        new = actions.replace(
            paper,
            kind="quota_letter",
            series="教师培训2023",
            number_pattern="教师培训〔{year}〕{n}号",
            template=TEMPLATE,
            content=CONTENT,
            title="关于调整培训名额的通知",
            issuer=(office.id, office.name),
            addressee=(city.id, city.name),
            org_path=city.path,
            about=("quota_table", 7),
            issued_on=date(2023, 11, 20),
            by=officer,
        )
        assert (paper.state, paper.replaced_by_id) == ("replaced", new.id)
        assert queries.replaced_by_this(new) is paper
        with pytest.raises(WrongState):
            actions.withdraw(paper, "迟了", by=officer)

    def test_withdraw_needs_a_reason(self, session: Session, paper: Paper, officer: Viewer) -> None:
        with pytest.raises(Refusal) as caught:
            actions.withdraw(paper, "  ", by=officer)
        assert caught.value.field == "reason"
        actions.withdraw(paper, "数字有误", by=officer)
        assert paper.state == "withdrawn"
        with pytest.raises(WrongState):
            actions.withdraw(paper, "再来", by=officer)


def test_numbers_under_a_race(app: Flask) -> None:
    """Eight officers issue at once: every number once, none left out."""
    with app.app_context(), transaction() as session:
        office = Organisation(kind="provincial_office", code="RACE", name="厅", name_key="厅")
        session.add(office)
        session.flush()
        office_id = office.id
    numbers: list[str] = []

    def work() -> None:
        with app.app_context(), transaction():
            for _n in range(3):
                made = actions.issue(
                    kind="race",
                    series="race",
                    number_pattern="赛〔{year}〕{n}号",
                    template=TEMPLATE,
                    content={},
                    title="赛",
                    issuer=(office_id, "厅"),
                    org_path="/",
                    about=("race", 1),
                    issued_on=date(2023, 1, 1),
                    by=None,
                )
                numbers.append(made.number)

    threads = [threading.Thread(target=work) for _n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    try:
        assert sorted(numbers) == sorted(f"赛〔2023〕{n}号" for n in range(1, 25))
    finally:
        with app.app_context(), transaction() as session:
            session.execute(delete(Paper).where(Paper.kind == "race"))
            session.execute(delete(PaperNumber).where(PaperNumber.series == "race"))
            session.execute(delete(Organisation).where(Organisation.id == office_id))
            session.execute(text("set local session_replication_role = replica"))
            session.execute(delete(JournalEvent).where(JournalEvent.thing_label.like("赛%")))


class TestPdf:
    """The PDF is made once, outside the act, and never changes."""

    def test_one_job_makes_them_all(
        self, session: Session, office: Organisation, city: Organisation, officer: Viewer
    ) -> None:
        letters = [issue(office, city, officer) for _n in range(2)]
        job = actions.request_pdfs(letters, by=officer)
        session.commit()
        assert all(letter.file_id is None for letter in letters)
        run(job.id, JOBS)
        session.expire_all()
        assert (job.state, job.done, job.result_url) == ("done", 2, "/papers")
        for letter in letters:
            assert letter.file is not None
            assert letter.sha256 == letter.file.sha256
        run(job.id, JOBS)
        first = letters[0].file_id
        actions.attach_pdf(letters[0], b"%PDF-1.7 another")
        assert letters[0].file_id == first, "the first PDF stays"

    def test_the_paper_carries_number_and_code(self, session: Session, paper: Paper) -> None:
        words = text_of(documents.lay_out(paper)).replace("\n", "")
        assert paper.number in words
        assert rules.shown_code(paper.code) in words
        assert "2023年11月6日" in words
        assert documents.verification_url(paper).endswith(f"/v/{paper.token}")


class TestPages:
    """The pages of those who are signed in."""

    def test_the_addressee_reads_it(
        self, session: Session, paper: Paper, clerk: Viewer, officer: Viewer, browse_as: BrowseAs
    ) -> None:
        browser = browse_as(clerk)
        assert paper.number in browser.get("/papers?q=培训名额&read=no").text
        assert browser.get(f"/papers/{paper.id}/pdf").status_code == 303
        assert browser.get(f"/papers/{paper.id}/page.png").status_code == 404
        assert (
            "being made" in browser.get(f"/papers/{paper.id}").text
            or "正在" in browser.get(f"/papers/{paper.id}").text
        )
        assert browser.post(f"/papers/{paper.id}/make").status_code == 303
        answer = browser.get(f"/papers/{paper.id}/pdf")
        session.expire_all()
        assert hashlib.sha256(answer.data).hexdigest() == paper.sha256
        assert browser.get(f"/papers/{paper.id}/page.png").data.startswith(b"\x89PNG")
        assert browser.post(f"/papers/{paper.id}/read").status_code == 303
        session.expire_all()
        assert paper.read_by_name == "张伟"
        page = browser.get(f"/papers/{paper.id}").text
        assert paper.number in page
        assert paper.sha256 in page
        assert browse_as(officer).post(f"/papers/{paper.id}/read").status_code == 403

    def test_scope(
        self, session: Session, paper: Paper, neighbour: Viewer, clerk: Viewer, browse_as: BrowseAs
    ) -> None:
        """R3, R5: the neighbour sees nothing; the addressee may not withdraw."""
        browser = browse_as(neighbour)
        for place in ("", "/pdf", "/page.png"):
            assert browser.get(f"/papers/{paper.id}{place}").status_code == 404
        assert paper.number not in browser.get("/papers").text
        assert browser.post(f"/papers/{paper.id}/withdraw").status_code == 404
        assert browse_as(clerk).post(f"/papers/{paper.id}/withdraw").status_code == 403

    def test_withdraw(
        self, session: Session, paper: Paper, officer: Viewer, browse_as: BrowseAs
    ) -> None:
        browser = browse_as(officer)
        assert browser.post(f"/papers/{paper.id}/withdraw", data={}).status_code == 422
        answer = browser.post(
            f"/papers/{paper.id}/withdraw", data={"reason": "数字有误", "key": "k1"}
        )
        assert answer.status_code == 303
        assert "数字有误" in browser.get(f"/papers/{paper.id}").text

    def test_export(
        self,
        session: Session,
        paper: Paper,
        officer: Viewer,
        browse_as: BrowseAs,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        answer = browse_as(officer).post("/papers/export?q=培训")
        assert answer.data.startswith(b"PK")
        assert session.query(JournalEvent).filter_by(action="papers.export").count() == 1
        monkeypatch.setattr("provincial.office.exports.rules.EXPORT_AT_ONCE", 0)
        answer = browse_as(officer).post("/papers/export")
        job_id = int(answer.headers["Location"].rsplit("/", 1)[1])
        run(job_id, JOBS)
        assert browse_as(officer).post(f"/jobs/{job_id}/file").data.startswith(b"PK")


class TestVerification:
    """R40: anybody who holds a paper may check it, and learns no more than its state."""

    @pytest.fixture
    def anybody(self, app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch) -> Any:
        monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
        client = app.test_client()
        client.environ_base["REMOTE_ADDR"] = f"192.0.2.{id(client) % 250}"
        yield client
        with db.engine.engine.begin() as connection:
            connection.execute(text("delete from rate_counter"))

    def test_r40_valid(self, paper: Paper, city: Organisation, anybody: Any) -> None:
        page = anybody.get(f"/v/{paper.token}")
        assert page.status_code == 200
        assert paper.number in page.text
        assert paper.issuer_name in page.text
        assert city.name not in page.text, "minimal disclosure: not to whom"
        assert "noindex" in page.headers["X-Robots-Tag"]
        assert 'content="noindex' in page.text

    def test_r40_replaced_leads_to_the_newer(
        self, session: Session, office: Organisation, paper: Paper, officer: Viewer, anybody: Any
    ) -> None:
        new = issue(office, None, officer)
        paper.state, paper.replaced_by_id = "replaced", new.id
        session.commit()
        page = anybody.get(f"/v/{paper.token}").text
        assert f"/v/{new.token}" in page

    def test_r40_withdrawn_does_not_say_why(
        self, session: Session, paper: Paper, officer: Viewer, anybody: Any
    ) -> None:
        actions.withdraw(paper, "内部原因", by=officer)
        session.commit()
        page = anybody.get(f"/v/{paper.token}").text
        assert "内部原因" not in page

    def test_by_code(self, paper: Paper, anybody: Any) -> None:
        typed = rules.shown_code(paper.code).lower()
        answer = anybody.post("/v", data={"typed": typed})
        assert answer.headers["Location"] == f"/v/{paper.token}"
        assert anybody.post("/v", data={"typed": "0000 0000 0000"}).status_code == 422
        assert anybody.post("/v", data={"typed": "abc"}).status_code == 422
        assert anybody.post("/v", data={}).status_code == 422

    def test_by_file(self, session: Session, paper: Paper, anybody: Any) -> None:
        actions.attach_pdf(paper, b"%PDF-1.7 the letter")
        session.commit()

        def sent(data: bytes) -> dict[str, Any]:
            return {"file": (io.BytesIO(data), "信.pdf")}

        found = anybody.post("/v", data=sent(b"%PDF-1.7 the letter"))
        assert found.status_code == 200
        assert paper.number in found.text
        assert anybody.post("/v", data=sent(b"%PDF-1.7 forged")).status_code == 422
        same = anybody.post(f"/v/{paper.token}", data=sent(b"%PDF-1.7 the letter")).text
        other = anybody.post(f"/v/{paper.token}", data=sent(b"%PDF-1.7 forged")).text
        assert "flash-good" in same
        assert "flash-blocked" in other

    def test_r40_guessing_is_limited_per_address(self, paper: Paper, anybody: Any) -> None:
        for _try in range(rules.UNKNOWN_TRIES):
            assert anybody.get("/v/unknown").status_code == 404
        assert anybody.get("/v/unknown").status_code == 429
        assert anybody.get(f"/v/{paper.token}").status_code == 429
        anybody.environ_base["REMOTE_ADDR"] = "198.51.100.7"
        assert anybody.get(f"/v/{paper.token}").status_code == 200
