"""Pages as the content systems of the region write them, in our own markup: what stands around a text, and how its lines are wrapped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Wrap = Callable[[str], str]


@dataclass(frozen=True)
class Shape:
    """How a content system wraps lines, titles, cells and tables, and the page around them."""

    paragraph: Wrap
    right: Wrap
    title: Wrap
    cell: Wrap
    table: Wrap
    around: Callable[[str, str, str], str]
    facts: bool = False

    def page(self, inner: str, title: str, published: str, meta: dict[str, Any]) -> str:
        """Return the page; with ``facts`` the index number stands in a panel above the text."""
        panel = _panel(title, published, meta) if self.facts and meta.get("index_number") else ""
        return self.around(panel + inner, title, published)


def _panel(title: str, published: str, meta: dict[str, Any]) -> str:
    pairs = (
        ("索 引 号", meta["index_number"]), ("发布机构", "、".join(meta.get("issuers", []))), ("成文日期", meta.get("issued_on", "")),
        ("发布日期", published), ("文　　号", meta.get("number", "")), ("标　　题", title), ("有 效 性", "有效"),
    )  # fmt: skip
    cells = "".join(f"<tr><td class='name'>{name}：</td><td>{value}</td></tr>" for name, value in pairs)
    return f"<table class='xxgk_head'>{cells}</table>"


_NAV = "<ul class='nav'><li><a href='/'>首页</a></li><li><a href='/zwgk/'>政务公开</a></li><li><a href='/bsfw/'>办事服务</a></li></ul>"
_FOOT = (
    "<div class='footer'><p>主办单位：市人民政府办公室　承办单位：市大数据中心</p><p>网站标识码：3300000099　备案号00000000号-1</p></div>"
)


def _jcms(inner: str, title: str, published: str) -> str:
    return (
        f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>{title}-某市人民政府</title><meta name='ArticleTitle' content='{title}'>"
        f"<meta name='PubDate' content='{published} 09:30'></head><body>{_NAV}<div class='position'>当前位置：<a href='/'>首页</a> &gt; 文件</div>"
        f"<div class='main'><h1 class='tit'>{title}</h1><div class='info'>发布日期：{published} 浏览次数：<span id='hits'></span></div>"
        f"<div id='zoom' class='bt_content'>{inner}</div></div>{_FOOT}</body></html>"
    )


def _trs(inner: str, title: str, published: str) -> str:
    return (
        f"<html><head><meta http-equiv='Content-Type' content='text/html; charset=utf-8'/><title>{title}</title></head><body>{_NAV}"
        f"<div class='xl-nr'><h2>{title}</h2><p class='time'>时间：{published}　来源：市政府办公室　字号：[大 中 小]</p>"
        f"<div class='TRS_Editor'><style>.TRS_Editor P{{line-height:2}}</style>{inner}</div><div class='share'>分享到：微信 微博</div></div>{_FOOT}"
        "</body></html>"
    )


def _legacy(inner: str, title: str, published: str) -> str:
    return (
        f"<html><head><meta charset='utf-8'><title>{title}</title></head><body><table width='980' align='center'><tr><td><img src='b.jpg'></td></tr>"
        "<tr><td>首页 | 机构概况 | 通知公告 | 政策法规</td></tr></table><table width='980' align='center'><tr><td width='200' valign='top'>"
        "<table><tr><td><a href='1.htm'>通知公告</a></td></tr><tr><td><a href='2.htm'>政策法规</a></td></tr></table></td><td><table width='100%'>"
        f"<tr><td align='center'><b>{title}</b></td></tr><tr><td align='center'>发布时间：{published}　点击数：</td></tr>"
        f"<tr><td class='zw'>{inner}</td></tr></table></td></tr></table><table width='980'><tr><td>版权所有 某县人民政府</td></tr></table></body></html>"
    )


def _plain(inner: str, title: str, published: str) -> str:
    return f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>{title}</title></head><body>{inner}</body></html>"


def _word(words: str) -> str:
    half = len(words) // 2
    span = "<span lang='EN-US' style='font-family:仿宋_GB2312;mso-hansi-font-family:仿宋'>"
    return (
        f"{span}{words[:half]}<o:p></o:p></span><font face='仿宋_GB2312'>{words[half:]}</font>"
        if "&" not in words
        else f"{span}{words}</span>"
    )


SHAPES = {
    "plain": Shape(
        lambda w: f"<p>{w}</p>", lambda w: f"<p style='text-align:right'>{w}</p>", lambda w: f"<h1>{w}</h1>", lambda w: w,
        lambda w: f"<table border='1'>{w}</table>", _plain,
    ),
    "jcms": Shape(
        lambda w: f"<p style='text-indent:2em'>　　{w}</p>", lambda w: f"<p align='right'>{w}</p>",
        lambda w: f"<p style='text-align:center'><strong>{w}</strong></p>", lambda w: f"<p>{w}</p>",
        lambda w: f"<table style='border-collapse:collapse'><tbody>{w}</tbody></table>", _jcms, True,
    ),
    "trs": Shape(
        lambda w: f"<p class='MsoNormal' style='text-indent:32pt'>{_word(w)}</p>", lambda w: f"<p align='right'><span>{w}</span></p>",
        lambda w: f"<p align='center'><b><span style='font-size:22pt'>{w}</span></b></p>", lambda w: f"<p class='MsoNormal'><span>{w}</span></p>",
        lambda w: f"<table class='MsoNormalTable' border='0'>{w}</table>", _trs,
    ),
    "legacy": Shape(
        lambda w: f"&nbsp;&nbsp;&nbsp;&nbsp;{w}<br>\n", lambda w: f"<div align=right>{w}&nbsp;&nbsp;</div>",
        lambda w: f"<center><font size=4><b>{w}</b></font></center>", lambda w: f"<font size=2>{w}</font>",
        lambda w: f"<table border=1 cellspacing=0>{w}</table>", _legacy,
    ),
    "divs": Shape(
        lambda w: f"<div class='para'><div>{w}</div></div>", lambda w: f"<div class='luokuan'>{w}</div>",
        lambda w: f"<div class='title'>{w}</div>", lambda w: f"<div><div>{w}</div></div>",
        lambda w: f"<div class='tb'><table>{w}</table></div>", _jcms,
    ),
}  # fmt: skip
