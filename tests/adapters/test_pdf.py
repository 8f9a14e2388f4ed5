"""The press: closed to the outside, embedded fonts, nothing lost, and the measures of GB/T 9704."""

from __future__ import annotations

import base64
import io
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pikepdf
import pylopdf_fonts_zh_cn
import pytest
from PIL import Image
from weasyprint.text import ffi

from provincial.adapters.pdf import (
    PaperError,
    lost_text,
    page_count,
    page_png,
    render_pdf,
    start_up_check,
    text_of,
)
from provincial.adapters.qr import qr_data_uri


def page(body: str, head: str = "") -> str:
    return f"<!doctype html><html lang='zh-CN'><head><title>试</title>{head}</head><body>{body}"


def embedded_fonts(pdf: bytes) -> dict[str, bool]:
    """Base name of each font of the file, and whether its program is inside."""
    fonts: dict[str, bool] = {}
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for item in document.objects:
            if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/FontDescriptor":
                inside = any(name in item for name in ("/FontFile", "/FontFile2", "/FontFile3"))
                fonts[str(item.FontName)] = inside
    return fonts


def test_start_up_check_finds_nothing_here() -> None:
    assert [finding.code for finding in start_up_check() if finding.code != "pdf_slow"] == []


def test_start_up_check_names_the_missing_subsetter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ffi, "harfbuzz_subset", None)
    (finding,) = start_up_check()
    assert finding.code == "pdf_subsetter"
    assert "libharfbuzz-subset0" in str(finding.mend)


@pytest.mark.parametrize(
    "body",
    [
        "<img src='file:///etc/passwd'>",
        "<img src='http://127.0.0.1:9/x.png'>",
        "<img src='https://example.cn/x.png'>",
        "<img src='ftp://127.0.0.1/x'>",
        "<p style=\"background:url('file:///etc/hostname')\">x</p>",
        "<object data='file:///etc/passwd'></object>",
        "<link rel='attachment' href='file:///etc/passwd'>",
        "<style>@import url('http://127.0.0.1:9/a.css');</style>",
        "<style>@font-face{font-family:x;src:url('file:///etc/passwd')}</style>",
    ],
)
def test_r19_nothing_outside_is_opened(body: str) -> None:
    with pytest.raises(PaperError, match="may not load"):
        render_pdf(page(body))


def test_r19_not_even_our_fonts_by_a_page() -> None:
    font = pylopdf_fonts_zh_cn.serif_path().as_uri()
    with pytest.raises(PaperError):
        render_pdf(page(f"<img src='{font}'>"))


def test_r19_a_picture_inside_an_svg_is_not_opened_either() -> None:
    svg = (
        "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' "
        "width='9' height='9'><image xlink:href='file:///etc/passwd' width='9' height='9'/></svg>"
    )
    uri = "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()
    with pytest.raises(PaperError, match="may not load"):
        render_pdf(page(f"<img src='{uri}' alt=''>"))


def test_data_uris_and_qr_codes_are_drawn() -> None:
    address = "https://peixun.example.cn/v/4f8d1c2b9a7e4d6f8b3c5a1e2d7f9b0c"
    pdf = render_pdf(page(f"<img src='{qr_data_uri(address)}' alt='' width=200 height=200>"))
    picture = Image.open(io.BytesIO(page_png(pdf, 1, dpi=60))).convert("1")
    assert picture.getcolors() is not None
    assert len(picture.getcolors() or []) == 2


def test_every_font_is_embedded() -> None:
    pdf = render_pdf(
        page("<h1 class='title'>通知</h1><p>正文 abc 123</p><p class='annex-mark'>附件")
    )
    fonts = embedded_fonts(pdf)
    assert fonts
    assert all(fonts.values())
    assert {name.split("+")[-1] for name in fonts} >= {"Paper-Song", "Paper-Hei"}


def test_rare_characters_of_names_come_out_and_can_be_copied() -> None:
    pdf = render_pdf(page("<p>㛃䶮𬭎𠅤喆玥堃犇 买买提·阿不都热合曼</p>"))
    assert "㛃䶮𬭎𠅤喆玥堃犇" in text_of(pdf)


def test_28_characters_a_line_and_22_lines_a_page() -> None:
    pdf = render_pdf(page(f"<div>{'国' * (28 * 22 * 2)}</div>"))
    assert page_count(pdf) == 2
    for sheet in text_of(pdf).split("\f"):
        lines = [line for line in sheet.split("\n") if "国" in line]
        assert [line.count("国") for line in lines] == [28] * 22


def test_page_numbers_odd_right_even_left() -> None:
    pdf = render_pdf(page("<p>一<p style='break-before:page'>二<p style='break-before:page'>三"))
    assert re.findall(r"— \d —", text_of(pdf)) == ["— 1 —", "— 2 —", "— 3 —"]
    centre = [ink_centre(page_png(pdf, number, dpi=50)) for number in (1, 2, 3)]
    assert centre[0] > 0.75 > 0.25 > centre[1]
    assert centre[2] > 0.75


def ink_centre(png: bytes) -> float:
    """Where, from left (0) to right (1), the ink of the page's foot stands."""
    picture = Image.open(io.BytesIO(png)).convert("L")
    foot = picture.crop((0, int(picture.height * 0.87), picture.width, picture.height))
    left, _, right, _ = foot.point(lambda shade: 255 if shade < 128 else 0).getbbox() or (0,) * 4
    return (left + right) / 2 / picture.width


def test_text_that_finds_no_room_is_not_lost_silently() -> None:
    with pytest.raises(PaperError, match="not in the paper: 一条第"):
        render_pdf(page("<p>正文<div style='display:none'>第一条</div>"))


def test_lost_text_counts_characters() -> None:
    pdf = render_pdf(page("<p>名额到校</p>"))
    assert lost_text(page("<p>名额到校、通知到人</p>"), pdf) == "".join(sorted("、通知到人"))
    assert lost_text("<title>题</title><style>p{}</style><p>名 额&nbsp;到校</p>", pdf) == ""


def test_pages_are_counted_from_one_and_a_broken_file_is_a_fault() -> None:
    pdf = render_pdf(page("<p>一"))
    assert page_png(pdf, 1).startswith(b"\x89PNG")
    for number in (0, 2):
        with pytest.raises(IndexError):
            page_png(pdf, number)
    for look in (page_count, text_of):
        with pytest.raises(PaperError, match="not a PDF"):
            look(b"%PDF-1.7 nothing")


def test_the_same_source_gives_the_same_bytes() -> None:
    source = page("<p>关于下达名额的通知")
    assert render_pdf(source) == render_pdf(source)


def test_threads_may_render_and_look_at_once() -> None:
    with ThreadPoolExecutor(4) as pool:
        texts = list(pool.map(lambda n: text_of(render_pdf(page(f"<p>第{n}号"))), range(6)))
    assert [f"第{n}号" in text for n, text in enumerate(texts)] == [True] * 6


def test_licensed_fonts_come_first_and_strange_files_are_left(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    sans = pylopdf_fonts_zh_cn.sans_path().read_bytes()
    (tmp_path / "FZXBSJW 小标宋.otf").write_bytes(sans)
    (tmp_path / "仿宋_GB2312.ttf").write_bytes(sans)
    (tmp_path / "Other.otf").write_bytes(sans)
    (tmp_path / "broken.ttf").write_bytes(b"nothing")
    (tmp_path / "readme.txt").write_text("x")
    pdf = render_pdf(page("<h1 class='title'>通知</h1><p>正文"), fonts=tmp_path)
    names = {name.split("+")[-1] for name in embedded_fonts(pdf)}
    assert {"Paper-XiaoBiaoSong-Bold", "Paper-FangSong"} <= names
    assert {"Other.otf", "broken.ttf"} <= {str((r.args or [""])[0]) for r in caplog.records}


def ink(png: bytes) -> int:
    """How many dark dots a page has."""
    picture = Image.open(io.BytesIO(png)).convert("L")
    return sum(picture.histogram()[:128])


def test_bold_is_heavier_even_where_only_the_regular_weight_exists() -> None:
    style = "<style>p{font-family:'Paper Song';color:#d7000f}b{font-family:'Paper Song'}</style>"
    thin = render_pdf(page("<p>名额到校通知到人</p><p>正文", style))
    bold = render_pdf(page("<p><b>名额到校通知到人</b></p><p>正文", style))
    assert text_of(bold) == text_of(thin)
    assert ink(page_png(bold, 1)) > 1.2 * ink(page_png(thin, 1))
