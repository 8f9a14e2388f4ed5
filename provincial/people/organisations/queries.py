"""Reading the tree: lists, one body, its history, names for matching."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import aliased

from provincial.adapters.keys import mask_phone
from provincial.adapters.quota_tables import UnitName
from provincial.adapters.services import keys
from provincial.core.db import db
from provincial.core.identity import clean_line, has_hidden_characters, match_key
from provincial.core.paging import Key, Page, paginate
from provincial.core.refusals import Refusal
from provincial.core.text import t
from provincial.core.viewer import Viewer
from provincial.people.organisations.models import Organisation, OrganisationEvent, YearlyFigure
from provincial.people.organisations.permissions import visible
from provincial.people.organisations.rules import (
    BUREAUS,
    QUOTA_HOLDERS,
    ChangeKind,
    Contact,
    Division,
    Kind,
    OrganisationState,
    short_name,
)

PAGE = 50
_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class BodyFilter:
    """What a list of bodies shows. ``below`` is a body's id; ``deep`` its whole subtree."""

    text: str = ""
    kind: str = ""
    state: str = OrganisationState.ACTIVE
    below: int | None = None
    deep: bool = False
    by_quota: bool = False

    def as_data(self) -> dict[str, Any]:
        """Plain values for a job's arguments."""
        return asdict(self)


def body_in_scope(viewer: Viewer, body_id: int) -> Organisation | None:
    """A body that the viewer may see, or nothing (404)."""
    return db.session.scalar(
        select(Organisation).where(Organisation.id == body_id, visible(viewer))
    )


def province() -> Organisation | None:
    """The root of the tree, once it has been founded."""
    return db.session.scalar(select(Organisation).where(Organisation.parent_id.is_(None)))


def by_code(code: str) -> Organisation | None:
    """The body with this code, whatever its state."""
    return db.session.scalar(select(Organisation).where(Organisation.code == code))


def children_of(viewer: Viewer, parent: Organisation, quota: bool = True) -> Sequence[Organisation]:
    """The active bodies straight below ``parent`` that the viewer may see, in table order.

    With ``quota`` those that receive places from it (HN-01), else the administrative children.
    """
    column = Organisation.quota_parent_id if quota else Organisation.parent_id
    statement = (
        select(Organisation)
        .where(column == parent.id, Organisation.state == OrganisationState.ACTIVE)
        .where(visible(viewer))
        .order_by(Organisation.sort_order, Organisation.id)
    )
    if quota:
        statement = statement.where(Organisation.kind.in_(QUOTA_HOLDERS))
    return db.session.scalars(statement).all()


def descendants_count(body: Organisation, quota: bool = False) -> dict[str, int]:
    """How many active bodies of each kind stand below ``body`` at any depth."""
    column = Organisation.quota_path if quota else Organisation.path
    start = body.quota_path if quota else body.path
    rows = db.session.execute(
        select(Organisation.kind, func.count())
        .where(column.like(start + "%"), Organisation.id != body.id)
        .where(Organisation.state == OrganisationState.ACTIVE)
        .group_by(Organisation.kind)
        .order_by(Organisation.kind)
    )
    return {str(row[0]): int(row[1]) for row in rows}


def ancestors(viewer: Viewer, body: Organisation) -> Sequence[Organisation]:
    """The bodies above, from the top, as far as the viewer may see them."""
    ids = [int(part) for part in body.path.strip("/").split("/")[:-1] if part]
    if not ids:
        return []
    return db.session.scalars(
        select(Organisation)
        .where(Organisation.id.in_(ids), visible(viewer))
        .order_by(func.length(Organisation.path))
    ).all()


def bureaus_below(viewer: Viewer) -> Sequence[Organisation]:
    """Active education authorities in the viewer's scope, each below its own, in table order."""
    found = db.session.scalars(
        select(Organisation)
        .where(Organisation.kind.in_(BUREAUS), visible(viewer))
        .where(Organisation.state == OrganisationState.ACTIVE)
    ).all()
    order = {body.id: (body.sort_order, body.id) for body in found}
    return sorted(
        found,
        key=lambda body: [order.get(int(i), (0, int(i))) for i in body.path.strip("/").split("/")],
    )


def institutions(viewer: Viewer) -> Sequence[Organisation]:
    """Active training institutions in the viewer's scope."""
    return db.session.scalars(
        select(Organisation)
        .where(Organisation.kind == Kind.INSTITUTION, visible(viewer))
        .where(Organisation.state == OrganisationState.ACTIVE)
        .order_by(Organisation.sort_order, Organisation.id)
    ).all()


def unit_name(body: Organisation) -> UnitName:
    """A body by every name it goes by."""
    names = [body.formal_name, *body.aliases]
    return UnitName(body.id, body.name, tuple(name for name in names if name), body.code)


def figures(year: int, organisation_ids: Iterable[int]) -> dict[int, YearlyFigure]:
    """The figures of a year by body (HN-35); bodies without figures are missing."""
    rows = db.session.scalars(
        select(YearlyFigure).where(
            YearlyFigure.year == year, YearlyFigure.organisation_id.in_(list(organisation_ids))
        )
    )
    return {row.organisation_id: row for row in rows}


def yearly_figures(body: Organisation) -> Sequence[YearlyFigure]:
    """All years of one body, newest first."""
    return db.session.scalars(
        select(YearlyFigure)
        .where(YearlyFigure.organisation_id == body.id)
        .order_by(YearlyFigure.year.desc())
        .limit(10)
    ).all()


def has_contact(organisation: Organisation) -> bool:
    """Whether the responsible contact is named whole: name, phone, mail (HN-66)."""
    return bool(
        organisation.contact_name and organisation.contact_phone and organisation.contact_email
    )


def contact(organisation: Organisation) -> Contact | None:
    """The contact as pages show it, or nothing while none is named."""
    if not organisation.contact_name:
        return None
    phone = contact_phone(organisation)
    return Contact(organisation.contact_name, mask_phone(phone), organisation.contact_email)


def contact_phone(organisation: Organisation) -> str:
    """The whole number: for letters, and for pages after a journaled reveal only."""
    if not organisation.contact_phone:
        return ""
    return keys().decrypt(organisation.contact_phone, phone_context(organisation.id))


def phone_context(organisation_id: int) -> str:
    """What binds the encrypted number to its row (R6)."""
    return f"organisation.contact_phone:{organisation_id}"


def list_bodies(
    viewer: Viewer, wanted: BodyFilter, *, after: str = "", before: str = ""
) -> Page[Organisation]:
    """One page of bodies: children in table order, anything deeper by the sound of the name."""
    order = (
        [Key(Organisation.search_key), Key(Organisation.id)]
        if wanted.deep or wanted.text
        else [Key(Organisation.sort_order), Key(Organisation.id)]
    )
    return paginate(
        db.session(), _list(viewer, wanted), order, after=after, before=before, size=PAGE
    )


def count_bodies(viewer: Viewer, wanted: BodyFilter) -> int:
    """How many bodies the filter finds."""
    statement = _list(viewer, wanted).with_only_columns(func.count())
    return db.session.scalar(statement) or 0


def export_rows(viewer: Viewer, wanted: BodyFilter) -> Iterator[tuple[Organisation, str]]:
    """Every body that the filter finds with the name of the one above it, for a workbook."""
    above = aliased(Organisation)
    statement = (
        _list(viewer, wanted)
        .add_columns(func.coalesce(above.name, ""))
        .outerjoin(above, above.id == Organisation.parent_id)
        .order_by(Organisation.path.collate("C"))
        .execution_options(yield_per=1000)
    )
    for row in db.session.execute(statement):
        yield row[0], row[1]


def _list(viewer: Viewer, wanted: BodyFilter) -> Select[Any]:
    statement = select(Organisation).where(visible(viewer))
    if wanted.below is not None:
        statement = statement.where(_below(wanted))
    if wanted.kind:
        statement = statement.where(Organisation.kind == wanted.kind)
    if wanted.state:
        statement = statement.where(Organisation.state == wanted.state)
    if wanted.text:
        statement = statement.where(_named(wanted.text))
    return statement


def _below(wanted: BodyFilter) -> ColumnElement[bool]:
    column = Organisation.quota_parent_id if wanted.by_quota else Organisation.parent_id
    if not wanted.deep and not wanted.text:
        return column == wanted.below
    path = Organisation.quota_path if wanted.by_quota else Organisation.path
    start = select(path).where(Organisation.id == wanted.below).scalar_subquery()
    return (func.starts_with(path, start)) & (Organisation.id != wanted.below)


def _named(text: str) -> ColumnElement[bool]:
    """By name, another name, the sound or initials in pinyin, or the beginning of the code."""
    visible_text = "".join(char for char in text if not has_hidden_characters(char))
    words = clean_line(visible_text)[:60]
    folded = match_key(words)
    return or_(
        Organisation.name_key.contains(folded, autoescape=True),
        Organisation.formal_name.contains(words, autoescape=True),
        func.array_to_string(Organisation.aliases, " ").contains(words, autoescape=True),
        Organisation.search_key.contains(folded, autoescape=True),
        Organisation.code.startswith(folded.upper(), autoescape=True),
    )


def find_body(
    viewer: Viewer, text: str, kinds: Iterable[Kind], field: str, *, not_id: int = 0
) -> Organisation:
    """The one active body with this code or full name; refuses none and several."""
    key = match_key(text)
    found = db.session.scalars(
        select(Organisation)
        .where(or_(Organisation.code == key.upper(), Organisation.name_key == key))
        .where(Organisation.kind.in_(list(kinds)), Organisation.id != not_id)
        .where(Organisation.state == OrganisationState.ACTIVE, visible(viewer))
        .order_by(Organisation.id)
        .limit(5)
    ).all()
    exact = [body for body in found if body.code == key.upper()] or found
    if not exact:
        raise Refusal(
            t("No active body has the code or name “%(text)s”.", text=text[:60]), field=field
        )
    if len(exact) > 1:
        codes = "、".join(body.code for body in exact)
        raise Refusal(
            t("Several bodies are called so; give the code: %(codes)s.", codes=codes), field=field
        )
    return exact[0]


def events(body: Organisation) -> Sequence[OrganisationEvent]:
    """The steps of a body's history, newest first."""
    return db.session.scalars(
        select(OrganisationEvent)
        .where(OrganisationEvent.organisation_id == body.id)
        .order_by(OrganisationEvent.id.desc())
        .limit(200)
    ).all()


def last_step(body: Organisation) -> OrganisationEvent | None:
    """The newest step that stands: neither taken back nor the taking back of another."""
    taken_back = (
        select(OrganisationEvent.undoes_id)
        .where(OrganisationEvent.organisation_id == body.id)
        .where(OrganisationEvent.undoes_id.is_not(None))
    )
    return db.session.scalar(
        select(OrganisationEvent)
        .where(OrganisationEvent.organisation_id == body.id)
        .where(OrganisationEvent.undoes_id.is_(None))
        .where(OrganisationEvent.id.not_in(taken_back))
        .order_by(OrganisationEvent.id.desc())
        .limit(1)
    )


def can_take_back(body: Organisation) -> OrganisationEvent | None:
    """The step of this body that may be taken back now, or nothing."""
    step = last_step(body)
    if step is None or step.kind == ChangeKind.FOUNDED or step.cause_id is not None:
        return None
    return step


def province_name(code: str) -> str:
    """The name of a province in the table of divisions; empty for an unknown code."""
    return next((row["name"] for row in _table("divisions.csv") if row["code"] == code), "")


def offices() -> Sequence[dict[str, str]]:
    """Kind, suffix of the code and pattern of the name of the offices beside a province."""
    return _table("offices.csv")


def divisions(province_code: str) -> list[Division]:
    """The cities, zones and counties of a province, those above before those below.

    ``top_level.csv`` names those that hold quota beside the cities (HN-01), as the tables call them.
    """
    rows = _table("divisions.csv")
    cities = {row["code"] for row in rows if row["parent_code"] == province_code}
    special = {
        row["code"]: (place, row)
        for place, row in enumerate(_table("top_level.csv"), start=1000)
        if row["province"] == province_code
    }
    found = []
    for place, row in enumerate(rows, start=1):
        if row["parent_code"] != province_code and row["parent_code"] not in cities:
            continue
        city = row["level"] == "prefecture"
        position, told = special.get(row["code"], (place, None))
        kind = Kind(told["kind"]) if told else Kind.PREFECTURE_CITY if city else Kind.COUNTY
        name = told["name"] if told else row["name"]
        others = told["aliases"].split("|") if told else [short_name(name) if city else ""]
        aliases = tuple(alias for alias in [*others, row["name"]] if alias not in ("", name))
        top = told is not None or city
        found.append(Division(row["code"], name, kind, row["parent_code"], top, aliases, position))
    return sorted(found, key=lambda division: division.parent_code != province_code)


@cache
def _table(name: str) -> tuple[dict[str, str], ...]:
    with (_HERE / name).open(encoding="utf-8-sig", newline="") as file:
        return tuple(csv.DictReader(file))
