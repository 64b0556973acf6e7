# Everything runs from a bare clone in a plain shell: .venv is made and kept up to date as needed.
# PYTHON=/path/to/python chooses another interpreter than the first one found here that is 3.11 or later and can make one.
PYTHON ?= $(shell for python in python3.11 python3 python3.12 python3.13 python3.14; do \
	$$python -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
BIN := .venv/bin
# On each core one thing at a time; tests/together.py says what stays together.
TOGETHER := --numprocesses logical --dist loadfile --no-loadscope-reorder
# What asks the database, but gets the same from each.
ALIKE := $(addprefix duels/,telegram/tests/test_messages.py tests/test_cards.py tests/test_pictures.py tests/test_arena_judge.py)
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help setup run lint check programs test test-postgres crowd chaos fuzz bench fairplay train

help:
	@echo 'make setup   make .venv and install everything that is pinned'
	@echo 'make run     start the site, the bot and the judge'
	@echo 'make check   ruff, mypy and the fast tests: before every commit'
	@echo 'make test    set up and prove everything'
	@echo 'make crowd   200 players at once, on SQLite and on PostgreSQL'
	@echo 'make chaos   300 duels on two of every process, while all that may fail does'
	@echo 'make fuzz    20,000 updates and thousands of pictures, mutated'
	@echo 'make bench   measure the judge and the site, and write docs/benchmarks.md'
	@echo 'make fairplay  measure how copies of pictures are told, and write docs/fairplay.md'
	@echo 'make train   train the judge that ships'

setup: .venv/installed-all

run: .venv/installed-site
	@PATH="$(CURDIR)/$(BIN):$$PATH" python manage.py start || test $$? -eq 130 # Ctrl-C is no failure

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .

# PostgreSQL, Redis and Chromium, where they may be installed. What needs a missing one is skipped with a word.
programs:
	@.ci/install

check: lint
	$(BIN)/python -m pytest $(TOGETHER)

# The slow tests come beside the fast ones: they start whole sites and mostly wait. None minds company.
test: programs lint
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python -m pytest -m "" $(TOGETHER)

# What the database decides, on PostgreSQL: not words, pictures and verdicts. Crowd and chaos have been there in `make test`.
test-postgres: setup
	$(BIN)/python -m tests.postgres $(BIN)/python -m pytest -m database $(TOGETHER) accounts duels $(ALIKE:%=--ignore=%)

crowd: setup
	CROWD=200 $(BIN)/python -m pytest -m "" duels/tests/test_crowd.py tests/duels/test_crowd.py

# SEED=7 plays seed 7 again.
chaos: programs setup
	$(BIN)/python -m tests.chaos

fuzz: setup
	FUZZ=20000 $(BIN)/python -m pytest -m "" -s tests/fuzz

bench: setup
	$(BIN)/python manage.py bench
	$(BIN)/python manage.py bench_web
	$(BIN)/python manage.py bench_load

# FACES=archive.zip: real faces, which are not part of the repository.
fairplay: setup
	$(BIN)/python manage.py bench_fairplay $(if $(FACES),--faces $(FACES))

train: setup
	$(BIN)/python manage.py train clip

# An empty file beside the packages: older than a requirements file, it has them installed anew.
.venv/bin/python:
	@test -n "$(PYTHON)" || { echo 'No Python 3.11 or later with venv and pip is on PATH. On Debian: apt install python3-venv'; exit 1; }
	$(PYTHON) -m venv .venv

.venv/installed-site: requirements.txt constraints.txt | .venv/bin/python
	@echo 'Installing the site and the judge: some minutes, the first time'
	$(PIP) -r requirements.txt
	@touch $@

.venv/installed-all: requirements-dev.txt requirements-train.txt .venv/installed-site
	@echo 'Installing what tests and training need'
	$(PIP) -r requirements-dev.txt -r requirements-train.txt
	@touch $@
