"""Forms about acting in another's place."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import DateField, StringField
from wtforms.validators import InputRequired, Length, Optional

from provincial.web.formkit import Form, ReasonField

_DATE = {"type": "date"}


class MandateForm(Form):
    """For which body, why, by which document, how long."""

    body = StringField(
        _l("Body"),
        validators=[InputRequired(_l("Type the name or code of the body.")), Length(max=120)],
        description=_l("Its exact name or its code."),
    )
    reason = ReasonField()
    document_number = StringField(_l("Document number"), validators=[Length(max=80)])
    starts_on = DateField(
        _l("First day"), validators=[InputRequired(_l("Choose the first day."))], render_kw=_DATE
    )
    ends_on = DateField(
        _l("Last day"),
        validators=[Optional()],
        description=_l("Leave empty for a mandate until it is ended."),
        render_kw=_DATE,
    )
