"""Founding a province, registering bodies, and keeping their facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import IntegrityError

from provincial.adapters.keys import mask_name, mask_phone
from provincial.adapters.services import keys
from provincial.core.db import db
from provincial.core.identity import match_key
from provincial.core.refusals import Refusal, StaleVersion
from provincial.core.text import t
from provincial.core.viewer import Viewer
from provincial.office.journal.actions import record
from provincial.people.organisations.models import Organisation, OrganisationEvent
from provincial.people.organisations.queries import (
    contact_phone,
    divisions,
    offices,
    phone_context,
    province,
    province_name,
)
from provincial.people.organisations.rules import (
    ChangeKind,
    Division,
    Kind,
    OrganisationState,
    Particulars,
    Step,
    bureau_name,
    check_active,
    check_giver,
    check_parent,
    check_step_date,
    checked_code,
    checked_email,
    checked_name,
    checked_phone,
    child_path,
    merged_aliases,
    search_key,
    step_sentence,
)

#: Advisory lock of the tree: who registers shares it, who rewrites paths holds it alone.
_TREE_LOCK = 7_301_001
_CHUNK = 1000


@dataclass(frozen=True, slots=True)
class NewBody:
    """A body to be registered; several are written in one go."""

    kind: Kind
    code: str
    name: str
    parent: Organisation | None = None
    quota_parent: Organisation | None = None
    particulars: Particulars = field(default_factory=Particulars)
    sort_order: int = 0


def found_province(
    code: str, name: str = "", *, office: str = "", on: date, by: Viewer | None = None
) -> Organisation:
    """Make the root and the offices beside it: programme office, expert group, centres (HN-02).

    ``name`` is the province's (河南省), by default the one in the table of divisions, else what the
    name of its ``office`` (河南省教育厅) says. Refuses a second province.
    """
    hold_tree(alone=True)
    if province() is not None:
        raise Refusal(t("This site already serves a province."))
    place = name or province_name(code) or office.removesuffix("教育厅")
    if not place:
        raise Refusal(t("No province has the code %(code)s.", code=code))
    office = office or f"{place}教育厅"
    root = _write(
        [
            NewBody(
                Kind.PROVINCIAL_OFFICE,
                checked_code(code),
                checked_name(office),
                particulars=Particulars(formal_name=office, aliases=(place,)),
            )
        ],
        on=on,
        by=by,
    )[0]
    beside = [
        NewBody(
            Kind(row["kind"]),
            code + row["suffix"],
            row["name"].format(province=place),
            parent=root,
            quota_parent=root,
            sort_order=9000 + place_in_list,
        )
        for place_in_list, row in enumerate(offices())
    ]
    _write(beside, on=on, by=by)
    return root


def load_divisions(
    province_code: str,
    names: Mapping[str, str] | None = None,
    *,
    on: date,
    by: Viewer | None = None,
) -> dict[str, Organisation]:
    """Register the cities, zones and counties of a province; answers them by code.

    The bodies that hold quota beside the cities come from ``top_level.csv`` (HN-01): their
    superior stays the city around them, their quota parent is the province. ``names`` replaces
    names by code. The province must have been founded.
    """
    root = province()
    if root is None or root.code != province_code:
        raise Refusal(t("No province has the code %(code)s.", code=province_code))
    loaded: dict[str, Organisation] = {province_code: root}
    rows = divisions(province_code)
    for first in (True, False):
        batch = [
            _division(row, loaded[row.parent_code], root, (names or {}).get(row.code, row.name))
            for row in rows
            if (row.parent_code == province_code) == first
        ]
        loaded |= {body.code: body for body in _write(batch, on=on, by=by)}
    del loaded[province_code]
    return loaded


def _division(row: Division, parent: Organisation, root: Organisation, name: str) -> NewBody:
    aliases = merged_aliases([], name, [*row.aliases, row.name])
    giver = root if row.top_level else parent
    facts = Particulars(formal_name=bureau_name(row.kind, name), aliases=tuple(aliases))
    return NewBody(row.kind, row.code, name, parent, giver, facts, row.place)


def register(
    kind: Kind,
    code: str,
    name: str,
    parent: Organisation,
    quota_parent: Organisation | None = None,
    *,
    particulars: Particulars | None = None,
    sort_order: int = 500,
    on: date,
    by: Viewer | None,
) -> Organisation:
    """Register one body below ``parent``; places come from ``quota_parent``, by default the same.

    Refuses an unfit or closed superior, a code that is taken and a name that a sister has.
    """
    hold_tree()
    facts = particulars or Particulars()
    giver = quota_parent or parent
    check_parent(kind, Kind(parent.kind))
    check_giver(parent.id, giver.id, giver.parent_id)
    for above in (parent, giver):
        check_active(above.state, above.name, "parent_id")
    tidy = checked_name(name)
    _check_sister(parent, tidy)
    formal = facts.formal_name or bureau_name(kind, tidy)
    aliases = tuple(merged_aliases(facts.aliases, tidy, ()))
    whole = Particulars(formal, aliases, facts.opened_on, facts.school, facts.institution)
    new = NewBody(kind, checked_code(code), tidy, parent, giver, whole, sort_order)
    return _write([new], on=on, by=by)[0]


def register_many(bodies: Sequence[NewBody], *, on: date, by: Viewer | None) -> list[int]:
    """Register bodies that an import has checked already; answers their ids in order."""
    hold_tree()
    made: list[int] = []
    for start in range(0, len(bodies), _CHUNK):
        made += [body.id for body in _write(bodies[start : start + _CHUNK], on=on, by=by)]
    return made


def rename(
    body: Organisation,
    name: str,
    *,
    step: Step,
    today: date,
    by: Viewer,
    version: int | None = None,
) -> OrganisationEvent:
    """Give a body a new name; the old one stays among its other names, letters use the new one."""
    hold_tree()
    body = locked([body.id])[body.id]
    check_step_date(step.on_date, today)
    check_active(body.state, body.name)
    check_version(body, version)
    tidy = checked_name(name)
    if tidy == body.name:
        raise Refusal(t("This is the name it has already."), field="name")
    if body.parent is not None and match_key(tidy) != body.name_key:
        _check_sister(body.parent, tidy, body.id)
    before = names_of(body)
    formal = body.formal_name
    if formal in ("", bureau_name(Kind(body.kind), body.name)):
        formal = bureau_name(Kind(body.kind), tidy)
    put_names(body, tidy, formal, merged_aliases([body.name, *body.aliases], tidy, ()))
    after = names_of(body)
    return note_step(body, ChangeKind.RENAMED, before, after, step, by=by)


def edit(
    body: Organisation, particulars: Particulars, *, by: Viewer, version: int | None = None
) -> None:
    """Change the facts of a body that are neither its name nor its place in the tree."""
    body = locked([body.id])[body.id]
    check_version(body, version)
    before = facts_of(body)
    values = _columns(Kind(body.kind), particulars)
    values["aliases"] = merged_aliases(particulars.aliases, body.name, ())
    for column, value in values.items():
        setattr(body, column, value)
    after = facts_of(body)
    if after == before:
        return
    body.version += 1
    told = t("Changed the body's facts")
    record("organisations.edit", body, by=by, before=before, after=after, said=told, **_where(body))


def name_contact(
    body: Organisation,
    name: str,
    phone: str,
    email: str,
    *,
    by: Viewer | None,
    version: int | None = None,
) -> None:
    """Name the one responsible contact of a body (HN-66); the phone is kept encrypted (R6)."""
    body = locked([body.id])[body.id]
    check_version(body, version)
    person, number, address = checked_name(name), checked_phone(phone), checked_email(email)
    if len(person) > 40:
        raise Refusal(t("A name has at most %(limit)s characters.", limit=40), field="name")
    before = _masked_contact(body)
    body.contact_name, body.contact_email = person, address
    body.contact_phone = keys().encrypt(number, phone_context(body.id))
    body.version += 1
    after = _masked_contact(body)
    record(
        "organisations.name_contact",
        body,
        by=by,
        before=before,
        after=after,
        said=t("Named the responsible contact"),
        **_where(body),
    )


def clear_contact(body: Organisation, *, by: Viewer | None) -> None:
    """Take a body's responsible contact away, where a merger had brought it and is taken back."""
    before = _masked_contact(body)
    body.contact_name = body.contact_phone = body.contact_email = ""
    body.version += 1
    said = t("Took the responsible contact away")
    record("organisations.clear_contact", body, by=by, before=before, said=said, **_where(body))


def reveal_contact(body: Organisation, reason: str, *, by: Viewer) -> str:
    """The contact's whole phone number; who looked and why is kept (R7)."""
    if not reason.strip():
        raise Refusal(t("Say why, in a sentence."), field="reason")
    told = t("Looked at the contact's whole phone number")
    record("organisations.reveal_contact", body, by=by, reason=reason, said=told, **_where(body))
    return contact_phone(body)


def hold_tree(*, alone: bool = False) -> None:
    """Take the tree's lock until the transaction ends: shared, or ``alone`` to rewrite paths."""
    name = "pg_advisory_xact_lock" if alone else "pg_advisory_xact_lock_shared"
    db.session.execute(text(f"select {name}(:lock)"), {"lock": _TREE_LOCK})


def locked(ids: Sequence[int]) -> dict[int, Organisation]:
    """These bodies, fresh and locked, those above before those below."""
    found = db.session.scalars(
        select(Organisation)
        .where(Organisation.id.in_(ids))
        .order_by(func.length(Organisation.path), Organisation.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {body.id: body for body in found}


def check_version(body: Organisation, expected: int | None) -> None:
    """Refuse to write over a save that came in between; shows what it says (R14)."""
    if expected is not None and expected != body.version:
        raise StaleVersion(
            t("Somebody else has saved this body in the meantime."), theirs=facts_of(body)
        )


def note_step(
    body: Organisation,
    kind: ChangeKind,
    before: Mapping[str, object],
    after: Mapping[str, object],
    step: Step,
    *,
    by: Viewer | None,
    undoes: int | None = None,
    cause: int | None = None,
) -> OrganisationEvent:
    """Keep one step of a body's history, here and in the journal."""
    event = OrganisationEvent(
        organisation_id=body.id,
        kind=kind,
        on_date=step.on_date,
        before=dict(before),
        after=dict(after),
        reason=step.reason,
        document_number=step.document_number,
        by_user_id=by.user_id if by else None,
        undoes_id=undoes,
        cause_id=cause,
    )
    db.session.add(event)
    body.version += 1
    db.session.flush()
    record(
        f"organisations.{kind.value}",
        body,
        by=by,
        before=before,
        after={**after, "document_number": step.document_number},
        reason=step.reason,
        said=step_sentence(kind, before, after, taken_back=undoes is not None),
        label=body.name,
        org_path=body.path,
    )
    return event


def names_of(body: Organisation) -> dict[str, Any]:
    """The names of a body as plain values."""
    return {
        "name": body.name,
        "formal_name": body.formal_name,
        "aliases": list(body.aliases),
    }


def put_names(body: Organisation, name: str, formal_name: str, aliases: Sequence[str]) -> None:
    """Set the names and what is derived from them."""
    body.name, body.formal_name, body.aliases = name, formal_name, list(aliases)
    body.name_key, body.search_key = match_key(name), search_key(name)


def facts_of(body: Organisation) -> dict[str, Any]:
    """What the edit page shows, as plain values."""
    columns = ("name", "formal_name", "aliases", "opened_on", "stages", "is_rural", "is_private")
    institution = ("quota_group", "accredited_since", "experience_years")
    facts = {column: getattr(body, column) for column in columns + institution}
    return facts | {"aliases": list(body.aliases), "stages": list(body.stages)}


def _masked_contact(body: Organisation) -> dict[str, object]:
    phone = contact_phone(body)
    return {"contact": mask_name(body.contact_name), "phone": mask_phone(phone) if phone else ""}


def _where(body: Organisation) -> dict[str, Any]:
    return {"label": body.name, "org_path": body.path}


def _check_sister(parent: Organisation, name: str, own_id: int = 0) -> None:
    taken = db.session.scalar(
        select(Organisation.id)
        .where(Organisation.parent_id == parent.id, Organisation.name_key == match_key(name))
        .where(Organisation.state == OrganisationState.ACTIVE, Organisation.id != own_id)
        .limit(1)
    )
    if taken is not None:
        raise Refusal(
            t("Below “%(parent)s” there is already a body of this name.", parent=parent.name),
            field="name",
        )


def _columns(kind: Kind, facts: Particulars) -> dict[str, Any]:
    """The columns that a body of this kind has; the facts of other kinds stay empty."""
    school = facts.school if kind is Kind.SCHOOL else Particulars().school
    training = facts.institution if kind is Kind.INSTITUTION else Particulars().institution
    return {
        "formal_name": facts.formal_name,
        "aliases": list(facts.aliases),
        "opened_on": facts.opened_on,
        "stages": list(school.stages),
        "is_rural": school.is_rural,
        "is_private": school.is_private,
        "quota_group": training.quota_group,
        "accredited_since": training.accredited_since,
        "experience_years": training.experience_years,
    }


def _write(bodies: Sequence[NewBody], *, on: date, by: Viewer | None) -> list[Organisation]:
    """Insert bodies with their paths, first history step and journal entry, in a few statements."""
    if not bodies:
        return []
    session = db.session()
    count = func.generate_series(1, len(bodies))
    sequence = func.pg_get_serial_sequence("organisation", "id")
    ids = list(session.scalars(select(func.nextval(sequence)).select_from(count)))
    rows = [_row(new_id, new) for new_id, new in zip(ids, bodies, strict=True)]
    try:
        with session.begin_nested():
            session.execute(insert(Organisation), rows)
    except IntegrityError as error:
        raise Refusal(t("The code is taken by another body."), field="code") from error
    founded = [
        {
            "organisation_id": row["id"],
            "kind": ChangeKind.FOUNDED.value,
            "on_date": row["opened_on"] or on,
            "before": {},
            "after": {"name": row["name"], "code": row["code"], "kind": row["kind"]},
            "by_user_id": by.user_id if by else None,
        }
        for row in rows
    ]
    session.execute(insert(OrganisationEvent), founded)
    for row, step in zip(rows, founded, strict=True):
        after: Any = step["after"]
        thing = (Organisation.__tablename__, row["id"])
        where = {"label": row["name"], "org_path": row["path"]}
        told = step_sentence(ChangeKind.FOUNDED, {}, after)
        record("organisations.founded", thing, by=by, after=after, said=told, **where)
    made = session.scalars(select(Organisation).where(Organisation.id.in_(ids)))
    found = {body.id: body for body in made}
    return [found[new_id] for new_id in ids]


def _row(new_id: int, new: NewBody) -> dict[str, Any]:
    giver = new.quota_parent or new.parent
    return {
        "id": new_id,
        "kind": new.kind.value,
        "code": new.code,
        "name": new.name,
        "name_key": match_key(new.name),
        "search_key": search_key(new.name),
        "parent_id": new.parent.id if new.parent else None,
        "quota_parent_id": giver.id if giver else None,
        "path": child_path(new.parent.path if new.parent else "/", new_id),
        "quota_path": child_path(giver.quota_path if giver else "/", new_id),
        "sort_order": new.sort_order,
        **_columns(new.kind, new.particulars),
    }
