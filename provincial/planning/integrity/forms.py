"""Forms of bans and of the integrity file."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import DateField, FileField, RadioField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length

from provincial.planning.integrity.rules import BY_HAND
from provincial.web.filters import translate
from provincial.web.formkit import Form, ReasonField


class EnterForm(Form):
    """A circular or a proven forgery, with the paper that says so."""

    kind = RadioField(
        _l("Kind of entry"), validators=[InputRequired(_l("Choose the kind of entry."))]
    )
    on_date = DateField(_l("Day of the event"), validators=[InputRequired()])
    source = StringField(_l("Paper that says so"), validators=[InputRequired(), Length(max=200)])
    file = FileField(_l("Supporting evidence"))
    reason = ReasonField(_l("What happened"))

    def offer(self) -> None:
        """Fill in the kinds that are entered by hand."""
        self.kind.choices = [SelectChoice(kind.value, translate(kind.label)) for kind in BY_HAND]
