"""The names by which a quota table may call the bodies and projects of a plan."""

from __future__ import annotations

from provincial.adapters.quota_tables import ColumnName, UnitName
from provincial.people.organisations.models import Organisation
from provincial.planning.plans.models import Project
from provincial.rulebook.vocabulary import find_subject


def unit_name(body: Organisation) -> UnitName:
    """A body with every name it goes by."""
    others = [*body.aliases, body.formal_name] if body.formal_name else list(body.aliases)
    return UnitName(body.id, body.name, tuple(others), body.code)


def column_name(project: Project) -> ColumnName:
    """A project as a heading names it, with the other words of its subject."""
    stage, own = project.words
    term = find_subject(own)
    others = (term.name, *term.aliases) if term is not None else ()
    return ColumnName(project.id, stage, own, (*others, project.name))
