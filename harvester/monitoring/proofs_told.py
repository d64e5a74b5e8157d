"""The proof of proposed selectors in sentences: what reading the archived pages with them gave."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from harvester.messages import _, counted

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One thing that a proof found, and whether it speaks for the selectors."""

    text: str
    good: bool


def proof_told(proof: Row, lang: str, *, articles: bool) -> Iterator[Sentence]:
    """Yield what reading the archived pages with the proposed selectors gave, a sentence each."""
    pages = _count(proof, "pages")
    yield Sentence(counted("{n} page that was not read is read", "{n} pages that were not read are read", pages, lang), pages > 0)
    yield (_of_articles if articles else _of_lists)(proof, lang)
    same, good = _count(proof, "same"), _count(proof, "good")
    if good:
        yield Sentence(_("{same} of {good} pages that were read well are read as before", lang).format(same=same, good=good), same == good)
    else:
        yield Sentence(_("no page that was read well is kept to hold it against", lang), good=False)


def _of_lists(proof: Row, lang: str) -> Sentence:
    items, known, dated = (_count(proof, name) for name in ("items", "known", "dated"))
    told = counted(
        "{n} line of lists: {known} of a known document, {dated} with a day",
        "{n} lines of lists: {known} of known documents, {dated} with a day",
        items, lang, known=known, dated=dated,
    )  # fmt: skip
    return Sentence(told, good=0 < items == dated and known > 0)


def _of_articles(proof: Row, lang: str) -> Sentence:
    known, derived = _count(proof, "known"), _count(proof, "derived")
    told = counted(
        "{derived} of {n} known document has the text that is stored",
        "{derived} of {n} known documents have the text that is stored",
        known,
        lang,
        derived=derived,
    )
    return Sentence(told, good=known > 0 and derived * 2 >= known)


def _count(proof: Row, name: str) -> int:
    value = proof.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
