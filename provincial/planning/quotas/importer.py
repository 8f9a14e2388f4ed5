"""The names by which a quota table may call the projects of a plan."""

from __future__ import annotations

from provincial.adapters.quota_tables import ColumnName
from provincial.planning.plans.models import Project
from provincial.rulebook.vocabulary import find_subject


def column_name(project: Project) -> ColumnName:
    """A project as a heading names it, with the other words of its subject."""
    stage, own = project.words
    term = find_subject(own)
    others = (term.name, *term.aliases) if term is not None else ()
    return ColumnName(project.id, stage, own, (*others, project.name))
