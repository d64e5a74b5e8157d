"""The faults do what they say, where they say, and nowhere else."""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.replica.faults import Fault, FaultKind, Reach, Target, TargetKind
from harvester.replica.server import Replica
from tests.replica.client import ask


@pytest.fixture
def running() -> Iterator[Replica]:
    with Replica(["shanghai", "anhui", "zhejiang", "jiangsu"], delay=0.4) as replica:
        yield replica


def seventh(replica: Replica, site: str) -> str:
    return replica.url(site, list(replica.documents(site))[6])


def sixth(replica: Replica, site: str) -> str:
    return replica.url(site, list(replica.documents(site))[5])


def second_list(replica: Replica) -> str:
    return replica.bases["shanghai"] + "/tzgg/index_2.html"


def first_list(replica: Replica) -> str:
    return replica.bases["shanghai"] + "/tzgg/index.html"


def test_the_default_reach_is_the_second_list_page_and_every_seventh_article(running: Replica) -> None:
    running.fault = "500"
    documents = list(running.documents("shanghai"))
    bad = [number for number, key in enumerate(documents, 1) if ask(running.url("shanghai", key)).status == 500]
    assert bad == list(range(7, len(documents) + 1, 7))
    assert ask(second_list(running)).status == 500
    assert ask(first_list(running)).status == 200
    assert ask(running.bases["shanghai"] + "/tzgg/index_3.html").status == 200
    proxy = "/module/web/jpage/dataproxy.jsp?startrecord={}&columnid=284&unitid=423656&endrecord={}"
    assert ask(running.bases["jiangsu"] + "/col/col284/index.html").status == 200
    assert [ask(running.bases["jiangsu"] + proxy.format(n, n + 29)).status for n in (31, 61)] == [500, 200]


def test_a_fault_can_be_held_to_one_site_and_to_one_kind_of_page(running: Replica) -> None:
    running.fault = "500:anhui@list"
    assert ask(first_list(running)).status == 200
    assert ask(running.bases["anhui"] + "/ywdt/tzgg/index.html").status == 500
    assert ask(seventh(running, "anhui")).status == 200
    running.fault = "500@article"
    assert ask(first_list(running)).status == 200
    assert ask(sixth(running, "shanghai")).status == 500


def test_attachments_are_spared_unless_named_and_robots_always(running: Replica) -> None:
    key = next(key for key, document in running.documents("shanghai").items() if document.attachments)
    file = running.file_urls("shanghai", key)[0]
    running.fault = "500@all"
    assert ask(file).status == 200
    assert ask(running.bases["shanghai"] + "/robots.txt").status == 200
    assert ask(running.bases["zhejiang"] + "/col/col1229565788/index.html").status == 200
    running.fault = "500@attachment"
    assert ask(file).status == 500
    assert ask(first_list(running)).status == 200


def test_a_challenge_is_a_page_of_status_200_or_412(running: Replica) -> None:
    running.fault = "challenge"
    page = ask(second_list(running))
    assert page.status == 200 and "__jsl_clearance" in page.text() and "etag" not in page.headers
    refused = ask(seventh(running, "anhui"))
    assert refused.status == 200 and "访问被拒绝" in refused.text("gbk") and "验证码" in refused.text("gbk")
    running.fault = "challenge-412"
    page = ask(second_list(running))
    assert page.status == 412 and "$_ts" in page.text()


def test_half_a_body_ends_before_its_declared_length(running: Replica) -> None:
    whole = ask(second_list(running)).body
    running.fault = "half-body"
    with pytest.raises(http.client.IncompleteRead) as cut:
        ask(second_list(running))
    assert cut.value.partial == whole[: len(whole) // 2]
    assert cut.value.expected == len(whole) - len(whole) // 2


def test_half_a_page_has_a_matching_length_and_no_end(running: Replica) -> None:
    whole = ask(second_list(running)).body
    running.fault = "half-page"
    half = ask(second_list(running))
    assert half.body == whole[: len(whole) // 2]
    assert half.headers["content-length"] == str(len(half.body))
    assert b"</html>" not in half.body


def test_a_wrong_charset_is_declared_for_the_same_bytes(running: Replica) -> None:
    whole, gbk = ask(second_list(running)), ask(seventh(running, "anhui"))
    running.fault = "wrong-charset"
    bent, bent_gbk = ask(second_list(running)), ask(seventh(running, "anhui"))
    assert (bent.body, bent.headers["content-type"]) == (whole.body, "text/html; charset=gbk")
    assert (bent_gbk.body, bent_gbk.headers["content-type"]) == (gbk.body, "text/html; charset=utf-8")


def test_a_duplicate_page_bears_its_own_number_over_the_first_pages_items(running: Replica) -> None:
    items = "ul.news-list a::attr(href)"
    first = ask(first_list(running)).page().css(items).getall()
    third = running.bases["shanghai"] + "/tzgg/index_3.html"
    running.fault = "dup-page"
    page = ask(second_list(running)).page()
    assert page.css(items).getall() == first
    assert '"setPage",2,' in page.get()
    assert ask(third).page().css(items).getall() != first
    running.fault = "dup-page@list"
    assert ask(third).page().css(items).getall() == first
    unit = "/api-gateway/jpaas-publish-server/front/page/build/unit?webId=3185&pageId=1229565788&paramJson=%7B%22pageNo%22:{}%7D"
    answers = [ask(running.bases["zhejiang"] + unit.format(number)).text() for number in (1, 2)]
    assert answers[0].count("<li") == answers[1].count("<li") == 15
    assert 'pageNo=\\"2\\"' in answers[1]
    proxy = "/module/web/jpage/dataproxy.jsp?startrecord={}&columnid=284&unitid=423656&endrecord={}"
    groups = [ask(running.bases["jiangsu"] + proxy.format(n, n + 29)).text().split("<recordset>")[1] for n in (1, 31)]
    assert groups[0] == groups[1] and groups[0].count("<record>") == 30


def test_a_slow_page_comes_whole_after_its_delay(running: Replica) -> None:
    running.fault = "slow"
    began = time.monotonic()
    assert ask(second_list(running)).status == 200
    assert time.monotonic() - began >= 0.4


def test_closing_does_not_wait_for_a_slow_page() -> None:
    import threading

    replica = Replica(["shanghai"], "slow@list", delay=60)
    failures: list[BaseException] = []

    def asker() -> None:
        try:
            ask(first_list(replica))
        except (OSError, http.client.HTTPException) as error:
            failures.append(error)

    thread = threading.Thread(target=asker)
    thread.start()
    time.sleep(0.3)
    began = time.monotonic()
    replica.close()
    thread.join(10)
    assert not thread.is_alive()
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("text", ["nonsense", "500@somewhere", "challenge:"])
def test_an_unknown_fault_is_refused_in_a_sentence(text: str) -> None:
    if text == "challenge:":
        assert Fault.parse(text) == Fault(FaultKind.CHALLENGE)
        return
    with pytest.raises(ValueError, match="choose one of"):
        Fault.parse(text)


def test_a_fault_of_an_unknown_site_is_refused(running: Replica) -> None:
    with pytest.raises(ValueError, match="no replica site"):
        running.fault = "500:beijing"


targets = st.builds(
    Target,
    kind=st.sampled_from(TargetKind),
    page=st.integers(1, 9),
    sequence=st.integers(0, 60),
)


@given(kind=st.sampled_from(FaultKind), reach=st.sampled_from(Reach), site=st.sampled_from(["", "anhui"]), target=targets)
def test_property_a_written_fault_reads_back_and_spares_other_sites_and_chrome(
    kind: FaultKind, reach: Reach, site: str, target: Target
) -> None:
    fault = Fault.parse(f"{kind}{':' + site if site else ''}@{reach}")
    assert fault == Fault(kind, site, reach)
    assert not (site and fault.hits("shanghai", target))
    assert not (target.kind is TargetKind.OTHER and fault.hits("anhui", target))
    if kind is FaultKind.DUP_PAGE and fault.hits("anhui", target):
        assert target.kind is TargetKind.LIST and target.page > 1


@given(st.text(max_size=30))
def test_property_any_other_text_is_refused_with_a_value_error(text: str) -> None:
    try:
        fault = Fault.parse(text)
    except ValueError:
        return
    assert (fault is None) == (text == "")
