"""Who decided: the authority of a record as an agency, its code, and the region it stands for."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from normalizers.agencies import Context, home_region, read_agencies, regions, resolve
from normalizers.agencies.decisions import Decisions
from normalizers.codes import check_credit_code
from normalizers.notices.gather import Gathered, shown
from normalizers.notices.records import PrintedRecord
from normalizers.records import Agency

MAX_NAME = 120
"""Characters of a printed authority that are looked up; more is a sentence."""

_SEVERAL = re.compile(r"[、，,；;/]|\s")
_WORD = re.compile(r"[\u4e00-\u9fff]{2}")


def read_authority(found: Gathered, record: PrintedRecord, on: date | None, decisions: Decisions) -> Agency | None:
    """Return the body that decided, else the one that the record's place names; ``None`` where neither does.

    It is resolved at the day of the decision from the record's region; what can't be is kept as printed.
    """
    texts = list(dict.fromkeys(given.text for given in found.given("authority")))
    printed = next((text for text in texts if _WORD.search(text)), "")
    found.keep("authority", [text for text in texts if text != printed])
    name = printed or record.authority
    if not name:
        return None
    context = Context.of_document(_home(record), on, decisions)
    agency = resolve(name[:MAX_NAME], context)
    if agency.resolved or not _SEVERAL.search(name) or len(name) > MAX_NAME:
        return agency
    several = [each for each in read_agencies(name, context).agencies if each.resolved]
    if not several:
        return agency
    if len(several) > 1:
        found.defect("several-authorities", "authority", f"Printed is {shown(name)}.")
    return replace(several[0], mention=name)


def _home(record: PrintedRecord) -> str:
    return record.region if record.region in regions().by_code else ""


def read_authority_code(found: Gathered) -> str:
    """Return the first code printed for the authority, in its normal spelling; a wrong one is told and kept."""
    for given in found.given("authority_code"):
        check = check_credit_code(given.text)
        if {finding.name for finding in check.failures} & {"empty", "dummy", "masked"}:
            found.blank("authority_code", given.text, "dummy-code")
            continue
        if not check.valid:
            found.defect("authority-code-wrong", "authority_code", " ".join(finding.detail for finding in check.failures))
        return check.normal or given.text
    return ""


def read_region(found: Gathered, record: PrintedRecord, authority: Agency | None) -> str:
    """Return the GB/T 2260 code of the authority's region, else that of the printed division, else the record's own."""
    if authority is not None:
        region = home_region(issuers=(authority.name or authority.mention[:MAX_NAME],)).region
        if region:
            return region
    for given in found.given("region_code"):
        code = re.sub(r"\D", "", given.text[:20])[:6]
        if code in regions().by_code:
            return code
    return record.region
