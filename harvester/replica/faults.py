"""The faults that a replica can be told to have, and exactly which answers they reach.

A fault is written ``name``, ``name:site``, ``name@reach`` or ``name:site@reach``; ``site/section`` means one section of a site. Without a
reach it spoils the second page of every list and every seventh article (by the order in which documents were published), so that a crawl
finds good and bad answers side by side.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

ARTICLE_STEP = 7
"""Every how many articles the default reach spoils."""


class FaultKind(StrEnum):
    """What goes wrong."""

    CHALLENGE = "challenge"
    CHALLENGE_412 = "challenge-412"
    HALF_BODY = "half-body"
    HALF_PAGE = "half-page"
    WRONG_CHARSET = "wrong-charset"
    DUP_PAGE = "dup-page"
    SLOW = "slow"
    SERVER_ERROR = "500"
    GONE = "gone"
    RESET = "reset"
    REDESIGN = "redesign"
    REDESIGN_2 = "redesign-2"


class Reach(StrEnum):
    """Which answers a fault spoils; ``SOME`` is the default."""

    SOME = "some"
    LIST = "list"
    ARTICLE = "article"
    ATTACHMENT = "attachment"
    ALL = "all"


class TargetKind(StrEnum):
    """What a request asks for."""

    LIST = "list"
    ARTICLE = "article"
    ATTACHMENT = "attachment"
    OTHER = "other"


class Target(NamedTuple):
    """What a request asks for, found before anything is rendered.

    ``page`` is the number a list page bears, ``items_page`` the one whose items it shows (they differ under ``dup-page`` only).
    """

    kind: TargetKind
    section: str = ""
    page: int = 1
    items_page: int = 1
    key: str = ""
    file_index: int = 0
    sequence: int = 0
    shape: str = ""
    arguments: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault and its reach; an empty ``site`` means every site, an empty ``section`` (a section's code) each of its sections."""

    kind: FaultKind
    site: str = ""
    reach: Reach = Reach.SOME
    section: str = ""

    @classmethod
    def parse(cls, text: str) -> Fault | None:
        """Return the fault that ``text`` names, ``None`` for an empty text. An unknown name or reach raises ``ValueError``."""
        if not text:
            return None
        head, _, reach = text.partition("@")
        name, _, site = head.partition(":")
        if name not in set(FaultKind):
            raise ValueError(f"There is no fault {name!r}; choose one of {', '.join(FaultKind)}.")
        if reach and reach not in set(Reach):
            raise ValueError(f"There is no reach {reach!r}; choose one of {', '.join(Reach)}.")
        site, _, section = site.partition("/")
        return cls(FaultKind(name), site, Reach(reach or "some"), section)

    def hits(self, site: str, target: Target) -> bool:
        """Tell whether the answer to ``target`` on ``site`` is spoiled."""
        if self.site not in ("", site) or self.section not in ("", target.section) or target.kind is TargetKind.OTHER:
            return False
        if self.kind is FaultKind.DUP_PAGE:
            return target.kind is TargetKind.LIST and self._repeats(target)
        if self.reach is Reach.SOME:
            second_list = target.kind is TargetKind.LIST and target.page == 2
            return second_list or (target.kind is TargetKind.ARTICLE and target.sequence % ARTICLE_STEP == 0)
        return (self.reach is Reach.ALL and target.kind is not TargetKind.ATTACHMENT) or self.reach == target.kind.value

    def _repeats(self, target: Target) -> bool:
        return target.page == 2 if self.reach is Reach.SOME else self.reach in (Reach.LIST, Reach.ALL) and target.page > 1
