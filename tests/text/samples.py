"""Texts in the manner of the field, written for these tests."""

from __future__ import annotations

from normalizers.text.damage import Model, readings_of

PLAN = """关于推进水乡片区商业诚信街区建设的工作安排
一、工作目标
到明年年底，片区内规模以上商户的信用档案建档率达到九成，投诉处理平均用时缩短三分之一。“诚信街区”成为居民认可的品牌，总结形成可复制的做法。
二、主要任务
（一）完善信用档案。依托市级数据平台，归集商户的登记、许可、处罚和履约记录，按月更新，实现部门之间互联互通。
（二）优化分类监管。对信用良好的商户减少检查频次，对严重失信的商户列为重点对象，联合执法单位开展专项检查。总体上做到无事不扰、有事必查。
（三）发展信用服务。鼓励第三方机构开发面向小微企业的信用产品，协助银行业金融机构创新融资方式，扩大服务覆盖面。
（四）规范行业协会。指导协会制定自律公约，监督会员履行承诺，环境卫生和价格公示纳入评价。
三、保障措施
区发展改革部门负责统筹协调，每季度召开一次会议。科技、商务、市场监管等部门各司其职，医疗、养老、教育领域参照执行。现有经费渠道不变，确有困难的由财政另行安排。
"""
"""About 450 characters in eleven lines, simplified."""

CHARACTERS = "區業聯發數創環據監統規優現協態醫執養穩戰節鎮續衛鄉雲會關務價"
"""Characters that get their readings in these tests."""


def model(characters: str = CHARACTERS) -> Model:
    """Return a model that puts the first dictionary reading, in order of letters, behind each character."""
    return Model(tuple((char, min(readings_of(char))) for char in characters))
