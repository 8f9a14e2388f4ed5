"""Words of spreadsheets to codes."""

import pytest

from provincial.rulebook import vocabulary
from provincial.rulebook.vocabulary import find_stage, find_subject, split_column


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("语文", "chinese"),
        (" 语 文 ", "chinese"),
        ("信息技术", "information_technology"),
        ("信息科技", "information_technology"),
        ("品德与社会", "ethics_law"),
        ("道德与法治", "ethics_law"),
        ("体育与健康", "physical_education"),
    ],
)
def test_subject_by_name(text: str, code: str) -> None:
    found = find_subject(text)
    assert found is not None
    assert found.code == code


def test_stage_and_joined_heads() -> None:
    stage = find_stage("初中 ")
    assert stage is not None
    assert stage.code == "junior"
    assert [term.code for term in split_column("小学信息技术") or ()] == [
        "primary",
        "information_technology",
    ]
    assert split_column("大学语文") is None
    assert split_column("") is None
    assert find_subject("炼金术") is None


def test_no_name_means_two_things() -> None:
    for terms in (vocabulary.STAGES, vocabulary.SUBJECTS, vocabulary.LEVELS):
        names = [name for term in terms for name in (term.name, *term.aliases)]
        assert len(names) == len(set(names))


def test_every_pair_of_stage_and_subject_reads_back() -> None:
    for stage in vocabulary.STAGES:
        for subject in vocabulary.SUBJECTS:
            head = vocabulary.column_name(stage.code, subject.code)
            assert split_column(head) == (stage, subject)
