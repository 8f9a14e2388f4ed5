"""Adding, describing and taking away categories and their columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy.exc import IntegrityError

from provincial.core.db import db
from provincial.core.refusals import Refusal, StaleVersion
from provincial.core.text import Text, t
from provincial.core.viewer import Viewer
from provincial.office.journal.actions import record
from provincial.planning.plans.models import Plan, Project, ProjectCategory
from provincial.planning.plans.queries import current_rulebook
from provincial.planning.projects import queries, rules
from provincial.planning.rulebooks.rules import require_reason


@dataclass(frozen=True, slots=True)
class Description:
    """What annex 1 says of a category (HN-05), with theme, tier and line (GP-03, GP-08, GP-37)."""

    name: str
    has_quota_table: bool = False
    annex: str = ""
    target: str = ""
    eligibility: str = ""
    face_days: int | None = None
    online_hours: int | None = None
    outcomes_required: str = ""
    themes: Sequence[str] = ()
    tier: str = ""
    programme_line: str = ""


def add_category(plan: Plan, code: str, description: Description, *, by: Viewer) -> ProjectCategory:
    """Add a category at the end of a draft (HN-04)."""
    _lock_plan(plan)
    rules.require_draft(plan.state)
    taken = {row.code for row in plan.categories}
    code = rules.require_code(code, taken)
    _require_listed(plan, description)
    category = ProjectCategory(
        plan_id=plan.id, code=code, position=len(taken), **_values(description)
    )
    db.session.add(category)
    db.session.flush()
    db.session.expire(plan, ["categories"])
    _record(plan, "add_category", by, t("Added the category “%(name)s”", name=category.name))
    return category


def describe(
    category: ProjectCategory,
    description: Description,
    *,
    by: Viewer,
    expected_version: int | None = None,
) -> None:
    """Fill in or change what a category is (HN-05)."""
    _lock_plan(category.plan)
    rules.require_draft(category.plan.state)
    db.session.refresh(category, with_for_update=True)
    if expected_version is not None and expected_version != category.version:
        names = [field.name for field in fields(Description)]
        raise StaleVersion(
            t("A colleague has saved this category in the meantime. Compare and save again."),
            theirs={name: getattr(category, name) for name in names},
        )
    _require_listed(category.plan, description)
    values = _values(description)
    before = {name: getattr(category, name) for name in values}
    for name, value in values.items():
        setattr(category, name, value)
    changed = [name for name in values if values[name] != before[name]]
    if changed:
        category.version += 1
        _record(
            category.plan,
            "describe_category",
            by,
            t("Changed the category “%(name)s”", name=category.name),
            before={name: before[name] for name in changed},
            after={name: values[name] for name in changed},
        )
    db.session.flush()


def remove_category(category: ProjectCategory, *, by: Viewer, reason: str) -> None:
    """Take a category with its columns out of a draft."""
    plan, name = category.plan, category.name
    _lock_plan(plan)
    rules.require_draft(plan.state)
    reason = require_reason(reason)
    _delete([*queries.columns(category), category])
    db.session.expire(plan, ["categories"])
    said = t("Took the category “%(name)s” out", name=name)
    _record(plan, "remove_category", by, said, reason=reason, before={"code": category.code})


def add_columns(category: ProjectCategory, typed: str, *, by: Viewer) -> list[Project]:
    """Add columns such as 小学语文 at the end, also after the issue when an annex brings them."""
    _lock_plan(category.plan)
    rules.require_columns_may_come(category.plan.state)
    there = queries.columns(category)
    known = {(row.stage, row.subject) for row in there}
    added: list[Project] = []
    for stage, subject, name in rules.read_columns(typed):
        if (stage, subject) in known:
            raise Refusal(t("There is a column “%(name)s” already.", name=name), field="columns")
        project = Project(
            category_id=category.id,
            position=len(there) + len(added),
            stage=stage,
            subject=subject,
            name=name,
            themes=list(category.themes),
            tier=category.tier,
        )
        db.session.add(project)
        added.append(project)
    db.session.flush()
    db.session.expire(category, ["projects"])
    names = "、".join(project.name for project in added)
    said = t("Added columns to “%(name)s”: %(columns)s", name=category.name, columns=names)
    _record(category.plan, "add_columns", by, said, after={"columns": names})
    return added


def remove_column(project: Project, *, by: Viewer, reason: str) -> None:
    """Take a column away while no places stand in it."""
    category = project.category
    _lock_plan(category.plan)
    rules.require_columns_may_come(category.plan.state)
    reason = require_reason(reason)
    name = project.name
    _delete([project])
    _number(queries.columns(category))
    db.session.expire(category, ["projects"])
    said = t("Took the column “%(column)s” out of “%(name)s”", column=name, name=category.name)
    _record(category.plan, "remove_column", by, said, reason=reason)


def move_column(project: Project, places: int, *, by: Viewer) -> None:
    """Move a column to the left (-1) or to the right (+1) of a draft's table."""
    category = project.category
    _lock_plan(category.plan)
    rules.require_draft(category.plan.state)
    there = {row.id: row for row in queries.columns(category)}
    order = rules.reordered(list(there), project.id, places)
    _number([there[number] for number in order])
    db.session.expire(category, ["projects"])
    said = t("Moved the column “%(column)s” of “%(name)s”", column=project.name, name=category.name)
    _record(category.plan, "move_column", by, said, after={"position": project.position})


def set_project_themes(project: Project, themes: Sequence[str], tier: str, *, by: Viewer) -> None:
    """Say which themes a project carries and to which tier it belongs (GP-01, GP-03, GP-08)."""
    plan = project.category.plan
    _lock_plan(plan)
    rules.require_draft(plan.state)
    _require_names(plan, themes, tier, "")
    before = {"themes": project.themes, "tier": project.tier}
    project.themes, project.tier = list(themes), tier
    db.session.flush()
    said = t("Changed themes and tier of “%(column)s”", column=project.name)
    after = {"themes": project.themes, "tier": tier}
    _record(plan, "set_project_themes", by, said, before=before, after=after)


def _number(projects: Sequence[Project]) -> None:
    for position, project in enumerate(projects):
        project.position = position
    db.session.flush()


def _delete(rows: Sequence[Project | ProjectCategory]) -> None:
    """Delete rows that nothing refers to; places that stand in a column keep it."""
    try:
        with db.session.begin_nested():
            for row in rows:
                db.session.delete(row)
                db.session.flush()
    except IntegrityError as error:
        raise Refusal(
            t("Places have been handed out here; take them back before the column goes.")
        ) from error


def _values(description: Description) -> dict[str, object]:
    values = {field.name: getattr(description, field.name) for field in fields(description)}
    return {**values, "themes": list(description.themes)}


def _require_listed(plan: Plan, description: Description) -> None:
    _require_names(plan, description.themes, description.tier, description.programme_line)


def _require_names(plan: Plan, themes: Sequence[str], tier: str, line: str) -> None:
    rulebook = current_rulebook(plan)
    names = rulebook.names
    rules.require_listed(names("classification.themes"), themes, "themes", "GP-03")
    rules.require_listed(names("classification.tiers"), [tier], "tier", "GP-08")
    lines = names("classification.programme_lines")
    rules.require_listed(lines, [line], "programme_line", "GP-37")


def _lock_plan(plan: Plan) -> None:
    db.session.flush()
    db.session.refresh(plan, with_for_update=True)


def _record(plan: Plan, verb: str, by: Viewer, said: Text, **more: Any) -> None:
    record(f"projects.{verb}", plan, by=by, label=plan.title, said=said, **more)
