"""Forms of windows and extensions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length

from provincial.core.text import Text
from provincial.web.filters import translate
from provincial.web.formkit import Form, ReasonField


class DatesForm(Form):
    """First and last day; both belong to the window."""

    opens = DateField(_l("First day"), validators=[InputRequired()])
    closes = DateField(
        _l("Last day"),
        validators=[InputRequired()],
        description=_l("The whole day is still in time."),
    )


class NewWindowForm(DatesForm):
    """A window of a kind that the plan has not yet."""

    kind = SelectField(_l("Kind of window"), validators=[InputRequired()])

    def __init__(self, kinds: Iterable[tuple[str, Text]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kind.choices = [SelectChoice(code, translate(label)) for code, label in kinds]


class ExtensionForm(Form):
    """For whom, until when, why."""

    body = StringField(
        _l("Body"),
        validators=[InputRequired(), Length(max=120)],
        description=_l("Name or code. The extension also holds for the bodies below it."),
        render_kw={"list": "body-names", "autocomplete": "off"},
    )
    last_day = DateField(_l("Open until"), validators=[InputRequired()])
    reason = ReasonField()
