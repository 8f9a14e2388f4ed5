"""A broken file for every kind of finding: the right code, on the right line."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provincial.core.findings import Severity
from provincial.rulebook import catalogue
from provincial.rulebook.checker import (
    LARGEST_FILE,
    FileFinding,
    check_bytes,
    check_file,
    check_text,
)
from provincial.rulebook.positions import line_numbers, line_of

HENAN = (catalogue.HERE / "henan-2023.toml").read_text(encoding="utf-8")
PUER = (catalogue.HERE / "puer-2023.toml").read_text(encoding="utf-8")
ZHEJIANG = (catalogue.HERE / "zhejiang-2022h1.toml").read_text(encoding="utf-8")


def entry(text: str, key: str) -> str:
    start = text.index(f"[{key}]")
    end = text.find("\n[", start)
    return text[start : end if end >= 0 else len(text)]


def changed(text: str, key: str, old: str, new: str) -> str:
    block = entry(text, key)
    assert old in block, (key, old)
    return text.replace(block, block.replace(old, new, 1))


def only(findings: list[FileFinding]) -> FileFinding:
    assert len(findings) == 1, [(f.line, f.place, str(f.message)) for f in findings]
    return findings[0]


CASES = {
    "missing parameter": (HENAN.replace(entry(HENAN, "ban.years"), ""), "missing", "[ban.causes]"),
    "unknown parameter": (HENAN + "\n[ban.months]\nvalue = 3\n", "unknown", "[ban.months]"),
    "unknown group": (HENAN + "\n[holidays.days]\nvalue = 3\n", "unknown", "[holidays.days]"),
    "unknown field": (
        changed(HENAN, "ban.years", "article", "artikel = 1\narticle"),
        "unknown",
        "artikel = 1",
    ),
    "whole number as text": (
        changed(HENAN, "ban.years", "= 3", '= "3"'),
        "mistyped",
        'value = "3"',
    ),
    "a date with a time": (
        changed(HENAN, "proposals.due", "2023-11-20", "2023-11-20T10:00:00"),
        "mistyped",
        "value = 2023-11-20T",
    ),
    "share above one": (
        changed(HENAN, "green_channel.ratio", "0.05", "1.05"),
        "range",
        "value = 1.05",
    ),
    "practical share above one": (
        changed(HENAN, "proposals.practical_ratio_min", "0.50", "50"),
        "range",
        "value = 50",
    ),
    "negative days": (changed(HENAN, "closing.due_days", "30", "-30"), "range", "value = -30"),
    "a choice that is none": (
        changed(HENAN, "green_channel.rounding", "half_up", "upwards"),
        "range",
        'value = "upwards"',
    ),
    "infinite number": (changed(HENAN, "money.face_rate", "400", "inf"), "range", "value = inf"),
    "a gigantic power": (
        changed(HENAN, "money.face_rate", "400", "1e999999999"),
        "range",
        "value = 1e999999999",
    ),
    "window ends before it begins": (
        changed(HENAN, "plan.period", "2024-04-30", "2023-04-30"),
        "contradiction",
        "closes = 2023-04-30",
    ),
    "twice in a list": (
        changed(HENAN, "ban.causes", '"expelled"', '"no_show"'),
        "contradiction",
        'value = ["no_show", "no_show"',
    ),
    "quote is missing": (
        changed(HENAN, "ban.years", "quote", "note_ = 1 #"),
        "unknown",
        "note_ = 1 #",
    ),
    "quote not in the document": (
        changed(HENAN, "ban.years", "三年内", "四年内"),
        "quote",
        "四年内",
    ),
    "rule unknown": (changed(HENAN, "ban.years", "HN-46", "HN-99"), "source", 'rule = "HN-99"'),
    "interpretation unknown": (
        changed(HENAN, "bulletins.scope", "A-03", "A-99"),
        "source",
        '"A-99"',
    ),
    "origin unknown": (
        HENAN.replace('house default"\nnote = "下级', 'rumour"\nnote = "下级'),
        "source",
        'origin = "rumour"',
    ),
    "category twice": (
        HENAN.replace('code = "ethics_special"', 'code = "chief_teacher_studio"'),
        "contradiction",
        None,
    ),
    "unknown subject": (HENAN.replace('"geography"', '"alchemy"'), "range", None),
    "tier not in the list": (
        HENAN.replace('tier = "key"', 'tier = "gold"'),
        "contradiction",
        'tier = "gold"',
    ),
    "due before issue": (
        changed(HENAN, "proposals.due", "2023-11-20", "2022-11-20"),
        "contradiction",
        None,
    ),
    "opening after completion": (
        changed(HENAN, "proposals.opening_dates_due", "2023-11-20", "2025-11-20"),
        "contradiction",
        None,
    ),
    "split after selection": (
        changed(HENAN, "quotas.split_due", "2023-11-20", "2023-12-20"),
        "contradiction",
        None,
    ),
    "weights do not add up": (
        changed(HENAN, "workbench.weight_teachers", "0.7", "0.8"),
        "contradiction",
        None,
    ),
    "green channel of a body without quota": (
        changed(HENAN, "green_channel.holders", "prefecture_city", "direct_unit"),
        "contradiction",
        None,
    ),
    "green channel of no category": (
        changed(HENAN, "green_channel.categories", "key_teacher_cultivation", "nobody"),
        "contradiction",
        None,
    ),
    "excusing what is no cause": (
        changed(HENAN, "ban.causes", ', "not_completed"', ""),
        "contradiction",
        "[ban.exemptable]",
    ),
    "letter without number": (
        changed(HENAN, "papers.letter_number_pattern", "{number}", "{serial}"),
        "contradiction",
        None,
    ),
    "fee with a person-day rate": (
        changed(
            ZHEJIANG,
            "money.fee_standard",
            "[money",
            '[money.face_rate]\nvalue = 400\norigin = "house default"\n\n[money',
        ),
        "contradiction",
        "[money.face_rate]",
    ),
    "new institutions above the rest": (
        changed(ZHEJIANG, "caps.limits", "new = 5", "new = 36"),
        "contradiction",
        None,
    ),
    "round 2 inside round 1": (
        changed(ZHEJIANG, "selections.round_2", "2022-03-05", "2022-02-20"),
        "contradiction",
        None,
    ),
    "modes above the year": (
        changed(PUER, "hours.year_mode_hours", "24", "25"),
        "contradiction",
        None,
    ),
    "modules above the cycle": (
        changed(PUER, "credits.module_minima", "ethics = 30", "ethics = 31"),
        "contradiction",
        "[credits.module_minima]",
    ),
    "least above most hours": (
        changed(PUER, "hours.school_based_year_min", "value = 24", "value = 49"),
        "contradiction",
        "[hours.school_based_year_min]",
    ),
    "range upside down": (
        changed(PUER, "credits.rate_school_based", "[0.5, 1]", "[1, 0.5]"),
        "contradiction",
        "[1, 0.5]",
    ),
    "grades out of order": (
        changed(PUER, "credits.grade_scores", "B_good = 80", "B_good = 95"),
        "contradiction",
        None,
    ),
    "an unexplained absence": (
        changed(ZHEJIANG, "selections.teacher_data", "note", 'document = "puer-2023" #'),
        "source",
        None,
    ),
    "value and absence": (
        changed(ZHEJIANG, "selections.teacher_data", "absent = true", "absent = true\nvalue = 3"),
        "contradiction",
        "value = 3",
    ),
    "group not named in the header": (
        HENAN.replace('    "ban",\n', ""),
        "contradiction",
        "[ban.years]",
    ),
    "no table": (
        HENAN.replace(entry(HENAN, "ban.years"), "[ban]\nyears = 3\n"),
        "mistyped",
        "years = 3",
    ),
    "header field missing": (
        HENAN.replace('issuer = "河南省教育厅办公室"\n', ""),
        "missing",
        "[document]",
    ),
    "group unknown in the header": (
        HENAN.replace('    "ban",', '    "ban",\n    "luck",'),
        "unknown",
        "groups = [",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_finding_and_its_line(name: str) -> None:
    text, code, marker = CASES[name]
    assert text not in (HENAN, PUER, ZHEJIANG)
    findings = check_text(text)
    found = next((row for row in findings if row.code == code), None)
    assert found is not None, [(f.code, f.line, str(f.message)) for f in findings]
    if marker is not None:
        lines = [n for n, line in enumerate(text.split("\n"), 1) if marker in line]
        near = range(lines[0] - 1, lines[0] + 2)
        assert found.line in near or found.line in lines, (found.line, lines, str(found.message))


def test_one_fault_gives_one_finding() -> None:
    found = only(check_text(changed(HENAN, "green_channel.ratio", "0.05", "1.05")))
    assert found.severity is Severity.BLOCK
    assert found.place == "green_channel.ratio.value"
    line = HENAN.split("\n").index("[green_channel.ratio]") + 2
    assert found.line == line
    assert found.cell == str(line)
    assert found.as_data()["line"] == line


def test_missing_quote_names_the_mend() -> None:
    block = entry(HENAN, "ban.years")
    bare = "\n".join(line for line in block.split("\n") if not line.startswith("quote"))
    found = only(check_text(HENAN.replace(block, bare)))
    assert found.code == "quote"
    assert found.mend is not None
    assert found.line == HENAN.split("\n").index("[ban.years]") + 1


def test_a_missing_article_is_found() -> None:
    block = entry(HENAN, "ban.years")
    bare = "\n".join(line for line in block.split("\n") if not line.startswith("article"))
    assert only(check_text(HENAN.replace(block, bare))).code == "source"


@pytest.mark.parametrize(
    ("raw", "code", "line"),
    [
        (b"", "missing", 1),
        (b"[document\n", "syntax", 1),
        (b"a = 1\nb = \n", "syntax", 2),
        (b"a = 1\na = 2\n", "syntax", 2),
        (b"a = 2023-02-30\n", "syntax", 1),
        (b"ok = 1\n\xff\xfe", "unreadable", 2),
        (b"x = " + b"[" * 5000 + b"]" * 5000, "syntax", 0),
        (b"#" * (LARGEST_FILE + 1), "unreadable", 0),
        (b"document = 3\n", "missing", 1),
        (b"[document]\ncode = 3\ntitle = 1\nissuer = 2\nissued_on = 4\n", "mistyped", 1),
        (b"category = 3\n[document]\n", "missing", 2),
    ],
)
def test_a_file_that_is_none(raw: bytes, code: str, line: int) -> None:
    findings = check_bytes(raw)
    assert findings[0].code == code
    assert findings[0].line == line


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    assert check_file(tmp_path / "none.toml")[0].code == "unreadable"
    assert check_file(tmp_path)[0].code == "unreadable"
    assert check_file("a\0b")[0].code == "unreadable"


def test_windows_line_ends_and_a_byte_order_mark_are_fine() -> None:
    assert check_bytes(b"\xef\xbb\xbf" + HENAN.replace("\n", "\r\n").encode()) == []


def test_lines_of_entries_survive_long_values_and_comments() -> None:
    text = (
        '# [no.table]\n[a.b]\nvalue = [\n  "x]",\n  "y",\n]\nnote = """\n[c.d]\n"""\n\n'
        "[[e]]\nf = 1\n[[e]]\nf = 2\n"
    )
    lines = line_numbers(text)
    assert lines == {
        "a": 2,
        "a.b": 2,
        "a.b.value": 3,
        "a.b.note": 7,
        "e": 11,
        "e.0": 11,
        "e.0.f": 12,
        "e.1": 13,
        "e.1.f": 14,
    }
    assert line_of(lines, "a.b.value.x") == 3
    assert line_of(lines, "a.missing") == 2
    assert line_of(lines, "nowhere") == 1


@given(st.text(max_size=200))
@settings(max_examples=60, deadline=None)
def test_any_text_is_answered_with_findings(text: str) -> None:
    assert check_text(text)


KEYS = re.findall(r"(?m)^\[([a-z_]+\.[a-z_0-9]+)\]$", PUER)
SCALARS = st.one_of(
    st.integers(), st.booleans(), st.sampled_from(["nan", "inf", "1e400", "0.1", "{}", "[]", "[[]]"]),
    st.dates().map(str), st.text("ab 1/{}", max_size=6).map(lambda s: f"'{s}'"),
)  # fmt: skip


@given(key=st.sampled_from(KEYS), value=SCALARS)
@settings(max_examples=120, deadline=None)
def test_any_value_is_taken_or_refused_with_its_line(key: str, value: object) -> None:
    block = entry(PUER, key)
    lines = block.split("\n")
    word = str(value).lower() if isinstance(value, bool) else str(value)
    start = next(n for n, line in enumerate(lines) if line.startswith(("value", "absent")))
    end = next(n for n, line in enumerate(lines[start + 1 :], start + 1) if "=" in line or not line)
    broken = "\n".join([*lines[:start], f"value = {word}", *lines[end:]])
    for found in check_text(PUER.replace(block, broken)):
        assert found.line > 0
        assert str(found.message)
