"""What is said of a teacher in closed lists: sex, title, status, ethnic group, politics, education.

Codes follow the national tables (GB/T 2261.1, 3304, 4762, 4658); lists spell them in many ways, and
the functions ``…_of`` turn each spelling into its code or refuse with what is allowed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from provincial.core.findings import Finding, Severity
from provincial.core.identity import match_key
from provincial.core.refusals import Refusal
from provincial.core.text import Text, t
from provincial.rulebook import vocabulary

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
        ("正高级", "正高", "中小学正高级教师", "中小学正高级", "正高级讲师"),
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
            "中小学高级",
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
            *("一级", "中级", "中小学一级教师", "中小学一级", "中学一级教师"),
            *("中一", "中教一级"),
            *("小学高级教师", "小高", "小教高级", "讲师"),
        ),
    ),
    Title(
        "second_grade",
        "二级教师",
        t("Second-grade teacher"),
        2,
        (
            *("二级", "初级", "助理级", "中小学二级教师", "中小学二级", "中学二级教师"),
            *("中二", "中教二级"),
            *("小学一级教师", "小一", "小教一级", "助理讲师"),
        ),
    ),
    Title(
        "third_grade",
        "三级教师",
        t("Third-grade teacher"),
        1,
        (
            "三级",
            "员级",
            "中小学三级教师",
            "中小学三级",
            "中学三级教师",
            "小学二级教师",
            "小学三级教师",
        ),
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

#: Education (学历) by GB/T 4658, highest first, and degrees (学位); PE-131 asks for both.
QUALIFICATIONS: dict[str, tuple[str, Text]] = {
    "10": ("研究生", t("Graduate school")),
    "20": ("大学本科", t("Bachelor's programme")),
    "30": ("大学专科", t("Junior college")),
    "40": ("中等专科", t("Secondary specialised school")),
    "60": ("高中", t("Senior secondary school")),
    "90": ("其他", t("Other education")),
}
DEGREES: dict[str, tuple[str, Text]] = {
    "": ("无", t("No degree")),
    "4": ("学士", t("Bachelor")),
    "3": ("硕士", t("Master")),
    "2": ("博士", t("Doctor")),
}
#: The two ways in which an education was had (PE-131).
EDUCATION_KINDS: dict[str, Text] = {
    "full_time": t("Full-time education"),
    "in_service": t("In-service education"),
}


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
