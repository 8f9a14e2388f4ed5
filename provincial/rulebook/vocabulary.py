"""School stages, subjects and other words of the field, each with its code and its Chinese name.

Codes are the glossary's; the Chinese name is what official papers print; ``label`` is the word for
pages. Aliases are other spellings that spreadsheets use for the same thing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from provincial.core.identity import match_key
from provincial.core.text import Text, t


@dataclass(frozen=True, slots=True)
class Term:
    """One word of a closed list: code for data, ``name`` in Chinese for papers, ``label``."""

    code: str
    name: str
    label: Text
    aliases: tuple[str, ...] = ()


#: School stages (学段), in the order in which tables list them.
STAGES = (
    Term("preschool", "学前", t("Preschool"), ("幼儿园", "学前教育")),
    Term("primary", "小学", t("Primary"), ("小学段",)),
    Term("junior", "初中", t("Junior secondary"), ("初级中学", "初中段")),
    Term("senior", "高中", t("Senior secondary"), ("普通高中", "高级中学", "高中段")),
    Term("special", "特殊教育", t("Special education"), ("特教",)),
    Term("vocational", "中职", t("Secondary vocational"), ("中等职业", "中等职业教育", "职业高中")),
)

#: Subjects (学科). An alias belongs to one subject only.
SUBJECTS = (
    Term("chinese", "语文", t("Chinese language")),
    Term("mathematics", "数学", t("Mathematics")),
    Term("english", "英语", t("English language"), ("外语",)),
    Term(
        "ethics_law",
        "道德与法治",
        t("Morality and Law"),
        ("道法", "品德", "品德与社会", "品德与生活", "思想品德", "思想政治", "政治", "思政"),
    ),
    Term("physics", "物理", t("Physics")),
    Term("chemistry", "化学", t("Chemistry")),
    Term("biology", "生物", t("Biology"), ("生物学",)),
    Term("history", "历史", t("History")),
    Term("geography", "地理", t("Geography")),
    Term("science", "科学", t("Science"), ("小学科学",)),
    Term(
        "information_technology",
        "信息科技",
        t("Information technology"),
        ("信息技术", "信息", "信息与科技"),
    ),
    Term("general_technology", "通用技术", t("General technology")),
    Term("labour", "劳动", t("Labour education"), ("劳动教育", "劳动技术")),
    Term("physical_education", "体育", t("Physical education"), ("体育与健康", "体育与健身")),
    Term("music", "音乐", t("Music")),
    Term("fine_arts", "美术", t("Fine arts")),
    Term("arts", "艺术", t("Arts")),
    Term("mental_health", "心理健康", t("Mental health"), ("心理", "心理健康教育")),
    Term("integrated_practice", "综合实践", t("Integrated practice"), ("综合实践活动",)),
    Term("calligraphy", "书法", t("Calligraphy")),
    Term("early_childhood", "幼儿教育", t("Early childhood"), ("幼教",)),
    Term("special_education", "特殊教育", t("Special education"), ("特教",)),
    Term("class_management", "班主任", t("Class management"), ("班级管理",)),
    Term("school_management", "学校管理", t("School management"), ("校长",)),
    Term("other", "其他", t("Other")),
)

#: Levels of the body that organises a training (C-17), highest first.
LEVELS = (
    Term("national", "国家级", t("National level"), ("国家",)),
    Term("provincial", "省级", t("Provincial level"), ("省",)),
    Term("city", "市级", t("City level"), ("市",)),
    Term("county", "县级", t("County level"), ("县", "县(区)级")),
    Term("school", "校级", t("School level"), ("校",)),
)

#: Modes of training.
MODES = (
    Term("face_to_face", "集中培训", t("Face-to-face training"), ("集中研修", "面授")),
    Term("online", "网络研修", t("Online training"), ("线上",)),
    Term("school_based", "校本研修", t("School-based training")),
    Term("blended", "混合式", t("Blended training"), ("线上线下混合式",)),
)

#: Career-stage tiers (GP-08).
TIERS = (
    Term("induction", "新教师入职培训", t("Induction tier"), ("新教师入职",)),
    Term("young", "青年教师提升培训", t("Early-career tier"), ("青年教师提升",)),
    Term("key", "骨干教师研修", t("Key-teacher tier"), ("骨干研修",)),
    Term("outstanding", "卓越教师领航", t("Outstanding-teacher tier"), ("卓越领航",)),
)

#: Kinds of body that may hold quota straight from the province (HN-01, HN-02).
QUOTA_HOLDERS = (
    Term("prefecture_city", "省辖市", t("Prefecture-level city")),
    Term("demonstration_zone", "示范区", t("Demonstration zone")),
    Term("airport_zone", "航空港区", t("Airport zone")),
    Term("province_managed_county", "省直管县(市)", t("Province-managed county")),
    Term("direct_unit", "厅直属单位", t("Unit directly under the department")),
)

#: Professional titles that a leader may need, with the rank that "or above" compares.
TITLES = (
    Term("senior_full", "正高级", t("Full senior title"), ("正高",)),
    Term("senior_associate", "副高级", t("Associate senior title"), ("副高",)),
    Term("intermediate", "中级", t("Intermediate title")),
)


def _index(terms: Iterable[Term]) -> dict[str, Term]:
    return {match_key(spelling): term for term in terms for spelling in (term.name, *term.aliases)}


_STAGE_BY_NAME = _index(STAGES)
_SUBJECT_BY_NAME = _index(SUBJECTS)
_BY_CODE = {
    "stage": {term.code: term for term in STAGES},
    "subject": {term.code: term for term in SUBJECTS},
}


def stage(code: str) -> Term:
    """The stage with this code; ``KeyError`` when there is none."""
    return _BY_CODE["stage"][code]


def subject(code: str) -> Term:
    """The subject with this code; ``KeyError`` when there is none."""
    return _BY_CODE["subject"][code]


def find_stage(text: str) -> Term | None:
    """The stage that ``text`` names, blanks and character width ignored."""
    return _STAGE_BY_NAME.get(match_key(text))


def find_subject(text: str) -> Term | None:
    """The subject that ``text`` names, by name or alias."""
    return _SUBJECT_BY_NAME.get(match_key(text))


def column_name(stage_code: str, subject_code: str) -> str:
    """The Chinese head of a quota column: stage and subject joined, 小学语文."""
    return stage(stage_code).name + subject(subject_code).name


def split_column(text: str) -> tuple[Term, Term] | None:
    """Stage and subject of a joined column head such as 小学信息技术, or ``None``."""
    key = match_key(text)
    for spelling in sorted(_STAGE_BY_NAME, key=len, reverse=True):
        if key.startswith(spelling):
            found = _SUBJECT_BY_NAME.get(key[len(spelling) :])
            if found is not None:
                return _STAGE_BY_NAME[spelling], found
    return None
