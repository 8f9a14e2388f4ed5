"""What the pages of yearly figures ask for."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DecimalField, FileField, IntegerField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from provincial.core.text import t
from provincial.people.figures.rules import FIRST_YEAR, FLAGS, GRADES, LAST_YEAR, Figures
from provincial.web.filters import translate
from provincial.web.formkit import Form

_COUNT = (Optional(), NumberRange(0, 10_000_000))
_RATE = (Optional(), NumberRange(0, 100))


class FiguresForm(Form):
    """The figures of one body for one year; rates in per cent."""

    teachers = IntegerField(_l("Teachers"), _COUNT)
    key_teachers = IntegerField(_l("Key teachers"), _COUNT)
    rural_teachers = IntegerField(_l("Rural teachers"), _COUNT)
    flags = SelectMultipleField(
        _l("County flags"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    registration_rate = DecimalField(_l("Registration rate (per cent)"), _RATE, places=2)
    check_in_rate = DecimalField(_l("Check-in rate (per cent)"), _RATE, places=2)
    score = DecimalField(_l("Score"), (Optional(), NumberRange(0, 1000)), places=2)
    grade = SelectField(_l("Grade"), validators=[Optional()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.flags.choices = [SelectChoice(k, translate(v)) for k, v in FLAGS.items()]
        none = SelectChoice("", translate(t("Not set")))
        self.grade.choices = [none, *(SelectChoice(k, translate(v)) for k, v in GRADES.items())]

    def show(self, figures: Figures) -> None:
        """Put what is there into the fields."""
        for name, value in figures.as_columns().items():
            rate = name.endswith("_rate") and value is not None
            self[name].data = value * 100 if rate else value

    def figures(self) -> Figures:
        """What was typed, as plain values."""
        return Figures(
            teachers=self.teachers.data,
            key_teachers=self.key_teachers.data,
            rural_teachers=self.rural_teachers.data,
            flags=tuple(flag for flag in FLAGS if flag in (self.flags.data or ())),
            registration_rate=_share(self.registration_rate.data),
            check_in_rate=_share(self.check_in_rate.data),
            score=self.score.data,
            grade=self.grade.data or "",
        )


def _share(percent: Decimal | None) -> Decimal | None:
    return None if percent is None else (percent / 100).quantize(Decimal("0.0001"))


class UploadForm(Form):
    """A spreadsheet of figures for one year."""

    year = IntegerField(
        _l("Year"), [InputRequired(_l("Which year?")), NumberRange(FIRST_YEAR, LAST_YEAR)]
    )
    file = FileField(_l("Spreadsheet"), [InputRequired(_l("Choose a file."))])
