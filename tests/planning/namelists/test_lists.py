"""A city's list as people send it: every row's verdict, its place, taking in and back."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from provincial.adapters.spreadsheet_output import Column, SheetOut, write_workbook
from provincial.core.refusals import Refusal
from provincial.core.text import t
from provincial.office.imports.models import ImportRun
from provincial.office.jobs.actions import Run, enqueue
from provincial.office.messages.models import Message
from provincial.people.teachers import actions as teachers
from provincial.people.teachers.models import Teacher
from provincial.people.teachers.rules import Step
from provincial.planning.entries.importer import read
from provincial.planning.entries.rules import COLUMNS, verdict_of
from provincial.planning.namelists import actions, importer, jobs
from provincial.planning.nominations import actions as nominations
from provincial.planning.nominations.models import Nomination, NominationStep
from tests.people.factories import id_number, make_teacher
from tests.planning.nominations.places import NOW, places_to_fill, used, who
from tests.planning.tree import Tree

DATA = Path(__file__).parents[2] / "data"
HEAD = (
    "序号",
    "姓名",
    "性别",
    "身份证号",
    "县(市、区)",
    "工作单位",
    "任教学段",
    "任教学科",
    "职称",
    "通道",
    "推荐理由",
    "联系电话",
)


@pytest.fixture
def tree(session: Session) -> Tree:
    return places_to_fill(session)


def row(number: int, **said: object) -> list[object]:
    """One row of a list; a new teacher of 甲一县一小 for 小学语文 unless said otherwise."""
    plain: dict[str, object] = {
        "序号": number,
        "姓名": "王" + "一二三四五六七八九十"[number % 10] * 2,
        "性别": "",
        "身份证号": id_number("19850101", 500 + number),
        "县(市、区)": "甲一县",
        "工作单位": "甲一县一小",
        "任教学段": "小学",
        "任教学科": "语文",
        "职称": "一级教师",
        "通道": "普通",
        "推荐理由": "",
        "联系电话": "13900000001",
    }
    return [(plain | said)[title] for title in HEAD]


def workbook(*rows: list[object]) -> bytes:
    """A list with a title, the unit, a blank line in between and signatures at the end."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["甲市推荐表（盖章）"])
    sheet.append(["填报单位：甲市教育局"])
    sheet.append(list(HEAD))
    for one in rows:
        sheet.append(one)
        sheet.append([])
    sheet.append(["负责人签字：", "", "", "", "", "联系人："])
    path = Path(__import__("tempfile").mkdtemp()) / "list.xlsx"
    book.save(path)
    return path.read_bytes()


def check(tree: Tree, data: bytes, unit: str = "甲市") -> importer.Checked:
    return importer.check(data, "list.xlsx", tree.category, tree.bodies[unit], NOW)


def codes(checked: importer.Checked) -> list[set[str]]:
    return [{flaw.finding.code for flaw in one.flaws} for one in checked.rows]


def bring(tree: Tree, data: bytes, unit: str = "甲市") -> ImportRun:
    by = who(tree, unit)
    return importer.receive(data, "l.xlsx", tree.category, tree.bodies[unit], by=by, now=NOW)


def take(
    tree: Tree, run: ImportRun, reason: str = "新教师未入库", unit: str = "甲市"
) -> importer.Checked:
    return importer.take_in(run, reason, by=who(tree, unit), now=NOW)


def test_the_list_of_a_city_reads_as_expected() -> None:
    """What can be said of each of 400 rows without the database is what the expected file says."""
    expected = dict(json.loads((DATA / "zhengzhou-nominations.expected.json").read_text()))
    data = (DATA / "zhengzhou-nominations.xlsx").read_bytes()
    reading = read(data, "zhengzhou-nominations.xlsx", date(2026, 11, 23), 20_000)
    assert [one.number for one in reading.rows] == list(expected)
    assert not reading.of_list
    later = {"ok", "county", "duplicate"}  # these need the schools and the other rows
    for one in reading.rows:
        found = {f.finding.code for f in one.flaws if f.finding.severity == "block"}
        wanted = expected[one.number]
        assert found == (set() if wanted in later else {wanted}), one


@pytest.mark.rule("HN-38")
def test_places_are_counted_down_from_the_school_upwards(tree: Tree) -> None:
    """The school holds two, its county one more, the city seventeen: the list fills them in order."""
    checked = check(tree, workbook(*(row(n) for n in range(1, 6))))
    assert [checked.seats[one.row].holder for one in checked.rows] == [
        *("甲一县一小", "甲一县一小", "甲一县", "甲市", "甲市")
    ]


@pytest.mark.rule("HN-38")
def test_without_a_place_on_the_way_a_row_is_refused_and_told_who_holds_what(tree: Tree) -> None:
    checked = check(tree, workbook(*(row(n) for n in range(1, 5))), unit="甲一县")
    assert [("quota" in found) for found in codes(checked)] == [False, False, False, True]
    last = next(f.finding for f in checked.rows[-1].flaws if f.finding.code == "quota")
    assert last.rule == "HN-38"
    assert "甲一县" in str(last.message)


@pytest.mark.rule("HN-41", "HN-42")
def test_the_green_channel_has_its_own_count(tree: Tree) -> None:
    """Five per cent of twenty is one: the second name of the green channel goes back."""
    data = workbook(row(1, 通道="绿色", 推荐理由="省级名师"), row(2, 通道="绿色通道"), row(3))
    checked = check(tree, data)
    assert "green_quota" in codes(checked)[1]
    assert checked.seats[checked.rows[0].row].holder == "甲市"
    assert checked.seats[checked.rows[2].row].holder == "甲一县一小"


def test_each_kind_of_bad_row_has_its_code(tree: Tree) -> None:
    known = make_teacher(tree.session, tree.bodies["甲一县二小"], "李四", id_number("19800101", 3))
    same = id_number("19850101", 777)
    data = workbook(
        row(1, 工作单位="没有这所小学"),
        row(2, **{"县(市、区)": "乙一县"}),
        row(3, **{"县(市、区)": "甲二县"}),
        row(4, 任教学科="物理"),
        row(5, 任教学段="大学"),
        row(6, 职称="优秀"),
        row(7, 通道="黄色"),
        row(8, 姓名="张三", 身份证号=id_number("19800101", 3)),
        row(9, 姓名=known.name, 身份证号=id_number("19800101", 3), 工作单位="甲一县一小"),
        row(10, 身份证号=same),
        row(11, 身份证号=same),
        row(12, 姓名="长" * 200),
        row(13, 姓名="𬭎䶮㛃"),
        row(14, 姓名="=1+1"),
    )
    wanted = [
        *("school", "county", "county", "subject", "stage", "title", "channel", "name_mismatch"),
        *("duplicate", "unknown_teacher", "duplicate", "name", "unknown_teacher", "no-value"),
    ]
    found = codes(check(tree, data))
    assert all(code in one for code, one in zip(wanted, found, strict=True)), found


def test_every_refusal_of_a_row_names_its_rule(tree: Tree) -> None:
    data = workbook(
        row(1, 工作单位="无"), row(2, 职称="优秀"), row(3, 身份证号="1"), row(4, 姓名="")
    )
    for one in check(tree, data).rows:
        assert one.refused
        assert all(f.finding.rule for f in one.flaws if f.finding.severity == "block")


@pytest.mark.rule("HN-37")
def test_good_rows_are_entered_and_bad_ones_go_back(tree: Tree) -> None:
    run = bring(tree, workbook(row(1), row(2, 身份证号="123"), row(3)))
    assert run.counts == {"rows": 3, "ok": 0, "warning": 2, "refused": 1}
    with pytest.raises(Refusal) as refused:
        take(tree, run, reason="")
    assert refused.value.field == "reason"
    take(tree, run)
    made = tree.session.scalars(select(Nomination).order_by(Nomination.id)).all()
    assert [one.state for one in made] == ["draft", "draft"]
    assert {one.waits_at_id for one in made} == {tree.bodies["甲市"].id}
    assert {one.nominator.name for one in made} == {"甲一县一小"}
    assert all(len(one.code) == 8 and one.warnings and one.reason for one in made)
    assert used(tree, "甲一县一小") == 2
    steps = tree.session.scalars(select(NominationStep.action)).all()
    assert list(steps) == ["enter", "enter"]
    assert tree.session.scalar(select(func.count(Teacher.id))) == 2


def test_a_check_that_is_stale_is_refused_with_what_changed(tree: Tree) -> None:
    run = bring(tree, workbook(row(1)), unit="甲一县一小")
    other = bring(tree, workbook(row(1)), unit="甲一县一小")
    take(tree, run, unit="甲一县一小")
    with pytest.raises(importer.StaleCheck) as refused:
        take(tree, other, unit="甲一县一小")
    assert "already" in [one.code for one in refused.value.findings]


def test_a_list_is_taken_back_as_a_whole_while_nobody_has_signed(tree: Tree) -> None:
    run = bring(tree, workbook(row(1), row(2)))
    take(tree, run)
    assert actions.undo(run, "发错了", by=who(tree, "甲市"), now=NOW) == 2
    assert run.state == "undone"
    assert used(tree, "甲一县一小") == 0
    again = bring(tree, workbook(row(1), row(2)))
    take(tree, again)
    first = tree.session.scalars(
        select(Nomination).where(Nomination.import_run_id == again.id).order_by(Nomination.id)
    ).first()
    assert first is not None
    first.state, first.waits_at_id = "county_approved", tree.bodies["甲市"].id
    tree.session.flush()
    with pytest.raises(Refusal, match="signed"):
        actions.undo(again, "发错了", by=who(tree, "甲市"), now=NOW)


def test_withdrawn_names_of_a_list_do_not_hinder_taking_it_back(tree: Tree) -> None:
    run = bring(tree, workbook(row(1), row(2)))
    take(tree, run)
    first = tree.session.scalars(select(Nomination).order_by(Nomination.id)).first()
    assert first is not None
    nominations.withdraw(first, "本人申请", by=who(tree, "甲市"))
    assert actions.undo(run, "发错了", by=who(tree, "甲市"), now=NOW) == 1
    assert used(tree, "甲一县一小") == 0


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "workbook-empty"),
        (b"PK\x03\x04broken", "workbook-broken"),
        (b"%PDF-1.7", "workbook-foreign"),
    ],
)
def test_files_that_are_no_list_are_one_clear_sentence(tree: Tree, data: bytes, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        check(tree, data)
    assert [one.code for one in refused.value.findings] == [code]


@pytest.mark.parametrize(
    ("titles", "code"),
    [
        (("甲", "乙"), "no-heading"),
        (("姓名", "身份证号"), "column-missing"),
        (("姓名", "姓名", "身份证号", "学校", "学段", "学科"), "column-twice"),
        (("姓名", "身份证号", "学校", "学段", "学科"), "no-rows"),
    ],
)
def test_wrong_columns_are_named(tree: Tree, titles: tuple[str, ...], code: str) -> None:
    data = write_workbook([SheetOut("表", [Column(one) for one in titles], [])])
    found = check(tree, data)
    assert code in {one.code for one in found.of_list}
    assert found.good == []


def test_numbers_kept_as_figures_and_odd_days_are_read_or_refused(tree: Tree) -> None:
    book = {key for key, _titles, _must in COLUMNS}
    assert {"since", "phone", "birth"} <= book
    data = workbook(row(1, 身份证号=410381199201234560.0), row(2, 联系电话=13900000001))
    first, second = check(tree, data).rows
    assert {f.finding.code for f in first.flaws} == {"number_id"}
    assert verdict_of(f.finding for f in second.flaws) == "warning"


def test_a_long_list_is_taken_in_by_a_job_that_may_start_again(tree: Tree) -> None:
    run = bring(tree, workbook(row(1), row(2)))
    by = who(tree, "甲市")
    args = {"run_id": run.id, "url": "/x", "reason": "新教师未入库"}
    job = enqueue(jobs.TAKE_IN, t("Nominations from a list"), by=by, args=args)
    tree.session.flush()
    for _ in range(2):
        jobs.take_in(Run(job.id, job.args, by, lambda: False, job.fence or ""))
    assert tree.session.scalar(select(func.count(Nomination.id))) == 2
    assert used(tree, "甲一县一小") == 2


@pytest.mark.rule("HN-37")
def test_a_list_tells_each_body_whose_places_it_uses_once(tree: Tree) -> None:
    """Five names of a city: two on the school's places, one on the county's, two on its own."""
    run = bring(tree, workbook(*(row(n) for n in range(1, 6))))
    take(tree, run)
    told = tree.session.scalars(select(Message).where(Message.thing_id == run.id)).all()
    bodies = tree.bodies
    assert {one.organisation_id: one.subject["values"]["n"] for one in told} == {
        bodies["甲一县一小"].id: 2,
        bodies["甲一县"].id: 3,
    }
    actions.undo(run, "发错了", by=who(tree, "甲市"), now=NOW)
    told = tree.session.scalars(select(Message).where(Message.thing_id == run.id)).all()
    assert len(told) == 4


def test_taking_a_list_back_takes_back_whom_it_registered_and_nothing_else_names(
    tree: Tree,
) -> None:
    run = bring(tree, workbook(row(1), row(2), row(3)))
    take(tree, run)
    people = tree.session.scalars(select(Teacher).order_by(Teacher.id)).all()
    bureau = who(tree, "甲市")
    teachers.add_event(people[1], Step(date(2023, 11, 10), bureau), {}, {"post": "教导主任"})
    actions.undo(run, "发错了", by=bureau, now=NOW)
    tree.session.expire_all()
    assert [one.state for one in people] == ["undone", "active", "undone"]
    again = bring(tree, workbook(row(1), row(2), row(3)))
    take(tree, again)
    assert again.counts["refused"] == 0
    assert tree.session.scalar(select(func.count(Teacher.id))) == 5
    made = tree.session.scalars(
        select(Nomination).where(Nomination.import_run_id == run.id).order_by(Nomination.id)
    ).first()
    assert made is not None
    with pytest.raises(Refusal):
        nominations.take_up(made, "再试一次", by=bureau, now=NOW)
