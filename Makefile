# Two commands do all the set-up on a fresh machine: `make run` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
MEASURING := $(VENV)/.measuring

.PHONY: run test check clauses bench format clean lock statistics

run: $(READY)
	@$(BIN)/python -m mingpu run

test: $(READY) $(MEASURING) browser
	@$(BIN)/python -m pytest tests -n 2 --dist loadfile --junitxml=var/tests.xml

check: $(READY) $(MEASURING)
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy mingpu bench scripts && $(BIN)/lint-imports --no-cache \
	  && $(BIN)/python -m mingpu.ops.fresh_check

# What the last `make test` showed, into docs/measurements/clauses.json and docs/clauses.md.
clauses: $(READY)
	@$(BIN)/python -m mingpu statement record var/tests.xml ; $(BIN)/python -m mingpu statement table

bench: $(READY)
	@$(BIN)/python -m bench

format: $(READY)
	@$(BIN)/ruff check --fix -q . ; $(BIN)/ruff format -q .

.PHONY: browser
browser:
	@sh scripts/browser.sh

$(READY): requirements.lock scripts/setup.sh
	@PYTHON=$(PYTHON) VENV=$(VENV) sh scripts/setup.sh
	@touch $(READY)

# What `mingpu statistics` needs to measure and to publish; pages do without.
statistics: $(MEASURING)

$(MEASURING): $(READY) requirements-statistics.lock
	@echo "  Installing what measures statistics …"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-statistics.lock
	@touch $(MEASURING)

# Write the locks anew after a change of pyproject.toml.
lock: $(READY)
	@$(BIN)/pip install -q uv
	@$(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --python-version 3.11 \
	  pyproject.toml --group dev -o requirements.lock
	@$(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --python-version 3.11 \
	  pyproject.toml --extra statistics -c requirements.lock -o requirements-statistics.lock

clean:
	rm -rf $(VENV) var
