"""``python -m tests.security.sbom [FILE]``: the software bill of materials, CycloneDX 1.6 in JSON, made of requirements.lock."""

from __future__ import annotations

import hashlib
import sys
import uuid
from pathlib import Path

from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from tests.security.locked import LOCK, ROOT, Pin, at_work, named, normal, pins, project

DEFAULT = ROOT / "build" / "sbom.json"


def bill() -> Bom:
    """Return the bill: every package of the lock with its hashes; ``scope`` is ``excluded`` for what only tests need."""
    found, own = list(pins(LOCK)), project()
    working = at_work(found)
    whole = Component(
        name=str(own["name"]), version=str(own["version"]), type=ComponentType.APPLICATION, bom_ref="project",
        purl=PackageURL("pypi", None, str(own["name"]), str(own["version"])),
    )  # fmt: skip
    made = Bom(serial_number=uuid.UUID(bytes=hashlib.sha256(LOCK.read_bytes()).digest()[:16], version=4))
    made.metadata.component = whole
    parts = [(pin, _component(pin, needed=pin.name in working)) for pin in found]
    made.components.update(part for _, part in parts)
    extra: dict[str, list[str]] = own["optional-dependencies"]  # type: ignore[assignment]
    direct = named([*own["dependencies"], *extra["dev"]])  # type: ignore[misc]
    made.register_dependency(whole, [part for pin, part in parts if pin.name in direct])
    for asking, component in parts:
        made.register_dependency(component, [part for pin, part in parts if asking.name in map(normal, pin.wanted_by)])
    return made


def _component(pin: Pin, *, needed: bool) -> Component:
    return Component(
        name=pin.name, version=pin.version, type=ComponentType.LIBRARY, bom_ref=f"{pin.name}=={pin.version}",
        purl=PackageURL("pypi", None, pin.name, pin.version),
        scope=ComponentScope.REQUIRED if needed else ComponentScope.EXCLUDED,
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=each) for each in pin.hashes],
        properties=[Property(name="marker", value=pin.marker)] if pin.marker else [],
    )  # fmt: skip


def written(bom: Bom) -> str:
    """Return a bill as JSON text."""
    return f"{JsonV1Dot6(bom).output_as_string(indent=2)}\n"


def main() -> None:
    """Write the bill and say what is in it."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT
    made = bill()
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(written(made), "utf-8")
    needed = sum(each.scope is ComponentScope.REQUIRED for each in made.components)
    print(f"{target}: {needed} packages of the program, {len(made.components) - needed} of its tests only")


if __name__ == "__main__":
    main()
