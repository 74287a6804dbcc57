# One command each; CONTRIBUTING.md says more. `make up` serves the desk, `make test` runs every test.

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= python3
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
WORKERS ?= 2

export FIRSTLINE_ALLOW_ROOT := 1

.PHONY: help up test test-bluesky test-kill quick check ci test-contracts seed shots docs bench install install-dev tools lock clean

help:
	@echo "make up       set everything up and serve the desk (DEMO=1 loads the demo desk)"
	@echo "make test     every test, browser journeys and corpora included"
	@echo "make test-kill  twenty kills at random while 5,000 mails arrive; prints what was lost"
	@echo "make test-bluesky the desk against a real Bluesky on this machine; by hand, takes minutes"
	@echo "make test-llm the drafts against a real language model, built here; by hand, takes minutes"
	@echo "make quick    the tests of a minute"
	@echo "make check    linters, types, layers, migrations"
	@echo "make ci       what .ci/run does: check, then test"
	@echo "make seed     load the demo desk into an empty database"
	@echo "make shots    take the screenshots of docs/screenshots"
	@echo "make docs     write docs/reference/commands.md anew"
	@echo "make bench    measure every row of docs/reference/measured.md"

up: install
	@$(BIN)/firstline models install || echo "The desk goes without its language model for now: suggestions come from words alone."
	@exec $(BIN)/firstline up $(if $(DEMO),--demo)

test: install-dev tools
	$(BIN)/firstline models install
	$(BIN)/pytest -n $(WORKERS) --dist loadfile
	$(BIN)/python -m tests.debian_postgres -n $(WORKERS)

# Minutes of kill -9: web, worker, intake and PostgreSQL at random, while mails arrive and replies leave.
test-kill: install-dev
	$(BIN)/python -m tests.journeys.killing

quick: install-dev
	$(BIN)/pytest -n $(WORKERS) -m "not corpus and not journey"

# A real language model, by hand: building its server takes minutes.
test-bluesky: install-dev
	scripts/test-bluesky.sh

test-llm: install-dev
	scripts/test-llm.sh

check: install-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --quiet firstline
	$(BIN)/codespell
	$(BIN)/firstline makemigrations --check --dry-run
	FIRSTLINE_BASE_URL=https://desk.example.org FIRSTLINE_CONTENT_URL=https://content.example.org \
		$(BIN)/firstline check --deploy --fail-level WARNING
	@! grep -nE 'https?://|--(extra-)?index-url|--find-links' requirements*.lock || \
		{ echo "A lock file names a host; export it again as CONTRIBUTING.md says."; exit 1; }

ci: export CI := true
ci: check test

seed: export FIRSTLINE_DESK_NAME ?= Orbit
seed: export FIRSTLINE_SUPPORT_ADDRESS ?= support@orbit.example
seed: install
	$(BIN)/firstline seed

shots: install-dev tools
	$(BIN)/python -m tests.shots

docs: install-dev
	$(BIN)/python -m firstline.config.reference

bench: install
	$(BIN)/firstline bench all

install: $(VENV)/.installed
install-dev: $(VENV)/.installed-dev

$(BIN)/python:
	@command -v $(PYTHON) >/dev/null || { echo "Python is missing: install the package python3."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Firstline needs Python 3.11 or newer; name one with make PYTHON=python3.12 …"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "Python's venv module is missing: install the package python3-venv."; exit 1; }
	@$(PYTHON) -m venv $(VENV)

# What builds packages comes from a lock too, so that nothing is fetched unpinned; uv_build finds its program by PATH.
$(VENV)/.installed: requirements.lock requirements-build.lock pyproject.toml | $(BIN)/python
	@echo "Installing what the desk needs into $(VENV) …"
	@$(PIP) install --no-deps --require-hashes -r requirements-build.lock
	@$(PIP) install --no-deps --require-hashes --no-build-isolation -r requirements.lock
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	@echo "Installing what the tests need …"
	@$(PIP) install --no-deps --require-hashes -r requirements-dev.lock
	@touch $@

# The requests of the journeys against GitHub's OpenAPI and GraphQL schema and X's OpenAPI; npm fetches Prism (outside CI).
test-contracts: install-dev tools
	$(BIN)/python -m tests.contracts github x

# Chromium for the journeys, swaks and real mail servers come from Debian; without root a sentence says what to ask for.
# Postfix would push another mail server out: a machine that has one keeps it, and the journeys with Postfix say so.
tools:
	@missing=""; \
	command -v chromium >/dev/null || missing="$$missing chromium"; \
	command -v swaks >/dev/null || missing="$$missing swaks"; \
	ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$$missing postgresql"; \
	[ -x /usr/sbin/dovecot ] && [ -x /usr/lib/dovecot/lmtp ] || missing="$$missing dovecot-imapd dovecot-lmtpd"; \
	[ -x /usr/sbin/postfix ] || [ -x /usr/sbin/sendmail ] || missing="$$missing postfix"; \
	[ -z "$$missing" ] && exit 0; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	else \
		echo "The browser journeys need the packages$$missing: ask an administrator to install them."; exit 1; \
	fi

# After a change in pyproject.toml; needs uv on the PATH. uv.lock names hosts and stays out of the repository.
lock:
	uv lock
	uv export --quiet --no-header --no-emit-project --no-dev --format requirements-txt >requirements.lock
	uv export --quiet --no-header --no-emit-project --only-group dev --format requirements-txt >requirements-dev.lock

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .import_linter_cache
