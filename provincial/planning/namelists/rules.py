"""Where the school of a row is, and which place a row takes; plain values, in the order of the list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from provincial.adapters.tables import NameIndex
from provincial.core.findings import Finding, Severity
from provincial.core.identity import match_key
from provincial.core.text import Text, t
from provincial.planning.entries.rules import GREEN, PLACES, SELECT, Row
from provincial.planning.nominations.rules import green_finding

#: The kind of an import run of this room.
KIND = "nominations"
#: Above this many rows a list is taken in as a job.
ROWS_AT_ONCE = 500
MOST_ROWS = 20_000


@dataclass(frozen=True, slots=True)
class Body:
    """A school or authority by the names it goes by; ``above`` is the body it stands below."""

    id: int
    name: str
    above: int
    names: tuple[str, ...] = ()


class Directory:
    """The schools of one unit and the counties they belong to, by every name."""

    def __init__(
        self, unit: Body, counties: Iterable[Body], schools: Iterable[Body], above: Sequence[str]
    ) -> None:
        """``above`` are names that lists write in front of a school: of the unit and its province."""
        self.unit = unit
        self._counties = {body.id: body for body in counties}
        self._schools = {body.id: body for body in schools}
        self._county_names = NameIndex(
            (body.id, body.name, (body.name, *body.names)) for body in self._counties.values()
        )
        self._school_names = NameIndex(
            (body.id, body.name, (body.name, *body.names)) for body in self._schools.values()
        )
        self._fronts = [match_key(name) for name in above if name]
        self._found: dict[tuple[str, str], int | tuple[str, str, Text, Text | None]] = {}

    def settle(self, row: Row) -> None:
        """Find the school of a row, or refuse it on its county or school."""
        key = (row.county, row.school)
        if key not in self._found:
            self._found[key] = self._find(*key)
        found = self._found[key]
        if isinstance(found, int):
            row.school_id = found
            return
        column, code, message, mend = found
        row.block(column, code, message, mend, SELECT)

    def _find(self, county: str, school: str) -> int | tuple[str, str, Text, Text | None]:
        counties = set(self._county_names.find(county)) if county else set()
        if county and not counties:
            message = t(
                "“%(name)s” does not belong to %(unit)s.", name=county[:40], unit=self.unit.name
            )
            near = self._county_names.near(county) or [
                body.name for body in list(self._counties.values())[:40]
            ]
            return "county", "county", message, t("Allowed are: %(names)s.", names="、".join(near))
        if not school:
            if self.unit.id in self._schools:
                return self.unit.id
            return "school", "school", t("The school is missing."), None
        found = self._named(school, counties)
        here = [one for one in found if not counties or self._schools[one].above in counties]
        if len(here) == 1:
            return here[0]
        if here:
            message = t("“%(name)s” matches several schools.", name=school[:40])
            mend = t("Fill the column 所在县区, or write the school's code.")
            return "school", "school", message, mend
        if found:
            own = self._counties.get(self._schools[found[0]].above, self.unit)
            message = t(
                "“%(school)s” does not belong to %(county)s but to %(own)s.",
                school=school[:40],
                county=county[:40],
                own=own.name,
            )
            return "county", "county", message, None
        message = t(
            "%(unit)s has no school called “%(name)s”.", unit=self.unit.name, name=school[:40]
        )
        alike = self._school_names.near(school)
        ask = t("Did you mean %(names)s?", names="、".join(alike)) if alike else None
        return "school", "school", message, ask

    def _named(self, school: str, counties: set[int]) -> list[int]:
        """Schools by this name, also with the city's name in front or without the county's."""
        key = match_key(school)
        spellings = [key, *(key.removeprefix(front) for front in self._fronts)]
        spellings += [match_key(self._counties[one].name) + key for one in counties]
        for spelling in dict.fromkeys(spellings):
            found = self._school_names.find(spelling)
            if found:
                return list(found)
        return []


@dataclass(slots=True)
class Cell:
    """One cell of the ledger on a row's way; ``used`` counts up as rows take places."""

    id: int
    sheet_id: int
    holder_id: int
    holder: str
    held: int
    given: int
    used: int
    taken: int = 0

    @property
    def free(self) -> int:
        """Places still free, with what earlier rows of the list have taken."""
        return self.held - self.given - self.used - self.taken


@dataclass(slots=True)
class Pool:
    """The green channel of one subject at the body that reports it (HN-41)."""

    cell: Cell
    limit: int
    used: int
    within: bool = False


@dataclass
class Seating:
    """Free places of a category, counted down in the order of a list.

    ``ways`` gives for a school the holders from itself up to the unit, ``cells`` what each holds of
    a project, ``pools`` the green channel by project; projects of one subject share their pool's
    count through ``groups``.
    """

    ways: Mapping[int, Sequence[int]]
    cells: Mapping[tuple[int, int], Cell]
    pools: Mapping[int, Pool]
    projects: Mapping[int, str]
    groups: Mapping[int, str] = field(default_factory=dict)
    _green: dict[str, int] = field(default_factory=dict)

    def take(self, row: Row) -> Cell | None:
        """The place of a row, or nothing when the row was refused for want of one."""
        return self._take_green(row) if row.green else self._take_regular(row)

    def _take_regular(self, row: Row) -> Cell | None:
        way = self.ways.get(row.school_id, ())
        cells = [self.cells[o, row.project_id] for o in way if (o, row.project_id) in self.cells]
        for cell in cells:
            if cell.free > 0:
                cell.taken += 1
                return cell
        holders = [
            t(
                "%(body)s holds %(held)s, %(used)s filled, %(given)s handed down",
                body=cell.holder,
                held=cell.held,
                used=cell.used + cell.taken,
                given=cell.given,
            )
            for cell in cells
            if cell.held
        ]
        project = self.projects.get(row.project_id, "")
        message = t("%(project)s: no place is free on the way of this school.", project=project)
        if holders:
            told = holders[0]
            for holder in holders[1:]:
                told = t("%(before)s; %(holder)s", before=told, holder=holder)
            message = t("%(project)s: no place is free; %(holder)s.", project=project, holder=told)
        mend = t("Withdraw another nomination, or ask the body above for a place.")
        finding = Finding(Severity.BLOCK, message, rule=PLACES, code="quota", mend=mend)
        row.refuse("subject", finding)
        return None

    def _take_green(self, row: Row) -> Cell | None:
        pool = self.pools.get(row.project_id)
        project = self.projects.get(row.project_id, "")
        if pool is None:
            message = t("%(project)s has no green channel here.", project=project)
            row.block("channel", "green_quota", message, None, GREEN)
            return None
        group = self.groups.get(row.project_id, str(row.project_id))
        taken = pool.used + self._green.get(group, 0)
        if taken >= pool.limit or (pool.within and pool.cell.free < 1):
            finding = green_finding(project, pool.cell.holder, taken, pool.limit)
            row.refuse("channel", finding)
            return None
        self._green[group] = self._green.get(group, 0) + 1
        pool.cell.taken += pool.within
        if not row.grounds and not row.note:
            message = t("The green channel needs its grounds; write them beside the name.")
            row.warn("channel", "green_grounds", message, "HN-42")
        return pool.cell


def mark_twins(rows: Iterable[Row]) -> None:
    """Give each later row of one ID number the number of the first."""
    first: dict[str, int] = {}
    for row in rows:
        if row.id_number and first.setdefault(row.id_number, row.number) != row.number:
            row.twin = first[row.id_number]


def settle_projects(
    rows: Iterable[Row], projects: Mapping[tuple[str, str], int], names: Mapping[str, str]
) -> None:
    """Find the project of each row by stage and subject; ``names`` are the allowed ones by stage."""
    for row in rows:
        if not row.stage:
            continue
        found = projects.get((row.stage, row.subject))
        if found is not None:
            row.project_id = found
            continue
        allowed = names.get(row.stage, "")
        if not row.subject:
            row.allow("subject", allowed)
        elif allowed:
            message = t("The category has no project for this subject at this stage.")
            row.block("subject", "subject", message, t("Allowed are: %(names)s.", names=allowed))
        else:
            message = t("The category has no project for this school stage.")
            row.block("stage", "stage", message)
