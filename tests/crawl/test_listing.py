"""What is kept of list pages: as they came, or a rendition where a title names whom a record is about."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from harvester import listing
from harvester.listing import HeldLists, kept_title
from spiders.items import Capture, CaptureKind, ListCapture, ListItem, ListPage
from storage.records import Sighting
from storage.store import Store

FIRM = "江口顺达货运有限公司"
NOW = datetime(2026, 5, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("printed", "stored", "kept"),
    [
        ("关于印发江口市2026年工作要点的通知", None, "关于印发江口市2026年工作要点的通知"),
        ("关于印发江口市2026年工作要点的通知", "印发2026年工作要点", "关于印发江口市2026年工作要点的通知"),
        (f"关于对{FIRM}行政处罚的公告", "关于对〔主体〕行政处罚的公告", "关于对〔主体〕行政处罚的公告"),
        ("关于对张伟行政处罚的公示", "关于对〔主体〕行政处罚的公示", "关于对〔主体〕行政处罚的公示"),
        (f"关于对{FIRM}行政处罚的公告", "行政处罚信息公示", "行政处罚信息公示"),
        (f"关于对{FIRM}行政处罚的公告", None, ""),
        ("关于对张伟行政处罚的公示", None, ""),
        (f"关于核准{FIRM}开业的批复", f"关于核准{FIRM}开业的批复", f"关于核准{FIRM}开业的批复"),
    ],
)
def test_the_title_of_a_line_is_that_under_which_its_document_is_kept(printed: str, stored: str | None, kept: str) -> None:
    assert kept_title(printed, stored) == kept


def page(number: int, *titles: str) -> ListCapture:
    lines = tuple(
        ListItem(f"k{number}-{n}", f"https://a.example/{number}/{n}?x=1&y=2", title, date(2026, 5, 6)) for n, title in enumerate(titles)
    )
    body = "".join(f"<li>{title}</li>" for title in titles).encode()
    headers = (("Content-Type", "text/html; charset=gbk"), ("ETag", '"1"'))
    return ListCapture(Capture("a", "s", CaptureKind.LIST, f"https://a.example/{number}", 200, headers, body, NOW), ListPage(lines, number))


@pytest.fixture
def kept() -> list[tuple[Capture, list[Sighting]]]:
    return []


@pytest.fixture
def lists(tmp_path: Path, kept: list[tuple[Capture, list[Sighting]]]):
    with Store.open(f"sqlite:///{tmp_path}/s.sqlite", archive=tmp_path / "a", create=True) as store:
        yield HeldLists(store, lambda capture, lines: kept.append((capture, lines)))


def test_a_page_whose_titles_name_nobody_is_kept_as_it_came(lists: HeldLists, kept) -> None:
    item = page(1, "关于印发江口市2026年工作要点的通知")
    lists.hold(item, personal=False)
    assert kept == []
    lists.close()
    assert kept == [(item.capture, [Sighting(line.key, line.url, line.title, line.listed_on) for line in item.page.items])]


def test_of_a_page_that_names_somebody_its_lines_are_kept_and_nothing_else(lists: HeldLists, kept) -> None:
    lists.hold(page(1, f"关于对{FIRM}行政处罚的公告", "关于印发<要点>的通知"), personal=False)
    lists.close()
    (capture, lines), headers = kept[0], dict(kept[0][0].headers)
    text = capture.body.decode()
    assert FIRM not in text
    assert FIRM not in repr(lines)
    assert "关于印发&lt;要点&gt;的通知" in text
    assert 'href="https://a.example/1/0?x=1&amp;y=2"' in text
    assert headers == {"Content-Type": "text/html; charset=utf-8", "X-Harvester-Kept": "rendition"}, (
        "no validators: it is asked for in full"
    )


def test_a_page_with_personal_data_is_a_rendition_too(lists: HeldLists, kept) -> None:
    lists.hold(page(1, "关于印发要点的通知"), personal=True)
    lists.close()
    assert dict(kept[0][0].headers)["X-Harvester-Kept"] == "rendition"


def test_the_oldest_pages_are_kept_when_too_much_waits(lists: HeldLists, kept, monkeypatch: pytest.MonkeyPatch) -> None:
    pages = [page(n, "关于印发要点的通知") for n in range(4)]
    monkeypatch.setattr(listing, "MOST", 2 * len(pages[0].capture.body))
    for item in pages:
        lists.hold(item, personal=False)
    assert [capture.url for capture, _ in kept] == ["https://a.example/0", "https://a.example/1"]
    lists.close()
    assert len(kept) == 4
