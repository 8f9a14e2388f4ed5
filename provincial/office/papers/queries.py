"""Reading papers: in scope, by the code on the paper, by the digest of a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, or_, select

from provincial.core.db import db
from provincial.core.paging import Key, Page, paginate
from provincial.core.viewer import Viewer
from provincial.office.papers import permissions
from provincial.office.papers.models import Paper


def paper_in_scope(viewer: Viewer, paper_id: int) -> Paper | None:
    """The paper with this id, when the viewer may see it."""
    return db.session.scalar(select(Paper).where(Paper.id == paper_id, permissions.visible(viewer)))


@dataclass(frozen=True, slots=True)
class PaperFilter:
    """What a list asks for; ``words`` look into number, title and addressee."""

    words: str = ""
    kind: str = ""
    state: str = ""
    unread: bool = False


def papers(
    viewer: Viewer, wanted: PaperFilter, *, after: str = "", before: str = "", size: int = 50
) -> Page[Paper]:
    """One page of papers in scope, newest first."""
    keys = [Key(Paper.id, descending=True)]
    statement = matching(viewer, wanted)
    return paginate(db.session(), statement, keys, after=after, before=before, size=size)


def matching(viewer: Viewer, wanted: PaperFilter) -> Select[Paper]:
    """The papers in scope that a filter asks for."""
    statement = select(Paper).where(permissions.visible(viewer))
    for word in wanted.words.split():
        hit = [
            column.contains(word, autoescape=True)
            for column in (Paper.number, Paper.title, Paper.addressee_name)
        ]
        statement = statement.where(or_(*hit))
    if wanted.kind:
        statement = statement.where(Paper.kind == wanted.kind)
    if wanted.state:
        statement = statement.where(Paper.state == wanted.state)
    if wanted.unread:
        statement = statement.where(Paper.read_at.is_(None), Paper.addressee_id.is_not(None))
    return statement


def count(viewer: Viewer, wanted: PaperFilter) -> int:
    """How many papers match."""
    found = matching(viewer, wanted).with_only_columns(Paper.id).subquery()
    return int(db.session.scalar(select(func.count()).select_from(found)) or 0)


def rows(viewer: Viewer, wanted: PaperFilter) -> Iterator[Paper]:
    """All papers that match, newest first, a thousand at a time."""
    statement = matching(viewer, wanted).order_by(Paper.id.desc())
    yield from db.session.execute(statement.execution_options(yield_per=1000)).scalars()


def about(thing: tuple[str, int]) -> Sequence[Paper]:
    """All papers about a thing, newest first."""
    kind, number = thing
    statement = select(Paper).where(Paper.about_type == kind, Paper.about_id == number)
    return list(db.session.scalars(statement.order_by(Paper.id.desc())))


def replaced_by_this(paper: Paper) -> Paper | None:
    """The paper whose place this one took."""
    return db.session.scalar(select(Paper).where(Paper.replaced_by_id == paper.id))


def by_token(token: str) -> Paper | None:
    """The paper behind a QR code."""
    return db.session.scalar(select(Paper).where(Paper.token == token)) if token else None


def by_code(code: str) -> Paper | None:
    """The paper with this printed code."""
    return db.session.scalar(select(Paper).where(Paper.code == code))


def by_digest(sha256: str) -> Paper | None:
    """The paper whose PDF has this SHA-256."""
    return db.session.scalar(
        select(Paper).where(Paper.sha256 == sha256).order_by(Paper.id.desc()).limit(1)
    )
