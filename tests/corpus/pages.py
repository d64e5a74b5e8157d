"""Pages as the content systems of the region write them, in our own markup: what stands around a text, and how its lines are wrapped."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

FRAMES = Path(__file__).parent / "frames"
_NAV = "<ul class='nav'><li><a href='/'>首页</a></li><li><a href='/zwgk/'>政务公开</a></li><li><a href='/bsfw/'>办事服务</a></li></ul>"
_FOOT = (
    "<div class='footer'><p>主办单位：市人民政府办公室　承办单位：市大数据中心</p><p>网站标识码：3300000099　备案号00000000号-1</p></div>"
)


@dataclass(frozen=True)
class Shape:
    """How a content system wraps lines, titles, cells and tables (``{}`` is the text), and which page stands around them."""

    frame: str
    paragraph: str
    right: str
    title: str
    cell: str
    table: str
    facts: bool = False
    halved: bool = False

    def line(self, words: str) -> str:
        """Return a paragraph; ``halved`` cuts it into two runs, as pages pasted from Word have them."""
        if self.halved and "&" not in words:
            at = len(words) // 2
            words = f"{words[:at]}<o:p></o:p></span><font face='仿宋_GB2312'>{words[at:]}</font><span>"
        return self.paragraph.format(words)

    def page(self, inner: str, title: str, published: str, meta: dict[str, Any]) -> str:
        """Return the page; with ``facts`` the index number stands in a panel above the text."""
        panel = _panel(title, published, meta) if self.facts and meta.get("index_number") else ""
        frame = Template((FRAMES / f"{self.frame}.html").read_text(encoding="utf-8"))
        return frame.substitute(inner=panel + inner, title=title, published=published, nav=_NAV, foot=_FOOT)


def _panel(title: str, published: str, meta: dict[str, Any]) -> str:
    pairs = {
        "索 引 号": meta["index_number"],
        "发布机构": "、".join(meta.get("issuers", [])),
        "成文日期": meta.get("issued_on", ""),
        "发布日期": published,
        "文　　号": meta.get("number", ""),
        "标　　题": title,
        "有 效 性": "有效",
    }
    cells = "".join(f"<tr><td class='name'>{name}：</td><td>{value}</td></tr>" for name, value in pairs.items())
    return f"<table class='xxgk_head'>{cells}</table>"


SHAPES = {
    "plain": Shape(
        frame="plain",
        paragraph="<p>{}</p>",
        right="<p style='text-align:right'>{}</p>",
        title="<h1>{}</h1>",
        cell="{}",
        table="<table border='1'>{}</table>",
    ),
    "jcms": Shape(
        frame="jcms",
        paragraph="<p style='text-indent:2em'>　　{}</p>",
        right="<p align='right'>{}</p>",
        title="<p style='text-align:center'><strong>{}</strong></p>",
        cell="<p>{}</p>",
        table="<table style='border-collapse:collapse'><tbody>{}</tbody></table>",
        facts=True,
    ),
    "trs": Shape(
        frame="trs",
        paragraph="<p class='MsoNormal' style='text-indent:32pt'><span lang='EN-US' style='font-family:仿宋_GB2312'>{}</span></p>",
        right="<p align='right'><span>{}</span></p>",
        title="<p align='center'><b><span style='font-size:22pt'>{}</span></b></p>",
        cell="<p class='MsoNormal'><span>{}</span></p>",
        table="<table class='MsoNormalTable' border='0'>{}</table>",
        halved=True,
    ),
    "legacy": Shape(
        frame="legacy",
        paragraph="&nbsp;&nbsp;&nbsp;&nbsp;{}<br>\n",
        right="<div align=right>{}&nbsp;&nbsp;</div>",
        title="<center><font size=4><b>{}</b></font></center>",
        cell="<font size=2>{}</font>",
        table="<table border=1 cellspacing=0>{}</table>",
    ),
    "divs": Shape(
        frame="jcms",
        paragraph="<div class='para'><div>{}</div></div>",
        right="<div class='luokuan'>{}</div>",
        title="<div class='title'>{}</div>",
        cell="<div><div>{}</div></div>",
        table="<div class='tb'><table>{}</table></div>",
    ),
}
