"""Forms of a holder: the split page, and the acts that move single places."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Request
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import DateField, HiddenField, IntegerField, SelectField
from wtforms.validators import InputRequired, NumberRange, Optional

from provincial.core.text import Text
from provincial.planning.quotas.rules import Cell
from provincial.web.filters import translate
from provincial.web.formkit import Form, ReasonField

#: Rows of a screenful; a body with more below it filters, or takes the spreadsheet.
SCREENFUL = 40
_LONGEST_CELL = 40


class SplitForm(Form):
    """The split page. ``opened_with`` is what the page showed, so that only typed cells are saved."""

    opened_with = HiddenField()

    def opened(self) -> dict[Cell, int] | None:
        """What the page showed when it was opened; nothing when that cannot be read."""
        try:
            raw = json.loads(self.opened_with.data or "")
            pairs = {name: int(n) for name, n in raw.items()}
        except (ValueError, AttributeError, TypeError, OverflowError, RecursionError):
            return None
        cells = {cell_of(name): n for name, n in pairs.items()}
        return {cell: n for cell, n in cells.items() if cell is not None}

    def remember(self, version: int, figures: Mapping[Cell, int]) -> None:
        """Put the state of the page into its hidden fields."""
        self.version.data = str(version)
        plain = {cell_name(cell): n for cell, n in figures.items() if n}
        self.opened_with.data = json.dumps(plain, separators=(",", ":"))


def cell_name(cell: Cell) -> str:
    """The name of a cell's input."""
    return f"c{cell[0]}_{cell[1]}"


def cell_of(name: str) -> Cell | None:
    """The cell behind an input's name."""
    organisation, _, project = name.removeprefix("c").partition("_")
    if not (organisation.isascii() and project.isascii()):
        return None
    if not (organisation.isdigit() and project.isdigit()):
        return None
    if len(organisation) > 18 or len(project) > 18:
        return None
    return int(organisation), int(project)


def typed_cells(sent: MultiDict[str, str], known: Iterable[Cell]) -> dict[Cell, str]:
    """What was typed into cells that are really on this page."""
    wanted = {cell_name(cell): cell for cell in known}
    return {cell: sent[name][:_LONGEST_CELL] for name, cell in wanted.items() if name in sent}


@dataclass(frozen=True, slots=True)
class GridColumn:
    """A column of the grid component: what may be handed out in the rows shown, and what is left."""

    label: str
    held: int
    left: int
    #: What stands in the head below its group; the whole label where there are no groups.
    short: str


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell of the grid component."""

    name: str
    value: str
    error: str | None = None
    fixed: bool = False
    least: int | None = None


@dataclass(frozen=True, slots=True)
class GridRow:
    """A row of the grid component."""

    label: str
    cells: Sequence[GridCell]
    total: int
    limit: int | None = None


def grid_page(
    columns: Sequence[tuple[int, str, int]],
    shorts: Sequence[str],
    bodies: Sequence[tuple[int, str]],
    figures: Mapping[Cell, int],
    elsewhere: Mapping[int, int],
    *,
    typed: Mapping[Cell, str],
    errors: Mapping[Cell, Text],
    passed_on: Mapping[Cell, int],
    fixed: bool,
) -> tuple[list[GridColumn], list[GridRow]]:
    """The grid as the component wants it.

    ``columns`` are (project, name, held), ``shorts`` what their heads say, ``bodies`` (id, name)
    of the rows shown, ``elsewhere`` what
    rows not shown hold by project. What was typed is kept as it was typed.
    """
    rows = []
    sums: dict[int, int] = {}
    for body, name in bodies:
        cells, total = [], 0
        for project, _label, _held in columns:
            cell = (body, project)
            n = figures.get(cell, 0)
            total += n
            sums[project] = sums.get(project, 0) + n
            error = translate(errors[cell]) if cell in errors else None
            shown = typed.get(cell, str(n) if n else "")
            cells.append(
                GridCell(cell_name(cell), shown, error, fixed, passed_on.get(cell) or None)
            )
        rows.append(GridRow(name, cells, total))
    heads = []
    for (project, label, held), short in zip(columns, shorts, strict=True):
        here = held - elsewhere.get(project, 0)
        heads.append(GridColumn(label, here, here - sums.get(project, 0), short))
    return heads, rows


#: Fields that are named like the arguments of the acts on single places.
CHOSEN = ("giver_id", "taker_id", "organisation_id", "project_id", "places", "reason")


class Choosing(Form):
    """A form whose choices are given by the page."""

    def choose(self, **choices: Sequence[tuple[int, str]]) -> Any:
        """Give a field its choices; the form itself is handed back."""
        for name, pairs in choices.items():
            self._fields[name].choices = [(value, label) for value, label in pairs]
        return self

    @property
    def chosen(self) -> dict[str, Any]:
        """What was chosen, by the names that the acts give it."""
        return {name: self._fields[name].data for name in CHOSEN if name in self._fields}


def _number() -> IntegerField:
    return IntegerField(
        _l("Number of places"),
        validators=[InputRequired(_l("Enter a whole number above nought.")), NumberRange(1, 10**6)],
    )


class SwapForm(Choosing):
    """Move places of one project from one body below to another."""

    giver_id = SelectField(_l("Giving body"), coerce=int)
    taker_id = SelectField(_l("Receiving body"), coerce=int)
    project_id = SelectField(_l("Project"), coerce=int)
    places = _number()
    reason = ReasonField()


class TopUpForm(Choosing):
    """Give a body below more of what is unassigned."""

    organisation_id = SelectField(_l("Body"), coerce=int)
    project_id = SelectField(_l("Project"), coerce=int)
    places = _number()
    reason = ReasonField()


class GiveBackForm(Choosing):
    """Give unassigned places of one project back to the body above."""

    project_id = SelectField(_l("Project"), coerce=int)
    places = _number()
    reason = ReasonField()


def prefill(form: Form, request: Request) -> None:
    """Put what a link proposes (bodies, project, number) into a form that is opened by it."""
    if request.method != "GET":
        return
    for name in ("giver_id", "taker_id", "organisation_id", "project_id", "places"):
        proposed = request.args.get(name, 0, type=int)
        if name in form and 0 < proposed < 2**31:
            form[name].data = proposed


class DueForm(Form):
    """An earlier last day for those below; empty takes it away."""

    due_below = DateField(_l("Last day for those below"), validators=[Optional()])


class UndoForm(Form):
    """Take an act back; the rows ticked on the page are read beside it."""

    reason = ReasonField()
