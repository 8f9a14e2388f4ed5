"""Forms of entering: the search over the register, and what is written beside the chosen name."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from provincial.core.text import Text
from provincial.web.filters import translate
from provincial.web.formkit import Form, ReasonField

_WORDS = _l("Name, pinyin or the whole ID number")


class EntryForm(Form):
    """The part that entering, changing and stepping in have in common."""

    reason = ReasonField(_l("Why in spite of the warnings"), required=False)
    grounds = TextAreaField(
        _l("Grounds for the green channel"),
        validators=[Length(max=1000)],
        description=_l("Which condition of the scheme the teacher meets; the province reads it."),
    )
    evidence = FileField(
        _l("Evidence"),
        description=_l("PDF or picture: the certificate of the title or honour."),
    )
    note = TextAreaField(_l("Note"), validators=[Length(max=500)])

    def attached(self) -> tuple[bytes, str] | None:
        """The bytes and the name of the file that was sent, if one was."""
        upload = self.evidence.data
        if upload is None or not getattr(upload, "filename", ""):
            return None
        return upload.read(), upload.filename


class StandInSearchForm(Form):
    """Words of a name or an ID number; sent in a form, so that no number stands in an address."""

    words = StringField(
        _WORDS,
        validators=[DataRequired(_l("Type a name, its pinyin or an ID number.")), Length(max=60)],
    )


class SearchForm(StandInSearchForm):
    """The search, for one project."""

    project_id = SelectField(_l("Project"), coerce=int)

    def choose(self, projects: Sequence[tuple[int, str]]) -> SearchForm:
        """Give the projects; the form itself is handed back."""
        self.project_id.choices = list(projects)
        return self


class NominateForm(EntryForm):
    """The place, and what is written beside the name."""

    place = RadioField(_l("On a place of"))

    def choose(self, choices: Sequence[tuple[str, Text]]) -> NominateForm:
        """Give the places in reach; the form itself is handed back."""
        self.place.choices = [(key, translate(label)) for key, label in choices]
        return self


class ReplaceForm(EntryForm):
    """Why somebody else steps in, and what is written beside the new name."""

    replace_reason = ReasonField(_l("Why another teacher steps in"))
