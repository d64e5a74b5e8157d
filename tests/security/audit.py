"""``python -m tests.security.audit``: known vulnerabilities of what requirements.lock pins, asked of osv.dev in one question.

Exit status 0: none known; 1: some are, and the versions that mend them are named; 3: it could not be asked, so nothing is known.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from typing import Any

import urllib3

from tests.security.locked import LOCK, Pin, pins

SERVICE = "https://api.osv.dev"
"""Open, without an account; its interface: https://google.github.io/osv.dev/api/"""
CLEAN, FOUND, NOT_ASKED = 0, 1, 3
Found = list[tuple[Pin, str, str]]
"""Package, name of the vulnerability, versions that mend it."""


class NotAskedError(Exception):
    """The service could not be asked, or answered what is no answer."""


def ask(method: str, url: str, body: Mapping[str, Any] | None = None) -> Any:
    """Return the JSON of an answer; certificates are verified, a proxy of the environment is used. Raises ``NotAskedError``."""
    proxy = os.environ.get("HTTPS_PROXY") or os.environ.get("https_proxy")
    pool = urllib3.ProxyManager(proxy) if proxy and url.startswith("https") else urllib3.PoolManager()
    try:
        answer = pool.request(method, url, json=body, timeout=30.0, retries=False, redirect=False)
        if answer.status != 200:
            raise NotAskedError(f"it answered {answer.status}")
        return answer.json()
    except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
        raise NotAskedError(type(error).__name__) from error


def audit(found: list[Pin], service: str = SERVICE) -> Found:
    """Return what is known of these packages. Raises ``NotAskedError``."""
    queries = [{"package": {"ecosystem": "PyPI", "name": pin.name}, "version": pin.version} for pin in found]
    results = ask("POST", f"{service}/v1/querybatch", {"queries": queries}).get("results", [])
    if len(results) != len(found):
        raise NotAskedError(f"it answered {len(results)} of {len(found)} questions")
    return [
        (pin, known["id"], mended(pin, ask("GET", f"{service}/v1/vulns/{known['id']}")))
        for pin, result in zip(found, results, strict=True)
        for known in result.get("vulns", [])
    ]


def mended(pin: Pin, told: Mapping[str, Any]) -> str:
    """Return the versions of a package in which a vulnerability is mended, empty where there is none yet."""
    events = [
        event
        for each in told.get("affected", [])
        if each.get("package", {}).get("name", "").lower() == pin.name
        for stretch in each.get("ranges", [])
        if stretch.get("type") == "ECOSYSTEM"
        for event in stretch.get("events", [])
    ]
    return ", ".join(event["fixed"] for event in events if "fixed" in event)


def main(service: str = SERVICE) -> int:
    """Print what is known; return the exit status."""
    locked = list(pins(LOCK))
    try:
        found = audit(locked, service)
    except NotAskedError as error:
        print(f"NOT audited: {service} could not be asked ({error}). Run `make audit` again where the network reaches it.")
        return NOT_ASKED
    for pin, known, versions in found:
        print(f"{pin.name} {pin.version}: {known}, {f'mended in {versions}' if versions else 'no version mends it yet'}")
    print(json.dumps({"packages": len(locked), "vulnerabilities": len(found)}))
    return FOUND if found else CLEAN


if __name__ == "__main__":
    sys.exit(main())
