"""Forms of ways in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, SelectField, StringField
from wtforms.validators import EqualTo, InputRequired, Length

from provincial.web.formkit import Form


class InviteForm(Form):
    """Whom, where to, in which role; without an address the link or slip is handed over."""

    name = StringField(
        _l("Full name"), validators=[InputRequired(_l("Say whom you invite.")), Length(max=40)]
    )
    email = StringField(
        _l("E-mail"),
        validators=[Length(max=200)],
        description=_l("Without an address you get the link or a printed slip to hand over."),
        render_kw={"type": "email"},
    )
    role = SelectField(_l("Role"))

    def __init__(self, roles: Sequence[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.role.choices = list(roles)


class CodeForm(Form):
    """The code of an activation slip."""

    code = StringField(
        _l("Activation code"),
        validators=[InputRequired(_l("Type the code of your slip.")), Length(max=100)],
        description=_l("Four groups of five signs; blanks and dashes do not matter."),
        render_kw={"autocomplete": "one-time-code", "autocapitalize": "characters"},
    )


class NewPasswordForm(Form):
    """A new password, twice."""

    password = PasswordField(
        _l("Password"),
        validators=[InputRequired(_l("Type a new password.")), Length(max=200)],
        filters=[lambda value: value],
        description=_l("At least 15 characters. Several unrelated words are easy to remember."),
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(
        _l("Password again"),
        validators=[EqualTo("password", _l("The two passwords differ."))],
        filters=[lambda value: value],
        render_kw={"autocomplete": "new-password"},
    )


class ActivationForm(NewPasswordForm):
    """What a new account needs."""

    name = StringField(
        _l("Your name"), validators=[InputRequired(_l("Type your name.")), Length(max=40)]
    )
    login = StringField(
        _l("Sign-in name"),
        validators=[InputRequired(_l("Choose a sign-in name.")), Length(max=80)],
        description=_l("3 to 80 letters, digits or Chinese characters; capitals do not matter."),
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )


class ForgottenForm(Form):
    """Sign-in name or mail address."""

    who = StringField(
        _l("Sign-in name or e-mail"),
        validators=[InputRequired(_l("Type your sign-in name or e-mail.")), Length(max=200)],
    )
