"""The acts on lists: submit, stamp, take back; confirm, approve for the green channel, return.

Locks: the sheet of the body, then the list, then the nominations by id. Every name keeps its own
step in the change log; the list has its line in the journal, and the other side is told.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from provincial.adapters.pdf_check import inspect
from provincial.adapters.storage import PDF
from provincial.core import clock
from provincial.core.db import db, lock
from provincial.core.findings import Finding, blocking
from provincial.core.refusals import Forbidden, Refusal
from provincial.core.text import Text, t
from provincial.core.viewer import Viewer
from provincial.office.files import actions as files
from provincial.office.journal.actions import record
from provincial.office.messages import actions as messages
from provincial.office.papers import actions as papers
from provincial.office.papers.models import Paper
from provincial.office.papers.rules import tidy_code
from provincial.people.organisations.models import Organisation
from provincial.people.organisations.queries import has_contact
from provincial.people.organisations.rules import contact_finding
from provincial.people.teachers.models import Teacher
from provincial.planning.ledger.actions import lock_sheet
from provincial.planning.ledger.queries import sheet_of
from provincial.planning.lists import permissions, queries, rules
from provincial.planning.lists.documents import content_of
from provincial.planning.lists.rules import ABOUT, KIND, WAITING
from provincial.planning.nominations.actions import locked_many, move
from provincial.planning.nominations.models import Nomination, NominationList
from provincial.planning.nominations.queries import (
    ban_findings_now,
    opening,
    signers_at,
    way_of,
)
from provincial.planning.nominations.rules import (
    MACHINE,
    Channel,
    Desk,
    Level,
    ListState,
    NominationState,
    action_at,
    elsewhere_finding,
    require_open,
    require_reason,
)
from provincial.planning.plans.models import ProjectCategory
from provincial.planning.signing.actions import Outcome

_TEMPLATE = "papers/nomination_list.html"


def submit(
    category: ProjectCategory,
    nominations: Sequence[Nomination],
    channel: Channel,
    *,
    by: Viewer,
    now: datetime,
) -> NominationList:
    """Sign these names in one act and hand them to the province as a list on paper (HN-40, HN-42).

    Refuses a body without its responsible contact (HN-66), outside the window (what comes after
    the common close under an extension is late, A-44), names that are banned or wait elsewhere, and
    names entered by the same hand, unless the body has one signer: then the stamp is needed.
    """
    on = clock.china_date(now)
    body = db.session.get_one(Organisation, by.organisation_id)
    if way_of(body, on)[0].level is not Level.CITY:
        raise Forbidden(t("Lists are handed in by the body directly below the province."))
    rules.refuse_empty(len(nominations))
    _refuse_all([contact_finding(body.name, named=has_contact(body))])
    found = opening(category.plan, body, now)
    require_open(found.is_open, found.last_day)
    sheet = sheet_of(category.id, body.id)
    if sheet is None:
        raise Refusal(t("%(body)s holds no places of this category.", body=body.name), rule="HN-38")
    lock_sheet(sheet.id)
    held = _fresh(nominations)
    _refuse_all([elsewhere_finding(one.teacher.name) for one in held if not _is_at(one, by)])
    mixed = [one for one in held if one.way is not channel or one.category_id != category.id]
    _refuse_all([rules.mixed_finding(one.teacher.name, one.way.label) for one in mixed])
    _refuse_all([one for findings in ban_findings_now(held, on).values() for one in findings])
    signers = signers_at([body.id], on).get(body.id, 0)
    entered = [rules.Entered(one.teacher.name, one.entered_by_id) for one in held]
    bare = rules.needs_stamp(entered, by.user_id, signers)
    handed_in = NominationList(
        category=category,
        organisation=body,
        channel=channel,
        number=queries.next_number(category.id, body.id),
        people=len(held),
        needs_stamp=bare,
        submitted_at=now,
        by_user_id=by.user_id,
        by_name=by.name,
        late=found.late,
    )
    db.session.add(handed_in)
    db.session.flush()
    said = t("Submitted with list %(n)s", n=handed_in.number)
    for one, way in _with_ways(held, on):
        step = MACHINE.step(one.status, action_at(Level.CITY, channel, one.status))
        one.list_id = handed_in.id
        move(one, step, way, by, said, late=found.late)
    db.session.flush()
    handed_in.paper = papers.issue(by=by, **_paper_values(handed_in, on))
    papers.request_pdfs([handed_in.paper], by=by)
    _note("submit", handed_in, by, t("Submitted a list of %(n)s names", n=len(held)))
    _tell(handed_in, _above(body), rules.told(handed_in.paper.number, len(held)), by)
    return handed_in


def stamp(
    handed_in: NominationList,
    data: bytes,
    name: str,
    typed: str = "",
    *,
    by: Viewer,
    now: datetime,
) -> None:
    """Take in the stamped or e-sealed file of the list's paper; its bytes are kept as they came.

    The file's code is read from its text, else typed; a scan of an older version or of another
    paper is refused by its name. A list that needs its stamp is late when the stamp is (A-44).
    """
    _locked(handed_in, "stamp", by)
    paper = _paper(handed_in)
    facts = inspect(data)
    code = tidy_code(typed) if typed.strip() else ""
    wanted = [*rules.codes_in(facts.text), *([code] if code else [])]
    rules.check_scan(queries.known(paper), queries.papers_with(wanted), code)
    body = handed_in.organisation
    file = files.store(
        data, name, "stamped_list", by=by, media_types={PDF}, org_path=body.quota_path
    )
    first = handed_in.stamped_id is None
    handed_in.stamped, handed_in.stamped_at = file, now
    handed_in.state = ListState.STAMPED
    handed_in.version += 1
    if handed_in.needs_stamp and first and opening(handed_in.category.plan, body, now).late:
        handed_in.late = True
    db.session.flush()
    said = t("Uploaded the stamped list, %(pages)s pages", pages=facts.pages)
    _note("stamp", handed_in, by, said, after={"sha256": file.sha256, "pages": facts.pages})
    if first:
        told = t("The stamped list has come in: %(number)s", number=paper.number)
        _tell(handed_in, _above(body), told, by)


def withdraw(handed_in: NominationList, reason: str, *, by: Viewer, now: datetime) -> None:
    """Take a list back while the province has not begun: its names wait at the city's desk again."""
    reason = require_reason(reason)
    _locked(handed_in, "withdraw", by)
    names = _fresh(queries.names_of(handed_in))
    rules.refuse_begun([one.status for one in names])
    said = t("Taken back with list %(n)s", n=handed_in.number)
    for one, way in _with_ways([n for n in names if n.status in WAITING], clock.china_date(now)):
        move(one, MACHINE.step(one.status, "recall"), way, by, said, reason=reason)
        one.list_id = None
    papers.withdraw(_paper(handed_in), reason, by=by)
    handed_in.state, handed_in.reason = ListState.WITHDRAWN, reason
    handed_in.version += 1
    _note("withdraw", handed_in, by, t("Took the list back"), reason=reason)
    told = t("The list was taken back: %(number)s", number=_paper(handed_in).number)
    _tell(handed_in, _above(handed_in.organisation), told, by)


def accept(
    handed_in: NominationList,
    ids: Collection[int] | None = None,
    *,
    by: Viewer,
    now: datetime,
) -> Outcome:
    """Confirm the whole list, or the names ticked, for the province (HN-37).

    What cannot be confirmed stays, each with its finding: banned in the meantime, or of the green
    channel and not approved yet (HN-42).
    """
    _locked(handed_in, "accept", by)
    rules.require_stamp(needs=handed_in.needs_stamp, stamped=handed_in.stamped_id is not None)
    names = _chosen(handed_in, ids, WAITING)
    on = clock.china_date(now)
    bans = ban_findings_now(names, on)
    outcome = Outcome()
    for one, way in _with_ways(names, on):
        stops = blocking(bans.get(one.id, ()))
        if one.status is NominationState.GREEN_PENDING:
            stops = [rules.green_first_finding(one.teacher.name)]
        if stops:
            outcome.held_back.append((one, stops[0]))
            continue
        move(one, MACHINE.step(one.status, "accept"), way, by, t("Confirmed for the province"))
        outcome.passed.append(one)
    if outcome.passed:
        _settle(handed_in)
        n = len(outcome.passed)
        _note("accept", handed_in, by, t("Confirmed %(n)s names", n=n), after={"names": n})
        told = t("The province confirmed %(n)s names of %(number)s", n=n, number=_number(handed_in))
        _tell(handed_in, handed_in.organisation_id, told, by)
    return outcome


def approve_green(
    handed_in: NominationList,
    ids: Collection[int] | None = None,
    *,
    by: Viewer,
    now: datetime,
) -> Outcome:
    """Approve names for the green channel; the province's yes to each comes after (HN-41, HN-42)."""
    _locked(handed_in, "accept", by)
    rules.require_stamp(needs=handed_in.needs_stamp, stamped=handed_in.stamped_id is not None)
    names = _chosen(handed_in, ids, {NominationState.GREEN_PENDING})
    outcome = Outcome()
    for one, way in _with_ways(names, clock.china_date(now)):
        step = MACHINE.step(one.status, "approve_green")
        move(one, step, way, by, t("Approved for the green channel"))
        outcome.passed.append(one)
    n = len(outcome.passed)
    handed_in.version += 1
    said = t("Approved %(n)s names for the green channel", n=n)
    _note("approve_green", handed_in, by, said, after={"names": n})
    return outcome


def send_back(
    handed_in: NominationList,
    ids: Collection[int] | None,
    reason: str,
    *,
    by: Viewer,
    now: datetime,
) -> list[Nomination]:
    """Return the whole list, or the names ticked, with the reason.

    The names go back to the bodies that entered them and keep their places. The paper is replaced
    by a version without them, or withdrawn when nobody is left on it.
    """
    reason = require_reason(reason)
    _locked(handed_in, "return", by)
    names = _chosen(handed_in, ids, WAITING)
    on = clock.china_date(now)
    said = t("Returned with list %(n)s", n=handed_in.number)
    told: dict[int, int] = {}
    for one, way in _with_ways(names, on):
        move(one, MACHINE.step(one.status, "return"), way, by, said, reason=reason)
        told[one.nominator_id] = told.get(one.nominator_id, 0) + 1
    db.session.flush()
    _settle(handed_in)
    if handed_in.state == ListState.RETURNED:
        handed_in.reason = reason
        papers.withdraw(_paper(handed_in), reason, by=by)
    else:
        _renew(handed_in, on, by)
    n = len(names)
    _note("return", handed_in, by, t("Returned %(n)s names", n=n), reason=reason)
    sentence = t("The province returned %(n)s names of %(number)s", n=n, number=_number(handed_in))
    _tell(handed_in, handed_in.organisation_id, sentence, by, reason)
    for organisation_id, count in told.items():
        if organisation_id != handed_in.organisation_id:
            mine = t("The province returned %(n)s names that you entered", n=count)
            _tell(handed_in, organisation_id, mine, by, reason, url="/nominations/")
    return names


def reopen(handed_in: NominationList, reason: str, *, by: Viewer, now: datetime) -> None:
    """Take the province's yes to a whole list back; its names wait for a decision again."""
    reason = require_reason(reason)
    _locked(handed_in, "reopen", by)
    names = _fresh(
        [
            one
            for one in queries.names_of(handed_in)
            if one.status is NominationState.PROVINCE_CONFIRMED
        ]
    )
    said = t("Took the confirmation back")
    for one, way in _with_ways(names, clock.china_date(now)):
        move(one, MACHINE.step(one.status, "reopen"), way, by, said, reason=reason)
    db.session.flush()
    _settle(handed_in)
    _note("reopen", handed_in, by, said, reason=reason)
    told = t("The confirmation of %(number)s was taken back", number=_number(handed_in))
    _tell(handed_in, handed_in.organisation_id, told, by, reason)


def renew(handed_in: NominationList, *, by: Viewer, on: date) -> Paper:
    """Replace the paper by one without the names that have left the list since (A-18)."""
    lock(handed_in)
    if not permissions.may_renew(by, handed_in):
        raise Forbidden(t("This step is not yours to take."))
    if not queries.off_paper(handed_in, queries.names_of(handed_in)):
        raise Refusal(t("The paper shows exactly the names of the list."))
    paper = _renew(handed_in, on, by)
    _note("renew", handed_in, by, t("Issued the paper anew: %(number)s", number=paper.number))
    return paper


def _renew(handed_in: NominationList, on: date, by: Viewer) -> Paper:
    """The next version of the paper; a stamp on the old one no longer counts."""
    paper = papers.replace(_paper(handed_in), by=by, **_paper_values(handed_in, on))
    handed_in.paper = paper
    if handed_in.state == ListState.STAMPED:
        handed_in.state = ListState.SUBMITTED
    handed_in.stamped, handed_in.stamped_at = None, None
    db.session.flush()
    papers.request_pdfs([paper], by=by)
    return paper


def _paper_values(handed_in: NominationList, on: date) -> dict[str, Any]:
    """The arguments with which the list's paper is issued, as its names stand now."""
    body, category = handed_in.organisation, handed_in.category
    channel = Channel(handed_in.channel)
    names = [one for one in queries.names_of(handed_in) if one.status in rules.ON_LIST]
    sums = queries.totals(category.id, body.id, channel, names)
    above = db.session.get_one(Organisation, _above(body))
    return {
        "kind": KIND,
        "series": f"list:{body.id}:{on.year}",
        "number_pattern": rules.number_pattern(body.letter_name),
        "template": _TEMPLATE,
        "content": content_of(handed_in, category.plan, names, sums),
        "title": rules.title_of(category.plan.year, category.name, green=channel is Channel.GREEN),
        "issuer": (body.id, body.letter_name),
        "addressee": (above.id, above.letter_name),
        "org_path": body.quota_path,
        "about": (ABOUT, handed_in.id),
        "issued_on": on,
    }


def _fresh(nominations: Sequence[Nomination]) -> list[Nomination]:
    """These nominations locked, with their teachers at hand."""
    held = locked_many(nominations)
    ids = [one.teacher_id for one in held]
    db.session.scalars(select(Teacher).where(Teacher.id.in_(ids))).all()
    return held


def _with_ways(
    nominations: Sequence[Nomination], on: date
) -> list[tuple[Nomination, Sequence[Desk]]]:
    ways: dict[int, Sequence[Desk]] = {}
    for one in nominations:
        if one.nominator_id not in ways:
            ways[one.nominator_id] = way_of(one.nominator, on)
    return [(one, ways[one.nominator_id]) for one in nominations]


def _is_at(nomination: Nomination, by: Viewer) -> bool:
    return nomination.waits_at_id == by.organisation_id


def _chosen(
    handed_in: NominationList, ids: Collection[int] | None, states: Collection[NominationState]
) -> list[Nomination]:
    """The names of the list in one of these states, all or those ticked, locked."""
    names = [one for one in queries.names_of(handed_in) if ids is None or one.id in ids]
    found = [one for one in _fresh(names) if one.status in states]
    rules.refuse_empty(len(found))
    return found


def _settle(handed_in: NominationList) -> None:
    """Write down where the list stands by what became of its names."""
    db.session.flush()
    states = [one.status for one in queries.names_of(handed_in)]
    handed_in.state = rules.standing(states, stamped=handed_in.stamped_id is not None)
    handed_in.version += 1
    db.session.flush()


def _locked(handed_in: NominationList, action: str, by: Viewer) -> None:
    """Lock the list and refuse a step that is not open in its state, or not this person's."""
    lock(handed_in)
    rules.MACHINE.step(handed_in.status, action)
    if not any(step.action == action for step in permissions.steps(by, handed_in)):
        raise Forbidden(t("This step is not yours to take."))


def _refuse_all(findings: Sequence[Finding]) -> None:
    stops = blocking(findings)
    if stops:
        raise Refusal(stops[0].message, rule=stops[0].rule, findings=stops)


def _above(body: Organisation) -> int:
    if body.quota_parent_id is None:
        raise Forbidden(t("Lists are handed in by the body directly below the province."))
    return body.quota_parent_id


def _paper(handed_in: NominationList) -> Paper:
    if handed_in.paper is None:
        raise Refusal(t("The list has no paper yet."))
    return handed_in.paper


def _number(handed_in: NominationList) -> str:
    return _paper(handed_in).number


def _note(
    action: str,
    handed_in: NominationList,
    by: Viewer,
    said: Text,
    *,
    reason: str = "",
    after: dict[str, object] | None = None,
) -> None:
    record(
        f"lists.{action}",
        handed_in,
        by=by,
        after={"state": str(handed_in.state), "paper": _number(handed_in), **(after or {})},
        reason=reason,
        label=_number(handed_in),
        org_path=handed_in.organisation.quota_path,
        said=said,
    )


def _tell(
    handed_in: NominationList,
    organisation_id: int,
    sentence: Text,
    by: Viewer,
    reason: str = "",
    url: str = "",
) -> None:
    messages.tell(
        kind="lists",
        subject=sentence,
        body=t("Reason: %(reason)s", reason=reason) if reason else None,
        organisation_id=organisation_id,
        url=url or f"/lists/{handed_in.id}",
        thing=handed_in,
        by=by,
    )
