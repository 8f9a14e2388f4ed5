"""The five notices that come with the site: clean, quoted, and with the values of rules.md part 1."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from provincial.rulebook import catalogue, reading, schema
from provincial.rulebook.checker import check_file, check_rulebook
from provincial.rulebook.loader import builtin, builtin_codes
from provincial.rulebook.values import Range, Window

CODES = builtin_codes()


@pytest.mark.parametrize("code", CODES)
def test_builtin_file_is_clean(code: str) -> None:
    assert check_file(catalogue.HERE / f"{code}.toml") == []
    assert check_rulebook(builtin(code)) == []


@pytest.mark.parametrize("code", CODES)
def test_every_quoted_sentence_occurs_in_its_document(code: str) -> None:
    book = builtin(code)
    sources = [entry.source for entry in book.listed.values()]
    sources += [category.source for category in book.categories]
    for source in sources:
        if source.quote:
            assert catalogue.find_quote(source.document, source.quote), source
            assert source.article
            assert catalogue.rule(source.rule), source


@pytest.mark.parametrize("code", CODES)
def test_every_value_says_where_it_comes_from(code: str) -> None:
    for entry in builtin(code).listed.values():
        assert (
            entry.source.quote
            or entry.source.interpretation
            or entry.source.origin
            or entry.source.note
        )


def test_every_rule_of_the_catalogue_is_quoted_from_its_document() -> None:
    rules = catalogue.rules()
    assert len(rules) == 421
    missing = [r.id for r in rules.values() if not catalogue.find_quote(r.document, r.quote)]
    assert missing == []


def test_interpretations_and_conflicts_are_complete() -> None:
    known = catalogue.interpretations()
    assert [key for key in known if key.startswith("A")] == [f"A-{n:02}" for n in range(1, 46)]
    assert [key for key in known if key.startswith("C")] == [f"C-{n:02}" for n in range(1, 24)]
    assert all(row.chinese and row.text for row in known.values())
    assert catalogue.is_known("A-09")
    assert catalogue.is_known("HN-41")
    assert not catalogue.is_known("HN-99")


@pytest.mark.parametrize("code", CODES)
def test_numbers_of_documents_agree(code: str) -> None:
    assert reading.CITED_AS[code] == builtin(code).document.cite_as


def test_schema_has_no_key_twice() -> None:
    keys = [parameter.key for group in schema.GROUPS for parameter in group.parameters]
    assert len(keys) == len(set(keys)) == len(schema.PARAMETERS)
    for group in schema.GROUPS:
        assert all(parameter.group == group.code for parameter in group.parameters)


@pytest.mark.rule("HN-41")
def test_citation_is_the_article() -> None:
    source = builtin("henan-2023").source("green_channel.ratio")
    assert source.citation() == "教办师〔2023〕389号 三(二)"
    assert source.is_from_notice
    rounding = builtin("henan-2023").source("green_channel.rounding")
    assert rounding.interpretation == "A-09"
    assert str(rounding.standing()) == "Interpretation A-09"


def test_a_quote_from_the_frame_document_cites_that_document() -> None:
    source = builtin("henan-2023").source("classification.tiers")
    assert source.citation() == "教师厅〔2019〕2号 三"


def test_passage_gives_the_sentence_around_the_quote() -> None:
    found = catalogue.passage("henan-2023", "实践性课程比例不少于50%")
    assert found is not None
    assert found.before.endswith("参与式培训,")
    assert found.after.startswith("。要不断创新培训模式")
    assert catalogue.passage("henan-2023", "无此句") is None
    assert catalogue.find_quote("nowhere-2030", "句") is None


D, F = Decimal, Fraction


def span(opens: tuple[int, int, int], closes: tuple[int, int, int]) -> Window:
    return Window(date(*opens), date(*closes))


GOLDEN = {
    "henan-2023": {
        "plan.completion_due": date(2024, 4, 30),
        "plan.completion_binding": "in_principle",
        "plan.selection_mode": "quota",
        "plan.funding_mode": "funded",
        "proposals.due": date(2023, 11, 20),
        "proposals.opening_dates_due": date(2023, 11, 20),
        "nominations.selection_due": date(2023, 11, 20),
        "classes.notice_lead_days": 10,
        "bulletins.issues_min": 3,
        "bulletins.scope": "institution",
        "closing.due_days": 30,
        "money.face_rate": D(400),
        "money.online_rate": D(3),
        "money.studio_subsidy": D(10000),
        "proposals.practical_ratio_min": F(1, 2),
        "proposals.general_hours_min": D(60),
        "green_channel.ratio": F(1, 20),
        "green_channel.rounding": "half_up",
        "green_channel.basis": "additional",
        "ban.years": 3,
        "ban.causes": ("no_show", "expelled", "not_completed"),
        "proposals.online_share_long": None,
        "oversight.preference": ("oversight_score",),
        "proposals.published_on": None,
        "quotas.top_level_holders": (
            "prefecture_city", "demonstration_zone", "airport_zone", "province_managed_county",
        ),
        "papers.letter_number_pattern": "豫教师培〔{year}〕{number}号",
    },
    "zhejiang-2020h1": {
        "plan.delivery": span((2020, 3, 9), (2020, 8, 31)),
        "proposals.window": span((2019, 12, 26), (2020, 1, 7)),
        "proposals.review": span((2020, 1, 8), (2020, 1, 17)),
        "proposals.published_on": date(2020, 1, 20),
        "selections.teacher_data": span((2019, 12, 26), (2020, 1, 15)),
        "selections.round_1": span((2020, 2, 6), (2020, 2, 14)),
        "selections.round_2": span((2020, 2, 26), (2020, 3, 1)),
        "selections.round_2_gate": True,
        "classes.timetable_lead_days": 5,
        "classes.notice_lead_days": None,
        "caps.limits": {"normal_univ": D(80), "other": D(50), "remote": D(35), "new": D(8)},
        "proposals.leader_max": 4,
        "proposals.leader_unit": "class_session",
        "proposals.leader_scope": "all",
        "proposals.leader_min_title": "senior_associate",
        "proposals.online_share_long": F(1, 4),
        "proposals.online_share_other": F(1, 3),
        "proposals.long_credits": D(90),
        "money.fee_standard": "浙教办计〔2018〕88号",
    },
    "zhejiang-2022h1": {
        "plan.delivery": span((2022, 3, 10), (2022, 8, 31)),
        "proposals.window": span((2022, 1, 4), (2022, 1, 14)),
        "proposals.review": span((2022, 1, 15), (2022, 1, 25)),
        "proposals.published_on": date(2022, 1, 28),
        "selections.browse": span((2022, 2, 10), (2022, 2, 17)),
        "selections.round_1": span((2022, 2, 18), (2022, 2, 25)),
        "selections.principal_review_1": span((2022, 2, 22), (2022, 2, 28)),
        "selections.recheck_1": span((2022, 3, 4), (2022, 3, 4)),
        "selections.expansion_apply": span((2022, 3, 1), (2022, 3, 2)),
        "selections.expansion_decide": span((2022, 3, 2), (2022, 3, 3)),
        "selections.round_2": span((2022, 3, 5), (2022, 3, 7)),
        "selections.principal_review_2": span((2022, 3, 6), (2022, 3, 8)),
        "selections.recheck_2": span((2022, 3, 9), (2022, 3, 9)),
        "orders.submit": span((2022, 1, 4), (2022, 1, 10)),
        "orders.list": span((2022, 1, 11), (2022, 1, 11)),
        "orders.respond": span((2022, 1, 11), (2022, 1, 20)),
        "orders.select": span((2022, 1, 16), (2022, 1, 24)),
        "orders.revise": span((2022, 1, 25), (2022, 1, 28)),
        "orders.county_review": span((2022, 2, 8), (2022, 2, 9)),
        "orders.publish": span((2022, 2, 10), (2022, 2, 10)),
        "orders.sign_up": span((2022, 2, 18), (2022, 3, 8)),
        "orders.min_per_county": 3,
        "orders.intended_max": 3,
        "orders.objectives_max": 200,
        "orders.requirements_max": 200,
        "caps.limits": {"normal_univ": D(40), "other": D(25), "remote": D(35), "new": D(5)},
        "proposals.leader_unit": "project",
        "proposals.leader_scope": "province_wide",
        "proposals.online_share_long": None,
        "classes.timetable_lead_days": 5,
    },
    "puer-2023": {
        "proposals.publish_months": (3, 9),
        "hours.cycle_years": 5,
        "hours.cycle_hours": D(360),
        "hours.year_hours": D(72),
        "hours.year_mode_hours": D(24),
        "hours.cycle_mode_hours": D(120),
        "hours.hours_per_day": D(6),
        "hours.school_based_year_max": D(48),
        "hours.induction_hours": D(120),
        "hours.induction_practical_hours": D(60),
        "hours.induction_counts": False,
        "hours.class_teacher_hours": D(30),
        "credits.cycle_credits": D(360),
        "credits.year_credits": D(72),
        "credits.year_mode_credits": D(24),
        "credits.module_minima": {
            "ethics": D(30), "knowledge": D(60), "ability": D(120),
            "class_management": D(30), "school_based": D(120),
        },
        "credits.above_county_year": D(48),
        "credits.above_county_cycle": D(240),
        "credits.self_selected_min": F(3, 5),
        "credits.rate_online": D(1),
        "credits.rate_school_based": {"school_based": Range(D("0.5"), D(1))},
        "credits.rate_face": {
            "national": Range(D(1), D(3)), "provincial": Range(D(1), D("2.5")),
            "city": Range(D(1), D(2)), "county": Range(D(1), D("1.5")),
        },
        "credits.rate_default": D(1),
        "credits.performance": {
            "A_excellent": D("0.2"), "B_good": D("0.15"), "C_fair": D("0.1"),
        },
        "credits.recognition_months": (3, 4),
        "credits.school_plan_due_days": 7,
        "credits.notice_days": 5,
        "credits.award_block_ratio": F(1, 5),
        "claims.studio_hours": {"host": D(72), "member": D(48), "studio_trainee": D(24)},
        "claims.studio_rates": {
            "national": D(3), "provincial": D("2.5"), "city": D(2), "county": D("1.5"), "school": D(1),
        },
        "claims.lecturing_factors": {
            "national": D(10), "provincial": D(8), "city": D(6), "county": D(4), "school": D(2),
        },
        "claims.award_hours": D(6),
        "claims.award_rates": {
            "national": D(3), "provincial": D("2.5"), "city": D(2), "county": D("1.5"),
        },
        "claims.research_hours": {"host": D(12), "participant": D(6)},
        "claims.degree_hours": D(48),
        "claims.degree_years_max": 3,
        "money.salary_ratio": F(1, 50),
        "money.surcharge_ratio": F(1, 20),
        "money.school_funds_ratio": F(1, 20),
    },
    "national-2019": {
        "oversight.experience_years_min": 3,
        "oversight.grade_min": "good",
        "reports.cases_min": 2,
        "reports.cases_max": 3,
        "reports.due": date(2019, 4, 12),
        "classes.notice_lead_days": None,
    },
}  # fmt: skip


@pytest.mark.parametrize(
    ("code", "key"), [(code, key) for code, values in GOLDEN.items() for key in values]
)
def test_golden_value(code: str, key: str) -> None:
    assert builtin(code).value(key) == GOLDEN[code][key]


@pytest.mark.rule("HN-04")
def test_henan_has_five_categories() -> None:
    book = builtin("henan-2023")
    assert [(row.code, row.has_quota_table) for row in book.categories] == [
        ("county_support_system", False),
        ("key_teacher_cultivation", True),
        ("young_mid_career_10k", True),
        ("chief_teacher_studio", False),
        ("ethics_special", True),
    ]


@pytest.mark.rule("HN-32")
def test_key_teachers_have_the_eighteen_columns_of_annex_4() -> None:
    category = builtin("henan-2023").category("key_teacher_cultivation")
    assert category is not None
    primary = ["语文", "数学", "英语", "道德与法治", "科学", "体育", "音乐", "美术", "信息科技"]
    junior = ["语文", "数学", "英语", "道德与法治", "物理", "化学", "生物", "历史", "地理"]
    heads = ["小学" + name for name in primary] + ["初中" + name for name in junior]
    assert [column.name for column in category.columns] == heads
    assert category.quota_annex == 4


@pytest.mark.rule("GP-37")
def test_frame_lists_reach_every_notice() -> None:
    for code in CODES:
        book = builtin(code)
        assert set(book.names("classification.programme_lines")) == {
            "demonstration", "central_western", "kindergarten",
        }  # fmt: skip
        assert len(book.names("classification.tiers")) == 4
