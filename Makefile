# make film: a story becomes a film. make test, make check: what every change passes.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install --constraint constraints.txt

.PHONY: film test quick check bench quotes clean

film: .venv/film
	$(BIN)/yingxi make examples/monkey_king.txt

test: .venv/test
	$(BIN)/python -m pytest

quick: .venv/test
	$(BIN)/python -m pytest -m "not slow"

check: .venv/test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright
	$(BIN)/lint-imports

bench: .venv/test
	$(BIN)/python dev/compare.py $(ARGS)

quotes: .venv/test
	$(BIN)/python dev/quotes.py $(ARGS)

.venv/film: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(PIP) --editable '.[model]'
	touch $@

.venv/test: .venv/film
	$(PIP) --editable '.[model,test,check]'
	touch $@

clean:
	rm -rf .venv build examples/*.film
