"""Checking a list of teachers: who is meant, at which school, what stands in the way of each row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from provincial.adapters.cells import cell_day_or_month, cell_number_text, guarded
from provincial.adapters.spreadsheets import CellValue, read_workbook
from provincial.adapters.tables import (
    Findings,
    ListColumn,
    ListRow,
    ListTable,
    NameIndex,
    cell_words,
    read_list,
)
from provincial.core.findings import Finding, Severity
from provincial.core.identity import (
    IdNumber,
    PersonName,
    parse_id_number,
    parse_mobile,
    person_key,
    read_person_name,
)
from provincial.core.refusals import Refusal
from provincial.core.text import Text, t
from provincial.core.viewer import Viewer
from provincial.people.organisations.models import Organisation
from provincial.people.organisations.queries import bureaus_below, unit_name
from provincial.people.organisations.rules import Kind
from provincial.people.rosters.queries import schools_for
from provincial.people.rosters.rules import stops_all
from provincial.people.schools.rules import yes_or_no
from provincial.people.teachers import queries
from provincial.people.teachers.models import Teacher
from provincial.people.teachers.permissions import may_see
from provincial.people.teachers.queries import changed_facts
from provincial.people.teachers.rules import (
    Facts,
    TeacherRow,
    TeacherState,
    is_head_post,
    judge_person,
    judge_times,
)
from provincial.rulebook.people_words import (
    ethnic_of,
    political_of,
    sex_of,
    stage_of,
    status_of,
    subject_of,
    title_of,
)

#: Enough that every bad row of a list goes back with its reason.
_FINDINGS_PER_CODE = 20_000


def _name(value: CellValue) -> PersonName:
    return read_person_name(value if isinstance(value, str) else cell_words(value))


def _short(words: str) -> str:
    if len(words) > 40:
        raise Refusal(t("At most %(count)s characters are kept here.", count=40))
    return words


COLUMNS = (
    ListColumn("name", ("姓名", "教师姓名", "老师姓名"), parse=_name),
    ListColumn(
        "id_number",
        (
            "身份证号",
            "身份证号码",
            "身份证",
            "公民身份号码",
            "身份证件号",
            "身份证件号码",
            "证件号码",
            "证件号",
        ),
        parse=cell_number_text,
    ),
    ListColumn("sex", ("性别",), required=False, parse=guarded(sex_of)),
    ListColumn(
        "birth", ("出生日期", "出生年月", "出生年月日"), required=False, parse=cell_day_or_month
    ),
    ListColumn(
        "phone",
        ("手机号", "手机号码", "手机", "联系电话", "联系方式", "移动电话", "电话"),
        required=False,
        parse=lambda value: parse_mobile(cell_number_text(value)),
    ),
    ListColumn(
        "county",
        ("所在县区", "县区", "所在县(市、区)", "县(市、区)", "所属县区", "所属县(市、区)", "区县"),
        required=False,
        parse=guarded(str),
    ),
    ListColumn(
        "school",
        ("学校", "学校名称", "所在学校", "工作单位", "任教学校", "单位", "单位名称"),
        required=False,
        parse=guarded(str),
    ),
    ListColumn("stage", ("学段", "任教学段"), parse=guarded(stage_of)),
    ListColumn("subject", ("学科", "任教学科", "科目"), parse=guarded(subject_of)),
    ListColumn(
        "title", ("职称", "专业技术职务", "职称等级"), required=False, parse=guarded(title_of)
    ),
    ListColumn("post", ("职务", "行政职务", "岗位"), required=False, parse=guarded(_short)),
    ListColumn(
        "is_class_teacher",
        ("班主任", "是否班主任"),
        required=False,
        parse=guarded(yes_or_no),
    ),
    ListColumn(
        "since",
        ("参加工作时间", "工作时间", "参加工作年月"),
        required=False,
        parse=cell_day_or_month,
    ),
    ListColumn(
        "teaching_since",
        ("任教时间", "从教时间", "任教起始时间"),
        required=False,
        parse=cell_day_or_month,
    ),
    ListColumn(
        "status", ("在岗状态", "人员状态", "状态"), required=False, parse=guarded(status_of)
    ),
    ListColumn("ethnic_code", ("民族",), required=False, parse=guarded(ethnic_of)),
    ListColumn("native_place", ("籍贯",), required=False, parse=guarded(_short)),
    ListColumn("political_code", ("政治面貌",), required=False, parse=guarded(political_of)),
)
_PLAIN = ("stage", "subject", "title", "post", "is_class_teacher", "since")
_PLAIN_TOO = ("teaching_since", "status", "ethnic_code", "political_code", "native_place")


@dataclass(frozen=True, slots=True)
class Checked:
    """A list as it was understood: rows that can be taken, and what was found."""

    rows: Sequence[TeacherRow]
    findings: Sequence[Finding]
    total: int
    sheet: str
    header_row: int

    @property
    def counts(self) -> dict[str, int]:
        """Rows by verdict; ``refused`` go back to their sender."""
        verdicts = Counter(row.verdict for row in self.rows)
        found = {name: verdicts[name] for name in ("new", "changed", "unchanged")}
        return {"rows": self.total, **found, "refused": self.total - len(self.rows)}

    @property
    def stops(self) -> list[Finding]:
        """What makes the whole list unusable."""
        return stops_all(self.findings)


def check(data: bytes, filename: str, viewer: Viewer, today: date) -> Checked:
    """Read a workbook's first visible list of teachers and judge each row; saves nothing."""
    book = read_workbook(data, filename)
    sheet = next((s for s in book.sheets if not s.hidden and s.rows), book.sheets[0])
    table = read_list(sheet, COLUMNS, findings_per_code=_FINDINGS_PER_CODE)
    found = Findings(sheet, _FINDINGS_PER_CODE)
    judge = _Judge(table, found, _Schools(viewer), viewer, today)
    rows = [] if stops_all(table.findings) else judge.rows()
    findings = [*table.findings, *found.finished()]
    return Checked(rows, findings, len(table.rows), sheet.name, max(table.header_row, 0))


class _Schools:
    """The schools whose lists the viewer may bring, by every name they go by."""

    def __init__(self, viewer: Viewer) -> None:
        self.by_id = {school.id: school for school in schools_for(viewer)}
        self.own = self.by_id.get(viewer.organisation_id)
        self._names = NameIndex(
            (s.id, self._label(s), self._names_of(s)) for s in self.by_id.values()
        )
        bureaus = [] if viewer.organisation_kind == Kind.SCHOOL else bureaus_below(viewer)
        self._counties = NameIndex((body.id, body.name, unit_names(body)) for body in bureaus)
        self._paths = {body.id: body.path for body in bureaus}

    def find(self, name: str, county: str) -> Organisation:
        """The school that a row means; refuses none and several, with what may be meant."""
        found = [self.by_id[number] for number in self._names.find(name)]
        if county and self.own is None:
            paths = tuple(self._paths[number] for number in self._counties.find(county))
            if not paths:
                raise self._refused("county", county, self._counties.near(county))
            found = [school for school in found if school.path.startswith(paths)]
        if len(found) == 1:
            return found[0]
        if found:
            message = t("“%(name)s” matches several schools.", name=name[:40])
            mend = t("Fill the column 所在县区, or write the school's code.")
            finding = Finding(Severity.BLOCK, message, code="ambiguous-school", mend=mend)
            raise Refusal(message, findings=[finding])
        raise self._refused("school", name, self._names.near(name))

    @staticmethod
    def _refused(what: str, name: str, near: Sequence[str]) -> Refusal:
        message = (
            t("No school of yours is called “%(name)s”.", name=name[:40])
            if what == "school"
            else t("No county or city of yours is called “%(name)s”.", name=name[:40])
        )
        mend = t("Did you mean %(names)s?", names="、".join(near)) if near else None
        finding = Finding(Severity.BLOCK, message, code=f"unknown-{what}", mend=mend)
        return Refusal(message, findings=[finding])

    @staticmethod
    def _label(school: Organisation) -> str:
        above = school.parent.name if school.parent else ""
        return school.name if school.name.startswith(above) else f"{school.name}({above})"

    @staticmethod
    def _names_of(school: Organisation) -> Iterable[str]:
        """Its names and code; also without the county's name in front, as its county writes it."""
        above = school.parent
        fronts = [above.name] if above else []
        if above and above.parent:
            fronts.append(above.name.removeprefix(above.parent.name))
        short = [school.name.removeprefix(front) for front in fronts if front]
        return [*(one for one in short if len(one) > 2), *unit_names(school)]


def unit_names(body: Organisation) -> list[str]:
    """Every name that a body goes by, and its code."""
    return [body.name, *unit_name(body).aliases, body.code]


@dataclass
class _Judge:
    """The judge of rows; remembers what the list has said already."""

    table: ListTable
    found: Findings
    schools: _Schools
    viewer: Viewer
    today: date

    def __post_init__(self) -> None:
        self._seen: dict[str, int] = {}
        self._bad: set[int] = set()

    def rows(self) -> list[TeacherRow]:
        """The rows that can be taken; the others leave findings that say why not."""
        bad = {line.row for line in self.table.rows if _has_block(line.findings)}
        read = [row for line in self.table.rows if (row := self._read(line)) is not None]
        known = queries.by_id_numbers(row.id_number for _, row in read)
        judged = [(line, self._known(line, row, known.get(row.id_number))) for line, row in read]
        self._ask_about_phones(judged)
        return [row for line, row in judged if line.row not in bad | self._bad]

    def _read(self, line: ListRow) -> tuple[ListRow, TeacherRow] | None:
        """One row as far as it goes; a row without a sound number or school ends here."""
        person, school = self._person(line), self._school(line)
        if person is None or school is None or self._twice(line, person.number):
            return None
        values = {key: line.values.get(key) for key in (*_PLAIN, *_PLAIN_TOO)}
        post = values["post"]
        name = self._name(line)
        is_head = is_head_post(str(post)) if post else None
        facts = Facts(name=name, **values, is_head=is_head)  # type: ignore[arg-type]
        row = TeacherRow(
            row=line.number,
            id_number=person.number,
            birth_on=person.birth_on,
            sex=person.sex,
            school_id=school.id,
            school=school.name,
            facts=facts,
            phone=str(line.values["phone"]) if line.values.get("phone") else None,
        )
        self._person_agrees(line, row)
        if facts.stage and school.stages and facts.stage not in school.stages:
            message = t("“%(school)s” does not have this school stage.", school=school.name)
            self._add(line, "stage", Finding(Severity.WARN, message, code="stage-of-school"))
        return line, row

    def _name(self, line: ListRow) -> str | None:
        read = line.values.get("name")
        if not isinstance(read, PersonName):
            return None
        for note in read.notes:
            self._add(line, "name", note)
        return read.name

    def _person(self, line: ListRow) -> IdNumber | None:
        raw = line.values.get("id_number")
        if not raw:
            self._bad.add(line.row)
            return None
        try:
            person = parse_id_number(str(raw), self.today)
        except Refusal as refusal:
            self._refuse(line, "id_number", refusal)
            return None
        if person.tidied:
            message = t("Blanks or full-width characters were taken out of the ID number.")
            self._add(line, "id_number", Finding(Severity.PASS, message, code="id-tidied"))
        return person

    def _school(self, line: ListRow) -> Organisation | None:
        name, county = (str(line.values.get(key) or "") for key in ("school", "county"))
        if not name and self.schools.own is not None:
            return self.schools.own
        if not name:
            message = t("“%(title)s” is empty.", title="学校")
            self._add(line, "school", Finding(Severity.BLOCK, message, code="empty"))
            return None
        try:
            return self.schools.find(name, county)
        except Refusal as refusal:
            column = "county" if refusal.findings[0].code == "unknown-county" else "school"
            self._refuse(line, column, refusal)
            return None

    def _twice(self, line: ListRow, number: str) -> bool:
        first = self._seen.setdefault(number, line.number)
        if first == line.number:
            return False
        message = t("The ID number stands in row %(row)s already.", row=first)
        mend = t("Keep one row for each person.")
        self._add(line, "id_number", Finding(Severity.BLOCK, message, code="id-twice", mend=mend))
        return True

    def _person_agrees(self, line: ListRow, row: TeacherRow) -> None:
        sex, birth = line.values.get("sex"), line.values.get("birth")
        said = str(sex) if sex else None, birth if isinstance(birth, date) else None
        for finding in [
            *judge_person(row, *said),
            *judge_times(row.facts, row.birth_on, self.today),
        ]:
            column = finding.code.partition("-")[0]
            self._add(line, column if column in self.table.columns else "id_number", finding)

    def _known(self, line: ListRow, row: TeacherRow, teacher: Teacher | None) -> TeacherRow:
        """The row with its verdict, given who has its ID number on the register."""
        if teacher is None:
            return row
        if row.facts.name and teacher.name_key != person_key(row.facts.name):
            message = t("The register knows this ID number under another name.")
            mend = t("Check name and number; a change of name is made on the teacher's page.")
            self._add(
                line, "name", Finding(Severity.BLOCK, message, code="name-differs", mend=mend)
            )
        if teacher.organisation_id != row.school_id:
            self._add(line, "school", self._elsewhere(teacher))
        elif teacher.state != TeacherState.ACTIVE:
            message = t("The register says that this teacher has left.")
            self._add(line, "id_number", Finding(Severity.BLOCK, message, code="has-left"))
        verdict = "changed" if changed_facts(teacher, row) else "unchanged"
        return row.judged(verdict, teacher.id)

    def _elsewhere(self, teacher: Teacher) -> Finding:
        mend = t("Ask that school to let the teacher go; a list does not transfer anybody.")
        if may_see(self.viewer, teacher):
            name = teacher.organisation.name
            message = t("This teacher is on the register of “%(school)s”.", school=name)
        else:
            message = t("This teacher is on the register of another school.")
        return Finding(Severity.BLOCK, message, code="other-school", mend=mend)

    def _ask_about_phones(self, judged: Sequence[tuple[ListRow, TeacherRow]]) -> None:
        """One phone for two people is asked about, not refused: couples share one."""
        used = queries.phones_in_use(row.phone for _, row in judged if row.phone)
        first: dict[str, int] = {}
        for line, row in judged:
            if row.phone is None:
                continue
            twice = first.setdefault(row.phone, line.number) != line.number
            if twice or used.get(row.phone, set()) - {row.teacher_id}:
                message = t("Another teacher has the same mobile number.")
                self._add(line, "phone", Finding(Severity.WARN, message, code="phone-shared"))

    def _refuse(self, line: ListRow, column: str, refusal: Refusal) -> None:
        for finding in refusal.as_findings():
            self._add(line, column, finding)

    def _add(self, line: ListRow, column: str, finding: Finding) -> None:
        if finding.severity is Severity.BLOCK:
            self._bad.add(line.row)
        message: Text = finding.message
        place = (line.row, self.table.columns.get(column, 0))
        self.found.add(
            finding.severity,
            finding.code,
            message,
            place=place,
            rule=finding.rule,
            mend=finding.mend,
            measured=finding.measured,
        )


def _has_block(findings: Iterable[Finding]) -> bool:
    return any(finding.severity is Severity.BLOCK for finding in findings)
