"""The acts on nominations: entering, changing, withdrawing, replacing, giving free.

Locks: the sheet of the place first, then the nomination. Every act leaves a step in the change log and
an event in the journal; whoever must know is told in the same transaction.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from psycopg.errors import ExclusionViolation
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import IntegrityError

from provincial.adapters.storage import PDF
from provincial.core import clock
from provincial.core.db import db, lock
from provincial.core.findings import Finding, Severity, blocking
from provincial.core.refusals import Forbidden, Refusal, StaleVersion, WrongState
from provincial.core.states import Transition
from provincial.core.text import Text, t
from provincial.core.viewer import Viewer
from provincial.office.files import actions as files
from provincial.office.files.models import StoredFile
from provincial.office.files.rules import PICTURES
from provincial.office.journal.actions import record
from provincial.office.messages import actions as messages
from provincial.people.organisations.models import Organisation
from provincial.people.teachers.models import Teacher
from provincial.planning.ledger.actions import lock_sheet, use_places
from provincial.planning.ledger.models import Quota
from provincial.planning.ledger.queries import sheet_of
from provincial.planning.nominations import permissions, queries, rules
from provincial.planning.nominations.models import Nomination, NominationStep
from provincial.planning.nominations.rules import MACHINE, Channel, NominationState
from provincial.planning.plans.models import Project

_EVIDENCE = PICTURES | {PDF}


@dataclass(frozen=True, slots=True)
class Entry:
    """What an officer writes beside a name: why in spite of warnings, grounds and evidence."""

    channel: Channel = Channel.REGULAR
    reason: str = ""
    grounds: str = ""
    evidence: StoredFile | None = None
    note: str = ""


def enter(
    project: Project,
    teacher: Teacher,
    holder: Organisation,
    entry: Entry,
    *,
    by: Viewer,
    now: datetime,
    replaces: Nomination | None = None,
) -> Nomination:
    """Put a teacher on a place that ``holder`` holds, or on one of its green channel (HN-37, HN-41).

    Refuses outside the selection window (HN-40; stepping in for somebody has its own clock, A-18),
    without a free place, and with every rule that the teacher does not meet; warnings need a reason.
    """
    late = replaces is None and _require_open(project, holder, now)
    cell = _locked_cell(project, holder)
    db.session.refresh(teacher, with_for_update={"read": True, "of": Teacher})
    findings = queries.verdict(cell, teacher, entry.channel, on=clock.china_date(now))
    _refuse_all(findings)
    warnings = [finding for finding in findings if finding.severity is Severity.WARN]
    if warnings and not entry.reason.strip():
        raise Refusal(
            t("%(n)s warnings stand beside this name. Say why it is entered.", n=len(warnings)),
            field="reason",
            rule=warnings[0].rule,
            findings=warnings,
        )
    if entry.channel is Channel.GREEN:
        rules.require_reason(entry.grounds, "grounds")
    nomination = Nomination(
        code=rules.row_code(secrets.choice),
        category_id=project.category_id,
        project_id=project.id,
        cell_id=cell.id,
        teacher_id=teacher.id,
        school_id=teacher.organisation_id,
        nominator_id=holder.id,
        quota_path=holder.quota_path,
        channel=entry.channel,
        state=NominationState.DRAFT,
        waits_at_id=by.organisation_id if _is_on_way(by, holder) else holder.id,
        entered_by_id=by.user_id,
        entered_by=by.name,
        warnings=[finding.as_data() for finding in warnings],
        reason=entry.reason.strip(),
        grounds=entry.grounds.strip(),
        evidence_id=entry.evidence.id if entry.evidence else None,
        note=entry.note.strip(),
        late=late,
        apart=queries.days_apart(project),
        replaces_id=replaces.id if replaces else None,
    )
    _add(nomination)
    _take(nomination, cell, 1)
    step = "enter" if replaces is None else "step_in"
    note(step, nomination, "", by, t("Nominated %(name)s", name=teacher.name), entry.reason)
    if holder.id != by.organisation_id:
        tell(nomination, holder.id, t("%(name)s was nominated on one of your places"), by)
    return nomination


def keep_evidence(sent: tuple[bytes, str] | None, *, by: Viewer) -> StoredFile | None:
    """Store what was sent as evidence (bytes, name), a PDF or a picture; nothing where none was."""
    if sent is None:
        return None
    data, name = sent
    try:
        return files.store(data, name, "evidence", by=by, media_types=_EVIDENCE)
    except Refusal as refusal:
        raise Refusal(refusal.message, field="evidence") from refusal


def change(
    nomination: Nomination, entry: Entry, *, by: Viewer, expected_version: int | None = None
) -> None:
    """Change what was written beside a name, while it has not been passed on."""
    lock(nomination)
    if nomination.status not in rules.OPEN_TO_CHANGE:
        raise WrongState(
            t("This cannot be done while the state is “%(state)s”.", state=nomination.status.label)
        )
    if expected_version is not None and expected_version != nomination.version:
        raise StaleVersion(
            t("A colleague has changed this nomination in the meantime. Compare and save again."),
            theirs={
                "reason": nomination.reason,
                "grounds": nomination.grounds,
                "note": nomination.note,
            },
        )
    if nomination.warnings:
        rules.require_reason(entry.reason)
    if nomination.way is Channel.GREEN:
        rules.require_reason(entry.grounds, "grounds")
    nomination.reason = entry.reason.strip()
    nomination.grounds = entry.grounds.strip()
    nomination.note = entry.note.strip()
    if entry.evidence is not None:
        nomination.evidence_id = entry.evidence.id
    nomination.entered_by_id, nomination.entered_by = by.user_id, by.name
    nomination.version += 1
    note("change", nomination, nomination.state, by, t("Changed the nomination"))


def withdraw(nomination: Nomination, reason: str, *, by: Viewer) -> None:
    """Withdraw a nomination; its place is free again and no ban follows (A-18)."""
    end(nomination, "withdraw", reason, by, t("Withdrew the nomination"))
    for organisation_id in {nomination.nominator_id, nomination.school_id} - {by.organisation_id}:
        tell(nomination, organisation_id, t("The nomination of %(name)s was withdrawn"), by)


def release(nominations: Iterable[Nomination], reason: str, *, by: Viewer | None) -> None:
    """Give places free through nobody's fault, when a class is cancelled; called by classes."""
    for nomination in nominations:
        end(nomination, "release", reason, by, t("Gave the place free"))
        tell(nomination, nomination.nominator_id, t("The place of %(name)s was given free"), by)


def replace(
    nomination: Nomination,
    teacher: Teacher,
    entry: Entry,
    reason: str,
    *,
    by: Viewer,
    now: datetime,
) -> Nomination:
    """Let another teacher step in, in the same cell and without a ban, until notices are due (A-18)."""
    reason = rules.require_reason(reason, "replace_reason")
    book = queries.rulebook(nomination.category)
    last_day = rules.substitution_until(
        nomination.opens_on or nomination.project.opens_on,
        book.integer("classes.notice_lead_days"),
    )
    allowed = book.flag("nominations.substitution_allowed")
    rules.require_substitution(allowed, last_day, clock.china_date(now))
    end(nomination, "replace", reason, by, t("Replaced by another teacher"))
    return enter(
        nomination.project,
        teacher,
        nomination.nominator,
        entry,
        by=by,
        now=now,
        replaces=nomination,
    )


def take_up(nomination: Nomination, reason: str, *, by: Viewer, now: datetime) -> None:
    """Take a refused or withdrawn nomination up again; it needs a free place like a new one."""
    reason = rules.require_reason(reason)
    cell = _locked_cell(nomination.project, nomination.nominator)
    lock(nomination)
    require_step(nomination, "take_up", by)
    step = MACHINE.step(nomination.status, "take_up")
    _require_open(nomination.project, nomination.nominator, now)
    on = clock.china_date(now)
    _refuse_all(queries.verdict(cell, nomination.teacher, nomination.way, on=on))
    _take(nomination, cell, 1)
    way = queries.way_of(nomination.nominator, on)
    nomination.list_id = None
    move(nomination, step, way, by, t("Took the nomination up again"), reason=reason)


def set_dates(
    nominations: Sequence[Nomination],
    opens_on: date,
    ends_on: date,
    *,
    by: Viewer | None,
    on: date,
) -> list[tuple[Nomination, Finding]]:
    """Write a class's real days back; answers who is barred on them or in two places at once (A-05).

    Called by classes when a class gets or changes its days. Nothing is withdrawn by itself: those
    who may not go are told to their nominators, and waiting for a decision.
    """
    troubled: list[tuple[Nomination, Finding]] = []
    held = locked_many(nominations)
    for nomination in held:
        nomination.opens_on = opens_on
        wanted = Range(opens_on, ends_on, bounds="[]")
        if not queries.forbids_two_at_once(nomination.category):
            continue
        try:
            with db.session.begin_nested():
                nomination.apart = wanted
                db.session.flush()
        except IntegrityError:
            db.session.refresh(nomination)
            nomination.opens_on, nomination.apart = opens_on, None
            troubled.append((nomination, rules.at_once_finding(nomination.teacher.name)))
    db.session.flush()
    for number, findings in queries.ban_findings_now(held, on).items():
        found = next(one for one in held if one.id == number)
        troubled += [(found, finding) for finding in findings]
    for nomination, finding in troubled:
        tell(nomination, nomination.nominator_id, t("%(name)s may not go on the new days"), by)
        after = {"opens_on": opens_on.isoformat(), "finding": finding.code}
        said = t("The class opens on %(day)s", day=opens_on)
        record(
            "nominations.set_dates",
            nomination,
            by=by,
            after=after,
            label=nomination.teacher.name,
            org_path=nomination.quota_path,
            said=said,
        )
    return troubled


def _require_open(project: Project, holder: Organisation, now: datetime) -> bool:
    """Refuse outside the window; answers whether what comes now is late."""
    found = queries.opening(project.category.plan, holder, now)
    rules.require_open(found.is_open, found.last_day)
    return found.late


def _locked_cell(project: Project, holder: Organisation) -> Quota:
    sheet = sheet_of(project.category_id, holder.id)
    cell = None
    if sheet is not None:
        lock_sheet(sheet.id)
        cell = db.session.scalar(
            select(Quota)
            .where(Quota.sheet_id == sheet.id, Quota.project_id == project.id)
            .execution_options(populate_existing=True)
        )
    if cell is None:
        raise Refusal(
            t("%(body)s holds no places of %(project)s.", body=holder.name, project=project.name),
            rule="HN-38",
        )
    return cell


def _refuse_all(findings: Sequence[Finding]) -> None:
    stops = blocking(findings)
    if stops:
        raise Refusal(stops[0].message, field="teacher", rule=stops[0].rule, findings=stops)


def _is_on_way(by: Viewer, holder: Organisation) -> bool:
    """Whether the viewer's body stands on the way from the holder up to the province."""
    return holder.quota_path.startswith(by.quota_path)


def _add(nomination: Nomination) -> None:
    """Write the row; the same teacher at the same moment elsewhere meets the database's own rule."""
    try:
        with db.session.begin_nested():
            db.session.add(nomination)
            db.session.flush()
    except IntegrityError as error:
        finding = (
            rules.at_once_finding("")
            if isinstance(error.orig, ExclusionViolation)
            else rules.already_finding("")
        )
        raise Refusal(
            finding.message, field="teacher", rule=finding.rule, findings=[finding]
        ) from error


def locked_many(nominations: Sequence[Nomination]) -> list[Nomination]:
    """These nominations, fresh and locked in order of id."""
    db.session.flush()
    return list(
        db.session.scalars(
            select(Nomination)
            .where(Nomination.id.in_([one.id for one in nominations]))
            .order_by(Nomination.id)
            .with_for_update(of=Nomination)
            .execution_options(populate_existing=True)
        )
    )


def _take(nomination: Nomination, cell: Quota, n: int) -> None:
    """Take (or free, with -1) the place of a nomination; green ones have their own count (A-09)."""
    if nomination.way is Channel.REGULAR:
        use_places({cell.id: n})
        return
    green = queries.green_count(cell)
    within = green is not None and green.basis == "within"
    use_places({cell.id: n} if within else {}, {cell.id: n})


def require_step(nomination: Nomination, action: str, by: Viewer) -> None:
    """Refuse a step that the state does not know, or that is not this person's to take."""
    if not any(step.action == action for step in permissions.steps(by, nomination)):
        MACHINE.step(nomination.status, action)
        raise Forbidden(t("This step is not yours to take."))


def end(nomination: Nomination, action: str, reason: str, by: Viewer | None, said: Text) -> None:
    """Take a step that ends a nomination and frees its place."""
    reason = rules.require_reason(reason)
    cell = nomination.cell
    lock_sheet(cell.sheet_id)
    lock(nomination)
    if by is not None and action != "release":
        require_step(nomination, action, by)
    step = MACHINE.step(nomination.status, action)
    before = nomination.state
    nomination.state = step.next_state.value
    nomination.waits_at_id = None
    nomination.version += 1
    db.session.flush()
    _take(nomination, cell, -1)
    note(action, nomination, before, by, said, reason)


def move(
    nomination: Nomination,
    step: Transition,
    way: Sequence[rules.Desk],
    by: Viewer,
    said: Text,
    *,
    reason: str = "",
    late: bool = False,
) -> None:
    """Take one step on a nomination that the caller has locked; ``way`` says whose turn is next."""
    before = nomination.state
    nomination.state = step.next_state.value
    later = rules.next_desk(way, nomination.status)
    nomination.waits_at_id = later.organisation_id if later else None
    nomination.late = nomination.late or late
    nomination.version += 1
    note(step.action, nomination, before, by, said, reason, late=late)


def note(
    action: str,
    nomination: Nomination,
    before: str,
    by: Viewer | None,
    said: Text,
    reason: str = "",
    *,
    late: bool = False,
) -> None:
    """One line in the change log, one in the journal."""
    db.session.add(
        NominationStep(
            nomination_id=nomination.id,
            action=action,
            from_state=before,
            to_state=nomination.state,
            organisation_id=by.organisation_id if by else nomination.nominator_id,
            by_user_id=by.user_id if by else None,
            by_name=by.name if by else "",
            mandate_id=by.mandate_id if by else None,
            reason=reason.strip(),
            late=late,
        )
    )
    record(
        f"nominations.{action}",
        nomination,
        by=by,
        before={"state": before} if before else None,
        after={"state": nomination.state, "project": nomination.project_id},
        reason=reason.strip(),
        label=nomination.teacher.name if nomination.teacher else "",
        org_path=nomination.quota_path,
        said=said,
    )


def tell(nomination: Nomination, organisation_id: int, sentence: Text, by: Viewer | None) -> None:
    """Tell a body about a nomination; the name is put into the sentence."""
    subject = Text(sentence.source, {**sentence.values, "name": nomination.teacher.name})
    messages.tell(
        kind="nomination",
        subject=subject,
        organisation_id=organisation_id,
        url=f"/nominations/names/{nomination.id}",
        thing=nomination,
        by=by,
        mail=False,
    )
