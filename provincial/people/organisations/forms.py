"""What the pages about bodies ask for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from provincial.core.text import Text, t
from provincial.people.organisations.rules import (
    QUOTA_GROUPS,
    STAGES,
    InstitutionFacts,
    Kind,
    Particulars,
    SchoolFacts,
    Step,
)
from provincial.web.filters import translate
from provincial.web.formkit import Form, ReasonField


def choices(items: Iterable[tuple[str, Text]]) -> list[SelectChoice]:
    """Options of a list in the reader's language."""
    return [SelectChoice(value, translate(label)) for value, label in items]


class ParticularsForm(Form):
    """The facts of a body beyond its name; the page shows those of its kind."""

    formal_name = StringField(
        _l("Name on letters"),
        [Length(max=60)],
        description=_l("How letters address it, such as 郑州市教育局. Empty: the name itself."),
    )
    aliases = TextAreaField(
        _l("Other names"),
        [Length(max=1000)],
        description=_l("One per line; spreadsheets are matched against them as well."),
    )
    opened_on = DateField(_l("Opened on"), [Optional()])
    stages = SelectMultipleField(
        _l("School stages"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    is_rural = BooleanField(_l("Rural school"))
    is_private = BooleanField(_l("Private school"))
    quota_group = SelectField(_l("Group for application caps"), validators=[Optional()])
    accredited_since = DateField(_l("Accredited since"), [Optional()])
    experience_years = IntegerField(
        _l("Years of experience with the national plan"), [Optional(), NumberRange(0, 60)]
    )

    def __init__(self, kind: Kind, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stages.choices = choices(STAGES.items())
        none = SelectChoice("", translate(t("Not set")))
        self.quota_group.choices = [none, *choices(QUOTA_GROUPS.items())]
        school = ("stages", "is_rural", "is_private")
        training = ("quota_group", "accredited_since", "experience_years")
        unfit = (() if kind is Kind.SCHOOL else school) + (
            () if kind is Kind.INSTITUTION else training
        )
        for name in unfit:
            delattr(self, name)

    def particulars(self) -> Particulars:
        """What was typed, as plain values."""
        data: Mapping[str, Any] = self.data
        aliases = data["aliases"] or ""  # the body's own list, when the field was not sent at all
        return Particulars(
            formal_name=data["formal_name"] or "",
            aliases=tuple(aliases.splitlines() if isinstance(aliases, str) else aliases),
            opened_on=data["opened_on"],
            school=SchoolFacts(
                tuple(data.get("stages") or ()),
                bool(data.get("is_rural")),
                bool(data.get("is_private")),
            ),
            institution=InstitutionFacts(
                data.get("quota_group") or "",
                data.get("accredited_since"),
                data.get("experience_years"),
            ),
        )


class RegisterForm(ParticularsForm):
    """A new body below another."""

    code = StringField(
        _l("Code"),
        [InputRequired(_l("Every body has a code of its own.")), Length(max=40)],
        description=_l("The official code, such as the school's national code; it never changes."),
    )
    name = StringField(_l("Name"), [InputRequired(_l("A body needs a name.")), Length(max=60)])


class ContactForm(Form):
    """The one responsible contact (HN-66)."""

    name = StringField(_l("Name of the contact"), [InputRequired(_l("Who is it?")), Length(max=40)])
    phone = TelField(
        _l("Phone"),
        [InputRequired(_l("A phone number is needed.")), Length(max=30)],
        description=_l("Mobile, or landline with area code. Kept encrypted."),
    )
    email = EmailField(_l("Mail"), [InputRequired(_l("An address is needed.")), Length(max=180)])


class StepForm(Form):
    """What every step of a body's history states."""

    on_date = DateField(_l("Date of effect"), [InputRequired(_l("Give the day."))])
    document_number = StringField(
        _l("Document number"),
        [Length(max=80)],
        description=_l("Of the document that orders it, when there is one."),
    )
    reason = ReasonField()

    def step(self) -> Step:
        """What was typed, as a plain value; only after the form has been validated."""
        assert self.on_date.data is not None  # noqa: S101  InputRequired has seen to it
        return Step(self.on_date.data, self.reason.data or "", self.document_number.data or "")


class RenameForm(StepForm):
    """A new name."""

    name = StringField(_l("New name"), [InputRequired(_l("A body needs a name.")), Length(max=60)])
