"""What the pages about titles ask for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length

from provincial.people.honours.rules import KINDS, LEVELS
from provincial.web.filters import translate
from provincial.web.formkit import Form, ReasonField


class HonourForm(Form):
    """A title that a teacher has been given."""

    kind = SelectField(_l("Kind of title"), validators=[InputRequired()])
    level = SelectField(_l("Level"), validators=[InputRequired()])
    name = StringField(
        _l("Name of the title"),
        [Length(max=60)],
        description=_l("Only when it has one of its own, such as 中原名师."),
    )
    awarded_on = DateField(_l("Given on"), [InputRequired()])
    document_number = StringField(
        _l("Document number"), [Length(max=80)], description=_l("Of the notice that gives it.")
    )

    def __init__(self, levels: Iterable[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = [SelectChoice(c, translate(word)) for c, (_n, word) in KINDS.items()]
        self.level.choices = [SelectChoice(c, translate(LEVELS[c][1])) for c in levels]


class WithdrawForm(Form):
    """When and why a title is withdrawn."""

    withdrawn_on = DateField(_l("Withdrawn on"), [InputRequired()])
    reason = ReasonField()
