"""Which words above a table name the section of its tasks: a heading, a line 表一 …, or captions that tell several tables apart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from normalizers.agencies import Context, looks_like_agencies
from normalizers.records import Block, BlockKind
from normalizers.tasks.drafts import Draft
from normalizers.tasks.sections import MAX_HEADING, is_heading, is_title_like, split_number
from normalizers.text.fold import fold

PAGE_MARK = re.compile(r"[\s\d/—–·第页共（）()续表上接下转-]*")
"""What stands between two halves of one table: numbers of pages, 续表, （接上页）."""

_PASSED = 3
"""Lines right above a table that are looked through for its caption, units and lead-ins between."""
_MAX_PASSED = 40
_BETWEEN = re.compile(r"[（(【\[][^（()）]*[）)】\]]|.*[:：]|.*如下。?|.{0,4}(?:单位|日期|时间)[:：].*")
"""A unit, a date in brackets or a lead-in between a caption and its table (单位：万元; （2024年）; 具体任务如下：)."""
_TABLE_NUMBER = re.compile(
    r"表\s*(?:[一二三四五六七八九十]{1,3}|\d{1,2})(?:[-—.．]\d{1,2})?(?:[\s:：、.．）)]+|(?=[\u4e00-\u9fff《“]))(?=\S{2})"
)
_ATTACHMENT = re.compile(r"附\s*(?:件|录|表)?\s*[一二三四五六七八九十\d]{0,3}\s*(?:[:：.、].*|$)|附\s*[件录表]")
_CONTINUED = re.compile(r"\s*[（(【\[]?\s*(?:续表?|接上[页表])\s*[）)】\]]?\s*$")
_NO_CAPTION = re.compile(r"[。；;，,：:？?！!、]|^(?:19|20)\d\d\s*[年.\-/]\s*\d{1,2}\s*[月.\-/]\s*\d{1,2}\s*日?$|号$|^目\s*[录次]$")
_LONGEST_LINE = 200
_MAX_PLAIN = 30
"""Characters of the longest line that reads as a caption though nothing but its place says so."""


@dataclass(frozen=True, slots=True)
class Caption:
    """What names a table: ``text`` is empty for none; ``certain`` tells that it is a section even where the document has one table only."""

    text: str = ""
    certain: bool = False


@dataclass(slots=True)
class Captions:
    """The captions of a document's tables of tasks, and which drafts stand under each."""

    title: str
    context: Context
    last: Caption = Caption()
    found: list[tuple[Caption, int, int]] = field(default_factory=list)

    def above(self, blocks: Sequence[Block], section: str, *, continues: bool) -> Caption:
        """Return the caption of a table below ``blocks``; ``section`` is that of the numbered heading among them.

        A table that ``continues`` the one before it, with nothing but a page's number between, stands under the same caption.
        """
        block = _nearest(blocks)
        if block is None:
            self.last = self.last if continues else Caption()
        elif is_heading(block) and split_number(block.text)[0]:
            self.last = Caption(section, certain=True)
        else:
            self.last = self._of(block)
        return self.last

    def _of(self, block: Block) -> Caption:
        if len(block.text) > _LONGEST_LINE:
            return Caption()
        text = _CONTINUED.sub("", block.text.replace("\n", "").strip()).rstrip("。：:")
        if not 2 <= len(text) <= MAX_HEADING or block.kind is BlockKind.TITLE or _ATTACHMENT.match(text) or fold(text) == fold(self.title):
            return Caption()
        if _TABLE_NUMBER.match(text):
            return Caption(text, certain=not _NO_CAPTION.search(_TABLE_NUMBER.sub("", text, count=1)))
        if block.kind is BlockKind.HEADING:
            return Caption(text, certain=not is_title_like(text))
        plain = (
            len(text) <= _MAX_PLAIN
            and not _BETWEEN.fullmatch(text)
            and not _NO_CAPTION.search(block.text.strip())
            and not split_number(text)[0]
        )
        return Caption(text) if plain and not looks_like_agencies(text, self.context) else Caption()

    def note(self, start: int, stop: int) -> None:
        """Note that the drafts from ``start`` to ``stop`` were read from the table below the last caption."""
        if stop > start:
            self.found.append((self.last, start, stop))

    def settle(self, drafts: list[Draft]) -> None:
        """Give the tasks of several tables, told apart by nothing but the lines above them, those lines as sections."""
        if len({fold(caption.text) for caption, _, _ in self.found if caption.text}) < 2:
            return
        for caption, start, stop in self.found:
            drafts[start:stop] = [draft if draft.section else draft._replace(section=caption.text) for draft in drafts[start:stop]]


def _nearest(blocks: Sequence[Block]) -> Block | None:
    """Return the last of the blocks that is neither a page's mark nor a unit or lead-in, ``None`` where there is none."""
    shown = [block for block in blocks if not PAGE_MARK.fullmatch(block.text)]
    for block in reversed(shown[-_PASSED:]):
        text = block.text.strip()
        if is_heading(block) or len(text) > _MAX_PASSED or not _BETWEEN.fullmatch(text) or _TABLE_NUMBER.match(text):
            return block
    return shown[-1] if shown else None
