"""Proposals, application caps and money: what the programmes wing reads."""

from __future__ import annotations

from provincial.core.text import t
from provincial.rulebook.choices import (
    BINDING,
    CAP_GROUPS,
    CAP_MEASURED,
    FEE_ITEMS,
    FROZEN_FIELDS,
    LEADER_SCOPES,
    LEADER_UNITS,
    PROCESS_LINES,
    RATIO_BASE,
    ROLES_REQUIRED,
)
from provincial.rulebook.parameter import Group, Parameter
from provincial.rulebook.values import Kind
from provincial.rulebook.vocabulary import TITLES

PROPOSALS = Group(
    "proposals",
    t("Proposals"),
    (
        Parameter("proposals.due", Kind.DATE, t("Proposals are uploaded by"), nullable=True),
        Parameter("proposals.window", Kind.WINDOW, t("Application window"), nullable=True),
        Parameter("proposals.review", Kind.WINDOW, t("Review window"), nullable=True),
        Parameter(
            "proposals.published_on", Kind.DATE, t("Projects are published on"), nullable=True
        ),
        Parameter(
            "proposals.publish_months",
            Kind.INTEGERS,
            t("Months of publication"),
            nullable=True,
            minimum=1,
            maximum=12,
        ),
        Parameter(
            "proposals.sealed_pdf", Kind.FLAG, t("The final form is a stamped PDF"), nullable=True
        ),
        Parameter(
            "proposals.opening_dates_due",
            Kind.DATE,
            t("Opening dates are reported by"),
            nullable=True,
        ),
        Parameter(
            "proposals.system_name", Kind.TEXT, t("Name of the application system"), nullable=True
        ),
        Parameter(
            "proposals.standards",
            Kind.TEXTS,
            t("Standards on which a programme rests"),
            nullable=True,
        ),
        Parameter(
            "proposals.general_hours_min",
            Kind.DECIMAL,
            t("General courses, at least"),
            nullable=True,
            unit=t("class hours"),
            minimum=0,
            maximum=2000,
        ),
        Parameter(
            "proposals.general_topics",
            Kind.TEXTS,
            t("Topics of the general courses"),
            nullable=True,
        ),
        Parameter(
            "proposals.practical_ratio_min",
            Kind.RATIO,
            t("Share of practical courses, at least"),
            nullable=True,
            minimum=0,
            maximum=1,
        ),
        Parameter(
            "proposals.practical_ratio_base",
            Kind.CHOICE,
            t("Hours on which the practical share is measured"),
            choices=RATIO_BASE,
            nullable=True,
        ),
        Parameter("proposals.teaching_methods", Kind.TEXTS, t("Teaching methods"), nullable=True),
        Parameter("proposals.blended", Kind.FLAG, t("Programmes are blended"), nullable=True),
        Parameter(
            "proposals.compulsory_content", Kind.TEXTS, t("Compulsory content"), nullable=True
        ),
        Parameter(
            "proposals.compulsory_for_long_only",
            Kind.FLAG,
            t("Compulsory content binds long programmes only"),
            nullable=True,
        ),
        Parameter("proposals.topics", Kind.TEXTS, t("Special topics"), nullable=True),
        Parameter(
            "proposals.long_credits",
            Kind.DECIMAL,
            t("A long programme starts at"),
            nullable=True,
            unit=t("credits"),
            minimum=0,
            maximum=1000,
        ),
        Parameter(
            "proposals.online_share_long",
            Kind.RATIO,
            t("Online share of credits in long programmes, at most"),
            nullable=True,
            minimum=0,
            maximum=1,
        ),
        Parameter(
            "proposals.online_share_other",
            Kind.RATIO,
            t("Online share of credits in other programmes, at most"),
            nullable=True,
            minimum=0,
            maximum=1,
        ),
        Parameter(
            "proposals.roles_required",
            Kind.CHOICES,
            t("People that a project must name"),
            choices=ROLES_REQUIRED,
            nullable=True,
        ),
        Parameter(
            "proposals.leader_max",
            Kind.INTEGER,
            t("Applications per leader, at most"),
            nullable=True,
            minimum=1,
            maximum=1000,
        ),
        Parameter(
            "proposals.leader_unit",
            Kind.CHOICE,
            t("What is counted per leader"),
            choices=LEADER_UNITS,
            nullable=True,
        ),
        Parameter(
            "proposals.leader_scope",
            Kind.CHOICE,
            t("Which applications are counted"),
            choices=LEADER_SCOPES,
            nullable=True,
        ),
        Parameter(
            "proposals.leader_min_title",
            Kind.CHOICE,
            t("Lowest title of a leader"),
            choices=TITLES,
            nullable=True,
        ),
        Parameter(
            "proposals.leader_title_binding",
            Kind.CHOICE,
            t("How the lowest title binds"),
            choices=BINDING,
            nullable=True,
        ),
        Parameter(
            "proposals.leader_title_for_orders",
            Kind.FLAG,
            t("The lowest title holds for orders too"),
            nullable=True,
        ),
        Parameter(
            "proposals.leader_regular_staff",
            Kind.FLAG,
            t("The leader is regular staff of the institution"),
            nullable=True,
        ),
        Parameter(
            "proposals.frozen_fields",
            Kind.CHOICES,
            t("Frozen after publication"),
            choices=FROZEN_FIELDS,
            nullable=True,
        ),
        Parameter(
            "proposals.review_criteria", Kind.TEXTS, t("Criteria of the review"), nullable=True
        ),
    ),
)

CAPS = Group(
    "caps",
    t("Application caps"),
    (
        Parameter(
            "caps.limits",
            Kind.AMOUNTS,
            t("Province-wide applications, at most"),
            choices=CAP_GROUPS,
            unit=t("projects"),
            minimum=0,
            maximum=10000,
        ),
        Parameter(
            "caps.named_institutions",
            Kind.TEXTS,
            t("Institutions of the named group"),
            nullable=True,
        ),
        Parameter(
            "caps.new_months",
            Kind.INTEGER,
            t("An institution is new for"),
            unit=t("months"),
            minimum=1,
            maximum=120,
        ),
        Parameter(
            "caps.new_measured",
            Kind.CHOICE,
            t("Newness is measured on"),
            choices=CAP_MEASURED,
            default="window_opens",
        ),
        Parameter("caps.orders_count", Kind.FLAG, t("Orders count toward the cap"), default=False),
        Parameter("caps.local_caps", Kind.FLAG, t("Each locality sets its own cap"), default=False),
    ),
)

MONEY = Group(
    "money",
    t("Rates and budgets"),
    (
        Parameter(
            "money.face_rate",
            Kind.DECIMAL,
            t("Face-to-face rate"),
            nullable=True,
            unit=t("CNY per person-day"),
            minimum=0,
            maximum=100000,
        ),
        Parameter(
            "money.online_rate",
            Kind.DECIMAL,
            t("Online rate"),
            nullable=True,
            unit=t("CNY per class hour"),
            minimum=0,
            maximum=100000,
        ),
        Parameter(
            "money.studio_subsidy",
            Kind.DECIMAL,
            t("Apprenticeship subsidy per studio"),
            nullable=True,
            unit=t("CNY per studio"),
            minimum=0,
            maximum=10000000,
        ),
        Parameter("money.studio_purposes", Kind.TEXTS, t("Purposes of the subsidy"), nullable=True),
        Parameter(
            "money.general_hours_funded",
            Kind.FLAG,
            t("General courses on the national platform are paid"),
            default=False,
        ),
        Parameter(
            "money.rate_includes_lecturer_fee",
            Kind.FLAG,
            t("The face-to-face rate includes lecturer fees"),
            default=True,
        ),
        Parameter(
            "money.count_travel_days",
            Kind.FLAG,
            t("Days of arrival and departure count"),
            default=False,
        ),
        Parameter("money.fee_standard", Kind.TEXT, t("Charging standard"), nullable=True),
        Parameter(
            "money.fee_items", Kind.CHOICES, t("Items of the fee"), choices=FEE_ITEMS, nullable=True
        ),
        Parameter("money.no_other_fees", Kind.FLAG, t("No charge beyond the items"), nullable=True),
        Parameter(
            "money.finance_measure", Kind.TEXT, t("Measure for training fees"), nullable=True
        ),
        Parameter(
            "money.process_lines",
            Kind.CHOICES,
            t("Activities that a budget may pay"),
            choices=PROCESS_LINES,
            nullable=True,
        ),
        Parameter(
            "money.salary_ratio",
            Kind.RATIO,
            t("Training funds from total teacher salaries"),
            nullable=True,
            minimum=0,
            maximum=1,
        ),
        Parameter(
            "money.surcharge_ratio",
            Kind.RATIO,
            t("Training funds from the education surcharge"),
            nullable=True,
            minimum=0,
            maximum=1,
        ),
        Parameter(
            "money.school_funds_ratio",
            Kind.RATIO,
            t("Training funds from a school's operating funds, at least"),
            nullable=True,
            minimum=0,
            maximum=1,
        ),
    ),
)

#: The groups of this part, in the order of display.
GROUPS = (
    PROPOSALS,
    CAPS,
    MONEY,
)
