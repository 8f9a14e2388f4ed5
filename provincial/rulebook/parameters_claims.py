"""Credit claims of article 13: what the credits wing reads."""

from __future__ import annotations

from decimal import Decimal

from provincial.core.text import t
from provincial.rulebook.choices import CLAIM_KINDS, GRADES, PRIZES, RESEARCH_ROLES, STUDIO_ROLES
from provincial.rulebook.parameter import Group, Parameter
from provincial.rulebook.values import Kind
from provincial.rulebook.vocabulary import LEVELS

CLAIMS = Group(
    "claims",
    t("Credit claims"),
    (
        Parameter("claims.kinds", Kind.CHOICES, t("Kinds of claim"), choices=CLAIM_KINDS),
        Parameter(
            "claims.studio_hours",
            Kind.AMOUNTS,
            t("Studio hours"),
            choices=STUDIO_ROLES,
            unit=t("class hours per year"),
            minimum=0,
            maximum=2000,
        ),
        Parameter(
            "claims.studio_rates",
            Kind.AMOUNTS,
            t("Studio rates by level"),
            choices=LEVELS,
            unit=t("credits per hour"),
            minimum=0,
            maximum=100,
        ),
        Parameter(
            "claims.grade_coefficients",
            Kind.AMOUNTS,
            t("Performance coefficient of studios"),
            choices=GRADES,
            minimum=0,
            maximum=1,
        ),
        Parameter(
            "claims.lecturing_factors",
            Kind.AMOUNTS,
            t("Lecturing factor by level"),
            choices=LEVELS,
            minimum=0,
            maximum=100,
        ),
        Parameter(
            "claims.award_hours",
            Kind.DECIMAL,
            t("Hours of an award"),
            unit=t("class hours"),
            minimum=0,
            maximum=2000,
        ),
        Parameter(
            "claims.award_rates",
            Kind.AMOUNTS,
            t("Award rates by level"),
            choices=LEVELS,
            unit=t("credits per hour"),
            minimum=0,
            maximum=100,
        ),
        Parameter(
            "claims.prize_coefficients",
            Kind.AMOUNTS,
            t("Performance coefficient of prizes"),
            choices=PRIZES,
            minimum=0,
            maximum=1,
        ),
        Parameter(
            "claims.research_hours",
            Kind.AMOUNTS,
            t("Hours of a research project"),
            choices=RESEARCH_ROLES,
            unit=t("class hours"),
            minimum=0,
            maximum=2000,
        ),
        Parameter(
            "claims.research_rates",
            Kind.AMOUNTS,
            t("Research rates by level"),
            choices=LEVELS,
            unit=t("credits per hour"),
            minimum=0,
            maximum=100,
        ),
        Parameter(
            "claims.research_coefficients",
            Kind.AMOUNTS,
            t("Performance coefficient of research"),
            choices=GRADES,
            minimum=0,
            maximum=1,
        ),
        Parameter(
            "claims.degree_hours",
            Kind.DECIMAL,
            t("Hours of degree study"),
            unit=t("class hours per year"),
            minimum=0,
            maximum=2000,
        ),
        Parameter(
            "claims.degree_years_max",
            Kind.INTEGER,
            t("Years of degree study, at most"),
            unit=t("years"),
            minimum=0,
            maximum=20,
        ),
        Parameter(
            "claims.degree_rate",
            Kind.DECIMAL,
            t("Credit rate of degree study"),
            unit=t("credits per hour"),
            minimum=0,
            maximum=100,
            default=Decimal(1),
        ),
    ),
)

#: The groups of this part, in the order of display.
GROUPS = (CLAIMS,)
