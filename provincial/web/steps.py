"""What the pages of all steps share: is the step open, do it in its transaction, say so, go on."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from provincial.core.refusals import WrongState
from provincial.core.states import Machine, State, Transition
from provincial.web.filters import translate
from provincial.web.formkit import ConfirmForm, Form, ReasonForm, submission


def step_now(machine: Machine, state: State, action: str) -> Transition | None:
    """The step as the table has it; nothing when the state has moved on, and the reader is told."""
    try:
        return machine.step(state, action)
    except WrongState as refusal:
        flash(translate(refusal.message), "attention")
        return None


def step_form(step: Transition, version: int) -> Form:
    """The form of a step: its reason where it needs one, else the version that was seen."""
    return ReasonForm() if step.needs_reason else ConfirmForm(version=version)


def carried_out(
    form: Form, answer: str, act: Callable[[], object], said: str | Transition
) -> ResponseReturnValue | None:
    """Do ``act`` in one transaction when ``form`` was sent and is whole, then go on to ``answer``.

    ``said`` is told on the next page. Nothing when the form is fresh or refused: then the page is
    shown (again), with what was typed.
    """
    if not form.validate_on_submit():
        return None
    with submission(form, answer) as done:
        act()
    if not done:
        return None
    words = said if isinstance(said, str) else _("Done: %(step)s.", step=translate(said.label))
    flash(words, "good")
    return redirect(answer, 303)
