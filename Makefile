# Everything a fresh machine with Python 3.11+ and make needs: `make run`, `make test`.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
# Folder of the database and of all else that a run keeps.
DATA ?= data
# Further arguments: `make run ARGS="--port 9000"`, `make test ARGS="tests/core -x"`.
ARGS ?=
# Interpreter for the virtual environment; without one, the first of these that is 3.11 or newer.
PYTHON ?=
PYTHONS := python3 python3.14 python3.13 python3.12 python3.11 python
CODE := bot channels intents faq tests benchmarks
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help
help: ## Say what can be made (this list)
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# ------------------------------------------------------------------------------------- for everyone

.PHONY: run
run: $(BIN)/.run ## Start Crossdesk on SQLite in ./data and print its addresses (ARGS="--port 9000")
	@exec $(BIN)/crossdesk run --data $(DATA) $(ARGS)

.PHONY: test
test: $(BIN)/.dev packages ## Install what the tests need, then run all of them (ARGS="tests/core -x" for some)
	@# The reader learns its phrases once; no single test should have to wait for that.
	@$(BIN)/crossdesk read </dev/null
	$(BIN)/python -m pytest $(if $(ARGS),$(ARGS),--cov=bot.core --cov-branch --cov-report=)
	$(if $(ARGS),,$(BIN)/coverage report --include='bot/core/*' --fail-under=100)

# ---------------------------------------------------------------------------------- for contributors

.PHONY: check
check: $(BIN)/.dev ## Format, lint, types, imports, content: what must be clean before a commit
	$(BIN)/ruff format --check --output-format=concise .
	$(BIN)/ruff check .
	$(BIN)/mypy $(wildcard $(CODE))
	$(BIN)/lint-imports
	$(BIN)/crossdesk check

.PHONY: format
format: $(BIN)/.dev ## Format the code and mend what the linter can mend by itself
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

.PHONY: messages
messages: $(BIN)/.dev ## Bring locales/*.po in step with the English texts (ARGS="it" begins a language)
	$(BIN)/python -m bot.wording.extract $(ARGS)

.PHONY: bench
bench: $(BIN)/.dev ## Run the benchmarks, which write docs/performance.md
	$(BIN)/python -m benchmarks $(ARGS)

# Run it with the oldest Python there is (PYTHON=...): the oldest needs the most, and what it needs harms no other.
.PHONY: lock
lock: ## Renew requirements.lock and requirements-dev.lock from the ranges in pyproject.toml
	@$(find_python); \
	trap 'rm -rf build/lock' EXIT; rm -rf build/lock; "$$python" -m venv build/lock; \
	build/lock/bin/pip install --quiet .; \
	{ echo '# What `make run` installs. Made by `make lock`; do not edit.'; \
	  build/lock/bin/pip freeze --exclude crossdesk; } > build/run.lock; \
	build/lock/bin/pip install --quiet --requirement build/run.lock '.[dev]'; \
	{ echo '# What `make test` and `make check` install. Made by `make lock`; do not edit.'; \
	  build/lock/bin/pip freeze --exclude crossdesk; } > build/dev.lock; \
	mv build/run.lock requirements.lock; mv build/dev.lock requirements-dev.lock

.PHONY: clean
clean: ## Remove what was built and installed here (never ./data)
	rm -rf $(VENV) build dist .coverage .coverage.* htmlcov .hypothesis .mypy_cache .pytest_cache .ruff_cache \
	  .import_linter_cache test-results
	find $(wildcard $(CODE)) -name __pycache__ -type d -prune -exec rm -rf {} +

# ------------------------------------------------------------------------------------ behind the doors

# A stamp inside the environment: a second `make run` finds it newer than the lock and starts at once.
$(BIN)/.run: requirements.lock pyproject.toml | $(BIN)/python
	@echo 'Installing Crossdesk into $(VENV) ...'
	@$(BIN)/python -m pip install --quiet --requirement requirements.lock
	@$(BIN)/python -m pip install --quiet --no-deps --editable .
	@touch $@

$(BIN)/.dev: requirements-dev.lock $(BIN)/.run
	@echo 'Installing what tests and checks need into $(VENV) ...'
	@$(BIN)/python -m pip install --quiet --requirement requirements-dev.lock
	@touch $@

$(BIN)/python:
	@$(find_python); \
	"$$python" -c 'import ensurepip, venv' 2>/dev/null || \
	  .ci/packages 'a virtual environment' "$$("$$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"; \
	"$$python" -m venv $(VENV) || { rm -rf $(VENV); exit 2; }

# Sets $python, or says what is missing.
find_python = python=''; \
	for each in $(or $(PYTHON),$(PYTHONS)); do \
	  if "$$each" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python="$$each"; break; fi; \
	done; \
	if [ -z "$$python" ]; then \
	  echo 'Crossdesk needs Python 3.11 or newer, and none of "$(or $(PYTHON),$(PYTHONS))" is.' \
	    'Install it, or say where it is: make run PYTHON=/path/to/python3' >&2; exit 2; \
	fi

.PHONY: packages
packages:
	@missing=''; \
	command -v chromium >/dev/null || missing="$$missing chromium"; \
	command -v redis-server >/dev/null || missing="$$missing redis-server"; \
	[ -z "$$missing" ] || .ci/packages 'the tests' $$missing
