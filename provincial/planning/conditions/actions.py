"""Writing what a project asks of teachers."""

from __future__ import annotations

from collections.abc import Sequence

from provincial.core.db import lock
from provincial.core.refusals import StaleVersion
from provincial.core.text import t
from provincial.core.viewer import Viewer
from provincial.office.journal.actions import record
from provincial.planning.conditions.rules import Conditions, check_conditions, require_notice
from provincial.planning.plans.models import Project, SupplementaryNotice
from provincial.planning.rulebooks.rules import require_reason


def set_conditions(
    projects: Sequence[Project],
    asked: Conditions,
    *,
    by: Viewer,
    notice: SupplementaryNotice | None = None,
    reason: str = "",
    expected_version: int | None = None,
) -> int:
    """Set what the projects of one category ask of teachers; answers how many changed (HN-37).

    Free while the plan is a draft; afterwards ``notice`` must be a supplementary notice in force of
    the same plan, and ``reason`` is kept. Nominations that stand are judged anew at their next step.
    ``expected_version`` is that of the first project.
    """
    plan = projects[0].category.plan
    lock(plan)
    require_notice(plan.state, notice.state if notice and notice.plan_id == plan.id else None)
    check_conditions(asked)
    if plan.state != "draft":
        reason = require_reason(reason)
    data, changed = asked.as_data(), 0
    for project in sorted(projects, key=lambda one: one.id):
        lock(project)
        if project is projects[0] and expected_version not in (None, project.version):
            raise StaleVersion(
                t("A colleague has changed these conditions in the meantime. Look at them again."),
                theirs=dict(project.conditions),
            )
        if project.conditions == data:
            continue
        before, project.conditions = dict(project.conditions), data
        project.version += 1
        changed += 1
        record(
            "conditions.set",
            project,
            by=by,
            before=before,
            after=data | ({"notice": notice.doc_number} if notice else {}),
            reason=reason,
            label=project.name,
            said=t("Changed the conditions of “%(column)s”", column=project.name),
        )
    return changed
