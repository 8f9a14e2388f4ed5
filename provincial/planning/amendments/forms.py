"""Forms of supplementary notices."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length

from provincial.rulebook.parameter import Parameter
from provincial.rulebook.values import LONGEST_TEXT, Kind
from provincial.web.filters import translate
from provincial.web.formkit import Form


class NoticeForm(Form):
    """Number, title and date of effect."""

    doc_number = StringField(_l("Document number"), validators=[InputRequired(), Length(max=80)])
    title = StringField(_l("Title of the notice"), validators=[InputRequired(), Length(max=200)])
    effective_on = DateField(_l("Takes effect on"), validators=[InputRequired()])


class ChangeForm(Form):
    """A changed value with its article and sentence."""

    article = StringField(
        _l("Article"),
        validators=[InputRequired(), Length(max=80)],
        description=_l("Where the new notice says so, such as 二(一)."),
    )
    quote = TextAreaField(
        _l("Quoted sentence"), validators=[InputRequired(), Length(max=LONGEST_TEXT)]
    )


def change_form(parameter: Parameter, typed: str, **data: Any) -> Form:
    """The form for one parameter, with the value that holds now."""
    form: Form = type("ValueForm", (ChangeForm,), {"value": _field(parameter)})(
        data={"value": typed, **data}
    )
    if parameter.kind in (Kind.CHOICE, Kind.FLAG):
        form["value"].choices = _choices(parameter)
    return form


def _field(parameter: Parameter) -> Any:
    label = translate(parameter.label)
    if parameter.unit is not None:
        label = f"{label} ({translate(parameter.unit)})"
    if parameter.kind in (Kind.CHOICE, Kind.FLAG):
        return SelectField(label)
    words = ", ".join(f"{term.code} = {translate(term.label)}" for term in parameter.choices)
    return TextAreaField(label, validators=[Length(max=20_000)], description=words)


def _choices(parameter: Parameter) -> list[SelectChoice]:
    none = [] if parameter.must_be_listed else [SelectChoice("", str(_l("Not set")))]
    if parameter.kind is Kind.FLAG:
        return [*none, SelectChoice("是", str(_l("Yes"))), SelectChoice("否", str(_l("No")))]
    return none + [SelectChoice(term.code, translate(term.label)) for term in parameter.choices]
