"""Tables of bodies for people: the export of a list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from provincial.adapters.spreadsheet_output import Column, SheetOut
from provincial.people.organisations.models import Organisation
from provincial.people.organisations.rules import STAGES, OrganisationState
from provincial.people.organisations.rules import Kind as BodyKind
from provincial.web.filters import translate

#: Exports go to Chinese offices; their headings are Chinese like every official table.
_COLUMNS = (
    Column("代码"),
    Column("名称"),
    Column("公文抬头"),
    Column("类别"),
    Column("上级单位"),
    Column("其他名称"),
    Column("学段"),
    Column("乡村"),
    Column("民办"),
    Column("状态"),
    Column("联系人"),
)


def row(body: Organisation, parent: str) -> Sequence[object]:
    """One body as cells."""
    return (
        body.code,
        body.name,
        body.letter_name,
        translate(BodyKind(body.kind).label),
        parent,
        "、".join(body.aliases),
        "、".join(translate(STAGES[stage]) for stage in body.stages if stage in STAGES),
        "是" if body.is_rural else "",
        "是" if body.is_private else "",
        translate(OrganisationState(body.state).label),
        body.contact_name,
    )


def sheet(bodies: Iterable[tuple[Organisation, str]]) -> SheetOut:
    """Bodies, each with the name of the one above it, as a table."""
    rows = [row(body, parent) for body, parent in bodies]
    return SheetOut("单位", _COLUMNS, rows, title="单位一览表")
