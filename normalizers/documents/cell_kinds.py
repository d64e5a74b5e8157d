"""How well a text fits the kind of column it may stand in: a date under a deadline, bodies under those responsible."""

from __future__ import annotations

import re
from collections.abc import Sequence

_DATE = re.compile(
    r"(?:(?:19|20)\d\d\s*年?)?(?:\d{1,2}\s*月(?:\d{1,2}日)?|[上中下]半?年|上半年|下半年|第?[一二三四1-4]季度|年)?(?:底|末|中旬|上旬|下旬|初)?(?:之?前|以前)?(?:完成)?"
)
_LASTING = re.compile(
    r"(?:全年|长期|持续|常年|每年|每月|每季度?|每半年|年内|年底|即时|按时|按.{1,6}要求|立即|已完成|常态化?|适时)"
    r"(?:坚持|推进|实施|落实|完成|开展|更新|报送|进行|执行|推动|前|底前|全年)*"
)
_BODY_END = re.compile(
    r"(?:[局委办厅院会部行团队署社]|政府|单位|部门|中心|公司|集团|管委会|[区县市镇乡]|街道|分行|支队|总队|办公室|法院|检察院|海关|大学|学院|等)[）)]?[、，,；;]?$"
)
_WHOLE_END = re.compile(
    r"(?:^|[、，；])[^、，；]*(?:[^、，；][^、，；](?:局|厅|院|行|署|部|中心|公司|政府|办公室|管委会|办|队)|[^、，；]{3}委|[^、，；][^、，；社]会|单位|部门)[）)]?$"
)
_LISTED = re.compile(r"[、，；]")


def is_date(text: str) -> bool:
    """Tell whether a text is nothing but a time to be done by: ``2031年6月底前``, 全年, 持续推进."""
    bare = re.sub(r"\s", "", text)
    return 1 < len(bare) <= 24 and (_DATE.fullmatch(bare) is not None or _LASTING.fullmatch(bare) is not None)


def is_bodies(text: str) -> bool:
    """Tell whether a text reads as a list of bodies, or a piece of one."""
    bare = re.sub(r"\s", "", text)
    return bool(bare) and "。" not in bare and (_BODY_END.search(bare) is not None) and len(max(_LISTED.split(bare), key=len)) <= 22


def ends_body(text: str) -> bool:
    """Tell whether a list of bodies breaks off after a whole name, as far as its last word tells."""
    bare = re.sub(r"\s", "", text)
    return _WHOLE_END.search(bare) is not None


def work_kinds(kinds: Sequence[str]) -> list[str]:
    """Return the kinds of columns, with the last section's as that of the work where no other column holds it: 工作内容 heads both."""
    out = list(kinds)
    if not any(kind in {"task", "target", "content", "name", ""} for kind in out) and "section" in out:
        out[len(out) - 1 - out[::-1].index("section")] = "task"
    return out


def misfit(text: str, kind: str) -> float:
    """Return from 0 to 2 how badly a text fits a column of a kind; 0 where nothing speaks against it."""
    if is_date(text):
        return {"deadline": 0.0, "remark": 0.5, "target": 1.0, "number": 2.0}.get(kind, 1.5)
    if kind == "deadline":
        return 0.5 if len(text) <= 8 and re.search(r"[年月日季度前底末\d]", text) else 1.5
    if kind in {"lead", "partner", "responsible"}:
        return 0.0 if is_bodies(text) else 0.4 if len(text) <= 8 and "。" not in text else 1.5
    if kind == "task":
        return 0.9 if is_bodies(text) and ("、" in text or len(text) <= 12) else 0.0
    return 0.5 if len(text) > 30 and kind in {"section", "remark"} else 0.2
