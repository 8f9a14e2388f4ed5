"""Reading one row of a nomination list: plain values, no database.

What is refused says where and how to mend it; what is only tidied (width, blanks) is said too. Sentences
never repeat an ID number or a phone (R6).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import lru_cache

from provincial.core.findings import Finding, Severity
from provincial.core.identity import (
    clean_line,
    id_check_character,
    match_key,
    parse_id_number,
    parse_mobile,
    person_key,
    read_person_name,
)
from provincial.core.refusals import Refusal
from provincial.core.text import Text, t
from provincial.people.teachers.rules import WORK_FROM, is_head_post, years_between
from provincial.rulebook import vocabulary
from provincial.rulebook.people_words import TITLES, sex_of, title_of

#: The rule that each refusal of a row rests on: whom to select, and on which places.
SELECT, PERSON, PLACES, GREEN = "HN-37", "HN-37", "HN-38", "HN-41"

#: The columns of a list: key, the titles it goes by, whether a list must have it.
COLUMNS: tuple[tuple[str, tuple[str, ...], bool], ...] = (
    ("number", ("序号", "编号", "No"), False),
    ("name", ("姓名", "教师姓名", "老师姓名"), True),
    ("sex", ("性别",), False),
    (
        "id_number",
        (
            *("身份证号", "身份证号码", "身份证", "公民身份号码", "身份证件号", "身份证件号码"),
            *("证件号码", "证件号"),
        ),
        True,
    ),
    ("birth", ("出生日期", "出生年月", "出生年月日"), False),
    (
        "county",
        (
            *("县(市、区)", "县区", "区县", "所在县区", "所在县(市、区)", "所属县区"),
            *("所属县(市、区)", "县市区"),
        ),
        False,
    ),
    (
        "school",
        ("工作单位", "学校", "学校名称", "所在学校", "任教学校", "单位", "单位名称"),
        True,
    ),
    ("stage", ("任教学段", "学段"), True),
    ("subject", ("任教学科", "学科", "科目"), True),
    ("title", ("职称", "专业技术职务", "职称等级"), False),
    ("post", ("职务", "行政职务", "岗位"), False),
    ("is_class_teacher", ("班主任", "是否班主任"), False),
    ("since", ("参加工作时间", "工作时间", "参加工作年月"), False),
    (
        "phone",
        ("联系电话", "手机号", "手机号码", "手机", "联系方式", "移动电话", "电话"),
        False,
    ),
    ("channel", ("通道", "推荐通道", "选派通道"), False),
    ("grounds", ("绿色通道理由", "推荐理由", "绿色通道依据"), False),
    ("note", ("备注",), False),
    ("code", ("行编码", "编码"), False),
)
TITLE_OF_COLUMN = {key: titles[0] for key, titles, _required in COLUMNS}
_CHANNELS = {
    **dict.fromkeys(("", "普通", "常规", "普通通道", "常规通道", "否"), False),
    **dict.fromkeys(("绿色", "绿色通道", "绿", "是"), True),
}
_YES = {"是": True, "√": True, "有": True, "否": False, "无": False, "": False}
_PLAIN_NAME = re.compile(r"[\u4e00-\u9fa5]{2,6}")
_PLAIN_ID = re.compile(r"[1-9][0-9]{16}[0-9X]")
_PLAIN_PHONE = re.compile(r"1[3-9][0-9]{9}")
_NOTE = re.compile(
    r"(注|备注|说明|填表|填报|制表|审核|联系人|联系电话|负责人|单位负责人|经办|合计|共计|小计|日期|盖章|主管|局长|校长)"
)
#: Older people are looked at again by the full check.
_OLD = 100
_BLOWN_UP = re.compile(r"[0-9]\.[0-9]+[Ee]\+?[0-9]{2}")
_EXCEL_EPOCH = date(1899, 12, 30)
_TEXT_FIRST = t("Set the column to text and type the number again; do not copy it back.")


@dataclass(frozen=True, slots=True)
class Flaw:
    """One finding on one column of a row."""

    column: str
    finding: Finding


@dataclass(slots=True)
class Row:
    """One name of a list as it was understood. ``row`` counts the sheet's rows from 0."""

    number: int
    row: int
    name: str = ""
    name_key: str = ""
    id_number: str = field(default="", repr=False)
    birth_on: date | None = None
    sex: str = ""
    county: str = ""
    school: str = ""
    stage: str = ""
    subject: str = ""
    title: str = ""
    post: str = ""
    is_class_teacher: bool | None = None
    since: date | None = None
    phone: str = field(default="", repr=False)
    green: bool = False
    grounds: str = ""
    note: str = ""
    code: str = ""
    school_id: int = 0
    project_id: int = 0
    twin: int = 0
    flaws: list[Flaw] = field(default_factory=list)

    @property
    def refused(self) -> bool:
        """Whether anything found so far refuses the row."""
        return any(flaw.finding.severity is Severity.BLOCK for flaw in self.flaws)

    @property
    def is_head(self) -> bool | None:
        """Whether the post is that of a head of school; nothing when the list does not say."""
        return is_head_post(self.post) if self.post else None

    def block(
        self, column: str, code: str, message: Text, mend: Text | None = None, rule: str = SELECT
    ) -> None:
        """Refuse the row for what stands in a column."""
        finding = Finding(Severity.BLOCK, message, rule=rule, code=code, mend=mend)
        self.flaws.append(Flaw(column, finding))

    def refuse(self, column: str, finding: Finding) -> None:
        """Put a finding of another rule on a column."""
        self.flaws.append(Flaw(column, finding))

    def allow(self, column: str, names: str) -> None:
        """Name the allowed values beside what was refused in a column."""
        if names:
            mend = t("Allowed are: %(names)s.", names=names)
            self.flaws = [
                Flaw(column, replace(flaw.finding, mend=mend)) if flaw.column == column else flaw
                for flaw in self.flaws
            ]

    def warn(self, column: str, code: str, message: Text, rule: str = SELECT) -> None:
        """Ask about what stands in a column."""
        self.flaws.append(Flaw(column, Finding(Severity.WARN, message, rule=rule, code=code)))

    def tell(self, column: str, code: str, message: Text) -> None:
        """Say what was tidied."""
        self.flaws.append(Flaw(column, Finding(Severity.PASS, message, code=code)))


def verdict_of(findings: Iterable[Finding]) -> str:
    """``refused``, ``warning`` or ``ok``."""
    severities = {finding.severity for finding in findings}
    if Severity.BLOCK in severities:
        return "refused"
    return "warning" if Severity.WARN in severities else "ok"


def is_remark(line: Sequence[object], cells: Mapping[str, object]) -> bool:
    """Whether a line below the names is a signature or a note, not a name."""
    if any(cells.get(key) not in (None, "") for key in ("id_number", "stage", "subject")):
        return False
    words = [clean_line(str(cell)) for cell in line if cell not in (None, "")]
    return bool(words) and _NOTE.match(words[0]) is not None


def read_row(number: int, row: int, cells: Mapping[str, object], today: date) -> Row:
    """One row from its cells by column key; everything that is wrong with it at once."""
    read = Row(number, row)
    _read_name(read, cells.get("name"))
    _read_id(read, cells.get("id_number"), today)
    _read_sex(read, _words(cells.get("sex")))
    _read_birth(read, cells.get("birth"))
    read.county = _words(cells.get("county"))
    read.school = _words(cells.get("school"))
    _read_subject(read, _words(cells.get("stage")), _words(cells.get("subject")))
    _read_title(read, _words(cells.get("title")))
    read.post = _kept(read, "post", _words(cells.get("post")), 40)
    if "is_class_teacher" in cells:
        read.is_class_teacher = _YES.get(_words(cells["is_class_teacher"]))
    _read_since(read, cells.get("since"), today)
    _read_phone(read, cells.get("phone"))
    channel = _words(cells.get("channel"))
    if channel not in _CHANNELS:
        message = t("“%(word)s” is not a channel.", word=_safe(channel))
        read.block("channel", "channel", message, _allowed(("普通", "绿色")), GREEN)
    read.green = _CHANNELS.get(channel, False)
    read.grounds = _kept(read, "grounds", _words(cells.get("grounds")), 1000)
    read.note = _kept(read, "note", _words(cells.get("note")), 500)
    read.code = match_key(_words(cells.get("code"))).upper()[:12]
    return read


def _kept(read: Row, column: str, words: str, most: int) -> str:
    """Words as far as there is room for them; what is cut off is said, never in silence (R15)."""
    if len(words) > most:
        message = t("Only the first %(n)s signs are kept.", n=most)
        read.warn(column, "too_long", message)
    return words[:most]


@lru_cache(maxsize=4096)
def _line(text: str) -> str:
    return clean_line(text)


def _words(value: object) -> str:
    if value is None:
        return ""
    return _line(value) if isinstance(value, str) else clean_line(str(value))


def _safe(text: str) -> str:
    """Words to repeat in a sentence: short, and never a long number (R6)."""
    return re.sub(r"[0-9０-９]{6,}", "…", text[:20])


def _allowed(names: Iterable[str]) -> Text:
    return t("Allowed are: %(names)s.", names="、".join(names))


def _read_name(read: Row, value: object) -> None:
    raw = value if isinstance(value, str) else _words(value)
    if not raw.strip():
        read.block("name", "missing_name", t("The name is missing."), rule=PERSON)
        return
    if _PLAIN_NAME.fullmatch(raw):
        read.name = read.name_key = raw
        return
    try:
        known = read_person_name(raw)
    except Refusal as refusal:
        read.block("name", "name", refusal.message, _mend(refusal), PERSON)
        return
    read.name, read.name_key = known.name, person_key(known.name)
    read.flaws += [Flaw("name", note) for note in known.notes]


def _read_id(read: Row, value: object, today: date) -> None:
    figure = isinstance(value, int | float) and not isinstance(value, bool)
    if figure or (isinstance(value, str) and _BLOWN_UP.fullmatch(value.strip())):
        message = t("The number was kept as a figure and has lost its last digits.")
        read.block("id_number", "number_id", message, _TEXT_FIRST, PERSON)
        return
    raw = value if isinstance(value, str) else _words(value)
    if not raw.strip():
        read.block("id_number", "missing_id", t("The ID number is missing."), rule=PERSON)
        return
    birth_on = _plain_birth(raw, today)
    if birth_on is not None:
        read.id_number, read.birth_on = raw, birth_on
        read.sex = "1" if int(raw[16]) % 2 else "2"
        return
    try:
        person = parse_id_number(raw, today)
    except Refusal as refusal:
        found = refusal.findings[0]
        read.block("id_number", _id_code(found, raw), found.message, found.mend, PERSON)
        return
    read.id_number, read.birth_on, read.sex = person.number, person.birth_on, person.sex
    if person.tidied:
        message = t("Blanks or full-width characters were taken out of the ID number.")
        read.tell("id_number", "id_tidied", message)


def _plain_birth(raw: str, today: date) -> date | None:
    """The day of birth of a number that is right as it stands, as nearly all are."""
    if not _PLAIN_ID.fullmatch(raw) or id_check_character(raw[:17]) != raw[17]:
        return None
    found = _birth(raw[6:14])
    return found if found and found < today and today.year - found.year < _OLD else None


def _id_code(found: Finding, raw: str) -> str:
    if found.code != "id-length":
        return found.code.removeprefix("id-") if found.code == "id-checksum" else "id_number"
    digits = sum(char.isdigit() for char in raw)
    return "short_id" if digits == 15 else "id_number"


@lru_cache(maxsize=8192)
def _birth(digits: str) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None


def _read_sex(read: Row, words: str) -> None:
    if not words:
        return
    code = _cached(sex_of, words)
    if code is None:
        message = t("“%(word)s” is not a sex.", word=_safe(words))
        read.block("sex", "sex", message, _allowed(("男", "女")), PERSON)
    elif read.sex and code != read.sex:
        message = t("The sex does not agree with the ID number.")
        read.block("sex", "sex_mismatch", message, t("Look at the ID card."), PERSON)


def _read_birth(read: Row, value: object) -> None:
    """A list may give the day of birth or only its month; both must be those of the ID number."""
    said = _day(value) if value not in (None, "") else None
    if said is None or read.birth_on is None:
        return
    if said != read.birth_on and said != read.birth_on.replace(day=1):
        message = t("The day of birth does not agree with the ID number.")
        read.block("birth", "birth", message, t("Look at the ID card."), PERSON)


_FOUND: dict[tuple[str, str], str | None] = {}


def _cached(parse: Callable[[str], str], words: str) -> str | None:
    """The code of a word of a closed list, or nothing; the same words come twenty thousand times."""
    key = (parse.__name__, words[:60])
    if key not in _FOUND:
        if len(_FOUND) > 5000:
            _FOUND.clear()
        try:
            _FOUND[key] = parse(words[:60])
        except Refusal:
            _FOUND[key] = None
    return _FOUND[key]


def _stage(words: str) -> str:
    found = vocabulary.find_stage(words)
    return found.code if found else ""


def _subject(words: str) -> str:
    found = vocabulary.find_subject(words)
    return found.code if found else ""


def _joined(words: str) -> str:
    found = vocabulary.split_column(words)
    return f"{found[0].code} {found[1].code}" if found else ""


def _title(words: str) -> str:
    """A title as lists write it: 副高, 中小学一级, 一级教师(专技十级)."""
    plain = re.sub(r"[(（].*$", "", match_key(words))
    for spelling in (words, plain, f"{plain}教师", plain.removeprefix("中小学")):
        try:
            return title_of(spelling)
        except Refusal:
            continue
    raise Refusal(t("“%(word)s” is not a professional title.", word=_safe(words)))


def _read_subject(read: Row, stage: str, subject: str) -> None:
    read.stage = (_cached(_stage, stage) if stage else "") or ""
    read.subject = (_cached(_subject, subject) if subject else "") or ""
    joined = _cached(_joined, subject) if subject and not read.subject else ""
    if joined:
        own, read.subject = joined.split(" ")
        read.stage = read.stage or own
    if not read.stage:
        message = (
            t("“%(word)s” is not a school stage.", word=_safe(stage))
            if stage
            else t("The school stage is missing.")
        )
        read.block("stage", "stage", message, _allowed(one.name for one in vocabulary.STAGES))
    if not read.subject:
        message = (
            t("“%(word)s” is not a subject.", word=_safe(subject))
            if subject
            else t("The subject is missing.")
        )
        read.block("subject", "subject", message)


def _read_title(read: Row, words: str) -> None:
    if not words:
        return
    code = _cached(_title, words)
    if code is None:
        message = t("“%(word)s” is not a professional title.", word=_safe(words))
        read.block("title", "title", message, _allowed(title.name for title in TITLES))
    else:
        read.title = code


def _read_phone(read: Row, value: object) -> None:
    if value in (None, ""):
        message = t("There is no phone; the teacher could not be told.")
        read.warn("phone", "phone_missing", message, PLACES)
        return
    raw = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    if _PLAIN_PHONE.fullmatch(raw):
        read.phone = raw
        return
    try:
        read.phone = parse_mobile(raw)
    except Refusal as refusal:
        read.block("phone", "phone", refusal.message, _mend(refusal), PLACES)
        return
    if read.phone != raw.strip():
        read.tell("phone", "phone_tidied", t("The phone number was tidied."))


def _read_since(read: Row, value: object, today: date) -> None:
    if value in (None, ""):
        return
    if isinstance(value, float) and round(value * 100) % 100 == 10:
        message = t("As a figure 1998.1 may be January or October; it was left out.")
        read.warn("since", "since_unclear", message, PERSON)
        return
    day = _day(value)
    if day is None:
        message = t("A day like 2023-09-01 or a month like 2023-09 is expected here.")
        read.block("since", "since", message, None, PERSON)
    elif day > today:
        message = t("The start of work lies in the future.")
        read.block("since", "future_date", message, t("Correct the year."), PERSON)
    elif read.birth_on is not None and years_between(read.birth_on, day) < WORK_FROM:
        message = t("At that time the person was younger than %(age)s.", age=WORK_FROM)
        read.warn("since", "early_date", message, PERSON)
        read.since = day if day > read.birth_on else None
    else:
        read.since = day


def _day(value: object) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, int | float) and 10_000 < value < 80_000:
        return _EXCEL_EPOCH + timedelta(days=int(value))
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return _day_of_words(str(value))


@lru_cache(maxsize=8192)
def _day_of_words(words: str) -> date | None:
    found = re.fullmatch(
        r"([0-9]{4})(?:[-./年]([0-9]{1,2})(?:[-./月]([0-9]{1,2})日?)?月?|([0-9]{2})([0-9]{2})?)",
        match_key(words),
    )
    if found is None:
        return None
    year, month, day = found[1], found[2] or found[4], found[3] or found[5] or "1"
    try:
        return date(int(year), int(month), int(day)) if int(year) > 1900 else None
    except ValueError:
        return None


def _mend(refusal: Refusal) -> Text | None:
    return refusal.findings[0].mend if refusal.findings else None
