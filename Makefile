# Two commands for a fresh machine with Python 3.11+ and make: `make demo` and `make test`. Each sets up what it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: help setup demo test look score programs browser lint format soak fuzz bench sbom audit clean

help:
	@echo "make setup   create .venv and install the pinned packages"
	@echo "make demo    harvest the replica sites into ./demo and show what is in the store"
	@echo "make test    lint, types, layers and every test (PostgreSQL included)"
	@echo "make look    pictures of every page, light and dark, wide and narrow, in both languages, in build/screenshots"
	@echo "make score   what is read right in the corpus, by format, phenomenon and damage"
	@echo "make lint    ruff, mypy and the import check alone"
	@echo "make soak    crawl, edit, kill and repeat, long; a thousand edited papers; two hours of everything with faults, JSON in build/soak.json"
	@echo "make fuzz    every reader on 100,000 hostile inputs in processes with budgets; property tests with many examples"
	@echo "make bench   figures beside what users would pick instead (half an hour; BENCH=name for one), JSON in build/bench.json"
	@echo "make sbom    the software bill of materials in build/sbom.json"
	@echo "make audit   known vulnerabilities of the locked packages, asked of osv.dev; needs the network"

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

test: lint programs browser
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder --durations 25

# Old Word files and rar archives are read through outside programs (about 260 MB, half a minute), poppler makes text of the
# corpus' pdf files, and `ip` the hosts of tests/cluster; without them their tests are left out.
PROGRAMS := soffice antiword bsdtar ip pdftotext
programs:
	@missing=; for program in $(PROGRAMS); do command -v $$program > /dev/null || missing="$$missing $$program"; done; \
	if [ -z "$$missing" ]; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null; then \
		echo "Installing what reads old Word files, archives and pdf, and makes hosts:$$missing"; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends \
			libreoffice-writer-nogui antiword libarchive-tools iproute2 poppler-utils poppler-data > /dev/null 2>&1 \
			|| echo "They could not be installed; the tests that need them are skipped."; \
	else \
		echo "Missing:$$missing; the tests that need them are skipped. Debian: apt-get install libreoffice-writer-nogui antiword libarchive-tools iproute2 poppler-utils poppler-data"; \
	fi

# The pages are opened in a real browser (about 110 MB); a Chromium elsewhere is named in HARVESTER_CHROMIUM.
browser:
	@if [ -n "$$HARVESTER_CHROMIUM" ] || command -v chromium chromium-browser google-chrome chrome > /dev/null; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null; then \
		echo "Installing the browser that opens the pages: chromium"; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends \
			chromium fonts-noto-cjk > /dev/null 2>&1 || echo "It could not be installed; the tests of pages in a browser are skipped."; \
	else \
		echo "Missing: chromium; the tests of pages in a browser are skipped. Debian: apt-get install chromium fonts-noto-cjk"; \
	fi

look: $(STAMP) browser
	$(BIN)/python -m tests.browser.look

score: $(STAMP)
	$(BIN)/python -m tests.corpus

# Every file of tests that has a longer form: whoever writes one asks for SOAK there, and need name it nowhere else.
# The last line is crawls by schedule, readers and sites that fail, for two hours; what does not hold is printed, and ends it with 1.
soak: $(STAMP)
	HARVESTER_SOAK=1 $(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder $$(grep -rl --include='test_*.py' SOAK tests | sort)
	$(BIN)/python -m tests.soak --hours 2 --json build/soak.json

fuzz: $(STAMP)
	$(BIN)/python -m tests.fuzz $(FUZZ)
	HYPOTHESIS_PROFILE=fuzz $(BIN)/pytest -n 2 --dist loadfile -k "property"

bench: $(STAMP)
	$(BIN)/python -m benchmarks $(BENCH)

sbom: $(STAMP)
	@$(BIN)/python -m tests.security.sbom

audit: $(STAMP)
	@$(BIN)/python -m tests.security.audit

clean:
	rm -rf $(VENV) build *.egg-info demo
