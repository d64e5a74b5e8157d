"""What the files of docs/deploy name is there: verbs, options, settings, folders, and units that systemd takes."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path
from typing import Any

import pytest
import typer.main
import yaml
from sqlalchemy import select

from harvester.cli.main import command_line
from harvester.config import Config
from harvester.setting_kinds import SETTINGS
from harvester.web.access.opening import Opening, settings_of
from storage.operations_schema import workers
from storage.store import Store
from tests.soak.stage import ALLOCATOR

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "docs" / "deploy"
UNITS = sorted(DEPLOY.glob("*.service"))
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]


def check_words(words: list[str]) -> None:
    """Hold a call of the program against its command line: verb, options, no missing argument."""
    command: Any = typer.main.get_command(command_line())
    context = None
    while getattr(command, "commands", None) and words:
        command = command.get_command(None, words.pop(0))
    context = command.make_context("harvester", words, resilient_parsing=False)
    assert context


def lines_of(unit: Path) -> list[tuple[str, str]]:
    return [(name, value) for name, _, value in (line.partition("=") for line in unit.read_text("utf-8").splitlines()) if value]


def measured_with() -> list[str]:
    """Return the environment that the soak runs the program in, beside its settings."""
    return [f"{name}={value}" for name, value in ALLOCATOR.items()]


def test_the_allocator_is_deployed_as_the_soak_measures_it() -> None:
    for name in ("harvester-web.service", "harvester-worker.service", "Containerfile"):
        assert all(said in (DEPLOY / name).read_text("utf-8") for said in measured_with())


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_each_command_of_a_unit_is_one_of_the_program(unit: Path) -> None:
    commands = [value.split() for name, value in lines_of(unit) if name.startswith("Exec")]
    assert commands
    for program, *words in commands:
        assert program == "/opt/harvester/bin/harvester"
        check_words(words)


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_is_hardened_and_takes_settings_by_file_and_environment_only(unit: Path) -> None:
    said = dict(lines_of(unit))
    assert (said["NoNewPrivileges"], said["ProtectSystem"], said["User"]) == ("yes", "strict", "harvester")
    assert set(said["Environment"].split()) <= {"HARVESTER_CONFIG=/etc/harvester/harvester.toml", *measured_with()}
    assert not re.search(r"password|secret|token", unit.read_text("utf-8"), re.IGNORECASE)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
@pytest.mark.parametrize("unit", [*UNITS, *DEPLOY.glob("*.timer")], ids=lambda unit: unit.name)
def test_systemd_takes_a_unit_and_finds_it_little_exposed(unit: Path, tmp_path: Path) -> None:
    for each in [*UNITS, *DEPLOY.glob("*.timer")]:
        text = each.read_text("utf-8").replace("/opt/harvester/bin/harvester", "/bin/true").replace("User=harvester", "User=root")
        (tmp_path / each.name).write_text(text.replace("Group=harvester", "Group=root"), "utf-8")
    verified = subprocess.run(["systemd-analyze", "verify", tmp_path / unit.name], capture_output=True, text=True, check=False)
    assert unit.name not in verified.stderr, verified.stderr
    if unit.suffix == ".service":
        words = ["systemd-analyze", "security", "--offline=true", "--threshold=25", unit]
        judged = subprocess.run(words, capture_output=True, text=True, check=False)
        assert judged.returncode == 0, judged.stdout[-300:] + judged.stderr


def test_services_name_verbs_secrets_and_folders_that_are_there() -> None:
    for name in ("upgrade", "worker", "web"):
        service = SERVICES[name]
        check_words(list(service["command"]))
        assert service["read_only"] and service["cap_drop"] == ["ALL"]
        assert service["user"] != "root" if "user" in service else "USER harvester" in (DEPLOY / "Containerfile").read_text("utf-8")
        assert (DEPLOY / service["build"]["context"]).resolve() == ROOT
        assert (ROOT / service["build"]["dockerfile"]).is_file()
        known = {f"HARVESTER_{name.upper()}" for name in SETTINGS} | {"PGPASSWORD_FILE"}
        assert set(service["environment"]) <= known
        assert set(service["secrets"]) <= set(COMPOSE["secrets"])
        for volume in service["volumes"]:
            source = volume.partition(":")[0]
            assert source in COMPOSE["volumes"] or (DEPLOY / source).is_file()
    assert all("healthcheck" in SERVICES[name] for name in ("database", "worker", "web"))
    check_words(SERVICES["worker"]["healthcheck"]["test"][2:])
    assert not re.search(r"PASSWORD: ", (DEPLOY / "compose.yaml").read_text("utf-8")), "a secret comes from a file"


def test_the_image_is_made_of_what_is_there_by_hashes_and_runs_as_nobody_special() -> None:
    said = (DEPLOY / "Containerfile").read_text("utf-8")
    copied = [words.split()[1:-1] for words in re.findall(r"^COPY (?!--)(.*)$", said, re.MULTILINE) for words in [f"COPY {words}"]]
    assert copied
    for names in copied:
        assert all((ROOT / name).exists() for name in names)
    assert "--require-hashes -r requirements.lock" in said
    assert said.index("USER harvester") < said.index("ENTRYPOINT")
    assert (DEPLOY / "entrypoint.sh").stat().st_mode & 0o111


def test_the_example_of_settings_is_understood_and_opens_a_room() -> None:
    config = Config.load(DEPLOY / "harvester.toml", environ={})
    assert config.archive == Path("/var/lib/harvester/archive")
    settings = settings_of(Opening.of(config.room), config.room)
    assert not settings.open
    assert tomllib.loads((DEPLOY / "harvester.toml").read_text("utf-8"))["room"]["host"] == "0.0.0.0"  # noqa: S104
    names = [line.partition("=")[0].lstrip("#") for line in (DEPLOY / "environment").read_text("utf-8").splitlines() if "=" in line]
    assert {name for name in names if name.startswith("HARVESTER_")} <= {f"HARVESTER_{name.upper()}" for name in SETTINGS}


def test_the_entrypoint_takes_secrets_from_files_and_becomes_the_program(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("s3cret pa$$word\n")
    program = tmp_path / "harvester"
    program.write_text('#!/bin/sh\nprintf "%s|%s|%s|%s" "$PGPASSWORD" "$HARVESTER_MAIL" "${PGPASSWORD_FILE:-none}" "$*"\n')
    program.chmod(0o755)
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "PGPASSWORD_FILE": str(tmp_path / "secret")}
    environment |= {"HARVESTER_MAIL_FILE": str(tmp_path / "secret")}
    ended = subprocess.run([DEPLOY / "entrypoint.sh", "db", "status"], capture_output=True, text=True, env=environment, check=True)
    assert ended.stdout == "s3cret pa$$word|s3cret pa$$word|none|db status"


def at_work(store: Store) -> bool:
    with store.reading() as connection:
        return connection.execute(select(workers.c.id)).first() is not None


def test_a_worker_ends_by_sigterm_long_before_its_unit_would_kill_it(tmp_path: Path) -> None:
    environment = os.environ | {"HARVESTER_STORE": f"sqlite:///{tmp_path}/store.sqlite", "PYTHONPATH": str(ROOT)}
    code = "from harvester.cli.main import main; main()"
    assert subprocess.run([sys.executable, "-c", code, "db", "upgrade"], env=environment, cwd=tmp_path, check=False).returncode == 0
    process = subprocess.Popen([sys.executable, "-c", code, "worker"], env=environment, cwd=tmp_path, stderr=subprocess.PIPE, text=True)
    with Store.open(environment["HARVESTER_STORE"]) as store:
        until = time.monotonic() + 60
        while not at_work(store) and time.monotonic() < until:
            time.sleep(0.1)
        assert at_work(store)
    begun = time.monotonic()
    process.send_signal(signal.SIGTERM)
    try:
        assert process.wait(30) == 0
    finally:
        process.kill()
    assert time.monotonic() - begun < int(dict(lines_of(DEPLOY / "harvester-worker.service"))["TimeoutStopSec"]) / 2
