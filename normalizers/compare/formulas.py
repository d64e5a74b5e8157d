"""Passages that say nothing of their own: names of bodies, labels of roles, dates. The same ones stand below any task."""

from __future__ import annotations

import re

from normalizers.compare.names import Names

LONGEST = 200
"""Characters of the longest passage that may be nothing but a formula."""

_NUMERAL = "[0-9〇零一二三四五六七八九十两]"
_DATE = (
    rf"(?:(?:{_NUMERAL}{{4}}|{_NUMERAL}{{2}})年度?|本年度?|当年|每年|{_NUMERAL}{{1,3}}月份?|{_NUMERAL}{{1,3}}日|第?[一二三四1-4]季度|[上下]半年"
    r"|[上中下]旬|年底|月底|[底末初前起]|长期(?:坚持|推进)?|持续(?:推进|实施)?|全年|按期|即日|完成|至|到|每(?:月|季度?)|[.])"
)
_LABEL = (
    r"(?:责任|牵头|配合|主办|协办|主管|参与|参加|承办|承担|协同|落实|实施|组织|会同|完成)(?:单位|部门|处室|科室|机构|时限|时间|期限)?"
    r"|(?:单位|部门)|负责|按照?(?:各自)?职责(?:分工)?|职责分工|分工|分别|依职责|各有关(?:单位|部门)|有关(?:单位|部门)|相关(?:单位|部门)"
    r"|各成员单位|成员单位|各?(?:省|市|县|区|设区市|县市区|县区|区县|市区|市县)?(?:人民)?政府|各(?:县市区|县区|区县|市区|市县|市|县|区|镇街?|乡镇)"
    r"|各?(?:园区|开发区|高新区|功能区)管委会|等|和|及|与|的"
)
_BODY = (
    r"(?!建立|推进|完善|制定|开展|加强|加快|推动|落实|实施|组织|编制|出台|探索|强化|健全|优化|提升|规范)"
    r"(?:国家|中国|中央|全国|省|市|县|区)[\u4e00-\u9fff]{1,10}?(?:局|委员会|委|办公室|办|厅|部|院|中心|协会|署|会|队)"
)
_SAID = re.compile(rf"{_DATE}|{_LABEL}|[\ue000-\uf8ff\U000f0000-\U000fffff]")
_UNLISTED = re.compile(_BODY)


def is_formula(text: str, names: Names) -> bool:
    """Tell whether folded characters are nothing but names of bodies, labels of roles and dates."""
    if len(text) > LONGEST:
        return False
    named = dict(names.spans(text))
    at = 0
    while at < len(text):
        if at in named:
            at = named[at]
            continue
        said = _SAID.match(text, at) or _UNLISTED.match(text, at)
        if said is None:
            return False
        at = said.end()
    return True
