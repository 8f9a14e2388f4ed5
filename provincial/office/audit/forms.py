"""The auditor's search. It changes nothing and is read from the address."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import DateField, Form, StringField
from wtforms.validators import Length, Optional

from provincial.web.formkit import plausible_date


class SearchForm(Form):
    """Who, which body, what, on which thing, from when to when."""

    person = StringField(_l("Person"), [Length(max=80)], default="")
    body = StringField(_l("Organisation"), [Length(max=120)], default="")
    action = StringField(_l("Act"), [Length(max=80)], default="")
    thing = StringField(_l("Thing"), [Length(max=200)], default="")
    request = StringField(_l("Request number"), [Length(max=20)], default="")
    since = DateField(_l("From"), [Optional(), plausible_date])
    until = DateField(_l("To"), [Optional(), plausible_date])
