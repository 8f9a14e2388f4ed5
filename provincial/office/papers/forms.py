"""Forms of papers: verify by code or by file."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import StringField
from wtforms.validators import Length

from provincial.web.formkit import Form


class VerifyForm(Form):
    """The code printed below the QR code, or the PDF itself; one of the two is enough."""

    typed = StringField(_l("Verification code"), validators=[Length(max=40)])
    file = FileField(_l("PDF of the paper"))
