"""A list of nominations from workbook to verdict: read, staged by COPY, judged set by set, seated."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from sqlalchemy import text

from provincial.core import clock
from provincial.core.db import db
from provincial.core.findings import Finding, Severity
from provincial.core.refusals import Refusal, StaleVersion
from provincial.core.text import t
from provincial.core.viewer import Viewer
from provincial.office.files import queries as files
from provincial.office.imports import actions as imports
from provincial.office.imports.models import ImportRun
from provincial.people.organisations.models import Organisation
from provincial.people.teachers.rules import masked_id
from provincial.planning.eligibility.queries import STAGED, Terms, judge_staged, terms_of
from provincial.planning.entries.importer import Reading, read
from provincial.planning.entries.rules import Row, verdict_of
from provincial.planning.namelists import actions, queries
from provincial.planning.namelists.rules import (
    KIND,
    MOST_ROWS,
    Cell,
    Seating,
    mark_twins,
    settle_projects,
)
from provincial.planning.nominations.queries import WINDOW
from provincial.planning.plans.models import ProjectCategory
from provincial.planning.plans.queries import is_open

#: Rows that the page of a check shows; all of them are in the workbook.
_KEPT = 200
_TABLE = "staged_nomination"
#: In which column a finding of the rules is shown.
_SHOWN_IN = {
    **dict.fromkeys(("duplicate", "ban", "ban-proposed", "ban-ends-before"), "id_number"),
    **dict.fromkeys(("stage", "subject", "title"), ""),
    "years": "since",
    "age": "id_number",
    "rural": "school",
    "post": "post",
    "other_school": "school",
    "away_share": "school",
}


class StaleCheck(Refusal):
    """What a check has said does not hold any more; ``findings`` says of which rows."""

    status = 409


@dataclass
class Checked(Reading):
    """A list as it was understood, with the verdict on each row and its place."""

    seats: dict[int, Cell] = field(default_factory=dict)
    late: bool = False

    @property
    def stops(self) -> list[Finding]:
        """What makes the whole list unusable."""
        return [one for one in self.of_list if one.severity is Severity.BLOCK]

    @property
    def good(self) -> list[Row]:
        """The rows that can be taken, in order."""
        return [] if self.stops else [row for row in self.rows if not row.refused]

    @property
    def warned(self) -> bool:
        """Whether a reason is needed: a good row has a warning."""
        return any(verdict(row) == "warning" for row in self.good)

    @property
    def counts(self) -> dict[str, int]:
        """Rows by verdict."""
        counted = Counter(verdict(row) for row in self.rows)
        return {"rows": len(self.rows)} | {name: counted[name] for name in _VERDICTS}

    @property
    def by_code(self) -> dict[str, int]:
        """How many rows have a finding of each code."""
        return dict(
            Counter(
                code
                for row in self.rows
                for code in {flaw.finding.code for flaw in row.flaws if _counts(flaw.finding)}
            )
        )

    def findings(self) -> list[Finding]:
        """Every finding with its place in the workbook, those of one kind together."""
        found = []
        for row in self.rows:
            for flaw in row.flaws:
                place = (row.row, self.columns.get(flaw.column, 0))
                found.append(_placed(flaw.finding, self.sheet.address(*place)))
        return [*self.of_list, *sorted(found, key=lambda one: one.code)]


_VERDICTS = ("ok", "warning", "refused")


def verdict(row: Row) -> str:
    """``ok``, ``warning`` or ``refused``."""
    return verdict_of(flaw.finding for flaw in row.flaws)


def _counts(finding: Finding) -> bool:
    return finding.severity is not Severity.PASS


def _placed(finding: Finding, cell: str) -> Finding:
    return Finding(
        finding.severity,
        finding.message,
        finding.rule,
        finding.code,
        cell,
        finding.measured,
        finding.limit,
        finding.mend,
    )


def check(
    data: bytes,
    filename: str,
    category: ProjectCategory,
    unit: Organisation,
    now: datetime,
) -> Checked:
    """Read a workbook and judge every row for a unit's places of a category; saves nothing lasting."""
    checked = _read(data, filename, now)
    return judge(checked, category, unit, now)


def _read(data: bytes, filename: str, now: datetime) -> Checked:
    reading = read(data, filename, clock.china_date(now), MOST_ROWS)
    return Checked(*(getattr(reading, one.name) for one in fields(reading)))


def judge(
    checked: Checked, category: ProjectCategory, unit: Organisation, now: datetime
) -> Checked:
    """Give every row of a list its findings and its place, as things stand now."""
    opened, checked.late = is_open(category.plan_id, WINDOW, unit, now)
    if not opened:
        message = t("The time for selecting trainees is over, or has not begun.")
        mend = t("Ask the province for an extension.")
        closed = Finding(Severity.BLOCK, message, rule="HN-40", code="window", mend=mend)
        checked.of_list.append(closed)
    if not checked.rows:
        return checked
    settle(checked.rows, category, unit)
    judge_rows(checked.rows, terms_of(category, clock.china_date(now)))
    checked.seats = seat(checked.rows, category, unit)
    return checked


def settle(rows: Sequence[Row], category: ProjectCategory, unit: Organisation) -> None:
    """Find the project and school of each row, and the rows that name the same person twice."""
    projects = queries.projects_of(category)
    names: dict[str, list[str]] = {}
    for project in projects:
        names.setdefault(project.stage, []).append(project.words[1])
    settle_projects(
        rows,
        {(project.stage, project.subject): project.id for project in projects},
        {stage: "、".join(subjects) for stage, subjects in names.items()},
    )
    directory = queries.directory(unit)
    for row in rows:
        directory.settle(row)
    mark_twins(rows)


def judge_rows(rows: Sequence[Row], terms: Terms) -> None:
    """Put the rules' findings on the rows that could be read: one COPY, one statement."""
    session = db.session()
    typed = ", ".join(f"{name} {kind}" for name, kind in STAGED)
    session.execute(text(f"DROP TABLE IF EXISTS pg_temp.{_TABLE}"))
    session.execute(text(f"CREATE TEMP TABLE {_TABLE} ({typed}) ON COMMIT DROP"))
    readable = [row for row in rows if not row.refused]
    index_of = queries.stored_indexes(row.id_number for row in readable)
    raw = session.connection().connection.driver_connection
    names = ", ".join(name for name, _kind in STAGED)
    with raw.cursor() as cursor, cursor.copy(f"COPY {_TABLE} ({names}) FROM STDIN") as copy:  # type: ignore[union-attr]
        for row in readable:
            copy.write_row(
                (
                    *(row.row, index_of[row.id_number], row.name_key, row.birth_on),
                    *(row.school_id, row.project_id, row.stage, row.subject, row.title),
                    *(row.since, row.is_head, row.is_class_teacher, row.twin),
                )
            )
    session.execute(text(f"ANALYZE {_TABLE}"))
    found = judge_staged(terms, _TABLE)
    for row in readable:
        for finding in found.get(row.row, ()):
            column = _SHOWN_IN.get(finding.code, "name") or finding.code
            row.refuse(column, finding)


def seat(rows: Sequence[Row], category: ProjectCategory, unit: Organisation) -> dict[int, Cell]:
    """A place for each row that may have one, counted down in the order of the list."""
    seating = seating_of([row for row in rows if not row.refused], category, unit)
    seats = {}
    for row in rows:
        if row.refused:
            continue
        cell = seating.take(row)
        if cell is not None:
            seats[row.row] = cell
    return seats


def seating_of(rows: Sequence[Row], category: ProjectCategory, unit: Organisation) -> Seating:
    """The free places on the ways of these rows' schools."""
    ways = queries.ways(unit, (row.school_id for row in rows))
    holders = {one for way in ways.values() for one in way} | {unit.id}
    projects = queries.projects_of(category)
    cells = queries.cells(
        holders | {queries.reporting_body(unit)}, (project.id for project in projects)
    )
    green = any(row.green for row in rows)
    return Seating(
        ways,
        cells,
        queries.pools(unit, cells) if green else {},
        {project.id: project.name for project in projects},
        queries.green_groups(category, unit, projects) if green else {},
    )


def receive(
    data: bytes,
    filename: str,
    category: ProjectCategory,
    unit: Organisation,
    *,
    by: Viewer,
    now: datetime,
) -> ImportRun:
    """Keep a list as it came and note what the check says of it."""
    run = imports.receive(
        KIND,
        data,
        filename,
        organisation_id=unit.id,
        context={"category": category.id, "unit": unit.id},
        by=by,
        title=t("Nominations for %(category)s", category=category.name),
    )
    note_check(run, check(data, filename, category, unit, now))
    return run


def note_check(run: ImportRun, checked: Checked) -> None:
    """Keep what was understood; ID numbers and phones only masked (R6)."""
    understood = {
        "sheet": checked.sheet.name,
        "header_row": checked.header_row,
        "stopped": bool(checked.stops),
        "warned": checked.warned,
        "codes": checked.by_code,
        "verdicts": {str(row.row): verdict(row) for row in checked.rows},
        "rows": [_as_data(row, checked) for row in _troubled_first(checked.rows)[:_KEPT]],
    }
    imports.record_check(run, understood, checked.findings(), checked.counts)


def _troubled_first(rows: Sequence[Row]) -> list[Row]:
    """What goes back, then what has a warning, then the rest; each in the order of the workbook."""
    return sorted(rows, key=lambda row: _VERDICTS.index(verdict(row)), reverse=True)


def _as_data(row: Row, checked: Checked) -> dict[str, Any]:
    cell = checked.seats.get(row.row)
    return {
        "number": row.number,
        "name": row.name,
        "id_number": masked_id(row.id_number),
        "school": row.school,
        "stage": row.stage,
        "subject": row.subject,
        "green": row.green,
        "verdict": verdict(row),
        "place": cell.holder if cell else "",
    }


def check_again(run: ImportRun, *, now: datetime) -> Checked:
    """Judge the workbook of a run as things stand now."""
    category, unit = queries.category_of(run), queries.unit_of(run)
    return check(files.content(run.file), run.file.name, category, unit, now)


def take_in(
    run: ImportRun,
    reason: str,
    *,
    by: Viewer,
    now: datetime,
    expected_version: int | None = None,
) -> Checked:
    """Judge a list again under the locks of its places and enter the good rows (HN-37).

    Refuses when a row that could be taken at the check cannot be taken any more, and names it; and
    when warnings have no reason.
    """
    category, unit = queries.category_of(run), queries.unit_of(run)
    if expected_version is not None and expected_version != run.version:
        raise StaleVersion(t("The workbook was checked again since. Look at the new result first."))
    before = dict(run.understood.get("verdicts", {}))
    checked = _read(files.content(run.file), run.file.name, now)
    if checked.rows:
        settle(checked.rows, category, unit)
        schools = {row.school_id for row in checked.rows if row.school_id}
        actions.lock_ways(category, unit, schools)
        actions.lock_people(row.id_number for row in checked.rows if row.id_number)
        checked = _read(files.content(run.file), run.file.name, now)
    judge(checked, category, unit, now)
    if checked.stops:
        raise Refusal(checked.stops[0].message, rule="HN-40", findings=checked.stops)
    _refuse_changed(before, checked)
    if not checked.good:
        raise Refusal(t("No row of this list can be taken."))
    _require_reason(checked.warned, reason)
    note_check(run, checked)
    taking = actions.Taking(run, category, unit, reason.strip(), now, checked.late)
    ids = actions.enter_rows(checked.good, checked.seats, taking, by=by)
    effect = {"nominations": len(ids), "reason": reason.strip()}
    imports.confirm(run, effect, by=by, only_good=True)
    return checked


def _refuse_changed(before: Mapping[str, str], checked: Checked) -> None:
    """Refuse when a row reads worse than at the check that somebody has seen."""
    order = {"ok": 0, "warning": 1, "refused": 2}
    worse = [
        row for row in checked.rows if order[verdict(row)] > order[before.get(str(row.row), "ok")]
    ]
    if not worse:
        return
    found = [
        _placed(flaw.finding, checked.sheet.address(row.row, checked.columns.get(flaw.column, 0)))
        for row in worse
        for flaw in row.flaws
        if _counts(flaw.finding)
    ]
    message = t(
        "Since the check %(n)s rows have changed, the first is row %(row)s. Check the list again.",
        n=len(worse),
        row=worse[0].row + 1,
    )
    raise StaleCheck(message, findings=found)


def require_reason_for(run: ImportRun, reason: str) -> None:
    """Refuse a list with warnings and no reason before its job is queued."""
    _require_reason(bool(run.understood.get("warned")), reason)


def _require_reason(warned: bool, reason: str) -> None:
    if warned and len(reason.strip()) < 2:
        raise Refusal(
            t("Rows of this list have warnings. Say why they are entered all the same."),
            field="reason",
            rule="HN-37",
        )
