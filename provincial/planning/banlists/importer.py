"""Checking a paper list of bans: who is meant, from when until when, what is on record already."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from provincial.adapters.spreadsheets import CellValue, read_workbook
from provincial.adapters.tables import (
    Findings,
    ListColumn,
    ListRow,
    ListTable,
    cell_date,
    cell_digits,
    cell_words,
    read_list,
)
from provincial.core.findings import Finding, Severity
from provincial.core.identity import match_key, parse_id_number, parse_person_name
from provincial.core.refusals import Refusal
from provincial.core.text import Text, t
from provincial.people.teachers.models import Teacher
from provincial.people.teachers.queries import by_id_numbers
from provincial.planning.banlists import queries
from provincial.planning.banlists.rules import MOST_ROWS, BanRow, cause_of, stops_all
from provincial.planning.bans.rules import require_past
from provincial.planning.integrity.rules import BanPolicy, ban_ends

_FINDINGS_PER_CODE = 200


def _day(value: CellValue) -> date:
    try:
        return cell_date(value)
    except Refusal as refusal:
        # Its own sentence repeats the cell, which may hold a number of a shifted column (R6).
        raise Refusal(t("A day like 2023-09-01 is expected here.")) from refusal


def _short(limit: int) -> object:
    def read(value: CellValue) -> str:
        words = cell_words(value)
        if len(words) > limit:
            raise Refusal(t("At most %(count)s characters are kept here.", count=limit))
        return words

    return read


COLUMNS = (
    ListColumn(
        "name",
        ("姓名", "教师姓名", "学员姓名"),
        parse=lambda value: parse_person_name(cell_words(value)),
    ),
    ListColumn(
        "id_number",
        ("身份证号", "身份证号码", "身份证", "公民身份号码", "身份证件号", "证件号码", "证件号"),
        parse=cell_digits,
    ),
    ListColumn(
        "cause",
        ("情形", "原因", "事由", "限制原因", "限制情形"),
        parse=lambda value: cause_of(cell_words(value)),
    ),
    ListColumn("event_on", ("事由日期", "发生日期", "事件日期", "日期", "认定日期"), parse=_day),
    ListColumn(
        "training",
        ("培训项目", "培训名称", "项目名称", "参训项目", "培训班"),
        parse=_short(200),  # type: ignore[arg-type]
    ),
    ListColumn(
        "notice",
        ("文号", "通报文号", "通知文号", "文件号"),
        required=False,
        parse=_short(80),  # type: ignore[arg-type]
    ),
    ListColumn("note", ("备注", "说明"), required=False, parse=cell_words),
)


@dataclass(frozen=True, slots=True)
class Checked:
    """A list as it was understood: rows that can be taken, and what was found."""

    rows: Sequence[BanRow]
    findings: Sequence[Finding]
    total: int
    sheet: str
    header_row: int

    @property
    def new(self) -> list[BanRow]:
        """The rows that make a ban."""
        return [row for row in self.rows if row.verdict == "new"]

    @property
    def counts(self) -> dict[str, int]:
        """Rows by verdict; ``refused`` go back to their sender."""
        verdicts = Counter(row.verdict for row in self.rows)
        found = {name: verdicts[name] for name in ("new", "known")}
        return {"rows": self.total, **found, "refused": self.total - len(self.rows)}

    @property
    def stops(self) -> list[Finding]:
        """What makes the whole list unusable."""
        return stops_all(self.findings)


def check(data: bytes, filename: str, policy: BanPolicy, today: date) -> Checked:
    """Read a workbook's first visible list of bans and judge each row; saves nothing."""
    book = read_workbook(data, filename)
    sheet = next((s for s in book.sheets if not s.hidden and s.rows), book.sheets[0])
    table = read_list(sheet, COLUMNS, max_rows=MOST_ROWS, findings_per_code=_FINDINGS_PER_CODE)
    found = Findings(sheet, _FINDINGS_PER_CODE)
    judge = _Judge(table, found, policy, today)
    rows = [] if stops_all(table.findings) else judge.rows()
    findings = [*table.findings, *found.finished()]
    return Checked(rows, findings, len(table.rows), sheet.name, max(table.header_row, 0))


@dataclass
class _Judge:
    """The judge of rows; remembers what the list has said already."""

    table: ListTable
    found: Findings
    policy: BanPolicy
    today: date

    def rows(self) -> list[BanRow]:
        """The rows that can be taken; the others leave findings that say why not."""
        numbers = {line.row: number for line in self.table.rows if (number := self._number(line))}
        teachers = by_id_numbers(numbers.values())
        known = queries.known_events(teacher.id for teacher in teachers.values())
        seen: dict[tuple[int, str, date], int] = {}
        judged = []
        for line in self.table.rows:
            number = numbers.get(line.row)
            if number is None or any(f.severity is Severity.BLOCK for f in line.findings):
                continue
            row = self._row(line, teachers.get(number))
            if row is not None and self._once(line, row, seen):
                judged.append(self._judged(line, row, known))
        return judged

    def _number(self, line: ListRow) -> str | None:
        raw = line.values.get("id_number")
        if not raw:
            return None
        try:
            return parse_id_number(str(raw), self.today).number
        except Refusal as refusal:
            for finding in refusal.as_findings():
                self._add(
                    line, "id_number", finding.severity, finding.code, finding.message, finding.mend
                )
            return None

    def _row(self, line: ListRow, teacher: Teacher | None) -> BanRow | None:
        if teacher is None:
            message = t("The register has nobody with this ID number.")
            mend = t(
                "Let the school, county or city register the teacher first (Teachers, from a "
                "spreadsheet), then send this row again."
            )
            self._block(line, "id_number", "unknown-teacher", message, mend)
            return None
        values = line.values
        if teacher.name_key != match_key(str(values["name"])):
            message = t("The register knows this ID number under another name.")
            mend = t("Check name and number; a change of name is made on the teacher's page.")
            self._block(line, "name", "name-differs", message, mend)
            return None
        cause, event_on = str(values["cause"]), values["event_on"]
        if not isinstance(event_on, date):  # pragma: no cover  an empty day blocks the row before
            return None
        if cause not in self.policy.causes:
            self._block(line, "cause", "cause", t("This is no cause of a ban in this plan."), None)
            return None
        try:
            require_past(event_on, self.today)
        except Refusal as refusal:
            self._block(line, "event_on", "event-day", refusal.message, None)
            return None
        return BanRow(
            row=line.number,
            teacher_id=teacher.id,
            name=teacher.name,
            school=teacher.organisation.name,
            cause=cause,
            event_on=event_on,
            ends_on=ban_ends(event_on, self.policy.years),
            training_name=str(values.get("training") or ""),
            notice_number=str(values.get("notice") or ""),
            note=str(values.get("note") or ""),
            verdict="new",
        )

    def _once(self, line: ListRow, row: BanRow, seen: dict[tuple[int, str, date], int]) -> bool:
        first = seen.setdefault((row.teacher_id, row.cause, row.event_on), line.number)
        if first == line.number:
            return True
        message = t("The same event stands in row %(row)s already.", row=first)
        self._block(line, "name", "event-twice", message, t("Keep one of the two rows."))
        return False

    def _judged(self, line: ListRow, row: BanRow, known: set[tuple[int, str, date]]) -> BanRow:
        if (row.teacher_id, row.cause, row.event_on) in known:
            message = t("A ban for this event is on record already.")
            self._add(line, "name", Severity.PASS, "known", message, None)
            return replace(row, verdict="known")
        if row.ends_on < self.today:
            message = t(
                "This ban was over on %(end)s; it goes into the file and bars nobody.",
                end=row.ends_on,
            )
            self._add(line, "event_on", Severity.WARN, "over", message, None, rule="A-04")
        return row

    def _block(
        self, line: ListRow, column: str, code: str, message: Text, mend: Text | None
    ) -> None:
        self._add(line, column, Severity.BLOCK, code, message, mend)

    def _add(
        self,
        line: ListRow,
        column: str,
        severity: Severity,
        code: str,
        message: Text,
        mend: Text | None,
        rule: str = "",
    ) -> None:
        place = (line.row, self.table.columns.get(column, 0))
        self.found.add(severity, code, message, place=place, mend=mend, rule=rule)
