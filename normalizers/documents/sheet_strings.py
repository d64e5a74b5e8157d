"""How much text the cells of a workbook hold: a shared string stands once in the file, and in the sheet as often as cells name it.

The reader lays all of it out before it can be asked for less, so that half a megabyte of a file would take gigabytes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from normalizers.documents.limits import MAX_UNPACKED
from normalizers.documents.opc import Package

_STRING = re.compile(rb"<(?:\w{1,10}:)?si[\s>/]")
_NAMED = re.compile(
    rb"t=(?<=\bt=)[\"']s[\"'][^<>]{0,200}>\s*(?:<(?:\w{1,10}:)?f[^<>]{0,200}/>\s*)?<(?:\w{1,10}:)?v[^<>]{0,50}>\s*(\d{1,9})"
)
_CHUNK = 2**20
_LONGEST_SIGN = 500
"""Bytes of the end of a piece that are looked at again with the next one."""


def pieces(package: Package, member: str) -> Iterator[bytes]:
    """Yield a member's bytes to its true end: the size in its header may lie, and the sheet reader does not go by it."""
    if member in package.unpacked:
        yield package.unpacked[member]
        return
    info = package.archive.getinfo(member)
    info.file_size = MAX_UNPACKED + 1
    with package.archive.open(info) as stream:
        while chunk := stream.read(_CHUNK):
            yield chunk


def shared_text(package: Package) -> int:
    """Return how many bytes the shared strings of a workbook take in all cells that name them, markup of the strings included."""
    members = sorted(set(package.archive.namelist()))  # of any name: parts tell by their relations what they are
    lengths = max((_lengths(package, member) for member in members), key=len, default=[])
    if not lengths:
        return 0
    named: Counter[int] = Counter()
    for member in members:
        named.update(_named(package, member))
    return sum(lengths[number] * count for number, count in named.items() if number < len(lengths))


def _lengths(package: Package, member: str) -> list[int]:
    starts, at, rest = [0], 0, b""
    for chunk in pieces(package, member):
        text = rest + chunk
        found = (at - len(rest) + sign.start() for sign in _STRING.finditer(text))
        starts += [start for start in found if start > starts[-1]]
        at, rest = at + len(chunk), text[-16:]
    return [after - before for before, after in pairwise([*starts[1:], at])]


def _named(package: Package, member: str) -> Counter[int]:
    found: Counter[int] = Counter()
    rest = b""
    for chunk in pieces(package, member):
        text = rest + chunk
        end = 0
        for sign in _NAMED.finditer(text):
            if sign.end() < len(text):  # the digits of one at the end may go on
                found[int(sign[1])] += 1
                end = sign.end()
        rest = text[max(end, len(text) - _LONGEST_SIGN) :]
    return found
