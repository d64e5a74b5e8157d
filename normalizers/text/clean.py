"""Bring a decoded text into its normal form: one repair a cause, in the order in which one hides another, every line break kept.

References and wrong charsets come first, for they hide everything else. A lost byte comes before letters, which may be halves of
characters; where a text is annotated, the readings tell more of lost bytes than the words around them. Readings come before radicals
and private use, which bytes read one off may look like, and before script, which tells them from glosses. Blanks come last, for words
are known best in the normal form.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from normalizers.records import Repair, Suggestion
from normalizers.text import entities, leftovers, mojibake, slipped, spacing, width
from normalizers.text import script as scripts
from normalizers.text.character_forms import traditional_only
from normalizers.text.damage import BRACKET, BRACKET_BEGINS
from normalizers.text.outcome import Outcome, summed
from normalizers.text.repair import repair
from normalizers.text.signs import Signs
from normalizers.text.slips import suggest

MOST_ROUNDS = 6
"""Putting one thing right may bring another to light; no text tried took more than four rounds."""


@dataclass(frozen=True, slots=True)
class Cleaned:
    """``text`` in its normal form with the line breaks of the input; ``script`` is what was found: simplified, traditional or mixed."""

    text: str
    repairs: tuple[Repair, ...] = ()
    warnings: tuple[str, ...] = ()
    script: str = scripts.SIMPLIFIED

    @property
    def suggestions(self) -> tuple[Suggestion, ...]:
        """The places of ``text`` that look like slips of recognition or typing; looked for only when asked."""
        return suggest(self.text)


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause of damage: a text has it that shows a sign that is ``enough``, or one of ``signs`` and ``may_be``, which looks closer.

    ``mend`` puts it right.
    """

    signs: tuple[str, ...]
    may_be: Callable[[str], bool]
    mend: Callable[[str], Outcome]
    enough: tuple[str, ...] = ()


CAUSES = (
    Cause(("reference",), entities.has_references, entities.unescape),
    Cause(("wide", "misread twice"), mojibake.may_be_misread, mojibake.turned_back, enough=("western",)),
    Cause(("lost byte",), lambda text: slipped.may_be_off(text) and not BRACKET.search(text), slipped.realign),
    Cause(("odd form",), width.needs_width, width.letters),
    Cause(("reading",), lambda text: BRACKET.search(text) is not None, repair),
    Cause(("odd form",), width.needs_width, width.forms),
    Cause(("leftover", "leftover word"), leftovers.has_leftovers, leftovers.take_out),
)
"""In the order of repair. Script follows these, and blanks follow script."""

BLANKS = Cause(("blank",), spacing.has_stray_blanks, spacing.close_up)


@lru_cache(maxsize=1)
def _signs() -> Signs:
    """Return the signs of all causes, and the characters that simplified text does not hold."""
    leftover, leftover_word = leftovers.signs()
    single = {
        "reference": entities.SIGN,
        "western": mojibake.WESTERN_LETTER,
        "wide": mojibake.wide(),
        "lost byte": slipped.SIGN,
        "odd form": width.SIGN,
        "traditional": traditional_only(),
        "leftover": leftover,
        "blank": spacing.SIGN,
    }
    pairs = {"misread twice": mojibake.pair(), "reading": BRACKET_BEGINS, "leftover word": leftover_word}
    return Signs(single, pairs, beyond=["odd form"])


def clean(text: str, *, script: str = scripts.SIMPLIFIED) -> Cleaned:
    """Return the text repaired and in one width and script.

    ``script`` is ``simplified``, ``traditional`` or ``keep``. Cleaning what is clean changes nothing, and neither does cleaning twice.
    Raises ``ValueError`` for any other script.
    """
    if script not in (scripts.SIMPLIFIED, scripts.TRADITIONAL, scripts.KEEP):
        raise ValueError(f"There is no script {script!r}; use simplified, traditional or keep.")
    mended = _Patient(text)
    found = _round(mended, script)
    warnings, told = tuple(mended.warnings), len(mended.repairs)
    for _ in range(MOST_ROUNDS - 1):
        if mended.text == text:
            break
        text = mended.text
        _round(mended, script)
    # What a round leaves is left by the next one again.
    repairs = [*mended.repairs[:told], *(repair for repair in mended.repairs[told:] if repair.count)]
    return Cleaned(mended.text, summed(repairs), warnings, found)


def _round(mended: _Patient, script: str) -> str:
    """Treat every cause once and return the script that the text was in."""
    if mended.is_sound and script != scripts.TRADITIONAL:
        return scripts.SIMPLIFIED
    for cause in CAUSES:
        mended.treat(cause)
    found = mended.convert(script)
    mended.treat(BLANKS)
    return found


class _Patient:
    """A text under repair and the signs it shows: a sound text costs no more than the look at them."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.repairs: list[Repair] = []
        self.warnings: list[str] = []
        self._shown = _signs().shown(text)

    @property
    def is_sound(self) -> bool:
        """Tell whether the text shows no sign at all, not even of the other script."""
        return not self._shown

    def treat(self, cause: Cause) -> None:
        """Mend one cause where the text shows it."""
        if not self._shows(*cause.enough) and not (self._shows(*cause.signs) and cause.may_be(self.text)):
            return
        outcome = cause.mend(self.text)
        self.repairs += outcome.repairs
        self.warnings += outcome.warnings
        self._take(outcome.text)

    def convert(self, script: str) -> str:
        """Bring the text into a script and return the one it was in."""
        if script != scripts.TRADITIONAL and not self._shows("traditional"):
            return scripts.SIMPLIFIED
        if script == scripts.KEEP:
            return scripts.detect(self.text)
        converted = scripts.to_simplified(self.text) if script == scripts.SIMPLIFIED else scripts.to_traditional(self.text)
        if converted.count:
            self.repairs.append(Repair("script", converted.count))
        self._take(converted.text)
        return converted.script

    def _take(self, text: str) -> None:
        if text != self.text:
            self.text = text
            self._shown = _signs().shown(text)

    def _shows(self, *signs: str) -> bool:
        return any(self._shown & _signs().bits[sign] for sign in signs)
