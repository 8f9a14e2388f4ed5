"""Forms of bans."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from wtforms import DateField, FileField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length

from provincial.planning.integrity.rules import CAUSES
from provincial.web.filters import translate
from provincial.web.formkit import Form, ReasonField


class FindForm(Form):
    """Whom it is about: a name, or an ID number in full."""

    who = StringField(
        _l("Name, pinyin or ID number"),
        validators=[InputRequired(), Length(max=60)],
        render_kw={"autocomplete": "off"},
    )


class ProposeForm(Form):
    """The event that a ban rests on, with its evidence."""

    plan = SelectField(_l("Plan"))
    cause = RadioField(_l("Cause"), validators=[InputRequired(_l("Choose the cause."))])
    event_on = DateField(_l("Day of the event"), validators=[InputRequired()])
    training_name = StringField(_l("Training"), validators=[InputRequired(), Length(max=200)])
    notice_number = StringField(_l("Number of the notice"), validators=[Length(max=80)])
    file = FileField(_l("Supporting evidence"))
    reason = ReasonField(_l("What happened"))

    def offer(self, plans: Iterable[tuple[str, str]], causes: Iterable[str]) -> None:
        """Fill in the choices: ids and titles of plans whose notice knows a ban, and the causes."""
        self.plan.choices = [SelectChoice(number, title) for number, title in plans]
        self.cause.choices = [SelectChoice(code, translate(CAUSES[code])) for code in causes]
