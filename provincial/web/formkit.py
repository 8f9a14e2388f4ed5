"""Forms of the house: typed input kept, refusals on their field, one transaction, acts once."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from wtforms import (
    DateField,
    DecimalField,
    Field,
    HiddenField,
    PasswordField,
    StringField,
    TextAreaField,
)
from wtforms.validators import (
    DataRequired,
    EqualTo,
    InputRequired,
    Length,
    StopValidation,
    ValidationError,
)

from provincial.core import clock
from provincial.core.db import transaction
from provincial.core.identity import has_hidden_characters, holds_id_number
from provincial.core.refusals import Refusal, StaleVersion
from provincial.web.access import viewer_or_none
from provincial.web.filters import translate
from provincial.web.kept import SECRETS
from provincial.web.once import claim, remember_answer


def _tidy(value: Any) -> Any:
    """Outer blanks go; controls and direction marks cannot stand in a line a person typed."""
    if not isinstance(value, str):
        return value
    # Each kind of sign is looked at once: a field of megabytes must not hold the worker (R22).
    hidden = {ord(c): None for c in set(value) if c not in "\n\t" and has_hidden_characters(c)}
    return value.translate(hidden).strip()


def plausible_date(_form: Any, field: DateField) -> None:
    """A validator: the year can be meant. Every date of a house form has it."""
    if field.data is None:
        return
    try:
        clock.plausible(field.data)
    except Refusal as refusal:
        raise ValidationError(translate(refusal.message)) from refusal


def finite_number(_form: Any, field: DecimalField) -> None:
    """A validator: “NaN” and “Infinity” are words of computers. Every decimal of a house form has it."""
    if field.data is not None and not field.data.is_finite():
        field.data = None
        raise StopValidation(field.gettext("Not a valid decimal value."))


def ids_from(texts: Iterable[str]) -> list[int]:
    """The row numbers among ``texts`` (ticked boxes), in order; what no row can have is left out."""
    plain = (text for text in texts if text.isascii() and text.isdigit() and len(text) < 19)
    return sorted({int(text) for text in plain})


class Form(FlaskForm):
    """Base of every form: blanks trimmed, a version against lost updates, a key against twins."""

    class Meta(FlaskForm.Meta):
        """Binds every text field with the tidy filter."""

        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Field:
            """Add the filter to text fields that did not name their own."""
            if issubclass(unbound_field.field_class, StringField) and not unbound_field.kwargs.get(
                "filters"
            ):
                unbound_field.kwargs["filters"] = [_tidy]
            for validator in unbound_field.kwargs.get("validators", ()):
                if isinstance(validator, InputRequired | DataRequired) and not validator.message:
                    validator.message = _l("Fill this in.")
            field: Field = unbound_field.bind(form=form, **options)
            return field

    version = HiddenField()
    key = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.refused: Refusal | None = None
        for field in self:
            if isinstance(field, DateField):
                field.validators = (*field.validators, plausible_date)
            elif isinstance(field, DecimalField):
                field.validators = (finite_number, *field.validators)
        if not self.key.data:
            self.key.data = secrets.token_urlsafe(24)

    @property
    def expected_version(self) -> int | None:
        """The version the page showed; ``None`` when what was sent carries none or a broken one.

        Never the version the thing has now, which the field falls back to when it was not sent.
        """
        sent = self.version.raw_data
        text = str(sent[0]).strip() if sent else ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None

    def refuse(self, refusal: Refusal) -> None:
        """Put a refusal on its field, or on the form as a whole."""
        self.refused = refusal
        target = self._fields.get(refusal.field) if refusal.field else None
        message = translate(refusal.message)
        if target is not None:
            target.errors = [*target.errors, message]
        else:
            self.form_errors.append(message)

    @property
    def stale(self) -> StaleVersion | None:
        """The clash with another person's save, when there is one."""
        return self.refused if isinstance(self.refused, StaleVersion) else None

    @property
    def page_status(self) -> int:
        """200 for a fresh form, 409 for a clash, 422 for a refused one."""
        if self.refused is not None:
            return self.refused.status
        return 422 if self.errors else 200


def no_id_number(_form: Any, field: Field) -> None:
    """A validator: reasons are kept in journals as they stand, where no ID number belongs (R6)."""
    if holds_id_number(str(field.data or "")):
        raise ValidationError(_l("Leave the ID number out: what stands here is kept as it is."))


class ReasonField(TextAreaField):
    """Why; asked for wherever a rule or a grave act wants it."""

    def __init__(self, label: Any = None, *, required: bool = True, **kwargs: Any) -> None:
        checks: list[Any] = [Length(max=500), no_id_number]
        if required:
            checks.insert(0, DataRequired(_l("Say why, in a sentence.")))
        super().__init__(label or _l("Reason"), validators=checks, **kwargs)


class NewPasswordField(PasswordField):
    """A password to be chosen; blanks are part of it."""

    def __init__(self, label: Any = None, **kwargs: Any) -> None:
        kwargs["filters"] = [lambda value: value]
        super().__init__(
            label or _l("New password"),
            validators=[InputRequired(_l("Type a new password.")), Length(max=200)],
            description=_l("At least 15 characters. Several unrelated words are easy to remember."),
            render_kw={"autocomplete": "new-password"},
            **kwargs,
        )


class PasswordAgainField(PasswordField):
    """The password of the field ``password`` once more."""

    def __init__(self, label: Any = None, **kwargs: Any) -> None:
        kwargs["filters"] = [lambda value: value]
        super().__init__(
            label or _l("New password again"),
            validators=[EqualTo("password", _l("The two passwords differ."))],
            render_kw={"autocomplete": "new-password"},
            **kwargs,
        )


class ReasonForm(Form):
    """A form that asks for nothing but the reason."""

    reason = ReasonField()


class ConfirmForm(Form):
    """A form that asks for nothing: the button is the act."""


@dataclass
class Outcome:
    """What became of a submission; false while it is refused."""

    accepted: bool = False
    answer: str = ""
    session: Session | None = None

    def __bool__(self) -> bool:
        return self.accepted


@contextmanager
def submission(form: Form, answer: str | Callable[[], str] = "") -> Iterator[Outcome]:
    """One transaction for one sent form: acts once, and a refusal lands on the form.

    ``with submission(form) as done: actions.verb(…)``, then ``if done: flash; redirect``. A twin of
    an accepted form raises ``Replayed``, which the error page turns into a redirect to the answer.
    """
    outcome, claimed = Outcome(), False
    who = viewer_or_none()
    actor = f"user:{who.user_id}" if who else f"address:{request.remote_addr}"
    key = str(form.key.data or "")[:64]
    try:
        with transaction() as session:
            outcome.session = session
            claim(session, actor, key, _digest())
            claimed = True
            yield outcome
            place = outcome.answer or (answer() if callable(answer) else answer)
            if place:
                remember_answer(session, actor, key, place)
        outcome.accepted = True
    except Refusal as refusal:
        if not claimed:  # nothing has been tried yet: the page of the refusal keeps what was typed
            raise
        form.refuse(refusal)


def _digest() -> str:
    """A digest of what was sent, without what differs between two loads of a page.

    Nor with secrets: the digest is kept, and a password must not be guessed from it (R21).
    """
    plain = sorted((k, v) for k, v in request.form.items(multi=True) if k not in SECRETS)
    names = sorted((f.name or "", f.filename or "") for f in request.files.values())
    return hashlib.sha256(json.dumps([request.path, plain, names]).encode()).hexdigest()
