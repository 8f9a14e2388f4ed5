"""A copy that came back: its number, its rows by code, and what each would change."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from provincial.adapters.spreadsheets import Sheet, read_workbook
from provincial.adapters.tables import Findings, cell_words, heading_key
from provincial.core.findings import Finding, Severity
from provincial.core.identity import match_key, person_key
from provincial.core.refusals import Refusal
from provincial.core.text import t
from provincial.core.viewer import Viewer
from provincial.office.files import queries as files
from provincial.office.imports import actions as imports
from provincial.office.imports.models import ImportRun
from provincial.people.teachers.permissions import edits_imported, may_edit
from provincial.people.teachers.rules import refuse_locked, require_active
from provincial.planning.copies import actions, queries
from provincial.planning.copies.models import NominationCopy
from provincial.planning.copies.rules import (
    CODE,
    FIELDS,
    KIND,
    VERSION,
    Change,
    change_finding,
    clash_finding,
    merge,
    refused,
)
from provincial.planning.entries.rules import read_row
from provincial.planning.nominations.models import Nomination
from provincial.planning.nominations.rules import OPEN_TO_CHANGE, Channel
from provincial.planning.plans.models import ProjectCategory
from provincial.rulebook.people_words import TITLE_OF

_HEAD_ROWS = 20
_NUMBER = re.compile(rf"{VERSION}[:：]?\s*([0-9]{{1,6}})")


@dataclass
class Returned:
    """A copy as it came back: the findings, and what would be booked."""

    sheet: Sheet
    header_row: int
    total: int = 0
    findings: list[Finding] = field(default_factory=list)
    bookings: list[actions.Booking] = field(default_factory=list)
    clashes: int = 0

    @property
    def counts(self) -> dict[str, int]:
        """Rows by what becomes of them."""
        blocked = [one for one in self.findings if one.severity is Severity.BLOCK and one.cell]
        bad = len({re.sub(r"^.*?([0-9]+)$", r"\1", one.cell) for one in blocked})
        return {"rows": self.total, "changed": len(self.bookings), "refused": bad}


def check(
    data: bytes, filename: str, category: ProjectCategory, viewer: Viewer, today: date
) -> Returned:
    """Read a copy and compare each row with what went out and what is here now; saves nothing."""
    book = read_workbook(data, filename)
    sheet = next((one for one in book.sheets if not one.hidden and one.rows), book.sheets[0])
    header, columns = _header(sheet)
    found = Findings(sheet, 20_000)
    returned = Returned(sheet, max(header, 0))
    number = _number(sheet, header)
    copy = queries.by_number(category.id, viewer.organisation_id, number) if number else None
    if header < 0 or copy is None:
        message = (
            t(
                "There is no column “%(title)s”; only a copy that went out can be merged.",
                title=CODE,
            )
            if header < 0
            else t("The number of the copy is missing, or no such copy went out.")
        )
        mend = t("Send the list itself under “Nominations from a list”.")
        found.add(Severity.BLOCK, "no-copy", message, mend=mend)
    else:
        _rows(returned, columns, copy, found, viewer, today)
    returned.findings = found.finished()
    return returned


def _header(sheet: Sheet) -> tuple[int, dict[str, int]]:
    wanted = {
        heading_key(title): key for key, title in {**FIELDS, "code": CODE, "name": "姓名"}.items()
    }
    for number, cells in enumerate(sheet.rows[:_HEAD_ROWS]):
        keys = [heading_key(cell) if isinstance(cell, str) else "" for cell in cells]
        columns = {wanted[key]: place for place, key in enumerate(keys) if key in wanted}
        if "code" in columns:
            return number, columns
    return -1, {}


def _number(sheet: Sheet, header: int) -> int:
    for cells in sheet.rows[: max(header, 0)]:
        for cell in cells:
            found = _NUMBER.search(str(cell)) if isinstance(cell, str) else None
            if found:
                return int(found[1])
    return 0


def _rows(
    returned: Returned,
    columns: dict[str, int],
    copy: NominationCopy,
    found: Findings,
    viewer: Viewer,
    today: date,
) -> None:
    sheet = returned.sheet
    lines = [
        (number, match_key(cell_words(sheet.cell(number, columns["code"]))).upper())
        for number in range(returned.header_row + 1, len(sheet.rows))
    ]
    lines = [(number, code) for number, code in lines if code and not _is_remark(sheet, number)]
    returned.total = len(lines)
    known = queries.by_codes(code for _number, code in lines)
    seen: set[str] = set()
    for number, code in lines:
        nomination = known.get(code)
        wrong = _wrong(nomination, code, seen, copy, viewer, sheet, number, columns)
        seen.add(code)
        if wrong is not None or nomination is None:
            _add(found, wrong, (number, columns["code"]))
            continue
        back, faults = _said(sheet, number, columns, today)
        for key, fault in faults:
            _add(found, fault, (number, columns[key]))
        merged = merge(copy.rows[code], queries.fields_of(nomination), back)
        for clash in merged.clashes:
            returned.clashes += 1
            _add(found, clash_finding(clash), (number, columns[clash.field]))
        if faults or merged.clashes or not merged.changes:
            continue
        if nomination.status not in OPEN_TO_CHANGE:
            message = t("This nomination has been passed on; it cannot be changed.")
            _add(found, refused("passed_on", message), (number, columns["code"]))
            continue
        stop = _barred(nomination, merged.changes, viewer)
        if stop is not None:
            _add(found, stop[1], (number, columns[stop[0]]))
            continue
        for change in merged.changes:
            _add(found, change_finding(change), (number, columns[change.field]))
        returned.bookings.append(actions.Booking(nomination, merged.changes))


def _barred(
    nomination: Nomination, changes: Sequence[Change], viewer: Viewer
) -> tuple[str, Finding] | None:
    """What of a row is not the viewer's to change, with its column; nothing when all is.

    A name of the green channel keeps its grounds (HN-42); title and start of work stand on the
    register, so that who may not change the record there cannot do it by a copy (R4).
    """
    teacher = nomination.teacher
    for change in changes:
        if change.field == "grounds":
            if nomination.way is Channel.GREEN and not change.back.strip():
                message = t("The green channel needs its grounds; they cannot be left empty.")
                return change.field, refused("green_grounds", message, rule="HN-42")
            continue
        if change.field == "note":
            continue
        if not may_edit(viewer, teacher):
            message = t(
                "This stands on the register of teachers, and the record is not yours to edit."
            )
            return change.field, refused("register", message, rule="PE-130")
        try:
            require_active(teacher.state)
            if not edits_imported(viewer):
                refuse_locked([change.field], teacher.sources)
        except Refusal as refusal:
            return change.field, refused("register", refusal.message, rule=refusal.rule or "PE-130")
    return None


def _is_remark(sheet: Sheet, number: int) -> bool:
    """Whether a line holds one text only: a note below the names."""
    return sum(1 for cell in sheet.rows[number] if cell_words(cell)) < 2


def _wrong(
    nomination: Nomination | None,
    code: str,
    seen: set[str],
    copy: NominationCopy,
    viewer: Viewer,
    sheet: Sheet,
    number: int,
    columns: dict[str, int],
) -> Finding | None:
    """Why a row belongs to no nomination of this copy."""
    if code in seen:
        return refused("code_twice", t("The code stands here a second time."))
    foreign = nomination is None or not nomination.quota_path.startswith(viewer.quota_path)
    if foreign or code not in copy.rows:
        return refused("code", t("No row of this copy has the code %(code)s.", code=code[:12]))
    name = cell_words(sheet.cell(number, columns["name"])) if "name" in columns else ""
    if name and nomination is not None and person_key(name) != nomination.teacher.name_key:
        message = t("The code belongs to another name.")
        return refused("code_name", message, t("To send another teacher, replace the nomination."))
    return None


def _said(
    sheet: Sheet, number: int, columns: dict[str, int], today: date
) -> tuple[dict[str, str], list[tuple[str, Finding]]]:
    """What a row says in the columns that may change, read like a row of any list."""
    cells = {key: sheet.cell(number, columns[key]) for key in FIELDS if key in columns}
    row = read_row(0, number, cells, today)
    said = {
        "grounds": row.grounds,
        "note": row.note,
        "title": TITLE_OF[row.title].name if row.title else "",
        "since": row.since.isoformat() if row.since else "",
    }
    faults = [
        (flaw.column, flaw.finding)
        for flaw in row.flaws
        if flaw.column in cells and flaw.finding.severity is Severity.BLOCK
    ]
    return {key: said[key] for key in cells}, faults


def _add(found: Findings, finding: Finding | None, place: tuple[int, int]) -> None:
    if finding is not None:
        found.add(
            *(finding.severity, finding.code, finding.message),
            place=place,
            rule=finding.rule,
            mend=finding.mend,
        )


def receive(
    data: bytes, filename: str, category: ProjectCategory, *, by: Viewer, today: date
) -> ImportRun:
    """Keep a copy that came back and note what it would change."""
    run = imports.receive(
        KIND,
        data,
        filename,
        organisation_id=by.organisation_id,
        context={"category": category.id},
        by=by,
        title=t("Copy of a list that came back: %(category)s", category=category.name),
    )
    _note(run, check(data, filename, category, by, today))
    return run


def take_in(run: ImportRun, reason: str, *, by: Viewer, today: date) -> int:
    """Compare once more and book the rows without a clash; answers how many changed."""
    category = queries.category_of(run)
    queries.standing(category.id, by.quota_path, locked=True)
    returned = check(files.content(run.file), run.file.name, category, by, today)
    _note(run, returned)
    if not returned.bookings:
        raise Refusal(t("The copy changes nothing."))
    count = actions.book(returned.bookings, reason, by=by, on=today)
    imports.confirm(run, {"changed": count}, by=by, only_good=True)
    return count


def _note(run: ImportRun, returned: Returned) -> None:
    understood = {
        "sheet": returned.sheet.name,
        "header_row": returned.header_row,
        "clashes": returned.clashes,
    }
    imports.record_check(run, understood, returned.findings, returned.counts)
