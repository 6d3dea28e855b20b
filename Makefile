# Two commands: `make app` opens the app, `make test` runs everything the continuous integration runs.
PYTHON ?= python3
BIN := .venv/bin
# pip's warnings are about the index it was given (folders that are not there, retries); its errors are still printed,
# and `pip check` says whether what it installed fits together.
PIP := $(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check -c constraints.txt

# With REQUIRE_HASHES set, as in continuous integration, no package is installed whose bytes are not those pinned in
# requirements.lock. It holds all that is needed, so that nothing is looked up (--no-deps).
HASHED := $(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --no-deps
INSTALL_TEST = $(PIP) $(COMPILE) -e '.[test]'
ifdef REQUIRE_HASHES
INSTALL_TEST = $(HASHED) $(COMPILE) --require-hashes -r requirements.lock && $(HASHED) --no-build-isolation -e .
endif

# Two workers share two cores: threads that libraries start on their own would wait for each other.
test coverage: export OMP_NUM_THREADS = 1
test coverage: export OPENBLAS_NUM_THREADS = 1

# Compiling every file of every library takes 40 s of processor; tests import a third of them, which compiles those.
test coverage: COMPILE = --no-compile

.PHONY: app test docs install install-test lock ready chromium postgresql

app: install
	$(BIN)/curation app

test: ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/python -m pip check
	@echo "mypy runs beside the tests; what it says stands below theirs"
	@$(BIN)/mypy >.venv/mypy.log 2>&1 & mypy=$$!; \
	  $(BIN)/python -m pytest -n 2 --dist worksteal; tests=$$?; \
	  wait $$mypy; types=$$?; echo "mypy:"; cat .venv/mypy.log; \
	  test $$tests -eq 0 && test $$types -eq 0

docs: install-test
	$(BIN)/mkdocs build --strict --site-dir site

# The same tests, slower, with the share of lines they reach; nothing is decided by it.
coverage: ready
	$(BIN)/python -m pytest -n 2 --dist worksteal --cov --cov-report=term

install: .venv/installed

install-test: .venv/installed-test

.venv/installed: pyproject.toml constraints.txt
	@echo "Installing the pinned packages into .venv, once: one to two minutes, in which pip says nothing."
	$(PYTHON) -m venv .venv
	$(PIP) -e .
	touch $@

# all of it in one go: what belongs together is looked up once
.venv/installed-test: pyproject.toml constraints.txt requirements.lock
	$(PYTHON) -m venv .venv
	$(INSTALL_TEST)
	touch .venv/installed $@

# The hashes of what constraints.txt pins, for tests and for the container; uv writes them (pip install uv).
LOCK = printf 'hatchling\neditables\n' | uv pip compile --quiet --no-annotate --no-header --generate-hashes --universal \
  --python-version 3.11.5 -c constraints.txt pyproject.toml -

lock:
	$(LOCK) --extra test -o requirements.lock
	$(LOCK) --extra serve --extra postgres -o deploy/requirements.lock

# The browser and the database come from elsewhere than the libraries: both ways are gone at once.
ready:
	@$(MAKE) --no-print-directory -j 2 COMPILE=$(COMPILE) install-test postgresql

# The browser tests drive the system's Chromium; on Debian it is installed where it is missing.
chromium:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || \
	  { command -v apt-get >/dev/null && apt-get update -qq && \
	    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-dejavu-core >/dev/null; } || \
	  { echo "The browser tests need Chromium: install it and run make test again." >&2; exit 1; }

# The tests of the store start a PostgreSQL server of their own; its programs are installed where they are
# missing, after the browser: one package manager works at a time.
postgresql: chromium
	@ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || \
	  { command -v apt-get >/dev/null && apt-get update -qq && \
	    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq postgresql >/dev/null; } || \
	  { echo "The tests of the store need PostgreSQL: install it and run make test again." >&2; exit 1; }
