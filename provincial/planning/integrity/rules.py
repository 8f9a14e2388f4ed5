"""How long a ban lasts, what it bars, and who may take which step with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from provincial.core.findings import Finding, Severity
from provincial.core.refusals import Refusal
from provincial.core.states import State, Tone
from provincial.core.text import Text, t
from provincial.rulebook.loader import Rulebook
from provincial.rulebook.records import Source

#: The roles of the provincial office that decide.
OFFICERS = frozenset({"province_administrator", "province_officer"})
#: The causes of a ban in words; which of them count is the rulebook's to say (HN-46).
CAUSES: dict[str, Text] = {
    "no_show": t("No-show"),
    "expelled": t("Asked to leave"),
    "not_completed": t("Not completed"),
}
#: The same words on Chinese lists, first the one that we write.
CAUSE_WORDS: dict[str, tuple[str, ...]] = {
    "no_show": ("未参训", "无故未参训", "无故缺训", "缺训", "未报到"),
    "expelled": ("被劝退", "劝退"),
    "not_completed": ("未结业", "未合格", "不予结业"),
}
#: The levels and modes that a training may have and a ban speaks of.
NATIONAL = "national"
#: Parameters of which a ban is made; their sources are what pages and refusals cite.
_KEYS = (
    "ban.years",
    "ban.causes",
    "ban.exemptable",
    "ban.level",
    "ban.modes",
    "ban.checked_on",
    "ban.overlap",
    "ban.national_plan",
    "ban.objection_days",
)


class BanState(State):
    """What is kept of a ban's standing."""

    PROPOSED = "proposed"
    IN_FORCE = "in_force"
    LIFTED = "lifted"
    EXEMPTED = "exempted"
    DISMISSED = "dismissed"

    @classmethod
    def looks(cls) -> dict[str, tuple[Text, Tone]]:
        """Label and tone by value."""
        return {state.value: Stage(state.value).look for state in cls}


class Stage(State):
    """Where a ban stands for people: its state, what waits for a second officer, whether it is over."""

    PROPOSED = "proposed"
    SIGNED = "signed"
    DISMISSING = "dismissing"
    IN_FORCE = "in_force"
    LIFTING = "lifting"
    EXPIRED = "expired"
    LIFTED = "lifted"
    EXEMPTED = "exempted"
    DISMISSED = "dismissed"

    @property
    def look(self) -> tuple[Text, Tone]:
        """Label and tone."""
        return self.looks()[self.value]

    @classmethod
    def looks(cls) -> dict[str, tuple[Text, Tone]]:
        """Label and tone by value."""
        return {
            "proposed": (t("Ban proposed"), Tone.WAITING),
            "signed": (t("Signed, to be confirmed"), Tone.WAITING),
            "dismissing": (t("Dismissal to be confirmed"), Tone.WAITING),
            "in_force": (t("Ban in force"), Tone.BLOCKED),
            "lifting": (t("In force, lifting asked for"), Tone.BLOCKED),
            "expired": (t("Ban expired"), Tone.NEUTRAL),
            "lifted": (t("Ban lifted"), Tone.GOOD),
            "exempted": (t("Exempted"), Tone.GOOD),
            "dismissed": (t("Ban dismissed"), Tone.NEUTRAL),
        }


_S = Stage
#: Stages in which the ban still binds or may come to bind.
LIVE = (_S.PROPOSED, _S.SIGNED, _S.DISMISSING, _S.IN_FORCE, _S.LIFTING)
_ASKED_STAGE = {"sign": _S.SIGNED, "dismiss": _S.DISMISSING, "lift": _S.LIFTING}


def stage_of(state: str, asked: str, ends_on: date, today: date) -> Stage:
    """Where a ban stands for people: a ban in force is over when its last day has passed."""
    if state == BanState.IN_FORCE and ends_on < today:
        return Stage.EXPIRED
    return _ASKED_STAGE[asked] if asked else Stage(state)


def require_reason(reason: str) -> str:
    """The reason, tidied; refuses an empty one."""
    if not reason.strip():
        raise Refusal(t("Say why, in a sentence."), field="reason")
    return reason.strip()[:500]


def ban_ends(event_on: date, years: int) -> date:
    """The last barred day: the same date ``years`` later, 28 February for the 29th (A-04)."""
    try:
        return event_on.replace(year=event_on.year + years)
    except ValueError:
        return event_on.replace(year=event_on.year + years, day=28)


@dataclass(frozen=True, slots=True)
class BanPolicy:
    """What a plan's rulebook says of bans, each value with its source."""

    years: int
    causes: tuple[str, ...]
    exemptable: tuple[str, ...]
    level: str
    modes: tuple[str, ...]
    checked_on: str
    overlap: str
    national_plan: str
    objection_days: int
    sources: Mapping[str, Source]

    def rule(self, name: str = "years") -> str:
        """The id of the rule or interpretation behind a value (``years``, ``exemptable``)."""
        source = self.sources[f"ban.{name}"]
        return source.rule or source.interpretation

    def citation(self, name: str = "years") -> str:
        """The article as papers cite it; the rule's id where the notice has none."""
        return self.sources[f"ban.{name}"].citation() or self.rule(name)


def policy_of(rulebook: Rulebook) -> BanPolicy | None:
    """What a rulebook says of bans; nothing when its notice knows none."""
    years = rulebook.integer("ban.years") if rulebook.applies("ban") else None
    if years is None:
        return None
    return BanPolicy(
        years=years,
        causes=rulebook.texts("ban.causes"),
        exemptable=rulebook.texts("ban.exemptable"),
        level=rulebook.text("ban.level") or "",
        modes=rulebook.texts("ban.modes"),
        checked_on=rulebook.text("ban.checked_on") or "",
        overlap=rulebook.text("ban.overlap") or "",
        national_plan=rulebook.text("ban.national_plan") or "",
        objection_days=rulebook.integer("ban.objection_days") or 0,
        sources={key: rulebook.source(key) for key in _KEYS},
    )


@dataclass(frozen=True, slots=True)
class BanFacts:
    """A ban as the checks need it; ``state`` is ``proposed`` or ``in_force``."""

    id: int
    teacher_id: int
    cause: str
    event_on: date
    ends_on: date
    state: str
    training_name: str = ""


@dataclass(frozen=True, slots=True)
class TrainingFacts:
    """A training as the checks need it: level and mode as the rulebook's codes, and its dates.

    ``opens_on`` is the class's real or planned opening; ``national`` marks the National Training
    Plan, whose level may be written otherwise.
    """

    level: str
    mode: str
    opens_on: date | None
    nominated_on: date
    national: bool = False


def check_date(training: TrainingFacts, policy: BanPolicy) -> date:
    """The day that a ban must cover: the class's opening when known, else the nomination (A-05)."""
    if policy.checked_on == "opening" and training.opens_on is not None:
        return training.opens_on
    return training.nominated_on


def reaction(training: TrainingFacts, policy: BanPolicy) -> Severity | None:
    """How a ban in force meets this training: refuses, warns, or does not reach it (A-07)."""
    if training.mode not in policy.modes:
        return None
    if is_national(training, policy):
        by_code = {"warn": Severity.WARN, "refuse": Severity.BLOCK}
        return by_code.get(policy.national_plan)
    return Severity.BLOCK if training.level == policy.level else None


def is_national(training: TrainingFacts, policy: BanPolicy) -> bool:
    """Whether this is national training, of which a provincial notice says nothing (A-07)."""
    return training.national or training.level == NATIONAL != policy.level


def barred_until(bans: Iterable[BanFacts], policy: BanPolicy) -> date | None:
    """The last barred day of several bans: the latest end, unless the plan adds the years (A-08)."""
    end: date | None = None
    for ban in sorted(bans, key=lambda one: (one.event_on, one.ends_on)):
        if end is None or policy.overlap != "added_up" or ban.event_on > end:
            end = max(ban.ends_on, end or ban.ends_on)
        else:
            end = ban_ends(end, policy.years)
    return end


def ban_findings(
    bans: Sequence[BanFacts], training: TrainingFacts, policy: BanPolicy, reference: date
) -> list[Finding]:
    """What the bans of one teacher mean for one training (HN-46, A-04…A-08).

    ``reference`` is the day of the check; the days left are counted from it. Codes: ``ban`` (covers
    the check date: refuses, for the National Training Plan as the plan says), ``ban-ends-before``
    (over before the opening: a warning), ``ban-proposed`` (a warning), ``ban-not-reaching``.
    """
    day, severity = check_date(training, policy), reaction(training, policy)
    running = [ban for ban in bans if ban.state == "in_force" and ban.ends_on >= reference]
    in_force = [ban for ban in bans if ban.state == "in_force" and ban.event_on <= day]
    end = barred_until(in_force, policy)
    if severity is None:
        return [_not_reaching(running, policy, reference)] if running else []
    found: list[Finding] = []
    if end is not None and end >= day:
        national = is_national(training, policy)
        found.append(_barred(in_force, end, severity, national, policy, reference))
    elif end is not None and end >= reference:
        found.append(_ends_before(in_force, end, day, policy))
    proposed = [
        ban for ban in bans if ban.state == "proposed" and ban.event_on <= day <= ban.ends_on
    ]
    if proposed and not (found and found[0].severity is Severity.BLOCK):
        found.append(_proposed(proposed, policy, reference))
    return found


def eligible_from(end: date) -> date:
    """The first day on which the teacher may take part again."""
    return end + timedelta(days=1)


def days_left(end: date, on: date) -> int:
    """Days that are still barred, ``on`` itself counted; nought when the ban is over."""
    return max(0, (end - on).days + 1)


def _latest(bans: Sequence[BanFacts]) -> BanFacts:
    return max(bans, key=lambda ban: (ban.ends_on, ban.id))


def _barred(
    bans: Sequence[BanFacts],
    end: date,
    severity: Severity,
    national: bool,
    policy: BanPolicy,
    reference: date,
) -> Finding:
    values = {
        "cause": CAUSES[_latest(bans).cause],
        "event": _latest(bans).event_on,
        "end": end,
        "eligible": eligible_from(end),
        "count": days_left(end, reference),
        "article": policy.citation(),
    }
    sentence = (
        t(
            "Under a training ban until %(end)s (%(cause)s, %(event)s; %(article)s), which the plan "
            "also minds for national training. Eligible from %(eligible)s, %(count)s days left.",
            **values,
        )
        if national
        else t(
            "Barred from province-organised training until %(end)s (%(cause)s, %(event)s; "
            "%(article)s). Eligible from %(eligible)s, %(count)s days left.",
            **values,
        )
    )
    mend = t("Nominate another teacher, or one whose class opens after that day.")
    return Finding(
        severity,
        sentence,
        rule=policy.rule("national_plan") if national else policy.rule(),
        code="ban",
        measured=end.isoformat(),
        mend=mend,
    )


def _ends_before(bans: Sequence[BanFacts], end: date, day: date, policy: BanPolicy) -> Finding:
    message = t(
        "The training ban (%(cause)s) ends on %(end)s, before the class opens on %(day)s; "
        "from %(eligible)s the teacher may take part.",
        cause=CAUSES[_latest(bans).cause],
        end=end,
        day=day,
        eligible=eligible_from(end),
    )
    return Finding(
        Severity.WARN,
        message,
        rule=policy.rule("checked_on"),
        code="ban-ends-before",
        measured=end.isoformat(),
    )


def _proposed(bans: Sequence[BanFacts], policy: BanPolicy, reference: date) -> Finding:
    ban = _latest(bans)
    message = t(
        "A training ban is proposed (%(cause)s, %(event)s; %(article)s) and not in force yet; "
        "in force it lasts until %(end)s, %(count)s days from now.",
        cause=CAUSES[ban.cause],
        event=ban.event_on,
        end=ban.ends_on,
        count=days_left(ban.ends_on, reference),
        article=policy.citation(),
    )
    return Finding(
        Severity.WARN,
        message,
        rule=policy.rule(),
        code="ban-proposed",
        measured=ban.ends_on.isoformat(),
    )


def _not_reaching(bans: Sequence[BanFacts], policy: BanPolicy, reference: date) -> Finding:
    end = barred_until(bans, policy) or reference
    message = t(
        "A training ban runs until %(end)s; it does not reach this training, which is not "
        "province-organised face-to-face training.",
        end=end,
    )
    return Finding(
        Severity.PASS,
        message,
        rule=policy.rule("modes"),
        code="ban-not-reaching",
        measured=end.isoformat(),
    )


class RecordKind(State):
    """What one line of an integrity file says."""

    COMPLETED = "completed"
    NOT_COMPLETED = "not_completed"
    NO_SHOW = "no_show"
    EXPELLED = "expelled"
    WITHDRAWN_EXCUSED = "withdrawn_excused"
    FORGERY = "forgery"
    CIRCULAR = "circular"
    BAN = "ban"
    BAN_DISMISSED = "ban_dismissed"
    BAN_LIFTED = "ban_lifted"
    BAN_EXEMPTED = "ban_exempted"
    BAN_REOPENED = "ban_reopened"
    OBJECTION = "objection"
    CORRECTION = "correction"

    @classmethod
    def looks(cls) -> dict[str, tuple[Text, Tone]]:
        """Label and tone by value."""
        return {
            "completed": (t("Completed"), Tone.GOOD),
            "not_completed": (CAUSES["not_completed"], Tone.ATTENTION),
            "no_show": (CAUSES["no_show"], Tone.ATTENTION),
            "expelled": (CAUSES["expelled"], Tone.ATTENTION),
            "withdrawn_excused": (t("Withdrawn with an excuse"), Tone.NEUTRAL),
            "forgery": (t("Forgery of hours, marks or credits"), Tone.BLOCKED),
            "circular": (t("Named in a circular"), Tone.ATTENTION),
            "ban": (t("Ban came in force"), Tone.BLOCKED),
            "ban_dismissed": (t("Ban dismissed"), Tone.NEUTRAL),
            "ban_lifted": (t("Ban lifted"), Tone.GOOD),
            "ban_exempted": (t("Exempted"), Tone.GOOD),
            "ban_reopened": (t("Ban proposed again"), Tone.WAITING),
            "objection": (t("Objection decided"), Tone.NEUTRAL),
            "correction": (t("Correction"), Tone.NEUTRAL),
        }


#: Results of a training, as the training wing reports them (HN-45).
RESULTS = frozenset({"completed", "not_completed", "no_show", "expelled", "withdrawn_excused"})
#: What officers may enter by hand.
BY_HAND = (RecordKind.CIRCULAR, RecordKind.FORGERY)
#: The rule behind what is entered by hand.
RULE_OF = {RecordKind.FORGERY: "PE-92", RecordKind.CIRCULAR: "HN-45"}


def keeps(entries: Sequence[str], kind: str) -> bool:
    """Whether a plan's integrity file takes a result of this kind (``integrity.entries``)."""
    return kind not in RESULTS or "all_results" in entries


def require_by_hand(kind: str) -> RecordKind:
    """A kind of record that people enter themselves."""
    if kind not in {one.value for one in BY_HAND}:
        raise Refusal(t("This is not entered by hand."), field="kind")
    return RecordKind(kind)
