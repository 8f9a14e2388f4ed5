"""Writing the letters: first ones, supplementary ones, and taking them back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from provincial.adapters.services import services
from provincial.core.text import t
from provincial.core.viewer import Viewer
from provincial.office.messages import actions as messages
from provincial.office.papers import actions as papers
from provincial.office.papers.models import Paper
from provincial.people.organisations.models import Organisation
from provincial.planning.ledger.models import QuotaSheet
from provincial.planning.letters import queries
from provincial.planning.letters.documents import (
    CellChange,
    GreenChannel,
    LetterCell,
    LetterContact,
    LetterKind,
    QuotaLetter,
    Reference,
    content_of,
)
from provincial.planning.letters.queries import Receiver
from provincial.planning.letters.rules import GreenRule, changed, green_figures
from provincial.planning.plans.models import Plan, Project, ProjectCategory
from provincial.rulebook.loader import Rulebook

_TEMPLATE = "papers/quota_letter.html"
_HOUSE_PATTERN = "〔{year}〕{n}号"
Places = Mapping[int, tuple[Project, int]]


@dataclass(frozen=True, slots=True)
class Occasion:
    """What all letters of one act share."""

    giver: Organisation
    plan: Plan
    category: ProjectCategory
    rulebook: Rulebook
    through: Paper | None
    due: date | None
    reason: str
    platform: str
    on: date
    by: Viewer


def send(
    giver_sheet: QuotaSheet,
    organisation_ids: Iterable[int] | None = None,
    *,
    due: date | None,
    reason: str = "",
    by: Viewer,
    on: date,
) -> list[Paper]:
    """Write to everyone below ``giver_sheet`` (or only to those named) whose places changed.

    A body without a letter gets its first one; a body whose figures differ from its last letter
    gets a supplementary letter that replaces it; the others get nothing. Each is told, and one job
    lays the PDFs out. ``due`` is the last day for those below; ``reason`` is needed by corrections.
    """
    category = giver_sheet.category
    occasion = Occasion(
        giver_sheet.organisation,
        category.plan,
        category,
        queries.rulebook_of(category.plan),
        queries.letter_of(giver_sheet),
        due,
        reason,
        services().settings.site.name,
        on,
        by,
    )
    receivers = queries.receivers(giver_sheet, organisation_ids)
    places = queries.places_by_project(receiver.sheet.id for receiver in receivers)
    written = []
    for receiver in receivers:
        paper = _write(occasion, receiver, places.get(receiver.sheet.id, {}))
        if paper is not None:
            written.append(paper)
            _tell(occasion, receiver, paper)
    if written:
        papers.request_pdfs(written, by=by)
    return written


def withdraw(
    giver_sheet: QuotaSheet, organisation_ids: Iterable[int], *, reason: str, by: Viewer
) -> list[Paper]:
    """Take back the valid letters of bodies whose places were taken back altogether."""
    taken = []
    for receiver in queries.receivers(giver_sheet, organisation_ids):
        if receiver.last is not None:
            papers.withdraw(receiver.last, reason, by=by)
            taken.append(receiver.last)
    return taken


def _write(occasion: Occasion, receiver: Receiver, places: Places) -> Paper | None:
    now = {project: held for project, (_p, held) in places.items() if held}
    if receiver.last is None and not now:
        return None
    before = _before(receiver.last)
    differing = changed(before, now)
    if receiver.last is not None and not differing:
        return None
    letter = _letter(occasion, receiver, places, differing)
    values = _paper_values(occasion, receiver, letter)
    if receiver.last is None:
        return papers.issue(by=occasion.by, **values)
    return papers.replace(receiver.last, by=occasion.by, **values)


def _before(last: Paper | None) -> dict[int, int]:
    """What the last letter said, by project; kept beside its table."""
    kept = last.content.get("by_project", {}) if last is not None else {}
    return {int(project): int(places) for project, places in kept.items()}


def _letter(
    occasion: Occasion,
    receiver: Receiver,
    places: Places,
    differing: list[tuple[int, int, int]],
) -> QuotaLetter:
    body, last = receiver.organisation, receiver.last
    rule = queries.green_rule(occasion.rulebook, occasion.category, body.kind)
    plan = occasion.plan
    return QuotaLetter(
        issuer=occasion.giver.letter_name,
        number="",
        issued_on=occasion.on,
        recipient=body.name,
        addressee=body.letter_name,
        project=f"{plan.year}年{occasion.category.name}项目",
        basis=Reference(plan.title, plan.doc_number),
        basis_article=_article(occasion.rulebook),
        through=_reference(occasion.through),
        cells=_cells(places, rule),
        due=occasion.due,
        platform=occasion.platform,
        contacts=tuple(_contacts(occasion)),
        kind=LetterKind.CORRECT if last else LetterKind.ISSUE,
        green=_green(rule),
        replaces=_reference(last),
        changes=tuple(
            CellChange(*places[p][0].words, before, after)
            if p in places
            else CellChange("", str(p), before, after)
            for p, before, after in differing
        )
        if last
        else (),
        correction_reason=occasion.reason.rstrip("。") if last else "",
    )


def _cells(places: Places, rule: GreenRule | None) -> tuple[LetterCell, ...]:
    rows = [(project, held) for project, held in places.values() if held]
    figures = green_figures(rule, [(p.id, p.subject, n) for p, n in rows]) if rule else {}
    return tuple(
        LetterCell(
            *project.words, held, figures[project.id].rounded if project.id in figures else 0
        )
        for project, held in rows
    )


def _green(rule: GreenRule | None) -> GreenChannel | None:
    if rule is None:
        return None
    return GreenChannel(rule.percent, rule.rounding.value, rule.basis, rule.scheme)


def _reference(paper: Paper | None) -> Reference | None:
    return Reference(paper.title, paper.number) if paper is not None else None


def _article(rulebook: Rulebook) -> str:
    source = rulebook.source("plan.selection_mode")
    article = source.article if source else ""
    return f"第{article}条" if article and "第" not in article else article


def _contacts(occasion: Occasion) -> Iterable[LetterContact]:
    """The plan's contact block (HN-67); a lower body adds its own responsible contact (HN-66)."""
    giver = occasion.giver
    if giver.quota_parent_id is not None and giver.contact_name:
        yield LetterContact(giver.letter_name, giver.contact_name, "", giver.contact_email)
    for contact in occasion.plan.contacts:
        yield LetterContact(
            contact.get("office", ""),
            contact.get("person", ""),
            contact.get("phone", ""),
            contact.get("email", ""),
        )


def _paper_values(occasion: Occasion, receiver: Receiver, letter: QuotaLetter) -> dict[str, Any]:
    body, giver = receiver.organisation, occasion.giver
    pattern, series = _numbering(occasion)
    by_project = {
        str(cell_project): held
        for cell_project, (_p, held) in queries.places_by_project([receiver.sheet.id])
        .get(receiver.sheet.id, {})
        .items()
        if held
    }
    return {
        "kind": queries.KIND,
        "series": series,
        "number_pattern": pattern,
        "template": _TEMPLATE,
        "content": content_of(letter) | {"by_project": by_project},
        "title": letter.title,
        "issuer": (giver.id, giver.letter_name),
        "addressee": (body.id, body.letter_name),
        "org_path": body.quota_path,
        "about": (queries.ABOUT, receiver.sheet.id),
        "issued_on": occasion.on,
    }


def _numbering(occasion: Occasion) -> tuple[str, str]:
    """Pattern and series of the number: the rulebook's for the province, else by the body's name."""
    giver, year = occasion.giver, occasion.on.year
    if giver.quota_parent_id is None:
        pattern = occasion.rulebook.text("papers.letter_number_pattern") or _HOUSE_PATTERN
        return pattern.replace("{number}", "{n}"), f"province:{pattern}:{year}"
    name = queries.province_and_city(giver)
    return f"{name}教师培{_HOUSE_PATTERN}", f"body:{giver.id}:{year}"


def _tell(occasion: Occasion, receiver: Receiver, paper: Paper) -> None:
    messages.tell(
        kind="quotas.letter",
        organisation_id=receiver.organisation.id,
        subject=t(
            "%(giver)s has handed you places: %(title)s (%(number)s)",
            giver=occasion.giver.name,
            title=occasion.category.name,
            number=paper.number,
        ),
        url=f"/quotas/sheets/{receiver.sheet.id}",
        thing=receiver.sheet,
        by=occasion.by,
    )
