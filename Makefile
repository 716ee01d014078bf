# One command each; `make help` lists them.
SHELL := /bin/bash
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PYTHON ?= python3
LOCK := requirements/dev.txt
BIN := .venv/bin
STAMP := .venv/.installed-$(shell sha256sum $(LOCK) | cut -c1-16)
WORKERS ?= 2

.PHONY: help setup demo up test check policy fix lock teardown clean

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 12

setup: $(STAMP) ## make .venv with every pinned package (quick when it is there)

$(STAMP): $(LOCK)
	@$(PYTHON) -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "Python 3.11 or newer with venv is needed: install it (Debian: apt-get install python3 python3-venv) or say PYTHON=..."; exit 1; }
	@echo "Setting up .venv (once, a minute or two)"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -r $(LOCK)
	@rm -f .venv/.installed-* && touch $@

demo: setup ## the whole loop on real data: a CSV dropped in becomes a served forecast
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m local.demo

up: setup ## start the laptop world and keep it running
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m local up

test: setup ## every test
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup -q

check: setup ## format, lint, types, borders
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

policy: setup .venv/checkov/.installed ## checkov's rules on templates and manifests of every environment
	@mkdir -p build
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m stacks.policy --checkov .venv/checkov/bin/checkov 2>build/policy.log || \
	  { tail -5 build/policy.log; exit 1; }

.venv/checkov/.installed: requirements/checkov.txt | $(STAMP)
	@mkdir -p build && $(PYTHON) -m venv .venv/checkov
	@.venv/checkov/bin/python -m pip install --quiet --disable-pip-version-check --no-deps -r requirements/checkov.txt
	@touch $@

fix: setup ## format, and mend what the linter can mend
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

lock: setup ## write requirements/dev.txt anew from requirements/dev.in
	@rm -rf build/lock && $(PYTHON) -m venv build/lock
	@build/lock/bin/python -m pip install --quiet -r requirements/dev.in
	@{ echo "# Written by 'make lock' from requirements/dev.in."; build/lock/bin/python -m pip freeze --exclude pip --exclude setuptools; } > $(LOCK)

teardown: setup ## take an environment down and prove it gone: make teardown ENV=dev
	@test -n "$(ENV)" || { echo "say which: make teardown ENV=dev"; exit 2; }
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m stacks.teardown --env $(ENV)

clean: ## remove everything made here
	@rm -rf .venv .local build cdk.out .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
