"""The damages that texts are found with, each as a forward model on the text or the bytes of a rendering."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from functools import cache

from opencc import OpenCC
from pypinyin import Style, pinyin

from tests.corpus.paper import Paper
from tests.corpus.render import File, hints, words

READ_CHARACTERS = 40
"""So many different characters of a text carry their reading."""


@cache
def _traditional(table: str = "s2t") -> OpenCC:
    return OpenCC(table)


def traditional(text: str, _: random.Random) -> str:
    """Return a text in traditional script."""
    return str(_traditional().convert(text))


def readings(text: str, dice: random.Random) -> str:
    """Return a text in traditional script where some characters carry their reading in brackets: 區(qū)."""
    both = traditional(text, dice)
    changed = sorted({new for old, new in zip(text, both, strict=False) if old != new})
    marked = set(dice.sample(changed, min(READ_CHARACTERS, len(changed))))
    return "".join(f"{char}({pinyin(char, style=Style.TONE)[0][0]})" if char in marked else char for char in both)


def shifted(text: str, dice: random.Random) -> str:
    """Return a text where in some lines GBK lost the first byte of a full stop: all behind it is read one byte off."""
    return "\n".join(_shift(line) if "。" in line[4:-12] and dice.random() < 0.4 else line for line in text.split("\n"))


def _shift(line: str) -> str:
    at = line.index("。", 4)
    rest = line[at:].encode("gbk", "replace")[1:]
    return line[:at] + "?" + rest.decode("gbk", "replace")


def misread(written: str, read: str) -> Callable[[str, random.Random], str]:
    """Return the damage of bytes written in one encoding and read in another."""
    return lambda text, _: text.encode(written, "replace").decode(read, "replace")


def cp1252(text: str, _: random.Random) -> str:
    """Return UTF-8 read as windows-1252 the way browsers do: the five unassigned bytes stay control characters."""
    return "".join(_browser(byte) for byte in text.encode())


def _browser(byte: int) -> str:
    try:
        return bytes([byte]).decode("cp1252")
    except UnicodeDecodeError:
        return chr(byte)


def numeric_entities(text: str, dice: random.Random) -> str:
    """Return a text whose characters are partly written as numeric entities, with &nbsp; between."""
    return "".join(f"&#{ord(char)};" if "一" <= char <= "鿿" and dice.random() < 0.3 else char for char in text).replace(
        "　　", "&nbsp;&nbsp;"
    )


@cache
def _radicals() -> dict[str, str]:
    table = {}
    for code in range(0x2F00, 0x2FD6):
        plain = unicodedata.normalize("NFKC", chr(code))
        table[plain] = chr(code)
    return table


def radicals(text: str, _: random.Random) -> str:
    """Return a text whose simple characters are written as Kangxi radicals, as some PDF fonts give them."""
    return "".join(_radicals().get(char, char) for char in text)


def spaced(text: str, dice: random.Random) -> str:
    """Return a text with blanks between the letters of short lines and of role labels."""
    text = re.sub(r"(责任单位|牵头单位|配合单位|完成时限)", lambda m: " ".join(m[1]), text)
    return "\n".join(
        " ".join(line) if 4 < len(line) < 14 and "\t" not in line and dice.random() < 0.5 else line for line in text.split("\n")
    )


def invisible(text: str, dice: random.Random) -> str:
    """Return a text with zero-width blanks, soft hyphens and byte order marks inside."""
    return "".join(char + dice.choice("\u200b\u00ad\ufeff\u200d") if char != "\n" and dice.random() < 0.05 else char for char in text)


def wide(text: str, _: random.Random) -> str:
    """Return a text with full-width digits and letters and half-width brackets with a blank before them."""
    table = {code: code + 0xFEE0 for code in (*range(0x30, 0x3A), *range(0x41, 0x5B), *range(0x61, 0x7B))}
    return text.translate(table).replace("（", " (").replace("）", ")")


def paged(text: str, _: random.Random, width: int = 32, height: int = 28) -> str:
    """Return a text broken at a fixed width, with page numbers between the pages."""
    lines = [line[at : at + width] for line in text.split("\n") for at in range(0, max(1, len(line)), width)]
    pages = [lines[at : at + height] for at in range(0, len(lines), height)]
    return "\n".join("\n".join([*page, f"— {number} —"]) for number, page in enumerate(pages, 1))


def balloons(text: str, dice: random.Random) -> str:
    """Return a text as it is copied out of a draft: what was struck out and set otherwise stands in balloons behind the lines."""
    notes = ("删除[核稿]: 进一步", "设置格式[核稿]: 字体: 三号", "带格式的: 缩进: 首行缩进:  2 字符")
    return "\n".join(
        line + dice.choice(notes) if len(line) > 30 and "\t" not in line and dice.random() < 0.3 else line for line in text.split("\n")
    )


TEXT: dict[str, Callable[[str, random.Random], str]] = {
    "traditional": traditional, "readings": readings, "shifted": shifted, "utf8-as-gb18030": misread("utf-8", "gb18030"),
    "utf8-as-latin1": misread("utf-8", "latin-1"), "utf8-as-cp1252": cp1252, "gbk-as-latin1": misread("gbk", "latin-1"),
    "entities": numeric_entities, "radicals": radicals, "spaced": spaced, "invisible": invisible, "wide": wide, "paged": paged,
    "balloons": balloons,
}  # fmt: skip
BYTES: dict[str, Callable[[str], bytes]] = {
    "gbk": lambda text: text.encode("gb18030"),
    "big5": lambda text: str(_traditional("s2tw").convert(text)).encode("big5hkscs", "replace"),
    "utf16": lambda text: text.encode("utf-16"),
    "gbk-declared-utf8": lambda text: text.encode("gb18030"),
}
DAMAGES = (*TEXT, *BYTES)


def damaged(paper: Paper, name: str) -> File:
    """Return a rendering with one damage; ``name`` is the damage's, behind its format where that is not txt (``html-trs:gbk``)."""
    kind, _, damage = name.rpartition(":")
    kind = kind or "txt"
    text = words(paper, kind)
    ending = kind.split("-")[0]
    if damage in BYTES:
        return File(BYTES[damage](text), hints(paper, ending))
    file = File(TEXT[damage](text, random.Random(paper.name)).encode(), hints(paper, ending))
    return replace(file)


def loses_bytes(paper: Paper, kind: str, name: str) -> bool:
    """Tell whether a damage destroyed bytes of this rendering for good: what wrote it put U+FFFD, or a ``?`` for half a character, there.

    The labels of such a rendering name characters that no reader can have; ``tests.noise`` measures what of such text comes back.
    """
    if name not in TEXT:
        return False
    text = words(paper, kind or "txt")
    broken = TEXT[name](text, random.Random(paper.name))
    return "\ufffd" in broken or (name == "shifted" and broken.count("?") > text.count("?"))
