"""Reading what a search finds, each kind through its room's own scope; and the plans on offer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, func, or_, select
from sqlalchemy.sql.elements import ColumnElement

from provincial.core.db import db
from provincial.core.identity import match_key
from provincial.core.text import t
from provincial.core.viewer import Viewer
from provincial.desk.lookup.rules import MOST_HITS, Hit, Hits, PlanChoice, group
from provincial.office.papers import queries as papers
from provincial.office.papers.models import Paper
from provincial.office.papers.permissions import visible as visible_papers
from provincial.people.accounts.models import Membership, User
from provincial.people.accounts.permissions import may_list_users, visible_memberships
from provincial.people.accounts.rules import Role
from provincial.people.organisations import queries as organisations
from provincial.people.organisations.models import Organisation
from provincial.people.organisations.queries import BodyFilter
from provincial.people.organisations.rules import Kind
from provincial.planning.plans.models import Plan

#: States of a plan in which the bodies below the province see it.
_IN_FORCE = ("issued", "running", "closing", "archived")
_ON_OFFER = ("issued", "running", "closing")


def plans_offered() -> list[PlanChoice]:
    """The issued plans that are under way, newest first; everybody signed in may choose any."""
    rows = db.session.execute(
        select(Plan.id, Plan.code, Plan.title, Plan.label)
        .where(Plan.state.in_(_ON_OFFER))
        .order_by(Plan.year.desc(), Plan.id.desc())
        .limit(20)
    )
    return [PlanChoice(row.id, row.code, row.label or row.title) for row in rows]


def found_by(viewer: Viewer, words: str) -> list[Hits]:
    """Everything in the viewer's scope that answers to ``words``, kind by kind; empty groups left out."""
    groups = [_bodies(viewer, words), _plans(words), _papers(viewer, words)]
    if may_list_users(viewer):
        groups.append(_people(viewer, words))
    return [each for each in groups if each.hits]


def found_by_visitor(words: str) -> list[Hits]:
    """What a visitor finds: the notices of issued plans."""
    found = _plans(words, published=True)
    return [found] if found.hits else []


def _bodies(viewer: Viewer, words: str) -> Hits:
    wanted = BodyFilter(text=words, deep=True)
    nearest = _nearest_first(organisations.list_bodies(viewer, wanted).rows, words)[: MOST_HITS + 1]
    above = _names_above(nearest)
    hits = [
        Hit(
            "organisation",
            body.id,
            body.name,
            t(
                "%(kind)s · %(above)s · %(code)s",
                kind=Kind(body.kind).label,
                above=above.get(body.parent_id or 0, ""),
                code=body.code,
            ),
        )
        for body in nearest
    ]
    return group("organisation", t("Organisations"), hits)


def _nearest_first(rows: Sequence[Organisation], words: str) -> list[Organisation]:
    """The body of exactly this name or code first, then those whose name begins so."""
    key = match_key(words)
    return sorted(
        rows,
        key=lambda body: (
            key not in (body.name_key, match_key(body.code)),
            not body.name_key.startswith(key),
        ),
    )


def _names_above(bodies: list[Organisation]) -> dict[int, str]:
    ids = {body.parent_id for body in bodies if body.parent_id}
    statement = select(Organisation.id, Organisation.name).where(Organisation.id.in_(ids))
    return dict(db.session.execute(statement).tuples().all())


def _plans(words: str, *, published: bool = False) -> Hits:
    statement = select(Plan.id, Plan.title, Plan.doc_number, Plan.code)
    for word in words.split():
        columns = (Plan.title, Plan.label, Plan.doc_number, Plan.code)
        statement = statement.where(or_(*(_holds(column, word) for column in columns)))
    if published:
        statement = statement.where(Plan.publicity == "public")
    rows = db.session.execute(
        statement.where(Plan.state.in_(_IN_FORCE))
        .order_by(Plan.year.desc(), Plan.id.desc())
        .limit(MOST_HITS + 1)
    )
    hits = [Hit("plan", row.id, row.title, row.doc_number) for row in rows]
    return group("plan", t("Plans"), hits)


def _papers(viewer: Viewer, words: str) -> Hits:
    rows = list(papers.papers(viewer, papers.PaperFilter(words=words), size=MOST_HITS + 1).rows)
    code = "".join(words.upper().replace("-", " ").split())
    by_code = db.session.scalar(select(Paper).where(Paper.code == code, visible_papers(viewer)))
    if by_code is not None and by_code not in rows:
        rows.insert(0, by_code)
    hits = [
        Hit(
            "paper",
            paper.id,
            paper.number,
            t("%(title)s · to %(body)s", title=paper.title, body=paper.addressee_name),
        )
        for paper in rows
    ]
    return group("paper", t("Papers"), hits)


def _people(viewer: Viewer, words: str) -> Hits:
    statement = (
        select(User.id, User.name, Membership.role, Organisation.name.label("body"))
        .join(Membership, Membership.user_id == User.id)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(visible_memberships(viewer), Membership.ended_at.is_(None))
        .where(or_(_holds(User.name, words), _holds(func.lower(User.login), words.lower())))
        .order_by(func.length(Organisation.path), User.name, Membership.id)
        .limit(MOST_HITS + 1)
    )
    hits = [_person(row) for row in db.session.execute(statement)]
    return group("app_user", t("Users"), hits)


def _person(row: Row[int, str, str, str]) -> Hit:
    note = t("%(role)s · %(body)s", role=Role(row.role).label, body=row.body)
    return Hit("app_user", row.id, row.name, note)


def _holds(column: Any, words: str) -> ColumnElement[bool]:
    found: ColumnElement[bool] = column.contains(words, autoescape=True)
    return found
