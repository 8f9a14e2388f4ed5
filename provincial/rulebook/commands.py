"""``flask rulebook``: list, show and check rulebooks. Needs no database."""

from __future__ import annotations

import json
from pathlib import Path

import click
from flask.cli import AppGroup
from flask_babel import force_locale, gettext

from provincial.core.findings import Severity
from provincial.core.text import Text, t
from provincial.rulebook import catalogue, schema
from provincial.rulebook.checker import FileFinding, check_file
from provincial.rulebook.loader import Rulebook, RulebookError, builtin, builtin_codes, load
from provincial.rulebook.parameter import Parameter
from provincial.rulebook.records import Category, Entry, Source
from provincial.rulebook.values import words

rulebook_cli = AppGroup("rulebook", help="The notices as data: list, show, check.")


@rulebook_cli.command("list")
def list_rulebooks() -> None:
    """Print the code, number and title of every rulebook that comes with the site."""
    for code in builtin_codes():
        document = builtin(code).document
        click.echo(f"{code}\t{document.cite_as}\t{document.title}")


@rulebook_cli.command("show")
@click.argument("code_or_file")
def show_rulebook(code_or_file: str) -> None:
    """Print a rulebook for a person: every value with its article and quoted sentence."""
    try:
        found = _open(code_or_file)
    except RulebookError as refusal:
        with force_locale("zh_Hans"):
            raise click.ClickException(_say(refusal.message)) from refusal
    with force_locale("zh_Hans"):
        click.echo("\n".join(_page(found)))


@rulebook_cli.command("check")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.pass_context
def check_rulebook_file(context: click.Context, file: Path, as_json: bool) -> None:
    """Name each missing, unknown or contradictory entry of FILE with its line.

    Ends with 1 when a finding blocks, else with 0.
    """
    findings = check_file(file)
    with force_locale("zh_Hans"):
        if as_json:
            rows = [_row(found) for found in findings]
            report = {"file": str(file), "findings": rows}
            click.echo(json.dumps(report, ensure_ascii=False, indent=2))
        else:
            for found in findings:
                click.echo(_line(file, found))
            if not findings:
                click.echo(_say(t("%(file)s: no findings.", file=file)))
    if any(found.severity is Severity.BLOCK for found in findings):
        context.exit(1)


def _open(code_or_file: str) -> Rulebook:
    return builtin(code_or_file) if code_or_file in builtin_codes() else load(code_or_file)


def _say(text: Text) -> str:
    values = {k: _say(v) if isinstance(v, Text) else v for k, v in text.values.items()}
    return str(gettext(text.source, **values))


def _row(found: FileFinding) -> dict[str, object]:
    return {
        "severity": found.severity.value,
        "line": found.line,
        "place": found.place,
        "code": found.code,
        "message": _say(found.message),
        "mend": _say(found.mend) if found.mend else "",
        "rule": found.rule,
    }


def _line(file: Path, found: FileFinding) -> str:
    weight = t("Blocks") if found.severity is Severity.BLOCK else t("Warns")
    parts = [f"{file}:{found.line}:", _say(weight), found.place, _say(found.message)]
    parts += [_say(found.mend)] if found.mend else []
    parts += [f"[{found.rule}]"] if found.rule else []
    return " ".join(part for part in parts if part)


def _page(rulebook: Rulebook) -> list[str]:
    document = rulebook.document
    lines = [
        document.title,
        f"{document.cite_as}  {document.issuer}  {document.issued_on or ''}".rstrip(),
        "",
    ]
    heading = t("Project categories")
    lines.append(f"【{_say(heading)}】")
    for category in rulebook.categories:
        lines += _category(category)
    for group, rows in rulebook.entries():
        lines += ["", f"【{_say(group.label)}】"]
        for parameter, entry in rows:
            lines += _entry(parameter, entry)
    silent = [_say(group.label) for group in schema.GROUPS if not rulebook.applies(group.code)]
    if silent:
        lines += [
            "",
            _say(t("The notice does not speak of: %(groups)s.", groups="、".join(silent))),
        ]
    return lines


def _category(category: Category) -> list[str]:
    lines = [f"  {category.name}({category.code})"]
    if category.columns:
        lines.append("    " + "、".join(column.name for column in category.columns))
    return lines + _source(category.source)


def _entry(parameter: Parameter, entry: Entry) -> list[str]:
    shown = [_say(word) for word in words(parameter, entry.value)] or [_say(t("Not set"))]
    return [f"  {_say(parameter.label)}: {';'.join(shown)}", *_source(entry.source)]


def _source(source: Source) -> list[str]:
    head = " ".join(part for part in (source.citation(), source.rule) if part)
    lines = [f"    {head} “{source.quote}”"] if source.quote else []
    if not source.is_from_notice:
        reading = catalogue.interpretation(source.interpretation)
        parts = (_say(source.standing()), reading.chinese if reading else "", source.note)
        lines.append("    " + " ".join(part for part in parts if part))
    return lines
