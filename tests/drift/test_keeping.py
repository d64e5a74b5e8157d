"""What is kept of a bad page: its body as evidence that no payload ever rests on, or where it may name somebody its skeleton only."""

from __future__ import annotations

import gzip
from datetime import date
from pathlib import Path

from sqlalchemy import select

from harvester.monitoring.blanking import BLANK, blanked
from harvester.recall import last_response
from harvester.replica.document import ReplicaDocument
from harvester.replica.server import Replica
from spiders.skeleton import skeleton
from storage import specimens
from storage.schema import captures
from tests.drift.world import world

PERSON = "身份证号：110101190001010015"
"""A number with a right check digit, of a person who would be older than anybody."""
BODY = "<p>各单位请按职责分工抓好落实，有关情况请于年底之前报送，本通知自印发之日起执行。</p>"


def _documents() -> list[ReplicaDocument]:
    """Return so many that every bad page of one crawl is kept (``specimens.FIRST_BAD``), whichever is asked for first."""
    plain = [
        ReplicaDocument("tzgg", f"关于第{n}项信用工作的通知", date(2026, 2, n), BODY + f"<p>{n}</p>", site="anhui")
        for n in range(1, specimens.FIRST_BAD)
    ]
    return [*plain, ReplicaDocument("tzgg", "关于一项登记事项的说明", date(2026, 3, 1), f"{BODY}<p>{PERSON}</p>", site="anhui")]


def test_a_bad_page_is_evidence_and_no_payload_and_one_that_names_a_person_is_not_kept(tmp_path: Path) -> None:
    with Replica(["anhui"], extra=_documents(), own_content=False) as replica:
        found = world(tmp_path, replica, "anhui")
        found.crawl()
        with found.store() as store:
            addresses = {key: replica.url("anhui", key) for key in replica.documents("anhui")}
            before = {url: last_response(store, url) for url in addresses.values()}
        replica.fault = "redesign:anhui@article"
        found.crawl(recheck="all")
        with found.store() as store:
            bad = [each for each in specimens.of_site(store, "anhui") if not each.good]
            person = next(url for key, url in addresses.items() if replica.documents("anhui")[key].title.startswith("关于一项"))
            kept = {each.url: each.location for each in bad if each.kind == "article"}
            assert kept[person] is None
            assert any(location is not None for location in kept.values())
            assert {url: last_response(store, url) for url in addresses.values()} == before
            with store.reading() as connection:
                places = set(connection.execute(select(captures.c.file, captures.c.file_offset)).all())
            assert all((each.location.file, each.location.offset) not in places for each in bad if each.location)
            assert not store.verify().problems
        number = PERSON.rpartition("：")[2].encode()
        files = [file for file in tmp_path.rglob("*") if file.is_file()]
        assert not any(number in (gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()) for file in files)


def test_titles_that_name_a_firm_are_blanked_and_the_markup_stays() -> None:
    firm = "关于对合肥市某某建材有限公司的处罚公告"
    line = f'<li><a href="/1.html" title="{firm}">{firm[:16]}…</a><b>2026-01-02</b></li>'
    page = f"<ul>{line}<li>关于开展检查的通知</li></ul>"
    body, charset = blanked(page.encode("gb18030"), "gb18030")
    text = body.decode(charset)
    assert "建材" not in text
    assert BLANK in text
    assert "关于开展检查的通知" in text
    assert skeleton(text) == skeleton(page)
    assert 'href="/1.html"' in text
