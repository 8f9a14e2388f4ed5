"""What the pages of transfers ask for."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, StringField
from wtforms.validators import InputRequired, Length

from provincial.web.formkit import Form, ReasonField


class AwayForm(Form):
    """A teacher is to go to another school."""

    school = StringField(
        _l("Receiving school"),
        [InputRequired(), Length(max=80)],
        description=_l("Its full name or its code."),
    )
    on_date = DateField(_l("Transferred on"), [InputRequired()])
    reason = ReasonField()


class HereForm(Form):
    """A teacher of another school is to come here."""

    name = StringField(_l("Full name"), [InputRequired(), Length(max=60)])
    id_number = StringField(_l("ID number"), [InputRequired(), Length(max=60)])
    school = StringField(
        _l("Receiving school"),
        [InputRequired(), Length(max=80)],
        description=_l("Its full name or its code."),
    )
    on_date = DateField(_l("Transferred on"), [InputRequired()])
    reason = ReasonField()

    def __init__(self, own_school: bool, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if own_school:
            del self.school


class AgreeForm(Form):
    """An agreement; a remark is welcome, not asked for."""

    reason = ReasonField(_l("Remark"), required=False)
