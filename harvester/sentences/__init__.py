"""Stored sentences, in the reader's language.

Runs, findings, incidents, due runs, proposals and errors keep what they say as English sentences, so that JSON and logs stay the same in
every language. Here stands every form that such a sentence has, with its blanks. Shown to people, a sentence is matched against the forms
as a whole; its Chinese is that of the form (``locale/zh/messages.po``), its blanks are put into it. What fits no form, because another
version of the program or a library wrote it, is shown as it stands: nothing is guessed.

A new sentence is written in the code as an f-string, and its form here; ``tests/cli/test_sentences.py`` fails without, and
``tests/cli/test_every_error.py`` for an error.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice

from harvester.messages import language
from harvester.sentences.calls import MOMENTS, PARSER, RUNS, SCHEDULE, SITES
from harvester.sentences.failures import FAILURES, FILES
from harvester.sentences.findings import OF_A_SECTION, OF_THE_WORK, SEEN_AND_EXPECTED
from harvester.sentences.forms import Form, Sentence
from harvester.sentences.proofs import CHECKS, PROOFS, REASONS
from harvester.sentences.rarely import LOADED, MADE, OPENED, REPORTED, SHOWN
from harvester.sentences.refusals import ASKED, DECIDED, FOUND, KEPT, NAMED, OPERATED, SET, WATCHED
from harvester.sentences.room import ROOM
from harvester.sentences.runs import DUE, ENDS, LISTS, RECORDS
from harvester.sentences.sending import MAIL, RECEIVERS, ROBOTS, WATCHES
from harvester.sentences.sheets import SHEETS
from harvester.sentences.store import DAMAGE, MENDS, REFUSALS, WHAT
from harvester.sentences.storing import STORED
from harvester.sentences.unread import UNREAD

FORMS: tuple[Form, ...] = tuple(
    dict.fromkeys(
        (
            *LISTS, *RECORDS, *ENDS, *DUE, *FAILURES, *FILES, *OF_A_SECTION, *OF_THE_WORK, *SEEN_AND_EXPECTED,
            *PROOFS, *REASONS, *CHECKS, *REFUSALS, *DAMAGE, *WHAT, *MENDS, *MAIL,
            *RECEIVERS, *ROBOTS, *WATCHES,
            *PARSER, *SCHEDULE, *MOMENTS, *RUNS, *SITES, *ASKED, *FOUND, *NAMED, *DECIDED, *WATCHED, *OPERATED, *KEPT, *SET, *ROOM,
            *UNREAD, *SHEETS, *LOADED, *MADE, *REPORTED, *OPENED, *SHOWN, *STORED,
        )
    )
)  # fmt: skip
"""Every form, once."""
SENTENCES = sorted(map(Sentence.of, FORMS), key=lambda sentence: -sentence.weight)
"""The forms as they are tried: those that say most first."""

_END = re.compile(r"(?<=\.) (?=[A-Z…])")
"""Where one sentence ends and another begins."""
_ENDS = 12
"""Places that are tried as the end of a sentence: what somebody asked may stand in it, and be made of such places."""


def said(text: str, lang: str = "") -> str:
    """Return what is stored in a language (``en`` or ``zh``), without one in the user's.

    Of several sentences each is said; what is of no known form, or was cut off, stays as it stands.
    """
    lang = lang or language()
    begun, rest = _first(text, lang)
    if begun is None:
        return _said(text, lang) or text
    told = [begun]
    while rest:
        begun, after = _first(rest, lang)
        told, rest = [*told, begun or _said(rest, lang) or rest], after if begun else ""
    return ("" if lang == "zh" else " ").join(told)


def _first(text: str, lang: str) -> tuple[str | None, str]:
    """Return the first of several sentences in a language, and what comes after it; ``None`` where it is of no known form."""
    for end in islice(_END.finditer(text), _ENDS):
        if told := _said(text[: end.start()], lang):
            return told, text[end.end() :]
    return None, text


@lru_cache(maxsize=4096)
def _said(text: str, lang: str) -> str | None:
    told = (sentence.said(text, lang, _said) for sentence in SENTENCES)
    return next((each for each in told if each is not None), None)
