# Everything here sets itself up: a fresh machine needs Python 3.10 or newer with pip, and make.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
SETUP := $(VENV)/.set-up

.PHONY: help demo test lint types contract unit test-lowest clean

help:  ## list what can be made
	@grep -E '^[a-z-]+:.*##' Makefile | sed 's/:.*##/\t/' | expand -t 16

$(SETUP): pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10) and "isolint needs Python 3.10 or newer; name one with `make PYTHON=...`")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	touch $@

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

test-lowest:  ## the tests with the lowest version of each dependency
	$(PYTHON) -m venv $(VENV)-lowest
	$(VENV)-lowest/bin/python -m pip install --quiet --upgrade pip uv
	$(VENV)-lowest/bin/uv pip install --quiet --python $(VENV)-lowest/bin/python --resolution lowest-direct --editable '.[dev]'
	$(VENV)-lowest/bin/pytest -n auto

clean:  ## remove what was made
	rm -rf $(VENV) $(VENV)-lowest build dist
