"""ID numbers, phones and names as people type them (security.md part 8: 40, 20 and 24 kinds)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provincial.core.identity import (
    NAME_DOTS,
    id_check_character,
    parse_id_number,
    parse_mobile,
    parse_person_name,
    person_key,
    read_person_name,
)
from provincial.core.pinyin import person_search_key
from provincial.core.refusals import Refusal

TODAY = date(2023, 9, 1)
GOOD = "11010519491231002X"


@pytest.mark.parametrize(
    ("raw", "number", "tidied"),
    [
        (GOOD, GOOD, False),
        ("440524188001010014", "440524188001010014", False),
        ("11010519491231002x", GOOD, False),
        ("１１０１０５１９４９１２３１００２Ｘ", GOOD, True),
        (" 11010519491231002X ", GOOD, False),
        ("110105 19491231 002X", GOOD, True),
        ("110105\u300019491231002X", GOOD, True),
        ("\ufeff11010519491231002X", GOOD, True),
        ("11010519491231\u200b002X", GOOD, True),
        ("\u202a11010519491231002X\u202c", GOOD, True),
        ("'11010519491231002X", GOOD, True),
        ("11010519491231002X\n", GOOD, False),
        ("11010519491231\t002X", GOOD, True),
    ],
)
def test_an_id_number_is_brought_to_one_form(raw: str, number: str, tidied: bool) -> None:
    today = date(1950, 1, 1) if number.startswith("4405") else TODAY
    parsed = parse_id_number(raw, today)
    assert (parsed.number, parsed.tidied) == (number, tidied)


def test_what_an_id_number_says() -> None:
    parsed = parse_id_number(GOOD, TODAY)
    assert (parsed.birth_on, parsed.sex) == (date(1949, 12, 31), "2")
    assert parse_id_number("440524188001010014", date(1950, 1, 1)).sex == "1"


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("110105194912310021", "id-checksum"),
        ("110105194912310022", "id-checksum"),
        ("11010519491231003X", "id-checksum"),
        ("110105194921310028", "id-birth"),
        ("110105194913310020", "id-birth"),
        ("110105190002290019", "id-birth"),
        ("110105202312310018", "id-birth"),
        ("440524188001010014", "id-birth"),
        ("110105000000000000", "id-birth"),
        ("110105491231002", "id-length"),
        ("1101051949123100", "id-length"),
        ("11010519491231002", "id-length"),
        ("11010519491231002X1", "id-characters"),
        ("1101051949123100211", "id-length"),
        ("", "id-length"),
        ("X", "id-length"),
        ("XX010519491231002X", "id-characters"),
        ("11010519491231002Х", "id-characters"),
        ("11010519491231002×", "id-characters"),
        ("11010519491231002*", "id-characters"),
        ("110105194912310O2X", "id-characters"),
        ("11010519491231００２²", "id-characters"),
        ("①10105194912310021", "id-characters"),
        ("١١٠١٠٥١٩٤٩١٢٣١٠٠٢X", "id-characters"),
        ("一一〇一〇五一九四九一二三一〇〇二X", "id-characters"),
        ("1.10105E+17", "id-characters"),
        ("110105-19491231-002X", "id-characters"),
        ("护照 E12345678", "id-characters"),
        ("无", "id-characters"),
        ("=110105194912310021", "id-characters"),
        ("110105********002X", "id-characters"),
    ],
)
def test_r6_a_wrong_id_number_is_refused_without_repeating_it(raw: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse_id_number(raw, TODAY)
    finding = refused.value.findings[0]
    assert finding.code == code
    assert len(raw) < 6 or raw not in str(finding.as_data())


@given(
    first=st.from_regex(r"[1-9][0-9]{5}", fullmatch=True),
    born=st.dates(date(1940, 1, 1), date(2005, 12, 31)),
    sequence=st.integers(0, 999),
    place=st.integers(0, 17),
    shift=st.integers(1, 9),
)
def test_one_wrong_digit_is_always_seen(
    first: str, born: date, sequence: int, place: int, shift: int
) -> None:
    body = f"{first}{born:%Y%m%d}{sequence:03d}"
    number = body + id_check_character(body)
    parsed = parse_id_number(number, TODAY)
    assert (parsed.birth_on, parsed.sex) == (born, "1" if sequence % 2 else "2")
    if number[place] != "X":
        wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
        with pytest.raises(Refusal):
            parse_id_number(wrong, TODAY)


@given(st.text(max_size=60))
def test_no_text_breaks_the_readers(text: str) -> None:
    """R15: a refusal or a value, never another exception."""
    for read in (lambda raw: parse_id_number(raw, TODAY), parse_mobile, parse_person_name):
        try:
            read(text)
        except Refusal as refusal:
            assert refusal.findings
    assert isinstance(person_search_key(text), str)


@pytest.mark.parametrize(
    "raw",
    [
        "13800002316",
        "１３８００００２３１６",
        "138 0000 2316",
        "138-0000-2316",
        "+8613800002316",
        "+86 138 0000 2316",
        "008613800002316",
        "8613800002316",
        "(138)00002316",
        "13800002316\u200b",
    ],
)
def test_a_phone_is_brought_to_one_form(raw: str) -> None:
    assert parse_mobile(raw) == "13800002316"


@pytest.mark.parametrize(
    "raw",
    [
        *("", "1380000231", "138000023160", "12800002316", "0371-65900000", "65900000", "无"),
        *("13800002316/13900002316", "1.38E+10", "138O0002316", "②3800002316", "+1 3800002316"),
    ],
)
def test_r6_what_is_no_phone_is_refused_without_repeating_it(raw: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse_mobile(raw)
    assert refused.value.findings[0].code == "phone"
    assert not raw or raw not in str(refused.value.findings[0].as_data())


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("张三", "张三"),
        (" 张三 ", "张三"),
        ("张\u3000三", "张 三"),
        ("㛃䶮", "㛃䶮"),
        ("王𬭎", "王𬭎"),
        ("李\U000313f0", "李\U000313f0"),
        ("阿卜杜拉·买买提", "阿卜杜拉·买买提"),
        ("迪丽热巴•迪力木拉提", "迪丽热巴•迪力木拉提"),
        ("买买提．艾力", "买买提．艾力"),
        ("Jean-Luc O'Neill", "Jean-Luc O'Neill"),
        ("Zoë", "Zoë"),
        ("欧阳娜娜", "欧阳娜娜"),
    ],
)
def test_a_name_stays_as_given(raw: str, kept: str) -> None:
    assert parse_person_name(raw) == kept


@pytest.mark.parametrize(
    "raw",
    [
        *(
            "",
            "张",
            "·",
            "张\u200b三",
            "张\u202e三",
            "张\x00三",
            "张\ue000",
            "张三1",
            "13800002316",
        ),
        *("<b>张三</b>", "=张三", "张三😀", "张三@x", "张/三", "张" * 51, "张三(代)", "张三、李四"),
    ],
)
def test_what_is_no_name_is_refused(raw: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse_person_name(raw)
    assert refused.value.findings[0].code == "name"


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("单晓明", "shanxiaoming sxm"),
        ("曾国强", "zengguoqiang zgq"),
        ("仇英", "qiuying qy"),
        ("查良", "zhaliang zl"),
        ("解放", "xiefang xf"),
        ("朴正", "piaozheng pz"),
        ("乐嘉", "yuejia yj"),
        ("翟志刚", "zhaizhigang zzg"),
        ("覃海", "qinhai qh"),
        ("单于大海", "chanyudahai cydh"),
        ("尉迟恭", "yuchigong ycg"),
        ("万俟林", "moqilin mql"),
        ("张三", "zhangsan zs"),
        ("Jean", "jean j"),
    ],
)
def test_surnames_sound_as_surnames(name: str, key: str) -> None:
    assert person_search_key(name) == key


#: What each finding says and how it is mended; the sentences are part of the verdict.
ID_SENTENCES = {
    "id-length": ("An ID number has 18 characters; here are", "Read the number again"),
    "id-first": ("first generation with 15 digits", "Write the number of 18 digits"),
    "id-characters": ("only digits, and X at the end", "Read the number again"),
    "id-checksum": ("The check digit of the ID number is wrong", "Read the number again"),
    "id-birth": ("holds no possible day of birth", "Read the number again"),
}


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        ("110105194912310021", "id-checksum"),
        ("11010519491231003X", "id-checksum"),
        ("110105204012310018", "id-birth"),
        ("110105194913310020", "id-birth"),
        ("110105491231002", "id-first"),
        ("１１０１０５４９１２３１００２", "id-first"),
        ("11010519491231002", "id-length"),
        ("1.10105194912310E+17", "id-characters"),
        ("护照 E12345678", "id-characters"),
        ("", "id-length"),
    ],
)
def test_a_refused_id_number_says_why_and_how_to_mend_it(raw: str, sentence: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse_id_number(raw, TODAY)
    message, mend = ID_SENTENCES[sentence]
    finding = refused.value.findings[0]
    assert message in str(finding.message)
    assert mend in str(finding.mend)


@pytest.mark.parametrize("area", ["810000", "820000", "830000"])
def test_residence_permits_of_hong_kong_macao_and_taiwan_are_taken(area: str) -> None:
    first = f"{area}19850615001"
    parsed = parse_id_number(first + id_check_character(first), TODAY)
    assert parsed.is_permit
    assert (parsed.birth_on, parsed.sex) == (date(1985, 6, 15), "1")
    assert not parse_id_number(GOOD, TODAY).is_permit


def test_a_refused_phone_says_how_to_mend_it() -> None:
    for raw in ("12345", "0371-65900000", "13800002316/13900002316"):
        with pytest.raises(Refusal) as refused:
            parse_mobile(raw)
        finding = refused.value.findings[0]
        assert "11 digits" in str(finding.message)
        assert "one number only" in str(finding.mend)


@pytest.mark.parametrize(
    ("raw", "name", "notes"),
    [
        ("张三", "张三", []),
        (" 张三 ", "张三", []),
        ("张　三", "张三", ["name-blanks"]),
        ("魏 秀 芳", "魏秀芳", ["name-blanks"]),
        ("㛃䶮", "㛃䶮", []),
        ("王𬭎", "王𬭎", []),
        ("王 𬭎", "王𬭎", ["name-blanks"]),
        ("李\U000313f0", "李\U000313f0", []),
        ("﨑本", "﨑本", []),
        *((f"买买提{dot}艾力", "买买提·艾力", ["name-dots"]) for dot in NAME_DOTS[1:]),
        ("买买提·阿不都热合曼", "买买提·阿不都热合曼", []),
        ("买买提.阿不都热合曼", "买买提·阿不都热合曼", ["name-dots"]),
        ("买买提 · 艾力", "买买提·艾力", ["name-dots"]),
        ("Ｊｅａｎ", "Jean", ["name-width"]),
        ("Jean-Luc O'Neill", "Jean-Luc O'Neill", []),
        ("J. K. Rowling", "J. K. Rowling", []),
    ],
)
def test_a_name_is_tidied_and_it_says_so(raw: str, name: str, notes: list[str]) -> None:
    read = read_person_name(raw)
    assert read.name == name
    assert [note.code for note in read.notes] == notes
    assert all(note.severity == "pass" for note in read.notes)


def test_names_with_any_dot_have_one_key() -> None:
    keys = {person_key(f"买买提{dot}艾力") for dot in (*NAME_DOTS, ".", " · ")}
    assert keys == {"买买提·艾力"}
    assert person_key("㛃䶮") != person_key("婕龑")


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        ("张\ue000", "self-made character"),
        ("张\u200b三", "cannot be seen"),
        ("张\u202e三", "cannot be seen"),
        ("张三1", "signs or digits"),
        ("张三(代)", "signs or digits"),
        ("张", "2 to 50"),
        ("张" * 51, "2 to 50"),
    ],
)
def test_a_refused_name_says_why(raw: str, sentence: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_person_name(raw)
    assert sentence in str(refused.value.findings[0].message)
