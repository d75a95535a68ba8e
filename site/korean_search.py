"""Korean words for the search: they are found with whatever particle they carry."""

import re

from sphinx.search import SearchLanguage

HANGUL = re.compile(r"[가-힣]+")


class SearchKorean(SearchLanguage):
    """Puts into the index, for each word in Hangul, everything that it begins with.

    Particles follow a noun without a space, so 채널을 is found by 채널, and a stem by what is conjugated from it.
    """

    lang = "ko"
    language_name = "Korean"

    def split(self, input: str) -> list[str]:
        """The words of a text, and the beginnings of Korean ones, from two syllables on."""
        words = super().split(input)
        beginnings = (
            found[:end] for word in words for found in HANGUL.findall(word) for end in range(2, len(found) + 1)
        )
        return [*words, *beginnings]
