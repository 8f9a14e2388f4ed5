"""Reading bans: the list with the days left, one ban, what waits for an officer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload
from sqlalchemy.sql.elements import ColumnElement

from provincial.core import clock
from provincial.core.db import db
from provincial.core.identity import match_key
from provincial.core.paging import Key, Page, paginate
from provincial.core.text import Text, t
from provincial.core.todo import TodoItem
from provincial.core.viewer import Viewer
from provincial.people.organisations.models import Organisation
from provincial.people.teachers.models import Teacher
from provincial.people.teachers.rules import GONE
from provincial.planning.bans import permissions
from provincial.planning.bans.rules import ENDS_SOON, Standing
from provincial.planning.integrity.models import Ban, BanObjection
from provincial.planning.integrity.permissions import (
    bodies_in_scope,
    is_teacher,
    may_decide_some,
    teachers_in_scope,
)
from provincial.planning.integrity.queries import latest_policy, own_ids
from provincial.planning.integrity.rules import BanPolicy, BanState

PAGE = 50


def standing_of(ban: Ban) -> Standing:
    """What steps change of a ban, as a plain value."""
    return Standing(
        state=ban.state,
        asked=ban.asked,
        asked_by=ban.asked_by_id,
        asked_reason=ban.asked_reason,
        signed_by=ban.signed_by_id,
        confirmed_by=ban.confirmed_by_id,
        closed_reason=ban.closed_reason,
    )


# One ban, one teacher


def ban_in_scope(viewer: Viewer, ban_id: int) -> Ban | None:
    """The ban with this id: of a teacher in scope, or the viewer's own."""
    clause = permissions.visible(viewer)
    if is_teacher(viewer):
        clause = or_(clause, Ban.teacher_id.in_(own_ids(viewer)))
    return db.session.scalar(
        select(Ban)
        .where(Ban.id == ban_id, clause)
        .options(joinedload(Ban.teacher).joinedload(Teacher.organisation))
    )


def named(viewer: Viewer, text: str, limit: int = 20) -> Sequence[Teacher]:
    """Teachers in scope by name or pinyin, at most ``limit``."""
    key = match_key(text)[:60]
    if not key:
        return []
    return db.session.scalars(
        select(Teacher)
        .where(teachers_in_scope(viewer), Teacher.state.not_in(GONE))
        .where(
            or_(
                Teacher.name_key.contains(key, autoescape=True),
                Teacher.search_key.contains(key, autoescape=True),
            )
        )
        .options(joinedload(Teacher.organisation))
        .order_by(Teacher.search_key, Teacher.id)
        .limit(limit)
    ).all()


def open_in_time(ban: Ban) -> int:
    """How many objections and requests, lodged within the window, are still open."""
    statement = select(func.count()).where(
        BanObjection.ban_id == ban.id, BanObjection.state == "open"
    )
    if ban.objection_closes_at is not None:
        statement = statement.where(BanObjection.at < ban.objection_closes_at)
    return db.session.scalar(statement) or 0


# Lists


@dataclass(frozen=True, slots=True)
class BanFilter:
    """What a list of bans shows; ``stage`` is a stage, ``live`` (not closed, not over) or empty."""

    text: str = ""
    cause: str = ""
    stage: str = "live"
    ending: int = 0
    body_id: int = 0

    def as_data(self) -> dict[str, Any]:
        """Plain values, for a job."""
        return asdict(self)


def list_bans(
    viewer: Viewer, wanted: BanFilter, today: date, *, after: str = "", before: str = ""
) -> Page[Ban]:
    """One page of bans in scope; those that end first come first."""
    keys = [Key(Ban.ends_on), Key(Ban.id)]
    statement = _list(viewer, wanted, today)
    return paginate(db.session(), statement, keys, after=after, before=before, size=PAGE)


def count_bans(viewer: Viewer, wanted: BanFilter, today: date) -> int:
    """How many bans the filter finds."""
    statement = _list(viewer, wanted, today).with_only_columns(func.count(Ban.id))
    return db.session.scalar(statement) or 0


def export_bans(viewer: Viewer, wanted: BanFilter, today: date) -> Iterator[Ban]:
    """Every ban that the filter finds, in the order of the list."""
    statement = (
        _list(viewer, wanted, today)
        .options(joinedload(Ban.plan))
        .order_by(Ban.ends_on, Ban.id)
        .execution_options(yield_per=1000)
    )
    yield from db.session.scalars(statement)


def _list(viewer: Viewer, wanted: BanFilter, today: date) -> Select[Any]:
    statement = (
        select(Ban)
        .join(Ban.teacher)
        .join(Teacher.organisation)
        .options(contains_eager(Ban.teacher).contains_eager(Teacher.organisation))
        .where(permissions.visible(viewer))
    )
    if wanted.cause:
        statement = statement.where(Ban.cause == wanted.cause)
    if wanted.stage:
        statement = statement.where(_in_stage(wanted.stage, today))
    if wanted.ending:
        last = today + timedelta(days=wanted.ending)
        statement = statement.where(Ban.state == "in_force", Ban.ends_on.between(today, last))
    if wanted.body_id:
        path = select(Organisation.path).where(Organisation.id == wanted.body_id).scalar_subquery()
        statement = statement.where(Organisation.path.startswith(path))
    if wanted.text:
        key = match_key(wanted.text)[:60]
        statement = statement.where(
            or_(
                Teacher.name_key.contains(key, autoescape=True),
                Teacher.search_key.contains(key, autoescape=True),
                Organisation.name_key.contains(key, autoescape=True),
            )
        )
    return statement


def _in_stage(name: str, today: date) -> ColumnElement[bool]:
    running = Ban.ends_on >= today
    if name == "live":
        return (Ban.state == "proposed") | ((Ban.state == "in_force") & running)
    if name == "waiting":
        return (Ban.asked != "") & ((Ban.state == "proposed") | running)
    if name == "in_force":
        return (Ban.state == "in_force") & running
    if name == "expired":
        return (Ban.state == "in_force") & ~running
    return Ban.state == name


def body_choice(viewer: Viewer, body_id: int) -> Organisation | None:
    """A body in scope, to name it above its list."""
    return db.session.scalar(
        select(Organisation).where(Organisation.id == body_id, bodies_in_scope(viewer))
    )


# What waits


def window_over(now: datetime) -> ColumnElement[bool]:
    """Proposed bans whose objection window is over and which nobody has signed yet."""
    over = or_(Ban.objection_closes_at.is_(None), Ban.objection_closes_at <= now)
    return (Ban.state == "proposed") & (Ban.asked == "") & over


def todo(viewer: Viewer) -> list[TodoItem]:
    """Bans to sign after the objection window, to confirm as second officer; objections to decide.

    A teacher reads of a ban proposed on themselves while it can still be objected to (HN-46).
    """
    if is_teacher(viewer):
        return _own_open(viewer, clock.now())
    if not may_decide_some(viewer):
        return []
    over, asked, objections = _waiting(viewer.user_id, clock.now())
    policy = latest_policy() if over or asked or objections else None
    items = []
    if over:
        title = t("Decide proposed bans whose objection window is over: %(count)s", count=over)
        items.append(_item(title, "/bans/?stage=proposed", policy, "years", over))
    if asked:
        title = t("Confirm or return what a colleague has asked for: %(count)s", count=asked)
        items.append(_item(title, "/bans/?stage=waiting", policy, "years", asked))
    if objections:
        title = t("Decide objections and requests for exemption: %(count)s", count=objections)
        items.append(_item(title, "/objections/", policy, "exemptable", objections))
    return items


def _own_open(viewer: Viewer, now: datetime) -> list[TodoItem]:
    """The bans proposed on the viewer to which nobody has objected yet, each with its last day."""
    objected = select(BanObjection.ban_id)
    found = db.session.scalars(
        select(Ban)
        .where(
            Ban.teacher_id.in_(own_ids(viewer)),
            Ban.state == BanState.PROPOSED,
            Ban.objection_closes_at > now,
            Ban.id.not_in(objected),
        )
        .order_by(Ban.objection_closes_at, Ban.id)
    ).all()
    policy = latest_policy() if found else None
    title = t("A training ban is proposed on you; you may object")
    source = policy.citation("years") if policy else ""
    return [
        TodoItem(title, f"/bans/{ban.id}", _last_day(ban), source, place="bans", count=1)
        for ban in found
    ]


def _last_day(ban: Ban) -> date | None:
    closes = ban.objection_closes_at
    return clock.china_date(closes - timedelta(microseconds=1)) if closes else None


def _waiting(user_id: int, now: datetime) -> tuple[int, int, int]:
    """Windows that are over, steps to confirm, objections to decide; what is one's own left out."""
    running = or_(Ban.state == "proposed", Ban.ends_on >= clock.china_date(now))
    asked = select(func.count(Ban.id)).where(Ban.asked != "", Ban.asked_by_id != user_id, running)
    others = or_(BanObjection.verdict == "", BanObjection.decided_by_id != user_id)
    objections = (
        select(func.count(BanObjection.id))
        .join(Ban, Ban.id == BanObjection.ban_id)
        .where(BanObjection.state == "open", others, Ban.state.in_(("proposed", "in_force")))
    )
    over = select(func.count(Ban.id)).where(window_over(now))
    row = db.session.execute(
        select(over.scalar_subquery(), asked.scalar_subquery(), objections.scalar_subquery())
    ).one()
    return int(row[0]), int(row[1]), int(row[2])


def _item(title: Text, url: str, policy: BanPolicy | None, value: str, count: int) -> TodoItem:
    source = policy.citation(value) if policy else ""
    return TodoItem(title, url, source=source, place="bans", count=count)


def ending_untold(today: date) -> Sequence[Ban]:
    """Bans in force that end soon, of which nobody has been told yet; locked for the tick."""
    return db.session.scalars(
        select(Ban)
        .where(
            Ban.state == BanState.IN_FORCE,
            Ban.told_ending_at.is_(None),
            Ban.ends_on.between(today, today + timedelta(days=ENDS_SOON)),
        )
        .order_by(Ban.id)
        .limit(200)
        .with_for_update(skip_locked=True)
    ).all()


def schools_and_counties(teacher: Teacher) -> list[int]:
    """The bodies that hear of a teacher's ban: the school, and the bureau above it."""
    school = teacher.organisation
    return [one for one in (school.id, school.parent_id) if one]


def provincial_office() -> int | None:
    """The provincial office, told when a window is over."""
    return db.session.scalar(
        select(Organisation.id).where(Organisation.kind == "provincial_office").limit(1)
    )
