"""Classes, enrolment notices, course selection and orders: what the training wing reads."""

from __future__ import annotations

from provincial.core.text import t
from provincial.rulebook.choices import BINDING, TEACHER_DATA_SOURCES
from provincial.rulebook.parameter import Group, Parameter
from provincial.rulebook.values import Kind

CLASSES = Group(
    "classes",
    t("Classes"),
    (
        Parameter(
            "classes.notice_lead_days",
            Kind.INTEGER,
            t("Enrolment notice before opening, at least"),
            nullable=True,
            unit=t("days"),
            minimum=0,
            maximum=365,
        ),
        Parameter(
            "classes.timetable_lead_days",
            Kind.INTEGER,
            t("Timetable before opening, at least"),
            nullable=True,
            unit=t("days"),
            minimum=0,
            maximum=365,
        ),
        Parameter(
            "classes.health_plan_required",
            Kind.FLAG,
            t("Each class has a health-safety plan"),
            nullable=True,
        ),
        Parameter(
            "classes.emergency_plan_required",
            Kind.FLAG,
            t("Each project has an emergency plan"),
            nullable=True,
        ),
        Parameter(
            "classes.safety_lesson_required",
            Kind.FLAG,
            t("Each class has a safety lesson"),
            nullable=True,
        ),
        Parameter(
            "classes.registration_platform",
            Kind.TEXT,
            t("Platform on which trainees register"),
            nullable=True,
        ),
    ),
)

SELECTIONS = Group(
    "selections",
    t("Course selection"),
    (
        Parameter("selections.rounds", Kind.INTEGER, t("Rounds"), minimum=1, maximum=5),
        Parameter(
            "selections.round_2_gate",
            Kind.FLAG,
            t("Round 2 needs a selection in round 1"),
            default=False,
        ),
        Parameter(
            "selections.teacher_data", Kind.WINDOW, t("Teacher records are updated"), nullable=True
        ),
        Parameter(
            "selections.teacher_data_source",
            Kind.CHOICE,
            t("Where teacher records come from"),
            choices=TEACHER_DATA_SOURCES,
            nullable=True,
        ),
        Parameter("selections.browse", Kind.WINDOW, t("Browse only"), nullable=True),
        Parameter("selections.round_1", Kind.WINDOW, t("Round 1")),
        Parameter(
            "selections.principal_review_1",
            Kind.WINDOW,
            t("Principal reviews round 1"),
            nullable=True,
        ),
        Parameter(
            "selections.recheck_1", Kind.WINDOW, t("Institution re-checks round 1"), nullable=True
        ),
        Parameter(
            "selections.expansion_apply",
            Kind.WINDOW,
            t("Class expansion: application"),
            nullable=True,
        ),
        Parameter(
            "selections.expansion_decide",
            Kind.WINDOW,
            t("Class expansion: decision"),
            nullable=True,
        ),
        Parameter("selections.round_2", Kind.WINDOW, t("Round 2")),
        Parameter(
            "selections.principal_review_2",
            Kind.WINDOW,
            t("Principal reviews round 2"),
            nullable=True,
        ),
        Parameter(
            "selections.recheck_2", Kind.WINDOW, t("Institution re-checks round 2"), nullable=True
        ),
    ),
)

ORDERS = Group(
    "orders",
    t("Orders"),
    (
        Parameter("orders.submit", Kind.WINDOW, t("Counties submit orders")),
        Parameter("orders.list", Kind.WINDOW, t("The order list is published")),
        Parameter("orders.respond", Kind.WINDOW, t("Institutions respond")),
        Parameter("orders.select", Kind.WINDOW, t("Counties select the institution")),
        Parameter("orders.revise", Kind.WINDOW, t("The institution revises its proposal")),
        Parameter("orders.county_review", Kind.WINDOW, t("Counties review the proposal")),
        Parameter("orders.publish", Kind.WINDOW, t("Order projects are published")),
        Parameter("orders.sign_up", Kind.WINDOW, t("Teachers sign up")),
        Parameter("orders.delivery", Kind.WINDOW, t("Delivery")),
        Parameter(
            "orders.min_per_county",
            Kind.INTEGER,
            t("Orders per county, at least"),
            nullable=True,
            minimum=0,
            maximum=1000,
        ),
        Parameter(
            "orders.min_binding",
            Kind.CHOICE,
            t("How the least number of orders binds"),
            choices=BINDING,
            nullable=True,
        ),
        Parameter(
            "orders.intended_max",
            Kind.INTEGER,
            t("Intended institutions, at most"),
            minimum=0,
            maximum=20,
        ),
        Parameter(
            "orders.objectives_max",
            Kind.INTEGER,
            t("Length of the objectives, at most"),
            unit=t("characters"),
            minimum=1,
            maximum=10000,
        ),
        Parameter(
            "orders.requirements_max",
            Kind.INTEGER,
            t("Length of the course requirements, at most"),
            unit=t("characters"),
            minimum=1,
            maximum=10000,
        ),
    ),
)

#: The groups of this part, in the order of display.
GROUPS = (
    CLASSES,
    SELECTIONS,
    ORDERS,
)
