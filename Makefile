# Everything here sets itself up: a fresh machine needs Python 3.10 or newer with pip, and make.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
SETUP := $(VENV)/.set-up
OURS := $(VENV)/.made-by-make
BOOTSTRAP := $(VENV)-bootstrap

# One after the other, also under `make -j`: the last line of `make test` is the summary of the tests.
.NOTPARALLEL:
.PHONY: help demo test lint types contract unit fuzz kill chromium browser catalogue docs test-lowest clean

help:  ## list what can be made
	@grep -E '^[a-z-]+:.*##' Makefile | sed 's/:.*##/\t/' | expand -t 16

# Some systems ship Python without ensurepip, and then without a working venv: virtualenv needs neither.
$(BIN)/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10) and "isolint needs Python 3.10 or newer; name one with `make PYTHON=...`")'
	@[ -d $(VENV) ] || { mkdir -p $(VENV) && touch $(OURS); }
	$(PYTHON) -m venv $(VENV) || { \
	  $(PYTHON) -m pip install --quiet --target $(BOOTSTRAP) virtualenv && \
	  PYTHONPATH=$(BOOTSTRAP) $(PYTHON) -m virtualenv --quiet $(VENV) && rm -rf $(BOOTSTRAP); }

$(SETUP): pyproject.toml src/asyncplan/pyproject.toml | $(BIN)/pip
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable src/asyncplan --editable '.[dev]'
	@touch $@

demo: $(SETUP)  ## check an example project that does everything wrong, and print the findings
	$(BIN)/isolint check --exit-zero fixtures/apps/before

test: lint types contract unit  ## run everything

lint: $(SETUP)  ## format and lint, isolint on itself included
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/isolint check src

types: $(SETUP)  ## mypy strict and pyright
	$(BIN)/mypy
	$(BIN)/pyright

contract: $(SETUP)  ## the layers import downwards only
	$(BIN)/lint-imports --no-cache

unit: $(SETUP)  ## the tests
	$(BIN)/pytest -n auto

SEED ?= 1
COUNT ?= 500
PACKAGES ?= click msgspec tomlkit pathspec
fuzz: $(SETUP)  ## mutate fixtures and installed packages and check what has to hold: SEED=1 COUNT=500 PACKAGES="click"
	$(BIN)/python -m tests.fuzz --seed $(SEED) --count $(COUNT) $(addprefix --package ,$(PACKAGES))

KILLS ?= 200
kill: $(SETUP)  ## kill runs at random moments and look for what they leave: SEED=1 KILLS=200
	$(BIN)/python -m tests.kill --seed $(SEED) --count $(KILLS)

catalogue: $(SETUP)  ## look for every name of the catalogue in the libraries themselves; fetches their wheels
	$(BIN)/python -m tests.catalogue.libraries

chromium: $(SETUP)  ## a headless Chromium for the tests, unless there is one: from apt-get as root, else Playwright's own
	$(BIN)/python -m pip install --quiet --editable '.[browser]'
	$(BIN)/python -m tests.report.chromium

browser: chromium  ## the tests of the page of `isolint map` in a headless Chromium; none of them may be skipped
	REQUIRE_BROWSER=1 $(BIN)/pytest tests/report/test_page_in_browser.py

docs: $(SETUP)  ## write what is generated anew: rule pages, tables, outputs
	$(BIN)/python docs/generate.py
	$(BIN)/python docs/examples.py

test-lowest:  ## the tests with the lowest version of each dependency
	$(PYTHON) -m venv $(VENV)-lowest
	$(VENV)-lowest/bin/python -m pip install --quiet --upgrade pip uv
	$(VENV)-lowest/bin/uv pip install --quiet --python $(VENV)-lowest/bin/python --resolution lowest-direct --editable src/asyncplan --editable '.[dev]'
	$(VENV)-lowest/bin/pytest -n auto

clean:  ## remove what was made here; an environment that was there before stays
	if [ -e $(OURS) ]; then rm -rf $(VENV); fi
	rm -rf $(VENV)-lowest $(BOOTSTRAP) .catalogue_cache build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .isolint_cache
