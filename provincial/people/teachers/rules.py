"""What a teacher's record may say, and how the words of a list are read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any

from provincial.core.findings import Finding, Severity
from provincial.core.identity import match_key
from provincial.core.refusals import Refusal
from provincial.core.states import State, Tone
from provincial.core.text import Text, t
from provincial.rulebook import vocabulary

#: Above this many rows confirming runs as a job.
ROWS_AT_ONCE = 500
#: A teacher below or above these years of age is asked about; PE-130 asks for the day of birth.
YOUNGEST, OLDEST = 18, 70
#: Nobody starts to work before this age; an earlier start is a slip of the year.
WORK_FROM = 14


class TeacherState(State):
    """Whether a record is in use."""

    ACTIVE = "active"
    LEFT = "left"
    MERGED = "merged"

    @classmethod
    def looks(cls) -> dict[str, tuple[Text, Tone]]:
        """Label and tone by value."""
        return {
            "active": (t("On the register"), Tone.GOOD),
            "left": (t("Has left"), Tone.NEUTRAL),
            "merged": (t("Merged into another record"), Tone.NEUTRAL),
        }


class EventKind(State):
    """A step of a teacher's history."""

    REGISTERED = "registered"
    CHANGED = "changed"
    TAKEN_BACK = "taken_back"

    @classmethod
    def looks(cls) -> dict[str, tuple[Text, Tone]]:
        """Label and tone by value."""
        return {
            "registered": (t("Registered"), Tone.GOOD),
            "changed": (t("Changed"), Tone.NEUTRAL),
            "taken_back": (t("Taken back"), Tone.ATTENTION),
        }


#: Sex by GB/T 2261.1.
SEXES: dict[str, Text] = {
    "0": t("Unknown"),
    "1": t("Male"),
    "2": t("Female"),
    "9": t("Not stated"),
}
_SEX_WORDS = {"男": "1", "女": "2", "男性": "1", "女性": "2", "1": "1", "2": "2"}


@dataclass(frozen=True, slots=True)
class Title:
    """A teacher's professional title; "or above" compares ``rank`` (5 highest, 0 none)."""

    code: str
    name: str
    label: Text
    rank: int
    aliases: tuple[str, ...] = ()


#: Titles of primary and secondary teachers since 2015, with the ones they came from.
TITLES = (
    Title(
        "senior_full",
        "正高级教师",
        t("Full senior teacher"),
        5,
        ("正高级", "正高", "中小学正高级教师", "正高级讲师"),
    ),
    Title(
        "senior_associate",
        "高级教师",
        t("Senior teacher"),
        4,
        (
            "高级",
            "副高级",
            "副高",
            "中小学高级教师",
            "中学高级教师",
            "中高",
            "中教高级",
            "高级讲师",
        ),
    ),
    Title(
        "first_grade",
        "一级教师",
        t("First-grade teacher"),
        3,
        (
            *("一级", "中级", "中小学一级教师", "中学一级教师", "中一", "中教一级"),
            *("小学高级教师", "小高", "小教高级", "讲师"),
        ),
    ),
    Title(
        "second_grade",
        "二级教师",
        t("Second-grade teacher"),
        2,
        (
            *("二级", "初级", "助理级", "中小学二级教师", "中学二级教师", "中二", "中教二级"),
            *("小学一级教师", "小一", "小教一级", "助理讲师"),
        ),
    ),
    Title(
        "third_grade",
        "三级教师",
        t("Third-grade teacher"),
        1,
        ("三级", "员级", "中小学三级教师", "中学三级教师", "小学二级教师", "小学三级教师"),
    ),
    Title(
        "ungraded",
        "未评级",
        t("Not graded"),
        0,
        ("无", "未评", "未定级", "未评职称", "未聘", "无职称", "-", "—"),
    ),
)
TITLE_OF = {title.code: title for title in TITLES}
_TITLE_WORDS = {
    match_key(word): title.code for title in TITLES for word in (title.name, *title.aliases)
}

STATUSES: dict[str, Text] = {
    "in_service": t("In service"),
    "on_leave": t("On leave"),
    "seconded": t("Seconded"),
    "studying": t("Studying"),
    "waiting": t("Waiting for a post"),
    "retired": t("Retired"),
}
_STATUS_WORDS = {
    "在岗": "in_service",
    "在职": "in_service",
    "在编在岗": "in_service",
    "在编": "in_service",
    "休假": "on_leave",
    "病休": "on_leave",
    "产假": "on_leave",
    "借调": "seconded",
    "借出": "seconded",
    "支教": "seconded",
    "交流": "seconded",
    "进修": "studying",
    "脱产学习": "studying",
    "待岗": "waiting",
    "退休": "retired",
    "离退休": "retired",
}

#: Ethnic groups by GB/T 3304, in the order of their codes 01 to 56.
_ETHNIC_LINE = (
    "汉 蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 高山 拉祜 水 "
    "东乡 纳西 景颇 柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒 乌孜别克 "
    "俄罗斯 鄂温克 德昂 保安 裕固 京 塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺"
)
#: Code to Chinese name; proper names are not translated.
ETHNIC_GROUPS = {
    f"{number:02d}": f"{name}族" for number, name in enumerate(_ETHNIC_LINE.split(), 1)
}
_ETHNIC_WORDS = {name: code for code, name in ETHNIC_GROUPS.items()} | {
    name[:-1]: code for code, name in ETHNIC_GROUPS.items()
}

#: Political status by GB/T 4762.
POLITICAL: dict[str, tuple[str, Text]] = {
    "01": ("中共党员", t("Member of the Communist Party")),
    "02": ("中共预备党员", t("Probationary member of the Communist Party")),
    "03": ("共青团员", t("Member of the Youth League")),
    "04": ("民革党员", t("Member of the Revolutionary Committee of the Kuomintang")),
    "05": ("民盟盟员", t("Member of the Democratic League")),
    "06": ("民建会员", t("Member of the National Construction Association")),
    "07": ("民进会员", t("Member of the Association for Promoting Democracy")),
    "08": ("农工党党员", t("Member of the Peasants' and Workers' Democratic Party")),
    "09": ("致公党党员", t("Member of the Zhi Gong Party")),
    "10": ("九三学社社员", t("Member of the Jiusan Society")),
    "11": ("台盟盟员", t("Member of the Taiwan Democratic Self-Government League")),
    "12": ("无党派人士", t("Without party affiliation")),
    "13": ("群众", t("No political affiliation")),
}
_POLITICAL_WORDS = {name: code for code, (name, _) in POLITICAL.items()} | {
    "党员": "01",
    "共产党员": "01",
    "中国共产党党员": "01",
    "预备党员": "02",
    "团员": "03",
    "民革": "04",
    "民盟": "05",
    "民建": "06",
    "民进": "07",
    "农工党": "08",
    "致公党": "09",
    "九三学社": "10",
    "台盟": "11",
    "无党派": "12",
    "无党派民主人士": "12",
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What a list may say of a teacher and the register keeps in plain columns.

    ``None`` means: the list does not say; a known fact is then left as it is.
    """

    name: str | None = None
    stage: str | None = None
    subject: str | None = None
    title: str | None = None
    post: str | None = None
    is_head: bool | None = None
    is_class_teacher: bool | None = None
    since: date | None = None
    teaching_since: date | None = None
    status: str | None = None
    ethnic_code: str | None = None
    political_code: str | None = None

    def said(self) -> dict[str, Any]:
        """The facts that the list gives, by column."""
        return {key: value for key, value in asdict(self).items() if value is not None}


@dataclass(frozen=True, slots=True)
class TeacherRow:
    """One teacher as a list tells it. The numbers are plain here, in memory only (R6)."""

    row: int
    id_number: str = field(repr=False)
    birth_on: date
    sex: str
    school_id: int
    school: str
    facts: Facts
    phone: str | None = field(default=None, repr=False)
    verdict: str = "new"
    teacher_id: int | None = None

    def judged(self, verdict: str, teacher_id: int) -> TeacherRow:
        """The same row, known to be of a teacher on the register."""
        return replace(self, verdict=verdict, teacher_id=teacher_id)

    def as_data(self) -> dict[str, Any]:
        """Plain values for the run's record and its page, with the numbers masked (R6, R7)."""
        return {
            "row": self.row,
            "name": self.facts.name,
            "id_number": masked_id(self.id_number),
            "school": self.school,
            "stage": self.facts.stage,
            "subject": self.facts.subject,
            "verdict": self.verdict,
        }


def masked_id(number: str) -> str:
    """``110105********002X``: an ID number on internal lists keeps its first six and last four."""
    return f"{number[:6]}{'*' * 8}{number[-4:]}" if len(number) == 18 else "*" * len(number)


def sex_of(text: str) -> str:
    """The code of a sex as lists write it."""
    return _word(text, _SEX_WORDS, t("Write 男 or 女 here."))


def stage_of(text: str) -> str:
    """The code of the one stage at which a teacher works."""
    found = vocabulary.find_stage(text)
    if found is None:
        names = "、".join(term.name for term in vocabulary.STAGES)
        raise _unknown(t("“%(word)s” is not a school stage.", word=text[:20]), names)
    return found.code


def subject_of(text: str) -> str:
    """The code of the subject that a teacher teaches; 小学语文 names its stage too."""
    joined = vocabulary.split_column(text)
    found = vocabulary.find_subject(text) or (joined[1] if joined else None)
    if found is None:
        names = "、".join(term.name for term in vocabulary.SUBJECTS)
        raise _unknown(t("“%(word)s” is not a subject.", word=text[:20]), names)
    return found.code


def title_of(text: str) -> str:
    """The code of a professional title, also from its name before 2015."""
    code = _TITLE_WORDS.get(match_key(text))
    if code is None:
        names = "、".join(title.name for title in TITLES)
        raise _unknown(t("“%(word)s” is not a professional title.", word=text[:20]), names)
    return code


def status_of(text: str) -> str:
    """The code of a status such as 在岗."""
    return _word(text, _STATUS_WORDS, t("“%(word)s” is not a status.", word=text[:20]))


def ethnic_of(text: str) -> str:
    """The code of an ethnic group (GB/T 3304)."""
    key = match_key(text)
    if key in ETHNIC_GROUPS:
        return key
    message = t("“%(word)s” is not an ethnic group.", word=text[:20])
    return _word(text, _ETHNIC_WORDS, message, listed=False)


def political_of(text: str) -> str:
    """The code of a political status (GB/T 4762)."""
    message = t("“%(word)s” is not a political status.", word=text[:20])
    return _word(text, _POLITICAL_WORDS, message, listed=False)


def _word(text: str, words: Mapping[str, str], message: Text, *, listed: bool = True) -> str:
    found = words.get(match_key(text))
    if found is None:
        raise _unknown(message, "、".join(list(words)[:8]) if listed else "")
    return found


def _unknown(message: Text, names: str) -> Refusal:
    mend = t("Allowed are: %(names)s.", names=names) if names else None
    found = Finding(Severity.BLOCK, message, code="unknown-word", mend=mend)
    return Refusal(message, findings=[found])


def is_head_post(post: str) -> bool:
    """Whether a post is that of a head of school or kindergarten, not of a deputy (GP-04)."""
    return re.search(r"(?<!副)(校长|园长)(?!助理)", match_key(post)) is not None


def judge_person(row: TeacherRow, said_sex: str | None, said_birth: date | None) -> list[Finding]:
    """Whether what a row says of a person agrees with the ID number (PE-130)."""
    found = []
    if said_sex is not None and said_sex != row.sex:
        message = t("The sex does not agree with the ID number.")
        found.append(Finding(Severity.BLOCK, message, rule="PE-130", code="sex-differs"))
    if said_birth is not None and not _same_birth(said_birth, row.birth_on):
        message = t("The day of birth does not agree with the ID number.")
        found.append(Finding(Severity.BLOCK, message, rule="PE-130", code="birth-differs"))
    return found


def judge_times(facts: Facts, birth_on: date, today: date) -> list[Finding]:
    """Whether age and the days on which work and teaching began are plausible (PE-130)."""
    found = []
    age = years_between(birth_on, today)
    if not YOUNGEST <= age <= OLDEST:
        message = t("By the ID number this person is %(age)s years old.", age=age)
        found.append(Finding(Severity.WARN, message, code="age", measured=str(age)))
    for key, day in (("since", facts.since), ("teaching_since", facts.teaching_since)):
        if day is None:
            continue
        if day > today:
            message = t("The day lies in the future.")
            found.append(Finding(Severity.BLOCK, message, code=f"{key}-future"))
        elif years_between(birth_on, day) < WORK_FROM:
            message = t("At that time the person was younger than %(age)s.", age=WORK_FROM)
            found.append(Finding(Severity.BLOCK, message, code=f"{key}-early"))
    if facts.since and facts.teaching_since and facts.teaching_since < facts.since:
        message = t("Teaching began before work did.")
        found.append(Finding(Severity.WARN, message, code="teaching_since-order"))
    return found


def years_between(start: date, end: date) -> int:
    """Whole years from one day to another; a birthday on 29 February is kept on 1 March."""
    return end.year - start.year - ((end.month, end.day) < (start.month, start.day))


def _same_birth(said: date, known: date) -> bool:
    """A list may give the month only; it then reads as the first of the month."""
    return said == known or (said.day == 1 and said == known.replace(day=1))


def differing(facts: Facts, known: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a list that differ from what the register says, by column."""
    return {key: value for key, value in facts.said().items() if known.get(key) != value}


#: Findings about the whole list: with one of these nothing of it can be taken.
_OF_THE_LIST = frozenset(
    {"no-heading", "column-missing", "column-twice", "too-many-rows", "no-rows"}
)


def stops_all(findings: Iterable[Finding]) -> list[Finding]:
    """Findings that make the whole list unusable, not only one row."""
    blocks = [finding for finding in findings if finding.severity is Severity.BLOCK]
    return [finding for finding in blocks if finding.code in _OF_THE_LIST]


def nothing_to_take(rows: Sequence[TeacherRow]) -> bool:
    """Whether a list holds no row that would change the register."""
    return all(row.verdict == "unchanged" for row in rows)
