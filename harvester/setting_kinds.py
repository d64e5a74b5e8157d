"""What each setting takes: a value is checked where it was written, and refused with its place, its name and what to write instead."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from harvester.errors import WrongCall

PREFIX = "HARVESTER_"
ENVIRONMENT, GIVEN = "the environment", "the command line"
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
OF_SHEETS: Mapping[str, str] = {
    "promises": "docs/monitoring.md",
    "drift": "docs/drift.md, the key drift of [promises]",
    "limits": "docs/new_site.md",
    "sections": "docs/new_site.md",
    "list": "docs/new_site.md",
    "article": "docs/new_site.md",
}
"""What says how a site is, and so stands in its fact sheet and not in the settings of a machine."""


class _WrongValueError(ValueError):
    """A value cannot be: what it must be, and an example to write, as a file has it and as JSON where that differs."""

    def __init__(self, wanted: str, example: str, as_json: str = "") -> None:
        super().__init__(wanted)
        self.wanted, self.example, self.as_json = wanted, example, as_json or example


@dataclass(frozen=True, slots=True)
class Place:
    """Where settings were written: the path of a file, ``ENVIRONMENT`` or ``GIVEN``."""

    name: str

    def of(self, setting: str) -> str:
        """Return how the place of one setting is called: ``harvester.toml``, or the variable."""
        if self.name == ENVIRONMENT:
            return PREFIX + setting.upper()
        return "The command line" if self.name == GIVEN else self.name

    def typed(self, setting: str, value: Any) -> Any:  # noqa: ANN401 - a value of any setting
        """Return the value of a setting as the program uses it. Raises WrongCall; values that may be secret are not quoted."""
        check, page = _KINDS[setting]
        outside = self.name in (ENVIRONMENT, GIVEN)
        try:
            if outside and isinstance(value, str) and check in _TABLES:
                value = _read_json(value, check)
            return check(value)
        except _WrongValueError as error:
            quoted = "" if check in _TABLES else f" and not {_short(value)}"
            where = self.of(setting) if self.name == ENVIRONMENT else f"{self.of(setting)}: {setting}"
            told = f"must be {'JSON of ' if outside and check in _TABLES else ''}{error.wanted}{quoted}"
            raise WrongCall(f"{where} {told}; write {error.as_json if outside else error.example} ({page}).") from None

    def unknown(self, setting: str) -> WrongCall:
        """Return the error of a setting that there is not, with the place where it belongs or the one that was meant."""
        if setting in OF_SHEETS:
            return WrongCall(
                f"{self.name}: [{setting}] is no setting: it tells what a site is like and stands in the site's fact sheet; write it into "
                f"spiders/sites/SITE.toml or spiders/record_sites/SITE.toml ({OF_SHEETS[setting]})."
            )
        near = get_close_matches(setting, sorted(SETTINGS), 1)
        told = f"did you mean {near[0]}?" if near else "take it out, or mend its name."
        return WrongCall(f"{self.name}: the settings know no {setting}; known are {', '.join(sorted(SETTINGS))} (docs/crawling.md); {told}")


def _short(value: object) -> str:
    told = repr(value)
    return told if len(told) <= 60 else told[:60] + "…"


def _read_json(text: str, check: Callable[[Any], Any]) -> Any:  # noqa: ANN401 - whatever is written
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return check(None)  # its words: what the setting must be


# --- kinds -------------------------------------------------------------------------------------------------------------


def _seconds(value: Any) -> float:  # noqa: ANN401 - whatever is written
    try:
        number = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not 0 <= number < 86400:
        raise _WrongValueError("seconds from 0 to a day", "a number such as 3 or 0.5")
    return number


def _text(value: Any) -> str:  # noqa: ANN401 - whatever is written
    if not isinstance(value, str) or "\x00" in value:
        raise _WrongValueError("text", 'it in quotes, as in "text"', "text")
    return value


def _path(value: Any) -> Path:  # noqa: ANN401 - whatever is written
    if isinstance(value, Path):
        return value
    if not isinstance(value, str) or not value or "\x00" in value:
        raise _WrongValueError("the path of a file or folder", 'it in quotes, as in "/srv/credit/archive"', "/srv/credit/archive")
    return Path(value)


def _truth(value: Any) -> bool:  # noqa: ANN401 - whatever is written
    words = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
    if (word := str(value).lower()) not in words:
        raise _WrongValueError("true or false", "true or false")
    return words[word]


def _format(value: Any) -> str:  # noqa: ANN401 - whatever is written
    if value not in ("text", "json"):
        raise _WrongValueError("text or json", '"text" or "json"', "text or json")
    return str(value)


def _level(value: Any) -> str:  # noqa: ANN401 - whatever is written
    if not isinstance(value, str) or value.upper() not in LEVELS:
        raise _WrongValueError(f"one of {', '.join(LEVELS)}", '"INFO"', "INFO")
    return value.upper()


def _few(value: Any) -> int:  # noqa: ANN401 - whatever is written
    number = int(value) if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 5 else value
    if not isinstance(number, int) or isinstance(number, bool) or not 1 <= number <= 64:
        raise _WrongValueError("a whole number from 1 to 64", "4")
    return number


def _table(value: Any, example: str, as_json: str) -> dict[str, Any]:  # noqa: ANN401 - whatever is written
    if not isinstance(value, Mapping):
        raise _WrongValueError("a table", example, as_json)
    return dict(value)


def _room(value: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever is written
    return _table(
        value, 'a line [room] and below it lines such as base = "https://credit.example.cn"', '{"base": "https://credit.example.cn"}'
    )


def _alerts(value: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever is written
    return _table(value, 'a line [alerts] and below it lines such as channels = ["duty"]', '{"channels": ["duty"]}')


def _heartbeat(value: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever is written
    return _table(value, 'a line [heartbeat] and below it url_env = "HEARTBEAT_URL"', '{"url_env": "HEARTBEAT_URL"}')


def _schedule(value: Any) -> dict[str, dict[str, Any]]:  # noqa: ANN401 - whatever is written
    example = 'a line [schedule.shanghai] and below it lines such as cron = "30 2 * * *"', '{"shanghai": {"cron": "30 2 * * *"}}'
    return _tables(value, "job", *example)


def _channels(value: Any) -> dict[str, dict[str, Any]]:  # noqa: ANN401 - whatever is written
    # Whoever wrote a secret where only its name belongs must not find it in an error, so nothing of the value is told.
    return _tables(value, "channel", 'a line [channels.NAME] and below it kind = "mail"', '{"duty": {"kind": "mail", …}}')


def _tables(value: Any, each: str, example: str, as_json: str) -> dict[str, dict[str, Any]]:  # noqa: ANN401 - whatever is written
    if not isinstance(value, Mapping) or not all(isinstance(table, Mapping) for table in value.values()):
        raise _WrongValueError(f"a table of tables, one for each {each}", example, as_json)
    return {str(name): dict(table) for name, table in value.items()}


def _bases(value: Any) -> dict[str, str]:  # noqa: ANN401 - whatever is written
    if not isinstance(value, Mapping) or not all(isinstance(v, str) and v.startswith(("http://", "https://")) for v in value.values()):
        example = 'a line [bases] and below it shanghai = "http://127.0.0.1:8001"'
        raise _WrongValueError("a table of http addresses by site", example, '{"shanghai": "http://127.0.0.1:8001"}')
    return {str(site): base for site, base in value.items()}


_TABLES = (_room, _alerts, _heartbeat, _schedule, _channels, _bases)
_CRAWLING = "docs/crawling.md"
_KINDS: Mapping[str, tuple[Callable[[Any], Any], str]] = {
    "store": (_text, _CRAWLING),
    "archive": (_path, _CRAWLING),
    "key": (_path, _CRAWLING),
    "bases": (_bases, _CRAWLING),
    "pace": (_seconds, _CRAWLING),
    "timeout": (_seconds, _CRAWLING),
    "seconds": (_seconds, _CRAWLING),
    "patience": (_seconds, _CRAWLING),
    "contact": (_text, _CRAWLING),
    "proxy": (_truth, _CRAWLING),
    "log_level": (_level, _CRAWLING),
    "operator": (_text, _CRAWLING),
    "channels": (_channels, "docs/watches.md"),
    "room": (_room, "docs/access.md"),
    "schedule": (_schedule, "docs/scheduling.md"),
    "alerts": (_alerts, "docs/alerts.md"),
    "heartbeat": (_heartbeat, "docs/alerts.md"),
    "log_format": (_format, _CRAWLING),
    "side_by_side": (_few, _CRAWLING),
}
SETTINGS = frozenset(_KINDS)
