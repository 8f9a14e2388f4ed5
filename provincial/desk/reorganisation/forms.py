"""What the steps of the tree ask for."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, HiddenField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length

from provincial.people.organisations.rules import Step
from provincial.web.formkit import Form, ReasonField


class StepForm(Form):
    """Day, document and reason of a step. ``confirmed`` is set on the page that shows what it touches."""

    on_date = DateField(_l("Date of effect"), [InputRequired(_l("Give the day."))])
    document_number = StringField(
        _l("Document number"),
        [Length(max=80)],
        description=_l("Of the document that orders it, when there is one."),
    )
    reason = ReasonField()
    confirmed = HiddenField()

    @property
    def fingerprint(self) -> str:
        """A digest of what was typed, so that what is confirmed is what was shown."""
        unseen = ("csrf_token", "key", "version", "confirmed")
        typed = sorted(
            (name, str(value)) for name, value in self.data.items() if name not in unseen
        )
        return sha256(repr(typed).encode()).hexdigest()

    @property
    def is_confirmed(self) -> bool:
        """Whether the person has seen what exactly this step touches."""
        return bool(self.confirmed.data == self.fingerprint)

    def step(self) -> Step:
        """What was typed, as a plain value; only after the form has been validated."""
        assert self.on_date.data is not None  # noqa: S101  InputRequired has seen to it
        return Step(self.on_date.data, self.reason.data or "", self.document_number.data or "")


class MoveForm(StepForm):
    """Under whom, and from whom the places come."""

    parent_id = SelectField(_l("New superior"), coerce=int)
    from_province = BooleanField(
        _l("Places come straight from the province"),
        description=_l("As for a province-managed county; else they come from the superior."),
    )

    def __init__(self, parents: Iterable[tuple[int, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parent_id.choices = [SelectChoice(number, name) for number, name in parents]


class MergeForm(StepForm):
    """Into whom."""

    successor_id = StringField(
        _l("Body that takes over"),
        [InputRequired(_l("Name the body that takes over.")), Length(max=60)],
        description=_l("Its code or its full name."),
    )


class TakeBackForm(StepForm):
    """Which step, so that another one that came in between is not taken back by mistake."""

    event = HiddenField()
