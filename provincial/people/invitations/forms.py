"""Forms of ways in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length

from provincial.web.formkit import Form, NewPasswordField, PasswordAgainField


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

    password = NewPasswordField(_l("Password"))
    again = PasswordAgainField(_l("Password again"))


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
