"""Forms about the people of a body."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectField
from wtforms.validators import InputRequired

from provincial.web.formkit import Form, ReasonField

_DATE = {"type": "date"}


class DeputyForm(Form):
    """Who stands in, and between which days."""

    deputy = SelectField(_l("Deputy"), coerce=int)
    starts_on = DateField(
        _l("First day"), validators=[InputRequired(_l("Choose the first day."))], render_kw=_DATE
    )
    ends_on = DateField(
        _l("Last day"), validators=[InputRequired(_l("Choose the last day."))], render_kw=_DATE
    )
    reason = ReasonField()

    def __init__(self, people: Sequence[tuple[int, Any]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.deputy.choices = list(people)


class HandOverForm(Form):
    """Who follows."""

    successor = SelectField(_l("Successor"), coerce=int)
    reason = ReasonField()

    def __init__(self, people: Sequence[tuple[int, Any]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.successor.choices = list(people)
