# Two commands do everything on a fresh machine with Python 3.11 or newer and make:
#   make demo    crawl the replica, build archive.db, print a summary, serve it (SERVE=0: stop there)
#   make test    every check
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8001
SERVE ?= 1
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.PHONY: demo test lint bench accuracy faults clean
.DELETE_ON_ERROR:

$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Gongkai needs Python 3.11 or newer (make PYTHON=python3.11 …)")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) --editable .
	touch $@

$(VENV)/.checks: $(VENV)/.installed $(VENV)/.replay
	$(PIP) --editable '.[ocr,test,lint]'
	touch $@

# pywb needs an older pyOpenSSL than the crawler: it gets an environment of its own
$(VENV)/.replay: tests/replay.txt $(VENV)/.installed
	$(PYTHON) -m venv $(VENV)/pywb
	$(VENV)/pywb/bin/python -m pip install --quiet --disable-pip-version-check setuptools wheel
	$(VENV)/pywb/bin/python -m pip install --quiet --disable-pip-version-check --requirement tests/replay.txt
	touch $@

demo: $(VENV)/.installed
	$(BIN)/gongkai demo --port $(PORT) $(if $(filter 0,$(SERVE)),--no-serve)

test: $(VENV)/.checks $(VENV)/.replay lint
	sh tests/debian.sh
	$(BIN)/python -m pytest -q -n 2 --dist loadfile

lint: $(VENV)/.checks
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: $(VENV)/.checks
	$(BIN)/python -m tests.benchmarks

accuracy: $(VENV)/.checks
	$(BIN)/python -m tests.accuracy

faults: $(VENV)/.checks
	$(BIN)/python -m tests.faults 50

clean:
	rm -rf $(VENV) build dist *.egg-info archive.db archive.db-* snapshots demo
