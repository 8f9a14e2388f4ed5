"""Checking a spreadsheet of yearly figures: bodies by name or code, one row each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from provincial.adapters.spreadsheets import read_workbook
from provincial.adapters.tables import (
    Findings,
    ListColumn,
    ListRow,
    ListTable,
    NameIndex,
    cell_count,
    read_list,
)
from provincial.core.findings import Finding, Severity, blocking
from provincial.core.refusals import Refusal
from provincial.core.text import t
from provincial.core.viewer import Viewer
from provincial.people.figures.queries import values_of
from provincial.people.figures.rules import (
    Figures,
    checked,
    flags_of,
    grade_of,
    rate_of,
    score_of,
)
from provincial.people.organisations.queries import (
    bureaus_below,
    figures,
    institutions,
    unit_name,
)

COLUMNS = (
    ListColumn("body", ("单位", "单位名称", "县(市、区)", "市县", "地区", "名称")),
    ListColumn("teachers", ("教师数", "教师人数", "专任教师"), False, cell_count),
    ListColumn("key_teachers", ("骨干教师数", "骨干教师", "名师骨干"), False, cell_count),
    ListColumn("rural_teachers", ("乡村教师数", "乡村教师"), False, cell_count),
    ListColumn("flags", ("县域标记", "贫困县类别", "县域类别"), False, flags_of),
    ListColumn("registration_rate", ("注册完成率", "注册率"), False, rate_of),
    ListColumn("check_in_rate", ("报到率", "上年报到率"), False, rate_of),
    ListColumn("score", ("得分", "成绩", "考核得分"), False, score_of),
    ListColumn("grade", ("等次", "等级", "考核等次"), False, grade_of),
)


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One body's figures as the file tells them; ``verdict`` is new, changed or unchanged."""

    row: int
    organisation_id: int
    name: str
    figures: Figures
    verdict: str

    def as_data(self) -> dict[str, Any]:
        """Plain values for the run's record."""
        facts = {"row": self.row, "organisation_id": self.organisation_id, "name": self.name}
        return {**facts, "figures": self.figures.as_data(), "verdict": self.verdict}


@dataclass(frozen=True, slots=True)
class Checked:
    """A file as it was understood."""

    rows: Sequence[FigureRow]
    findings: Sequence[Finding]

    @property
    def counts(self) -> dict[str, int]:
        """Rows by verdict, and how many findings refuse."""
        verdicts = Counter(row.verdict for row in self.rows)
        found = {name: verdicts[name] for name in ("new", "changed", "unchanged")}
        return {"rows": len(self.rows), **found, "refused": len(blocking(self.findings))}


def check(data: bytes, filename: str, year: int, viewer: Viewer) -> Checked:
    """Read a workbook and judge each row; saves nothing. A column that is missing keeps its values."""
    book = read_workbook(data, filename)
    sheet = next((s for s in book.sheets if not s.hidden and s.rows), book.sheets[0])
    listed = read_list(sheet, COLUMNS, max_rows=5000)
    found = Findings(sheet)
    bodies = {body.id: body for body in [*bureaus_below(viewer), *institutions(viewer)]}
    index = NameIndex(
        (body.id, body.name, (body.name, *unit_name(body).aliases, body.code))
        for body in bodies.values()
    )
    known = figures(year, bodies)
    seen: dict[int, int] = {}
    rows = []
    for line in listed.rows:
        number = _body(listed, line, index, found, seen)
        if number is None:
            continue
        row = known.get(number)
        was = values_of(row) if row else None
        now = _merged(listed, line, was or Figures())
        verdict = "new" if was is None else "unchanged" if was == now else "changed"
        try:
            rows.append(FigureRow(line.number, number, bodies[number].name, checked(now), verdict))
        except Refusal as refusal:
            place = (line.row, listed.columns.get(refusal.field, 0))
            found.add(Severity.BLOCK, "figures", refusal.message, place=place)
    return Checked(rows, [*listed.findings, *found.finished()])


def _body(
    listed: ListTable, line: ListRow, index: NameIndex, found: Findings, seen: dict[int, int]
) -> int | None:
    text = str(line.values.get("body") or "")
    place = (line.row, listed.columns.get("body", 0))
    if not text:
        return None
    matches = index.find(text)
    if len(matches) != 1:
        near = "、".join(index.near(text)) if not matches and len(found.items) < 60 else ""
        message = (
            t("“%(name)s” matches several bodies.", name=text[:40])
            if matches
            else t("No body is called “%(name)s”.", name=text[:40])
        )
        mend = t("Did you mean %(names)s?", names=near) if near else t("Write its code instead.")
        found.add(Severity.BLOCK, "unknown-body", message, place=place, mend=mend)
        return None
    first = seen.setdefault(matches[0], line.number)
    if first != line.number:
        message = t("“%(name)s” stands in row %(row)s already.", name=text[:40], row=first)
        found.add(Severity.BLOCK, "body-twice", message, place=place)
        return None
    return matches[0]


def _merged(listed: ListTable, line: ListRow, was: Figures) -> Figures:
    """What the row says; a column that the file has not keeps what was there."""
    values: dict[str, Any] = {
        name: getattr(was, name) if name not in listed.columns else line.values.get(name)
        for name in Figures.__dataclass_fields__
    }
    return Figures(**{**values, "flags": values["flags"] or (), "grade": values["grade"] or ""})
