"""A redesign whose lists are easily mistaken: what is taken for a list is the whole list of its section, or nothing is accepted."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from harvester.replica.document import ReplicaDocument
from harvester.replica.server import Replica
from harvester.replica.site import Answer
from storage.records import Verdict
from tests.drift.world import World, world

SITE = "shanghai"
SECTIONS = {"tzgg": 8, "zcwj": 8, "ndjh": 5}
"""The documents of each section: all of them on one page."""
_LINE = re.compile(r'<li><a href="([^"]+)" title="[^"]*" target="_blank">(.*?)</a><span class="time">(.*?)</span></li>')
_LIST = re.compile(r'<ul class="news-list">.*?</ul>', re.DOTALL)
_INDEX = re.compile(r"/(tzgg|zcwj|ndjh)/index")

Row = tuple[str, str, str]
"""The address, the title and the day of a line."""


class DrawnReplica(Replica):
    """A replica whose lists are drawn by hand as soon as ``draw`` is set: it is given the section and its lines."""

    draw: Callable[[str, Sequence[Row]], str] | None = None

    def answer(self, site: str, method: str, target: str, headers: dict[str, str], body: bytes) -> Answer:
        """Return the site's answer, its list drawn anew."""
        found = _INDEX.search(target)
        if self.draw is None or found is None:
            return super().answer(site, method, target, headers, body)
        asked = {name: value for name, value in headers.items() if name.lower() not in ("if-none-match", "if-modified-since")}
        answer = super().answer(site, method, target, asked, body)
        page = answer.body.decode()
        drawn = _LIST.sub(lambda _: (self.draw or _nothing)(found[1], _LINE.findall(page)), page).encode()
        kept = {name: value for name, value in answer.headers.items() if name.lower() not in ("etag", "last-modified", "content-length")}
        return replace(answer, body=drawn, declared_length=len(drawn), headers=kept)


def _nothing(_section: str, _rows: Sequence[Row]) -> str:
    return ""


@contextmanager
def crawled(folder: Path) -> Iterator[tuple[World, DrawnReplica]]:
    """Give a site of three sections with eight documents each, crawled once."""
    body = "<p>现将本批信用工作安排印发给你们，请认真组织实施。</p>"
    documents = [
        ReplicaDocument(section, f"关于第{n}批{section}信用工作安排的通知", date(2026, n, 2 + n), body, site=SITE)
        for section, count in SECTIONS.items()
        for n in range(1, count + 1)
    ]
    with DrawnReplica([SITE], extra=documents, own_content=False) as replica:
        found = world(folder, replica, SITE)
        assert found.crawl().verdict == Verdict.COMPLETE
        yield found, replica


def wrong(found: World) -> dict[str, str]:
    """Return by section what the proofs of its proposals say against them; nothing of it may be accepted."""
    answer = found.propose()
    assert {each.section for each in answer.proposals} == set(SECTIONS)
    decided = found.accept()
    assert not decided.accepted
    assert len(decided.refused) == len(SECTIONS)
    return {each.section: "; ".join(each.proof["wrong"]) for each in answer.proposals}


def _alternating(first: str, second: str, around: str) -> Callable[[str, Sequence[Row]], str]:
    def draw(_section: str, rows: Sequence[Row]) -> str:
        lines = [f'<a href="{url}">{title}</a><em class="day">{day}</em>' for url, title, day in rows]
        opening = [(first, second)[at % 2] for at in range(len(lines))]
        return around.format("".join(f"<{tag}>{line}</{tag.split()[0]}>" for tag, line in zip(opening, lines, strict=True)))

    return draw


@pytest.mark.parametrize(("first", "second"), [('div class="topnews"', 'div class="plain"'), ('p class="odd"', 'dd class="even"')])
def test_lines_of_two_kinds_side_by_side_are_one_list_and_every_new_document_is_found(tmp_path: Path, first: str, second: str) -> None:
    with crawled(tmp_path) as (found, replica):
        replica.draw = _alternating(first, second, '<div class="board">{}</div>')
        assert found.crawl().verdict == Verdict.FAILED
        assert all(each.proof["items"] == SECTIONS[each.section] for each in found.propose().proposals)
        assert not found.accept().refused
        new = {found.publish(title=f"关于更换模板之后第{n}次通报的函") for n in range(4)}
        assert found.crawl(recheck="all").verdict == Verdict.COMPLETE
        with found.store() as store:
            assert new <= set(store.keys(SITE))


def test_a_part_of_the_lines_in_the_box_or_beside_it_does_not_hold(tmp_path: Path) -> None:
    with crawled(tmp_path) as (found, replica):
        # Two boxes of which one is found: the other's lines are as good.
        def two_boxes(_section: str, rows: Sequence[Row]) -> str:
            one, other = (
                "".join(f'<div class="row"><a href="{url}">{title}</a><em class="day">{day}</em></div>' for url, title, day in part)
                for part in (rows[:-2], rows[-2:])
            )
            return f'<div class="board">{one}</div><div class="rest"><table><tr><td>{other}</td></tr></table></div>'

        replica.draw = two_boxes
        assert found.crawl().verdict == Verdict.FAILED
        for section, told in wrong(found).items():
            assert f"2 known documents stand outside the box of the list, which has {SECTIONS[section] - 2} lines" in told


def test_documents_in_the_box_that_no_line_covers_do_not_hold(tmp_path: Path) -> None:
    with crawled(tmp_path) as (found, replica):

        def folded(_section: str, rows: Sequence[Row]) -> str:
            lines = "".join(
                f'<div class="row"><a href="{url}">{title}</a><em class="day">{day}</em></div>' for url, title, day in rows[:-2]
            )
            more = "".join(f'<a href="{url}">{title}</a><em class="day">{day}</em>' for url, title, day in rows[-2:])
            return f'<div class="board">{lines}<div class="more"><div class="row">{more}</div></div></div>'

        replica.draw = folded
        assert found.crawl().verdict == Verdict.FAILED
        assert all("2 documents in the box of the list are no line" in each for each in wrong(found).values())


def test_a_sidebar_of_known_documents_is_not_taken_for_a_list_that_a_script_loads(tmp_path: Path) -> None:
    with crawled(tmp_path) as (found, replica):

        def sidebar(_section: str, rows: Sequence[Row]) -> str:
            hot = "".join(f'<p class="hot"><a href="{url}">{title}</a><i>{day}</i></p>' for url, title, day in rows[:2])
            return f'<div id="app"></div><script>loadList("/api/list?col=1")</script><div class="sidebar"><h3>热点</h3>{hot}</div>'

        replica.draw = sidebar
        assert found.crawl().verdict == Verdict.FAILED
        for section, told in wrong(found).items():
            assert f"2 lines, and the last good page of this list had {SECTIONS[section]}; if the list is that short now" in told
            assert "write its rules into the sheet by hand" in told


def test_a_box_of_other_sections_documents_under_another_day_is_not_the_list(tmp_path: Path) -> None:
    with crawled(tmp_path) as (found, replica):
        seen: dict[str, list[Row]] = {}
        for key, document in replica.documents(SITE).items():
            path = replica.url(SITE, key).removeprefix(replica.bases[SITE])
            seen.setdefault(document.section, []).append((path, document.title, str(document.listed_on)))

        def mixed(section: str, rows: Sequence[Row]) -> str:
            others = [(url, title, "2026-11-20") for other in SECTIONS if other != section for url, title, _ in seen[other][:5]]
            lines = [*seen[section][:2], *others] if rows else []
            return '<div class="board">' + "".join(f'<p class="x"><a href="{u}">{t}</a><i>{d}</i></p>' for u, t, d in lines) + "</div>"

        replica.draw = mixed
        assert found.crawl().verdict == Verdict.FAILED
        for told in wrong(found).values():
            assert "10 of 12 lines are documents of other sections" in told
            assert "10 lines have another day than other sections say" in told
            assert "only 2 of 12 lines are known of this section or new at its head" in told
