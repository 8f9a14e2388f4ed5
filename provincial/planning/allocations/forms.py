"""The forms of a province's table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired

from provincial.core.identity import parse_count
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
