"""Read OFD, the national page format (GB/T 33190-2016): its placed characters and strokes, laid out by the reader of pdf pages.

What was read is counted against what the file declares, since a page format says nothing of reading order.
"""

from __future__ import annotations

import posixpath
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from math import hypot, isfinite

from lxml import etree

from normalizers.documents import pdf
from normalizers.documents.drawn_pages import Glyph, Sheet, advance, as_pdf
from normalizers.documents.limits import MAX_PAGES, UnreadableError
from normalizers.documents.opc import Package, open_package
from normalizers.records import Document, Hints

POINTS = 72 / 25.4
"""Points of a millimetre, in which OFD measures (GB/T 33190, 6.1)."""
MAX_OBJECTS = 60_000
"""Characters and strokes of one page; the reader of pages refuses more."""
MAX_DEPTH = 30
MAX_SIZE = 0.2
"""Type size in page heights from which a character is a stamp or a watermark."""
CLOSE = 1.15
"""Step in type sizes up to which a character fills the way to the next one; generators set digits in squares, too."""
MIN_READ = 0.9
"""Share of the declared characters that must stand in the text: page numbers and running headers go, little else may."""
MAX_UNREADABLE = 0.2
"""Share of characters without a meaning from which a text layer is only a picture of glyphs."""
_A4 = (0.0, 0.0, 210.0, 297.0)
_PATH_STEP = re.compile(r"([SMLQBAC])|([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)")
_ARGUMENTS = {"S": 2, "M": 2, "L": 2, "Q": 4, "B": 6, "A": 7, "C": 0}
Matrix = tuple[float, float, float, float, float, float]
_UNIT: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


@dataclass(slots=True)
class _Count:
    """What a file declares: characters of the text, those that are turned, oversized or off the page, pictures."""

    characters: Counter[str] = field(default_factory=Counter)
    aside: int = 0
    images: int = 0


def _numbers(text: str | None) -> list[float]:
    out = []
    for word in (text or "").split()[:MAX_OBJECTS]:
        try:
            number = float(word)
        except ValueError:
            return []
        if not isfinite(number) or abs(number) > 1e6:
            return []
        out.append(number)
    return out


def deltas(text: str | None, count: int) -> list[float]:
    """Return ``count`` steps between characters; ``g n d`` stands for n steps of d, and the last goes on (GB/T 33190, 11.3)."""
    words = (text or "").split()
    out: list[float] = []
    at = 0
    while at < len(words) and len(out) < count:
        group = words[at] == "g" and at + 2 < len(words)
        step = _numbers(words[at + 2] if group else words[at])
        times = int(words[at + 1]) if group and re.fullmatch(r"\d{1,6}", words[at + 1]) else 1
        if not step:
            break
        out += step * min(times, count - len(out))
        at += 3 if group else 1
    return out + [out[-1]] * (count - len(out)) if out else []


# --- one page ----------------------------------------------------------------------------------------------------------------------


class _Page:
    """Draws the objects of a page and its templates on a sheet."""

    def __init__(self, box: tuple[float, ...], count: _Count) -> None:
        self._box = box
        self._count = count
        self.sheet = Sheet(box[2] * POINTS, box[3] * POINTS)

    def draw(self, parent: etree._Element, depth: int = 0) -> None:
        """Draw all objects within an element: layers and blocks are looked through."""
        for child in parent.iterchildren("{*}*"):
            if child.get("Visible", "true").lower() == "false" or depth > MAX_DEPTH:
                continue
            name = str(child.tag).rpartition("}")[2]  # a QName refuses the names that a broken file may have
            if name == "TextObject":
                self._text(child)
            elif name == "PathObject":
                self._path(child)
            elif name == "ImageObject":
                self._count.images += 1
            elif name in {"Content", "Layer", "PageBlock"}:
                self.draw(child, depth + 1)

    def _point(self, matrix: Matrix, origin: tuple[float, float], x: float, y: float) -> tuple[float, float]:
        """Return a point of an object in points from the page's lower left."""
        across = origin[0] + matrix[0] * x + matrix[2] * y + matrix[4]
        down = origin[1] + matrix[1] * x + matrix[3] * y + matrix[5]
        return (across - self._box[0]) * POINTS, (self._box[3] - (down - self._box[1])) * POINTS

    def _text(self, element: etree._Element) -> None:
        matrix, origin = _placing(element)
        size = (_numbers(element.get("Size")) or [0.0])[0]
        height, across = size * hypot(matrix[2], matrix[3]) * POINTS, hypot(matrix[0], matrix[1]) * POINTS
        turned = abs(matrix[1]) > 0.2 * max(1e-6, abs(matrix[0])) or height > MAX_SIZE * self.sheet.height
        for code in element.iterchildren("{*}TextCode"):
            for character, x, y, step in _characters(code, code.text or "", size):
                if not character.strip() or unicodedata.category(character) == "Cc":
                    continue
                at = self._point(matrix, origin, x, y)
                if turned or not self._holds(*at) or len(self.sheet.glyphs) >= MAX_OBJECTS:
                    self._count.aside += 1
                    continue
                self._count.characters[character] += 1
                self.sheet.glyphs.append(Glyph(character, *at, max(height, 1.0), max(step * across, 0.5)))

    def _holds(self, x: float, y: float) -> bool:
        return 0 <= x <= self.sheet.width and 0 <= y <= self.sheet.height

    def _path(self, element: etree._Element) -> None:
        """Keep the level and upright strokes of a path, of which tables are drawn."""
        matrix, origin = _placing(element)
        for x0, y0, x1, y1 in _segments(element.findtext("{*}AbbreviatedData") or ""):
            start, end = self._point(matrix, origin, x0, y0), self._point(matrix, origin, x1, y1)
            level = min(abs(start[0] - end[0]), abs(start[1] - end[1])) < 0.5
            if level and self._holds(*start) and self._holds(*end) and len(self.sheet.strokes) < MAX_OBJECTS:
                self.sheet.strokes.setdefault((round(start[0], 1), round(start[1], 1), round(end[0], 1), round(end[1], 1)))


def _placing(element: etree._Element) -> tuple[Matrix, tuple[float, float]]:
    """Return an object's matrix and the corner of its frame."""
    numbers, frame = _numbers(element.get("CTM")), _numbers(element.get("Boundary"))
    matrix: Matrix = (numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5]) if len(numbers) == 6 else _UNIT
    return matrix, (frame[0], frame[1]) if len(frame) == 4 else (0.0, 0.0)


def _characters(code: etree._Element, text: str, size: float) -> Iterator[tuple[str, float, float, float]]:
    """Yield each character with its place in its object and the width it fills, in millimetres."""
    x, y = ((_numbers(code.get(axis)) or [0.0])[0] for axis in "XY")
    right, down = deltas(code.get("DeltaX"), len(text) - 1), deltas(code.get("DeltaY"), len(text) - 1)
    for number, character in enumerate(text):
        usual = advance(character) * size
        step = right[number] if number < len(right) else (0.0 if number < len(down) else usual)
        yield character, x, y, step if 0 < step <= CLOSE * size else usual
        x += step
        y += down[number] if number < len(down) else 0.0


def _segments(data: str) -> Iterator[tuple[float, float, float, float]]:
    """Yield the straight strokes of a path (GB/T 33190, 9.3)."""
    letter, waiting = "", list[float]()
    start = at = (0.0, 0.0)
    for found in _PATH_STEP.finditer(data):
        if found.group(1):
            letter, waiting = found.group(1), []
        else:
            waiting.append(float(found.group(2)))
        if letter == "C" and at != start:
            yield (*at, *start)
            at = start
        elif letter and _ARGUMENTS[letter] and len(waiting) == _ARGUMENTS[letter]:
            point = waiting[-2], waiting[-1]
            if letter == "L":
                yield (*at, *point)
            at, waiting = point, []
            start = point if letter in "SM" else start


# --- the file ----------------------------------------------------------------------------------------------------------------------


def _path(base: str, location: str | None) -> str:
    """Return the member that a location names: from the root with a slash, else beside the file that names it."""
    told = (location or "").strip().replace("\\", "/")
    return posixpath.normpath(told if told.startswith("/") else posixpath.join("/", posixpath.dirname(base), told)).lstrip("/")


def _box(area: etree._Element | None, default: tuple[float, ...]) -> tuple[float, ...]:
    numbers = _numbers(area.findtext("{*}PhysicalBox")) if area is not None else []
    return tuple(numbers) if len(numbers) == 4 and 0 < numbers[2] < 5000 and 0 < numbers[3] < 5000 else default


def _sheets(package: Package, count: _Count, name: str) -> Iterator[Sheet]:
    root = package.part("OFD.xml")
    for body in root.iterfind("{*}DocBody/{*}DocRoot") if root is not None else ():
        main = _path("", body.text)
        document = package.part(main)
        if document is None:
            raise UnreadableError(f"{name} is a damaged or encrypted OFD file ({main} cannot be read): ask for an open copy.")
        usual = _box(document.find("{*}CommonData/{*}PageArea"), _A4)
        templates = {one.get("ID", ""): _path(main, one.get("BaseLoc")) for one in document.iterfind("{*}CommonData/{*}TemplatePage")}
        for entry in list(document.iterfind("{*}Pages/{*}Page"))[:MAX_PAGES]:
            content = package.part(_path(main, entry.get("BaseLoc")))
            if content is None:
                package.warnings.append(f"A page of {name} is missing in the file and was not read.")
                continue
            page = _Page(_box(content.find("{*}Area"), usual), count)
            for used in content.iterfind("{*}Template"):
                drawn = package.part(templates.get(used.get("TemplateID", ""), ""))
                if drawn is not None:
                    page.draw(drawn)
            page.draw(content)
            yield page.sheet


def _checked(document: Document, count: _Count) -> list[str]:
    """Return what is to be told of characters that the file declares and the text does not hold."""
    declared = sum(count.characters.values())
    read = Counter(document.raw_text)
    lost = sum((count.characters - read).values())
    told = [f"{count.aside} characters turned, oversized or off the page, as watermarks are, were not read."] if count.aside else []
    if declared - lost < MIN_READ * declared:
        told.append(f"{declared - lost} of {declared} characters of the OFD file stand in the text: check it by eye.")
    return told


def read(payload: bytes, hints: Hints, name: str) -> Document:
    """Return the document of an OFD file; raise ``UnreadableError`` for one that is damaged, encrypted, or carries no text."""
    package, count = open_package(payload, name), _Count()
    sheets = list(_sheets(package, count, name))
    declared = sum(count.characters.values())
    if not declared:
        seen = f"{count.images} pictures and no text, as scans do" if count.images else "no text"
        reason = f" {package.warnings[0]}" if package.warnings else ""
        raise UnreadableError(f"{name} holds {seen}: not extracted; run it through text recognition, or look for a text copy.{reason}")
    meaningless = sum(number for text, number in count.characters.items() if unicodedata.category(text) in {"Co", "Cn"} or text == "\ufffd")
    if meaningless > MAX_UNREADABLE * declared:
        raise UnreadableError(f"{name} holds glyphs without their characters: not extracted; look for a pdf or html copy of the same text.")
    document = pdf.read(as_pdf(sheets), hints, name)
    warnings = (*document.warnings, *_checked(document, count), *package.warnings)
    return replace(document, format="ofd", warnings=warnings)
