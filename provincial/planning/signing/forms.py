"""The form of a desk: the ticked names are read beside it, the button says what to do with them."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField

from provincial.web.formkit import Form, ReasonField


class DeskForm(Form):
    """One reason for all that is returned or refused; signing needs none."""

    act = HiddenField()
    reason = ReasonField(_l("Reason for returning or refusing"), required=False)
