PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
READY := $(VENV)/.ready
# which tests: those that are named, all of them; where none is, those that are not slow
SELECT = $(if $(TESTS),,not slow)
# what is installed beside what running needs, a group of pyproject.toml
GROUP := dev
# files or folders of tests: all
TESTS :=
# files of tests side by side, each file in one process; the slowest are named. A choice by -k is done sooner in one. One
# process more than cores, since a test waits now and then for a command, a receiver or a disk
WORKERS := $(shell $(PYTHON) -c "import os; print((os.cpu_count() or 1) + 1)")
SIDE_BY_SIDE := $(if $(filter -k,$(TESTS)),,--numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder --durations 20)
# what holds outputs and tables of the program
WRITTEN := README.md CONTRIBUTING.md $(addprefix docs/,README.md design.md quickstart.md ingest.md reports.md detectors.md python.md formats.md \
	pricing.md exit-codes.md alerts.md watch.md why.md) docs/detectors/*.md
# those of them to write or to compare: all
PAGES := $(WRITTEN)
# a file a process, two at a time
COG = ls $(PAGES) | PATH="$(abspath $(BIN)):$$PATH" xargs -P 2 -n 1 $(BIN)/cog -P -I .

# a test is many processes of the program, and to compile it in each takes longer than what they do. It is compiled
# beforehand and by nobody else: where the disk is full, as tests let it be, Python writes half a file and reads it later
export PYTHONDONTWRITEBYTECODE := 1
PACKAGES = $$($(BIN)/python -c "import pathlib, duckdb; print(pathlib.Path(duckdb.__file__).parent.parent)")
COMPILE = @$(BIN)/python -m compileall -q -j 0 llmcost tests $(PACKAGES) >/dev/null || true

# the proxy of LiteLLM, its Postgres and its Prisma are in an environment of their own
GATEWAY := .venv-gateway
ENGINE := $(GATEWAY)/engine
# where an engine of Prisma's is looked for, and that none is fetched
PRISMA = PRISMA_QUERY_ENGINE_BINARY=$(abspath $(ENGINE))/query-engine PRISMA_SCHEMA_ENGINE_BINARY=$(abspath $(ENGINE))/schema-engine \
	PRISMA_QUERY_ENGINE_LIBRARY=$(abspath $(ENGINE))/none PRISMA_CLI_QUERY_ENGINE_TYPE=binary

.PHONY: demo test test-gateway lint types compiled check fix docs golden bench bench-quick clean help

help:  ## what can be made here
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

# what running needs; the demo asks for no more
$(INSTALLED): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --no-compile --editable .
	touch $@

# and what developing needs
$(READY): $(INSTALLED)
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --editable . --group $(GROUP)
	touch $@

demo: $(INSTALLED)  ## an invented month: what each key spends, and what of it is waste
	@rm -rf .demo
	@$(BIN)/llmcost demo .demo/month --scale 0.05 >/dev/null
	@$(BIN)/llmcost ingest .demo/month/logs --db .demo/llmcost.duckdb
	@echo '$$ llmcost report --by key --top 6'
	@$(BIN)/llmcost report --db .demo/llmcost.duckdb --by key --top 6 --columns key,requests,cost,share
	@echo '$$ llmcost savings'
	@$(BIN)/llmcost savings --db .demo/llmcost.duckdb --columns line,requests,proven,likely,possible,saving

test: $(READY)  ## create the environment and run all tests but the slow ones
	$(COMPILE)
	$(BIN)/python -m pytest $(SIDE_BY_SIDE) -m "$(SELECT)" $(TESTS)

$(GATEWAY)/.proxy: pyproject.toml $(wildcard tests/real_gateway/engine/*)
	$(PYTHON) -m venv --clear $(GATEWAY)
	$(GATEWAY)/bin/python -m pip install --quiet --upgrade 'pip>=25.1'
	$(GATEWAY)/bin/python -m pip install --quiet --group gateway
	$(GATEWAY)/bin/python -m pip install --quiet --no-deps --editable .
	cp -r tests/real_gateway/engine $(ENGINE) && touch $(ENGINE)/none
	npm install --prefix $(ENGINE) --ignore-scripts --no-audit --no-fund --silent
	grep -hv binaryTargets $(GATEWAY)/lib/python*/site-packages/litellm_proxy_extras/schema.prisma >$(ENGINE)/schema.prisma
	PATH="$(abspath $(GATEWAY))/bin:$$PATH" $(PRISMA) $(GATEWAY)/bin/prisma generate --schema $(ENGINE)/schema.prisma >/dev/null
	$(GATEWAY)/bin/python -m compileall -q -j 0 $(GATEWAY)/lib >/dev/null || true
	touch $@

test-gateway: $(READY)  ## the throttle at the real proxy of LiteLLM with Postgres, in eight minutes at most; it needs npm
	@missing="$$($(BIN)/python -m tests.real_gateway.needs)"; if [ "$$missing" ]; then echo "not tested: $$missing"; else \
		$(MAKE) $(GATEWAY)/.proxy PYTHON=$(PYTHON) && \
		LLMCOST_TEST_GATEWAY="$(abspath $(GATEWAY))" $(BIN)/python -m pytest -s tests/test_real_gateway.py; fi

lint: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/sqlfmt --check --quiet llmcost
	$(BIN)/lint-imports

types: $(READY)
	$(BIN)/mypy

compiled: $(READY)
	$(COMPILE)
	@$(BIN)/python -m pytest --collect-only --quiet >/dev/null || true

check: $(READY)  ## everything CI runs, in the order that fails fastest
	@$(MAKE) --no-print-directory --jobs 2 types lint compiled
	$(BIN)/python -m pytest $(SIDE_BY_SIDE)
	$(COG) --check

fix: $(READY)  ## write what a machine can write; PAGES=docs/detectors.md narrows the pages
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/sqlfmt --quiet llmcost
	$(BIN)/python -m tests.readme
	$(BIN)/python -m tests.schema
	$(COG) -r --verbosity=0
	@git status --short -- docs README.md CONTRIBUTING.md

docs: $(READY)  ## take the pictures in docs/images anew; those of the page need a chromium
	$(BIN)/python -m tests.pictures

golden: $(READY)  ## accept what the code now prints; read the diff before you commit it
	$(BIN)/python -m pytest --snapshot-update $(or $(TESTS),tests/test_looks.py tests/test_check_looks.py)

bench: $(READY)  ## ingest and query ratios against the parser's limit
	$(BIN)/python bench/ingest.py
	$(BIN)/python bench/layouts.py
	$(BIN)/python bench/pricing.py
	$(BIN)/python bench/report.py
	$(BIN)/python bench/detect.py
	$(BIN)/python bench/check.py

bench-quick: $(READY)  ## the main ratios in under three minutes, beside the last ones
	$(BIN)/python bench/quick.py

clean:  ## remove the environment and what the demo left
	rm -rf $(VENV) $(GATEWAY) .demo
