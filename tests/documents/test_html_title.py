from __future__ import annotations

from itertools import product

import pytest

from normalizers.documents import read
from normalizers.metadata import read_metadata
from normalizers.records import Hints

TITLE = "滨江市2031年诚信建设年度安排"
LEAD = "<p>各单位请按下表办理，十二月上旬前把进展送到专班。</p>"
TABLE = (
    "<table><tr><td>序号</td><td>任务</td><td>牵头单位</td></tr><tr><td>1</td><td>给老字号建立诚信档案。</td><td>市商务局</td></tr></table>"
)


def title_of(body: str, window: str = "", hint: str = "") -> tuple[str, str]:
    """Return the title and the whole text of a page."""
    hints = Hints(title=hint)
    document = read(f"<html><head><meta charset=utf-8><title>{window}</title></head><body>{body}</body></html>".encode(), hints)
    return read_metadata(document, hints).title, document.text


def article(heading: str = f"<h1>{TITLE}</h1>") -> str:
    return f"<div class='article-content'>{heading}{LEAD}{TABLE}</div>"


AROUND = [
    ("", "<h3>相关阅读</h3>"),
    ("", "<div class=x7><h2>延伸阅读：</h2><ul><li><a href=a>怎样修复信用</a></li></ul></div>"),
    ("", "<div><h2>县区动态一览</h2></div>"),
    ("<h2>信用滨江</h2>", ""),
    ("<div><h1>信用中国（江苏滨江）</h1></div>", ""),
    ("<header><h1>滨江诚信之窗欢迎您</h1></header>", "<footer><h3>滨江诚信之窗编辑部</h3></footer>"),
    ("<nav><h2>政策法规专栏</h2></nav>", "<aside><h2>本周关注度最高</h2></aside>"),
    ("<div class=title>滨江诚信之窗</div>", "<h3>热点推荐</h3>"),
]


HEADING, PARAGRAPH = f"<h1>{TITLE}</h1>", f"<p align=center>{TITLE}</p>"
NAMING = [TITLE, f"{TITLE}_信用滨江", f"信用滨江 - {TITLE}"]
SITES = ["信用滨江", "", "滨江市公共信用信息服务平台"]


@pytest.mark.parametrize(("above", "below"), AROUND)
@pytest.mark.parametrize(
    ("heading", "window"), [*product([HEADING], NAMING + SITES), *product([PARAGRAPH], NAMING)]
)  # a paragraph is known for the title by the window alone
def test_a_heading_of_the_page_around_is_no_title(above: str, below: str, window: str, heading: str) -> None:
    assert title_of(above + article(heading) + below, window) == title_of(article(heading), TITLE)


def test_the_articles_own_header_holds_its_title() -> None:
    own = f"<article><header><h1>{TITLE}</h1></header>{article('')}</article>"
    assert title_of(f"<header><h2>滨江诚信之窗欢迎您</h2></header>{own}")[0] == TITLE


@pytest.mark.parametrize("window", ["", "信用滨江", "滨江市人民政府门户网站"])
def test_a_heading_above_the_text_stays_the_title_where_the_text_begins_with_a_section(window: str) -> None:
    for section in ("<h1>一、总体要求</h1>", "<h2>总体要求</h2>", ""):
        assert title_of(f"<h1>{TITLE}</h1>" + article(section), window)[0] == TITLE


def test_a_covering_letters_title_above_the_text_goes_before_that_of_the_paper_it_brings() -> None:
    letter = f"关于印发《{TITLE}》的通知"
    assert title_of(f"<h1>{letter}</h1>" + article(), f"{letter}_信用滨江")[0] == letter


def test_a_title_below_the_text_counts_where_the_list_or_the_window_says_the_same() -> None:
    below = article("") + f"<h2>{TITLE}</h2>"
    assert title_of(below, hint=TITLE)[0] == TITLE
    assert title_of(below, f"{TITLE}-信用滨江")[0] == TITLE


def test_the_title_that_is_expected_stands_on_top_whatever_element_says_it() -> None:
    page = f"<div class=x7><div>{TITLE}</div><div>发布日期：2031-01-02</div></div>" + article("")
    assert title_of(page, "信用滨江", hint=TITLE)[1].startswith(TITLE)
    assert title_of(page, "信用滨江", hint=TITLE) == title_of(f"<h1>{TITLE}</h1>" + article(""), "信用滨江", hint=TITLE)
    assert TITLE not in title_of(page, "信用滨江")[1]
    assert TITLE not in title_of(article("") + f"<div>{TITLE}</div>", "信用滨江", hint=TITLE)[1]
