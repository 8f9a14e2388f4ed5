"""Steps of the tree: paths always agree with superiors, nothing stands below itself, history stays."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from provincial.core.refusals import Refusal
from provincial.people.organisations import actions as bodies
from provincial.people.organisations import queries
from provincial.people.organisations.models import Organisation, OrganisationEvent
from provincial.people.organisations.rules import ChangeKind, Kind, Step
from provincial.people.structure import actions
from provincial.people.structure import queries as structure

DAY = date(2023, 9, 1)
STEP = Step(DAY, "区划调整", "豫政〔2023〕1号")


def consistent(session: Session) -> None:
    """Both paths are the chains of both superiors, and both chains end at the root."""
    found = {body.id: body for body in session.scalars(select(Organisation))}
    for body in found.values():
        above = found[body.parent_id].path if body.parent_id else "/"
        giver = found[body.quota_parent_id].quota_path if body.quota_parent_id else "/"
        assert body.path == f"{above}{body.id}/", body.name
        assert body.quota_path == f"{giver}{body.id}/", body.name
        assert len(set(body.path.strip("/").split("/"))) == body.path.count("/") - 1


def grown(session: Session) -> dict[str, Organisation]:
    """Two cities, two counties each, one of them province-managed, a school everywhere."""
    root = bodies.found_province("410000", on=DAY)
    tree = {"root": root}

    def add(kind: Kind, code: str, parent: str, *giver: Organisation) -> None:
        tree[code] = bodies.register(kind, code, f"名{code}", tree[parent], *giver, on=DAY, by=None)

    for city in ("C1", "C2"):
        add(Kind.PREFECTURE_CITY, city, "root")
        add(Kind.COUNTY, f"{city}-A", city)
        add(Kind.COUNTY, f"{city}-B", city)
        add(Kind.SCHOOL, f"{city}-S", city)
        add(Kind.SCHOOL, f"{city}-AS", f"{city}-A")
    add(Kind.PROVINCE_MANAGED_COUNTY, "C1-P", "C1", root)
    add(Kind.SCHOOL, "C1-PS", "C1-P")
    session.flush()
    return tree


@pytest.fixture
def tree(session: Session) -> dict[str, Organisation]:
    return grown(session)


@pytest.mark.rule("HN-01")
def test_a_county_moves_with_its_schools(session: Session, tree: dict[str, Organisation]) -> None:
    county, city = tree["C1-A"], tree["C2"]
    change = actions.move(county, city, city, step=STEP, today=DAY, by=None)
    assert change.before["parent_id"] == tree["C1"].id
    assert change.quota_moves
    assert tree["C1-AS"].path.startswith(city.path)
    consistent(session)
    taken = queries.can_take_back(county)
    assert taken is not None
    actions.take_back(county, taken, step=STEP, today=DAY, by=None)
    assert county.parent_id == tree["C1"].id
    consistent(session)
    assert [event.kind for event in queries.events(county)] == ["moved", "moved", "founded"]
    assert queries.can_take_back(county) is None


@pytest.mark.rule("HN-01")
def test_a_county_becomes_province_managed_and_back(
    session: Session, tree: dict[str, Organisation]
) -> None:
    county, city, root = tree["C1-A"], tree["C1"], tree["root"]
    actions.move(county, city, root, step=STEP, today=DAY, by=None)
    assert county.kind == Kind.PROVINCE_MANAGED_COUNTY
    assert tree["C1-AS"].quota_path.startswith(f"{root.quota_path}{county.id}/")
    assert tree["C1-AS"].path.startswith(city.path)
    consistent(session)
    actions.move(county, city, city, step=STEP, today=DAY, by=None)
    assert county.kind == Kind.COUNTY
    consistent(session)


def test_a_merger_moves_the_children_and_keeps_the_names(
    session: Session, tree: dict[str, Organisation]
) -> None:
    gone, successor, school = tree["C1-A"], tree["C1-B"], tree["C1-AS"]
    actions.merge(gone, successor, step=STEP, today=DAY, by=None)
    assert (gone.state, gone.successor_id) == ("merged", successor.id)
    assert school.parent_id == successor.id
    assert "名C1-A" in successor.aliases
    consistent(session)
    moved = queries.events(school)[0]
    assert (moved.kind, moved.cause_id) == ("moved", queries.events(gone)[0].id)
    assert queries.can_take_back(school) is None
    step = queries.can_take_back(gone)
    assert step is not None
    change = actions.take_back(gone, step, step=STEP, today=DAY, by=None)
    assert change.kind is ChangeKind.PARTED
    assert (gone.state, gone.successor_id) == ("active", None)
    assert school.parent_id == gone.id
    assert "名C1-A" not in successor.aliases
    consistent(session)


def test_a_merger_stays_when_something_was_built_on_it(
    session: Session, tree: dict[str, Organisation]
) -> None:
    gone = tree["C1-A"]
    actions.merge(gone, tree["C1-B"], step=STEP, today=DAY, by=None)
    actions.move(tree["C1-AS"], tree["C2-A"], tree["C2-A"], step=STEP, today=DAY, by=None)
    step = queries.can_take_back(gone)
    assert step is not None
    with pytest.raises(Refusal, match="moved on"):
        actions.take_back(gone, step, step=STEP, today=DAY, by=None)


def test_only_an_empty_body_closes_and_it_opens_again(
    session: Session, tree: dict[str, Organisation]
) -> None:
    with pytest.raises(Refusal, match="1 bodies stand below"):
        actions.close(tree["C1-A"], step=STEP, today=DAY, by=None)
    school = tree["C1-AS"]
    actions.close(school, step=STEP, today=DAY, by=None)
    assert (school.state, school.closed_on) == ("closed", DAY)
    actions.close(tree["C1-A"], step=STEP, today=DAY, by=None)
    with pytest.raises(Refusal, match="closed or merged"):
        actions.reopen(school, step=STEP, today=DAY, by=None)
    actions.reopen(tree["C1-A"], step=STEP, today=DAY, by=None)
    actions.reopen(school, step=STEP, today=DAY, by=None)
    assert (school.state, school.closed_on) == ("active", None)
    consistent(session)


def test_renaming_is_taken_back_with_the_other_names(
    session: Session, tree: dict[str, Organisation]
) -> None:
    county = tree["C1-A"]
    event = bodies.rename(county, "新区", step=STEP, today=DAY, by=None)  # type: ignore[arg-type]
    assert (county.name, county.formal_name) == ("新区", "新区教育局")
    assert "名C1-A" in county.aliases
    actions.take_back(county, event, step=STEP, today=DAY, by=None)
    assert (county.name, county.formal_name) == ("名C1-A", "名C1-A教育局")
    assert "新区" not in county.aliases
    with pytest.raises(Refusal, match="Only the last step"):
        actions.take_back(county, event, step=STEP, today=DAY, by=None)


def test_impossible_steps_are_refused(session: Session, tree: dict[str, Organisation]) -> None:
    city, county, school = tree["C1"], tree["C1-A"], tree["C1-AS"]
    with pytest.raises(Refusal, match="below itself"):
        actions.move(county, county, county, step=STEP, today=DAY, by=None)
    with pytest.raises(Refusal, match="cannot stand below"):
        actions.move(city, tree["C2"], tree["C2"], step=STEP, today=DAY, by=None)
    with pytest.raises(Refusal, match="straight from the province"):
        actions.move(school, tree["C2-A"], tree["C1"], step=STEP, today=DAY, by=None)
    with pytest.raises(Refusal, match="already"):
        actions.move(county, city, city, step=STEP, today=DAY, by=None)
    with pytest.raises(Refusal, match="cannot merge"):
        actions.merge(school, county, step=STEP, today=DAY, by=None)
    with pytest.raises(Refusal, match="itself"):
        actions.merge(county, county, step=STEP, today=DAY, by=None)
    with pytest.raises(Refusal, match="after today"):
        actions.close(school, step=Step(date(2999, 1, 1), "x"), today=DAY, by=None)


MOVES = st.lists(
    st.tuples(
        st.sampled_from(["move", "merge", "close", "reopen", "back"]),
        st.integers(0, 11),
        st.integers(0, 11),
        st.booleans(),
    ),
    max_size=12,
)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(moves=MOVES)
def test_whatever_is_done_the_paths_agree(
    app: Flask, session: Session, moves: list[tuple[str, int, int, bool]]
) -> None:
    """Any sequence of steps, accepted or refused, leaves one consistent tree and loses no history."""
    outer = session.begin_nested()
    try:
        tree = grown(session)
        names = [name for name in tree if name != "root"]
        taken = 0
        for verb, first, second, straight in moves:
            body = tree[names[first % len(names)]]
            other = tree[names[second % len(names)]]
            before = session.query(OrganisationEvent).count()
            try:
                with session.begin_nested():
                    _do(verb, body, other, straight)
                taken += 1
                assert session.query(OrganisationEvent).count() > before
            except Refusal:
                assert session.query(OrganisationEvent).count() == before
            session.expire_all()
            consistent(session)
        for body in session.scalars(select(Organisation)):
            if body.state == "active" and body.parent is not None:
                assert body.parent.state == "active"
                assert body.quota_parent is not None
                assert body.quota_parent.state == "active"
    finally:
        outer.rollback()
        session.expire_all()


def _do(verb: str, body: Organisation, other: Organisation, straight: bool) -> None:
    if verb == "move":
        giver = structure.quota_giver(other, straight)
        actions.move(body, other, giver, step=STEP, today=DAY, by=None)
    elif verb == "merge":
        actions.merge(body, other, step=STEP, today=DAY, by=None)
    elif verb == "close":
        actions.close(body, step=STEP, today=DAY, by=None)
    elif verb == "reopen":
        actions.reopen(body, step=STEP, today=DAY, by=None)
    else:
        event = queries.can_take_back(body)
        if event is None:
            raise Refusal(queries.t("nothing"))
        actions.take_back(body, event, step=STEP, today=DAY, by=None)
