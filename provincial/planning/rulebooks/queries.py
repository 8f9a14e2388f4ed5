"""Reading rulebooks: built-in ones, editions, a rule in the context of its document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from provincial.core.db import db
from provincial.core.paging import Key, Page, paginate
from provincial.core.refusals import Refusal
from provincial.core.text import Text, t
from provincial.core.todo import TodoItem
from provincial.core.viewer import Viewer
from provincial.planning.rulebooks import permissions
from provincial.planning.rulebooks.models import RulebookEdition
from provincial.planning.rulebooks.rules import OFFICERS
from provincial.rulebook import catalogue
from provincial.rulebook.loader import Rulebook, builtin, builtin_codes, from_data
from provincial.rulebook.parameter import Parameter
from provincial.rulebook.records import Entry


def edition_in_scope(viewer: Viewer, edition_id: int) -> RulebookEdition | None:
    """The edition with this id, when the viewer may see it."""
    statement = select(RulebookEdition).where(
        RulebookEdition.id == edition_id, permissions.visible(viewer)
    )
    return db.session.scalar(statement)


def edition_by_code(code: str) -> RulebookEdition | None:
    """The edition with this code."""
    return db.session.scalar(select(RulebookEdition).where(RulebookEdition.code == code))


def editions(
    viewer: Viewer, *, state: str = "", words: str = "", after: str = "", before: str = ""
) -> Page[RulebookEdition]:
    """One page of editions in scope, newest first."""
    statement = select(RulebookEdition).where(permissions.visible(viewer))
    if state:
        statement = statement.where(RulebookEdition.state == state)
    for word in words.split():
        hit = RulebookEdition.title.contains(word, autoescape=True)
        statement = statement.where(hit | RulebookEdition.code.contains(word, autoescape=True))
    keys = [Key(RulebookEdition.id, descending=True)]
    return paginate(db.session(), statement, keys, after=after, before=before)


def builtin_rulebooks() -> list[Rulebook]:
    """The notices that come with the site."""
    return [builtin(code) for code in builtin_codes()]


def content_of(edition: RulebookEdition) -> Rulebook:
    """The edition as a rulebook."""
    return from_data(edition.content)


def original_of(edition: RulebookEdition) -> Rulebook:
    """The rulebook that the edition was copied from."""
    return from_data(edition.original)


def usable(code: str) -> Rulebook:
    """A built-in rulebook or a released edition; refuses every other code on field ``source``."""
    if code in builtin_codes():
        return builtin(code)
    edition = edition_by_code(code)
    if edition is None or edition.state != "released":
        raise Refusal(t("There is no released rulebook “%(code)s”.", code=code), field="source")
    return content_of(edition)


def choices() -> list[tuple[str, str]]:
    """What a plan or a copy can be made from: ``(code, title)``, own editions first."""
    own = db.session.execute(
        select(RulebookEdition.code, RulebookEdition.title)
        .where(RulebookEdition.state == "released")
        .order_by(RulebookEdition.id.desc())
    )
    found = [(code, f"{title}({code})") for code, title in own]
    return found + [(code, f"{builtin(code).document.title}({code})") for code in builtin_codes()]


@dataclass(frozen=True, slots=True)
class Use:
    """A value of a built-in rulebook that rests on a rule or an interpretation."""

    rulebook: Rulebook
    parameter: Parameter
    entry: Entry


@dataclass(frozen=True, slots=True)
class RulePage:
    """A rule in the context of its document, or an interpretation, and what rests on it."""

    id: str
    title: Text
    document: str
    cite_as: str
    article: str
    quote: str
    meaning: str
    chinese: str
    paragraphs: Sequence[tuple[str, str, str]]
    uses: Sequence[Use]


def rule_page(rule_id: str) -> RulePage | None:
    """Everything about a rule id (HN-38) or an interpretation (A-09, C-06); ``None`` if unknown."""
    uses = _uses(rule_id)
    article = next((use.entry.source.article for use in uses if use.entry.source.article), "")
    rule = catalogue.rule(rule_id)
    if rule is not None:
        document = builtin(rule.document).document
        return RulePage(
            rule_id,
            t("Rule %(id)s", id=rule_id),
            document.title,
            document.cite_as,
            article,
            rule.quote,
            rule.text,
            "",
            _around(rule.document, rule.quote),
            uses,
        )
    reading = catalogue.interpretation(rule_id)
    if reading is None:
        return None
    title = t("Interpretation %(id)s", id=rule_id)
    if rule_id.startswith("C-"):
        title = t("Conflict %(id)s between the documents", id=rule_id)
    return RulePage(rule_id, title, "", "", "", "", reading.text, reading.chinese, [], uses)


def _uses(rule_id: str) -> list[Use]:
    found: list[Use] = []
    for rulebook in builtin_rulebooks():
        for _group, rows in rulebook.entries():
            for parameter, entry in rows:
                if rule_id in (entry.source.rule, entry.source.interpretation):
                    found.append(Use(rulebook, parameter, entry))
    return found


def _around(code: str, quote: str) -> list[tuple[str, str, str]]:
    """The paragraph of the quote with its neighbours, each as (before, quoted, after)."""
    found = catalogue.find_quote(code, quote)
    if found is None:
        return []
    text, (start, end) = catalogue.document_text(code), found
    left = text.rfind("\n", 0, start) + 1
    right = text.find("\n", end)
    right = right if right >= 0 else len(text)
    earlier = [line.strip() for line in text[:left].splitlines() if line.strip()][-2:]
    later = [line.strip() for line in text[right:].splitlines() if line.strip()][:2]
    middle = (text[left:start].lstrip(), text[start:end], text[end:right].rstrip())
    return [*((line, "", "") for line in earlier), middle, *((line, "", "") for line in later)]


def todo(viewer: Viewer) -> list[TodoItem]:
    """Editions that wait for this officer: to release, or returned to the one who made them."""
    if viewer.role not in OFFICERS:
        return []
    statement = select(RulebookEdition).where(
        RulebookEdition.state.in_(("draft", "submitted")),
    )
    items = []
    for edition in db.session.scalars(statement.order_by(RulebookEdition.id)):
        url = f"/rulebooks/editions/{edition.id}"
        if edition.state == "submitted" and viewer.user_id not in (
            edition.made_by_id,
            edition.submitted_by_id,
        ):
            title = t("Release or return the rulebook “%(title)s”", title=edition.title)
            items.append(TodoItem(title, url, place="rulebooks"))
        elif edition.return_reason and viewer.user_id == edition.made_by_id:
            title = t("Mend the returned rulebook “%(title)s”", title=edition.title)
            items.append(TodoItem(title, url, place="rulebooks"))
    return items
