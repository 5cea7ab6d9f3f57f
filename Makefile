# 知客. Two commands matter: `make run` and `make test`. Both work on a fresh machine and can be run again at any time.
SHELL := /bin/bash
.DEFAULT_GOAL := run
.PHONY: setup run test lint shell bench lock clean

export RASA_TELEMETRY_ENABLED := false
export PYTHONUTF8 := 1
ZHIKE := .venv/bin/zhike

setup:
	@scripts/setup

run: setup  ## the demo shop, trained where needed, and the bot; prints where the chat page is
	@$(ZHIKE) demo --if-empty && $(ZHIKE) train --if-needed && exec $(ZHIKE) serve

shell: setup  ## talk in the terminal as a demo customer: make shell CUSTOMER=…
	@$(ZHIKE) demo --if-empty && $(ZHIKE) train --if-needed && exec $(ZHIKE) shell $(if $(CUSTOMER),--customer $(CUSTOMER))

test: setup lint  ## every test: unit, conversation, server, browser
	@scripts/test-services
	@.venv/bin/uv pip install --quiet --require-hashes -r scripts/spark.lock
	@.venv/bin/python -m pytest -q $(PYTEST_ARGS)

lint: setup
	@.venv/bin/ruff check --quiet .
	@.venv/bin/lint-imports --no-cache >/dev/null || .venv/bin/lint-imports --no-cache

bench: setup  ## every performance figure, as tables and in benchmarks/results/*.json
	@.venv/bin/python -m benchmarks

lock:  ## anew after a change in pyproject.toml; the lock names no registry
	@.venv/bin/uv pip compile --quiet pyproject.toml --extra test --python-version 3.10 --generate-hashes \
		--no-header --no-emit-index-url --output-file requirements.lock
	@.venv/bin/uv pip compile --quiet scripts/spark.in --constraint requirements.lock --python-version 3.10 --generate-hashes \
		--no-header --no-emit-index-url --output-file scripts/spark.lock

clean:  ## everything that was made: environment, home (shop, models, logs)
	rm -rf .venv var
