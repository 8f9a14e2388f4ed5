"""Copying, editing, submitting and releasing editions. A released edition never changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select

from provincial.core.db import db
from provincial.core.findings import blocking
from provincial.core.refusals import Refusal, StaleVersion, WrongState
from provincial.core.text import Text, t
from provincial.core.viewer import Viewer
from provincial.office.journal.actions import record
from provincial.people.proofs.queries import require_other_hands
from provincial.planning.rulebooks import queries, rules
from provincial.planning.rulebooks.models import RulebookEdition
from provincial.planning.rulebooks.rules import MACHINE, EditionState, Entered
from provincial.rulebook import schema
from provincial.rulebook.checker import check_rulebook
from provincial.rulebook.editing import read_typed, typed_text
from provincial.rulebook.loader import Rulebook, builtin_codes
from provincial.rulebook.values import Value, plain


@dataclass(frozen=True, slots=True)
class Header:
    """The notice itself, as the editor takes it."""

    title: str
    number: str
    issuer: str
    issued_on: date | None
    cite_as: str
    groups: Sequence[str]


def copy(source: str, *, code: str, title: str, by: Viewer, at: datetime) -> RulebookEdition:
    """Make an own edition as a draft from a built-in rulebook or a released edition."""
    original = queries.usable(source)
    taken = set(builtin_codes())
    if queries.edition_by_code(code) is not None:
        taken.add(code)
    code = rules.require_code(code, taken)
    document = replace(original.document, code=code, title=title)
    copied = replace(original, document=document)
    edition = RulebookEdition(
        code=code,
        title=title,
        based_on=source,
        content=copied.to_data(),
        original=original.to_data(),
        changes={},
        state=EditionState.DRAFT,
        made_by_id=by.user_id,
    )
    db.session.add(edition)
    db.session.flush()
    _record(
        edition, "copy", by, t("Copied from %(rulebook)s", rulebook=source), created=at.isoformat()
    )
    return edition


def edit_group(
    edition: RulebookEdition,
    group: str,
    typed: Mapping[str, Entered],
    *,
    by: Viewer,
    at: datetime,
    expected_version: int | None = None,
) -> list[str]:
    """Change the values of one group; gives the keys that changed.

    Each changed value needs a reason and either article and sentence or the house default. Refuses
    on the field of the row; nothing is saved then.
    """
    _lock(edition, expected_version)
    _require_draft(edition)
    before = changed = queries.content_of(edition)
    found = schema.group(group)
    keys = [parameter.key for parameter in found.parameters] if found else []
    notes = dict(edition.changes)
    for key in keys:
        if key in typed and _differs(before, key, typed[key]):
            changed = _with_row(changed, key, typed[key])
            notes[key] = _note(typed[key].reason, by, at)
    touched = [key for key in keys if notes.get(key) != edition.changes.get(key)]
    if touched:
        edition.content, edition.changes = changed.to_data(), notes
        edition.version += 1
        _record(
            edition,
            "edit",
            by,
            t("Changed %(count)s values of “%(group)s”", count=len(touched), group=_label(group)),
            reason=";".join(typed[key].reason for key in touched)[:500],
            before={key: plain(before.value(key)) for key in touched},
            after={key: plain(changed.value(key)) for key in touched},
        )
    return touched


def edit_header(
    edition: RulebookEdition,
    header: Header,
    *,
    reason: str,
    by: Viewer,
    at: datetime,
    expected_version: int | None = None,
) -> None:
    """Change title, number, issuer, date and the groups that the notice speaks of."""
    _lock(edition, expected_version)
    _require_draft(edition)
    reason = rules.require_reason(reason)
    before = queries.content_of(edition)
    values = {name: getattr(header, name) for name in header.__slots__}
    document = replace(before.document, **{**values, "groups": tuple(header.groups)})
    kept = {
        key: entry
        for key, entry in before.listed.items()
        if key.partition(".")[0] in document.groups or _is_always(key)
    }
    after = replace(before, document=document, listed=kept)
    edition.content, edition.title = after.to_data(), header.title
    edition.changes = {**edition.changes, "document": _note(reason, by, at)}
    edition.version += 1
    told = before.document.compared(document)
    _record(
        edition,
        "edit_header",
        by,
        t("Changed the head of the rulebook"),
        reason=reason,
        before={name: str(old or "") for name, old, _new in told},
        after={name: str(new or "") for name, _old, new in told},
    )


def submit(edition: RulebookEdition, *, by: Viewer, reason: str = "") -> None:
    """Hand the draft to the second officer; blocking findings stand in the way."""
    step = _step(edition, "submit")
    wrong = blocking(check_rulebook(queries.content_of(edition)))
    if wrong:
        message = t("%(count)s findings stand in the way of the release.", count=len(wrong))
        raise Refusal(message, findings=wrong)
    edition.submitted_by_id, edition.return_reason = by.user_id, ""
    _take(edition, step, by, t("Submitted for release"), reason)


def return_to_draft(edition: RulebookEdition, *, by: Viewer, reason: str) -> None:
    """Give a submitted edition back with a reason."""
    step = _step(edition, "return")
    edition.return_reason = rules.require_reason(reason)[:500]
    edition.submitted_by_id = None
    _take(edition, step, by, t("Returned to the colleague"), reason)


def release(
    edition: RulebookEdition, *, by: Viewer, at: datetime, expected_version: int | None = None
) -> None:
    """The second officer releases what was seen; from now on nothing in it changes (R14)."""
    step = _step(edition, "release", expected_version)
    editors = [int(note["by_id"]) for note in edition.changes.values()]
    earlier = {edition.made_by_id, edition.submitted_by_id, *editors}
    rules.require_second_person(by.user_id, earlier)
    require_other_hands(by, earlier)
    edition.released_by_id, edition.released_at = by.user_id, at
    _take(edition, step, by, t("Released the rulebook"))


def undo_release(edition: RulebookEdition, *, by: Viewer, reason: str) -> None:
    """Make a released edition a draft again while no plan uses it."""
    step = _step(edition, "undo_release")
    rules.require_unused(edition.uses)
    rules.require_reason(reason)
    edition.released_by_id = edition.released_at = edition.submitted_by_id = None
    _take(edition, step, by, t("Took the release back"), reason)


def withdraw(edition: RulebookEdition, *, by: Viewer, reason: str) -> None:
    """Give a draft up; it stays readable for the province."""
    step = _step(edition, "withdraw")
    _take(edition, step, by, t("Withdrew the rulebook"), rules.require_reason(reason))


def restore(edition: RulebookEdition, *, by: Viewer, reason: str) -> None:
    """Take a withdrawn edition up again as a draft."""
    step = _step(edition, "restore")
    _take(edition, step, by, t("Took the rulebook up again"), rules.require_reason(reason))


def count_use(code: str, change: int) -> None:
    """A plan was made from the edition with this code (+1), or given up (-1); built-in ones: nothing."""
    edition = db.session.scalar(
        select(RulebookEdition).where(RulebookEdition.code == code).with_for_update()
    )
    if edition is not None:
        if change > 0 and edition.state != EditionState.RELEASED:
            raise WrongState(t("The rulebook “%(code)s” is not released.", code=code))
        edition.uses += change


def _lock(edition: RulebookEdition, expected_version: int | None = None) -> None:
    db.session.flush()
    db.session.refresh(edition, with_for_update=True)
    if expected_version is not None and expected_version != edition.version:
        raise StaleVersion(
            t("A colleague has saved this rulebook in the meantime. Compare and save again."),
            theirs=_plain_values(queries.content_of(edition)),
        )


def _plain_values(rulebook: Rulebook) -> dict[str, object]:
    return {
        parameter.key: typed_text(parameter, rulebook.value(parameter.key))
        for group in schema.GROUPS
        for parameter in group.parameters
    }


def _require_draft(edition: RulebookEdition) -> None:
    if edition.state != EditionState.DRAFT:
        raise WrongState(
            t("Only a draft can be changed. Copy the rulebook and change the copy."),
        )


def _differs(rulebook: Rulebook, key: str, typed: Entered) -> bool:
    """Whether a row was touched: another value, other words, or a basis that was given up."""
    parameter, source = schema.PARAMETERS[key], rulebook.source(key)
    if read_typed(parameter, typed.value) != rulebook.value(key):
        return True
    if typed.reason.strip():
        return True
    return bool(typed.value.strip()) and (typed.article, typed.quote) != (
        source.article,
        source.quote,
    )


def _with_row(rulebook: Rulebook, key: str, typed: Entered) -> Rulebook:
    old = rulebook.source(key)
    value: Value = read_typed(schema.PARAMETERS[key], typed.value)
    if value is None:
        source = replace(
            old, origin="", interpretation="", note=rules.require_reason(typed.reason, key)
        )
        return rulebook.with_value(key, None, source)
    old = replace(old, origin="" if old.origin == "absent" else old.origin)
    return rulebook.with_value(key, value, rules.new_source(key, typed, old, rulebook.document))


def _note(reason: str, by: Viewer, at: datetime) -> dict[str, object]:
    return {"reason": reason, "by_id": by.user_id, "by": by.name, "at": at.isoformat()}


def _is_always(key: str) -> bool:
    group = schema.group(key.partition(".")[0])
    return group is not None and group.always


def _label(group: str) -> Text:
    found = schema.group(group)
    return found.label if found else Text(group)


def _step(
    edition: RulebookEdition, action: str, expected_version: int | None = None
) -> EditionState:
    _lock(edition, expected_version)
    return EditionState(MACHINE.step(EditionState(edition.state), action).next_state)


def _take(
    edition: RulebookEdition, target: EditionState, by: Viewer, said: Text, reason: str = ""
) -> None:
    before, edition.state = edition.state, target
    edition.version += 1
    _record(edition, target, by, said, reason=reason, before={"state": before})
    db.session.flush()


def _record(
    edition: RulebookEdition,
    verb: str,
    by: Viewer,
    said: Text,
    *,
    reason: str = "",
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    **facts: object,
) -> None:
    record(
        f"rulebooks.{verb}",
        edition,
        by=by,
        before=before,
        after=after or {"state": edition.state, **facts},
        reason=reason,
        label=edition.title,
        said=said,
    )
