# One command each; `make help` lists them.
SHELL := /bin/bash
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PYTHON ?= python3
LOCK := requirements/dev.txt
BIN := .venv/bin
STAMP := .venv/.installed-$(shell sha256sum $(LOCK) | cut -c1-16)
WORKERS ?= 2
UV := 0.13.9
CDK := 2.1148.1
CDK_STAMP := .venv/cdk/.installed-$(CDK)

REPOSITORY ?= mlops
COMMIT ?= $(shell git rev-parse HEAD 2>/dev/null || echo unknown)
VERSION ?= $(shell git describe --always --dirty 2>/dev/null || echo 0)
ENV ?= dev
FROM ?= $(ENV)
BUILDER ?= $(shell docker info >/dev/null 2>&1 && echo docker || command -v buildah)
# SageMaker makes models of Docker's own kind of manifest alone: not of OCI's, nor of an index with an attestation.
COMMA := ,
KIND = $(if $(findstring buildah,$(BUILDER)),--format docker,--output type=docker$(COMMA)oci-mediatypes=false)
export BUILDX_NO_DEFAULT_ATTESTATIONS := 1
BUILD = $(BUILDER) build $(if $(findstring buildah,$(BUILDER)),--layers) $(if $(BASE),--build-arg BASE=$(BASE)) \
  --build-arg VERSION=$(VERSION) --build-arg GIT_COMMIT=$(COMMIT) $(BUILD_FLAGS)

.PHONY: help setup demo up test check policy cdk fix lock lock-image image synth publish deploy smoke smoke-or-rollback rollback train teardown adopt clean

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 20

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

policy: setup .venv/policy/.installed ## rules of others on templates and manifests of every environment
	@mkdir -p build
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m stacks.policy --tools .venv/policy 2>build/policy.log || \
	  { tail -5 build/policy.log; exit 1; }

.venv/policy/.installed: requirements/policy.txt | $(STAMP)
	@mkdir -p build && $(PYTHON) -m venv .venv/policy
	@.venv/policy/bin/python -m pip install --quiet --disable-pip-version-check --no-deps -r requirements/policy.txt
	@touch $@

cdk: $(CDK_STAMP) ## the CDK's command line, in .venv

$(CDK_STAMP): | $(STAMP)
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/npm install --prefix .venv/cdk --no-audit --no-fund --loglevel=error aws-cdk@$(CDK)
	@ln -sf ../cdk/node_modules/.bin/cdk $(BIN)/cdk && touch $@

fix: setup ## format, and mend what the linter can mend
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

lock: setup ## write requirements/dev.txt anew from requirements/dev.in
	@rm -rf build/lock && $(PYTHON) -m venv build/lock
	@build/lock/bin/python -m pip install --quiet -r requirements/dev.in
	@{ echo "# Written by 'make lock' from requirements/dev.in."; build/lock/bin/python -m pip freeze --exclude pip --exclude setuptools; } > $(LOCK)

lock-image: setup ## write requirements/image.txt and sbom.txt anew, at the versions of requirements/dev.txt
	@rm -rf build/lock && $(PYTHON) -m venv build/lock && build/lock/bin/python -m pip install --quiet uv==$(UV)
	@sed 's/\[.*\]//' $(LOCK) > build/lock/tested.txt
	@for name in image sbom; do \
	  tested=$$([ $$name = image ] && echo "-c build/lock/tested.txt"); \
	  { echo "# Written by 'make lock-image' from requirements/$$name.in."; \
	    build/lock/bin/uv pip compile --quiet --universal --generate-hashes --no-annotate --no-header \
	      --python-version 3.11 $$tested requirements/$$name.in; } > requirements/$$name.txt || exit 1; done

image: ## build both images by docker or buildah, and list their components in build/sbom
	@[ -n "$(BUILDER)" ] || { echo "docker or buildah is needed to build images (Debian: apt-get install buildah)"; exit 1; }
	@for target in training service; do \
	  $(BUILD) $(KIND) --target $$target --tag $(REPOSITORY)/$${target/service/inference-api}:$(VERSION) . || exit 1; done
	@$(BUILD) --target sbom --output type=local,dest=build/sbom .

STEP = PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m stacks.delivery_steps
STACKS_DEPLOYED := data ml network cluster observability

synth: setup ## write ENV's templates to cdk.out; needs no account
	@PATH="$(CURDIR)/$(BIN):$$PATH" ENVIRONMENT=$(ENV) CDK_OUTDIR=cdk.out $(BIN)/python app.py

publish: setup ## push the built images to the account's registry, wait for their scans
	@$(STEP) publish --env $(ENV) --tag $(VERSION) --builder $(notdir $(BUILDER))

deploy: setup cdk ## deploy ENV with the images published last; FROM=dev promotes what works there
	@builds=$$($(STEP) context --env $(ENV) --from $(FROM)) && PATH="$(CURDIR)/$(BIN):$$PATH" \
	  cdk deploy --require-approval never -c env=$(ENV) $$builds $(STACKS_DEPLOYED:%=mlops-$(ENV)-%)

smoke: setup ## see whether what is deployed in ENV works, and remember it if so
	@$(STEP) smoke --env $(ENV)

rollback: setup ## bring back to ENV the images that worked last
	@$(STEP) rollback --env $(ENV)
	@$(MAKE) --no-print-directory deploy ENV=$(ENV) FROM=$(ENV)

smoke-or-rollback: setup ## smoke, and where that fails, rollback; fails as smoke does
	@$(STEP) smoke --env $(ENV) || { test $$? != 3 || exit 3; $(MAKE) --no-print-directory rollback; exit 1; }

train: setup ## drop a small shop into ENV and wait until its forecasts are served
	@$(STEP) train --env $(ENV) --tag $(VERSION)

teardown: setup ## take an environment down and prove it gone: make teardown ENV=dev
	@test "$(origin ENV)" != file || { echo "say which: make teardown ENV=dev"; exit 2; }
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m stacks.teardown --env $(ENV)

adopt: setup ## have what a teardown of ENV kept be part of its stacks again, before it is deployed
	@test "$(origin ENV)" != file || { echo "say which: make adopt ENV=prod"; exit 2; }
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m stacks.adopt --env $(ENV)

clean: ## remove everything made here
	@rm -rf .venv .local build cdk.out .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
