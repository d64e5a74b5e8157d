"""What the project is made of: every package pinned with its hashes, a bill of materials that says so, nothing added by the way."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from tests.security.locked import AUDIT_LOCK, LOCK, ROOT, at_work, named, pins, project
from tests.security.sbom import bill, written


@pytest.mark.parametrize("lock", [LOCK, AUDIT_LOCK], ids=lambda lock: lock.name)
def test_every_package_of_a_lock_has_one_version_and_its_hashes(lock: Path) -> None:
    found = list(pins(lock))
    assert len(found) > 20
    assert [pin.name for pin in found if not pin.hashes] == []
    places = [(pin.name, pin.marker) for pin in found]
    assert len(places) == len(set(places))


def test_the_lock_holds_what_the_project_asks_for_and_nothing_that_nobody_asks_for() -> None:
    own, found = project(), list(pins(LOCK))
    asked = named([*own["dependencies"], *own["optional-dependencies"]["dev"]])  # type: ignore[misc, index, call-overload]
    assert asked - {pin.name for pin in found} == set()
    assert {pin.name for pin in found if "credit-harvester" in pin.wanted_by} == asked
    assert [pin.name for pin in found if not pin.wanted_by] == []


def test_a_line_of_a_lock_that_pins_nothing_is_told(tmp_path: Path) -> None:
    loose = tmp_path / "loose.lock"
    loose.write_text("scrapy>=2.19\n")
    with pytest.raises(ValueError, match=r"'scrapy>=2\.19'"):
        list(pins(loose))


def test_what_is_installed_is_installed_by_its_hashes() -> None:
    lines = [line for line in (ROOT / "Makefile").read_text("utf-8").splitlines() if "pip install" in line]
    loose = [line for line in lines if "--require-hashes" not in line and "--no-deps" not in line]
    assert [line.split("install")[1].split() for line in loose] == [["--quiet", "--upgrade", "pip", "setuptools", "wheel"]]


def test_the_bill_of_materials_is_valid_and_names_every_package_with_its_hashes() -> None:
    text = written(bill())
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    found, told = list(pins(LOCK)), json.loads(text)
    assert {(each["name"], each["version"]): {one["content"] for one in each["hashes"]} for each in told["components"]} == {
        (pin.name, pin.version): set(pin.hashes) for pin in found
    }
    needed = {each["name"] for each in told["components"] if each["scope"] == "required"}
    assert needed == at_work(found)
    assert {"scrapy", "lxml", "sqlalchemy", "twisted"} <= needed
    assert {"pytest", "mypy", "cyclonedx-python-lib"}.isdisjoint(needed)
    whole = next(each for each in told["dependencies"] if each["ref"] == "project")
    assert any(ref.startswith("scrapy==") for ref in whole["dependsOn"])
