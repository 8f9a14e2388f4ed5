"""Forms of lists: submit, stamp, decide. The names ticked are read beside them."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import StringField
from wtforms.validators import Length

from provincial.web.formkit import Form, ReasonField


class SubmitForm(Form):
    """Hand in the names ticked on the page."""


class StampForm(Form):
    """The stamped or e-sealed PDF; the code only where the file has no text of its own."""

    file = FileField(_l("Stamped list (PDF)"), validators=[FileRequired(_l("Choose a file."))])
    code = StringField(
        _l("Verification code"),
        validators=[Length(max=40)],
        description=_l("Only for a scan: the twelve signs printed below the QR code."),
    )


class DecideForm(Form):
    """Confirm, approve or return the names ticked; only returning asks for the reason."""

    reason = ReasonField(_l("Reason for returning"), required=False)
