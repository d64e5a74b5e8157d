# Two commands for a fresh machine with Python 3.11+ and make: `make demo` and `make test`. Each sets up what it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: help setup demo test lint format soak fuzz bench clean

help:
	@echo "make setup   create .venv and install the pinned packages"
	@echo "make demo    harvest the replica sites into ./demo and show what is in the store"
	@echo "make test    lint, types, layers and every test (PostgreSQL included)"
	@echo "make lint    ruff, mypy and the import check alone"
	@echo "make soak    crawl, kill and repeat, long"
	@echo "make fuzz    property tests with many examples"
	@echo "make bench   the benchmarks, JSON on standard output"

setup: $(STAMP)

# pip 23 stops with an assertion on this set, so pip comes first.
$(STAMP): requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip setuptools wheel
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $(STAMP)

demo: $(STAMP)
	$(BIN)/harvester demo

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(STAMP)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

test: lint
	$(BIN)/pytest

soak: $(STAMP)
	HARVESTER_SOAK=1 $(BIN)/pytest tests/end_to_end -k "killed or fault"

fuzz: $(STAMP)
	HYPOTHESIS_PROFILE=fuzz $(BIN)/pytest -k "property"

bench: $(STAMP)
	$(BIN)/python -m benchmarks

clean:
	rm -rf $(VENV) build *.egg-info demo
