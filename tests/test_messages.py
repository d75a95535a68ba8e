"""Both languages have the same sentences with the same placeholders, and everything the code asks for is there."""

import re
import string

import pytest

from curriculum import messages
from curriculum.exercises import all_names
from curriculum.paths import REPOSITORY


def sentences(entry: dict, prefix: str = "") -> dict[str, str]:
    """Flatten a catalogue: `check.passed` -> sentence."""
    flat = {}
    for key, value in entry.items():
        flat |= sentences(value, f"{prefix}{key}.") if isinstance(value, dict) else {f"{prefix}{key}": value}
    return flat


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


ENGLISH, *TRANSLATED = (sentences(messages.catalogue(language)) for language in messages.LANGUAGES)
KOREAN = sentences(messages.catalogue("ko"))


def test_all_languages_have_the_same_keys():
    assert TRANSLATED and all(set(ENGLISH) == set(translated) for translated in TRANSLATED)
    assert len(ENGLISH) > 50


@pytest.mark.parametrize("key", sorted(ENGLISH))
def test_placeholders_agree(key: str):
    assert all(placeholders(ENGLISH[key]) == placeholders(translated[key]) for translated in TRANSLATED)


@pytest.mark.parametrize("key", sorted(KOREAN))
def test_korean_is_korean(key: str):
    # The last hint may be nothing but code, and a sentence nothing but other sentences.
    words = re.sub(r"\{\w+\}", "", KOREAN[key])
    assert re.search("[가-힣]", words) or key.endswith("hint_3") or not re.search("[a-z]", words)


@pytest.mark.parametrize("name", all_names())
def test_every_exercise_has_three_hints(name: str):
    assert all(f"{name}.hint_{step}" in ENGLISH for step in (1, 2, 3))


def test_every_problem_kind_has_a_sentence():
    from autograder.checking.error_kinds import KINDS
    from autograder.checking.problems import REFINED

    sources = [
        (REPOSITORY / "autograder" / "checking" / name).read_text("utf-8") for name in ("measure.py", "returned.py")
    ]
    kinds = {kind.name for kind in KINDS} | {"raised"} | set(re.findall(r'"((?:returned|not_a)_\w+)"', sources[1]))
    kinds |= {kind for source in sources for kind in re.findall(r'Problem\("(\w+)"', source)}
    always_refined = {"merge_or_self", "import_unknown"}
    assert set(REFINED) <= kinds and len(kinds) > 100
    for kind in kinds - always_refined:
        assert f"finding.problem.{kind}.what" in ENGLISH or f"error.{kind}.what" in ENGLISH


def test_say_fills_placeholders_in_the_language_asked_for():
    assert messages.say("check.passed", "en", exercise="double", total=2) == "✓ double: all 2 points."
    assert (
        messages.say("check.passed", "ko", exercise="double", total=2)
        == "✓ double: 2점 만점에 2점입니다. 잘하셨습니다."
    )


def test_unknown_key_is_an_error():
    with pytest.raises(KeyError, match=r"check\.nonsense"):
        messages.say("check.nonsense", "en")


def test_unknown_language_is_an_error():
    with pytest.raises(ValueError, match="'fr'"):
        messages.set_language("fr")


@pytest.mark.parametrize(
    ("session", "folder", "variable", "expected"),
    [
        ("course/ko/3-channel-attention/channel_attention.ipynb", "x", None, "ko"),
        ("course/en/3-channel-attention/channel_attention.ipynb", "ko", None, "en"),
        ("", "course/ko/0-start-here", None, "ko"),
        ("", "somewhere", None, "en"),
        ("course/en/x.ipynb", "x", "ko", "ko"),
    ],
)
def test_language_is_found_by_where_the_notebook_lies(session, folder, variable, expected, monkeypatch, tmp_path):
    for name in ("LANG", "LC_ALL", "COURSE_LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("locale.getlocale", lambda: (None, None))
    monkeypatch.setenv("JPY_SESSION_NAME", session)
    if variable:
        monkeypatch.setenv("COURSE_LANGUAGE", variable)
    (tmp_path / folder).mkdir(parents=True)
    monkeypatch.chdir(tmp_path / folder)
    assert messages.current_language() == expected
