"""Forms of categories and columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from provincial.web.formkit import Form

_LONG = [Length(max=4000)]


class CategoryForm(Form):
    """What a category is; the lists come from the rulebook."""

    code = StringField(
        _l("Code"),
        validators=[Optional(), Length(max=60)],
        description=_l("Small letters, digits and underscores; used by imports."),
    )
    name = StringField(_l("Name of the category"), validators=[InputRequired(), Length(max=120)])
    has_quota_table = BooleanField(_l("Places are handed out by a quota table"))
    annex = StringField(_l("Annex"), validators=[Length(max=40)])
    target = TextAreaField(_l("Target group"), validators=_LONG)
    eligibility = TextAreaField(_l("Conditions for trainees"), validators=_LONG)
    face_days = IntegerField(_l("Face-to-face days"), validators=[Optional(), NumberRange(0, 366)])
    online_hours = IntegerField(_l("Online hours"), validators=[Optional(), NumberRange(0, 2000)])
    outcomes_required = TextAreaField(_l("Outcomes required"), validators=_LONG)
    themes = SelectMultipleField(
        _l("Themes"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )
    tier = SelectField(_l("Career-stage tier"), validators=[Optional()])
    programme_line = SelectField(_l("Programme line"), validators=[Optional()])

    def __init__(
        self,
        themes: Mapping[str, str],
        tiers: Mapping[str, str],
        lines: Mapping[str, str],
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        none = SelectChoice("", str(_l("Not set")))
        self.themes.choices = [SelectChoice(code, name) for code, name in themes.items()]
        self.tier.choices = [none, *(SelectChoice(c, n) for c, n in tiers.items())]
        self.programme_line.choices = [none, *(SelectChoice(c, n) for c, n in lines.items())]


class ColumnsForm(Form):
    """Columns to add, one per line."""

    columns = TextAreaField(
        _l("Columns to add"),
        validators=[InputRequired(), Length(max=2000)],
        description=_l("Stage and subject, one per line, such as 小学语文."),
    )


class ThemesForm(Form):
    """Themes and tier of one project."""

    themes = SelectMultipleField(
        _l("Themes"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )
    tier = SelectField(_l("Career-stage tier"), validators=[Optional()])

    def __init__(self, themes: Mapping[str, str], tiers: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.themes.choices = [SelectChoice(code, name) for code, name in themes.items()]
        none = SelectChoice("", str(_l("Not set")))
        self.tier.choices = [none, *(SelectChoice(c, n) for c, n in tiers.items())]
