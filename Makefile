# Two commands do everything on a fresh machine:  make demo   and   make test
PYTHON ?= $(shell for v in 3.11 3.12 3.13; do p=$$(command -v python$$v) && $$p -c 'import venv, ensurepip' 2>/dev/null && echo $$p && break; done || echo python3)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
TEST_EXTRAS := gui,tflite,keras,parquet,dev
TEST_PACKAGES := openssh-server openssh-client postgresql strace xvfb xdotool fonts-noto-cjk libegl1 libgl1 libxkbcommon-x11-0 \
  libdbus-1-3 libfontconfig1 libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1
# One worker more than cores: tests wait for boards, links and child processes a quarter of their time.
PYTEST_ARGS ?= -n 3 -q

.PHONY: help demo test check check-types check-rest bench faults docs clean
help:
	@echo "make demo    compress, deploy over SSH, measure and profile two real networks (5 minutes on two cores)"
	@echo "make test    run the tests          make check   lint, types, layers, docs"
	@echo "make bench   benchmarks (figures)   make clean   remove .venv and caches"
	@echo "make docs    write docs/techniques and the overview of flyweight --help anew"
	@echo "make faults  every fault test in full, results in docs/faults.md (about two hours)"

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || \
	  { echo "Python 3.11 to 3.13 is needed. Debian/Ubuntu: apt-get install python3 python3-venv, or: make PYTHON=/path/to/python3.11 demo"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || bash .ci/system-packages python3-venv
	$(PYTHON) -m venv $(VENV)

$(VENV)/core: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "installing the core (PIP_* settings are honoured) ..."
	@$(PIP) --editable .
	@touch $@

$(VENV)/all: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "installing everything the tests need ..."
	@bash .ci/system-packages $(TEST_PACKAGES) & packages=$$!; $(PIP) --no-compile --editable '.[$(TEST_EXTRAS)]'; done=$$?; \
	  $(BIN)/python -m compileall -qq -j 0 $(VENV)/lib; wait $$packages; exit $$done
	@touch $@ $(VENV)/core

demo: $(VENV)/core
	@$(BIN)/flyweight demo $(DEMO_ARGS)

test: $(VENV)/all
	@$(BIN)/python -m pytest $(PYTEST_ARGS)

check: $(VENV)/all
	@$(MAKE) --no-print-directory --jobs=2 check-types check-rest

check-types: $(VENV)/all  # takes as long as the rest together, so both run at the same time
	$(BIN)/mypy

check-rest: $(VENV)/all
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --config pyproject.toml
	$(BIN)/python -m pytest -q tests/architecture
	@# The first collection compiles all tests, which each worker of `make test` would do for itself.
	@$(BIN)/python -m pytest -qq --collect-only > $(VENV)/collected || { cat $(VENV)/collected; exit 1; }

bench: $(VENV)/all
	@for file in tests/benchmarks/bench_*.py; do echo "== $$file"; $(BIN)/python -m tests.benchmarks.$$(basename $$file .py) || exit 1; done

docs: $(VENV)/all
	@$(BIN)/python -m tests.documents.techniques && $(BIN)/python -m tests.documents.overview && $(BIN)/python -m tests.documents.boards

faults: $(VENV)/all
	@bash .ci/system-packages mmdebstrap qemu-user-static iproute2 || true
	@$(BIN)/python -m tests.faults $(FAULTS_ARGS)

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
