"""The board: sums at every level, as it stood, over 20,000 school cells in few statements."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select, text
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from provincial.core import clock
from provincial.office.jobs.models import Job
from provincial.planning.boards import queries
from provincial.planning.quotas import actions
from tests.people.factories import make_user, sign_in
from tests.planning.quotas.test_views import hidden
from tests.planning.tree import Tree, small_province


@pytest.fixture
def tree(session: Session) -> Tree:
    """甲市 has handed 12 of 150 to 甲一县, which has handed 6 to a school."""
    tree = small_province(session)
    tree.issue({"甲市": [120, 30], "乙市": [10, 10], "直管县": [5, 5]})
    for body, rows in (("甲市", {"甲一县": [10, 2]}), ("甲一县", {"甲一县一小": [6, 0]})):
        actions.split(tree.sheet(body), tree.wanted(rows), by=tree.viewer(body), now=clock.now())
    session.commit()
    return tree


@contextmanager
def counted_statements() -> Iterator[list[str]]:
    """Every statement that the database gets meanwhile."""
    seen: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def test_the_board_now_and_as_it_stood(tree: Tree) -> None:
    before = clock.now()
    actions.split(
        tree.sheet("甲市"),
        tree.wanted({"甲一县": [20, 2]}),
        by=tree.viewer("甲市"),
        now=clock.now(),
    )
    board = queries.board(tree.category, tree.bodies["省"])
    city = next(row for row in board.rows if row.name == "甲市")
    assert (city.held, city.given, city.unassigned, city.at_schools) == (150, 22, 128, 6)
    assert (board.held, board.given, board.at_schools) == (180, 180, 6)
    old = queries.board(tree.category, tree.bodies["省"], as_at=before)
    city = next(row for row in old.rows if row.name == "甲市")
    assert (city.held, city.given, city.at_schools) == (150, 12, 6)
    none_yet = queries.board(tree.category, tree.bodies["省"], as_at=before - timedelta(days=1))
    assert [row.held for row in none_yet.rows] == [0, 0, 0]


def test_the_page_at_every_level(tree: Tree, client: FlaskClient) -> None:
    sign_in(client, make_user(tree.session, tree.bodies["省"], "province_officer"))
    base = f"/quotas/{tree.category.id}/board"
    top = client.get(base)
    assert top.status_code == 200
    assert "甲市" in top.text
    assert "分解中" in top.text
    for name in ("甲市", "甲一县", "甲一县一小", "直管县"):
        assert client.get(f"{base}/{tree.bodies[name].id}").status_code == 200
    assert "甲一县一小" in client.get(f"{base}/{tree.bodies['甲一县'].id}").text
    wide = client.get(f"{base}?view=projects&open=1")
    assert "余 108" not in wide.text
    assert "余 110" in wide.text
    early = (clock.now() - timedelta(days=1)).astimezone(clock.CHINA)
    past = client.get(f"{base}?at={early:%Y-%m-%dT%H:%M}")
    assert "截至" in past.text
    assert "尚未分解" in past.text
    for odd in ("x", "2023-99-99", "0001-01-01T00:00", "9" * 400, "2023-01-01T00:00%2B99:00"):
        assert client.get(f"{base}?at={odd}").status_code == 200
    assert client.get(f"/quotas/{2**62}/board").status_code == 404
    assert client.get(f"{base}/{2**62}").status_code == 404


def test_a_city_stands_on_its_own_board(tree: Tree, client: FlaskClient) -> None:
    sign_in(client, make_user(tree.session, tree.bodies["甲市"], "bureau_officer"))
    page = client.get(f"/quotas/{tree.category.id}/board")
    assert "甲一县" in page.text
    assert "乙市" not in page.text
    assert client.get(f"/quotas/{tree.category.id}/board/{tree.bodies['省'].id}").status_code == 404


def test_the_workbook_lists_every_level(tree: Tree, client: FlaskClient) -> None:
    sign_in(client, make_user(tree.session, tree.bodies["省"], "province_officer"))
    top = tree.bodies["省"].id
    page = hidden(client.get(f"/quotas/{tree.category.id}/board"))
    answer = client.post(f"/quotas/{tree.category.id}/board/{top}/export", data=page)
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    rows = [row for row in sheet.iter_rows(values_only=True) if isinstance(row[0], int)]
    assert [(row[0], row[2], row[3]) for row in rows] == [
        (1, "甲市", 150),
        (2, "甲一县", 12),
        (3, "甲一县一小", 6),
        (1, "乙市", 20),
        (1, "直管县", 10),
    ]


def _grow(tree: Tree, schools: int, columns: int) -> None:
    """A county with many schools that hold places in many columns, written by bulk statements."""
    values = {
        "county": tree.bodies["乙一县"].id,
        "path": tree.bodies["乙一县"].path,
        "schools": schools,
        "category": tree.category.id,
        "columns": columns,
    }
    for statement in (
        (
            "insert into project (category_id, position, stage, subject, name) "
            "select :category, 10 + n, 'junior', 's' || n, '栏' || n from generate_series(1, :columns) n"
        ),
        (
            "insert into quota_sheet (category_id, organisation_id, parent_id) select :category, :county, "
            "s.id from quota_sheet s join organisation o on o.quota_parent_id = s.organisation_id "
            "where o.id = :county and s.category_id = :category"
        ),
        (
            "insert into organisation (kind, code, name, name_key, parent_id, quota_parent_id) "
            "select 'school', 'G' || n, '校' || n, '校' || n, :county, :county "
            "from generate_series(1, :schools) n"
        ),
        (
            "update organisation set path = :path || id || '/', quota_path = :path || id || '/' "
            "where parent_id = :county and path = ''"
        ),
        (
            "insert into quota_sheet (category_id, organisation_id, parent_id, state) "
            "select :category, o.id, s.id, 'issued' from organisation o "
            "join quota_sheet s on s.organisation_id = :county where o.parent_id = :county"
        ),
        (
            "insert into quota (sheet_id, project_id, held) select s.id, p.id, 1 from quota_sheet s "
            "join organisation o on o.id = s.organisation_id and o.parent_id = :county "
            "join project p on p.category_id = :category and p.position >= 11"
        ),
        (
            "insert into quota (sheet_id, project_id, held, given) "
            "select s.id, p.id, :schools, :schools from quota_sheet s "
            "join organisation o on o.id = s.organisation_id and :path like o.quota_path || '%' "
            "join project p on p.category_id = :category and p.position >= 11"
        ),
    ):
        used = {k: v for k, v in values.items() if f":{k}" in statement}
        tree.session.execute(text(statement), used)
    tree.session.commit()
    # The database never sees rows of a test's transaction by itself, and would guess there are none.
    tree.session.execute(text("analyze organisation, project, quota_sheet, quota"))


def test_20_000_school_cells_take_few_statements(tree: Tree, client: FlaskClient) -> None:
    _grow(tree, schools=2000, columns=10)
    sign_in(client, make_user(tree.session, tree.bodies["省"], "province_officer"))
    base = f"/quotas/{tree.category.id}/board"
    county = tree.bodies["乙一县"].id
    moment = f"{clock.now().astimezone(clock.CHINA):%Y-%m-%dT%H:%M}"
    for url in (base, f"{base}/{county}", f"{base}?view=projects", f"{base}?at={moment}"):
        tree.session.expire_all()
        with counted_statements() as seen:
            assert client.get(url).status_code == 200
        assert len(seen) < 25, f"{url}: {len(seen)}"
    board = queries.board(tree.category, tree.bodies["省"])
    city = next(row for row in board.rows if row.name == "乙市")
    assert city.at_schools == 20_000
    page = hidden(client.get(base))
    top = tree.bodies["省"].id
    answer = client.post(f"{base}/{top}/export", data=page)
    assert answer.status_code == 303
    job = tree.session.scalars(select(Job).where(Job.kind == "boards.export")).one()
    assert job.total > 2000


class TestUnfinished:
    """The bodies at every depth that have not handed down all they hold, and the line that leads there."""

    def names(self, tree: Tree, top: str = "省", as_at: datetime | None = None) -> list[str]:
        """Who has not finished below a body."""
        rows = queries.unfinished(tree.category, tree.bodies[top], as_at)
        return [row.name for row in rows]

    def test_whoever_holds_unassigned_places_at_any_depth(self, tree: Tree) -> None:
        assert self.names(tree) == ["甲市", "乙市", "直管县", "甲一县"]
        assert self.names(tree, "甲市") == ["甲一县"]
        row = queries.unfinished(tree.category, tree.bodies["甲市"])[0]
        assert (row.above, row.held, row.given, row.unassigned) == ("甲市", 12, 6, 6)
        assert self.names(tree, as_at=clock.now()) == self.names(tree)
        assert self.names(tree, as_at=tree.plan.issued_at - timedelta(days=1)) == []

    def test_the_province_is_told_and_led_to_the_filtered_board(
        self, tree: Tree, client: FlaskClient
    ) -> None:
        officer = make_user(tree.session, tree.bodies["省"], "province_officer")
        (item,) = queries.todo(tree.viewer("省", "province_officer"))
        assert (item.count, item.title.values["n"]) == (4, "4")
        sign_in(client, officer)
        page = client.get(item.url).text
        assert "甲一县" in page
        assert "甲一县一小" not in page
        assert item.url in client.get("/home").text
        (item,) = queries.todo(tree.viewer("甲市"))
        assert item.count == 1
        assert queries.todo(tree.viewer("甲一县")) == []

    def test_nobody_is_named_when_all_have_finished(self, tree: Tree, client: FlaskClient) -> None:
        assert queries.unfinished(tree.category, tree.bodies["乙一县"]) == []
        sign_in(client, make_user(tree.session, tree.bodies["甲二县"], "bureau_officer"))
        page = client.get(f"/quotas/{tree.category.id}/board?open=below").text
        assert 'class="empty"' in page
