"""Forms of plans and programmes of years."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import Email, InputRequired, Length, NumberRange, Optional

from provincial.planning.plans.rules import PUBLICITY
from provincial.web.filters import translate
from provincial.web.formkit import Form, ReasonField

#: How many offices the contact block holds (HN-67).
CONTACTS = 3
_PARTS = ("office", "person", "phone", "email")


class NewPlanForm(Form):
    """From which rulebook, and what the plan is called."""

    source = SelectField(_l("Rulebook"))
    code = StringField(
        _l("Code"),
        validators=[InputRequired(), Length(max=60)],
        description=_l("Small letters, digits and dashes, such as henan-2024. Used in addresses."),
    )
    label = StringField(
        _l("Short name"), validators=[Length(max=40)], description=_l("Such as “2024”, for lists.")
    )
    title = StringField(
        _l("Title"),
        validators=[Length(max=200)],
        description=_l("Empty: the title of the notice."),
    )

    def __init__(self, sources: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.source.choices = [SelectChoice(code, label) for code, label in sources]


class CopyPlanForm(Form):
    """What the copy is called, and its first day: all dates move with it."""

    title = StringField(_l("Title"), validators=[InputRequired(), Length(max=200)])
    code = StringField(
        _l("Code"),
        validators=[InputRequired(), Length(max=60)],
        description=_l("Small letters, digits and dashes, such as henan-2024. Used in addresses."),
    )
    label = StringField(_l("Short name"), validators=[Length(max=40)])
    starts_on = DateField(
        _l("First day of the new plan"),
        validators=[InputRequired()],
        description=_l("Every window and date moves by the same span."),
    )


class FactsForm(Form):
    """Title, number, dates, programme, contacts and text of the notice."""

    title = StringField(_l("Title"), validators=[InputRequired(), Length(max=200)])
    label = StringField(_l("Short name"), validators=[Length(max=40)])
    year = IntegerField(_l("Year"), validators=[InputRequired(), NumberRange(2000, 2100)])
    doc_number = StringField(_l("Document number"), validators=[Length(max=80)])
    issued_on = DateField(_l("Date of issue"), validators=[Optional()])
    starts_on = DateField(_l("First day"), validators=[Optional()])
    ends_on = DateField(_l("Last day"), validators=[Optional()])
    programme_id = SelectField(_l("Programme of years"), coerce=int)
    index_number = StringField(_l("Index number"), validators=[Length(max=80)])
    keywords = StringField(_l("Keywords"), validators=[Length(max=200)])
    publicity = SelectField(_l("Publicity"))
    notice_text = TextAreaField(
        _l("Text of the notice"), validators=[Length(max=100_000)], render_kw={"rows": 12}
    )

    def __init__(self, programmes: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        none = SelectChoice(0, str(_l("None")))
        self.programme_id.choices = [none, *(SelectChoice(n, name) for n, name in programmes)]
        self.publicity.choices = [
            SelectChoice(code, translate(label)) for code, label in PUBLICITY.items()
        ]

    @property
    def contacts(self) -> list[dict[str, str]]:
        """The offices that were named."""
        rows = [
            {part: self[f"contact_{number}_{part}"].data or "" for part in _PARTS}
            for number in range(CONTACTS)
        ]
        return [{k: v for k, v in row.items() if v} for row in rows if row["office"]]


_LABELS = {
    "office": _l("Office"),
    "person": _l("Contact person"),
    "phone": _l("Telephone"),
    "email": _l("Mail address"),
}
for _number in range(CONTACTS):
    for _part in _PARTS:
        _checks: list[Any] = [Length(max=120)]
        if _part == "email":
            _checks = [Optional(), Email(_l("This is not a mail address.")), *_checks]
        setattr(
            FactsForm,
            f"contact_{_number}_{_part}",
            StringField(_LABELS[_part], validators=_checks),
        )


def contact_values(contacts: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """The contact block as the form's values."""
    return {
        f"contact_{number}_{part}": contact.get(part, "")
        for number, contact in enumerate(contacts[:CONTACTS])
        for part in _PARTS
    }


class ProgrammeForm(Form):
    """A programme of years (HN-73)."""

    name = StringField(_l("Name"), validators=[InputRequired(), Length(max=120)])
    first_year = IntegerField(
        _l("First year"), validators=[InputRequired(), NumberRange(2000, 2100)]
    )
    last_year = IntegerField(_l("Last year"), validators=[InputRequired(), NumberRange(2000, 2100)])


class SubmitForm(Form):
    """Submitting for issue: warnings need a reason, without warnings it may stay empty."""

    reason = ReasonField(required=False)
