"""The one act of these pages themselves: a list of names leaves the site, and that is noted."""

from __future__ import annotations

from provincial.core.text import t
from provincial.core.viewer import Viewer
from provincial.office.journal.actions import record
from provincial.planning.nominations.queries import Wanted
from provincial.planning.plans.models import ProjectCategory


def note_export(rows: int, category: ProjectCategory, wanted: Wanted, *, by: Viewer) -> None:
    """Keep who took which names out of the site, how many, and under which filter (R30)."""
    record(
        "nominations.export",
        category,
        by=by,
        after={"rows": rows, "filter": wanted.as_data()},
        label=category.name,
        org_path=by.path,
        said=t("Exported %(count)s nominations", count=rows),
    )
