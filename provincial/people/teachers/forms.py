"""What the pages of the register ask for: one teacher's facts, two blocks of education, a day."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length, Optional

from provincial.adapters.cells import cell_day_or_month
from provincial.core.findings import Finding, Severity
from provincial.core.identity import (
    IdNumber,
    PersonName,
    parse_id_number,
    parse_mobile,
    read_person_name,
)
from provincial.core.refusals import Refusal
from provincial.core.text import Text, t
from provincial.people.teachers.rules import (
    Education,
    Facts,
    TeacherRow,
    is_head_post,
    judge_times,
)
from provincial.rulebook import vocabulary
from provincial.rulebook.people_words import (
    DEGREES,
    ETHNIC_GROUPS,
    POLITICAL,
    QUALIFICATIONS,
    STATUSES,
    TITLES,
)
from provincial.web.filters import translate
from provincial.web.formkit import Form, ReasonField

_MONTH = _l("A day like 2015-09-01, or a month like 2015-09.")


def _choices(items: Iterable[tuple[str, Text | str]], empty: Text | None) -> list[SelectChoice]:
    said = [SelectChoice(code, translate(word)) for code, word in items]
    return [SelectChoice("", translate(empty)), *said] if empty else said


def read_at(field: str, parse: Callable[[Any], Any], value: Any) -> Any:
    """What ``parse`` makes of a typed value; a refusal lands on ``field`` and says how to mend it."""
    try:
        return parse(value)
    except Refusal as refusal:
        mend = refusal.findings[0].mend if refusal.findings else None
        said = refusal.message
        message = t("%(message)s %(mend)s", message=said, mend=mend) if mend else said
        raise Refusal(message, field=field, rule=refusal.rule) from refusal


class FactsForm(Form):
    """The fields of the register (PE-130) that a person types."""

    name = StringField(
        _l("Full name"),
        [InputRequired()],
        description=_l("As on the ID card; rare characters as they are, parts with a dot: ·"),
    )
    id_number = StringField(_l("ID number"), [Length(max=60)])
    phone = StringField(_l("Phone"), [Length(max=60)])
    stage = SelectField(_l("School stage"), validators=[InputRequired()])
    subject = SelectField(_l("School subject"), validators=[InputRequired()])
    title = SelectField(_l("Professional title"))
    post = StringField(
        _l("Post"),
        [Length(max=40)],
        description=_l(
            "Such as 教导主任; 校长 and 园长 are heads. Empty for a teacher without a post."
        ),
    )
    is_class_teacher = BooleanField(_l("Class teacher"))
    since = StringField(_l("At work since"), [Length(max=20)], description=_MONTH)
    teaching_since = StringField(_l("Teaching since"), [Length(max=20)], description=_MONTH)
    status = SelectField(_l("Status"))
    ethnic_code = SelectField(_l("Ethnic group"))
    political_code = SelectField(_l("Political status"))
    native_place = StringField(
        _l("Native place"), [Length(max=40)], description=_l("Province and county, as 河南新郑.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unset = t("Not set")
        self.stage.choices = _choices(((s.code, s.label) for s in vocabulary.STAGES), unset)
        self.subject.choices = _choices(((s.code, s.label) for s in vocabulary.SUBJECTS), unset)
        self.title.choices = _choices(((one.code, one.label) for one in TITLES), unset)
        self.status.choices = _choices(STATUSES.items(), None)
        self.ethnic_code.choices = _choices(ETHNIC_GROUPS.items(), unset)
        self.political_code.choices = _choices(((c, w) for c, (_n, w) in POLITICAL.items()), unset)
        self.notes: list[Finding] = []

    def without(self, fields: Collection[str]) -> None:
        """Take fields away that this person cannot change."""
        for name in fields:
            if name in self._fields:
                delattr(self, name)

    def facts(self, today: date) -> dict[str, Any]:
        """What was typed, by column and normalised; empty numbers are left out. Notes what it tidied."""
        data: dict[str, Any] = self.data
        said: dict[str, Any] = {
            name: data[name] or ""
            for name in ("stage", "subject", "title", "status", "ethnic_code", "political_code")
            if name in data
        }
        if "name" in data:
            read: PersonName = read_at("name", read_person_name, data["name"] or "")
            said["name"] = read.name
            self.notes += read.notes
        for name in ("post", "native_place"):
            if name in data:
                said[name] = read_at(name, _words, data[name] or "")
        if "post" in said:
            said["is_head"] = is_head_post(said["post"])
        if "is_class_teacher" in data:
            said["is_class_teacher"] = bool(data["is_class_teacher"])
        for name in ("since", "teaching_since"):
            if name in data:
                typed = data[name]
                said[name] = read_at(name, cell_day_or_month, typed) if typed else None
        if data.get("phone"):
            said["phone"] = read_at("phone", parse_mobile, data["phone"])
        if data.get("id_number"):
            said["id_number"] = self.person(today).number
        return said

    def person(self, today: date) -> IdNumber:
        """The ID number that was typed, with what it says of its holder."""
        person: IdNumber = read_at(
            "id_number", lambda raw: parse_id_number(raw, today), self.id_number.data or ""
        )
        if person.tidied:
            message = t("Blanks or full-width characters were taken out of the ID number.")
            self.notes.append(Finding(Severity.PASS, message, code="id-tidied"))
        return person


class RegisterForm(FactsForm):
    """A teacher who is not on the register yet."""

    school = StringField(
        _l("School"),
        [InputRequired()],
        description=_l("Its name or code."),
    )

    def __init__(self, own_school: bool, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.id_number.validators = [InputRequired(_l("Fill this in.")), *self.id_number.validators]
        self.id_number.flags.required = True
        if own_school:
            del self.school

    def row(self, school_id: int, school: str, today: date) -> TeacherRow:
        """What was typed as a row for the register; refuses what cannot be (PE-130)."""
        said = self.facts(today)
        number, phone = said.pop("id_number"), said.pop("phone", None)
        person = parse_id_number(number, today)
        facts = Facts(**said)
        refuse_times(facts, person.birth_on, today)
        return TeacherRow(1, number, person.birth_on, person.sex, school_id, school, facts, phone)


def refuse_times(facts: Facts, birth_on: date, today: date) -> None:
    """Refuse days that cannot be, on their fields (PE-130)."""
    for finding in judge_times(facts, birth_on, today):
        if finding.severity is Severity.BLOCK:
            raise Refusal(finding.message, field=finding.code.partition("-")[0], rule="PE-130")


class EditForm(FactsForm):
    """Changes of one record, with the reason."""

    reason = ReasonField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = _l("Leave empty to keep the number; type the whole new one to change it.")
        self.id_number.description = self.phone.description = kept


class EducationForm(Form):
    """The two blocks of education (PE-131)."""

    full_time_qualification = SelectField(_l("Education level"))
    full_time_degree = SelectField(_l("Degree"))
    full_time_entered_on = StringField(_l("Began"), [Length(max=20)], description=_MONTH)
    full_time_graduated_on = StringField(_l("Graduated"), [Length(max=20)], description=_MONTH)
    full_time_institution = StringField(_l("School of graduation"), [Length(max=60)])
    full_time_major = StringField(_l("Major"), [Length(max=60)])
    in_service_qualification = SelectField(_l("Education level"))
    in_service_degree = SelectField(_l("Degree"))
    in_service_entered_on = StringField(_l("Began"), [Length(max=20)], description=_MONTH)
    in_service_graduated_on = StringField(_l("Graduated"), [Length(max=20)], description=_MONTH)
    in_service_institution = StringField(_l("School of graduation"), [Length(max=60)])
    in_service_major = StringField(_l("Major"), [Length(max=60)])
    reason = ReasonField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in ("full_time", "in_service"):
            levels = [(code, word) for code, (_name, word) in QUALIFICATIONS.items()]
            self[f"{kind}_qualification"].choices = _choices(levels, t("None"))
            degrees = [(code, word) for code, (_name, word) in DEGREES.items()]
            self[f"{kind}_degree"].choices = _choices(degrees, None)

    def fill(self, kind: str, block: Any) -> None:
        """Show a block that is known."""
        for name in ("qualification", "degree", "institution", "major"):
            self[f"{kind}_{name}"].data = getattr(block, name)
        for name in ("entered_on", "graduated_on"):
            day = getattr(block, name)
            self[f"{kind}_{name}"].data = f"{day:%Y-%m}" if day else ""

    def blocks(self) -> list[Education]:
        """The blocks that were filled in; a block needs its level."""
        return [self._block(kind) for kind in ("full_time", "in_service") if self._is_filled(kind)]

    def _is_filled(self, kind: str) -> bool:
        names = ("qualification", "degree", "entered_on", "graduated_on", "institution", "major")
        return any(self[f"{kind}_{name}"].data for name in names)

    def _block(self, kind: str) -> Education:
        def typed(name: str) -> str:
            return str(self[f"{kind}_{name}"].data or "")

        if not typed("qualification"):
            raise Refusal(t("Choose the level of education."), field=f"{kind}_qualification")
        days = {
            name: read_at(f"{kind}_{name}", cell_day_or_month, typed(name)) if typed(name) else None
            for name in ("entered_on", "graduated_on")
        }
        return Education(
            kind,
            typed("qualification"),
            typed("degree"),
            days["entered_on"],
            days["graduated_on"],
            read_at(f"{kind}_institution", _words, typed("institution")),
            read_at(f"{kind}_major", _words, typed("major")),
        )


class DayForm(Form):
    """A day and the reason: a teacher leaves, or comes back."""

    on_date = DateField(_l("On"), [Optional()])
    reason = ReasonField()


def _words(value: str) -> str:
    """Plain words; a number as long as an ID or a phone does not belong there (R6)."""
    if sum(char.isdigit() for char in value) >= 11:
        raise Refusal(t("A long number does not belong here."))
    return value
