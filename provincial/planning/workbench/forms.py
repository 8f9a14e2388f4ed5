"""What the workbench is asked."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import DecimalField, IntegerField, SelectField
from wtforms.validators import InputRequired, NumberRange

from provincial.core.identity import LARGEST_COUNT
from provincial.web.formkit import Form


class WorkbenchForm(Form):
    """What the workbench proposes from: year, total, and weights in parts of a hundred (HN-35)."""

    year = SelectField(_l("Figures of the year"), coerce=int, validators=[InputRequired()])
    total = IntegerField(
        _l("Places in all"),
        validators=[InputRequired(_l("Enter the total.")), NumberRange(min=1, max=LARGEST_COUNT)],
    )
    weight_teachers = DecimalField(_l("Teachers (%)"), places=1, validators=[InputRequired()])
    weight_key_teachers = DecimalField(
        _l("Key teachers (%)"), places=1, validators=[InputRequired()]
    )
    weight_rural = DecimalField(_l("Rural teachers (%)"), places=1, validators=[InputRequired()])
    weight_check_in = DecimalField(
        _l("Check-in last year (%)"), places=1, validators=[InputRequired()]
    )
