"""The proof of proposed rules: the archived pages are read with them, the bad ones rightly and the last good ones as before.

Of an article whose document is known, the text is derived again: it must be the very content that is stored, so that no rule makes a
change that the site did not make.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from harvester.deriving import Deriver, DerivingError
from harvester.hints import hints_from_json
from harvester.monitoring.evidence import Kept, KnownPage, SiteEvidence, plain
from normalizers.agencies import Decisions
from normalizers.documents import UnreadableError
from normalizers.records import Hints
from spiders.factsheet import FactSheet
from spiders.families import PageError, family
from spiders.families.reading import find_first, parse, text_of
from spiders.items import Article, ListPage
from spiders.line_groups import LEAST_KNOWN, Anchor, ListEvidence, anchors_of, form_of
from spiders.proposing import read_again
from spiders.proposing_articles import differing
from spiders.rules import Written, with_rules

MOST_TOLD = 5
LEAST_OF_USUAL = 0.5
"""Share of the lines of the last good page that a list must show: with fewer it is likely another box of the page."""
LEAST_OF_SECTION = 0.5
"""Share of the lines that must be known of the section, or new at the head of its list."""
MOST_FOREIGN = 0.2
"""Share of the lines that may be documents of other sections, as where one is listed twice."""


@dataclass(slots=True)
class Proof:
    """What reading the archived pages gave. Of lists: ``items`` lines, ``known`` of them stored, ``dated`` with a day.

    ``pages`` bad pages were read, ``same`` of ``good`` pages read as before, ``derived`` texts are the stored content. ``wrong`` are
    sentences on what does not hold; a proof without any ``holds``.
    """

    pages: int = 0
    items: int = 0
    known: int = 0
    dated: int = 0
    good: int = 0
    same: int = 0
    derived: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Tell whether rules with this proof may be accepted."""
        return self.pages > 0 and not self.wrong

    def as_json(self) -> dict[str, Any]:
        """Return the proof as the store keeps it."""
        return asdict(self) | {"wrong": self.wrong[:MOST_TOLD], "holds": self.holds}


def prove_list(sheet: FactSheet, rules: Sequence[Written], section: str, evidence: SiteEvidence) -> Proof:
    """Return the proof of rules for the list of a section beside the rules of ``sheet``."""
    proof = Proof()
    for page in evidence.lists.get(section, ()):
        own = next(each.sheet for each in evidence.bad if plain(each.specimen.url) == page.url)
        ruled = with_rules(own, rules)
        read = read_again(page.text, page.url, ruled, section)
        _take_list(proof, page, read)
        if read is not None and read.items:
            proof.wrong += _not_the_list(page, read)
            proof.wrong += _left_out(page, read, ruled, section)
    _good_ones(proof, rules, evidence)
    return proof


def _take_list(proof: Proof, page: ListEvidence, read: ListPage | None) -> None:
    if read is None or not read.items:
        proof.wrong.append(f"{page.url}: no line is read")
        return
    known = sum(item.key in page.known for item in read.items)
    dated = sum(item.listed_on is not None for item in read.items)
    proof.pages, proof.items = proof.pages + 1, proof.items + len(read.items)
    proof.known, proof.dated = proof.known + known, proof.dated + dated
    if known < LEAST_KNOWN:
        proof.wrong.append(f"{page.url}: {known} of {len(read.items)} lines are known")
    if dated < len(read.items):
        proof.wrong.append(f"{page.url}: {len(read.items) - dated} of {len(read.items)} lines have no day")
    days = [page.known[item.key].listed_on for item in read.items if item.key in page.known]
    found = [item.listed_on for item in read.items if item.key in page.known]
    if moved := sum(day is not None and day != other for day, other in zip(days, found, strict=True)):
        proof.wrong.append(f"{page.url}: {moved} lines have another day than is known")
    if page.stated and read.pages is None and read.total is None:
        proof.wrong.append(f"{page.url}: the pager no longer says how many pages there are")


def _not_the_list(page: ListEvidence, read: ListPage) -> Iterator[str]:
    """Yield what says that these lines are those of another list: too few, of other sections, or of documents that nobody can know."""
    lines = len(read.items)
    if lines < page.usual * LEAST_OF_USUAL:
        yield (
            f"{page.url}: {lines} lines, and the last good page of this list had {page.usual}; "
            "if the list is that short now, write its rules into the sheet by hand"
        )
    foreign = sum(item.key in page.foreign for item in read.items)
    if foreign > max(1, lines * MOST_FOREIGN):
        yield f"{page.url}: {foreign} of {lines} lines are documents of other sections"
    pairs = [(page.foreign[item.key].listed_on, item.listed_on) for item in read.items if item.key in page.foreign]
    if moved := sum(day is not None and day != other for day, other in pairs):
        yield f"{page.url}: {moved} lines have another day than other sections say"
    own = sum(item.key in page.known for item in read.items) + _new_ones(page, read)
    if own < lines * LEAST_OF_SECTION:
        yield f"{page.url}: only {own} of {lines} lines are known of this section or new at its head"


def _new_ones(page: ListEvidence, read: ListPage) -> int:
    """Return how many unknown lines may be new: above the newest known one on the page, and no older than any known of the section."""
    newest = max((line.listed_on for line in page.known.values() if line.listed_on), default=None)
    shown = [(item.listed_on, -at) for at, item in enumerate(read.items) if item.key in page.known and item.listed_on]
    if newest is None or not shown:
        return 0
    above = read.items[: -max(shown)[1]]
    unknown = [item for item in above if item.key not in page.known and item.key not in page.foreign]
    return sum(item.listed_on is not None and item.listed_on >= newest for item in unknown)


def _left_out(page: ListEvidence, read: ListPage, sheet: FactSheet, section: str) -> Iterator[str]:
    """Yield what says that lines are missed: documents in the box of the list, or known ones beside it where lines are lacking."""
    tree = parse(family(sheet.family).markup(page.text) or page.text)
    keys, forms = {item.key for item in read.items}, {form_of(item.url) for item in read.items}
    found = find_first(sheet.find("list", sheet.section(section)), tree)
    boxes = {hit.root for hit in found[1]} if found else set()
    others = [anchor for anchor in anchors_of(tree, page.url, sheet) if anchor.key not in keys]
    inside = {each.key for each in others if _is_in(each, boxes) and (each.key in page.known or each.form in forms)}
    if inside:
        yield f"{page.url}: {len(inside)} documents in the box of the list are no line"
    # A page shows known documents in other boxes, too; where lines are lacking they are likely there.
    outside = {each.key for each in others if each.key in page.known} - inside
    if outside and len(keys) < (page.usual or len(outside)):
        yield f"{page.url}: {len(outside)} known documents stand outside the box of the list, which has {len(keys)} lines"


def _is_in(anchor: Anchor, boxes: set[Any]) -> bool:
    return any(each in boxes for each in (anchor.node, *anchor.node.iterancestors()))


def prove_articles(sheet: FactSheet, rules: Sequence[Written], evidence: SiteEvidence, decisions: Decisions) -> Proof:
    """Return the proof of rules for the articles of a site beside the rules of ``sheet``."""
    proof, deriver = Proof(), Deriver()
    known = {page.kept.specimen.id: page for page in evidence.articles}
    try:
        for kept in evidence.bad:
            if kept.specimen.kind == "article":
                _take_article(proof, kept, known.get(kept.specimen.id), with_rules(kept.sheet, rules), (deriver, decisions))
    finally:
        deriver.close()
    if not proof.known:
        proof.wrong.append("no page of a document whose text is known was kept")
    elif proof.derived * 2 < proof.known:
        proof.wrong.append(f"of {proof.known} known documents only {proof.derived} have the text that is stored")
    _good_ones(proof, rules, evidence)
    return proof


def _take_article(proof: Proof, kept: Kept, known: KnownPage | None, sheet: FactSheet, derive: tuple[Deriver, Decisions]) -> None:
    url = plain(kept.specimen.url)
    read = _article(kept, sheet)
    if read is None:
        proof.wrong.append(f"{url}: no text is read")
        return
    proof.pages += 1
    if known is None:
        return
    proof.known += 1
    if not _is_stored(known, read, *derive):
        return  # edited since, or read wrongly: what most of them are is judged at the end
    proof.derived += 1
    if fields := differing(read, known.known):
        proof.wrong.append(f"{url}: read otherwise than before: {', '.join(sorted(fields))}")


def _article(kept: Kept, sheet: FactSheet) -> Article | None:
    try:
        return family(sheet.family).read_article(kept.text, plain(kept.specimen.url), sheet)
    except PageError:
        return None


def _is_stored(page: KnownPage, read: Article, deriver: Deriver, decisions: Decisions) -> bool:
    """Tell whether a page gives the content that is stored, or what is read today of the payload that is stored."""
    hints = hints_from_json(page.source.publication.hints)
    found = _content(
        page.kept.body, replace(hints, body=read.body, charset=page.kept.specimen.charset or hints.charset), deriver, decisions
    )
    return bool(found) and (found == page.source.content_hash or found == _content(page.stored, hints, deriver, decisions))


def _content(body: bytes, hints: Hints, deriver: Deriver, decisions: Decisions) -> str:
    try:
        return deriver.derive(body, hints, decisions).content_hash
    except (UnreadableError, DerivingError):
        return ""


# --- the last good pages -------------------------------------------------------------------------------------------------


def _good_ones(proof: Proof, rules: Sequence[Written], evidence: SiteEvidence) -> None:
    """Read every good page with and without the rules: what was read of it must stay."""
    for kept in evidence.good:
        before, after = _all_of(kept, kept.sheet), _all_of(kept, with_rules(kept.sheet, rules))
        if before is None:
            continue  # read by rules that were withdrawn since
        proof.good += 1
        if before == after:
            proof.same += 1
        else:
            proof.wrong.append(f"{plain(kept.specimen.url)}: a page that was good is read otherwise")


def _all_of(kept: Kept, sheet: FactSheet) -> object:
    """Return all that is read of a page; of an article the words of its text in the place of the selector that found it."""
    if kept.specimen.kind == "list":
        return read_again(kept.text, plain(kept.specimen.url), sheet, kept.specimen.section)
    read = _article(kept, sheet)
    return None if read is None else (replace(read, body=""), tuple(_words(kept.text, read.body)))


def _words(text: str, body: str) -> Iterator[str]:
    yield from (text_of(hit) for hit in parse(text).css(body))
