"""Numbers in Chinese numerals, common (三万五千) and formal (叁万伍仟), with digits among them (5万3千)."""

from __future__ import annotations

from decimal import Decimal

_DIGITS = {
    char: value
    for value, chars in enumerate(("零〇○", "一壹弌", "二贰两弍貳", "三叁弎叄", "四肆", "五伍", "六陆陸", "七柒", "八捌", "九玖"))
    for char in chars
}
_TENS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000, "廿": 20}
_MYRIADS = {"万": 10_000, "萬": 10_000, "亿": 100_000_000, "億": 100_000_000}
NUMERALS = "".join([*_DIGITS, *_TENS, *_MYRIADS])
"""All characters of Chinese numerals."""
MAX_LENGTH = 30
"""Characters of a number; no sum of a public record has more."""


def integer(text: str) -> int | None:
    """Return the whole number that ``text`` writes, ``None`` for what is none."""
    value = parse(text)
    return int(value) if value is not None and value == value.to_integral_value() else None


def parse(text: str) -> Decimal | None:
    """Return the value of a number in digits, in Chinese numerals or both (3.5万, 一千二百, 二〇一九, 5万3千); ``None`` for what is none.

    In 三万五 the last digit counts as the next lower place (35,000).
    """
    if not text or len(text) > MAX_LENGTH:
        return None
    if all(char in _DIGITS for char in text):
        return Decimal(int("".join(str(_DIGITS[char]) for char in text)))
    return _sum(_tokens(text))


def _tokens(text: str) -> list[Decimal | str] | None:
    """Return numbers and place words in turn, ``None`` where a character belongs to neither."""
    found: list[Decimal | str] = []
    at = 0
    while at < len(text):
        end = at
        while end < len(text) and (text[end] in "0123456789."):
            end += 1
        if end > at:
            if text.count(".", at, end) > 1 or text[at] == "." or text[end - 1] == ".":
                return None
            found.append(Decimal(text[at:end]))
        elif text[at] in _DIGITS:
            found.append(Decimal(_DIGITS[text[at]]))
            end = at + 1
        elif text[at] in _TENS or text[at] in _MYRIADS:
            found.append(text[at])
            end = at + 1
        else:
            return None
        at = end
    return found


def _sum(tokens: list[Decimal | str] | None) -> Decimal | None:
    if not tokens:
        return None
    total = section = Decimal(0)
    number: Decimal | None = None
    place = 1
    for token in tokens:
        if isinstance(token, Decimal):
            if number is not None and number != 0:
                return None
            number = token
        elif token in _TENS:
            place = _TENS[token]
            section += (Decimal(1) if number is None else number) * place
            number = None
        else:
            section += number or 0
            place = _MYRIADS[token]
            total = (total + section) * place if place > 10_000 else total + section * place
            section, number = Decimal(0), None
    last = number or Decimal(0)
    # 三万五 is 35,000; with a zero before it (三万零五) the digit stands for itself.
    implied = place // 10 if last and len(tokens) > 1 and place > 10 and last < 10 and not _zero_before(tokens) else 1
    return total + section + last * implied


def _zero_before(tokens: list[Decimal | str]) -> bool:
    return tokens[-2] == Decimal(0)
