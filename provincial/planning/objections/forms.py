"""Forms of objections."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import MultipleFileField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length

from provincial.planning.objections.rules import KINDS, VERDICTS
from provincial.web.filters import translate
from provincial.web.formkit import Form, ReasonField


class LodgeForm(Form):
    """What is lodged, why, and what proves it."""

    kind = RadioField(
        _l("What do you lodge?"), validators=[InputRequired(_l("Choose what you lodge."))]
    )
    text = TextAreaField(
        _l("What speaks against the ban"),
        validators=[InputRequired(), Length(max=2000)],
        render_kw={"rows": 6},
    )
    files = MultipleFileField(_l("Supporting evidence"))

    def offer(self) -> None:
        """Fill in the choices in the reader's language."""
        self.kind.choices = [SelectChoice(code, translate(said)) for code, said in KINDS.items()]


class DecideForm(Form):
    """The verdict and its reason."""

    verdict = RadioField(_l("Decision"), validators=[InputRequired(_l("Choose a decision."))])
    reason = ReasonField()

    def offer(self) -> None:
        """Fill in the choices in the reader's language."""
        self.verdict.choices = [
            SelectChoice(code, translate(said)) for code, said in VERDICTS.items()
        ]
