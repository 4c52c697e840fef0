# Everything that is done with this repository, on a machine with Python 3.11.5 or newer and make.
# `make` alone prints the list. A line that begins with a target and ends in "## text" is part of it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8001
SERVE ?= 1
# processes that share the tests, one more than processors: a quarter of their time they wait for browsers and sites
WORKERS ?= $(shell expr $$(nproc) + 1)
PIP_OPTIONS := --quiet --disable-pip-version-check
# Every file that pip takes from elsewhere has its hash in requirements/, and no program of a package
# runs while it is installed.
LOCKED := $(PIP_OPTIONS) --require-hashes --only-binary :all:
# Gongkai itself, with the setuptools that was installed before
OURS := $(PIP_OPTIONS) --no-deps --no-build-isolation --editable .
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11.5 --generate-hashes \
	--no-annotate --custom-compile-command "make lock" --constraint constraints.txt

REPLAYWEB = $(shell sed -n 's/.* replaywebpage-\(.*\)\.tgz/\1/p' tests/replayweb.sha256)

# The tests start some thousand programs, each of which would compile the packages again
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo test ready fast lint format messages docs lock dist hooks bench bench-scale accuracy faults attack clean
.DELETE_ON_ERROR:

help:  ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(VENV)/.installed: pyproject.toml requirements/run.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11, 5) and "Gongkai needs Python 3.11.5 or newer (make PYTHON=python3.11 …)")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install $(LOCKED) --requirement requirements/run.txt
	$(BIN)/python -m pip install $(OURS)
	touch $@

# What only checks need is compiled when they come to it, which saves a third of this.
$(VENV)/.checks: requirements/checks.txt $(VENV)/.installed $(VENV)/.replay $(VENV)/.wacz
	$(BIN)/python -m pip install $(LOCKED) --no-compile --requirement requirements/checks.txt
	touch $@

# pywb needs an older pyOpenSSL than the crawler, so it has an environment of its own
# Some of its packages come as source only: they are built with the setuptools of build.txt.
$(VENV)/.replay: requirements/build.txt requirements/replay.txt
	$(PYTHON) -m venv $(VENV)/pywb
	$(VENV)/pywb/bin/python -m pip install $(LOCKED) --no-compile --requirement requirements/build.txt
	$(VENV)/pywb/bin/python -m pip install $(PIP_OPTIONS) --require-hashes --no-build-isolation --no-compile \
		--requirement requirements/replay.txt
	touch $@

# The validator of WACZ files has 75 packages that nothing else needs
$(VENV)/.wacz: requirements/build.txt requirements/wacz.txt
	$(PYTHON) -m venv $(VENV)/wacz
	$(VENV)/wacz/bin/python -m pip install $(LOCKED) --no-compile --requirement requirements/build.txt
	$(VENV)/wacz/bin/python -m pip install $(PIP_OPTIONS) --require-hashes --no-build-isolation --no-compile \
		--requirement requirements/wacz.txt
	touch $@

# ReplayWeb.page, which replays packages in a browser: one file with its hash, and nothing that it depends on
$(VENV)/.replayweb: tests/replayweb.sha256 $(VENV)/.installed
	rm -rf $(VENV)/replayweb
	mkdir $(VENV)/replayweb
	sh tests/debian.sh
	cd $(VENV)/replayweb && npm pack --silent replaywebpage@$(REPLAYWEB) >/dev/null
	cd $(VENV)/replayweb && sha256sum --check --quiet $(CURDIR)/tests/replayweb.sha256
	tar -xzf $(VENV)/replayweb/replaywebpage-$(REPLAYWEB).tgz -C $(VENV)/replayweb --strip-components 1
	touch $@

demo: $(VENV)/.installed  ## install, crawl the replica, build archive.db, serve it (PORT=8001, SERVE=0: do not serve)
	$(BIN)/gongkai demo --port $(PORT) $(if $(filter 0,$(SERVE)),--no-serve)

test:  ## run every check: lint, types, all tests
	$(MAKE) --jobs=3 --no-print-directory ready lint
	sh tests/debian.sh
	$(BIN)/python -m pytest -q -n $(WORKERS) --dist loadfile --no-loadscope-reorder

ready: $(VENV)/.checks $(VENV)/.replay $(VENV)/.wacz $(VENV)/.replayweb  ## install what the checks need

fast: $(VENV)/.checks  ## run the tests that need no crawl and no browser (under a minute)
	$(BIN)/python -m pytest -q -n $(WORKERS) --dist loadfile -m fast

lint: $(VENV)/.checks  ## check format, style and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: $(VENV)/.checks  ## format the code and mend what ruff can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

messages: $(VENV)/.installed  ## add new keys to the catalogues in locale/, sort them, list missing texts
	$(BIN)/python -m gongkai.catalogue_update

docs: $(VENV)/.checks  ## build the documentation into site/; a broken link fails
	$(BIN)/python -m sphinx --quiet --fail-on-warning --keep-going docs site

lock: $(VENV)/.checks  ## write requirements/ anew: the versions in constraints.txt, with hashes
	printf 'setuptools\n' | $(LOCK) - --output-file requirements/build.txt
	printf 'pip\nsetuptools\n' | $(LOCK) pyproject.toml - --output-file requirements/run.txt
	printf 'pip\nsetuptools\n' | $(LOCK) pyproject.toml - --extra parquet --extra stata --extra validate --extra ocr --output-file requirements/container.txt
	printf 'pip\nsetuptools\n' | $(LOCK) pyproject.toml - --extra ocr --extra test --extra lint --extra docs \
		--output-file requirements/checks.txt
	$(filter-out --constraint constraints.txt,$(LOCK)) tests/replay.txt --output-file requirements/replay.txt
	$(filter-out --constraint constraints.txt,$(LOCK)) tests/wacz.txt --output-file requirements/wacz.txt

dist: $(VENV)/.checks  ## build the wheel and the source archive into dist/
	$(BIN)/python -m build --no-isolation

hooks: $(VENV)/.checks  ## run the checks of .pre-commit-config.yaml before every commit
	$(BIN)/pre-commit install

bench: $(VENV)/.checks  ## print the benchmarks
	$(BIN)/python -m tests.benchmarks

# SIZES="20000 200000" takes an hour or two; with FOLDER=country it goes on where it was stopped.
# LARGEST=500000 adds a third size, of which builds, publications and ten pages are measured.
bench-scale: $(VENV)/.checks  ## print what nights, publications and pages cost at two sizes (SIZES="5000 20000")
	$(BIN)/python -m tests.benchmarks.scale

accuracy: $(VENV)/.checks  ## count right, wrong and missing cells by document format
	$(BIN)/python -m tests.accuracy

faults: $(VENV)/.checks  ## kill crawls, builds, publishes, merges, stamps, exports, imports and proofs fifty times each and compare (half an hour)
	$(BIN)/python -m tests.faults 50

attack: $(VENV)/.checks  ## run a night over 200 portals of which 20 are hostile, each in another way
	$(BIN)/python -m tests.hostile.portals

clean:  ## remove the environment and everything that was built
	rm -rf $(VENV) build dist site *.egg-info archive.db archive.db-* snapshots demo
	rm -f docs/reference/commands*.md docs/reference/checks*.md
