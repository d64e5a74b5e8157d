"""What else a word of a search is written as: other names of the body it names, numbers of documents, simplified characters.

A body is looked for by all its names and by those of the bodies before and after it (``agencies.successor``). A short name of
a body in every region (市发改委) is taken for what most of them are called in its place (市发展和改革委员会), and so is the end of a name
without its region (市场监管局). So the number of names is bounded, and the name of one body does not bring in those of others.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from normalizers.text.character_forms import is_traditional_character, simplified_forms
from normalizers.text.fold import fold
from storage.batches import batches
from storage.identity import text_key
from storage.registers import agencies, agency_names

MOST = 12
"""Names that are looked for in the place of one."""
_FEW = 3
"""So many bodies of one name are meant one by one; of more, what most of them are called."""
_SHARE = 0.3
_STEPS = 4
"""Reorganisations that are followed, before and after."""
_BODIES = 60
_SHORTEST, _LONGEST = 3, 40
_ENDS = (*"委局办厅部院行会室署处关", "中心", "政府", "银行")
_REGIONS = (*"省市区县旗州盟", "国家")
_NUMBER = re.compile(r"(.*?)((?:19|20)\d\d)第?0*([1-9]\d{0,5})号(.*)", re.DOTALL)


# --- bodies --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Named:
    body: str
    name: str
    kind: str

    @property
    def folded(self) -> str:
        return fold(self.name)

    @property
    def is_general(self) -> bool:
        """Tell whether others are called so, too, each in its own region."""
        return self.kind == "context-alias"


def names_of(connection: Connection, word: str) -> list[str]:
    """Return what else the body is called that a folded word names: its own names first; empty where it names none."""
    if not 1 < len(word) <= _LONGEST:
        return []
    meant = _meant(connection, word)
    own = dict.fromkeys(each.body for each in meant)
    if not own:
        return []
    whole = any(each.folded == word for each in meant)
    general = not whole or any(each.is_general for each in meant)
    named = _by_body(connection, own)
    heads = {body: _heads(named[body], word) if general else {""} for body in own}
    family = _family(connection, heads)
    named |= _by_body(connection, [body for body in family if body not in own])
    least = 1 if len(own) <= _FEW else max(2, round(_SHARE * len(own)))
    votes = Counter(name for body, some in family.items() for name in {*_in_place(named[body], some, contexts=general and whole)})
    of_its_own = {name for body in own for name in _in_place(named[body], heads[body], contexts=general and whole)}
    found = [name for name, count in votes.items() if count >= least and fold(name) != word and len(name) >= _SHORTEST]
    if general:
        # What is left of a name behind too long a region is the end of a word (场监管局).
        longer = (word, *found) if whole else (word,)
        found = [name for name in found if not any(each != name and each.endswith(name) for each in longer)]
    return sorted(found, key=lambda name: (name not in of_its_own, -votes[name], -len(name), name))[:MOST]


def _meant(connection: Connection, word: str) -> list[_Named]:
    """Return the names that a word is, else those that are it behind the name of a region."""
    n = agency_names.c
    whole = _names(connection, n.name_key == text_key(word))
    if whole or len(word) < _SHORTEST or not word.endswith(_ENDS):
        return whole[:_BODIES]
    found = _names(connection, n.name.endswith(word, autoescape=True), _BODIES)
    return [each for each in found if each.folded.removesuffix(word).endswith(_REGIONS)]


def _names(connection: Connection, condition: ColumnElement[bool], most: int | None = None) -> list[_Named]:
    n = agency_names.c
    query = select(n.agency_id, n.name, n.kind).where(condition).order_by(n.agency_id, n.position).limit(most)
    return [_Named(row.agency_id, row.name, row.kind) for row in connection.execute(query)]


def _by_body(connection: Connection, some: Iterable[str]) -> dict[str, list[_Named]]:
    found: dict[str, list[_Named]] = {body: [] for body in some}
    for part in batches(found):
        for each in _names(connection, agency_names.c.agency_id.in_(part)):
            found[each.body].append(each)
    return found


def _heads(names: Sequence[_Named], word: str) -> set[str]:
    """Return what stands before the word in the whole names of a body, the shortest; behind a bare word the whole region's name."""
    whole = (each.folded for each in names if not each.is_general)
    found = sorted({name.removesuffix(word) for name in whole if name.endswith(word)}, key=len)
    is_context = any(each.is_general and each.folded == word for each in names)
    regions = found if is_context else [head for head in reversed(found) if head.endswith(_REGIONS)]
    return set(regions[:1])


def _family(connection: Connection, heads: dict[str, set[str]]) -> dict[str, set[str]]:
    """Return bodies with those that came after them, and those that were before: the heads of their names are the same."""
    found = dict(heads)
    for after in (True, False):
        waiting = dict(heads)
        for _ in range(_STEPS):
            pairs = [(one, other) if after else (other, one) for one, other in _successions(connection, list(waiting), after=after)]
            waiting = {there: waiting[here] for here, there in pairs if there not in found and len(found) < 2 * _BODIES}
            found |= waiting
    return found


def _successions(connection: Connection, some: Sequence[str], *, after: bool) -> list[Any]:
    g = agencies.c
    rows: list[Any] = []
    for part in batches(some):
        here = g.id.in_(part) if after else g.successor.in_(part)
        rows += connection.execute(select(g.id, g.successor).where(g.successor != "", here).order_by(g.id)).all()
    return rows


def _in_place(names: Sequence[_Named], heads: Iterable[str], *, contexts: bool) -> Iterable[str]:
    """Yield what stands in the names of a body where the word stands in another: without the region before it."""
    for each in names:
        if each.is_general:
            yield from [each.name] if contexts else []
            continue
        for head in heads:
            if not head:
                yield each.name
            elif each.folded.startswith(head):
                yield each.folded[len(head) :]


# --- spellings -----------------------------------------------------------------------------------------------------------


def spellings(word: str, *, traditional: bool) -> list[str]:
    """Return the spellings of a folded word, itself first; ``traditional`` tells that the question is in traditional characters.

    Stored texts are simplified. The word as it was typed is looked for in any case: a converter takes 乾县 from its bearer.
    """
    found = [word]
    if traditional:
        found += [_simplified(word, sure=True), _simplified(word, sure=False)]
    return list(dict.fromkeys(each for one in found for each in (one, *_numbers(one))))


def is_traditional(query: str) -> bool:
    """Tell whether a question holds a character that simplified text does not."""
    return any(is_traditional_character(char) for char in query)


@cache
def _sure() -> dict[str, str]:
    return {char: form for char, form in simplified_forms().items() if is_traditional_character(char)}


def _simplified(word: str, *, sure: bool) -> str:
    """Return a word in simplified characters; ``sure`` leaves alone those that simplified text holds, too (乾, 著, 於)."""
    forms = _sure() if sure else simplified_forms()
    return "".join(forms.get(char, char) for char in word)


def _numbers(word: str) -> list[str]:
    """Return the spellings of a document's number (沪府发〔2024〕7号, 第7号, 第007号), folded; empty where the word holds none."""
    found = _NUMBER.fullmatch(word)
    if found is None:
        return []
    before, year, count, after = found.groups()
    return [f"{before}{year}{between}{count}号{after}" for between in ("", "第")]


def least(alternatives: Iterable[str]) -> tuple[str, ...]:
    """Return the alternatives without those in which another one stands: who looks for that finds them all the same."""
    found = list(dict.fromkeys(alternatives))
    return tuple(each for each in found if not any(other != each and other in each for other in found))
