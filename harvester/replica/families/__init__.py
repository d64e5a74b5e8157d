"""The replica families: one module for each content management system, found by the name in ``sites.toml``."""

from __future__ import annotations

from harvester.replica.families.anhui_cms import AnhuiCms
from harvester.replica.families.base import Family, SiteFacts
from harvester.replica.families.hanweb_jcms import HanwebJcms
from harvester.replica.families.hanweb_jpaas import HanwebJpaas
from harvester.replica.families.shanghai_cms import ShanghaiCms
from harvester.replica.families.sip_credit import SipCredit
from harvester.replica.families.trs import Trs

FAMILIES: dict[str, type[Family]] = {
    "shanghai_cms": ShanghaiCms,
    "hanweb_jcms": HanwebJcms,
    "sip_credit": SipCredit,
    "hanweb_jpaas": HanwebJpaas,
    "anhui_cms": AnhuiCms,
    "trs": Trs,
}
"""The families by name."""

__all__ = ["FAMILIES", "Family", "SiteFacts"]
