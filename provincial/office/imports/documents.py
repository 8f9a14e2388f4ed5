"""The same workbook back, with the results beside its rows; and the list of runs as a table."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from provincial.adapters.spreadsheet_output import Column, RowResult, SheetOut, annotated
from provincial.core.clock import CHINA
from provincial.core.findings import Finding, Severity
from provincial.office.imports.models import ImportRun
from provincial.office.imports.rules import ImportKind
from provincial.web.filters import translate

_PLACE = re.compile(r"(?:(?:'((?:[^']|'')+)'|([^'!]+))!)?([A-Z]{1,3})([1-9][0-9]{0,6})")
_WORDS = {Severity.BLOCK: "须改正", Severity.WARN: "请核对", Severity.PASS: "通过"}
_NOTE = "结果由系统写入；数值与合并单元格照原样保留，公式以数值代替，字体、图片和批注未保留。"


_COLUMNS = tuple(Column(name) for name in ("工作簿", "类别", "状态", "上传人", "上传时间"))


def sheet(runs: Iterable[ImportRun], kinds: Mapping[str, ImportKind]) -> SheetOut:
    """Runs as a table; its headings are Chinese like every official table."""
    rows = [
        (
            run.file.name,
            translate(kinds[run.kind].label) if run.kind in kinds else run.kind,
            translate(run.status.label),
            run.by_name,
            f"{run.created_at.astimezone(CHINA):%Y-%m-%d %H:%M}",
        )
        for run in runs
    ]
    return SheetOut("导入记录", _COLUMNS, rows, title="导入记录清单")


def place_of(cell: str) -> tuple[str, int, int] | None:
    """Sheet, row and column (from 0) of an address such as ``附件4!C7``; nothing for other words."""
    found = _PLACE.fullmatch(cell)
    if found is None:
        return None
    quoted, plain, letters, row = found.groups()
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    sheet = quoted.replace("''", "'") if quoted else plain or ""
    return sheet, int(row) - 1, column - 1


def results(findings: Iterable[Finding], sheet: str) -> list[RowResult]:
    """One result for each row of ``sheet`` that a finding names, by row."""
    by_row: dict[int, list[tuple[Finding, int]]] = defaultdict(list)
    for finding in findings:
        place = place_of(finding.cell)
        if place is not None and place[0] in ("", sheet):
            by_row[place[1]].append((finding, place[2]))
    return [_result(row, found) for row, found in sorted(by_row.items())]


def _result(row: int, found: Sequence[tuple[Finding, int]]) -> RowResult:
    severities = {finding.severity for finding, _column in found}
    worst = next(one for one in _WORDS if one in severities)
    bad = {column for finding, column in found if finding.severity is not Severity.PASS}
    return RowResult(row, _WORDS[worst], [_sentence(finding) for finding, _column in found], bad)


def _sentence(finding: Finding) -> str:
    mend = translate(finding.mend) if finding.mend else ""
    return translate(finding.message) + (f" {mend}" if mend else "")


def with_results(run: ImportRun, data: bytes, findings: Sequence[Finding]) -> bytes:
    """The workbook of a run with a result and a problem column.

    ``understood`` may say which ``sheet`` holds the table and in which ``header_row`` (from 0) its
    headings stand; else the sheet that the findings name most, and the first row.
    """
    named = [place[0] for place in map(place_of, (f.cell for f in findings)) if place and place[0]]
    sheet = run.understood.get("sheet") or max(set(named), key=named.count, default="")
    return annotated(
        data,
        run.file.name,
        results(findings, sheet),
        header_row=int(run.understood.get("header_row") or 0),
        sheet_name=sheet,
        note=_NOTE,
    )
