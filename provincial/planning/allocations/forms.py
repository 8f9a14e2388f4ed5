"""The forms of a province's table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import DecimalField, IntegerField, SelectField
from wtforms.validators import InputRequired, NumberRange

from provincial.core.identity import LARGEST_COUNT, parse_count
from provincial.core.refusals import Refusal
from provincial.web.filters import translate
from provincial.web.formkit import Form, ReasonField


class UploadForm(Form):
    """A workbook with the table."""

    file = FileField(_l("Workbook"), validators=[FileRequired(_l("Choose a workbook."))])


class GridForm(Form):
    """The figures stand in inputs of their own; this carries the version and the key."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.errors_by_cell: dict[str, str] = {}

    def read(self, names: Iterable[str]) -> dict[str, int]:
        """The figures of the inputs ``names`` as they were sent; an empty one is nought.

        What is no count is kept beside its input and refused as a whole.
        """
        figures = {}
        for name in names:
            try:
                figures[name] = parse_count(request.form.get(name, "")) or 0
            except Refusal as refusal:
                self.errors_by_cell[name] = translate(refusal.message)
        if self.errors_by_cell:
            self.form_errors.append(_("Some cells hold no whole number; they are marked."))
        return figures


class SubmitForm(Form):
    """To the second officer; a correction says why."""

    reason = ReasonField(_l("Why the table in force is corrected"), required=False)


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
