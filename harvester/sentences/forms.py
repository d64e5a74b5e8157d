"""A sentence with its blanks: how it is known again in a stored text, and said in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from harvester.messages import _, counted
from harvester.sentences.blanks import BLANKS, Say

Form = str | tuple[str, str]
"""A sentence with its blanks, as ``{section} was not read.``; a pair where it counts: for one of ``{n}``, and for many."""

_BLANK = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Sentence:
    """One form, ready to be found in a text. ``one`` is empty where nothing is counted."""

    many: str
    one: str = ""

    @classmethod
    def of(cls, form: Form) -> Sentence:
        """Return the sentence of a form."""
        return cls(form) if isinstance(form, str) else cls(form[1], form[0])

    @cached_property
    def weight(self) -> int:
        """Return how many of its characters are fixed: of several that fit a text, the one that says most of it is meant."""
        return len(_BLANK.sub("", self.many))

    @cached_property
    def _signs(self) -> tuple[str, str]:
        """Return the longest fixed words of each form: a text with neither is not this sentence, and no pattern is made for it."""
        many, one = (max(_BLANK.split(form)[::2], key=len) for form in (self.many, self.one or self.many))
        return many, one

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile("|".join(_pattern(form, f"_{n}") for n, form in enumerate(filter(None, (self.many, self.one)))), re.DOTALL)

    def said(self, text: str, lang: str, say: Say) -> str | None:
        """Return a text in a language where it is this sentence, else ``None``; ``say`` does the same for a text within it."""
        many, one = self._signs
        if many not in text and one not in text:
            return None
        found = self._pattern.fullmatch(text)
        if found is None:
            return None
        values = {name[:-2]: value for name, value in found.groupdict().items() if value is not None}
        told: dict[str, str] = {}
        for name, value in values.items():
            shown = BLANKS[name].say(value, lang, say)
            if shown is None:
                return None
            told[name] = shown
        return self._filled(told, lang)

    def _filled(self, told: Mapping[str, str], lang: str) -> str:
        if not self.one:
            return _(self.many, lang).format(**told)
        n = int(told["n"].replace(",", ""))
        return counted(self.one, self.many, n, lang, **{name: value for name, value in told.items() if name != "n"})


def _pattern(form: str, mark: str) -> str:
    """Return the pattern of a form; ``mark`` keeps the blanks of two forms apart. A blank that comes again holds the same words."""
    pieces = _BLANK.split(form)
    fixed = [re.escape(piece) for piece in pieces[::2]]
    names = pieces[1::2]
    blanks = [
        f"(?P={name}{mark})" if name in names[:place] else f"(?P<{name}{mark}>{BLANKS[name].pattern})" for place, name in enumerate(names)
    ]
    return "".join(piece + blank for piece, blank in zip(fixed, [*blanks, ""], strict=True))
