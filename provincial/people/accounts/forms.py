"""Forms of signing in and of one's own account."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from provincial.web.formkit import Form


class SignInForm(Form):
    """Sign-in name and password."""

    login = StringField(
        _l("Sign-in name"),
        validators=[InputRequired(_l("Type your sign-in name.")), Length(max=80)],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )
    password = PasswordField(
        _l("Password"),
        validators=[InputRequired(_l("Type your password.")), Length(max=200)],
        filters=[lambda value: value],
        render_kw={"autocomplete": "current-password"},
    )


class ContactForm(Form):
    """One's own name and how one can be reached."""

    name = StringField(
        _l("Full name"), validators=[InputRequired(_l("Type your name.")), Length(max=40)]
    )
    email = StringField(
        _l("E-mail"),
        validators=[Length(max=200)],
        description=_l("For messages, and to set a new password when it is forgotten."),
        render_kw={"type": "email", "autocomplete": "email"},
    )
    phone = StringField(
        _l("New telephone number"),
        validators=[Length(max=30)],
        description=_l("Leave empty to keep the present one; type a dash to remove it."),
        render_kw={"type": "tel", "autocomplete": "tel"},
    )
