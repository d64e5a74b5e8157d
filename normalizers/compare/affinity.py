"""How much passages of two papers speak of one matter: by rare terms they share, by who does it, by the section they stand in.

The three are independent witnesses and are joined as such (noisy or): ``1 - (1 - text) (1 - section) (1 - body)``. Each is worth as much as
it tells apart: a term, body or section that every passage has is worth nothing.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from normalizers.compare.passages import Features, matched_duties
from normalizers.compare.rare_terms import Weights, weigh

FEW = 40
"""Passages to take for granted where two papers have fewer, so that in a short paper not every term is rare."""
LEAST_TERMS = 30
"""Terms of two passages' own that a text is taken to have at least: of a short text a chance word must not be half of all."""
LEAST_SECTION_MASS = 30.0
"""The same for headings: some four characters."""
STEEPNESS = 3.0
"""A third of the smaller text's weight shared makes a text witness of 0.63, a tenth one of 0.26; chance gives about a tenth."""
SECTION_WEIGHT = 0.4
BODY_WEIGHT = 0.5
"""What the section and the body can be worth at most: neither makes a tie by itself, a body that has one task in each paper almost."""
FEW_BODIES = 20
"""Passages to take for granted for the rarity of a body or section."""
OTHER_FIRST = 0.85
OTHER_BODIES = 0.8
"""What is left of a score where the bodies contradict: another one leads, or others do it although both papers know both."""
SILENT_TEXT = 0.1
SILENT = 0.6
"""Down to what share a score goes as the texts share less than that, unless a single body does both."""
SOLE = 0.9
"""Witness of bodies from which a body counts as the only one of its kind in both papers."""
SAME_SECTION = 0.6
CROWDED = 60
"""Passages that a term may be in to bring two of them together; one of more weighs nothing and costs time."""


@dataclass(frozen=True, slots=True)
class Affinity:
    """How surely two passages are one matter (``score``, 0 to 1), and what its witnesses say, each 0 to 1."""

    score: float
    text: float
    section: float
    body: float


@dataclass(frozen=True, slots=True)
class _Bodies:
    """Who does what in one paper: ``lists`` by passage, ``doing`` whether they do it or are only named there.

    ``holders`` counts the passages of each body, ``first`` those it leads, ``named`` the paragraphs that name it; ``counts`` are all
    paragraphs, and all tasks.
    """

    lists: Sequence[tuple[str, ...]]
    doing: Sequence[bool]
    holders: Mapping[str, int]
    first: Mapping[str, int]
    named: Mapping[str, int]
    counts: tuple[int, int]

    def rarity(self, body: str, at: int) -> float:
        """Return 1 for a body of one passage among many, 0 for one of all; ``at`` is the passage it is asked for."""
        among = self.counts[self.doing[at]]
        return _rarity((self.holders if self.doing[at] else self.named).get(body, among), among)

    def lead_rarity(self, body: str) -> float:
        """Return the same for a body that leads, by the tasks it leads."""
        return _rarity(self.first.get(body, 0) or len(self.lists), sum(self.first.values()))


def _rarity(held: int, among: int) -> float:
    """Return how much something tells apart that ``held`` of ``among`` passages have, 0 to 1."""
    return max(0.0, math.log(among / held) / math.log(max(among, FEW_BODIES))) if held and among else 0.0


def affinities(left: Sequence[Features], right: Sequence[Features], *, same_place: bool) -> list[dict[int, Affinity]]:
    """Return, for each passage of the left paper, its affinity to those of the right one that share anything with it.

    Symmetric: the other way round the same scores come out. ``same_place``: bodies are the same where their names are; else where their
    duties are (省发展改革委 and 市发展改革委).
    """
    texts = _text_witness([f.text for f in left], [f.text for f in right])
    sections = _section_witness([f.section for f in left], [f.section for f in right])
    lists = [f.bodies if same_place else f.duties for f in left], [f.bodies if same_place else f.duties for f in right]
    doers = _bodies(left, lists[0]), _bodies(right, lists[1] if same_place else matched_duties(*lists))
    by_body = _holders(doers[1].lists)
    out: list[dict[int, Affinity]] = []
    for i, found in enumerate(texts):
        near = sorted({*found, *(j for body in doers[0].lists[i] for j in by_body.get(body, ())[:CROWDED])})
        out.append(
            {
                j: _joined(
                    found.get(j, 0.0),
                    sections.get((left[i].section, right[j].section), 0.0),
                    _body_witness(*doers, i, j, same_place=same_place),
                )
                for j in near
            }
        )
    return out


def _joined(text: float, section: float, body: tuple[float, float]) -> Affinity:
    witness, kept = body
    if witness < SOLE:
        kept *= SILENT + (1 - SILENT) * min(1.0, text / SILENT_TEXT)
    score = kept * (1 - (1 - text) * (1 - SECTION_WEIGHT * section) * (1 - BODY_WEIGHT * witness))
    return Affinity(score, text, section, witness)


def _holders(sets: Iterable[Iterable[str]]) -> dict[str, list[int]]:
    """Return which of the sets hold each member."""
    holders: dict[str, list[int]] = defaultdict(list)
    for at, members in enumerate(sets):
        for member in members:
            holders[member].append(at)
    return holders


def _shared(left: Sequence[frozenset[str]], right: Sequence[frozenset[str]], weights: Weights) -> list[dict[int, float]]:
    """Return for each left set the weight of what it shares with those of the right that share anything with it."""
    holders = {term: at for term, at in _holders(right).items() if len(at) <= CROWDED}
    out: list[dict[int, float]] = []
    for terms in left:
        shared: dict[int, float] = defaultdict(float)
        for term in sorted(terms & holders.keys()):  # sorted: a sum of floats depends on their order
            weight = weights.of(term)
            for j in holders[term] if weight else ():
                shared[j] += weight
        out.append(shared)
    return out


def _text_witness(left: Sequence[frozenset[str]], right: Sequence[frozenset[str]]) -> list[dict[int, float]]:
    """Return how much texts share, by the smaller of two: a clause taken out of a long paragraph is all in it."""
    weights = weigh([*left, *right], least=FEW)
    masses = [weights.mass(text) for text in right]
    least = LEAST_TERMS * weights.rare(2)
    out: list[dict[int, float]] = []
    for text, shared in zip(left, _shared(left, right, weights), strict=True):
        mass = weights.mass(text)
        out.append({j: _part(weight, mass, masses[j], least) for j, weight in shared.items()})
    return out


def _part(shared: float, one: float, other: float, least: float) -> float:
    """Return the witness of shared weight: of all the smaller text, or, where both are as short, of both."""
    small, great = min(one, other), max(one, other)
    return min(1.0, max(1 - math.exp(-STEEPNESS * shared / max(small, least)), (shared / great) ** 2))


def _section_witness(left: Sequence[frozenset[str]], right: Sequence[frozenset[str]]) -> dict[tuple[frozenset[str], frozenset[str]], float]:
    """Return, by pairs of sections, how much they are one and how few passages stand in them."""
    ours, theirs = Counter(left), Counter(right)
    ones, others = list(ours), list(theirs)
    weights = weigh([*left, *right], least=FEW_BODIES)
    masses = [weights.mass(section) for section in others]
    alike: dict[tuple[int, int], float] = {}
    for a, shared in enumerate(_shared(ones, others, weights)):
        mass = weights.mass(ones[a])
        alike |= {(a, b): min(1.0, weight / max(min(mass, masses[b]), LEAST_SECTION_MASS)) for b, weight in shared.items()}
    same_left: Counter[int] = Counter()
    same_right: Counter[int] = Counter()
    for (a, b), share in alike.items():
        if share > SAME_SECTION:
            same_right[a] += theirs[others[b]]
            same_left[b] += ours[ones[a]]
    rare_right = [_rarity(max(1, same_right[a]), len(right)) for a in range(len(ones))]
    rare_left = [_rarity(max(1, same_left[b]), len(left)) for b in range(len(others))]
    return {(ones[a], others[b]): share * math.sqrt(rare_right[a] * rare_left[b]) for (a, b), share in alike.items()}


def _bodies(passages: Sequence[Features], lists: Sequence[tuple[str, ...]]) -> _Bodies:
    done = [each for passage, each in zip(passages, lists, strict=True) if passage.doing]
    named = [each for passage, each in zip(passages, lists, strict=True) if not passage.doing]
    return _Bodies(
        lists,
        [passage.doing for passage in passages],
        Counter(body for each in done for body in each),
        Counter(each[0] for each in done if each),
        Counter(body for each in named for body in each),
        (len(named), len(done)),
    )


def _body_witness(ours: _Bodies, theirs: _Bodies, i: int, j: int, *, same_place: bool) -> tuple[float, float]:
    """Return what the bodies say for two passages, 0 to 1, and what is left of the score where they speak against them."""
    one, other = ours.lists[i], theirs.lists[j]
    if not one or not other:
        return 0.0, 1.0
    both = sorted({*one} & {*other})
    witness = 1 - math.prod(1 - math.sqrt(ours.rarity(body, i) * theirs.rarity(body, j)) for body in both)
    if not (ours.doing[i] and theirs.doing[j]):
        return witness, 1.0
    if not both:
        known = any(body in theirs.holders for body in one) and any(body in ours.holders for body in other)
        return 0.0, OTHER_BODIES if known and same_place else 1.0
    witness *= (len(both) / len({*one, *other})) ** 0.25
    if one[0] == other[0]:
        return max(witness, math.sqrt(ours.lead_rarity(one[0]) * theirs.lead_rarity(one[0]))), 1.0
    led_elsewhere = one[0] in theirs.first and other[0] in ours.first
    return witness, OTHER_FIRST if led_elsewhere and same_place else 1.0
