"""ID numbers, phones and names as people type them (security.md part 8: 40, 20 and 24 kinds)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provincial.core.identity import (
    id_check_character,
    parse_id_number,
    parse_mobile,
    parse_person_name,
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
