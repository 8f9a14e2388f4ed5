"""Forms of lists: the file, and why warnings are accepted."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import FileField
from wtforms.validators import InputRequired

from provincial.web.formkit import Form, ReasonField


class UploadForm(Form):
    """A list to be read."""

    file = FileField(_l("Spreadsheet"), [InputRequired(_l("Choose a file."))])


class TakeInForm(Form):
    """Taking the good rows in; a reason where rows have warnings."""

    reason = ReasonField(_l("Why rows with warnings are entered all the same"), required=False)
