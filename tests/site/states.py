"""Things in the states in which an act is allowed, beside those of the world where it is not.

The world's plan is running and its table is on its way: so nobody could edit the plan, issue or take
back a table. Here *near* stands for the state in which the act may be done; *far* stays the world's.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from provincial.core import clock
from provincial.people.organisations.rules import Kind
from provincial.planning.allocations.actions import issue, prepare, submit
from provincial.planning.allocations.models import QuotaTable
from provincial.planning.plans.models import Plan, Project, ProjectCategory, Window
from provincial.rulebook.loader import builtin
from tests.people.factories import make_organisation
from tests.site.world import DAY, World

Special = dict[str, dict[str, dict[str, Any]]]
#: Acts on a plan that is still a draft.
_WHILE_DRAFT = (
    "plans.edit", "projects.add", "projects.edit", "projects.add_columns", "projects.edit_column",
    "projects.move_column", "projects.remove", "projects.remove_column",
    "windows.add", "windows.edit", "windows.remove",
)  # fmt: skip


def special_states(world: World) -> Special:
    """The values of the routes by endpoint and side."""
    draft = _draft_plan(world)
    found: Special = {endpoint: {"near": draft} for endpoint in _WHILE_DRAFT}
    waiting, issued = _table(world, "waiting"), _table(world, "issued")
    issue(issued, by=world.viewer("PA"), on=DAY)
    found["allocations.issue"] = {"near": {"table_id": waiting.id}}
    found["allocations.undo"] = {"near": {"table_id": issued.id}}
    closed = make_organisation(world.session, Kind.SCHOOL, "近县旧小学", world.bodies["county"])
    closed.state = "closed"
    world.session.flush()
    found["reorganisation.reopen"] = {"near": {"body_id": closed.id}}
    return found


def _draft_plan(world: World) -> dict[str, Any]:
    """A plan that its maker has not handed on, with a category, a column and a window."""
    now = clock.now()
    plan = Plan(
        code="draft-2024",
        title="下年度计划",
        year=2024,
        rulebook_code="henan-2023",
        rulebook=builtin("henan-2023").to_data(),
        prepared_by_id=world.people["PO"].id,
    )
    world.session.add(plan)
    world.session.flush()
    category, project = _category(world, plan.id, "draft")
    window = Window(
        plan_id=plan.id,
        kind="nominations.selection_due",
        opens_at=now,
        closes_at=now + timedelta(days=30),
    )
    world.session.add(window)
    world.session.flush()
    return {
        "plan_id": plan.id,
        "category_id": category.id,
        "project_id": project.id,
        "window_id": window.id,
    }


def _category(world: World, plan_id: int, code: str) -> tuple[ProjectCategory, Project]:
    category = ProjectCategory(plan_id=plan_id, code=code, name=f"类别{code}", has_quota_table=True)
    world.session.add(category)
    world.session.flush()
    project = Project(
        category_id=category.id, position=0, stage="primary", subject="语文", name="小学语文"
    )
    world.session.add(project)
    world.session.flush()
    return category, project


def _table(world: World, code: str) -> QuotaTable:
    """A table that one officer has prepared and submitted, in a category of its own."""
    office = world.bodies["office"]
    office.contact_name, office.contact_phone = "联系人", "0371-60000000"
    office.contact_email = "contact@site.example"
    category, project = _category(world, world.near["plan_id"], code)
    places = {(world.bodies["city"].id, project.id): 5}
    table = prepare(category, places, "form", by=world.viewer("PO"))
    submit(table, reason="", by=world.viewer("PO"))
    return table
