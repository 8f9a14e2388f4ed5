"""Forms of the filling pages: ask for places."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, SelectField
from wtforms.validators import InputRequired, NumberRange

from provincial.web.formkit import Form, ReasonField


class AskForm(Form):
    """Ask the body above for more places of one project."""

    project_id = SelectField(_l("Project"), coerce=int)
    places = IntegerField(
        _l("Number of places"),
        validators=[InputRequired(_l("Enter a whole number above nought.")), NumberRange(1, 10**6)],
    )
    reason = ReasonField()

    def choose(self, projects: Sequence[tuple[int, str]]) -> AskForm:
        """Give the projects to choose from."""
        self.project_id.choices = list(projects)
        return self
