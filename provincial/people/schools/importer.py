"""Checking a list of schools: who stands where, what is new, what stands in the way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import any_, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import String

from provincial.adapters.spreadsheets import read_workbook
from provincial.adapters.tables import (
    Findings,
    ListColumn,
    ListRow,
    ListTable,
    NameIndex,
    cell_digits,
    cell_words,
    read_list,
)
from provincial.core.db import db
from provincial.core.findings import Finding, Severity, blocking
from provincial.core.identity import match_key
from provincial.core.text import t
from provincial.core.viewer import Viewer
from provincial.people.organisations.models import Organisation
from provincial.people.organisations.permissions import may_register_below
from provincial.people.organisations.queries import bureaus_below, unit_name
from provincial.people.organisations.rules import (
    Kind,
    OrganisationState,
    checked_code,
    checked_name,
)
from provincial.people.schools.rules import SchoolRow, stages_of, yes_or_no

_NEAR_AT_MOST = 40
COLUMNS = (
    ListColumn(
        "code",
        ("学校代码", "代码", "学校标识码", "标识码", "机构代码"),
        parse=lambda value: checked_code(cell_digits(value)),
    ),
    ListColumn(
        "name", ("学校名称", "名称", "学校"), parse=lambda value: checked_name(cell_words(value))
    ),
    ListColumn(
        "parent", ("所属县(市、区)", "所属县区", "县区", "县(市、区)", "主管单位", "所属单位")
    ),
    ListColumn("stages", ("学段", "办学类型", "学校类别"), parse=stages_of),
    ListColumn("is_rural", ("乡村学校", "是否乡村", "乡村"), required=False, parse=yes_or_no),
    ListColumn("is_private", ("民办学校", "是否民办", "民办"), required=False, parse=yes_or_no),
)


@dataclass(frozen=True, slots=True)
class Checked:
    """A list as it was understood."""

    rows: Sequence[SchoolRow]
    findings: Sequence[Finding]

    @property
    def counts(self) -> dict[str, int]:
        """Rows by verdict, and how many findings refuse."""
        verdicts = Counter(row.verdict for row in self.rows)
        found = {name: verdicts[name] for name in ("new", "changed", "unchanged")}
        return {"rows": len(self.rows), **found, "refused": len(blocking(self.findings))}


def check(data: bytes, filename: str, viewer: Viewer) -> Checked:
    """Read a workbook's first visible list of schools and judge each row; saves nothing."""
    book = read_workbook(data, filename)
    sheet = next((s for s in book.sheets if not s.hidden and s.rows), book.sheets[0])
    table = read_list(sheet, COLUMNS)
    found = Findings(sheet)
    bureaus = [body for body in bureaus_below(viewer) if may_register_below(viewer, body)]
    by_id = {body.id: body for body in bureaus}
    index = NameIndex(
        (body.id, body.name, (body.name, *unit_name(body).aliases, body.code)) for body in bureaus
    )
    codes = [str(row.values.get("code")) for row in table.rows if row.values.get("code")]
    known = _known(codes)
    sisters = _names_below(list(by_id))
    judge = _Judge(table, found, index, by_id, known, sisters)
    rows = [row for line in table.rows if (row := judge.row(line)) is not None]
    return Checked(rows, [*table.findings, *found.finished()])


def _known(codes: Sequence[str]) -> dict[str, Organisation]:
    wanted = any_(literal(list(codes), ARRAY(String)))
    found = db.session.scalars(select(Organisation).where(Organisation.code == wanted))
    return {body.code: body for body in found}


def _names_below(parents: Sequence[int]) -> dict[tuple[int, str], str]:
    """Codes of active schools by superior and name, to find the same school under another code."""
    rows = db.session.execute(
        select(Organisation.parent_id, Organisation.name_key, Organisation.code)
        .where(Organisation.parent_id.in_(parents), Organisation.kind == Kind.SCHOOL)
        .where(Organisation.state == OrganisationState.ACTIVE)
    )
    return {(parent or 0, key): code for parent, key, code in rows}


@dataclass
class _Judge:
    """The judge of rows; remembers what the list has said already."""

    table: ListTable
    found: Findings
    index: NameIndex
    bureaus: dict[int, Organisation]
    known: dict[str, Organisation]
    sisters: dict[tuple[int, str], str]

    def __post_init__(self) -> None:
        self._codes: dict[str, int] = {}
        self._names: dict[tuple[int, str], int] = {}
        self._near: dict[str, str] = {}

    def row(self, line: ListRow) -> SchoolRow | None:
        """A row that can be taken, or nothing and a finding that says why not."""
        values = line.values
        if any(not values.get(key) for key in ("code", "name", "parent", "stages")):
            return None
        code, name = str(values["code"]), str(values["name"])
        parent = self._parent(line, str(values["parent"]))
        if parent is None or self._twice(line, code, parent, name):
            return None
        stages = values["stages"]
        row = SchoolRow(
            row=line.number,
            code=code,
            name=name,
            parent_id=parent.id,
            parent=parent.name,
            stages=stages if isinstance(stages, tuple) else (),
            is_rural=bool(values.get("is_rural")),
            is_private=bool(values.get("is_private")),
            verdict="new",
        )
        existing = self.known.get(code)
        return self._new(line, row) if existing is None else self._old(line, row, existing)

    def _parent(self, line: ListRow, text: str) -> Organisation | None:
        matches = self.index.find(text)
        if len(matches) == 1:
            return self.bureaus[matches[0]]
        if matches:
            names = "、".join(self.bureaus[m].code for m in matches)
            message = t("“%(name)s” matches several bodies.", name=text[:40])
            self._block(
                line, "parent", "ambiguous", message, t("Write the code: %(codes)s.", codes=names)
            )
            return None
        near = self._nearest(text)
        message = t("No county or city of yours is called “%(name)s”.", name=text[:40])
        mend = t("Did you mean %(names)s?", names=near) if near else None
        self._block(line, "parent", "unknown-parent", message, mend)
        return None

    def _nearest(self, text: str) -> str:
        if text not in self._near and len(self._near) < _NEAR_AT_MOST:
            self._near[text] = "、".join(self.index.near(text))
        return self._near.get(text, "")

    def _twice(self, line: ListRow, code: str, parent: Organisation, name: str) -> bool:
        first = self._codes.setdefault(code, line.number)
        if first != line.number:
            message = t("The code %(code)s stands in row %(row)s already.", code=code, row=first)
            self._block(line, "code", "code-twice", message)
            return True
        first = self._names.setdefault((parent.id, match_key(name)), line.number)
        if first != line.number:
            message = t("“%(name)s” stands in row %(row)s already.", name=name, row=first)
            self._block(line, "name", "name-twice", message)
            return True
        return False

    def _new(self, line: ListRow, row: SchoolRow) -> SchoolRow | None:
        other = self.sisters.get((row.parent_id, match_key(row.name)))
        if other is None:
            return row
        message = t(
            "“%(parent)s” has a school “%(name)s” already, with the code %(code)s.",
            parent=row.parent,
            name=row.name,
            code=other,
        )
        self._block(line, "name", "same-name", message, t("Correct the code, or the name."))
        return None

    def _old(self, line: ListRow, row: SchoolRow, school: Organisation) -> SchoolRow | None:
        if school.kind != Kind.SCHOOL or school.parent_id not in self.bureaus:
            message = t("The code %(code)s belongs to another body.", code=row.code)
            self._block(line, "code", "code-taken", message)
            return None
        if school.parent_id != row.parent_id or school.name_key != match_key(row.name):
            message = t(
                "The code %(code)s belongs to “%(name)s”; its name and superior are not changed here.",
                code=row.code,
                name=school.name,
            )
            mend = t("Rename or move the school on its page, then import again.")
            self._block(line, "name", "step-needed", message, mend)
            return None
        if school.state != OrganisationState.ACTIVE:
            message = t(
                "“%(name)s” is closed or merged; nothing new can be put there.", name=row.name
            )
            self._block(line, "code", "closed", message)
            return None
        same = facts(school) == (list(row.stages), row.is_rural, row.is_private)
        return SchoolRow(
            **{**row.as_data(), "stages": row.stages, "verdict": "unchanged" if same else "changed"}
            | {"school_id": school.id}
        )

    def _block(
        self, line: ListRow, column: str, code: str, message: object, mend: object = None
    ) -> None:
        place = (line.row, self.table.columns.get(column, 0))
        self.found.add(Severity.BLOCK, code, message, place=place, mend=mend)  # type: ignore[arg-type]


def facts(school: Organisation) -> tuple[list[str], bool, bool]:
    """What the list may change of a school that exists."""
    return list(school.stages), school.is_rural, school.is_private


def new_rows(rows: Iterable[SchoolRow]) -> list[SchoolRow]:
    """Those that make a new school."""
    return [row for row in rows if row.verdict == "new"]
