"""The form of a desk: the ticked names, and the button that was pressed, are read beside it."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from provincial.web.formkit import Form, ReasonField


class DeskForm(Form):
    """One reason for all that is returned or refused; signing needs none."""

    reason = ReasonField(_l("Reason for returning or refusing"), required=False)
