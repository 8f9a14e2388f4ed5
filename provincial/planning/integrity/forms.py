"""Forms of bans and of the integrity file."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from wtforms import DateField, FileField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length

from provincial.planning.integrity.rules import BY_HAND, CAUSES
from provincial.planning.plans.models import Plan
from provincial.web.filters import translate
from provincial.web.formkit import Form, ReasonField


class FindForm(Form):
    """Whom it is about: a name, or an ID number in full."""

    who = StringField(
        _l("Name, pinyin or ID number"),
        [InputRequired(), Length(max=60)],
        render_kw={"autocomplete": "off"},
    )


class ProposeForm(Form):
    """The event that a ban rests on, with its evidence."""

    plan = SelectField(_l("Plan"))
    cause = RadioField(_l("Cause"), [InputRequired(_l("Choose the cause."))])
    event_on = DateField(_l("Day of the event"), [InputRequired()])
    training_name = StringField(_l("Training"), [InputRequired(), Length(max=200)])
    notice_number = StringField(_l("Number of the notice"), [Length(max=80)])
    file = FileField(_l("Evidence"))
    reason = ReasonField(_l("What happened"))

    def offer(self, plans: Iterable[Plan], causes: Iterable[str]) -> None:
        """Fill in the choices: plans whose notice knows a ban, and the causes."""
        self.plan.choices = [SelectChoice(str(plan.id), plan.title) for plan in plans]
        self.cause.choices = [SelectChoice(code, translate(CAUSES[code])) for code in causes]


class EnterForm(Form):
    """A circular or a proven forgery, with the paper that says so."""

    kind = RadioField(_l("Kind of entry"), [InputRequired(_l("Choose the kind of entry."))])
    on_date = DateField(_l("Day of the event"), [InputRequired()])
    source = StringField(_l("Paper that says so"), [InputRequired(), Length(max=200)])
    file = FileField(_l("Evidence"))
    reason = ReasonField(_l("What happened"))

    def offer(self) -> None:
        """Fill in the kinds that are entered by hand."""
        self.kind.choices = [SelectChoice(kind.value, translate(kind.label)) for kind in BY_HAND]
