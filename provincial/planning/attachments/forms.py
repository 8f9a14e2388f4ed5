"""The form to attach a document."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, StringField
from wtforms.validators import Length

from provincial.web.formkit import Form


class AttachForm(Form):
    """A file, its title, and whether the public sees it."""

    file = FileField(_l("File"), validators=[FileRequired(_l("Choose a file."))])
    title = StringField(
        _l("Title"), validators=[Length(max=200)], description=_l("Empty: the name of the file.")
    )
    is_public = BooleanField(_l("Open to the public"), default=True)
