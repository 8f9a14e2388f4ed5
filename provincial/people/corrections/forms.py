"""What the pages of the own record ask for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from provincial.core.text import t
from provincial.web.filters import translate
from provincial.web.formkit import Form, ReasonField


class AccountForm(Form):
    """Whose account a record's is."""

    user_id = SelectField(_l("Account"))
    reason = ReasonField()

    def __init__(self, accounts: Sequence[tuple[int, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        none = SelectChoice("", translate(t("No account")))
        self.user_id.choices = [none, *(SelectChoice(str(n), name) for n, name in accounts)]

    @property
    def account(self) -> int | None:
        """The chosen account, if any."""
        return int(self.user_id.data) if self.user_id.data else None


class AnswerForm(Form):
    """An agreement; a remark is welcome, not asked for."""

    reason = ReasonField(_l("Remark"), required=False)
