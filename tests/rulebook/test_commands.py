"""``flask rulebook`` from the command line, without a database."""

import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from click.testing import Result
from flask import Flask
from flask_babel import Babel

from provincial.rulebook import catalogue
from provincial.rulebook.commands import rulebook_cli

PO = Path(catalogue.HERE).parent / "translations/rulebook/zh_Hans/LC_MESSAGES/messages.po"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Result]:
    folder = tmp_path_factory.mktemp("catalogue")
    compiled = folder / "zh_Hans" / "LC_MESSAGES" / "messages.mo"
    compiled.parent.mkdir(parents=True)
    with PO.open("rb") as source, compiled.open("wb") as target:
        write_mo(target, read_po(source, locale="zh_Hans"))
    app = Flask("bare")
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(folder)
    Babel(app)
    app.cli.add_command(rulebook_cli)
    return lambda *args: app.test_cli_runner().invoke(args=["rulebook", *args])


def test_catalogue_is_complete() -> None:
    messages = read_po(BytesIO(PO.read_bytes()), locale="zh_Hans")
    rows = [row for row in messages if row.id]
    assert len(rows) > 300
    assert [row.id for row in rows if not row.string or row.fuzzy] == []


def test_list(run: Callable[..., Result]) -> None:
    result = run("list")
    assert result.exit_code == 0
    assert result.output.count("\n") == 5
    assert "henan-2023\t教办师〔2023〕389号\t" in result.output


@pytest.mark.rule("HN-03")
def test_show_prints_for_a_person(run: Callable[..., Result]) -> None:
    result = run("show", "henan-2023")
    assert result.exit_code == 0, result.output
    assert "【绿色通道】" in result.output
    assert "绿色通道比例: 5%" in result.output
    assert "教办师〔2023〕389号 三(二) HN-41 “各省辖市按照本市各学科分配指标的5%”" in result.output
    assert "解释口径A-09" in result.output
    assert "集中培训标准: 400元/人/天" in result.output
    assert "文件未涉及：" in result.output


@pytest.mark.parametrize("code", catalogue.DOCUMENT_CODES)
def test_show_is_chinese_throughout(run: Callable[..., Result], code: str) -> None:
    result = run("show", code)
    assert result.exit_code == 0
    labels = [line for line in result.output.splitlines() if line.startswith("  ") and ": " in line]
    assert [line for line in labels if line.strip()[0].isascii() and line[2] != " "] == []
    heads = [line for line in result.output.splitlines() if line.startswith("【")]
    assert [head for head in heads if head[1].isascii()] == []


def test_show_of_nothing(run: Callable[..., Result]) -> None:
    result = run("show", "atlantis-2030")
    assert result.exit_code == 1
    assert "规则文件无法读取" in result.output
    assert "Traceback" not in result.output


def test_check_of_a_clean_file(run: Callable[..., Result]) -> None:
    result = run("check", str(catalogue.HERE / "henan-2023.toml"))
    assert result.exit_code == 0
    assert "没有发现问题" in result.output


def test_check_names_line_and_article(run: Callable[..., Result], tmp_path: Path) -> None:
    text = (catalogue.HERE / "henan-2023.toml").read_text(encoding="utf-8")
    line = text.split("\n").index("[green_channel.ratio]") + 2
    broken = tmp_path / "broken.toml"
    broken.write_text(text.replace("value = 0.05", "value = 1.05"), encoding="utf-8")
    result = run("check", str(broken))
    assert result.exit_code == 1
    assert f"broken.toml:{line}: 阻断 green_channel.ratio.value" in result.output
    report = json.loads(run("check", str(broken), "--json").output)
    assert [(row["line"], row["severity"]) for row in report["findings"]] == [(line, "block")]


def test_check_of_a_missing_file(run: Callable[..., Result], tmp_path: Path) -> None:
    result = run("check", str(tmp_path / "none.toml"))
    assert result.exit_code == 1
    assert "无法打开文件" in result.output
