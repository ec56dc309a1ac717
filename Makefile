# The front door. Each target makes its own environment first; a second run does not reinstall.
.DEFAULT_GOAL := help
SHELL := /bin/bash
WORKS := -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
PYTHON ?= $(or $(shell for name in python3.11 python3.12 python3.13 python3.14 python3; do $$name $(WORKS) && echo $$name && break; done),python3)
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/installed
export PIP_DISABLE_PIP_VERSION_CHECK := 1

$(STAMP): requirements/installer.txt requirements/dev.txt pyproject.toml
	@echo "Making $(VENV) (once; needs the network) …"
	@$(PYTHON) -c 'import sys; sys.exit("Attune needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.11 …" if sys.version_info < (3, 11) else 0)'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements/installer.txt
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip sync --quiet --require-hashes requirements/dev.txt requirements/installer.txt
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

.PHONY: help
help: ## List what there is to make
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: demo
demo: $(STAMP) ## Run sixteen weeks of a programme here and write demo-out/index.html
	@$(BIN)/attune demo --out demo-out

.PHONY: test
test: lint types contracts ## Lint, types, import contracts, tests
	@$(BIN)/pytest -n 2 --dist loadgroup $(PYTEST_ARGS)

.PHONY: lint
lint: $(STAMP) ## Style of Python, YAML and words
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/yamllint --strict config
	@$(BIN)/codespell agent connectors tests docs README.md CONTRIBUTING.md CHANGELOG.md

.PHONY: types
types: $(STAMP) ## mypy --strict
	@$(BIN)/mypy

.PHONY: contracts
contracts: $(STAMP) ## Who may import whom
	@$(BIN)/lint-imports --no-logo

.PHONY: format
format: $(STAMP) ## Rewrite the Python in the project's style
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

.PHONY: bench
bench: $(STAMP) ## Measure the slot search against other ways to do it, in the same run
	@$(BIN)/python tests/bench/slots.py $(BENCH_ARGS)

.PHONY: bench-loop
bench-loop: $(STAMP) ## Measure the loop and its store on SQLite, then workers on PostgreSQL where it is installed
	@$(BIN)/python -m tests.bench.spine $(BENCH_ARGS)
	@$(BIN)/python -m tests.bench.workers

.PHONY: kills
kills: $(STAMP) ## Kill the daemon a thousand times, over SQLite and over PostgreSQL, and see what reached the outside
	@$(BIN)/python -m tests.kill --kills 1000 --store sqlite
	@$(BIN)/python -m tests.kill --kills 1000 --store postgresql

.PHONY: years
years: $(STAMP) ## Live through 200,000 relationship-weeks with heavy faults; goes on where it was interrupted
	@$(BIN)/python -m tests.simulation.campaign --weeks 200000 --jobs 2 --faults heavy --json years.jsonl

.PHONY: proof
proof: $(STAMP) ## Compare the search with the oracle over 100,000 random person-weeks
	@$(BIN)/python -m tests.proof --weeks 100000 --jobs 2

.PHONY: mutants
mutants: $(STAMP) ## Make mistakes in a copy of core and loop and see the tests catch each
	@$(BIN)/python -m tests.mutation

.PHONY: requirements
requirements: $(STAMP) ## Resolve the pinned requirement files anew
	@$(BIN)/uv pip compile $(COMPILE) pyproject.toml --extra all -o requirements/runtime.txt
	@$(BIN)/uv pip compile $(COMPILE) pyproject.toml --extra all --group dev -o requirements/dev.txt
	@$(BIN)/uv pip compile $(COMPILE) requirements/installer.in -o requirements/installer.txt
COMPILE := --quiet --universal --upgrade --generate-hashes --no-emit-index-url --no-emit-find-links --python-version 3.11 --custom-compile-command "make requirements"

.PHONY: clean
clean: ## Remove the environment and everything made
	@rm -rf $(VENV) demo-out build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage
