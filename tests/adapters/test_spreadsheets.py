"""Workbooks that people send: the ordinary, the odd and the hostile (R15, R17, R18, R35)."""

from __future__ import annotations

import io
import struct
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.comments import Comment

from provincial.adapters import spreadsheets
from provincial.adapters.spreadsheet_output import (
    Column,
    GridOut,
    GridRow,
    Kind,
    RowResult,
    SheetOut,
    annotated,
    csv_bytes,
    safe_text,
    write_grid,
    write_workbook,
)
from provincial.adapters.spreadsheets import Limits, Merge, Workbook, address, read_workbook
from provincial.core.refusals import Refusal

SAMPLE = Path(__file__).parents[1] / "data" / "annex4-quota-table.xlsx"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def xlsx(rows, *, name="表", prepare=None) -> bytes:
    book = openpyxl.Workbook()
    paper = book.active
    paper.title = name
    for row in rows:
        paper.append(row)
    if prepare:
        prepare(book, paper)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def repacked(data: bytes, changes: dict[str, bytes | None], *, add=None) -> bytes:
    """The same package with some members replaced (``None``: left out) or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", 8) as new:
        for member in old.namelist():
            if member not in changes:
                new.writestr(member, old.read(member))
            elif changes[member] is not None:
                new.writestr(member, changes[member])
        for member, content in (add or {}).items():
            new.writestr(member, content)
    return out.getvalue()


def zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in members.items():
            package.writestr(name, content)
    return out.getvalue()


def with_sheet_xml(cells: str, before: str = "") -> bytes:
    """A workbook whose first sheet holds exactly this markup."""
    xml = (
        '<?xml version="1.0"?>' + before + '<worksheet xmlns="http://schemas.openxmlformats.org/'
        'spreadsheetml/2006/main"><sheetData>' + cells + "</sheetData></worksheet>"
    )
    return repacked(xlsx([[1]]), {"xl/worksheets/sheet1.xml": xml.encode()})


def ods(rows: str, *, kind: str = "spreadsheet", manifest: str = "") -> bytes:
    table = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
    office = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
    text = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
    content = (
        f'<office:document-content xmlns:office="{office}" xmlns:table="{table}" '
        f'xmlns:text="{text}"><office:body><office:spreadsheet><table:table table:name="表">{rows}'
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    members = {
        "mimetype": f"application/vnd.oasis.opendocument.{kind}".encode(),
        "content.xml": content.encode(),
        "META-INF/manifest.xml": (
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            f'<manifest:file-entry manifest:full-path="/" />{manifest}</manifest:manifest>'
        ).encode(),
    }
    return zipped(members)


def refused(
    data: bytes, filename: str = "表.xlsx", limits: Limits = spreadsheets.LIMITS
) -> Refusal:
    with pytest.raises(Refusal) as caught:
        read_workbook(data, filename, limits)
    refusal = caught.value
    assert len(refusal.findings) == 1
    assert refusal.findings[0].mend is not None
    assert str(refusal.message).endswith(".")
    return refusal


def read_or_refuse(data: bytes, filename: str) -> Workbook | Refusal:
    try:
        return read_workbook(data, filename)
    except Refusal as refusal:
        return refusal


def code(refusal: Refusal) -> str:
    return refusal.findings[0].code.removeprefix("workbook-")


# --- reading


def test_reads_the_sample_with_its_merged_headings():
    book = read_workbook(SAMPLE.read_bytes(), SAMPLE.name)
    (sheet,) = book.sheets
    assert (book.kind, sheet.name, len(sheet.rows), sheet.width) == ("xlsx", "附件4", 35, 21)
    assert Merge(2, 2, 2, 10) in sheet.merged
    assert sheet.cell(4, 2) == 56
    assert sheet.cell(4, 17) == "２６"
    assert sheet.cell(20, 1) == "驻\u3000马店市"
    assert sheet.address(6, 2) == "附件4!C7"
    assert sheet.cell(999, 999) is None


def test_keeps_the_kind_of_each_value():
    day, moment = date(2023, 9, 1), datetime(2023, 9, 1, 8, 30)
    row = [1, 0.5, "文", True, day, moment, "0123", 410381198305060001]
    (sheet,) = read_workbook(xlsx([row]), "a.xlsx").sheets
    assert sheet.rows[0][:7] == [1, 0.5, "文", True, day, moment, "0123"]
    assert isinstance(sheet.rows[0][0], int)
    assert isinstance(sheet.rows[0][7], float), "an ID number in a figure has lost its end"


def test_tells_hidden_things_formulas_and_error_values():
    def prepare(book, paper):
        paper.row_dimensions[2].hidden = True
        paper.column_dimensions["B"].hidden = True
        paper["C1"] = "=1+1"
        paper["D1"] = "#REF!"
        paper["D1"].data_type = "e"
        book.create_sheet("藏").sheet_state = "hidden"
        book["藏"]["A1"] = 1

    book = read_workbook(xlsx([[1, 2], [3, 4]], prepare=prepare), "a.xlsx")
    sheet, hidden = book.sheets
    assert sheet.hidden_rows == {1}
    assert sheet.hidden_columns == {1}
    assert sheet.formulas == {(0, 2)}
    assert sheet.uncalculated == {(0, 2)}
    assert sheet.errors == {(0, 3)}
    assert (sheet.hidden, hidden.hidden) == (False, True)


def test_a_formula_with_a_calculated_value_gives_that_value():
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    book.add_worksheet("表").write_formula("B2", "=40+2", None, 42)
    book.close()
    (sheet,) = read_workbook(stream.getvalue(), "a.xlsx").sheets
    assert sheet.cell(1, 1) == 42
    assert (sheet.formulas, sheet.uncalculated) == ({(1, 1)}, frozenset())


def test_reads_open_document_tables_with_spans_repeats_and_formulas():
    rows = (
        '<table:table-row><table:table-cell table:number-columns-spanned="2" '
        'office:value-type="string"><text:p>小学</text:p></table:table-cell>'
        "<table:covered-table-cell/></table:table-row>"
        '<table:table-row><table:table-cell office:value-type="float" office:value="7" '
        'table:number-columns-repeated="2"/><table:table-cell table:formula="of:=1+1" '
        'office:value-type="float" office:value="2"/></table:table-row>'
        '<table:table-row table:number-rows-repeated="1048000"><table:table-cell '
        'table:number-columns-repeated="16384"/></table:table-row>'
    )
    book = read_workbook(ods(rows), "表.ods")
    (sheet,) = book.sheets
    assert book.kind == "ods"
    assert sheet.rows[1] == [7, 7, 2]
    assert sheet.merged == [Merge(0, 0, 0, 1)]
    assert sheet.formulas == {(1, 2)}


@pytest.mark.parametrize(
    ("encoding", "seen"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("gbk", "gb18030"),
        ("gb18030", "gb18030"),
        ("utf-16", "utf-16"),
    ],
)
@pytest.mark.parametrize("mark", [",", "\t", ";", "，"])
def test_reads_csv_of_any_usual_encoding_and_delimiter(encoding, seen, mark):
    text = "\r\n".join(mark.join(row) for row in (["单位", "语文"], ["郑州市", "3"], ["滑县", ""]))
    book = read_workbook(text.encode(encoding), "名额.csv")
    assert (book.kind, book.encoding) == ("csv", seen)
    assert book.sheets[0].rows == [["单位", "语文"], ["郑州市", "3"], ["滑县"]]


def test_csv_honours_the_separator_line_and_quotes():
    data = 'sep=;\r\n单位;"语文;数学"\r\n郑州市;1\r\n'.encode()
    assert read_workbook(data, "a.csv").sheets[0].rows == [
        ["单位", "语文;数学"],
        ["郑州市", "1"],
    ]


def test_a_workbook_under_the_name_of_the_older_format_is_read():
    assert read_workbook(xlsx([[1]]), "a.xls").kind == "xlsx"
    assert read_workbook(xlsx([[1]]), "").kind == "xlsx"


def test_a_workbook_with_macros_is_read_and_they_are_not():
    data = repacked(xlsx([["值"]]), {}, add={"xl/vbaProject.bin": OLE + b"Auto_Open"})
    assert read_workbook(data, "a.xlsm").sheets[0].rows == [["值"]]


@pytest.mark.parametrize(
    ("sheet", "expected"),
    [("附件4", "附件4!C7"), ("", "C7"), ("Sheet 1", "'Sheet 1'!C7"), ("a'b", "'a''b'!C7")],
)
def test_addresses_are_those_of_the_spreadsheet_program(sheet, expected):
    assert address(sheet, 6, 2) == expected


def test_addresses_go_past_z():
    assert [address("", 0, column) for column in (25, 26, 51, 52, 701, 702)] == [
        "Z1",
        "AA1",
        "AZ1",
        "BA1",
        "ZZ1",
        "AAA1",
    ]


def xls(records: bytes, name: str = "旧表") -> bytes:
    """A workbook of 1997 (BIFF8 in a compound file) with one sheet of these cell records."""

    def record(kind: int, body: bytes) -> bytes:
        return struct.pack("<HH", kind, len(body)) + body

    def start(kind: int) -> bytes:
        return record(0x809, struct.pack("<HHHHII", 0x600, kind, 0, 0, 0, 0))

    title = name.encode("utf-16-le")
    head = start(5)
    bound_length = 4 + 8 + len(title)
    offset = len(head) + bound_length + 4
    bound = record(0x85, struct.pack("<IBBBB", offset, 0, 0, len(name), 1) + title)
    stream = head + bound + record(0x0A, b"") + start(0x10) + records + record(0x0A, b"")
    stream = stream.ljust(4608, b"\0")
    sectors = len(stream) // 512
    table = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, sectors + 2), 0xFFFFFFFE]
    table += [0xFFFFFFFF] * (128 - len(table))

    def entry(title: str, kind: int, child: int, sector: int, size: int) -> bytes:
        raw = (title + "\0").encode("utf-16-le")
        none = 0xFFFFFFFF
        return (
            raw.ljust(64, b"\0")
            + struct.pack("<HBBIII", len(raw), kind, 1, none, none, child)
            + b"\0" * 36
            + struct.pack("<IQ", sector, size)
        )

    directory = entry("Root Entry", 5, 1, 0xFFFFFFFE, 0)
    directory += entry("Workbook", 2, 0xFFFFFFFF, 2, len(stream))
    directory += (b"\0" * 128) * 2
    header = OLE + b"\0" * 16
    header += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header += struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)
    return header + struct.pack("<128I", *table) + directory + stream


def test_reads_a_workbook_of_1997_with_its_formulas_and_error_values():
    def cell(kind: int, row: int, column: int, body: bytes) -> bytes:
        body = struct.pack("<HHH", row, column, 0) + body
        return struct.pack("<HH", kind, len(body)) + body

    text = "郑州市".encode("utf-16-le")
    tokens = struct.pack("<HIH", 0, 0, 3) + b"\x1e\x07\x00"
    records = (
        cell(0x204, 0, 0, struct.pack("<HB", 3, 1) + text)
        + cell(0x203, 0, 1, struct.pack("<d", 56.0))
        + cell(0x06, 0, 2, struct.pack("<d", 7.0) + tokens)
        + cell(0x205, 0, 3, b"\x17\x01")
    )
    book = read_workbook(xls(records), "旧.xls")
    (sheet,) = book.sheets
    assert (book.kind, sheet.name) == ("xls", "旧表")
    assert sheet.rows == [["郑州市", 56, 7]]
    assert sheet.formulas == {(0, 2)}
    assert sheet.errors == {(0, 3)}


def test_r18_an_encrypted_workbook_of_1997_is_refused():
    locked = struct.pack("<HH", 0x2F, 54) + struct.pack("<HHH", 1, 1, 1) + b"\7" * 48
    data = xls(b"")
    place = data.find(struct.pack("<HH", 0x85, 12))
    data = data[:place] + locked + data[place : -len(locked)]
    assert code(refused(data, "a.xls")) == "encrypted"


# --- refusing: R18

DOCX = zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"})
PPTX = zipped({"[Content_Types].xml": b"<Types/>", "ppt/presentation.xml": b"<p/>"})
XLSB = zipped({"[Content_Types].xml": b"<Types/>", "xl/workbook.bin": b"1"})
XML_2003 = b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>'


def ole(*streams: str) -> bytes:
    names = b"".join(stream.encode("utf-16-le") + b"\0\0" for stream in streams)
    return OLE + b"\0" * 600 + names + b"\0" * 2000


@pytest.mark.parametrize(
    ("data", "filename", "expected", "words"),
    [
        (b"", "a.xlsx", "empty", "empty"),
        (b"%PDF-1.7 ...", "a.xlsx", "foreign", "PDF"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "a.xlsx", "foreign", "picture"),
        (b"\xff\xd8\xff\xe0JFIF", "a.xls", "foreign", "picture"),
        (b"BM" + b"\0" * 60, "a.xls", "foreign", "picture"),
        (b"MZ\x90" + b"\0" * 60, "a.xlsx", "foreign", "program"),
        (b"Rar!\x1a\x07", "a.xlsx", "foreign", "archive"),
        (b"7z\xbc\xaf\x27\x1c", "a.xlsx", "foreign", "archive"),
        (b"<html><table><tr><td>1", "a.xls", "foreign", "web page"),
        (b"\xef\xbb\xbf\r\n <!DOCTYPE html>", "a.xls", "foreign", "web page"),
        (b"MIME-Version: 1.0\r\nX-Document-Type: Workbook", "a.xls", "foreign", "web page"),
        (XML_2003, "a.xls", "foreign", "XML table"),
        (b"<?xml version='1.0'?><a/>", "a.xlsx", "foreign", "XML file"),
        (DOCX, "a.xlsx", "foreign", "text document"),
        (PPTX, "a.xlsx", "foreign", "presentation"),
        (XLSB, "a.xlsx", "foreign", ".xlsb"),
        (zipped({"附件4.xlsx": xlsx([[1]])}), "a.xlsx", "foreign", "archive"),
        (zipped({"a.zip": zipped({"b.zip": b"PK"})}), "a.xlsx", "foreign", "archive"),
        (zipped({}), "a.xlsx", "foreign", "archive"),
        ("单位,语文".encode(), "a.xlsx", "foreign", "plain text"),
        (b"\x00\x01\x02\x03,binary", "a.csv", "foreign", "something else"),
        (b"\xff\x00\xfe\x80\x81" * 20, "a.csv", "foreign", "something else"),
        (ole("WordDocument"), "a.xls", "foreign", "text document"),
        (ole("PowerPoint Document"), "a.xls", "foreign", "presentation"),
        (ole("Other"), "a.xls", "foreign", "something else"),
        (ole("EncryptionInfo", "EncryptedPackage"), "a.xlsx", "encrypted", "password"),
        (ole("Workbook"), "a.xls", "broken", "damaged"),
        (b"PK\x03\x04 not a zip", "a.xlsx", "broken", "damaged"),
        (xlsx([[1]])[:-200], "a.xlsx", "broken", "damaged"),
        (xlsx([[1]]), "a.exe", "ending", ".exe"),
        (xlsx([]), "a.xlsx", "blank", "no filled cell"),
        (b"\r\n\r\n,,,\r\n", "a.csv", "blank", "no filled cell"),
        (
            repacked(xlsx([[1]]), {"xl/worksheets/sheet1.xml": b"<worksheet><sheetData><row>"}),
            "a.xlsx",
            "broken",
            "damaged",
        ),
        (repacked(xlsx([[1]]), {"xl/workbook.xml": b"<nonsense"}), "a.xlsx", "broken", "damaged"),
        (ods("", kind="text"), "a.ods", "foreign", "text document"),
        (ods("", manifest="<manifest:encryption-data/>"), "a.ods", "encrypted", "password"),
    ],
)
def test_r18_what_is_no_readable_workbook_is_refused_with_one_sentence(
    data, filename, expected, words
):
    refusal = refused(data, filename)
    assert code(refusal) == expected
    assert words in str(refusal.message)


def test_r18_a_file_over_ten_megabytes_is_refused_before_it_is_opened():
    assert code(refused(b"PK\x03\x04" + b"\0" * (10 << 20))) == "too-large"


def test_r18_zip_bombs_are_refused():
    dense = repacked(xlsx([[1]]), {}, add={"xl/media/a.bin": b"\0" * (30 << 20)})
    assert code(refused(dense)) == "bomb"
    large = repacked(xlsx([[1]]), {}, add={"xl/media/a.bin": b"ab" * 40_000})
    assert code(refused(large, limits=Limits(unpacked=50_000))) == "bomb"
    many = zipped({f"xl/{number}.xml": b"" for number in range(3100)})
    assert code(refused(many)) == "bomb"


def test_r18_a_zip_that_lies_about_its_size_is_measured():
    data = bytearray(repacked(xlsx([[1]]), {}, add={"xl/media/a.bin": b"\0" * (30 << 20)}))
    size = (30 << 20).to_bytes(4, "little")
    position = data.find(size)
    while position >= 0:
        data[position : position + 4] = (100).to_bytes(4, "little")
        position = data.find(size)
    assert code(refused(bytes(data))) == "bomb"


def test_r18_entities_and_document_types_are_refused():
    cell = '<row r="1"><c r="A1" t="inlineStr"><is><t>&amp;x;</t></is></c></row>'
    outside = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    assert code(refused(with_sheet_xml(cell, outside))) == "entities"
    laughs = '<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;">]>'
    assert code(refused(with_sheet_xml(cell, laughs))) == "entities"
    wide = repacked(xlsx([[1]]), {}, add={"xl/a.xml": outside.encode("utf-16")})
    assert code(refused(wide)) == "entities"


def test_r18_far_cells_are_named_and_refused():
    wide = refused(with_sheet_xml('<row r="1"><c r="XFD1"><v>1</v></c></row>'))
    assert (code(wide), wide.findings[0].cell) == ("columns", "表!XFD1")
    deep = refused(with_sheet_xml('<row r="1048576"><c r="A1048576"><v>1</v></c></row>'))
    assert (code(deep), deep.findings[0].cell) == ("rows", "表!A1048576")
    rows = '<table:table-row table:number-rows-repeated="900000"><table:table-cell '
    rows += 'office:value-type="float" office:value="1"/></table:table-row>'
    assert code(refused(ods(rows), "a.ods")) == "rows"
    assert code(refused(b"1\n" * 50_001, "a.csv")) == "rows"
    assert code(refused(b"1," * 101 + b"1\n2,3", "a.csv")) == "columns"


def test_styled_empty_cells_and_a_false_dimension_do_no_harm():
    cells = '<row r="1"><c r="A1"><v>5</v></c><c r="XFD1" s="0"/></row><row r="1048576"/>'
    data = with_sheet_xml(cells)
    assert read_workbook(data, "a.xlsx").sheets[0].rows == [[5]]


def test_r18_cells_without_addresses_far_out_cannot_take_more_memory_than_the_fence():
    cells = '<row r="1048576"><c><v>1</v></c></row><row r="1"><c r="A1"><v>1</v></c></row>'
    assert read_or_refuse(with_sheet_xml(cells), "a.xlsx")


def test_r35_a_child_that_dies_or_is_stopped_gives_a_sentence(monkeypatch):
    data = xlsx([[1]])
    monkeypatch.setattr(spreadsheets, "_BOOT", "import os; os.abort()")
    assert code(refused(data)) == "memory"
    monkeypatch.setattr(spreadsheets, "_BOOT", "import os, signal; os.kill(os.getpid(), 11)")
    assert code(refused(data)) == "died"
    monkeypatch.setattr(spreadsheets, "_BOOT", "print('[1]')")
    assert code(refused(data)) == "died"
    monkeypatch.setattr(spreadsheets, "_BOOT", "import time; time.sleep(9)")
    monkeypatch.setattr(spreadsheets, "WALL_SECONDS", 0.1)
    assert code(refused(data)) == "time"


def test_r18_the_child_has_its_fence(monkeypatch):
    hungry = (
        "import sys, resource; sys.argv.pop(1); resource.setrlimit(resource.RLIMIT_AS, "
        "(1 << 30, 1 << 30)); sys.stdin.buffer.read(); bytearray(2 << 30)"
    )
    monkeypatch.setattr(spreadsheets, "_BOOT", hungry)
    assert code(refused(xlsx([[1]]))) == "died"


def test_several_files_at_once_are_all_read():
    data = SAMPLE.read_bytes()
    with ThreadPoolExecutor(6) as pool:
        books = list(pool.map(lambda _: read_workbook(data, "a.xlsx"), range(6)))
    assert all(book.sheets[0].cell(4, 2) == 56 for book in books)


@settings(max_examples=25, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(["a.xlsx", "a.xls", "a.csv", "a.ods", "a"]))
def test_r15_random_bytes_are_read_or_refused(data, filename):
    assert read_or_refuse(data, filename)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=30))
def test_r15_a_workbook_with_damaged_bytes_is_read_or_refused(damage):
    data = bytearray(SAMPLE.read_bytes())
    for position, value in damage:
        data[position % len(data)] = value
    assert read_or_refuse(bytes(data), "a.xlsx")


# --- writing: R17

HOSTILE = ["=1+1", "+86 10", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", '=HYPERLINK("http://x")']


@pytest.mark.parametrize("text", HOSTILE)
def test_r17_no_text_of_ours_starts_a_formula(text):
    assert safe_text(text) == "'" + text
    rows = [[text, text, text]]
    columns = [Column("甲"), Column("乙", Kind.NUMBER), Column("丙", Kind.DATE)]
    data = write_workbook([SheetOut("表", columns, rows)])
    paper = openpyxl.load_workbook(io.BytesIO(data)).active
    assert {cell.data_type for cell in paper[2]} == {"s"}
    assert all(cell.hyperlink is None for cell in paper[2])
    assert csv_bytes(["列"], [[text]]).decode("utf-8-sig").splitlines()[1].lstrip('"')[0] == "'"


def test_signs_alone_and_numbers_stay_as_they_are():
    assert [safe_text(text) for text in ("-", "－", "郑州市", "")] == ["-", "－", "郑州市", ""]
    assert csv_bytes(["列"], [[-5], [None], ["-"]]).decode("utf-8-sig") == '列\r\n-5\r\n""\r\n-\r\n'


def test_r17_ids_stay_text_and_kinds_keep_their_format():
    columns = [
        Column("身份证号"),
        Column("名额", Kind.NUMBER),
        Column("日期", Kind.DATE),
        Column("报到率", Kind.PERCENT),
    ]
    row = [410381198305060001, 12, date(2023, 9, 1), 0.95]
    data = write_workbook(
        [SheetOut("表", columns, [row, [None] * 4], title="名单", notes=["注：无"])]
    )
    paper = openpyxl.load_workbook(io.BytesIO(data)).active
    cells = paper[3]
    assert cells[0].value == "410381198305060001"
    assert cells[0].number_format == "@"
    assert cells[1].value == 12
    assert cells[2].value == datetime(2023, 9, 1)
    assert (cells[3].value, cells[3].number_format) == (0.95, "0.0%")
    assert paper.freeze_panes == "A3"
    assert paper["A5"].value == "注：无"


def test_csv_written_is_csv_read():
    rows = [["=1+1", "郑州市"], ["-", "a,b"], ["x", "多\n行"]]
    book = read_workbook(csv_bytes(["甲", "乙"], rows), "a.csv")
    assert book.encoding == "utf-8-sig"
    assert book.sheets[0].rows == [["甲", "乙"], *rows]


def test_sheet_names_are_bent_until_they_are_legal():
    names = ["a/b:c", "A/B:C", "", "很长的名字" * 10, "History"]
    data = write_workbook([SheetOut(name, [Column("列")], []) for name in names])
    written = openpyxl.load_workbook(io.BytesIO(data)).sheetnames
    assert len({name.casefold() for name in written}) == 5
    assert all(0 < len(name) <= 31 for name in written)


def test_a_grid_has_merged_groups_and_living_sums():
    grid = GridOut(
        "表",
        "名额表",
        ["单位"],
        [("小学", "语文"), ("小学", "数学"), ("", "其他")],
        [GridRow(["甲县"], [1, 2, 3]), GridRow(["乙县"], [None, 4, 0])],
        extra=[GridRow(["本单位持有"], [9, 9, 9])],
        notes=["注：无"],
    )
    (sheet,) = read_workbook(write_grid(grid), "a.xlsx").sheets
    assert sheet.rows[1] == ["单位", "小学", None, "其他", "合计"]
    assert sheet.rows[2] == [None, "语文", "数学"]
    assert sheet.rows[5] == ["合计", 1, 6, 3, 10]
    assert sheet.rows[4] == ["乙县", None, 4, 0, 4]
    assert {(5, 1), (5, 4), (3, 4)} <= sheet.formulas
    assert not sheet.uncalculated


def test_an_empty_grid_can_be_written():
    assert read_workbook(write_grid(GridOut("表", "空", ["单位"], [], [])), "a.xlsx")


def test_the_same_workbook_comes_back_with_results():
    def prepare(book, paper):
        paper.merge_cells("A1:C1")
        paper["C3"].comment = Comment("lost", "x")
        other = book.create_sheet("另")
        other["A1"] = date(1899, 1, 1).isoformat()

    rows = [
        ["名单"],
        ["姓名", "身份证号", "=2+2"],
        ["甲", "0123", date(2023, 9, 1)],
        ["乙", None, 7],
    ]
    data = xlsx(rows, name="单", prepare=prepare)
    results = [RowResult(2, "已导入"), RowResult(3, "未导入", ["身份证号为空", "=坏"], [1])]
    back = annotated(data, "a.xlsx", results, header_row=1, note="公式只留下数值")
    first, other = read_workbook(back, "a.xlsx").sheets
    assert first.rows[1][3:] == ["结果", "问题"]
    assert first.rows[2] == ["甲", "0123", date(2023, 9, 1), "已导入"]
    assert first.rows[3] == ["乙", None, 7, "未导入", "身份证号为空；=坏"]
    assert Merge(0, 0, 0, 2) in first.merged
    assert other.rows == [["1899-01-01"]]
    paper = openpyxl.load_workbook(io.BytesIO(back)).worksheets[0]
    assert paper["B4"].fill.bgColor.rgb != paper["B3"].fill.bgColor.rgb or paper["B4"].fill.fgColor
    assert paper["D2"].comment.text == "公式只留下数值"


def test_overlapping_and_endless_merges_of_the_sender_do_not_stop_the_answer():
    cells = '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row>'
    xml = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        + cells
        + '</sheetData><mergeCells><mergeCell ref="A1:B1"/><mergeCell ref="B1:C1"/>'
        '<mergeCell ref="A1:XFD1048576"/></mergeCells></worksheet>'
    )
    data = repacked(xlsx([[1]]), {"xl/worksheets/sheet1.xml": xml.encode()})
    back = annotated(data, "a.xlsx", [RowResult(0, "好")], header_row=0)
    assert read_workbook(back, "a.xlsx").sheets[0].cell(0, 0) is not None
