"""Forms of passwords and codes."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from provincial.web.formkit import Form, NewPasswordField, PasswordAgainField

_CODE = {"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"}


class ChangePasswordForm(Form):
    """The current password and a new one, twice."""

    current = PasswordField(
        _l("Current password"),
        validators=[InputRequired(_l("Type your current password.")), Length(max=200)],
        filters=[lambda value: value],
        render_kw={"autocomplete": "current-password"},
    )
    password = NewPasswordField()
    again = PasswordAgainField()


class SignInCodeForm(Form):
    """The code of the app, or a recovery code."""

    code = StringField(
        _l("Code of the second factor"),
        validators=[InputRequired(_l("Type the code.")), Length(max=60)],
        description=_l("Six digits from the app on your telephone, or one of your recovery codes."),
        render_kw=_CODE,
    )


class AppCodeForm(Form):
    """The first code of the app."""

    code = StringField(
        _l("Code of the app"),
        validators=[InputRequired(_l("Type the code.")), Length(max=20)],
        description=_l("Six digits that the app shows for this site; a new code every 30 seconds."),
        render_kw={**_CODE, "inputmode": "numeric"},
    )


class ProofForm(Form):
    """The password again, or with a second factor its code."""

    proof = PasswordField(
        _l("Password"),
        validators=[InputRequired(_l("Type your password.")), Length(max=200)],
        filters=[lambda value: value],
        render_kw={"autocomplete": "current-password"},
    )

    def __init__(self, *args: Any, by_code: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if by_code:
            self.proof.label.text = _l("Code of the app, or a recovery code")
            self.proof.render_kw = _CODE
