"""Forward models of damage, one a cause: each takes a clean text and says what of it can't be had back."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from normalizers.text.damage import READING, Model, forward, readings_of
from normalizers.text.script import to_traditional

LISTED = "區業聯發數創環據監統規優現協態醫執養穩戰節鎮續衛鄉會關務價"
_UNPROVED = re.compile(rf"[?\ufffd](?!\(?{READING}\))")


@dataclass(frozen=True)
class Damaged:
    """What damage made: ``payload`` as bytes or text, ``sound`` the text before it, ``lost`` the indices in it that are gone."""

    payload: bytes | str
    sound: str
    lost: frozenset[int] = field(default_factory=frozenset)
    declared: str = ""


Damage = Callable[[str, Random], Damaged]


def misread(text: str, was: str, read_as: str, mark: str = "\ufffd") -> tuple[str, frozenset[int]]:
    """Return a text in ``was`` as a reader of ``read_as`` sees it, ``mark`` for what can't be decoded, and the characters so hit."""
    owners = [at for at, char in enumerate(text) for _ in char.encode(was)]
    lost: set[int] = set()

    def replaced(error: UnicodeError) -> tuple[str, int]:
        assert isinstance(error, UnicodeDecodeError)
        lost.update(owners[error.start : error.end])
        return mark, error.end

    codecs.register_error("noise", replaced)
    return text.encode(was).decode(read_as, "noise"), frozenset(lost)


def traditional(text: str, rng: Random) -> Damaged:
    """Traditional characters: nothing is lost."""
    turned = to_traditional(text).text
    return Damaged(turned, turned)


def readings(text: str, rng: Random) -> Damaged:
    """Readings behind the characters of a list, with blanks inside at times, several meeting in one word."""
    sound = to_traditional(text).text
    chars = rng.sample(LISTED, rng.randrange(8, len(LISTED)))
    inner = rng.choice(["", " ", "\u00a0"])
    table = {char: f"{char}({min(readings_of(char))}{inner})" for char in [*chars, "會", "業"]}
    return Damaged("".join(table.get(char, char) for char in sound), sound)


def shifted(text: str, rng: Random) -> Damaged:
    """Readings put in on bytes: lines with a lost byte that no reading names can't be had back for certain."""
    sound = to_traditional(text).text
    chars = "".join(rng.sample(LISTED, rng.randrange(8, len(LISTED)))) + "會業"
    model = Model(tuple((char, min(readings_of(char))) for char in dict.fromkeys(chars)))
    damaged = forward(sound, model)
    lost: set[int] = set()
    at = 0
    for line, broken in zip(sound.split("\n"), damaged.split("\n"), strict=True):
        if _UNPROVED.search(broken):
            lost.update(range(at, at + len(line)))
        at += len(line) + 1
    return Damaged(damaged, sound, frozenset(lost))


def one_byte_lost(text: str, rng: Random) -> Damaged:
    """GBK of which one byte is lost in some lines: all is off to the first pair that is no character; what lost bytes is gone."""
    out: list[str] = []
    lost: set[int] = set()
    at = 0
    for line in text.split("\n"):
        spots = [n for n, char in enumerate(line) if char > "\x7f" and _fits(char, "gbk")]
        if len(spots) > 20 and rng.random() < 0.3:
            hit = rng.choice(spots)
            data = line[hit:].encode("gbk")
            drop = rng.randrange(2)
            read, gone = _reread(data[:drop] + data[drop + 1 :], drop, line[hit:])
            lost.update(at + hit + n for n in gone)
            out.append(line[:hit] + read)
        else:
            out.append(line)
        at += len(line) + 1
    return Damaged("\n".join(out).encode(), text, frozenset(lost))


def _reread(data: bytes, drop: int, sound: str) -> tuple[str, set[int]]:
    """Return bytes less the one at ``drop`` as text, and the characters of ``sound`` that lost a byte or stand beside the loss."""
    owners = [n for n, char in enumerate(sound) for _ in char.encode("gbk")]
    del owners[drop]
    lost = {0}

    def replaced(error: UnicodeError) -> tuple[str, int]:
        assert isinstance(error, UnicodeDecodeError)
        lost.add(owners[error.start])
        return "\ufffd", error.start + 1

    codecs.register_error("noise", replaced)
    text = data.decode("gbk", "noise")
    end = max(lost)
    return text, lost | set(range(end + 1)) if end < 4 else lost


def _misreading(was: str, read_as: str) -> Damage:
    def model(text: str, rng: Random) -> Damaged:
        payload, lost = misread(text, was, read_as, rng.choice(["\ufffd", "?"]))
        return Damaged(payload, text, lost)

    return model


def big5(text: str, rng: Random) -> Damaged:
    """A page in Big5, declared or not; characters that Big5 lacks are not used."""
    sound = "".join(char if _fits(char, "big5") else "某" for char in to_traditional(text).text)
    return Damaged(sound.encode("big5"), sound, declared=rng.choice(["", "big5", "gb2312"]))


def _fits(char: str, codec: str) -> bool:
    try:
        char.encode(codec)
    except UnicodeEncodeError:
        return False
    return True


def wrong_charset(text: str, rng: Random) -> Damaged:
    """Bytes under a declaration that is not theirs, or under none."""
    was = rng.choice(["utf-8", "gbk", "utf-8-sig", "utf-16"])
    return Damaged(text.encode(was), text, declared=rng.choice(["gb2312", "utf-8", "iso-8859-1", "big5", ""]))


def mixed_charsets(text: str, rng: Random) -> Damaged:
    """A page of which some lines are in GBK, the others in UTF-8."""
    lines = text.split("\n")
    return Damaged(b"\n".join(line.encode(rng.choice(["utf-8", "utf-8", "gbk"])) for line in lines), text)


def partly_misread(text: str, rng: Random) -> Damaged:
    """A sound text of which some lines were read wrongly, all in the same way."""
    was, read_as = rng.choice([("utf-8", "latin-1"), ("gbk", "latin-1")])
    return Damaged("\n".join(misread(line, was, read_as)[0] if rng.random() < 0.4 else line for line in text.split("\n")), text)


def twice(text: str, rng: Random) -> Damaged:
    """UTF-8 read wrongly twice."""
    once = misread(text, "utf-8", "latin-1")[0]
    return Damaged(misread(once, "utf-8", "latin-1")[0], text)


def entities(text: str, rng: Random) -> Damaged:
    """Numeric references, decimal and hexadecimal, some escaped twice, and named ones of marks."""
    forms: list[Callable[[str], str]] = [lambda c: f"&#{ord(c)};", lambda c: f"&#x{ord(c):X};", lambda c: f"&amp;#{ord(c)};"]
    named = {"“": "&ldquo;", "”": "&amp;rdquo;", "·": "&middot;"}
    share = rng.choice([0.1, 1.0])
    return Damaged("".join(named.get(c) or (rng.choice(forms)(c) if c > "\x7f" and rng.random() < share else c) for c in text), text)


def invisible(text: str, rng: Random) -> Damaged:
    """Characters without width anywhere; byte order marks inside."""
    marks = ["\u200b", "\u00ad", "\ufeff", "\u2060", "\u200e"]
    return Damaged("".join(char + (rng.choice(marks) if rng.random() < 0.1 else "") for char in text), text)


RADICALS = {
    "用": "⽤",
    "工": "⼯",
    "行": "⾏",
    "长": "⻓",
    "门": "⻔",
    "见": "⻅",
    "民": "⺠",
    "人": "⼈",
    "立": "⽴",
    "金": "⾦",
    "年": "年",
    "理": "理",
    "食": "⻝",
}


def radicals(text: str, rng: Random) -> Damaged:
    """Radicals and compatibility ideographs in place of characters, as fonts of PDF files give them."""
    return Damaged("".join(RADICALS.get(char, char) if rng.random() < 0.7 else char for char in text), text)


def widths(text: str, rng: Random) -> Damaged:
    """Full-width letters and digits, odd blanks, bullets of symbol fonts."""
    wide = "".join(chr(ord(char) + 0xFEE0) if char.isascii() and char.isalnum() else char for char in text)
    lines = [("\uf0b7" if rng.random() < 0.3 else "") + line for line in wide.split("\n")]
    return Damaged("\n".join(lines).replace(" ", "\u3000"), text)


def stray_blanks(text: str, rng: Random) -> Damaged:
    """A letter-spaced title, blanks inside words of two characters, blanks beside brackets."""
    title, *rest = text.split("\n")
    spaced = re.sub(r"(?<=[\u4e00-\u9fff])(?=[\u4e00-\u9fff])", " ", title)
    body = "\n".join(rest).replace("（", "（ ").replace("）", " ）")
    for word in ("信用", "部门", "监管", "政府", "建立", "措施", "目录", "实效"):
        body = re.sub(word, lambda found: f"{found[0][0]} {found[0][1]}" if rng.random() < 0.15 else found[0], body)
    return Damaged(f"{spaced}\n{body}", text)


def leftovers(text: str, rng: Random) -> Damaged:
    """Codes of fields inside lines, balloons of format at their ends, marks of footnotes with their notes."""
    lines = text.rstrip("\n").split("\n")
    codes = ['HYPERLINK "http://www.example.gov.cn/a.html" \\t "_blank"', "PAGEREF _Toc4711 \\h", '\\o"信用"']
    at = rng.randrange(2, len(lines))
    lines[at] = rng.choice(codes) + lines[at]
    lines[rng.randrange(1, len(lines))] += rng.choice(
        ["设置格式[某甲]: 字体: (中文) 仿宋_GB2312, 三号", "带格式的: 缩进: 首行缩进: 2 字符, 行距: 固定值 28 磅"]
    )
    return Damaged("\n".join(lines) + "\n", text)


def chain(first: Damage, *others: Damage) -> Damage:
    """Return one damage after another; each takes what the last one made, and what any of them lost is lost."""

    def model(text: str, rng: Random) -> Damaged:
        done = first(text, rng)
        for other in others:
            assert isinstance(done.payload, str)
            done = Damaged(other(done.payload, rng).payload, done.sound, done.lost)
        return done

    return model


def utf8_bytes(text: str, rng: Random) -> Damaged:
    """The text as bytes of a page."""
    return Damaged(text.encode(), text)


MODELS: dict[str, Damage] = {
    "traditional": traditional,
    "readings": readings,
    "shifted bytes": shifted,
    "one byte lost": one_byte_lost,
    "UTF-8 as GB 18030": _misreading("utf-8", "gb18030"),
    "UTF-8 as Latin-1": _misreading("utf-8", "latin-1"),
    "UTF-8 as windows-1252": _misreading("utf-8", "cp1252"),
    "GBK as Latin-1": _misreading("gbk", "latin-1"),
    "GBK as windows-1252": _misreading("gbk", "cp1252"),
    "Big5": big5,
    "wrong charset declared": wrong_charset,
    "parts in GBK": mixed_charsets,
    "parts misread": partly_misread,
    "misread twice": twice,
    "entities": entities,
    "invisible": invisible,
    "radicals": radicals,
    "widths and bullets": widths,
    "stray blanks": stray_blanks,
    "leftovers of Word": leftovers,
    "readings, invisible, bytes": chain(readings, invisible, utf8_bytes),
    "shifted bytes, entities": chain(shifted, entities),
    "Latin-1, entities": chain(_misreading("utf-8", "latin-1"), entities),
    "radicals, widths, invisible": chain(radicals, widths, invisible),
    "blanks, radicals": chain(stray_blanks, radicals),
    "traditional, Latin-1": chain(traditional, _misreading("utf-8", "latin-1")),
}
