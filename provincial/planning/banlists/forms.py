"""What the import of bans asks for."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import FileField
from wtforms.validators import InputRequired

from provincial.web.formkit import Form


class UploadForm(Form):
    """A spreadsheet of bans."""

    file = FileField(_l("Spreadsheet"), validators=[InputRequired(_l("Choose a file."))])
