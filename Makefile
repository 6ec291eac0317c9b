# Everything from a bare checkout: needs make and python3 (3.11 or newer, with venv), nothing else.
# Nothing is written outside this folder but package managers' caches.

PYTHON ?= python3
PORT ?= 8000
ARGS ?=
UV_VERSION := 0.13.9

UV := .tools/bin/uv
PY := .venv/bin/python

define CHECK_PYTHON
@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { echo 'newsarchive needs Python 3.11 or newer; "$(PYTHON)" is' "$$($(PYTHON) --version 2>&1 | head -n 1)". 'Name another one: make $(MAKECMDGOALS) PYTHON=python3.12' >&2; exit 1; }
@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo '"$(PYTHON)" has no venv (on Debian and Ubuntu: apt-get install python3-venv). Or name another one: make $(MAKECMDGOALS) PYTHON=python3.12' >&2; exit 1; }
endef

export PORT
export UV_PYTHON_DOWNLOADS := never
# A machine behind a company's proxy has its certificate among the system's.
export UV_SYSTEM_CERTS := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export TMPDIR := $(CURDIR)/var/tmp
unexport VIRTUAL_ENV PYTHONHOME PYTHONPATH UV_PROJECT_ENVIRONMENT
# Compiled modules are kept beside their sources: compiling all of Django takes seconds in each process, and tests
# start many.
unexport PYTHONDONTWRITEBYTECODE
ifeq ($(strip $(HOME)),)
export HOME := $(CURDIR)/.tools/home
endif

.DEFAULT_GOAL := help
.PHONY: help environment demo demo-password manage test test-browser test-clients test-slow lint format types check pictures check-pages messages steady bench clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1 | \2/p' Makefile | while IFS='|' read -r left right; do printf '%-24s%s\n' "$$left" "$$right"; done
	@echo '  ARGS="…" goes to the program behind test, test-browser, test-clients, test-slow, steady, bench and manage.'
	@echo '  PYTHON=python3.12 chooses the interpreter, PORT=8001 the port of the demo.'

var/tmp:
	@mkdir -p '$@'

.tools/uv-$(UV_VERSION): | var/tmp
	$(CHECK_PYTHON)
	@echo 'Installing uv $(UV_VERSION) into .tools …'
	@rm -rf .tools && $(PYTHON) -m venv .tools
	@.tools/bin/python -m pip install --quiet 'uv==$(UV_VERSION)'
	@touch $@

.venv/.synced: pyproject.toml uv.lock .tools/uv-$(UV_VERSION)
	@echo 'Installing the locked packages into .venv …'
	@$(UV) sync --quiet --locked --all-extras --python .tools/bin/python
	@touch $@

environment: .venv/.synced ## install everything into .venv (uv itself into .tools)
	@:

# The port is looked at before anything is installed.
demo: | var/tmp ## the site with the sample archive on http://127.0.0.1:8000 (Ctrl-C stops it)
	$(CHECK_PYTHON)
	@$(PYTHON) scripts/demo.py port
	@$(MAKE) --no-print-directory environment
	@exec $(PY) scripts/demo.py run

demo-password: environment ## give the demo's editor a new password and print it
	@$(PY) scripts/demo.py password

manage: environment ## manage.py on the demo's archive: make manage ARGS="harvest markdown DIR"
	@$(PY) scripts/demo.py manage $(ARGS)

test: environment ## the default suite on SQLite, and on PostgreSQL if TEST_DATABASE_URL names one
	@$(PY) scripts/run_tests.py $(ARGS)

test-browser: environment ## the tests in a real browser (needs Chromium)
	@$(PY) -m pytest -m browser $(ARGS) || [ $$? -eq 5 ]

test-clients: environment ## the API met by programs of others: generated requests, a generated client
	@$(UV) run --quiet --isolated --locked --all-extras --python .tools/bin/python --with 'schemathesis>=4.32,<5' --with 'openapi-python-client>=0.29,<1' \
		python -m pytest -m slow tests/clients $(ARGS)

test-slow: environment ## the long runs: kills, random interleavings, the real corpus
	@$(PY) -m pytest -m slow $(ARGS) || [ $$? -eq 5 ]

lint: environment ## style
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .

format: environment ## put the code into the style
	@$(PY) -m ruff format .
	@$(PY) -m ruff check --fix .

types: environment ## mypy, strict
	@$(PY) -m mypy

check: lint types test ## lint, types and tests

pictures: environment ## take the docs' pictures from a site with the sample archive (needs Chromium)
	@$(PY) -m scripts.pictures
	@$(PY) -m scripts.contact_sheets sample
	@$(PY) -m scripts.contact_sheets chinese || echo 'The sheets of the Chinese archive stay as they are.'

check-pages: environment ## the Nu HTML checker and Lighthouse over every kind of page (needs npm, Java, Chromium)
	@$(PY) -m scripts.check_pages

messages: environment ## bring the translations up to date with the interface's words, and compile them
	@$(PY) scripts/messages.py

steady: environment ## readers, an editor and a harvest at once, while the cache fails: no errors, and how slow
	@$(PY) -m benchmarks.steady $(ARGS)

bench: environment ## the goals' figures as ratios of one run
	@$(PY) -m benchmarks $(ARGS)

clean: ## remove what make installed and the tests left; keeps var/ with the demo's archive
	rm -rf .venv .tools .mypy_cache .ruff_cache .pytest_cache .hypothesis var/tmp
