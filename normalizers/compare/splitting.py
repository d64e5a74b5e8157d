"""Tasks that became several, or one out of several: told by what of a text is found again in which."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from normalizers.compare.evidence import Profile, index, shared

STRETCH = 3
"""Characters in a row that two texts share where one was taken over into the other."""
OWN = 0.5
"""Share of a part's text that comes from the whole."""
COVERED = 0.65
"""Share of the whole that its parts cover together."""
BROUGHT = 0.15
"""Share of the whole that each part alone brings: without it the part repeats another one."""
WHOLE = 0.85
"""Share of the whole from which one task alone is its successor, and another one only quotes it."""
NEAREST = 3
"""Wholes that are tried for each part."""
MOST_PARTS = 8
MAX_CHARACTERS = 4000
"""Characters of a text that are looked at: longer ones are chapters, not tasks."""


@dataclass(frozen=True, slots=True)
class Split:
    """A task and what it became, as positions; of a merger the task that is and those that were."""

    whole: int
    parts: tuple[int, ...]


def splits(wholes: Sequence[Profile], parts: Sequence[Profile], partner: dict[int, int]) -> list[Split]:
    """Return which tasks of ``wholes`` are found again in several of ``parts``; ``partner`` pairs wholes with parts so far."""
    taken = set(partner.values())
    free = [profile for profile in parts if profile.at not in taken]
    if not free:
        return []
    claims = _claims(wholes, free, {j: i for i, j in partner.items()})
    out: list[Split] = []
    used: set[int] = set()
    for whole, claimed in sorted(claims.items(), key=lambda item: (-len(item[1]), item[0])):
        known = [*([partner[whole]] if whole in partner else []), *(at for at in claimed if at not in used)]
        kept = _covering(wholes[whole].text, {at: parts[at].text for at in known[: 2 * MOST_PARTS]}, partner.get(whole))
        if kept:
            out.append(Split(whole, tuple(sorted(kept))))
            used.update(kept)
    return sorted(out, key=lambda split: split.whole)


def _claims(wholes: Sequence[Profile], free: Sequence[Profile], whole_of: dict[int, int]) -> dict[int, list[int]]:
    """Return for each whole the parts that may have come from it: those that share much with it, or stand beside its counterpart."""
    claims: dict[int, list[int]] = defaultdict(list)
    holders = index(wholes)
    for part in free:
        found = shared(part, holders)
        likely = [at for at in sorted(found, key=lambda at: (-found[at], at))[:NEAREST] if found[at] >= OWN / 2 * part.weight]
        beside = [whole_of[at] for at in (part.at - 1, part.at + 1) if at in whole_of]
        for whole in dict.fromkeys([*likely, *beside]):
            claims[whole].append(part.at)
    return claims


def _covering(whole: str, texts: dict[int, str], partner: int | None) -> list[int]:
    """Return the parts that make up a whole together, each with a stretch of its own; none where fewer than two do."""
    whole = whole[:MAX_CHARACTERS]
    covers = {at: _cover(whole, text) for at, text in texts.items() if len(_cover(text, whole)) >= OWN * len(text)}
    if partner is not None and (partner not in covers or len(covers[partner]) >= WHOLE * len(whole)):
        return []
    while len(covers) >= 2:
        alone = {at: len(cover - set().union(*(other for o, other in covers.items() if o != at))) for at, cover in covers.items()}
        weakest = min(alone, key=lambda at: (alone[at], at))
        if alone[weakest] >= BROUGHT * len(whole) and len(covers) <= MOST_PARTS:
            break
        if weakest == partner:
            return []
        del covers[weakest]
    enough = len(covers) >= 2 and len(set().union(*covers.values())) >= COVERED * len(whole)
    return list(covers) if enough else []


def _cover(text: str, other: str) -> set[int]:
    """Return the positions of a text that stand in stretches of another one."""
    other = other[:MAX_CHARACTERS]
    known = {other[i : i + STRETCH] for i in range(len(other) - STRETCH + 1)}
    starts = [i for i in range(min(len(text), MAX_CHARACTERS) - STRETCH + 1) if text[i : i + STRETCH] in known]
    return {i + k for i in starts for k in range(STRETCH)}
