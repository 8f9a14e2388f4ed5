"""The form that brings a workbook in."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired

from provincial.web.formkit import Form


class UploadForm(Form):
    """A workbook with the split."""

    file = FileField(_l("Workbook"), validators=[FileRequired(_l("Choose a workbook."))])
