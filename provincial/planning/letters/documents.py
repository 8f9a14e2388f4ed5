"""The quota letter: plain values for the paper that hands places to one body (HN-38, HN-67).

The same letter serves province to city, city to county and county to school; a supplementary
letter also lists the cells it changes and names the letter that it replaces.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from provincial.adapters.gongwen import chinese_date, masthead_size, text_width, title_lines
from provincial.adapters.qr import qr_data_uri
from provincial.adapters.services import services
from provincial.office.papers.models import Paper
from provincial.people.organisations.models import Organisation
from provincial.people.organisations.rules import Kind
from provincial.planning.ledger import queries as ledger
from provincial.planning.ledger.models import QuotaSheet
from provincial.planning.ledger.rules import GreenRule, green_figures
from provincial.planning.letters import queries
from provincial.planning.letters.rules import Draft, changed_figures, number_pattern
from provincial.planning.plans.models import Plan, Project
from provincial.rulebook import vocabulary
from provincial.rulebook.loader import Rulebook

_ROUNDING = {"half_up": "四舍五入", "floor": "舍去尾数", "ceil": "进位取整"}
_BASIS = {"additional": "在下达名额之外另计", "within": "包含在下达名额之内"}
#: Characters of 4号 on one line of the imprint, within its indents.
_IMPRINT_WIDTH = 25


class LetterKind(StrEnum):
    """What the letter does; the value is the verb of its title."""

    ISSUE = "下达"
    CORRECT = "更正"
    SUPPLEMENT = "补充"
    ADJUST = "调整"


@dataclass(frozen=True, slots=True)
class Reference:
    """Another paper, as a text cites it."""

    title: str
    number: str

    @property
    def full(self) -> str:
        """``《…的通知》（教办师〔2023〕389号）``."""
        return f"《{self.title}》（{self.number}）"


@dataclass(frozen=True, slots=True)
class LetterCell:
    """Places of one stage and subject; ``green`` is the green-channel figure beside them."""

    stage: str
    subject: str
    places: int
    green: int = 0


@dataclass(frozen=True, slots=True)
class CellChange:
    """One cell that a supplementary letter changes."""

    stage: str
    subject: str
    before: int
    after: int

    @property
    def difference(self) -> str:
        """``+3``, ``-2`` or ``0``."""
        gap = self.after - self.before
        return f"{gap:+d}" if gap else "0"


@dataclass(frozen=True, slots=True)
class GreenChannel:
    """The rule behind the green-channel figures (HN-41, A-09), as the plan's rulebook holds it."""

    percent: str
    rounding: str
    basis: str
    scheme: str
    #: The figures of whole subjects, where stages are counted together; else each cell has its own.
    by_subject: tuple[tuple[str, int], ...] = ()

    @property
    def rounding_words(self) -> str:
        """How fractions of a place are treated."""
        return _ROUNDING[self.rounding]

    @property
    def basis_words(self) -> str:
        """Whether the places come on top of the quota or out of it."""
        return _BASIS[self.basis]


@dataclass(frozen=True, slots=True)
class LetterContact:
    """One office of the contact block (HN-67); empty parts are left out."""

    office: str
    person: str = ""
    phone: str = ""
    email: str = ""

    @property
    def parts(self) -> tuple[str, ...]:
        """How to reach the office; the line breaks only between these."""
        parts = (self.person, self.phone, self.email)
        return tuple(part for part in parts if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaLetter:
    """Everything that stands on one quota letter; a template needs nothing else.

    ``issuer`` signs, ``masthead`` is the red head (the issuer and 文件 unless given), ``recipient``
    is the unit as the table names it, ``addressee`` the body that the letter speaks to. ``basis``
    is the plan's document with its article, ``through`` the letter of the body above when a city
    or county splits further. A supplementary letter needs ``replaces``, ``changes`` and
    ``correction_reason`` (a clause without full stop); ``cells`` always hold the state after.
    """

    issuer: str
    number: str
    issued_on: date
    recipient: str
    addressee: str
    project: str
    basis: Reference
    cells: tuple[LetterCell, ...]
    due: date
    platform: str
    contacts: tuple[LetterContact, ...]
    verify_url: str
    short_code: str
    kind: LetterKind = LetterKind.ISSUE
    basis_article: str = ""
    through: Reference | None = None
    green: GreenChannel | None = None
    replaces: Reference | None = None
    changes: tuple[CellChange, ...] = ()
    correction_reason: str = ""
    copies_to: str = ""
    masthead: str = ""

    def __post_init__(self) -> None:
        if (self.kind is LetterKind.ISSUE) != (self.replaces is None):
            raise ValueError("A letter names what it replaces exactly when it is supplementary.")
        if self.replaces and not (self.changes and self.correction_reason):
            raise ValueError("A supplementary letter lists its changes and says why.")
        if not self.masthead:
            object.__setattr__(self, "masthead", f"{self.issuer}文件")

    @property
    def verb(self) -> str:
        """下达, 更正, 补充 or 调整."""
        return self.kind.value

    @property
    def title(self) -> str:
        """``关于下达2023年省级骨干教师培育项目名额的通知``."""
        return f"关于{self.verb}{self.project}名额的通知"

    @property
    def title_lines(self) -> list[str]:
        """The title as it is set."""
        return title_lines(self.title)

    @property
    def masthead_size(self) -> str:
        """Size class of the red head."""
        return masthead_size(self.masthead)

    @property
    def issued_text(self) -> str:
        """Date of issue as papers write it."""
        return chinese_date(self.issued_on)

    @property
    def due_text(self) -> str:
        """Last day of the selection, for this body (it may be earlier than the province's)."""
        return chinese_date(self.due)

    @property
    def total(self) -> int:
        """Places of all cells."""
        return sum(cell.places for cell in self.cells)

    @property
    def total_before(self) -> int:
        """Places before the changes of a supplementary letter."""
        return self.total - sum(change.after - change.before for change in self.changes)

    @property
    def green_total(self) -> int:
        """Green-channel figure of all cells, each rounded on its own."""
        whole = self.green.by_subject if self.green else ()
        return sum(n for _subject, n in whole) or sum(cell.green for cell in self.cells)

    @property
    def attachments(self) -> tuple[str, ...]:
        """Names of the annexes."""
        table = f"{self.recipient}{self.project}名额分配表"
        if not self.replaces:
            return (table,)
        before_after = f"{self.recipient}{self.project}名额{self.verb}前后对照表"
        return (before_after, f"{table}（{self.verb}后）")

    @property
    def printed_by(self) -> str:
        """Who prints and sends the letter."""
        return self.issuer

    @property
    def imprint_room(self) -> int:
        """How many lines the imprint has, at most 10: the style sheet keeps that much room free."""
        if not self.copies_to:
            return 1
        lines = math.ceil(text_width(f"抄送：{self.copies_to}。") / _IMPRINT_WIDTH)
        return min(10, 1 + lines)

    @property
    def qr_uri(self) -> str:
        """The verification address as a QR code."""
        return qr_data_uri(self.verify_url)

    def as_content(self) -> dict[str, Any]:
        """Everything that the template asks of ``paper``, as JSON holds it.

        Number, date of issue and QR code are the paper's own and come with it.
        """
        content = asdict(self)
        for name in ("number", "issued_on", "verify_url", "short_code", "issuer"):
            del content[name]
        content["due"] = self.due.isoformat()
        for name in (
            "verb",
            "title_lines",
            "masthead_size",
            "due_text",
            "total",
            "total_before",
            "green_total",
            "attachments",
            "printed_by",
            "imprint_room",
        ):
            content[name] = getattr(self, name)
        content["basis"]["full"] = self.basis.full
        for name in ("through", "replaces"):
            reference = getattr(self, name)
            if reference is not None:
                content[name]["full"] = reference.full
        for row, change in zip(content["changes"], self.changes, strict=True):
            row["difference"] = change.difference
        for row, contact in zip(content["contacts"], self.contacts, strict=True):
            row["parts"] = contact.parts
        if self.green is not None:
            content["green"] |= {
                "rounding_words": self.green.rounding_words,
                "basis_words": self.green.basis_words,
            }
        return content


def drafts(
    sheet: QuotaSheet, *, on: date, reason: str = "", only: Collection[int] | None = None
) -> list[Draft]:
    """A letter for each body below ``sheet`` whose places differ from what it was last told.

    A body that was never told and holds nothing gets none. ``only`` limits it to some bodies;
    ``reason`` is the clause that a supplementary letter gives (Chinese, without full stop).
    """
    children = [c for c in queries.children(sheet) if only is None or c.organisation_id in only]
    last = queries.latest([*(child.id for child in children), sheet.id])
    plan = sheet.category.plan
    projects = ledger.projects_of(sheet.category_id)
    held: dict[int, dict[int, int]] = {}
    for (child_id, project_id), facts in ledger.cells_of(c.id for c in children).items():
        held.setdefault(child_id, {})[project_id] = facts.held
    frame = _Frame(sheet, plan, projects, ledger.rulebook_of(plan), last.get(sheet.id), on)
    made = []
    for child in children:
        figures = held.get(child.id, {})
        before = last.get(child.id)
        changes = changed_figures(queries.told_before(before) if before else None, figures)
        if changes == {} or (changes is None and not any(figures.values())):
            continue
        made.append(frame.draft(child, figures, before, changes or {}, reason))
    return made


@dataclass(frozen=True, slots=True)
class _Frame:
    """What all letters of one act share."""

    sheet: QuotaSheet
    plan: Plan
    projects: Sequence[Project]
    rulebook: Rulebook | None
    through: Paper | None
    on: date

    def draft(
        self,
        child: QuotaSheet,
        figures: dict[int, int],
        before: Paper | None,
        changes: dict[int, tuple[int, int]],
        reason: str,
    ) -> Draft:
        """The letter to one body."""
        green = ledger.green_rule(child, self.rulebook)
        letter = QuotaLetter(
            issuer=self.sheet.organisation.letter_name,
            number="",
            issued_on=self.on,
            recipient=child.organisation.name,
            addressee=child.organisation.letter_name,
            project=f"{self.plan.year}年{self.sheet.category.name}项目",
            basis=Reference(self.plan.title, self.plan.doc_number),
            basis_article=self._article(),
            cells=self._cells(figures, green),
            due=ledger.deadline(child).day or self.on,
            platform=services().settings.site.name,
            contacts=self._contacts(),
            verify_url="",
            short_code="",
            kind=self._kind(before),
            through=Reference(self.through.title, self.through.number) if self.through else None,
            green=self._green(figures, green),
            replaces=Reference(before.title, before.number) if before else None,
            changes=tuple(
                CellChange(*_stage_and_subject(project), *changes[project.id])
                for project in self.projects
                if project.id in changes
            ),
            correction_reason=reason.rstrip("。.") or "名额有调整",
        )
        told = {str(project): n for project, n in figures.items() if n}
        return Draft(
            sheet_id=child.id,
            addressee_id=child.organisation_id,
            addressee_name=child.organisation.letter_name,
            org_path=child.organisation.path,
            title=letter.title,
            pattern=self._pattern(),
            content={**letter.as_content(), "figures": told},
            replaces_id=before.id if before else None,
        )

    def _kind(self, before: Paper | None) -> LetterKind:
        """The province corrects its table; those below adjust what they have handed down."""
        if before is None:
            return LetterKind.ISSUE
        return LetterKind.CORRECT if self.sheet.parent_id is None else LetterKind.ADJUST

    def _article(self) -> str:
        return self.rulebook.source("plan.selection_mode").article if self.rulebook else ""

    def _pattern(self) -> str:
        body: Organisation = self.sheet.organisation
        province = body.kind == Kind.PROVINCIAL_OFFICE and self.rulebook
        own = self.rulebook.text("papers.letter_number_pattern") if province else ""  # type: ignore[union-attr]
        return number_pattern(own or "", queries.marks_of(body))

    def _cells(self, figures: dict[int, int], green: GreenRule | None) -> tuple[LetterCell, ...]:
        shares = {}
        if green is not None and green.unit == "column":
            shares = {f.project_ids[0]: f.rounded for f in self._figures(figures, green)}
        return tuple(
            LetterCell(*_stage_and_subject(project), figures[project.id], shares.get(project.id, 0))
            for project in self.projects
            if figures.get(project.id)
        )

    def _figures(self, figures: dict[int, int], green: GreenRule) -> list[Any]:
        columns = [
            (p.id, _stage_and_subject(p)[1], p.name, figures.get(p.id, 0)) for p in self.projects
        ]
        return green_figures(green, columns)

    def _green(self, figures: dict[int, int], green: GreenRule | None) -> GreenChannel | None:
        if green is None:
            return None
        whole: tuple[tuple[str, int], ...] = ()
        if green.unit == "subject":
            found = self._figures(figures, green)
            whole = tuple((f.label, f.rounded) for f in found if f.places)
        scheme = green.scheme.replace("(", "（").replace(")", "）")
        return GreenChannel(green.percent, green.rounding, green.basis, scheme, whole)

    def _contacts(self) -> tuple[LetterContact, ...]:
        """The plan's contact block (HN-67), and who is responsible at the issuing body (HN-66)."""
        body = self.sheet.organisation
        own = (LetterContact(body.letter_name, body.contact_name, "", body.contact_email),)
        block = tuple(
            LetterContact(
                str(row.get("office") or row.get("name") or ""),
                str(row.get("person") or ""),
                str(row.get("phone") or ""),
                str(row.get("email") or ""),
            )
            for row in self.plan.contacts
        )
        return own + block if body.kind != Kind.PROVINCIAL_OFFICE else block or own


def _stage_and_subject(project: Project) -> tuple[str, str]:
    """The Chinese words of a column; a column outside the vocabulary keeps its own name."""
    try:
        stage, subject = vocabulary.stage(project.stage), vocabulary.subject(project.subject)
    except KeyError:
        parts = vocabulary.split_column(project.name)
        return (parts[0].name, parts[1].name) if parts else ("", project.name)
    return stage.name, subject.name
