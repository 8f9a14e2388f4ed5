"""The plan, its quotas, nominations and bans: what the planning wing reads."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from provincial.core.text import t
from provincial.rulebook.choices import (
    BAN_CAUSES,
    BAN_CHECKS,
    BAN_OVERLAP,
    BINDING,
    FUNDING_MODES,
    GREEN_BASIS,
    GREEN_UNIT,
    INTEGRITY_ENTRIES,
    REACTIONS,
    ROUNDING,
    SELECTION_MODES,
    TERMS,
)
from provincial.rulebook.parameter import Group, Parameter
from provincial.rulebook.values import Kind
from provincial.rulebook.vocabulary import LEVELS, MODES, QUOTA_HOLDERS

PLAN = Group(
    "plan",
    t("Plan"),
    (
        Parameter("plan.term", Kind.CHOICE, t("Term of the plan"), choices=TERMS, default="year"),
        Parameter("plan.period", Kind.WINDOW, t("Plan period"), nullable=True),
        Parameter(
            "plan.delivery", Kind.WINDOW, t("Delivery window: classes lie inside it"), nullable=True
        ),
        Parameter("plan.completion_due", Kind.DATE, t("All projects complete by"), nullable=True),
        Parameter(
            "plan.completion_binding",
            Kind.CHOICE,
            t("How the completion date binds"),
            choices=BINDING,
            nullable=True,
        ),
        Parameter(
            "plan.selection_mode",
            Kind.CHOICE,
            t("How trainees are selected"),
            choices=SELECTION_MODES,
        ),
        Parameter("plan.funding_mode", Kind.CHOICE, t("Who pays"), choices=FUNDING_MODES),
        Parameter(
            "plan.levels", Kind.CHOICES, t("Levels of training"), choices=LEVELS, nullable=True
        ),
        Parameter(
            "plan.programme_of_years",
            Kind.TEXT,
            t("Programme of years to which the plan belongs"),
            nullable=True,
        ),
        Parameter("plan.annexes", Kind.TEXTS, t("Annexes of the notice"), nullable=True),
        Parameter("plan.contacts", Kind.TEXTS, t("Contacts printed on letters"), nullable=True),
        Parameter(
            "plan.priority_groups", Kind.TEXTS, t("Priority groups of teachers"), nullable=True
        ),
        Parameter(
            "plan.weak_groups",
            Kind.TEXTS,
            t("Weak areas that need places and money"),
            nullable=True,
        ),
        Parameter("plan.priority_counties", Kind.TEXTS, t("Counties with priority"), nullable=True),
        Parameter(
            "plan.coverage_min",
            Kind.RATIO,
            t("Coverage of rural teachers in poor areas, at least"),
            nullable=True,
            minimum=0,
            maximum=1,
        ),
        Parameter("plan.coverage_due", Kind.DATE, t("Coverage reached before"), nullable=True),
        Parameter(
            "plan.programme_conditions",
            Kind.TEXTS,
            t("Conditions special to this period"),
            nullable=True,
        ),
    ),
    always=True,
)

CLASSIFICATION = Group(
    "classification",
    t("Classification of projects"),
    (
        Parameter("classification.themes", Kind.NAMES, t("Themes"), nullable=True),
        Parameter("classification.tiers", Kind.NAMES, t("Career-stage tiers"), nullable=True),
        Parameter(
            "classification.programme_lines", Kind.NAMES, t("Programme lines"), nullable=True
        ),
    ),
    always=True,
)

DEADLINES = Group(
    "deadlines",
    t("Deadlines"),
    (
        Parameter(
            "deadlines.roll_holidays",
            Kind.FLAG,
            t("Deadlines on a holiday move to the next working day"),
            default=False,
        ),
        Parameter(
            "deadlines.late_uploads_need_reopening",
            Kind.FLAG,
            t("A late upload needs the province to reopen"),
            default=True,
        ),
    ),
    always=True,
)

PAPERS = Group(
    "papers",
    t("Papers and letters"),
    (
        Parameter(
            "papers.letter_number_pattern",
            Kind.TEXT,
            t("Number pattern of the quota letter"),
            default="豫教师培〔{year}〕{number}号",
        ),
    ),
    always=True,
)

QUOTAS = Group(
    "quotas",
    t("Quotas"),
    (
        Parameter(
            "quotas.top_level_holders",
            Kind.CHOICES,
            t("Bodies that hold quota straight from the province"),
            choices=QUOTA_HOLDERS,
        ),
        Parameter(
            "quotas.direct_units_may_hold",
            Kind.FLAG,
            t("Units directly under the department may hold quota"),
            default=False,
        ),
        Parameter(
            "quotas.county_delegation",
            Kind.FLAG,
            t("Places may go straight to counties"),
            nullable=True,
        ),
        Parameter(
            "quotas.split_to_school",
            Kind.FLAG,
            t("Every place is broken down to a school"),
            default=True,
        ),
        Parameter(
            "quotas.must_be_filled", Kind.FLAG, t("Places issued must be filled"), default=True
        ),
        Parameter(
            "quotas.split_due", Kind.DATE, t("Places are split down to schools by"), nullable=True
        ),
        Parameter(
            "quotas.earlier_date_allowed",
            Kind.FLAG,
            t("A body may set an earlier date for those below it"),
            default=True,
        ),
    ),
)

GREEN_CHANNEL = Group(
    "green_channel",
    t("Green channel"),
    (
        Parameter(
            "green_channel.ratio",
            Kind.RATIO,
            t("Green-channel share of the places"),
            minimum=0,
            maximum=1,
        ),
        Parameter("green_channel.unit", Kind.CHOICE, t("Counted"), choices=GREEN_UNIT),
        Parameter(
            "green_channel.rounding",
            Kind.CHOICE,
            t("Rounding"),
            choices=ROUNDING,
            default="half_up",
        ),
        Parameter(
            "green_channel.basis",
            Kind.CHOICE,
            t("Relation to the quota"),
            choices=GREEN_BASIS,
            default="additional",
        ),
        Parameter(
            "green_channel.holders",
            Kind.CHOICES,
            t("Bodies with a green channel"),
            choices=QUOTA_HOLDERS,
        ),
        Parameter(
            "green_channel.categories",
            Kind.TEXTS,
            t("Categories with a green channel"),
            nullable=True,
        ),
        Parameter(
            "green_channel.brings_money",
            Kind.FLAG,
            t("Green-channel trainees raise the money"),
            default=False,
        ),
        Parameter(
            "green_channel.scheme",
            Kind.TEXT,
            t("Scheme with conditions and procedure"),
            nullable=True,
        ),
    ),
)

WORKBENCH = Group(
    "workbench",
    t("Allocation workbench"),
    (
        Parameter(
            "workbench.weight_teachers",
            Kind.DECIMAL,
            t("Weight of the number of teachers"),
            minimum=0,
            maximum=1,
        ),
        Parameter(
            "workbench.weight_key_teachers",
            Kind.DECIMAL,
            t("Weight of the number of key teachers"),
            minimum=0,
            maximum=1,
            default=Decimal(0),
        ),
        Parameter(
            "workbench.weight_rural_share",
            Kind.DECIMAL,
            t("Weight of the rural share"),
            minimum=0,
            maximum=1,
        ),
        Parameter(
            "workbench.weight_check_in_rate",
            Kind.DECIMAL,
            t("Weight of last year's check-in rate"),
            minimum=0,
            maximum=1,
        ),
    ),
)

NOMINATIONS = Group(
    "nominations",
    t("Nominations"),
    (
        Parameter(
            "nominations.selection_due", Kind.DATE, t("Trainees are selected by"), nullable=True
        ),
        Parameter(
            "nominations.allow_multi_category",
            Kind.FLAG,
            t("A teacher may be in two categories with overlapping dates"),
            default=False,
        ),
        Parameter(
            "nominations.substitution_allowed",
            Kind.FLAG,
            t("A place may be filled by a substitute before opening"),
            default=True,
        ),
        Parameter(
            "nominations.follow_up_required",
            Kind.FLAG,
            t("Use of the trained teacher is followed up"),
            nullable=True,
        ),
        Parameter(
            "nominations.same_training_years",
            Kind.INTEGER,
            t("Years within which the same training is asked about"),
            unit=t("years"),
            minimum=0,
            maximum=10,
            default=3,
        ),
        Parameter(
            "nominations.away_share",
            Kind.RATIO,
            t("Largest share of a school's teachers of a subject away together"),
            minimum=0,
            maximum=1,
            default=Fraction(1, 3),
        ),
    ),
)

BAN = Group(
    "ban",
    t("Training ban"),
    (
        Parameter(
            "ban.years",
            Kind.INTEGER,
            t("Length of the ban"),
            unit=t("years"),
            minimum=1,
            maximum=10,
        ),
        Parameter("ban.causes", Kind.CHOICES, t("Causes of a ban"), choices=BAN_CAUSES),
        Parameter(
            "ban.exemptable",
            Kind.CHOICES,
            t("Causes that special circumstances can excuse"),
            choices=BAN_CAUSES,
            nullable=True,
        ),
        Parameter("ban.level", Kind.CHOICE, t("Level of the barred training"), choices=LEVELS),
        Parameter("ban.modes", Kind.CHOICES, t("Modes of the barred training"), choices=MODES),
        Parameter(
            "ban.checked_on",
            Kind.CHOICE,
            t("Date that the ban must cover"),
            choices=BAN_CHECKS,
            default="opening",
        ),
        Parameter(
            "ban.overlap",
            Kind.CHOICE,
            t("Several bans of one teacher"),
            choices=BAN_OVERLAP,
            default="latest_end",
        ),
        Parameter(
            "ban.national_plan",
            Kind.CHOICE,
            t("Nomination to the National Training Plan"),
            choices=REACTIONS,
            default="warn",
        ),
        Parameter(
            "ban.objection_days",
            Kind.INTEGER,
            t("Time to object before a ban is signed"),
            unit=t("days"),
            minimum=1,
            maximum=90,
            default=10,
        ),
    ),
)

INTEGRITY = Group(
    "integrity",
    t("Training integrity file"),
    (
        Parameter(
            "integrity.entries", Kind.CHOICES, t("What enters the file"), choices=INTEGRITY_ENTRIES
        ),
    ),
)

#: The groups of this part, in the order of display.
GROUPS = (
    PLAN,
    CLASSIFICATION,
    DEADLINES,
    PAPERS,
    QUOTAS,
    GREEN_CHANNEL,
    WORKBENCH,
    NOMINATIONS,
    BAN,
    INTEGRITY,
)
