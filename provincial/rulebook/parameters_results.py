"""Bulletins, closing, oversight and reports: what the results and oversight wings read."""

from __future__ import annotations

from provincial.core.text import t
from provincial.rulebook.choices import (
    ARTEFACTS,
    BULLETIN_SCOPES,
    BULLETIN_WINDOWS,
    CLOSING_STARTS,
    INSTITUTION_GRADES,
    OVERSIGHT_METHODS,
    PREFERENCES,
)
from provincial.rulebook.parameter import Group, Parameter
from provincial.rulebook.values import Kind

BULLETINS = Group(
    "bulletins",
    t("Bulletins"),
    (
        Parameter(
            "bulletins.issues_min",
            Kind.INTEGER,
            t("Bulletins, at least"),
            unit=t("issues"),
            minimum=0,
            maximum=100,
        ),
        Parameter(
            "bulletins.scope",
            Kind.CHOICE,
            t("Counted for"),
            choices=BULLETIN_SCOPES,
            default="institution",
        ),
        Parameter(
            "bulletins.window",
            Kind.CHOICE,
            t("Submitted"),
            choices=BULLETIN_WINDOWS,
            default="training_period",
        ),
    ),
)

CLOSING = Group(
    "closing",
    t("Self-evaluation and closing"),
    (
        Parameter(
            "closing.due_days",
            Kind.INTEGER,
            t("Closing papers after the end, at most"),
            unit=t("days"),
            minimum=0,
            maximum=365,
        ),
        Parameter(
            "closing.counted_from",
            Kind.CHOICE,
            t("Days count from"),
            choices=CLOSING_STARTS,
            default="last_session",
        ),
        Parameter("closing.artefacts", Kind.CHOICES, t("Closing papers"), choices=ARTEFACTS),
    ),
)

OVERSIGHT = Group(
    "oversight",
    t("Oversight and evaluation"),
    (
        Parameter("oversight.form_name", Kind.TEXT, t("Oversight form"), nullable=True),
        Parameter(
            "oversight.methods",
            Kind.CHOICES,
            t("Methods"),
            choices=OVERSIGHT_METHODS,
            nullable=True,
        ),
        Parameter(
            "oversight.full_coverage",
            Kind.FLAG,
            t("Every institution and project county is visited"),
            nullable=True,
        ),
        Parameter("oversight.checked_items", Kind.TEXTS, t("Items checked"), nullable=True),
        Parameter(
            "oversight.preference",
            Kind.CHOICES,
            t("Next year's tasks are given by"),
            choices=PREFERENCES,
            nullable=True,
        ),
        Parameter(
            "oversight.experience_years_min",
            Kind.INTEGER,
            t("Experience of a preferred institution, at least"),
            nullable=True,
            unit=t("years"),
            minimum=0,
            maximum=50,
        ),
        Parameter(
            "oversight.grade_min",
            Kind.CHOICE,
            t("Last evaluation of a preferred institution, at least"),
            choices=INSTITUTION_GRADES,
            nullable=True,
        ),
        Parameter(
            "oversight.region_indicators",
            Kind.TEXTS,
            t("Indicators of cities and counties"),
            nullable=True,
        ),
        Parameter(
            "oversight.survey_answers_min",
            Kind.INTEGER,
            t("Answers before an anonymous result is shown"),
            default=5,
            minimum=1,
            maximum=100,
        ),
        Parameter(
            "oversight.pre_post_assessment",
            Kind.FLAG,
            t("Ability is assessed before and after"),
            nullable=True,
        ),
    ),
)

REPORTS = Group(
    "reports",
    t("Reports and typical cases"),
    (
        Parameter(
            "reports.cases_min",
            Kind.INTEGER,
            t("Typical cases, at least"),
            nullable=True,
            minimum=0,
            maximum=100,
        ),
        Parameter(
            "reports.cases_max",
            Kind.INTEGER,
            t("Typical cases, at most"),
            nullable=True,
            minimum=0,
            maximum=100,
        ),
        Parameter(
            "reports.cases_selected", Kind.TEXTS, t("Kinds of cases selected"), nullable=True
        ),
        Parameter("reports.due", Kind.DATE, t("Materials are filed by"), nullable=True),
        Parameter("reports.items", Kind.TEXTS, t("Materials to file"), nullable=True),
        Parameter("reports.aspects", Kind.TEXTS, t("Aspects of the annual report"), nullable=True),
        Parameter(
            "reports.assistance_areas",
            Kind.TEXTS,
            t("Areas of assistance to poor regions"),
            nullable=True,
        ),
    ),
)

#: The groups of this part, in the order of display.
GROUPS = (
    BULLETINS,
    CLOSING,
    OVERSIGHT,
    REPORTS,
)
