"""Selectors for elements of a page are selectors, whatever the page calls its elements."""

from __future__ import annotations

from parsel import Selector

from spiders.proposing import steps
from spiders.selectors import found_by, own_selectors, selectors

PAGE = '<html><body><x= class="box"><ul><y:z= class="line"><a href="/1" class="entry">一</a></y:z=></ul></x=></body></html>'


def test_names_that_css_cannot_write_are_in_no_selector() -> None:
    tree = Selector(text=PAGE)
    odd = [node for node in tree.root.iter() if "=" in node.tag]
    assert odd
    for node in (*odd, tree.css("a")[0].root):
        for expression in (*own_selectors(node), *selectors(node)):
            assert node in found_by(expression, tree), expression


def test_names_that_xpath_cannot_write_are_in_no_way_from_tag_to_tag() -> None:
    tree = Selector(text="<html><body><ul><a²><li>一</li></a²><li>二</li></ul></body></html>")
    container = tree.css("ul")[0].root
    assert [list(steps(node.root, container)) for node in tree.css("li")] == [[], ["./li"]]
