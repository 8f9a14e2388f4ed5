"""Every parameter that a notice may set: the table that loader, checker and pages read.

A room that needs a new parameter adds it to the ``parameters_*`` module of its wing.
"""

from __future__ import annotations

from provincial.rulebook import (
    parameters_claims,
    parameters_credits,
    parameters_planning,
    parameters_programmes,
    parameters_results,
    parameters_training,
)
from provincial.rulebook.parameter import Group, Parameter

#: All groups in the order of display.
GROUPS: tuple[Group, ...] = (
    *parameters_planning.GROUPS,
    *parameters_programmes.GROUPS,
    *parameters_training.GROUPS,
    *parameters_results.GROUPS,
    *parameters_credits.GROUPS,
    *parameters_claims.GROUPS,
)
_GROUP_BY_CODE = {group.code: group for group in GROUPS}
#: All parameters by key.
PARAMETERS: dict[str, Parameter] = {
    parameter.key: parameter for group in GROUPS for parameter in group.parameters
}


def group(code: str) -> Group | None:
    """The group with this code."""
    return _GROUP_BY_CODE.get(code)


def parameter(key: str) -> Parameter | None:
    """The parameter with this key."""
    return PARAMETERS.get(key)
