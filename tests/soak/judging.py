"""What must hold at the end, as rules that know nothing of where their numbers come from. Each returns what does not hold, in sentences."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import median

from tests.soak.measuring import StoreReading

Points = Sequence[tuple[float, float]]

WARM_UP = 0.25
"""The share of the soak before anything is judged: caches fill, modules are imported when they are first needed."""


_AT_END = 10
"""The last readings of a process, of which one of one moment says little."""


@dataclass(frozen=True, slots=True)
class Bound:
    """By how much something may rise after the warm-up: so much of its median an hour, and so much in all, the larger of both."""

    hourly: float
    least: float


MEMORY = Bound(hourly=0.02, least=4 * 1024)
HANDLES = Bound(hourly=0.0, least=2.0)
THREADS = Bound(hourly=0.0, least=1.5)
"""Of memory (KiB) 2 % an hour, or 4 MiB where that is more: what an allocator hands back late is no leak. Handles: two, threads: one."""


# --- what must be flat ---------------------------------------------------------------------------------------------------------


def slope(points: Points) -> float:
    """Return the rise for each unit of time: the median of the slopes of all pairs (Theil 1950, Sen 1968), which outliers do not move."""
    slopes = [(later[1] - earlier[1]) / (later[0] - earlier[0]) for earlier, later in combinations(points, 2) if later[0] > earlier[0]]
    return median(slopes) if slopes else 0.0


def warm(points: Points, warm_up: float = WARM_UP) -> Points:
    """Return the points after the warm-up."""
    if not points:
        return points
    first, last = points[0][0], points[-1][0]
    return [point for point in points if point[0] >= first + warm_up * (last - first)]


def rise(points: Points) -> float:
    """Return by how much something rose from the end of the warm-up to the last point, by its slope."""
    later = warm(points)
    return slope(later) * (later[-1][0] - later[0][0]) if len(later) > 2 else 0.0


def too_short(points: Points, faults: int) -> Iterator[str]:
    """Yield the sentence of a soak that shows nothing: too few readings for a slope, or no fault."""
    if len(warm(points)) < 3 or not faults:
        yield f"{len(warm(points))} readings after the warm-up and {faults} faults tell nothing: soak for ten minutes or more"


def growing(name: str, what: str, points: Points, bound: Bound) -> Iterator[str]:
    """Yield the sentence of what grows. Time is in seconds."""
    later = warm(points)
    if len(later) < 3:
        return
    hours, usual = (later[-1][0] - later[0][0]) / 3600, median(value for _, value in later)
    allowed = max(bound.least, bound.hourly * usual * hours)
    if (grown := rise(points)) > allowed:
        yield f"{name}: {what} rises by {grown:.0f} in {hours:.2f} h after the warm-up, from {later[0][1]:.0f} (allowed {allowed:.0f})"


def heavier(name: str, old: Points, fresh: Points, bound: Bound) -> Iterator[str]:
    """Yield the sentence of a process that rises, and takes more at its end than one that has just done the same work over the same store.

    One of the two alone is no leak: what a process holds at once rises with the store that it answers from, and so does a new one's; and
    an allocator keeps what the peaks of an old one took, which a new one has not met yet: the old one stands higher, and stands.
    """
    at_end, warmed, later = old[-_AT_END:], warm(fresh), warm(old)
    if len(at_end) < _AT_END or len(warmed) < 3:
        yield f"{name}: {len(old)} readings of it and {len(fresh)} of one beside it are too few to tell: soak for longer"
        return
    usual, seconds = median(value for _, value in warmed), old[-1][0] - old[0][0]
    taken, allowed = median(value for _, value in at_end), max(bound.least, bound.hourly * usual * seconds / 3600)
    if min(taken - usual, risen := slope(later) * seconds) > allowed:
        yield (
            f"{name}: rose by {risen:.0f} in {seconds / 3600:.2f} h to {taken:.0f},"
            f" and takes {usual:.0f} when new over the same store (allowed {allowed:.0f})"
        )


# --- the store -----------------------------------------------------------------------------------------------------------------

SMALL_TABLE = 512 * 1024
"""Bytes below which the pages that a table has begun outweigh its rows."""
LOOSER = 1.2
"""Bytes of a table for each byte that its rows fill may at the end be so many times those after the warm-up."""
LONGER = 1.5
"""Bytes that a row fills, likewise: what rows say differs (an edit more than a new document); one that each run adds to grows more."""
UNUSED_SHARE, UNUSED_LEAST = 0.1, 1 << 20
"""Pages that hold nothing: at most so much of the file, or so many bytes."""
JOURNAL_MOST = 64 << 20


def grown_without_rows(before: StoreReading, after: StoreReading) -> Iterator[str]:
    """Yield the tables whose pages are emptier or whose rows are longer than after the warm-up, and what else no row explains."""
    for table, size in sorted(after.table_bytes.items()):
        was, filled, had = before.table_bytes.get(table, 0), after.filled.get(table, 0), before.filled.get(table, 0)
        if size < SMALL_TABLE or was < SMALL_TABLE / 4 or not before.rows.get(table) or not after.rows.get(table):
            continue
        if (loose := size / filled) > (once := was / had) * LOOSER:
            yield f"{table}: {loose:.2f} bytes for each that its rows fill, {once:.2f} after the warm-up"
        if (each := filled / after.rows[table]) > (once := had / before.rows[table]) * LONGER:
            yield f"{table}: rows of {each:.0f} bytes, {once:.0f} after the warm-up ({before.rows[table]} → {after.rows[table]} rows)"
    if after.unused > max(UNUSED_LEAST, UNUSED_SHARE * after.database):
        yield f"the database has {after.unused} bytes of pages that hold nothing, of {after.database}"
    if after.journal > JOURNAL_MOST:
        yield f"the journal has {after.journal} bytes (allowed {JOURNAL_MOST})"


# --- due runs and runs -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DueRow:
    """A row of what was due: minutes since the epoch at which it was due, its state, its note, and the runs that were made for it."""

    job: str
    minute: int
    state: str
    note: str = ""
    runs: tuple[str, ...] = ()
    crawl: bool = True


UNFINISHED = frozenset({"killed", "stopped", "store"})
"""Causes of runs that say nothing of the due run they were made for."""


def lost_or_double(rows: Iterable[DueRow], wanted: Mapping[str, Collection[int]]) -> Iterator[str]:
    """Yield moments of the schedule without their one row, rows without an end, and rows whose runs are none, or several that ended.

    ``wanted`` are the minutes that the schedule named of each job while a worker lived. ``runs`` of a row are their causes.
    """
    known: dict[tuple[str, int], DueRow] = {}
    for row in rows:
        if (row.job, row.minute) in known:
            yield f"{row.job} has two due runs of minute {row.minute}"
        known[row.job, row.minute] = row
        yield from _badly_ended(row)
    for job, minutes in wanted.items():
        yield from (f"{job}: the due run of minute {minute} was never written" for minute in sorted(minutes) if (job, minute) not in known)
    yield from _stood_for(list(known.values()))


def _badly_ended(row: DueRow) -> Iterator[str]:
    told = f"{row.job}, due at minute {row.minute}"
    if row.state not in ("done", "missed"):
        yield f"{told}: it is {row.state} at the end ({row.note})"
    ended = sum(cause not in UNFINISHED for cause in row.runs)
    if row.crawl and row.state == "done" and ended != 1:
        yield f"{told}: it is done by {ended} runs ({', '.join(row.runs)})"
    if row.state == "missed" and ended:
        yield f"{told}: it is missed and was done"


def _stood_for(rows: Sequence[DueRow]) -> Iterator[str]:
    last = {
        job: max((row.minute for row in rows if row.job == job and row.state == "done"), default=-1) for job in {row.job for row in rows}
    }
    for row in rows:
        if row.state == "missed" and last[row.job] < row.minute:
            yield f"{row.job}, due at minute {row.minute}: it was missed and no later one was done"


@dataclass(frozen=True, slots=True)
class Span:
    """Something that lasted, in seconds of the epoch: a run, a fault, the end of a worker; ``what`` is its cause or name."""

    site: str
    what: str
    begin: float
    end: float

    def meets(self, other: Span, after: float = 0.0) -> bool:
        """Tell whether both were at the same time, or this one began so many seconds after the other's end."""
        return self.begin <= other.end + after and other.begin <= self.end


def unexplained(
    runs: Iterable[Span], faults: Sequence[Span], explains: Mapping[str, Collection[str]], deaths: Sequence[Span], slack: float
) -> Iterator[str]:
    """Yield the runs whose cause no fault of their site explains, and no end of a worker; ``slack`` is in seconds."""
    for run in runs:
        if not run.what:
            continue
        if run.what in UNFINISHED:
            met = any(run.meets(death, slack) for death in deaths)
        else:
            met = any(run.site == fault.site and run.what in explains[fault.what] and run.meets(fault) for fault in faults)
        if not met:
            yield f"{run.site}: a run ended by {run.what!r} at {run.end:.0f}, and nothing that was done to the site explains it"


def at_once(runs: Iterable[Span]) -> Iterator[str]:
    """Yield runs of one site that were at the same time."""
    latest: dict[str, Span] = {}
    for run in sorted(runs, key=lambda run: run.begin):
        before = latest.get(run.site)
        if before is not None and run.begin < before.end:
            yield f"{run.site}: a run began at {run.begin:.0f} before another ended at {before.end:.0f}"
        if before is None or run.end > before.end:
            latest[run.site] = run


def incidents_left(incidents: Iterable[Span], faults: Sequence[Span], grace: float) -> Iterator[str]:
    """Yield the incidents that are open still (``end`` 0), and those that opened where no fault was, nor had been for ``grace`` seconds."""
    for incident in incidents:
        told = f"{incident.site or 'the work'}: the incident {incident.what!r}"
        if not incident.end:
            yield f"{told} is open at the end"
        opened = Span(incident.site, incident.what, incident.begin, incident.begin)
        if not any(opened.meets(fault, grace) for fault in faults if incident.site in ("", fault.site)):
            yield f"{told} opened at {incident.begin:.0f}, and no fault of the site explains it"
