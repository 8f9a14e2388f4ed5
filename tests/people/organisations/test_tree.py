"""Founding a province: who stands where, and who hands places to whom."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from provincial.core.refusals import Refusal
from provincial.people.organisations import actions, queries
from provincial.people.organisations.models import Organisation
from provincial.people.organisations.rules import Kind, contact_finding, search_key
from tests.people.factories import make_user, viewer_of

DAY = date(2023, 9, 1)
#: The first column of the sample annex, in its order.
ANNEX = (
    "郑州市 开封市 洛阳市 平顶山市 安阳市 鹤壁市 新乡市 焦作市 濮阳市 许昌市 "
    "漯河市 三门峡市 南阳市 商丘市 信阳市 周口市 驻马店市 济源示范区 航空港区 巩义市 "
    "兰考县 汝州市 滑县 长垣市 邓州市 永城市 固始县 鹿邑县 新蔡县"
)


@pytest.fixture
def henan(session: Session) -> Organisation:
    root = actions.found_province("410000", on=DAY)
    actions.load_divisions("410000", on=DAY)
    session.commit()
    return root


@pytest.mark.rule("HN-01")
def test_the_units_of_the_annex_stand_side_by_side(session: Session, henan: Organisation) -> None:
    officer = viewer_of(make_user(session, henan))
    units = queries.children_of(officer, henan)
    assert " ".join(unit.name for unit in units) == ANNEX
    gongyi = next(unit for unit in units if unit.name == "巩义市")
    assert gongyi.parent is not None
    assert gongyi.parent.name == "郑州市"
    assert gongyi.quota_parent_id == henan.id
    assert gongyi.quota_path == f"{henan.quota_path}{gongyi.id}/"
    assert gongyi.path == f"{gongyi.parent.path}{gongyi.id}/"
    below = {body.name for body in queries.children_of(officer, gongyi.parent)}
    assert "中原区" in below
    assert not below & {"巩义市", "航空港区"}
    assert {"巩义市", "航空港区"} <= {
        body.name for body in queries.children_of(officer, gongyi.parent, quota=False)
    }


@pytest.mark.rule("HN-02")
def test_the_offices_beside_the_department_are_founded(
    session: Session, henan: Organisation
) -> None:
    kinds = set(session.scalars(select(Organisation.kind).where(Organisation.parent == henan)))
    assert {Kind.PROGRAMME_OFFICE, Kind.EXPERT_GROUP, Kind.FINANCE_DEPARTMENT} <= kinds
    assert henan.name == henan.formal_name == "河南省教育厅"
    officer = viewer_of(make_user(session, henan))
    unit = actions.register(Kind.DIRECT_UNIT, "HN-D1", "实验小学", henan, on=DAY, by=officer)
    school = actions.register(Kind.INSTITUTION, "HN-U1", "示例大学", henan, on=DAY, by=officer)
    units = queries.children_of(officer, henan)
    assert unit in units
    assert school not in units


def test_every_path_is_the_chain_of_its_superiors(session: Session, henan: Organisation) -> None:
    bodies = {body.id: body for body in session.scalars(select(Organisation))}
    assert len(bodies) > 190
    for body in bodies.values():
        above = bodies[body.parent_id].path if body.parent_id else "/"
        giver = bodies[body.quota_parent_id].quota_path if body.quota_parent_id else "/"
        assert body.path == f"{above}{body.id}/"
        assert body.quota_path == f"{giver}{body.id}/"


def test_units_are_matched_by_all_their_names(session: Session, henan: Organisation) -> None:
    units = {body.name: queries.unit_name(body) for body in session.scalars(select(Organisation))}
    assert {"郑州市教育局", "郑州"} <= set(units["郑州市"].aliases)
    assert {"济源市", "济源示范区教育局"} <= set(units["济源示范区"].aliases)
    assert "郑州航空港经济综合实验区" in units["航空港区"].aliases
    assert units["滑县"].aliases == ("滑县教育局",)
    assert units["滑县"].code == "410526"


def test_another_province_loads_as_well(session: Session) -> None:
    root = actions.found_province("330000", on=DAY)
    bodies = actions.load_divisions("330000", on=DAY)
    assert root.name == "浙江省教育厅"
    assert len(bodies) == 101
    viewer = viewer_of(make_user(session, root))
    assert len(queries.children_of(viewer, root)) == 11


def test_a_site_serves_one_province(henan: Organisation) -> None:
    with pytest.raises(Refusal, match="already serves"):
        actions.found_province("330000", on=DAY)


def test_a_code_and_a_sisters_name_are_taken(session: Session, henan: Organisation) -> None:
    city = queries.by_code("410100")
    assert city is not None
    actions.register(Kind.SCHOOL, "s-1", "第一小学", city, on=DAY, by=None)
    with pytest.raises(Refusal, match="code is taken"):
        actions.register(Kind.SCHOOL, "S-1", "第二小学", city, on=DAY, by=None)
    with pytest.raises(Refusal, match="already a body of this name"):
        actions.register(Kind.SCHOOL, "S-2", "第一 小学", city, on=DAY, by=None)
    with pytest.raises(Refusal, match="cannot stand below"):
        actions.register(Kind.PREFECTURE_CITY, "C-9", "某市", city, on=DAY, by=None)
    with pytest.raises(Refusal, match="2 to 40"):
        actions.register(Kind.SCHOOL, "'; drop", "第三小学", city, on=DAY, by=None)


@pytest.mark.rule("HN-01")
def test_scope_another_citys_schools_do_not_exist(session: Session, henan: Organisation) -> None:
    """R3: a city sees its own subtree; a province-managed county's officers see theirs."""
    zheng, kai, lankao = (queries.by_code(code) for code in ("410100", "410200", "410225"))
    assert zheng
    assert kai
    assert lankao
    school = actions.register(Kind.SCHOOL, "S-1", "郑州一小", zheng, on=DAY, by=None)
    theirs = actions.register(Kind.SCHOOL, "S-2", "兰考一小", lankao, on=DAY, by=None)
    session.commit()
    of_kai = viewer_of(make_user(session, kai, "bureau_officer"))
    of_lankao = viewer_of(make_user(session, lankao, "bureau_officer"))
    assert queries.body_in_scope(of_kai, school.id) is None
    assert queries.body_in_scope(of_lankao, theirs.id) == theirs
    assert queries.body_in_scope(of_lankao, kai.id) is None
    assert lankao not in queries.children_of(of_kai, kai)
    assert queries.descendants_count(kai, quota=True).get("province_managed_county") is None


@pytest.mark.parametrize("text", ["zhengzhou", "ZZS", "郑州", "4101", "郑州市教育局"])
def test_bodies_are_found_by_sound_initials_code_and_other_names(
    session: Session, henan: Organisation, text: str
) -> None:
    viewer = viewer_of(make_user(session, henan))
    wanted = queries.BodyFilter(text=text, kind="prefecture_city", below=henan.id)
    assert [body.name for body in queries.list_bodies(viewer, wanted).rows] == ["郑州市"]


def test_a_search_for_signs_of_the_pattern_language_finds_nothing(
    session: Session, henan: Organisation
) -> None:
    """R16: % and _ are letters like any other."""
    viewer = viewer_of(make_user(session, henan))
    for text in ("%", "_", "\\", "'"):
        wanted = queries.BodyFilter(text=text, below=henan.id)
        assert not queries.list_bodies(viewer, wanted).rows


def test_pages_of_a_list_join_without_gap_or_double(session: Session, henan: Organisation) -> None:
    viewer = viewer_of(make_user(session, henan))
    wanted = queries.BodyFilter(below=henan.id, deep=True)
    seen: list[int] = []
    after = ""
    while True:
        page = queries.list_bodies(viewer, wanted, after=after)
        seen += [body.id for body in page.rows]
        after = page.next_after
        if not after:
            break
    assert len(seen) == len(set(seen)) == queries.count_bodies(viewer, wanted)


def test_r6_the_contacts_phone_is_encrypted_and_masked(
    session: Session, henan: Organisation
) -> None:
    viewer = viewer_of(make_user(session, henan))
    assert not queries.has_contact(henan)
    actions.name_contact(henan, "张三", "１３８００００２３１６", "z@example.org", by=viewer)
    session.flush()
    assert "13800002316" not in henan.contact_phone
    shown = queries.contact(henan)
    assert shown is not None
    assert shown.masked_phone == "138****2316"
    assert actions.reveal_contact(henan, "核对联系方式", by=viewer) == "13800002316"
    assert queries.has_contact(henan)
    for phone in ("12345", "1380000231x", ""):
        with pytest.raises(Refusal):
            actions.name_contact(henan, "张三", phone, "z@example.org", by=viewer)


@pytest.mark.rule("HN-66")
def test_who_has_no_contact_may_not_submit() -> None:
    missing = contact_finding("郑州市", named=False)
    assert (missing.severity, missing.rule) == ("block", "HN-66")
    assert contact_finding("郑州市", named=True).severity == "pass"


def test_search_keys_hold_sound_and_initials() -> None:
    assert search_key("郑州市") == "zhengzhoushi zzs"
