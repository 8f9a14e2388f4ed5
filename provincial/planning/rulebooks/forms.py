"""Forms of the rulebook pages. The editor's form is made for one group of parameters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from provincial.core.text import Text
from provincial.planning.rulebooks.rules import Basis, Entered, field_of
from provincial.rulebook.editing import typed_text
from provincial.rulebook.loader import Rulebook
from provincial.rulebook.parameter import Group, Parameter
from provincial.rulebook.records import HOUSE_DEFAULT
from provincial.rulebook.values import LONGEST_TEXT, Kind
from provincial.web.filters import translate
from provincial.web.formkit import Form, ReasonField

#: Kinds whose value fills one line.
_ONE_LINE = frozenset({Kind.INTEGER, Kind.DECIMAL, Kind.RATIO, Kind.DATE, Kind.WINDOW})


def options(items: Iterable[tuple[str, Text | str]]) -> list[SelectChoice]:
    """Options of a list in the reader's language."""
    return [SelectChoice(value, translate(label)) for value, label in items]


class CopyForm(Form):
    """Which rulebook is copied, and what the copy is called."""

    source = SelectField(_l("Rulebook to copy"))
    title = StringField(_l("Title of the notice"), validators=[InputRequired(), Length(max=200)])
    code = StringField(
        _l("Code"),
        validators=[InputRequired(), Length(max=60)],
        description=_l("Small letters, digits and dashes, such as henan-2024. Used in addresses."),
    )

    def __init__(self, sources: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.source.choices = options(sources)


class HeaderForm(Form):
    """The notice itself: title, number, date, issuer, and what it speaks of."""

    title = StringField(_l("Title of the notice"), validators=[InputRequired(), Length(max=200)])
    number = StringField(_l("Document number"), validators=[Length(max=80)])
    cite_as = StringField(
        _l("Cited as"),
        validators=[InputRequired(), Length(max=80)],
        description=_l("What citations begin with: the number, or a short title."),
    )
    issuer = StringField(_l("Issuing body"), validators=[InputRequired(), Length(max=120)])
    issued_on = DateField(_l("Date of issue"), validators=[Optional()])
    groups = SelectMultipleField(
        _l("The notice speaks of"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    reason = ReasonField()

    def __init__(self, groups: Iterable[Group], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.groups.choices = options((g.code, g.label) for g in groups if not g.always)


def group_form(group: Group, rulebook: Rulebook, *, version: int) -> Form:
    """A form with value, article, sentence, basis and reason for each parameter of ``group``."""
    fields: dict[str, Any] = {}
    data: dict[str, Any] = {"version": version}
    for parameter in group.parameters:
        entry = rulebook.entry(parameter.key)
        fields[parameter.key] = _value_field(parameter)
        data[parameter.key] = typed_text(parameter, entry.value)
        house = entry.source.origin == HOUSE_DEFAULT
        for part, field, value in (
            ("article", StringField(_l("Article"), validators=[Length(max=80)]), None),
            (
                "quote",
                TextAreaField(_l("Quoted sentence"), validators=[Length(max=LONGEST_TEXT)]),
                None,
            ),
            ("basis", SelectField(_l("Rests on")), (Basis.HOUSE if house else Basis.NOTICE).value),
            ("reason", StringField(_l("Why it changes"), validators=[Length(max=500)]), ""),
        ):
            fields[field_of(parameter.key, part)] = field
            data[field_of(parameter.key, part)] = (
                getattr(entry.source, part) if value is None else value
            )
    form: Form = type("GroupForm", (Form,), fields)(data=data)
    for parameter in group.parameters:
        basis = form[field_of(parameter.key, "basis")]
        basis.choices = options((basis.value, basis.label) for basis in Basis)
        if parameter.kind in (Kind.CHOICE, Kind.FLAG):
            form[parameter.key].choices = _choices(parameter)
    return form


def entered(group: Group, form: Form) -> Mapping[str, Entered]:
    """What was typed, row by row."""
    parts = ("article", "quote", "basis", "reason")
    return {
        parameter.key: Entered(
            form[parameter.key].data or "",
            **{part: form[field_of(parameter.key, part)].data or "" for part in parts},
        )
        for parameter in group.parameters
    }


def _value_field(parameter: Parameter) -> Any:
    label = translate(parameter.label)
    if parameter.unit is not None:
        label = f"{label} ({translate(parameter.unit)})"
    if parameter.kind in (Kind.CHOICE, Kind.FLAG):
        return SelectField(label)
    if parameter.kind in _ONE_LINE:
        return StringField(label, validators=[Length(max=100)])
    help_text = ""
    if parameter.choices:
        help_text = ", ".join(
            f"{term.code} = {translate(term.label)}" for term in parameter.choices
        )
    return TextAreaField(label, validators=[Length(max=20_000)], description=help_text)


def _choices(parameter: Parameter) -> list[SelectChoice]:
    none = [] if parameter.must_be_listed else [SelectChoice("", str(_l("Not set")))]
    if parameter.kind is Kind.FLAG:
        return [*none, SelectChoice("是", str(_l("Yes"))), SelectChoice("否", str(_l("No")))]
    return none + options((term.code, term.label) for term in parameter.choices)
