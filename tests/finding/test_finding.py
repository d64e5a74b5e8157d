"""The one box finds two hundred papers by every spelling of their number, by part of their title and by their address, and no other."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable
from dataclasses import replace

import opencc
import pytest

from harvester.finding import PERSONAL, find, look_up
from harvester.spellings import number_spellings, numbers_in, scripts, tidy, url_spellings
from storage.identity import document_id
from storage.store import Store
from tests.finding.conftest import Library
from tests.finding.papers import Paper
from tests.storage.samples import AT, later, make_derived, put

_TRADITIONAL = opencc.OpenCC("s2tw")


def wide(text: str) -> str:
    """Return a text with full-width letters and digits."""
    return "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text)


def han(number: int) -> str:
    return "".join("〇一二三四五六七八九"[int(digit)] for digit in str(number))


NUMBERS: dict[str, Callable[[Paper], str]] = {
    "as printed": lambda p: p.number,
    "square brackets": lambda p: f"{p.who}[{p.year}]{p.count}号",
    "black brackets": lambda p: f"{p.who}【{p.year}】{p.count}号",
    "round brackets": lambda p: f"{p.who}（{p.year}）{p.count}号",
    "half-width round brackets": lambda p: f"{p.who}({p.year}){p.count}号",
    "angle brackets": lambda p: f"{p.who}〈{p.year}〉{p.count}号",
    "no brackets": lambda p: f"{p.who}{p.year}年{p.count}号",
    "blanks everywhere": lambda p: f" {p.who} 〔 {p.year} 〕 第 {p.count} 号 ",
    "without its last character": lambda p: f"{p.who}〔{p.year}〕{p.count}",
    "with 第": lambda p: f"{p.who}〔{p.year}〕第{p.count}号",
    "leading zeros": lambda p: f"{p.who}〔{p.year}〕{p.count:04d}号",
    "full width": lambda p: wide(f"{p.who}[{p.year}]{p.count}号"),
    "traditional": lambda p: str(_TRADITIONAL.convert(p.number)),
    "Chinese year": lambda p: f"{p.who}〔{han(p.year)}〕{p.count}号",
    "with its label": lambda p: f"文号：{p.number}",
    "quoted": lambda p: f"“{p.number}”",
    "decomposed": lambda p: unicodedata.normalize("NFD", p.number),
}


EVERY = 1 if os.environ.get("HARVESTER_SOAK") else len(NUMBERS)
"""Every spelling of every paper asks the store in a soak; else each paper asks by one, in turn, and the others are read without it."""


@pytest.mark.parametrize("at", range(len(NUMBERS)), ids=list(NUMBERS))
def test_a_number_in_any_spelling_opens_its_paper(library: Library, at: int) -> None:
    store, papers = library
    spelled = list(NUMBERS.values())[at]
    assert [paper.number for paper in papers if paper.number not in read_as(spelled(paper))] == []
    wrong = []
    for paper in papers[at % EVERY :: EVERY]:
        only = look_up(store, spelled(paper)).only
        if only is None or only.id != paper.id:
            wrong.append((spelled(paper), only))
    assert wrong == []


def read_as(typed: str) -> set[str]:
    """Return the numbers that the box looks up for what was typed."""
    return {form for script in scripts(tidy(typed)) for form in number_spellings(script)}


def test_a_number_that_nobody_gave_opens_nothing(library: Library) -> None:
    store, papers = library
    taken = {(paper.who, paper.year, paper.count) for paper in papers}
    for paper in papers[::13]:
        near = next(n for n in (paper.count + 1, paper.count * 10, 999) if (paper.who, paper.year, n) not in taken)
        for number in (f"{paper.who}〔{paper.year}〕{near}号", f"{paper.who[1:]}〔{paper.year}〕{paper.count}号"):
            assert look_up(store, number).only is None, number


TITLES: dict[str, Callable[[Paper], str]] = {
    "whole": lambda p: p.title,
    "first half": lambda p: p.title[: len(p.title) // 2 + 2],
    "without its year": lambda p: " ".join(p.title.split(f"{p.year}年")),
    "in book marks": lambda p: f"《{p.title}》",
    "traditional": lambda p: str(_TRADITIONAL.convert(p.title)),
}


@pytest.mark.parametrize("piece", TITLES)
def test_a_part_of_a_title_finds_its_paper(library: Library, piece: str) -> None:
    store, papers = library
    wrong = []
    for paper in papers[::11]:
        hits = find(store, TITLES[piece](paper))
        if paper.id not in {hit.id for hit in hits} or (len(hits) == 1 and hits[0].id != paper.id):
            wrong.append((TITLES[piece](paper), hits))
    assert wrong == []


def test_a_part_that_many_titles_have_opens_none_of_them(library: Library) -> None:
    store, _papers = library
    answer = look_up(store, "养老机构信用监管")
    assert answer.only is None
    assert len(answer.hits) == 20
    assert {hit.why for hit in answer.hits} == {"part of the title"}


ADDRESSES: dict[str, Callable[[str], str]] = {
    "as it is": lambda url: url,
    "other scheme": lambda url: url.replace("https://", "http://") if url.startswith("https") else url.replace("http://", "https://"),
    "no scheme": lambda url: url.partition("//")[2],
    "fragment": lambda url: f"{url}#main",
    "shared on a telephone": lambda url: f"{url}{'&' if '?' in url else '?'}from=timeline&isappinstalled=0&share_token=a1",
    "session in the path": lambda url: url.replace(".html", ".html;jsessionid=0A1B2C").replace(".jsp", ".jsp;jsessionid=0A1B2C"),
    "telephone's host": lambda url: url.replace("www.", "m.") if "www." in url else url.replace("//", "//m."),
    "with and without www": lambda url: url.replace("www.", "") if "www." in url else url.replace("//", "//www."),
    "usual port": lambda url: url.replace(".cn/", ".cn:443/" if url.startswith("https") else ".cn:80/"),
    "capital host": lambda url: url.replace("jiangkou.example.cn", "JiangKou.Example.CN"),
    "a full stop behind it": lambda url: f"{url}。",
    "blanks around": lambda url: f"  {url} ",
}


@pytest.mark.parametrize("at", range(len(ADDRESSES)), ids=list(ADDRESSES))
def test_a_pasted_address_opens_its_paper(library: Library, at: int) -> None:
    store, papers = library
    spelled = list(ADDRESSES.values())[at]
    assert [paper.url for paper in papers if paper.url not in url_spellings(tidy(spelled(paper.url)))] == []
    wrong = []
    for paper in papers[at % EVERY :: EVERY]:
        only = look_up(store, spelled(paper.url)).only
        if only is None or only.id != paper.id:
            wrong.append((spelled(paper.url), only))
    assert wrong == []


@pytest.mark.parametrize(
    "url",
    [
        "https://www.jiangkou.example.cn/xxgk/2024/art_99999.html",
        "https://www.jiangkou.example.cn/",
        "http://jiangkou.example.cn/content/show.jsp?id=1&lm=7",
        "https://www.jiangkou.example.cn.evil.example/xxgk/2024/art_30001.html",
        "https://evil.example/?u=https://www.jiangkou.example.cn/xxgk/2022/art_30001.html",
        "https://user:pass@www.other.example/xxgk/2022/art_30001.html",
        "http://[::1",
        "https://",
    ],
)
def test_an_address_that_is_not_held_opens_nothing(library: Library, url: str) -> None:
    assert find(library[0], url) == []


def test_identifiers_and_addresses_of_ours_lead_to_what_they_name(library: Library) -> None:
    store, papers = library
    paper = papers[3]
    for typed, address in (
        (paper.id, f"/d/{paper.id}"),
        (f"{paper.id}@1", f"/d/{paper.id}/v1"),
        (f"{paper.id}@2024-06-30", f"/d/{paper.id}@2024-06-30"),
        (f"https://credit.example.cn/d/{paper.id}/s3.2", f"/d/{paper.id}/s3.2"),
        (f"http://127.0.0.1:8017/d/{paper.id}/v1", f"/d/{paper.id}/v1"),
        (f"/d/{paper.id}/history", f"/d/{paper.id}"),
        (f"w{paper.id[1:]}", f"/w/w{paper.id[1:]}"),
    ):
        only = look_up(store, typed).only
        assert only is not None, typed
        assert only.address == address


def test_codes_bodies_and_their_former_names_are_told_apart(library: Library) -> None:
    store = library[0]
    subject = look_up(store, "9131 0000 MA1F L000 61").hits
    assert all(hit.kind == "subject" for hit in subject)
    body = look_up(store, "江口档案馆").only
    assert body is not None
    assert (body.kind, body.id, body.title) == ("agency", "a0001", "江口市档案局")


def test_a_code_that_fails_its_check_is_shown_and_not_opened(library: Library) -> None:
    answer = look_up(library[0], "91310000MA1FL0000X")
    assert [hit.why for hit in answer.hits] == ["code that fails its check"]
    assert answer.only is None


@pytest.mark.parametrize("word", ["blacklist", "Yangtze-A", "document", "harvester"])
def test_a_word_of_nine_letters_is_no_code(library: Library, word: str) -> None:
    assert [hit for hit in find(library[0], word) if hit.kind == "subject"] == []


@pytest.mark.parametrize("typed", ["11010519491231002X", "110105 19491231 002X", "１１０１０５１９４９１２３１００２Ｘ"])
def test_the_number_of_a_person_finds_nothing_and_is_not_repeated(library: Library, typed: str) -> None:
    answer = look_up(library[0], typed)
    assert answer.hits == ()
    assert answer.tried == (PERSONAL,)
    assert typed not in repr(answer)


def test_nothing_found_says_what_was_tried(library: Library) -> None:
    answer = look_up(library[0], "渤海湾渔船保险条例")
    assert answer.hits == ()
    assert answer.tried[-1] == "title"
    assert look_up(library[0], " 。， ").tried == ()


@pytest.fixture
def own(tmp_path_factory: pytest.TempPathFactory) -> Store:
    folder = tmp_path_factory.mktemp("own")
    return Store.open(f"sqlite:///{folder}/store.sqlite", create=True)


NINES = ("江信办〔2024〕90号", "江信办〔2024〕9号")


def test_a_page_that_moved_and_a_former_number_lead_to_where_the_text_is_now(own: Store) -> None:
    with own as store:
        run = store.begin_run("jiangkou", ["notices"], AT)
        put(store, run, "1", make_derived(document_number="江信办〔2024〕9号"), url="https://jiangkou.example.cn/old/1.html")
        again = make_derived(lines=("编制目录，改为按月更新并公布",), document_number="江信办〔2024〕90号")
        put(store, run, "1", again, url="https://jiangkou.example.cn/new/1.html", at=later(9))
        store.relocate("jiangkou", "1", "https://jiangkou.example.cn/new/1.html", "notices", later(9))
        for typed in ("https://jiangkou.example.cn/old/1.html", "https://jiangkou.example.cn/new/1.html", *NINES):
            only = look_up(store, typed).only
            assert only is not None, typed
            assert only.id == document_id("jiangkou", "1")


def test_a_page_and_its_file_of_one_number_open_the_page(own: Store) -> None:
    with own as store:
        run = store.begin_run("jiangkou", ["notices"], AT)
        put(store, run, "7", make_derived("关于印发江口清单的通知", ("见附件所列各项清单内容请遵照执行",), tasks=False))
        put(
            store, run, "7/a.docx", make_derived("江口市清单", ("清单正文第一项内容", "清单正文第二项内容"), tasks=False),
            kind="attachment", parent_key="7", url="https://jiangkou.example.cn/f/a.docx",
        )  # fmt: skip
        only = look_up(store, "江信办〔2024〕7号").only
        assert only is not None
        assert only.id == document_id("jiangkou", "7")
        attached = look_up(store, "https://jiangkou.example.cn/f/a.docx?download=1").only
        assert attached is not None
        assert attached.id == document_id("jiangkou", "7/a.docx")


CODE = "91310000132260250X"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (wide(CODE), CODE),
        (f"\u200b{CODE[:9]}\u00ad\u2060{CODE[9:]}\ufeff", CODE),
        (wide("13226025-0"), "132260250"),
        (wide("310000000000016"), "310000000000016"),
    ],
)
def test_a_code_is_found_in_full_width_and_with_what_nobody_sees(library: Library, typed: str, code: str) -> None:
    only = look_up(library[0], typed).only or look_up(library[0], typed).hits[0]
    assert (only.kind, only.id) == ("subject", code)


def test_an_identifier_is_found_in_full_width(library: Library) -> None:
    store, papers = library
    found = look_up(store, papers[0].number).only
    assert found is not None
    assert look_up(store, f"\u202a{wide(found.id)}\u202c").only == replace(found, why="identifier")


@pytest.mark.parametrize("between", [" ", "、", "", "；", "\n", "，和"])
def test_two_numbers_in_one_text_are_both_shown_and_neither_opened(library: Library, between: str) -> None:
    store, papers = library
    numbers = list(dict.fromkeys(paper.number for paper in papers))[:2]
    answer = look_up(store, between.join(numbers))
    assert answer.only is None
    assert {hit.id for hit in answer.hits} == {hit.id for number in numbers for hit in look_up(store, number).hits}


def test_two_codes_are_both_shown_and_a_face_is_not_looked_up(library: Library) -> None:
    answer = look_up(library[0], f"{CODE}, 13226025-0")
    assert ([hit.id for hit in answer.hits], answer.only) == ([CODE, "132260250"], None)
    assert look_up(library[0], "😀").tried == ()


def test_what_counts_on_is_completed() -> None:
    assert numbers_in("江信办〔2024〕9号、10号") == ["江信办〔2024〕9号", "江信办〔2024〕10号"]
    assert numbers_in("关于废止江信办〔2024〕9号文件的通知") == numbers_in("江信办 〔 2024 〕 第 9 号") == []
