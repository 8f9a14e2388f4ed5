"""Copies that go out and come back: merged by code, only what was changed, stale rows named."""

from __future__ import annotations

import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from provincial.core.refusals import Refusal
from provincial.planning.copies import actions, documents, importer
from provincial.planning.copies.models import NominationCopy
from provincial.planning.copies.rules import FIELDS, merge
from provincial.planning.nominations.actions import Entry, change
from provincial.planning.nominations.rules import Channel
from tests.planning.nominations.places import NOW, enter, places_to_fill, who
from tests.planning.tree import Tree

TODAY = NOW.date()


@pytest.fixture
def tree(session: Session) -> Tree:
    return places_to_fill(session)


def sent(tree: Tree) -> tuple[NominationCopy, Any]:
    """A copy of 甲一县一小 with one name, and the sheet that people change."""
    enter(tree, entry=Entry(note="原备注"))
    by = who(tree, "甲一县一小")
    copy = actions.send_out(tree.category, tree.bodies["甲一县一小"], by=by)
    book = load_workbook(io.BytesIO(documents.workbook(copy, documents.rows_of(copy))))
    return copy, book


def saved(book: Any) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def place(book: Any, title: str) -> tuple[int, int]:
    """The first cell below a heading."""
    for cells in book.active.iter_rows():
        for cell in cells:
            if cell.value == title:
                return cell.row + 1, cell.column
    raise LookupError(title)


def put(book: Any, title: str, value: object) -> None:
    row, column = place(book, title)
    book.active.cell(row, column).value = value


def test_a_copy_carries_its_number_and_a_code_of_eight_signs(tree: Tree) -> None:
    copy, book = sent(tree)
    row, column = place(book, "行编码")
    assert book.active.cell(row, column).value in copy.rows
    assert "版本号：1" in documents.title_of(copy)


def test_only_what_was_changed_on_the_copy_is_booked(tree: Tree) -> None:
    _copy, book = sent(tree)
    put(book, "备注", "新备注")
    put(book, "职称", "一级教师")
    by = tree.viewer("甲一县一小", "school_administrator")
    run = importer.receive(saved(book), "c.xlsx", tree.category, by=by, today=TODAY)
    assert run.counts == {"rows": 1, "changed": 1, "refused": 0}
    assert importer.take_in(run, "基层核实", by=by, today=TODAY) == 1
    nomination = importer.queries.standing(tree.category.id, by.quota_path)[0]
    assert nomination.note == "新备注"
    assert nomination.teacher.title == "first_grade"


def test_a_stale_copy_is_named_with_both_values(tree: Tree) -> None:
    _copy, book = sent(tree)
    put(book, "备注", "副本备注")
    nomination = importer.queries.standing(tree.category.id, "/")[0]
    change(nomination, Entry(note="系统备注"), by=who(tree, "甲一县一小"))
    by = who(tree, "甲一县一小")
    run = importer.receive(saved(book), "c.xlsx", tree.category, by=by, today=TODAY)
    finding = run.findings[0]
    assert finding["code"] == "stale"
    values = finding["message"]["values"]
    assert (values["now"], values["back"]) == ("系统备注", "副本备注")
    with pytest.raises(Refusal):
        importer.take_in(run, "基层核实", by=by, today=TODAY)


def test_strange_codes_and_other_names_are_refused(tree: Tree) -> None:
    _copy, book = sent(tree)
    put(book, "姓名", "另一个人")
    by = who(tree, "甲一县一小")
    found = importer.check(saved(book), "c.xlsx", tree.category, by, TODAY)
    assert [one.code for one in found.findings] == ["code_name"]
    put(book, "行编码", "ZZZZZZZZ")
    found = importer.check(saved(book), "c.xlsx", tree.category, by, TODAY)
    assert [one.code for one in found.findings] == ["code"]


def test_r4_a_copy_changes_no_record_that_its_sender_may_not_edit(tree: Tree) -> None:
    """R4: a principal nominates but does not edit the register; a list's own fields stay locked."""
    _copy, book = sent(tree)
    put(book, "职称", "一级教师")
    nomination = importer.queries.standing(tree.category.id, "/")[0]
    for role, sources in (("principal", {}), ("school_administrator", {"title": "import"})):
        nomination.teacher.sources = sources
        tree.session.flush()
        by = tree.viewer("甲一县一小", role)
        run = importer.receive(saved(book), "c.xlsx", tree.category, by=by, today=TODAY)
        assert [(one["code"], run.counts["refused"]) for one in run.findings] == [("register", 1)]
        with pytest.raises(Refusal):
            importer.take_in(run, "基层核实", by=by, today=TODAY)
    assert nomination.teacher.title != "first_grade"


@pytest.mark.rule("HN-42")
def test_a_copy_does_not_take_the_grounds_of_the_green_channel_away(tree: Tree) -> None:
    enter(tree, "甲市", entry=Entry(channel=Channel.GREEN, reason="无", grounds="省级名师"))
    by = tree.viewer("甲市")
    copy = actions.send_out(tree.category, tree.bodies["甲市"], by=by)
    book = load_workbook(io.BytesIO(documents.workbook(copy, documents.rows_of(copy))))
    put(book, "推荐理由", "")
    found = importer.check(saved(book), "c.xlsx", tree.category, by, TODAY)
    assert [(one.code, one.rule) for one in found.findings] == [("green_grounds", "HN-42")]


_words = st.sampled_from(["", "甲", "乙", "丙"])
_rows = st.fixed_dictionaries(dict.fromkeys(FIELDS, _words))


@given(_rows, _rows, _rows)
def test_merging_never_loses_what_only_one_side_changed(
    before: dict[str, str], here: dict[str, str], there: dict[str, str]
) -> None:
    """A field changed on one side only ends as that side has it; a clash is never booked."""
    merged = merge(before, here, there)
    booked = {one.field: one.back for one in merged.changes}
    clashes = {one.field for one in merged.clashes}
    for name in FIELDS:
        result = booked.get(name, here[name])
        if here[name] == before[name]:
            assert result == there[name]
        elif there[name] in (before[name], here[name]):
            assert result == here[name]
        else:
            assert name in clashes
            assert result == here[name]
