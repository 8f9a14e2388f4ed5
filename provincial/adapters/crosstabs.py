"""Where things stand in a cross table: names down the side, headings over one to a few rows.

Finds the column of names, the headings with their merged groups, totals and remarks, in a
sheet made by any hand. It decides nothing about numbers; ``quota_table_reader`` does.
Rows and columns count from 0.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from provincial.adapters.spreadsheets import CellValue, Sheet
from provincial.adapters.tables import NameIndex, cell_words, heading_key

_TOTALS = {"合计", "总计", "共计", "总合计", "全省", "全省合计", "全省总计", "总数", "total"}
_SUM_ENDINGS = ("小计", "合计", "总计", "共计", "subtotal")
_SERIAL = {"序号", "编号", "序", "no", "号"}
_CODES = {"代码", "编码", "单位代码", "单位编码", "行政区划代码", "区划代码", "code", "unitcode"}
_NAMES = {"单位", "单位名称", "名称", "县区", "县市区", "地区", "学校", "学校名称", "unit"}
_ASIDE = {"备注", "说明", "联系人", "联系电话", "电话", "手机", "签字", "签名", "remarks"}
_NOISE = {"名额", "人数", "名额数", "指标", "指标数", "计划", "数量", "计划数", "学科", "学段"}
_HEADER_ROWS = 12
#: Texts looked up to find names and codes; a table of places holds far fewer.
_TEXTS = 60_000
_NUMBERING = re.compile(r"[0-9]{1,3}|[a-z]|[甲乙丙丁戊]|第?[0-9]{1,3}[栏列]")


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands above one column: matching things, first and last row used, the words."""

    ids: tuple[int, ...]
    top: int
    row: int
    words: str
    by_part: bool = False


@dataclass(slots=True)
class Layout:
    """The shape of a cross table.

    ``columns`` are headings that match something known, ``totals`` gives the group (empty: all)
    of each column of sums, ``unknown`` are headings that name nothing known or nothing at all,
    ``aside`` columns are no part of the numbers; ``groups`` is the group above each column.
    """

    name_column: int
    code_column: int | None
    header_top: int
    header_bottom: int
    first_row: int
    columns: dict[int, Heading] = field(default_factory=dict)
    totals: dict[int, str] = field(default_factory=dict)
    unknown: dict[int, Heading] = field(default_factory=dict)
    aside: set[int] = field(default_factory=set)
    groups: dict[int, str] = field(default_factory=dict)
    name_words: set[str] = field(default_factory=set)
    title: str = ""


@dataclass(frozen=True, slots=True)
class Transposed:
    """The names stand across the top, in ``row``, and not down the side."""

    row: int


@dataclass(frozen=True, slots=True)
class Known:
    """What may be met: names and codes of the side, headings in full, parts of headings
    (subjects, used only where no group stands above) and groups (stages)."""

    names: NameIndex
    codes: NameIndex
    headings: NameIndex
    parts: NameIndex
    groups: frozenset[str]


def is_total(text: str) -> bool:
    """Whether a label means the sum of everything."""
    return heading_key(text) in _TOTALS


def is_sum(text: str) -> bool:
    """Whether a label means a sum, of everything or of a part."""
    key = heading_key(text)
    return key in _TOTALS or key.endswith(_SUM_ENDINGS)


def code_words(value: CellValue) -> str:
    """A code as text, whether the cell holds text or a whole number; empty otherwise."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return cell_words(value)


def locate(sheet: Sheet, known: Known, max_rows: int) -> Layout | Transposed | None:
    """Find the layout of the table; ``None`` when none of its names and codes is in the sheet."""
    rows = sheet.rows[:max_rows]
    by_column, by_row = _hits(rows, known.names)
    name_column = min(by_column, key=lambda c: (-len(by_column[c]), c), default=None)
    code_column, coded = _code_column(rows, known.codes)
    down = max(len(by_column[name_column]) if name_column is not None else 0, coded)
    widest = max(by_row, key=lambda r: len(by_row[r]), default=None)
    if widest is not None and len(by_row[widest]) >= 2 and len(by_row[widest]) > down:
        return Transposed(widest)
    if name_column is None and code_column is not None:
        # Every name is new, but the codes are known: the names stand where the heading says.
        headed = _headed_column(rows)
        name_column = code_column if headed is None else headed
    if name_column is None:
        name_column = _alike_column(rows, known.names)
    if name_column is None:
        return None
    first = _first_row(rows, name_column, code_column, known)
    return _Header(sheet, name_column, code_column, first, known).layout()


def _hits(
    rows: Sequence[Sequence[CellValue]], names: NameIndex
) -> tuple[dict[int, set[int]], dict[int, set[int]]]:
    by_column: dict[int, set[int]] = {}
    by_row: dict[int, set[int]] = {}
    texts = 0
    for row, cells in enumerate(rows):
        if texts > _TEXTS:
            break
        for column, cell in enumerate(cells):
            if isinstance(cell, str) and len(cell) <= 80:
                texts += 1
                for ident in names.find(cell):
                    by_column.setdefault(column, set()).add(ident)
                    by_row.setdefault(row, set()).add(ident)
    return by_column, by_row


def _code_column(rows: Sequence[Sequence[CellValue]], codes: NameIndex) -> tuple[int | None, int]:
    """The column of codes and how many different ones it holds.

    A number of places may look like a short code by chance, so a column counts only under a
    heading that says so, or with two or more codes of at least four characters.
    """
    hits: dict[int, set[int]] = {}
    titled: set[int] = set()
    tried = 0
    for row, cells in enumerate(rows):
        if tried > _TEXTS:
            break
        for column, cell in enumerate(cells):
            if isinstance(cell, int) and cell < 1000 and column not in titled:
                continue
            words = code_words(cell)
            if not words or len(words) > 30:
                continue
            tried += 1
            if row < 2 * _HEADER_ROWS and heading_key(words) in _CODES:
                titled.add(column)
            elif column in titled or len(words) >= 4:
                hits.setdefault(column, set()).update(codes.find(words))
    good = {c: ids for c, ids in hits.items() if len(ids) >= (1 if c in titled else 2)}
    best = min(good, key=lambda c: (-len(good[c]), c), default=None)
    return best, len(good[best]) if best is not None else 0


def _headed_column(rows: Sequence[Sequence[CellValue]]) -> int | None:
    """The column whose heading is a usual word for units."""
    for cells in rows[:_HEADER_ROWS]:
        for column, cell in enumerate(cells):
            if isinstance(cell, str) and heading_key(cell) in _NAMES:
                return column
    return None


def _alike_column(rows: Sequence[Sequence[CellValue]], names: NameIndex) -> int | None:
    """The column in which most cells look like a known name, when no cell is one exactly."""
    counts: dict[int, int] = {}
    for cells in rows[:30]:
        for column, cell in enumerate(cells[:8]):
            if not isinstance(cell, str) or not 2 <= len(heading_key(cell)) <= 16:
                continue
            if not is_sum(cell) and names.near(cell, 1):
                counts[column] = counts.get(column, 0) + 1
    return max(counts, key=lambda column: (counts[column], -column), default=None)


def _first_row(
    rows: Sequence[Sequence[CellValue]], name_column: int, code_column: int | None, known: Known
) -> int:
    """The first row that names something known, or looks like it."""
    alike = None
    for row, cells in enumerate(rows):
        name = cells[name_column] if name_column < len(cells) else None
        code = cells[code_column] if code_column is not None and code_column < len(cells) else None
        if known.names.find(cell_words(name)) or known.codes.find(code_words(code)):
            return row
        if alike is None and row < 60 and isinstance(name, str) and known.names.near(name, 1):
            alike = row
    return alike if alike is not None else len(rows)


class _Header:
    """The rows above the first name, read column by column."""

    def __init__(
        self, sheet: Sheet, name_column: int, code_column: int | None, first: int, known: Known
    ) -> None:
        self._sheet = sheet
        self._known = known
        self._zone = range(max(0, first - _HEADER_ROWS), first)
        self._merged = self._merged_words(name_column)
        self._layout = Layout(name_column, code_column, first, first - 1, first)

    def _merged_words(self, name_column: int) -> dict[tuple[int, int], str]:
        """The words of merged headings for each cell they cover; not those of title lines."""
        words: dict[tuple[int, int], str] = {}
        for merge in self._sheet.merged:
            text = cell_words(self._sheet.cell(merge.top, merge.left))
            if merge.left <= name_column < merge.right:
                text = ""
            for row in range(max(merge.top, self._zone.start), merge.bottom + 1):
                if row >= self._zone.stop:
                    break
                for column in range(merge.left, min(merge.right + 1, self._sheet.width)):
                    words[row, column] = text
        return words

    def _words(self, row: int, column: int) -> str:
        if (row, column) in self._merged:
            return self._merged[row, column]
        return cell_words(self._sheet.cell(row, column))

    def _path(self, column: int) -> list[tuple[int, str]]:
        """The words above a column from top to bottom, repeated and empty ones left out."""
        if not any(self._words(row, column) for row in self._zone):
            return []
        path: list[tuple[int, str]] = []
        for row in self._zone:
            words = self._words(row, column) or self._group_from_left(row, column)
            key = heading_key(words)
            if not key or key in _NOISE or _NUMBERING.fullmatch(key):
                continue
            if path and heading_key(path[-1][1]) == key:
                path.pop()
            path.append((row, words))
        return path

    def _group_from_left(self, row: int, column: int) -> str:
        """The group whose name stands once, left of the columns it covers (not merged)."""
        if (row, column) in self._merged:
            return ""
        for left in range(column - 1, self._layout.name_column, -1):
            words = self._words(row, left)
            if words:
                return words if heading_key(words) in self._known.groups else ""
        return ""

    def layout(self) -> Layout:
        """Every column sorted into its kind."""
        layout = self._layout
        for column in range(self._sheet.width):
            if column not in (layout.name_column, layout.code_column):
                self._sort(column)
        used = [*layout.columns.values()]
        if used:
            layout.header_top = min(heading.top for heading in used)
            layout.header_bottom = max(heading.row for heading in used)
        layout.name_words = {
            heading_key(self._words(row, layout.name_column))
            for row in self._zone
            if row <= layout.header_bottom
        } - {""}
        titles = [
            cell_words(cell)
            for cells in self._sheet.rows[: layout.header_top]
            for cell in cells
            if isinstance(cell, str)
        ]
        layout.title = max(titles, key=len, default="")
        return layout

    def _sort(self, column: int) -> None:
        layout, path = self._layout, self._path(column)
        keys = [heading_key(words) for _, words in path]
        layout.groups[column] = next((key for key in keys if key in self._known.groups), "")
        last = keys[-1] if keys else ""
        if last in _SERIAL | _CODES | _ASIDE or (not path and column < layout.name_column):
            layout.aside.add(column)
        elif any(is_sum(words) for _, words in path):
            layout.totals[column] = layout.groups[column] or self._group_of_sum(keys)
        else:
            heading = self._match(path, layout.groups[column])
            (layout.columns if heading.ids else layout.unknown)[column] = heading

    def _group_of_sum(self, keys: Sequence[str]) -> str:
        for key in keys:
            for ending in _SUM_ENDINGS:
                if key.endswith(ending) and key.removesuffix(ending) in self._known.groups:
                    return key.removesuffix(ending)
        return ""

    def _match(self, path: Sequence[tuple[int, str]], group: str) -> Heading:
        """The longest run of words that names something; a bare part only without a group."""
        best = Heading((), 0, 0, "")
        for start in range(len(path)):
            for end in range(start + 1, len(path) + 1):
                run = [words for _, words in path[start:end]]
                for joined in ("".join(run), "".join(reversed(run))):
                    ids = self._known.headings.find(joined)
                    if ids and len(heading_key(joined)) > len(heading_key(best.words)):
                        best = Heading(ids, path[start][0], path[end - 1][0], joined)
        if not best.ids and not group:
            for row, words in reversed(path):
                ids = self._known.parts.find(words)
                if ids:
                    return Heading(ids, row, row, words, by_part=True)
        if best.ids or not path:
            return best
        words = group + path[-1][1] if group and group != heading_key(path[-1][1]) else path[-1][1]
        return Heading((), path[-1][0], path[-1][0], words)
