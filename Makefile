# `make` alone lists what there is. PYTHON chooses the interpreter that the environment is made of.
PYTHON ?= python3
VENV ?= .venv
RUN := $(VENV)/bin

.PHONY: help track test check slow deploy bench docs clean

help:  ## List the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

track: $(VENV)/core  ## Install what a user needs and make a record into out/
	$(RUN)/tapeloom make "rainy night, peaceful" --bpm 75 --key Am --minutes 3

test: $(VENV)/dev  ## Install what a developer needs and run the tests (12 minutes at most)
	$(RUN)/python -m pytest -m "not slow" -n 2 --cov --cov-report=term

check: $(VENV)/dev  ## Check format, lint, types and who imports whom
	$(RUN)/ruff format --check .
	$(RUN)/ruff check .
	$(RUN)/mypy
	$(RUN)/lint-imports

slow: $(VENV)/dev  ## Run the tests that take minutes, and laws on many drawn examples
	$(RUN)/python -m pip install --quiet --disable-pip-version-check --editable ".[dev,train,browser]"
	HYPOTHESIS_PROFILE=thorough $(RUN)/python -m pytest -m "slow or hypothesis" -n 2

deploy: $(VENV)/dev  ## Check what runs the service, and run it here (needs the apt packages of DEPLOYMENT.md)
	$(RUN)/python -m pip install --quiet --disable-pip-version-check --editable ".[dev,deploy]"
	$(RUN)/python -m pytest tests/deploy

bench: $(VENV)/core  ## Measure speed and memory
	$(RUN)/python benchmarks/make_record.py

docs: $(VENV)/core  ## Make the records, figures and table of docs/examples.md again
	$(RUN)/python docs/make_examples.py

$(VENV)/core: pyproject.toml
	test -x $(RUN)/python || $(PYTHON) -m venv $(VENV)
	$(RUN)/python -m pip install --quiet --disable-pip-version-check --editable .
	touch $@

$(VENV)/dev: pyproject.toml
	test -x $(RUN)/python || $(PYTHON) -m venv $(VENV)
	$(RUN)/python -m pip install --quiet --disable-pip-version-check --editable ".[dev]"
	touch $@

clean:  ## Remove the environment and what the tools left
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage* dist
