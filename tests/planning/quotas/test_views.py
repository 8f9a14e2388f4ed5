"""The pages of a holder over HTTP: what is shown, kept, refused, and done once."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from provincial.core import clock
from provincial.office.messages.models import Message
from provincial.office.papers.models import Paper
from provincial.people.accounts.models import Mandate
from provincial.planning.ledger.models import QuotaBatch
from provincial.planning.ledger.queries import sheet_of
from provincial.planning.moves.actions import follow_move
from provincial.planning.plans.models import Window
from provincial.planning.quotas import actions, queries
from tests.people.factories import make_user, sign_in, viewer_of
from tests.planning.tree import Tree, small_province


@pytest.fixture
def tree(session: Session) -> Tree:
    """Issued: 甲市 120 and 30, 乙市 10 and 10, 直管县 5 and 5; the plan is under way."""
    tree = small_province(session)
    tree.category.plan.state = "issued"
    tree.category.plan.doc_number = "教办师〔2023〕389号"
    tree.category.plan.prepared_by_id, tree.category.plan.issued_by_id = 1, 2
    tree.category.plan.issued_at = clock.now()
    tree.issue({"甲市": [120, 30], "乙市": [10, 10], "直管县": [5, 5]})
    session.commit()
    return tree


def as_officer(tree: Tree, client: FlaskClient, name: str, role: str = "bureau_officer") -> None:
    """Sign an officer of a body in."""
    sign_in(client, make_user(tree.session, tree.bodies[name], role))


def hidden(page: TestResponse) -> dict[str, str]:
    """The hidden fields of a page's last form."""
    fields = re.findall(r'<input[^>]*type="hidden"[^>]*>', page.text)
    found = {}
    for field in fields:
        name = re.search(r'name="([^"]+)"', field)
        value = re.search(r'value="([^"]*)"', field)
        if name:
            found[name[1]] = value[1].replace("&#34;", '"') if value else ""
    return found


def cell(tree: Tree, body: str, column: int) -> str:
    """The input of a body's column."""
    return f"c{tree.bodies[body].id}_{tree.projects[column].id}"


def split_url(tree: Tree, name: str = "甲市") -> str:
    """The split page of a body."""
    return f"/quotas/sheets/{tree.sheet(name).id}/split"


@pytest.mark.rule("HN-41")
def test_a_city_sees_its_green_channel_with_ratio_rounding_and_article(
    tree: Tree, client: FlaskClient
) -> None:
    as_officer(tree, client, "甲市")
    page = client.get(f"/quotas/sheets/{tree.sheet('甲市').id}")
    assert page.status_code == 200
    assert "120 × 5 %" in page.text
    assert "30 × 5 % = 1.5" in page.text
    assert "A-09" in page.text
    assert "教办师〔2023〕389号 三(二)" in page.text


def test_a_county_has_no_green_channel(tree: Tree, client: FlaskClient) -> None:
    as_officer(tree, client, "直管县")
    page = client.get(f"/quotas/sheets/{tree.sheet('直管县').id}")
    assert "× 5 %" not in page.text


def test_my_places_show_each_sheet_and_the_province_each_category(
    tree: Tree, client: FlaskClient
) -> None:
    as_officer(tree, client, "甲市")
    assert "骨干" in client.get("/quotas/").text
    as_officer(tree, client, "省", "province_officer")
    page = client.get("/quotas/").text
    assert f"/quotas/{tree.category.id}/board" in page
    assert f"/allocations/{tree.category.id}" in page


def test_what_a_body_below_holds_is_read_from_its_page(tree: Tree, client: FlaskClient) -> None:
    """R3: the province and the body itself read it, another city does not."""
    city = tree.bodies["甲市"]
    for name, role, status in (
        ("省", "province_officer", 200),
        ("甲市", "bureau_officer", 200),
        ("乙市", "bureau_officer", 404),
        ("甲市", "teacher", 403),
    ):
        as_officer(tree, client, name, role)
        page = client.get(f"/quotas/bodies/{city.id}")
        assert page.status_code == status
        assert (f"/quotas/{tree.category.id}/board/{city.id}" in page.text) == (status == 200)
    office = tree.viewer("省", "province_officer")
    assert queries.holds_places(office, city)
    assert not queries.holds_places(office, tree.bodies["甲二县"])


def test_outside_the_quota_subtree_nothing_exists(tree: Tree, client: FlaskClient) -> None:
    """R3: another city's sheet is 404; a sheet above one's own too."""
    as_officer(tree, client, "乙市")
    assert client.get(f"/quotas/sheets/{tree.sheet('甲市').id}").status_code == 404
    assert client.get(f"/quotas/sheets/{tree.sheet('省').id}").status_code == 404
    assert client.get(split_url(tree)).status_code == 404
    assert (
        client.get(f"/quotas/{tree.category.id}/board/{tree.bodies['甲市'].id}").status_code == 404
    )
    as_officer(tree, client, "省", "province_officer")
    assert client.get(split_url(tree)).status_code == 403


def test_the_grid_saves_what_was_typed_in_any_hand(tree: Tree, client: FlaskClient) -> None:
    as_officer(tree, client, "甲市")
    form = hidden(client.get(split_url(tree)))
    typed = {
        cell(tree, "甲一县", 0): "７０",
        cell(tree, "甲一县", 1): "—",
        cell(tree, "甲二县", 0): " 5 ",
    }
    answer = client.post(split_url(tree), data=form | typed)
    assert answer.status_code == 303
    assert (tree.held("甲一县"), tree.held("甲二县")) == ([70, 0], [5, 0])


def test_a_form_sent_twice_acts_once(tree: Tree, client: FlaskClient) -> None:
    """R13."""
    as_officer(tree, client, "甲市")
    form = hidden(client.get(split_url(tree))) | {cell(tree, "甲一县", 0): "7"}
    for _turn in range(2):
        assert client.post(split_url(tree), data=form).status_code == 303
    kinds = tree.session.scalars(select(QuotaBatch.kind).where(QuotaBatch.kind == "split")).all()
    assert len(kinds) == 1


@pytest.mark.parametrize("raw", ["-1", "2.5", "seven", "9" * 19, "9" * 30, "1e3"])
def test_a_bad_cell_is_named_and_everything_typed_is_kept(
    tree: Tree, client: FlaskClient, raw: str
) -> None:
    as_officer(tree, client, "甲市")
    form = hidden(client.get(split_url(tree)))
    typed = {cell(tree, "甲一县", 0): raw, cell(tree, "甲二县", 1): "3"}
    page = client.post(split_url(tree), data=form | typed)
    assert page.status_code == 422
    assert "甲一县 · 小学语文" in page.text
    assert f'value="{raw}"' in page.text
    assert 'value="3"' in page.text
    assert tree.held("甲二县") == [0, 0]


@pytest.mark.rule("HN-38")
def test_more_than_is_held_is_refused_with_the_column_named(
    tree: Tree, client: FlaskClient
) -> None:
    as_officer(tree, client, "甲市")
    form = hidden(client.get(split_url(tree)))
    page = client.post(split_url(tree), data=form | {cell(tree, "甲一县", 1): "31"})
    assert page.status_code == 422
    assert "小学数学" in page.text
    assert 'value="31"' in page.text
    assert 'data-state="over"' in page.text


def test_r12_the_second_officer_sees_both_versions_and_keeps_what_was_typed(
    tree: Tree, client: FlaskClient
) -> None:
    """R12: a lost update is refused; the page shows theirs and mine, and can then be saved."""
    as_officer(tree, client, "甲市")
    mine = hidden(client.get(split_url(tree)))
    actions.split(
        tree.sheet("甲市"),
        tree.wanted({"甲一县": [40, 0], "甲二县": [2, 0]}),
        by=tree.viewer("甲市"),
        now=clock.now(),
    )
    tree.session.commit()
    typed = {cell(tree, "甲一县", 0): "33", cell(tree, "甲二县", 0): ""}
    page = client.post(split_url(tree), data=mine | typed)
    assert page.status_code == 409
    assert "甲一县 · 小学语文" in page.text
    assert 'value="33"' in page.text
    # What I did not touch is theirs now, not my stale figure.
    assert re.search(rf'name="{cell(tree, "甲二县", 0)}" value="2"', page.text)
    again = hidden(page) | {cell(tree, "甲一县", 0): "33", cell(tree, "甲二县", 0): "2"}
    assert client.post(split_url(tree), data=again).status_code == 303
    assert (tree.held("甲一县"), tree.held("甲二县")) == ([33, 0], [2, 0])


@pytest.mark.rule("HN-40")
def test_r26_a_page_left_open_over_the_deadline_keeps_what_was_typed(
    tree: Tree, client: FlaskClient
) -> None:
    as_officer(tree, client, "甲市")
    form = hidden(client.get(split_url(tree)))
    now = clock.now()
    tree.session.add(
        Window(
            plan_id=tree.category.plan_id,
            kind="quotas.split_due",
            opens_at=now - timedelta(days=3),
            closes_at=now - timedelta(seconds=1),
        )
    )
    tree.session.commit()
    page = client.post(split_url(tree), data=form | {cell(tree, "甲一县", 0): "44"})
    assert page.status_code == 422
    assert 'value="44"' in page.text
    assert tree.held("甲一县") == [0, 0]


def test_a_wide_table_of_130_bodies_is_paged_and_can_be_saved_whole(
    tree: Tree, client: FlaskClient
) -> None:
    """130 bodies by 18 columns in one form; by default a screenful."""
    for n in range(130):
        tree.add("county", f"第{n:03}县", "乙市")
    tree.session.commit()
    as_officer(tree, client, "乙市")
    url = split_url(tree, "乙市")
    page = client.get(url)
    assert page.text.count("第") >= 40
    assert "第099县" not in page.text
    found = client.get(url + "?q=第099县")
    assert "第099县" in found.text
    whole = client.get(url + "?all=1")
    typed = {cell(tree, f"第{n:03}县", 0): "1" if n < 10 else "0" for n in range(130)}
    typed |= {f"c{tree.bodies['第001县'].id}_{10**9 + n}": "1" for n in range(2300)}
    assert client.post(url + "?all=1", data=hidden(whole) | typed).status_code == 303
    assert tree.given("乙市") == [10, 0]
    refused = client.post(
        url + "?q=第099县", data=hidden(client.get(url)) | {cell(tree, "第099县", 0): "1"}
    )
    assert refused.status_code == 422


@pytest.mark.rule("HN-66")
def test_a_body_without_a_contact_cannot_lock(tree: Tree, client: FlaskClient) -> None:
    actions.split(
        tree.sheet("甲市"),
        tree.wanted({"甲一县": [120, 30]}),
        by=tree.viewer("甲市"),
        now=clock.now(),
    )
    tree.bodies["甲市"].contact_name = ""
    tree.session.commit()
    as_officer(tree, client, "甲市")
    url = f"/quotas/sheets/{tree.sheet('甲市').id}/lock"
    refused = client.post(url, data=hidden(client.get(url)))
    assert refused.status_code == 422
    assert tree.sheet("甲市").state == "allocated"


@pytest.mark.rule("HN-38", "HN-67")
def test_locking_names_the_numbers_tells_everybody_and_writes_letters(
    tree: Tree, client: FlaskClient
) -> None:
    actions.split(
        tree.sheet("甲市"),
        tree.wanted({"甲一县": [100, 30], "甲二县": [20, 0]}),
        by=tree.viewer("甲市"),
        now=clock.now(),
    )
    tree.session.commit()
    as_officer(tree, client, "甲市")
    url = f"/quotas/sheets/{tree.sheet('甲市').id}/lock"
    page = client.get(url)
    assert "将向 2 个单位下达 150 个名额" in page.text
    assert client.post(url, data=hidden(page)).status_code == 303
    letters = tree.session.scalars(select(Paper).order_by(Paper.id)).all()
    assert [(p.addressee_name, p.state) for p in letters] == [
        ("甲一县", "valid"),
        ("甲二县", "valid"),
    ]
    assert len({p.number for p in letters}) == 2
    told = tree.session.scalars(select(Message.organisation_id)).all()
    assert {tree.bodies["甲一县"].id, tree.bodies["甲二县"].id} <= set(told)
    swap = f"/quotas/sheets/{tree.sheet('甲市').id}/swap"
    sent = {
        "giver_id": tree.bodies["甲一县"].id,
        "taker_id": tree.bodies["甲二县"].id,
        "project_id": tree.projects[0].id,
        "places": "5",
        "reason": "人数有变",
    }
    assert client.post(swap, data=hidden(client.get(swap)) | sent).status_code == 303
    states = tree.session.scalars(select(Paper.state).order_by(Paper.id)).all()
    assert states == ["replaced", "replaced", "valid", "valid"]
    back = tree.session.scalars(select(QuotaBatch).where(QuotaBatch.kind == "swap")).one()
    page = client.get(f"/quotas/batches/{back.id}")
    sent_back = hidden(page) | {"reason": "换错了", "whole": "1"}
    assert client.post(f"/quotas/batches/{back.id}/undo", data=sent_back).status_code == 303
    assert tree.held("甲二县") == [20, 0]
    valid = tree.session.scalars(select(Paper).where(Paper.state == "valid")).all()
    assert sorted(p.content["total"] for p in valid) == [20, 130]


def test_unlocking_asks_why_and_locking_again_writes_only_what_changed(
    tree: Tree, client: FlaskClient
) -> None:
    sheet = tree.sheet("甲市")
    wanted = tree.wanted({"甲一县": [100, 30], "甲二县": [20, 0]})
    actions.split(sheet, wanted, by=tree.viewer("甲市"), now=clock.now())
    actions.lock(sheet, by=tree.viewer("甲市"), on=clock.today())
    tree.session.commit()
    as_officer(tree, client, "甲市")
    page = client.get(f"/quotas/sheets/{sheet.id}")
    url = f"/quotas/sheets/{sheet.id}/unlock"
    assert client.post(url, data=hidden(page) | {"reason": ""}).status_code == 422
    assert client.post(url, data=hidden(page) | {"reason": "核对后调整"}).status_code == 303
    assert actions.lock(tree.sheet("甲市"), by=tree.viewer("甲市"), on=clock.today()) == []


def test_the_acts_that_move_single_places(tree: Tree, client: FlaskClient) -> None:
    as_officer(tree, client, "甲市")
    base = f"/quotas/sheets/{tree.sheet('甲市').id}"
    common = {"project_id": tree.projects[0].id, "places": "4", "reason": "补充"}
    page = hidden(client.get(f"{base}/top-up"))
    sent = page | common | {"organisation_id": tree.bodies["甲一县"].id}
    assert client.post(f"{base}/top-up", data=sent).status_code == 303
    assert tree.held("甲一县") == [4, 0]
    page = hidden(client.get(f"{base}/give-back"))
    assert client.post(f"{base}/give-back", data=page | common).status_code == 303
    assert tree.held("甲市") == [116, 30]
    too_many = hidden(client.get(f"{base}/give-back")) | common | {"places": "113"}
    assert client.post(f"{base}/give-back", data=too_many).status_code == 422
    for bad in ("0", "-1", "x", "1.5", str(2**63)):
        form = hidden(client.get(f"{base}/give-back")) | common | {"places": bad}
        assert client.post(f"{base}/give-back", data=form).status_code == 422


@pytest.mark.rule("HN-40")
def test_the_day_for_those_below_is_never_later(tree: Tree, client: FlaskClient) -> None:
    now = clock.now()
    tree.session.add(
        Window(
            plan_id=tree.category.plan_id,
            kind="quotas.split_due",
            opens_at=now - timedelta(days=3),
            closes_at=clock.end_of(clock.today() + timedelta(days=5)),
        )
    )
    tree.session.commit()
    as_officer(tree, client, "甲市")
    url = f"/quotas/sheets/{tree.sheet('甲市').id}/due-below"
    later = {"due_below": (clock.today() + timedelta(days=6)).isoformat()}
    assert client.post(url, data=hidden(client.get(url)) | later).status_code == 422
    earlier = {"due_below": (clock.today() + timedelta(days=4)).isoformat()}
    assert client.post(url, data=hidden(client.get(url)) | earlier).status_code == 303


def test_undoing_row_by_row_names_what_stands_in_the_way(tree: Tree, client: FlaskClient) -> None:
    batch = actions.split(
        tree.sheet("甲市"),
        tree.wanted({"甲一县": [10, 0], "甲二县": [5, 0]}),
        by=tree.viewer("甲市"),
        now=clock.now(),
    )
    assert batch is not None
    actions.split(
        tree.sheet("甲一县"),
        tree.wanted({"甲一县一小": [6, 0]}),
        by=tree.viewer("甲一县"),
        now=clock.now(),
    )
    tree.session.commit()
    as_officer(tree, client, "甲市")
    page = client.get(f"/quotas/batches/{batch.id}")
    assert "甲一县已向下分解小学语文名额 6 个" in page.text
    assert page.text.count('name="entry"') == 1
    entry = re.search(r'name="entry" value="(\d+)"', page.text)
    assert entry
    sent = hidden(page) | {"reason": "导错了", "entry": entry[1]}
    assert client.post(f"/quotas/batches/{batch.id}/undo", data=sent).status_code == 303
    assert (tree.held("甲一县"), tree.held("甲二县")) == ([10, 0], [0, 0])
    sent = hidden(client.get(f"/quotas/batches/{batch.id}")) | {"reason": "再来", "whole": "1"}
    assert client.post(f"/quotas/batches/{batch.id}/undo", data=sent).status_code == 422


def test_an_act_under_a_mandate_says_so(tree: Tree, client: FlaskClient) -> None:
    city = tree.bodies["甲市"]
    mandate = Mandate(
        for_organisation_id=tree.bodies["甲一县"].id,
        by_organisation_id=city.id,
        reason="人员空缺",
        starts_on=clock.today(),
    )
    tree.session.add(mandate)
    tree.session.flush()
    actions.split(
        tree.sheet("甲市"), tree.wanted({"甲一县": [6, 0]}), by=tree.viewer("甲市"), now=clock.now()
    )
    user = make_user(tree.session, city, "bureau_officer", "李代办")
    county = tree.bodies["甲一县"]
    acting = viewer_of(
        user,
        mandate_id=mandate.id,
        organisation_id=county.id,
        organisation_name=county.name,
        path=county.path,
        quota_path=county.quota_path,
    )
    actions.split(
        tree.sheet("甲一县"), tree.wanted({"甲一县一小": [6, 0]}), by=acting, now=clock.now()
    )
    tree.session.commit()
    as_officer(tree, client, "甲一县")
    page = client.get(f"/quotas/sheets/{tree.sheet('甲一县').id}")
    assert "李代办" in page.text
    assert "由甲市代为办理" in page.text


def test_what_waits_names_the_column_the_day_and_the_article(tree: Tree) -> None:
    items = queries.todo(tree.viewer("甲市"))
    assert (
        str(items[0].title)
        == "Split places: 省级骨干教师培育 still has 150 unassigned in 2 columns"
    )
    assert items[0].source == "教办师〔2023〕389号 三(二)"
    actions.split(
        tree.sheet("甲市"),
        tree.wanted({"甲一县": [120, 18]}),
        by=tree.viewer("甲市"),
        now=clock.now(),
    )
    items = queries.todo(tree.viewer("甲市"))
    assert str(items[0].title) == "Split places: 小学数学 still has 12 unassigned"
    assert queries.todo(tree.viewer("甲一县一小", "principal")) == []
    assert sheet_of(tree.category.id, tree.bodies["甲二县"].id) is None


def test_r12_a_stale_page_stands_when_a_body_on_it_has_moved_away(
    tree: Tree, client: FlaskClient, session: Session
) -> None:
    """R12: the cells of the body that is gone are left out, the others keep what was typed."""
    as_officer(tree, client, "甲市")
    address = f"/quotas/sheets/{tree.sheet('甲市').id}/split"
    fields = hidden(client.get(address))
    gone, tree_by = tree.bodies["甲一县"], tree.viewer("省", "province_officer")
    actions.split(
        tree.sheet("甲市"), tree.wanted({"甲一县": [3, 0]}), by=tree.viewer("甲市"), now=clock.now()
    )
    follow_move(
        gone.id, tree.bodies["甲市"].id, tree.bodies["乙市"].id, reason="区划调整", by=tree_by
    )
    gone.quota_parent_id = tree.bodies["乙市"].id
    session.commit()
    typed = {cell(tree, "甲一县", 0): "7", cell(tree, "甲二县", 0): "9"}
    page = client.post(address, data={**fields, **typed})
    assert page.status_code == 409
    assert cell(tree, "甲一县", 0) not in re.sub(r'name="opened_with"[^>]*>', "", page.text)
    assert 'value="9"' in page.text


@pytest.mark.parametrize(
    "opened", ["[" * 3000, '{"c1_1": 1e400}', '{"c1_1": NaN}', "[1]", "9" * 5000]
)
def test_r15_a_hidden_field_that_is_not_ours_is_no_fault(
    tree: Tree, client: FlaskClient, opened: str
) -> None:
    as_officer(tree, client, "甲市")
    address = f"/quotas/sheets/{tree.sheet('甲市').id}/split"
    fields = hidden(client.get(address))
    sent = {**fields, "opened_with": opened, cell(tree, "甲二县", 0): "4"}
    assert client.post(address, data=sent).status_code in (303, 422)


def test_r15_ticked_rows_that_no_row_can_be_are_left_out(tree: Tree, client: FlaskClient) -> None:
    as_officer(tree, client, "甲市")
    batch = actions.split(
        tree.sheet("甲市"), tree.wanted({"甲一县": [3, 0]}), by=tree.viewer("甲市"), now=clock.now()
    )
    assert batch is not None
    tree.session.commit()
    fields = hidden(client.get(f"/quotas/batches/{batch.id}"))
    sent = {**fields, "entry": "9" * 5000, "reason": "误报"}
    assert client.post(f"/quotas/batches/{batch.id}/undo", data=sent).status_code == 422
    assert tree.held("甲一县") == [3, 0]


def test_r13_the_same_form_sent_again_with_other_content_is_refused_and_kept(
    tree: Tree, client: FlaskClient
) -> None:
    """R13: sent, gone back in the browser, changed and sent again: 409 with what was typed."""
    as_officer(tree, client, "甲市")
    address = f"/quotas/sheets/{tree.sheet('甲市').id}/top-up"
    fields = hidden(client.get(address))
    body, project = tree.bodies["甲一县"].id, tree.projects[0].id
    sent = {
        **fields, "organisation_id": body, "project_id": project, "places": "3", "reason": "补充"
    }  # fmt: skip
    assert client.post(address, data=sent).status_code == 303
    answer = client.post(address, data={**sent, "places": "4"})
    assert answer.status_code == 409
    assert "补充" in answer.text
    assert tree.held("甲一县") == [3, 0]
