"""What it takes to tie names of bodies to the bodies they mean, beside rapidfuzz ``process.extractOne`` over the same names.

python -m benchmarks.resolving [--json]

Speed: mentions that the process has not been asked before (a short or a full name in a document of a region on a day), the same again,
and a new process that reads its tables first. Correctness: the 1,237 labelled mentions of ``tests/agencies/resolution``.

The rival gets every help a user would give it: the region's name in front of the mention; among the names the right one of every labelled
mention (the gazetteer's departments are composed, not listed); and the scorer and cut-off that of those tried got most right: ``ratio``
with 70. Jaro-Winkler, ``token_set_ratio`` and the default ``WRatio`` got less; the default has the same bar in figures of its own.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from rapidfuzz import fuzz, process

from benchmarks.figures import ROUNDS, Figure, Times, by_turns, main, next_of, rates, turns
from normalizers.agencies import Context, gazetteer, regions, resolve
from tests.agencies.resolution.cases import Case, by_hand, composed

ROOT = Path(__file__).resolve().parents[1]
BATCH = 400
"""Mentions of one round."""
DEFAULTS = 40
"""Mentions of one round for the default scorer, which takes ten times as long."""
AGAIN = 20
"""How often known mentions are asked again in one round: once would be too short for the clock."""
HARVEST = 10_000
"""Mentions over which a new process's reading of its tables is spread: 125 documents of 40 rows with two bodies each."""
PROCESSES = 3
"""Rounds with new processes: each takes seconds."""
CUTOFF = 70
BAR = 50.0

STEMS = (
    (
        "发展改革委",
        "市场监管局",
        "人力资源社会保障局",
        "住房城乡建设局",
        "农业农村局",
        "卫生健康委",
        "财政局",
        "教育局",
        "民政局",
        "司法局",
    ),
    ("公安局", "审计局", "交通运输局", "商务局", "应急管理局", "文化和旅游局", "统计局", "水利局", "医保局", "退役军人局"),
    ("委宣传部", "委组织部", "委政法委", "人民法院", "人民检察院", "人民政府", "税务局", "生态环境局", "信用办", "人民政府办公室"),
)
"""What stands behind a region or a level word in the cells of work plans."""

OURS = """
import json, sys, time
mentions = json.load(open(sys.argv[1], encoding="utf-8"))
begun = time.process_time()
from datetime import date
from normalizers.agencies import Context, resolve
for mention, region, on in mentions:
    resolve(mention, Context(region, date.fromisoformat(on)))
print(time.process_time() - begun)
"""
THEIRS = f"""
import json, sys, time
mentions = json.load(open(sys.argv[1], encoding="utf-8"))
begun = time.process_time()
from rapidfuzz import fuzz, process
names = json.load(open(sys.argv[2], encoding="utf-8"))
for mention, *_ in mentions:
    process.extractOne(mention, names, scorer=fuzz.ratio, score_cutoff={CUTOFF})
print(time.process_time() - begun)
"""

Mention = tuple[str, str, date]
"""A name as printed, the home region of its document, and the document's day."""


def mentions(drawn: random.Random) -> Iterator[Mention]:
    """Yield mentions, each once: half behind a level word in the region's own document, half in full in its province's."""
    stems = [stem for row in STEMS for stem in row]
    places = [place for place in regions().all if place.level != "province" and place.validity.end is None]
    seen: set[tuple[str, str]] = set()
    while True:
        place, stem = drawn.choice(places), drawn.choice(stems)
        short = drawn.random() < 0.5
        text, home = (place.name[-1] + stem, place.code) if short else (regions().path(place) + stem, place.province)
        if (text, home) not in seen:
            seen.add((text, home))
            yield text, home, date(2012, 1, 1) + timedelta(days=drawn.randrange(5000))


def names(cases: Sequence[Case]) -> dict[str, str]:
    """Return the full name of a body by every name that is safe anywhere, the right names of labelled mentions among them."""
    found = {name: entry.name for entry in gazetteer().entries for name in (entry.name, *entry.names)}
    return found | {case.name: case.name for case in cases if case.name}


def placed(text: str, home: str) -> str:
    """Return a mention with the region's name in front, as one would ask a list of full names for it."""
    table = regions()
    if table.prefix(text):
        return text
    region = table.target(text[0], home) if text[0] in "省市区县" else table.by_code.get(home)
    if region is None:
        return text
    return region.name + (text[1:] if text[0] in "省市区县" else text)


def ask_us(asked: Sequence[Mention]) -> None:
    """Resolve mentions, each in a document of its own."""
    for text, home, on in asked:
        resolve(text, Context(home, on))


def ask_them(choices: Sequence[str], scorer: Callable[..., float], cutoff: float, asked: Sequence[str]) -> None:
    """Look mentions up, the region already in front."""
    for text in asked:
        process.extractOne(text, choices, scorer=scorer, score_cutoff=cutoff)


def right(cases: Sequence[Case], known: dict[str, str]) -> dict[str, object]:
    """Return how many of the labelled mentions each side gets right; what must stay unresolved counts, too."""
    choices = list(known)
    found = [process.extractOne(placed(case.mention, case.region), choices, scorer=fuzz.ratio, score_cutoff=CUTOFF) for case in cases]
    theirs = sum((known[best[0]] if best else "") == case.name for best, case in zip(found, cases, strict=True))
    ours = sum((resolve(case.mention, Context(case.region, case.on)).name or "") == case.name for case in cases)
    return {"labelled": len(cases), "right": ours, "right of theirs": theirs, "names": len(choices)}


def new_processes(asked: Sequence[Mention], choices: Sequence[str]) -> Times:
    """Return the processor seconds that new processes tell, from the first import to the last answer."""
    with tempfile.TemporaryDirectory() as folder:
        mine, queries, listed = (Path(folder) / name for name in ("mentions.json", "queries.json", "names.json"))
        mine.write_text(json.dumps([(text, home, on.isoformat()) for text, home, on in asked]), "utf-8")
        queries.write_text(json.dumps([(placed(text, home),) for text, home, _ in asked]), "utf-8")
        listed.write_text(json.dumps(list(choices)), "utf-8")
        calls = {"ours": [OURS, str(mine)], "rapidfuzz": [THEIRS, str(queries), str(listed)]}
        times: Times = {name: [] for name in calls}
        for number in range(PROCESSES):
            for name in turns(calls, number):
                done = subprocess.run([sys.executable, "-c", *calls[name]], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
                times[name].append(float(done.stdout))
    return times


def beside(drawn: Iterator[Mention], rival: Callable[[Sequence[str]], None], size: int) -> tuple[Times, Times]:
    """Return the times of new mentions beside the rival's, and of known ones: those of the round that does not count."""
    rounds = [[next(drawn) for _ in range(size)] for _ in range(ROUNDS + 1)]
    sides: dict[str, Callable[[], None]] = {
        "new": next_of(ask_us, rounds),
        "known": partial(ask_us, rounds[0] * AGAIN),
        "rapidfuzz": next_of(rival, [[placed(text, home) for text, home, _ in asked] for asked in rounds]),
    }
    times = by_turns(sides, clock=time.process_time)
    return times, times | {"known": [each / AGAIN for each in times["known"]]}


def measure() -> list[Figure]:
    """Ask for new mentions, for known ones, and in new processes."""
    cases = [*composed(), *by_hand()]
    known = names(cases)
    choices, drawn = list(known), mentions(random.Random(1))
    figures = []
    for told, scorer, cutoff, size, bar in (("", fuzz.ratio, CUTOFF, BATCH, BAR), (" (default scorer)", fuzz.WRatio, 0, DEFAULTS, BAR)):
        new, again = beside(drawn, partial(ask_them, choices, scorer, cutoff), size)
        figures.append(rates(f"resolve: new mentions{told}", new, "new", "rapidfuzz", size, "mentions/s", bar=bar))
        figures.append(rates(f"resolve: known mentions{told}", again, "known", "rapidfuzz", size, "mentions/s", bar=bar))
    times = new_processes([next(drawn) for _ in range(HARVEST)], choices)
    name = f"resolve: {HARVEST:,} mentions in a new process"
    figures.append(rates(name, times, "ours", "rapidfuzz", HARVEST, "mentions/s", bar=BAR))
    figures[0].detail.update(right(cases, known))
    return figures


if __name__ == "__main__":
    main(measure, ("rapidfuzz",))
