"""The form of conditions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, IntegerField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import NumberRange, Optional

from provincial.planning.conditions.rules import HONOURS, POSTS
from provincial.rulebook.people_words import TITLES
from provincial.web.filters import translate
from provincial.web.formkit import Form, ReasonField

_YEARS = [Optional(), NumberRange(0, 80)]


class ConditionsForm(Form):
    """What a project asks of a teacher beyond stage and subject."""

    title = SelectField(_l("Lowest title"), validators=[Optional()])
    years_from = IntegerField(_l("Years of service, at least"), validators=_YEARS)
    years_to = IntegerField(_l("Years of service, at most"), validators=_YEARS)
    age_from = IntegerField(_l("Age, at least"), validators=_YEARS)
    age_to = IntegerField(_l("Age, at most"), validators=_YEARS)
    on = DateField(
        _l("Counted on"),
        validators=[Optional()],
        description=_l("Empty: the day of the nomination."),
    )
    rural_only = BooleanField(_l("Only teachers of rural schools"))
    post = SelectField(_l("Post"), validators=[Optional()])
    honour = SelectField(_l("Honour"), validators=[Optional()])
    in_service = BooleanField(_l("In service"), default=True)
    everywhere = BooleanField(_l("The same for all projects of the category"))
    notice = SelectField(_l("Supplementary notice"), coerce=int)
    reason = ReasonField(required=False)

    def __init__(self, notices: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        none = SelectChoice("", str(_l("Not asked for")))
        self.title.choices = [
            none,
            *(SelectChoice(one.code, translate(one.label)) for one in TITLES if one.rank),
        ]
        for chosen, words in ((self.post, POSTS), (self.honour, HONOURS)):
            chosen.choices = [none, *(SelectChoice(c, translate(w)) for c, w in words.items())]
        self.notice.choices = [
            SelectChoice(0, str(_l("Choose a notice"))),
            *(SelectChoice(number, name) for number, name in notices),
        ]
        self.notice.data = self.notice.data or 0
