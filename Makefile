# Every target sets up what it needs: a virtual environment in .venv, with the versions
# in constraints.txt. Nothing but git, make and Python 3.11 or newer has to be there.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	if $$name -c '$(NEW_ENOUGH)' 2>/dev/null; then echo $$name; break; fi; done)
# The oldest and the newest that are here, where need be $(PYTHON): by name, and those of pyenv.
HERE := for minor in 11 12 13 14; do \
	for name in python3.$$minor "$$(pyenv root 2>/dev/null)"/versions/3.$$minor.*/bin/python; do \
	if "$$name" -c '$(NEW_ENOUGH)' 2>/dev/null; then echo "$$name"; fi; done; done
OLDEST ?= $(or $(shell { $(HERE); } | head -n 1),$(PYTHON))
NEWEST ?= $(or $(shell { $(HERE); } | tail -n 1),$(PYTHON))
ARGS ?=

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_ROOT_USER_ACTION := ignore

BIN := .venv/bin
CORE := .venv/.core
DEV := .venv/.dev
INSTALL := -m pip install --quiet --quiet --progress-bar off
# Python 3.11 comes with a pip that does not know --group or --build-constraint.
NEW_PIP := "pip>=25.3"

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: rank
rank: $(CORE) ## Rank the world's markets by PESTLE (ARGS="--top 20" and the like are passed on)
	@$(BIN)/marketselect rank $(ARGS)

.PHONY: test
test: $(DEV) ## Run the tests, doctests among them (ARGS="tests/test_package.py" for some)
	@$(BIN)/python -m pytest $(ARGS)

.PHONY: nightly
nightly: $(DEV) ## Run all tests, the slowest among them, on all examples of the full profile
	@sh scripts/browsers.sh chromium firefox-esr || echo "Without a browser its tests are skipped." >&2
	@sh scripts/office.sh || echo "Without LibreOffice its tests are skipped." >&2
	@HYPOTHESIS_PROFILE=full $(BIN)/python -m pytest -m "" $(ARGS)

.PHONY: check
check: $(DEV) ## Check format, lint, types and the import rule
	@$(BIN)/ruff format --check --quiet --diff .
	@$(BIN)/ruff check --quiet .
	@PYTHONHASHSEED=0 $(BIN)/mypy # else its order differs, and with some it breaks off
	@$(BIN)/lint-imports --no-logo

.PHONY: format
format: $(DEV) ## Format the code and mend what the linter can
	@$(BIN)/ruff check --quiet --fix-only .
	@$(BIN)/ruff format --quiet .

.PHONY: docs
docs: $(DEV) ## Build the documentation into docs/_build/html
	@$(BIN)/python -m sphinx --builder html --fail-on-warning --keep-going --quiet docs docs/_build/html
	@echo "docs/_build/html/index.html"

.PHONY: pictures
pictures: $(DEV) ## Draw the pictures of the documentation and the README anew (needs Chromium)
	@$(BIN)/python scripts/draw_pictures.py
	@$(BIN)/python scripts/draw_terminal.py docs/images/rank.svg rank --top 10
	@$(BIN)/python scripts/draw_page.py

.PHONY: bench
bench: $(DEV) ## Measure speed and memory; ten minutes, on a machine that does nothing else
	@$(BIN)/python -m pytest --benchmark-only benchmarks/bench_main_job.py benchmarks/bench_scoring.py
	@$(BIN)/python benchmarks/bench_robustness.py $(ARGS)

.PHONY: peers
peers: .venv-peers/.made ## Run other libraries beside this one on a published table
	@.venv-peers/bin/python -W ignore scripts/compare_peers.py

.PHONY: mutants
mutants: .venv-mutants/.made ## Break the methods line by line and count what no test notices (ARGS="_topsis")
	@.venv-mutants/bin/python scripts/mutants.py $(ARGS)

.PHONY: check-wheel
check-wheel: $(DEV) ## Build the wheel and run it in a fresh environment
	@$(BIN)/python scripts/check_wheel.py

.PHONY: release
release: $(DEV) ## Build sdist, wheel and notes into dist; check them with the oldest and newest Python
	@$(BIN)/python -m twine --version >/dev/null 2>&1 || \
		$(BIN)/python $(INSTALL) --constraint constraints.txt --group release
	@$(BIN)/python scripts/release.py $(OLDEST) $(NEWEST)

.PHONY: dev
dev: $(DEV) ## Only set up the development environment

.PHONY: constraints
constraints: ## Write constraints.txt anew with the newest versions (run it with PYTHON=python3.11)
	@$(call make_venv,.venv-constraints)
	@.venv-constraints/bin/python $(INSTALL) --editable ".[all]" --group dev
	@{ echo "# The versions that development and CI use; written by: make constraints"; \
		.venv-constraints/bin/python -m pip freeze --exclude-editable; } > constraints.new
	@mv constraints.new constraints.txt
	@rm -rf .venv-constraints

# The peers that results are compared with need newer packages.
NOT_PEERS := --ignore tests/methods/test_peer_adapter.py --ignore tests/methods/test_peers.py \
	--deselect "tests/test_docs.py::test_the_code_of_a_page_runs[comparison.md]" \
	--deselect "tests/test_docs.py::test_the_code_of_a_page_runs[methods.md]"

# One good call of every public name, numbers of publications, and files of every format.
SHORT := tests/hostile/test_every_call.py tests/test_published_indices.py tests/sources/test_files.py
SAY := import platform as p, numpy as n, pandas as d; \
	print("Python", p.python_version(), "NumPy", n.__version__, "pandas", d.__version__)

.PHONY: test-oldest
test-oldest: .venv-oldest/.test ## Run the tests with the oldest supported packages
	@.venv-oldest/bin/python -m pytest $(NOT_PEERS) $(ARGS)

.PHONY: test-versions
test-versions: .venv-oldest/.short .venv-newest/.short ## A few tests: oldest packages and Python, then the newest
	@for each in oldest newest; do \
		.venv-$$each/bin/python -c '$(SAY)' && .venv-$$each/bin/python -m pytest --quiet \
			-p no:cacheprovider $(SHORT) $(ARGS) || exit; done

.PHONY: clean
clean: ## Remove the virtual environments and everything that was built
	@rm -rf .venv .venv-oldest .venv-newest .venv-mutants .venv-peers .venv-constraints build dist
	@rm -rf docs/_build docs/generated
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .benchmarks
	@find src tests scripts benchmarks docs -name __pycache__ -type d -prune -exec rm -rf {} +

# One line of shell: a virtual environment in the folder $(1), of the Python $(2) or the usual one,
# with a pip that is new enough.
define make_venv
	if ! $(or $(2),$(PYTHON),false) -c '$(NEW_ENOUGH)' 2>/dev/null; then \
		echo 'make: Python 3.11 or newer is needed, and "$(or $(2),$(PYTHON),python3)" is not;' \
			'name one, for example: make PYTHON=/opt/python3.12/bin/python3' >&2; exit 1; fi; \
	echo "Setting up $(1) ..." >&2; \
	rm -rf $(1) && $(or $(2),$(PYTHON)) -m venv $(1) && $(1)/bin/python $(INSTALL) --upgrade $(NEW_PIP)
endef

.venv/.made:
	@$(call make_venv,.venv)
	@touch $@

# What `make rank` and the command `report` need: the run-time core, and what fills in the page.
$(CORE): pyproject.toml constraints.txt | .venv/.made
	@$(BIN)/python $(INSTALL) --constraint constraints.txt --build-constraint constraints.txt \
		--editable ".[report]"
	@touch $@

$(DEV): pyproject.toml constraints.txt | .venv/.made
	@echo "Installing the development tools ..." >&2
	@$(BIN)/python $(INSTALL) --constraint constraints.txt --build-constraint constraints.txt \
		--editable ".[all]" --group dev
	@touch $(CORE) $@

# The oldest core and extras; all other versions as in constraints.txt.
.venv-oldest/.short: pyproject.toml constraints.txt constraints-oldest.txt
	@$(call make_venv,.venv-oldest,$(OLDEST))
	@awk -F == 'NR == FNR { old[$$1]; print; next } !($$1 in old)' \
		constraints-oldest.txt constraints.txt > .venv-oldest/constraints.txt
	@.venv-oldest/bin/python $(INSTALL) --constraint .venv-oldest/constraints.txt \
		--build-constraint constraints.txt --no-compile --editable ".[all]" --group short
	@touch $@

.venv-oldest/.test: .venv-oldest/.short
	@.venv-oldest/bin/python $(INSTALL) --constraint .venv-oldest/constraints.txt \
		--build-constraint constraints.txt --editable ".[all]" --group test
	@touch $@

.venv-newest/.short: pyproject.toml constraints.txt
	@$(call make_venv,.venv-newest,$(NEWEST))
	@.venv-newest/bin/python $(INSTALL) --constraint constraints.txt \
		--build-constraint constraints.txt --no-compile --editable ".[all]" --group short
	@touch $@

# mutmut and the tests it runs; what it brings itself is not pinned.
# pysensmcda asks for a pandas before 3, and runs with 3: it is installed without what it asks for.
.venv-peers/.made: pyproject.toml
	@$(call make_venv,.venv-peers)
	@.venv-peers/bin/python $(INSTALL) --editable . --group peers "mcda-promethee>=1.1" \
		joblib matplotlib npy-append-array seaborn tqdm
	@.venv-peers/bin/python $(INSTALL) --no-deps "pysensmcda>=2.0"
	@touch $@

.venv-mutants/.made: pyproject.toml constraints.txt
	@$(call make_venv,.venv-mutants)
	@.venv-mutants/bin/python $(INSTALL) --constraint constraints.txt \
		--build-constraint constraints.txt --editable . --group mutants
	@touch $@
