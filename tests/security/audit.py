"""``python -m tests.security.audit PIP_AUDIT``: known vulnerabilities of what the locks pin, asked of osv.dev by pip-audit.

Exit status 0: none known; 1: some are, and the fixed versions are named; 3: osv.dev could not be asked, so nothing is known.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.security.locked import AUDIT_LOCK, LOCK

SECONDS = 600.0
"""The most that an audit of one lock takes: a question a package."""
CLEAN, FOUND, NOT_ASKED = 0, 1, 3


def audit(program: str, lock: Path, service: str | None = None) -> list[dict[str, Any]] | None:
    """Return the packages of a lock that have known vulnerabilities, ``None`` if the service could not be asked."""
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "answer.json"
        words = [program, "--require-hashes", "--disable-pip", "-r", str(lock), "-s", "osv", "-f", "json", "-o", str(answer)]
        words += ["--progress-spinner", "off", "--cache-dir", folder, *(["--osv-url", service] if service else [])]
        try:
            told = subprocess.run(words, capture_output=True, text=True, timeout=SECONDS, check=False)
        except subprocess.TimeoutExpired:
            return None
        if not answer.exists() or not answer.stat().st_size:  # it writes an answer whatever it finds, none where it trips
            print(told.stderr.strip().splitlines()[-1][:300] if told.stderr.strip() else "no word of pip-audit", file=sys.stderr)
            return None
        return [each for each in json.loads(answer.read_text("utf-8"))["dependencies"] if each.get("vulns")]


def main(program: str) -> int:
    """Print what is known of every lock; return the exit status."""
    status = CLEAN
    for lock in (LOCK, AUDIT_LOCK):
        found = audit(program, lock)
        if found is None:
            print(f"{lock.name}: NOT audited: osv.dev could not be asked. Run `make audit` again where the network reaches it.")
            return NOT_ASKED
        print(f"{lock.name}: {len(found)} packages with known vulnerabilities")
        for package in found:
            status = FOUND
            for known in package["vulns"]:
                mended = ", ".join(known["fix_versions"]) or "no version yet"
                print(f"  {package['name']} {package['version']}: {known['id']}, mended in {mended}")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
