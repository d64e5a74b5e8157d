"""A redesign shows the same documents at the same addresses in other markup, in the reach it was given."""

from __future__ import annotations

import pytest

from harvester.replica.families.base import site_facts
from harvester.replica.redesign import FIRST, SECOND, redesigned, word
from harvester.replica.server import Replica
from spiders.factsheet import load_sheet
from spiders.families import NoBodyError, family
from spiders.families.reading import parse, text_of
from spiders.skeleton import drift, skeleton

DESIGNS = (FIRST, SECOND)


def _page(replica: Replica, site: str, path: str) -> str:
    answer = replica.answer(site, "GET", path, {}, b"")
    assert answer.status == 200
    return answer.body.decode("gb18030" if site == "anhui" else "utf-8-sig")


def _words(markup: str) -> str:
    return "".join(text_of(parse(markup)).split())


@pytest.mark.parametrize("design", DESIGNS)
def test_every_site_of_documents_shows_the_same_words_in_other_markup(design: str) -> None:
    with Replica() as replica:
        for site in site_facts():
            sheet = load_sheet(site).with_base(replica.bases[site])
            key = next(iter(replica.documents(site)))
            path = replica.url(site, key).removeprefix(replica.bases[site])
            replica.fault = ""
            old = _page(replica, site, path)
            replica.fault = f"{design}:{site}@article"
            new = _page(replica, site, path)
            assert "".join(sorted(_words(old))) == "".join(sorted(_words(new))), site
            assert drift(skeleton(old), skeleton(new)) > 0.35, site
            with pytest.raises(NoBodyError):
                family(sheet.family).read_article(new, replica.url(site, key), sheet)


def test_one_section_is_redesigned_by_its_id_or_its_code() -> None:
    with Replica(["suzhou_sip"]) as replica:
        for name in ("gndt", "335"):
            replica.fault = f"redesign:suzhou_sip/{name}@list"
            assert 'class="list inlist"' in _page(replica, "suzhou_sip", "/content474_1.html")
            assert 'class="list inlist"' not in _page(replica, "suzhou_sip", "/content335_1.html")
        with pytest.raises(ValueError, match="no section"):
            replica.fault = "redesign:suzhou_sip/nothing@list"


def test_a_redesign_keeps_scripts_and_the_words_of_the_template_language() -> None:
    source = '<script type="text/xml"><li class="a"></script><li{% if x %} class="b"{% endif %}>{{ body }}</li>'
    new = redesigned(source, FIRST)
    assert new.startswith('<script type="text/xml"><li class="a"></script><div{% if x %} class="')
    assert f'class="{word("b", FIRST)}"{{% endif %}}>' in new
    assert new.endswith("{{ body }}</div></div>")
