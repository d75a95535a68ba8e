"""Every sentence a student can see, in English and Korean, and the language they are shown in.

One TOML file per area and language: `en/check.toml`, `en/channel_attention.toml`, and the same names in `ko/`. A key
is the path to a sentence, `check.not_written` or `channel_attention.mistake.softmax`.
"""

import locale
import os
import re
import tomllib
from functools import cache
from pathlib import Path, PurePath
from typing import Any

LANGUAGES = ("en", "ko")
FOLDER = Path(__file__).parent

_chosen: str | None = None


def in_language(notebook: str, language: str) -> str:
    """What a notebook is called where those of all languages lie in one folder: `channel_attention_ko`."""
    return notebook if language == LANGUAGES[0] else f"{notebook}_{language}"


def set_language(language: str | None) -> None:
    """Choose the language of every later sentence; None goes back to finding it out.

    Raises: ValueError if the course has no such language.
    """
    global _chosen
    if language is not None and language not in LANGUAGES:
        raise ValueError(f"Unknown language. Expected one of {LANGUAGES}. Received: language={language!r}")
    _chosen = language


def current_language() -> str:
    """The reader's language: chosen, else told by the environment, else by where the notebook lies, else English."""
    if _chosen:
        return _chosen
    # JPY_SESSION_NAME is the notebook's path, which Jupyter Server sets for each kernel.
    paths = (os.environ.get("JPY_SESSION_NAME", ""), Path.cwd())
    named = PurePath(paths[0]).stem.rpartition("_")[2]  # channel_attention_ko
    folders = [part for path in paths for part in reversed(PurePath(path).parts) if part in LANGUAGES]
    system = (locale.getlocale()[0] or os.environ.get("LANG", ""))[:2].lower()
    for found in (os.environ.get("COURSE_LANGUAGE"), named, *folders, system):
        if found in LANGUAGES:
            return found
    return "en"


@cache
def catalogue(language: str) -> dict[str, Any]:
    """All sentences of a language: file name -> key -> sentence, or a table of sentences."""
    return {path.stem: tomllib.loads(path.read_text("utf-8")) for path in sorted((FOLDER / language).glob("*.toml"))}


def sentence(key: str, language: str) -> str | None:
    """The sentence called `key` with its placeholders still in it, or None if there is none."""
    entry: object = catalogue(language)
    for part in key.split("."):
        entry = entry.get(part) if isinstance(entry, dict) else None
    return entry if isinstance(entry, str) else None


def network_name(name: str, language: str | None = None) -> str:
    """The name of a network in a language, whole or part by part; what has no other name keeps its own.

    Args:
        name: as the results have it, `plain, 20 layers`.
        language: by default the reader's.
    """
    names = catalogue(language or current_language())["network"]
    parts = [name] if name in names else re.split(r"(, | \+ )", name)
    return "".join(names.get(part, part) for part in parts)


def say(key: str, language: str | None = None, /, **values: object) -> str:
    """The sentence called `key`, with `{placeholders}` filled from `values`.

    Raises: KeyError if there is no such sentence.
    """
    language = language or current_language()
    found = sentence(key, language)
    if found is None:
        raise KeyError(f"No message {key!r} in {language!r}")
    return found.format(**values)
