"""The form of a copy that came back."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import FileField
from wtforms.validators import InputRequired

from provincial.web.formkit import Form


class ReturnForm(Form):
    """A copy to be compared and merged."""

    file = FileField(_l("Spreadsheet"), [InputRequired(_l("Choose a file."))])
