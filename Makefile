# Two commands do all set-up: `make demo` (see it work) and `make test` (check it works).
.PHONY: demo test crash machine soak check lock format lint types imports dependencies setup setup-dev clean

BIN = .venv/bin

setup:
	@scripts/install.sh requirements.lock

setup-dev:
	@scripts/install.sh requirements.lock requirements-dev.lock

demo: setup
	@$(BIN)/fengsui demo

test: setup-dev
	$(BIN)/pytest -n 2 -q

# Twenty sources, two thousand posts, random faults, for about five minutes on two cores.
soak: setup-dev
	$(BIN)/python tests/integration/soak_run.py

check: setup-dev format lint types imports dependencies test

format:
	$(BIN)/ruff format --check .

lint:
	$(BIN)/ruff check .

types:
	$(BIN)/mypy

imports:
	$(BIN)/lint-imports

dependencies:
	$(BIN)/deptry .

lock: setup-dev
	scripts/lock.sh

# The whole crash matrix on SQLite and, where one answers, PostgreSQL; prints its cells.
crash: setup-dev
	PYTHONPATH=tests/integration $(BIN)/python tests/integration/crash_matrix.py
	FENGSUI_LOCKED_SECONDS=31 $(BIN)/pytest -q tests/integration/test_crash_matrix.py -k "disk or locked or clock"

# A hundred stories of incidents, drawn anew: whatever happens, their ten invariants hold.
machine: setup-dev
	FENGSUI_MACHINE_STORIES=100 $(BIN)/pytest -q --timeout 1800 tests/integration/test_incident_machine.py
