"""How names of people sound: the keys on which lists are searched and ordered."""

from __future__ import annotations

from functools import lru_cache

from pypinyin import lazy_pinyin

from provincial.core.identity import match_key

#: Surnames that sound otherwise than the character commonly does.
_SURNAMES = {
    "单于": "chan yu",
    "万俟": "mo qi",
    "尉迟": "yu chi",
    "长孙": "zhang sun",
    "澹台": "tan tai",
    "单": "shan",
    "曾": "zeng",
    "仇": "qiu",
    "解": "xie",
    "查": "zha",
    "盖": "ge",
    "区": "ou",
    "朴": "piao",
    "乐": "yue",
    "翟": "zhai",
    "员": "yun",
    "覃": "qin",
    "繁": "po",
    "折": "she",
    "秘": "bi",
    "缪": "miao",
    "洗": "xian",
    "黑": "he",
    "种": "chong",
    "重": "chong",
    "牟": "mu",
    "祭": "zhai",
    "隗": "wei",
    "召": "shao",
    "藏": "zang",
    "都": "du",
    "郇": "xun",
    "阚": "kan",
    "佴": "nai",
    "卜": "bu",
    "薄": "bo",
    "炅": "gui",
    "粘": "nian",
    "任": "ren",
    "尉": "wei",
}


@lru_cache(maxsize=20_000)
def _sounds(words: str) -> tuple[str, ...]:
    return tuple(lazy_pinyin(words))


def person_search_key(name: str) -> str:
    """The sound of a name and its initials, for search and order: ``shanxiaoming sxm``.

    The surname is read as surnames sound (单 shan, 曾 zeng), the rest as in words.
    """
    key = match_key(name)
    family = key[:2] if key[:2] in _SURNAMES else key[:1]
    spoken = _SURNAMES.get(family)
    given = key[len(family) :]
    if spoken:
        sounds: list[str] = [*spoken.split(), *_sounds(given)]
    elif len(given) > 1 and not family.isascii():
        # A phrase of surname and given name would be a coincidence; given names recur in a list.
        sounds = [*_sounds(family), *_sounds(given)]
    else:
        sounds = [*_sounds(key)]
    return f"{''.join(sounds)} {''.join(sound[:1] for sound in sounds)}"[:300]
