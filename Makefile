# Two commands: `make app` opens the app, `make test` runs everything the continuous integration runs.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: app test install install-test chromium

app: install
	$(BIN)/curation app

test: install-test chromium
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pip check
	$(BIN)/python -m pytest --cov --cov-report=term

install: .venv/installed

install-test: .venv/installed-test

.venv/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	touch $@

.venv/installed-test: .venv/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test]'
	touch $@

# The browser tests drive the system's Chromium; on Debian it is installed where it is missing.
chromium:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || \
	  { command -v apt-get >/dev/null && apt-get update -qq && apt-get install -y -qq chromium fonts-dejavu-core; } || \
	  { echo "The browser tests need Chromium: install it and run make test again." >&2; exit 1; }
