"""What a category and a column must be."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from provincial.core.refusals import Refusal, WrongState
from provincial.core.text import Text, t
from provincial.planning.plans.rules import PlanState
from provincial.rulebook.vocabulary import STAGES, SUBJECTS, column_name, split_column

_CODE = re.compile(r"[a-z][a-z0-9_]{1,59}")
#: States of the plan in which an annex may still bring columns.
COLUMNS_MAY_COME = (PlanState.DRAFT, PlanState.ISSUED, PlanState.RUNNING)


def stages() -> list[tuple[str, Text]]:
    """Codes and words of the school stages."""
    return [(term.code, term.label) for term in STAGES]


def subjects() -> list[tuple[str, Text]]:
    """Codes and words of the subjects."""
    return [(term.code, term.label) for term in SUBJECTS]


def require_code(code: str, taken: Collection[str]) -> str:
    """A category's code: small letters, digits and underscores, once in a plan."""
    code = code.strip()
    if not _CODE.fullmatch(code):
        raise Refusal(
            t("The code has small letters, digits and underscores, such as key_teachers."),
            field="code",
        )
    if code in taken:
        raise Refusal(t("The code “%(code)s” is taken.", code=code), field="code")
    return code


def require_listed(names: Mapping[str, str], codes: Sequence[str], field: str, rule: str) -> None:
    """Themes, tiers and lines come from the rulebook's lists (GP-03, GP-08, GP-37)."""
    for code in codes:
        if code and code not in names:
            raise Refusal(
                t("“%(code)s” is not in the rulebook's list.", code=code), field=field, rule=rule
            )


def read_columns(text: str) -> list[tuple[str, str, str]]:
    """Stage, subject and name of columns as typed, one per line or between commas (小学语文).

    Refuses the first that names no stage and subject, and one that stands twice.
    """
    found: list[tuple[str, str, str]] = []
    for part in re.split(r"[\n,,、;;]+", text):
        typed = part.strip()
        if not typed:
            continue
        terms = split_column(typed)
        if terms is None:
            raise Refusal(
                t("“%(text)s” names no stage and subject. Write for example 小学语文.", text=typed),
                field="columns",
                rule="HN-04",
            )
        stage, subject = terms
        if any((stage.code, subject.code) == row[:2] for row in found):
            raise Refusal(t("“%(text)s” stands twice.", text=typed), field="columns")
        found.append((stage.code, subject.code, column_name(stage.code, subject.code)))
    if not found:
        raise Refusal(t("Name at least one column."), field="columns")
    return found


def require_draft(state: str) -> None:
    """Categories change only while the plan is a draft."""
    if state != PlanState.DRAFT:
        raise WrongState(t("The plan has been issued; its categories can no longer be changed."))


def require_columns_may_come(state: str) -> None:
    """Columns are added in a draft, or later when an annex brings them."""
    if state not in COLUMNS_MAY_COME:
        raise WrongState(t("The plan is no longer open for new columns."))


def reordered(ids: Sequence[int], moved: int, places: int) -> list[int]:
    """The order after one column has moved left (-1) or right (+1); ends stay ends."""
    order = list(ids)
    start = order.index(moved)
    target = max(0, min(len(order) - 1, start + places))
    order.insert(target, order.pop(start))
    return order
