.DEFAULT_GOAL := help
.PHONY: help setup demo up down status deploy wire doctor destroy fix lint types layers unit test test-spark security bench package lock lock-spark clean

PYTHON ?= $(shell command -v python3.12 || command -v python3)
BIN := .venv/bin
INSTALLED := .venv/.installed
SECURITY := .venv-security
SPARK := .venv-spark

help:  ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{split($$1, n, ":"); printf "  %-10s %s\n", n[1], $$2}'

setup: $(INSTALLED)  ## Build .venv with everything a developer needs

$(INSTALLED): requirements.txt requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 12))' || { echo "EventStream needs Python 3.12; name one with: make PYTHON=/path/to/python3.12 setup"; exit 1; }
	@echo "building .venv, which takes about a minute the first time"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -r requirements-dev.txt
	@touch $@

demo: setup  ## Run the whole pipeline on a local cloud and verify the results
	@$(BIN)/python -m ops demo

up: setup  ## Start the local cloud and deploy to it
	@$(BIN)/python -m ops up

down: setup  ## Stop the local cloud
	@$(BIN)/python -m ops down

status: setup  ## Show whether the local cloud runs and what it contains
	@$(BIN)/python -m ops status

STAGE ?= dev

deploy: setup  ## Deploy a stage to AWS: make deploy STAGE=dev
	@$(BIN)/python -m ops deploy --stage $(STAGE) $(if $(YES),--yes)

wire: setup  ## Configure event sources and the API key after your own chalice deploy
	@$(BIN)/python -m ops wire --stage $(STAGE)

doctor: setup  ## Check a stage for settings that would lose data or leave it open
	@$(BIN)/python -m ops doctor --stage $(STAGE)

destroy: setup  ## Destroy a stage; its data is kept
	@$(BIN)/python -m ops destroy --stage $(STAGE)

fix: setup  ## Format and apply safe fixes
	$(BIN)/ruff check --fix-only --quiet . && $(BIN)/ruff format --quiet .

lint: setup  ## Check style
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .

types: setup  ## Check types
	$(BIN)/mypy

layers: setup  ## Check who may import whom
	$(BIN)/lint-imports --no-logo

unit: setup  ## Run the quick tests alone
	$(BIN)/python -m pytest -q -m "not slow" --hypothesis-profile=quick tests/unit chalicelib ops

test: lint types layers  ## Check everything and run all tests
	$(BIN)/python -m pytest -q -n auto --maxprocesses=4 --no-loadscope-reorder
	@$(MAKE) --no-print-directory test-spark

test-spark: $(SPARK)/.installed  ## Test the Spark jobs, in an environment of their own
	$(SPARK)/bin/python -m pytest -q tests/spark

$(SPARK)/.installed: requirements.txt requirements-spark.txt
	@echo "building $(SPARK), which takes about three minutes the first time"
	@$(PYTHON) -m venv $(SPARK)
	@$(SPARK)/bin/python -m pip install -qq --disable-pip-version-check -r requirements-spark.txt
	@touch $@

security: setup $(SECURITY)/.installed  ## Scan every template for unsafe settings
	@$(BIN)/python -m ops security --linter $(SECURITY)/bin/checkov

$(SECURITY)/.installed: requirements-security.txt
	@echo "building $(SECURITY), which takes about a minute the first time"
	@$(PYTHON) -m venv $(SECURITY)
	@$(SECURITY)/bin/python -m pip install -qq --disable-pip-version-check -r requirements-security.txt
	@touch $@

bench: setup  ## Measure every stage against its targets, floors and peers
	$(BIN)/python -m benchmarks

package: setup  ## Pack the dev stage as AWS would get it, into build/dev
	$(BIN)/python -m ops package --stage dev

lock: setup  ## Resolve requirements-dev.in into requirements-dev.txt
	$(BIN)/python -m pip install --quiet --upgrade -r requirements-dev.in
	@{ echo "# Made by make lock from requirements-dev.in."; $(BIN)/python -m pip freeze; } > requirements-dev.txt

lock-spark: $(SPARK)/.installed  ## Resolve requirements-spark.in into requirements-spark.txt
	$(SPARK)/bin/python -m pip install --quiet --upgrade -r requirements-spark.in
	@{ echo "# Made by make lock-spark from requirements-spark.in."; $(SPARK)/bin/python -m pip freeze; } > requirements-spark.txt

clean:  ## Stop the local clouds, and remove what setup and tests have made
	@for state in .eventstream/cloud .eventstream/demo; do [ -d $$state ] && [ -x $(BIN)/python ] && $(BIN)/python -m ops down --purge --state $$state; done; true
	rm -rf .eventstream .venv .venv-security .venv-spark build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
