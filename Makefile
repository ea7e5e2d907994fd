# Two commands do everything on a fresh machine: `make demo` and `make test`.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
DEMO := .enrich/demo
# One thread a library: the shards are the parallelism.
export OMP_NUM_THREADS ?= 2
export GX_ANALYTICS_ENABLED := false
export DO_NOT_TRACK := 1
export SCARF_ANALYTICS := false
export AIRFLOW_HOME ?= $(CURDIR)/.airflow

.PHONY: install demo test test-airflow check ablation clean

install: $(VENV)/.installed

$(VENV)/.installed: pyproject.toml infra/constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --disable-pip-version-check -c infra/constraints.txt "torch==2.13.0"
	$(BIN)/python -m pip install --disable-pip-version-check -c infra/constraints.txt -e ".[test]"
	touch $@

demo: install
	bash infra/demo.sh $(BIN) $(DEMO)

test: install
	$(BIN)/python -m pytest

# An unusual night under Airflow's scheduler, answered and not; starts Airflow's services on loopback.
test-airflow: install
	$(BIN)/python -m pytest -m airflow

check: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/vulture

# What each choice of the image training bought: hours on two cores, and resumes; STEPS makes it shorter.
ablation: install
	$(BIN)/python -m tests.bench.ablate_look --work .enrich/ablation $(if $(STEPS),--steps $(STEPS))

clean:
	rm -rf $(VENV) .enrich/demo .enrich/ablation .airflow .mypy_cache .ruff_cache .hypothesis
