"""Lodging an objection or a request for exemption, and deciding it with two officers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from provincial.core import clock
from provincial.core.db import db, lock
from provincial.core.refusals import StaleVersion
from provincial.core.text import Text, t
from provincial.core.viewer import Viewer
from provincial.office.messages.actions import tell
from provincial.planning.bans.actions import close_by_decision, tell_about
from provincial.planning.bans.queries import provincial_office
from provincial.planning.bans.rules import require_exemptable
from provincial.planning.integrity.actions import Upload, keep_evidence, note_ban, note_result
from provincial.planning.integrity.models import Ban, BanObjection
from provincial.planning.integrity.permissions import is_teacher
from provincial.planning.integrity.queries import policy_for, stage
from provincial.planning.integrity.rules import RecordKind
from provincial.planning.objections import queries, rules

_LODGED: dict[str, Text] = {
    "objection": t("Lodged an objection"),
    "exemption": t("Asked for exemption"),
}
_SAID: dict[str, Text] = {
    "accepted": t("Decided to accept it; a second officer confirms"),
    "declined": t("Decided not to accept it; a second officer confirms"),
    "return": t("Returned it to the colleague"),
}


def lodge(
    ban: Ban,
    kind: str,
    text: str,
    *,
    files: Sequence[Upload] = (),
    by: Viewer,
    now: datetime,
) -> BanObjection:
    """Lodge an objection or ask for exemption, with evidence (HN-46, HN-47).

    Exemption exists only for the causes that the plan excuses (A-06). One of a kind at a time.
    """
    lock(ban)
    rules.require_kind(kind)
    rules.require_live(stage(ban, clock.china_date(now)))
    policy = policy_for(ban)
    if kind == "exemption" and policy is not None:
        require_exemptable(ban.cause, policy)
    rules.require_none_open(queries.open_of_kind(ban, kind))
    rules.require_few_files(len(files))
    said = rules.require_text(text)
    stored = [keep_evidence(file, teacher=ban.teacher, by=by, field="files") for file in files]
    kept = [file for file in stored if file is not None]
    objection = BanObjection(
        ban_id=ban.id,
        kind=kind,
        text=said,
        by_id=by.user_id,
        by_name=by.name,
        on_behalf=not is_teacher(by),
        at=now,
        evidence_file_ids=[file.id for file in kept],
    )
    db.session.add(objection)
    db.session.flush()
    db.session.expire(ban, ["objections"])
    _note(objection, ban, "lodge", by, _LODGED[kind])
    office = provincial_office()
    if office:
        tell(
            kind="objections.lodged",
            subject=t("An objection or a request for exemption waits for a decision."),
            organisation_id=office,
            url=f"/objections/{objection.id}",
            thing=objection,
            by=by,
        )
    return objection


def decide(
    objection: BanObjection,
    action: str,
    *,
    by: Viewer,
    now: datetime,
    reason: str = "",
    expected_version: int | None = None,
) -> None:
    """One officer decides (``accepted``, ``declined``), a second one confirms or returns (R14)."""
    ban = objection.ban
    lock(ban)
    lock(objection)
    if expected_version is not None and expected_version != objection.version:
        raise StaleVersion(
            t("A colleague has acted on this after you opened the page. Read it again.")
        )
    before = queries.decision_of(objection)
    after = rules.decide(before, action, by.user_id, objection.by_id, reason)
    if after.verdict == "accepted":
        rules.require_live(stage(ban, clock.china_date(now)))
    objection.state, objection.verdict = after.state, after.verdict
    objection.decision_reason = after.reason
    objection.decided_by_id, objection.second_decided_by_id = after.first, after.second
    objection.decided_at = now if after.second else None
    objection.version += 1
    db.session.flush()
    said = after.stage.label if action == "confirm" else _SAID[action]
    _note(objection, ban, action, by, said, reason=reason.strip() or after.reason)
    if action == "confirm":
        _take_effect(objection, ban, by, now)


def _take_effect(objection: BanObjection, ban: Ban, by: Viewer, now: datetime) -> None:
    note_result(
        ban.teacher,
        RecordKind.OBJECTION,
        on_date=clock.china_date(now),
        by=by,
        source=ban.training_name or ban.notice_number,
        note=objection.decision_reason,
        ban=ban,
    )
    if objection.state == "accepted":
        close_by_decision(ban, objection.kind, objection.decision_reason, by=by, now=now)
        return
    tell_about(
        ban,
        "declined",
        by,
        teacher=t("What you lodged against your training ban was not accepted."),
        body=t("What was lodged against a training ban of a teacher of yours was not accepted."),
    )


def _note(
    objection: BanObjection, ban: Ban, verb: str, by: Viewer, said: Text, *, reason: str = ""
) -> None:
    """Into the history of the ban, where everybody concerned reads it."""
    after = {"objection": objection.id, "stage": queries.decision_of(objection).stage.value}
    note_ban(ban, f"objection_{verb}", by, said, reason=reason, after=after)
