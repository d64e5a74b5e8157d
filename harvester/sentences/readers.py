"""What readers of files say of a document, in the reader's language: stored as English sentences, which are known by their fixed words.

``readers.txt`` has them, one a line, with ``{n}``, ``{m}``, ``{k}`` in the place of numbers and other names in that of anything else.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from harvester.messages import _

LONGEST = 1000
"""Characters of a sentence that is looked up; a longer one is told as it is."""
_FIELD = re.compile(r"\{(\w+)\}")
_NUMBERS = frozenset({"n", "m", "k"})


def sentence(said: str, lang: str) -> str:
    """Return a sentence of a reader in a language, as it is where it is not known."""
    if lang == "en" or len(said) > LONGEST:
        return said
    for template, pattern in _known():
        if found := pattern.fullmatch(said):
            return _(template, lang).format(**found.groupdict())
    return said


@cache
def _known() -> tuple[tuple[str, re.Pattern[str]], ...]:
    lines = files("harvester.sentences").joinpath("readers.txt").read_text(encoding="utf-8").splitlines()
    return tuple((line, re.compile(_pattern(line))) for line in lines)


def _pattern(template: str) -> str:
    seen: set[str] = set()
    out: list[str] = []
    for at, piece in enumerate(_FIELD.split(template)):
        if at % 2 == 0:
            out.append(re.escape(piece))
        elif piece in seen:
            out.append(f"(?P={piece})")
        else:
            seen.add(piece)
            out.append(f"(?P<{piece}>{'[0-9]{1,12}' if piece in _NUMBERS else '.{1,300}?'})")
    return "".join(out)
