"""Values that are each in order but cannot stand beside one another."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from provincial.core.findings import Severity
from provincial.core.text import Text, t
from provincial.rulebook import schema
from provincial.rulebook.choices import GRADES
from provincial.rulebook.loader import Rulebook
from provincial.rulebook.values import Kind, Value, Window, number_text


@dataclass(frozen=True, slots=True)
class Clash:
    """Two entries at odds; ``place`` is the one to look at first."""

    place: str
    message: Text
    rule: str = ""
    severity: Severity = Severity.BLOCK


#: Of each pair the first must not exceed the second.
ORDERED_NUMBERS = (
    ("hours.school_based_year_min", "hours.school_based_year_max", "PE-108"),
    ("hours.induction_practical_hours", "hours.induction_hours", "PE-30"),
    ("hours.year_hours", "hours.cycle_hours", "PE-26"),
    ("credits.year_credits", "credits.cycle_credits", "PE-32"),
    ("credits.above_county_year", "credits.above_county_cycle", "PE-34"),
    ("reports.cases_min", "reports.cases_max", "GP-34"),
)
#: Of each pair the first moment must not lie after the second ("." joins a window's end).
ORDERED_DATES = (
    ("plan.delivery.opens", "plan.completion_due"),
    ("proposals.due", "plan.completion_due"),
    ("proposals.opening_dates_due", "plan.completion_due"),
    ("nominations.selection_due", "plan.completion_due"),
    ("quotas.split_due", "nominations.selection_due"),
    ("proposals.window.opens", "proposals.review.opens"),
    ("proposals.review.opens", "proposals.published_on"),
    ("proposals.published_on", "plan.delivery.opens"),
    ("selections.browse.opens", "selections.round_1.opens"),
    ("selections.round_1.opens", "selections.principal_review_1.opens"),
    ("selections.round_1.closes", "selections.principal_review_1.closes"),
    ("selections.principal_review_1.closes", "selections.recheck_1.opens"),
    ("selections.round_1.closes", "selections.recheck_1.opens"),
    ("selections.expansion_apply.opens", "selections.expansion_decide.opens"),
    ("selections.round_1.closes", "selections.round_2.opens"),
    ("selections.recheck_1.closes", "selections.round_2.opens"),
    ("selections.round_2.closes", "selections.principal_review_2.closes"),
    ("selections.principal_review_2.closes", "selections.recheck_2.opens"),
    ("orders.submit.closes", "orders.list.opens"),
    ("orders.list.opens", "orders.respond.opens"),
    ("orders.respond.opens", "orders.select.opens"),
    ("orders.select.closes", "orders.revise.opens"),
    ("orders.revise.closes", "orders.county_review.opens"),
    ("orders.county_review.closes", "orders.publish.opens"),
    ("orders.publish.opens", "orders.sign_up.opens"),
    ("orders.sign_up.closes", "orders.delivery.opens"),
)
#: Of each pair the first list must lie inside the second.
SUBSETS = (
    ("ban.exemptable", "ban.causes", "HN-47"),
    ("green_channel.holders", "quotas.top_level_holders", "HN-41"),
)


def find(rulebook: Rulebook) -> list[Clash]:
    """Every contradiction in a rulebook."""
    return [clash for check in CHECKS for clash in check(rulebook)]


def _label(key: str) -> Text:
    parameter = schema.parameter(key)
    return parameter.label if parameter else t("(unknown)")


def _listed_value(rulebook: Rulebook, key: str) -> Value:
    # A parameter that could not be read was reported already; it takes no part here.
    entry = rulebook.listed.get(key)
    return entry.value if entry else None


def _numbers_in_order(rulebook: Rulebook) -> Iterator[Clash]:
    for low_key, high_key, rule in ORDERED_NUMBERS:
        low, high = _listed_value(rulebook, low_key), _listed_value(rulebook, high_key)
        if isinstance(low, int | Decimal) and isinstance(high, int | Decimal) and low > high:
            message = t(
                "%(first)s (%(low)s) exceeds %(second)s (%(high)s).",
                first=_label(low_key),
                low=number_text(low),
                second=_label(high_key),
                high=number_text(high),
            )
            yield Clash(low_key, message, rule)


def _moment(rulebook: Rulebook, place: str) -> tuple[str, date] | None:
    key, _, end = place.rpartition(".")
    if end not in {"opens", "closes"}:
        key = place
    value = _listed_value(rulebook, key)
    if isinstance(value, Window):
        return key, value.closes if end == "closes" else value.opens
    return (key, value) if isinstance(value, date) else None


def _dates_in_order(rulebook: Rulebook) -> Iterator[Clash]:
    for earlier_place, later_place in ORDERED_DATES:
        earlier, later = _moment(rulebook, earlier_place), _moment(rulebook, later_place)
        if earlier and later and earlier[1] > later[1]:
            message = t(
                "%(first)s (%(early)s) lies after %(second)s (%(late)s).",
                first=_label(earlier[0]),
                early=earlier[1],
                second=_label(later[0]),
                late=later[1],
            )
            yield Clash(earlier[0], message)


def _dates_after_issue(rulebook: Rulebook) -> Iterator[Clash]:
    issued = rulebook.document.issued_on
    published = rulebook.document.published_at
    if issued is None:
        return
    if published is not None and date(published.year, published.month, published.day) < issued:
        yield Clash("document.published_at", t("Published before the date of issue."), "HN-03")
    for key, entry in rulebook.listed.items():
        if key == "plan.period":
            continue
        value = entry.value
        day = value.closes if isinstance(value, Window) else value
        if isinstance(day, date) and day < issued:
            message = t("%(day)s lies before the date of issue %(issued)s.", day=day, issued=issued)
            yield Clash(key, message)


def _lists_inside(rulebook: Rulebook) -> Iterator[Clash]:
    for inner_key, outer_key, rule in SUBSETS:
        inner, outer = _listed_value(rulebook, inner_key), _listed_value(rulebook, outer_key)
        if not isinstance(inner, tuple) or not isinstance(outer, tuple):
            continue
        for code in inner:
            if code not in outer:
                message = t(
                    "“%(code)s” does not stand in %(list)s.", code=code, list=_label(outer_key)
                )
                yield Clash(inner_key, message, rule)


def _minima_fit(rulebook: Rulebook) -> Iterator[Clash]:
    for part_key, whole_key, times, rule in (
        ("hours.year_mode_hours", "hours.year_hours", 3, "PE-27"),
        ("hours.cycle_mode_hours", "hours.cycle_hours", 3, "PE-28"),
        ("credits.year_mode_credits", "credits.year_credits", 3, "PE-33"),
    ):
        part, whole = _listed_value(rulebook, part_key), _listed_value(rulebook, whole_key)
        if isinstance(part, Decimal) and isinstance(whole, Decimal) and part * times > whole:
            yield Clash(part_key, _sum_message(part * times, whole_key, whole), rule)
    minima = _listed_value(rulebook, "credits.module_minima")
    whole = _listed_value(rulebook, "credits.cycle_credits")
    if isinstance(minima, dict) and isinstance(whole, Decimal):
        total = sum(minima.values(), Decimal(0))
        if total > whole:
            message = _sum_message(total, "credits.cycle_credits", whole)
            yield Clash("credits.module_minima", message, "PE-35")


def _sum_message(total: Decimal, whole_key: str, whole: Decimal) -> Text:
    return t(
        "The minima add up to %(total)s, more than %(label)s (%(whole)s).",
        total=number_text(total),
        label=_label(whole_key),
        whole=number_text(whole),
    )


def _years_fit(rulebook: Rulebook) -> Iterator[Clash]:
    years = _listed_value(rulebook, "hours.cycle_years")
    for year_key, cycle_key in (
        ("hours.year_hours", "hours.cycle_hours"),
        ("hours.year_mode_hours", "hours.cycle_mode_hours"),
        ("credits.year_credits", "credits.cycle_credits"),
    ):
        year, cycle = _listed_value(rulebook, year_key), _listed_value(rulebook, cycle_key)
        known = isinstance(years, int) and isinstance(year, Decimal) and isinstance(cycle, Decimal)
        if known and year * years > cycle:  # type: ignore[operator]
            message = t(
                "%(label)s cannot be lower than the years of the cycle demand.",
                label=_label(cycle_key),
            )
            yield Clash(cycle_key, message, severity=Severity.WARN)


def _school_based_reachable(rulebook: Rulebook) -> Iterator[Clash]:
    needed = _listed_value(rulebook, "credits.year_mode_credits")
    most = _listed_value(rulebook, "hours.school_based_year_max")
    rates = rulebook.listed.get("credits.rate_school_based")
    if rates is None or not isinstance(needed, Decimal) or not isinstance(most, Decimal):
        return
    best = rulebook.ranges("credits.rate_school_based").get("school_based")
    if best is not None and most * best.most < needed:
        message = t(
            "At most %(most)s school-based hours cannot give the %(needed)s credits needed.",
            most=number_text(most),
            needed=number_text(needed),
        )
        yield Clash("hours.school_based_year_max", message, "PE-108")


def _caps_of_new(rulebook: Rulebook) -> Iterator[Clash]:
    limits = _listed_value(rulebook, "caps.limits")
    if not isinstance(limits, dict) or "new" not in limits:
        return
    for code, limit in limits.items():
        if code != "new" and isinstance(limit, Decimal) and limits["new"] > limit:
            message = t(
                "New institutions (%(new)s) may apply for more than the group “%(group)s” (%(most)s).",
                new=number_text(limits["new"]),
                group=code,
                most=number_text(limit),
            )
            yield Clash("caps.limits", message, "ZJ22-34")


def _rates_and_grades(rulebook: Rulebook) -> Iterator[Clash]:
    default = _listed_value(rulebook, "credits.rate_default")
    if isinstance(default, Decimal) and "credits.rate_face" in rulebook.listed:
        for code, span in rulebook.ranges("credits.rate_face").items():
            if not span.least <= default <= span.most:
                message = t("The default rate lies outside the range of “%(code)s”.", code=code)
                yield Clash("credits.rate_default", message, "PE-44")
    scores = _listed_value(rulebook, "credits.grade_scores")
    if isinstance(scores, dict):
        order = [scores[term.code] for term in GRADES if term.code in scores]
        if order != sorted(order, reverse=True) or len(set(order)) != len(order):
            yield Clash("credits.grade_scores", t("The grades are not in falling order."), "PE-46")


def _weights_sum(rulebook: Rulebook) -> Iterator[Clash]:
    keys = [
        parameter.key
        for parameter in schema.PARAMETERS.values()
        if parameter.group == "workbench" and parameter.kind is Kind.DECIMAL
    ]
    listed = [key for key in keys if key in rulebook.listed]
    total = sum((rulebook.number(key) or Decimal(0) for key in listed), Decimal(0))
    if listed and total != 1:
        message = t("The weights add up to %(total)s instead of 1.", total=number_text(total))
        yield Clash(listed[0], message, "HN-35")


def _modes(rulebook: Rulebook) -> Iterator[Clash]:
    selection = _listed_value(rulebook, "plan.selection_mode")
    needed = {
        "quota": "quotas",
        "self_selected": "selections",
        "self_selected_and_orders": "orders",
    }
    group = needed.get(str(selection))
    if group and not rulebook.applies(group):
        message = t("This selection mode needs the group “%(name)s”.", name=group)
        yield Clash("plan.selection_mode", message, "HN-38")
    if _listed_value(rulebook, "plan.funding_mode") == "fee":
        for key in ("money.face_rate", "money.online_rate"):
            if _listed_value(rulebook, key) is not None:
                message = t("A plan that charges a fee has no rate per person-day or hour.")
                yield Clash(key, message, "HN-48")
        if rulebook.applies("money") and not rulebook.texts("money.fee_items"):
            yield Clash("plan.funding_mode", t("The items of the fee are missing."), "ZJ20-25")


def _categories(rulebook: Rulebook) -> Iterator[Clash]:
    seen: set[str] = set()
    for position, category in enumerate(rulebook.categories):
        place = f"category.{position}"
        if category.code in seen:
            message = t("The category code “%(code)s” stands twice.", code=category.code)
            yield Clash(place, message, "HN-04")
        seen.add(category.code)
        for name in ("tier", "theme", "programme_line"):
            code = getattr(category, name)
            if code and code not in rulebook.names(f"classification.{name}s"):
                message = t(
                    "“%(code)s” does not stand in %(list)s.",
                    code=code,
                    list=_label(f"classification.{name}s"),
                )
                yield Clash(f"{place}.{name}", message)
        if category.columns and not category.has_quota_table:
            message = t("Columns need the number of the annex with the quota table.")
            yield Clash(f"{place}.columns", message, "HN-32")
    green = _listed_value(rulebook, "green_channel.categories")
    for code in green if isinstance(green, tuple) else ():
        if code not in seen:
            message = t("There is no category “%(code)s”.", code=code)
            yield Clash("green_channel.categories", message, "HN-53")


def _letter_number(rulebook: Rulebook) -> Iterator[Clash]:
    pattern = _listed_value(rulebook, "papers.letter_number_pattern")
    if not isinstance(pattern, str):
        return
    places = re.findall(r"\{[^{}]*\}|[{}]", pattern)
    if places.count("{number}") != 1 or set(places) - {"{number}", "{year}"}:
        message = t("The pattern needs {number} once and may hold {year}, nothing else.")
        yield Clash("papers.letter_number_pattern", message)


CHECKS: tuple[Callable[[Rulebook], Iterator[Clash]], ...] = (
    _numbers_in_order,
    _dates_in_order,
    _dates_after_issue,
    _lists_inside,
    _minima_fit,
    _years_fit,
    _school_based_reachable,
    _caps_of_new,
    _rates_and_grades,
    _weights_sum,
    _modes,
    _categories,
    _letter_number,
)
