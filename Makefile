# Everything runs in .venv, which `make` keeps as requirements/ says. `make help` lists what there is.
.DEFAULT_GOAL := help
.SUFFIXES:
SHELL := /bin/sh

export UV_PYTHON_DOWNLOADS := never
export PYTHONPATH := site:.
# Many images set it for their size; without compiled modules each process compiles Django and Wagtail for itself.
unexport PYTHONDONTWRITEBYTECODE

devtools := exec .venv/bin/python -m devtools

.PHONY: help
help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

.PHONY: ready
ready:
	@python=.venv/bin/python; \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || python=$$(sh site/devtools/find-python.sh) || exit 1; \
	exec "$$python" -I site/devtools/bootstrap.py

.PHONY: demo
demo: ready ## The whole product with sample data (PORT=8000, DEMO_DIR=.dev)
	@$(devtools) demo

.PHONY: test
test: ready ## Every check and every test, as CI runs them
	@$(devtools) check

.PHONY: test-long
test-long: ready ## The same with 100 rounds of each race, every order of payment events and 300 lives of each machine (appointments and notes), and 200 questions to each door of the API
	@export API_EXAMPLES=200 RACE_ROUNDS=100 PAYMENT_ORDERS=864 MACHINE_LIVES=300 PYTEST_ADDOPTS="-o timeout=3600"; $(devtools) check

.PHONY: lint
lint: ready ## The checks without the tests
	@$(devtools) check --without-tests

.PHONY: format
format: ready ## Format code and templates
	@$(devtools) format

.PHONY: css
css: ready ## Build static/css/dist/app.css
	@$(devtools) css

.PHONY: bench
bench: ready ## Measure against the floors of quality.md, as a table (ARGS=--quick)
	@exec .venv/bin/python -m bench $(ARGS)

.PHONY: image-check
image-check: ready ## Build the image and run what docker/compose.yaml starts from it, without a Docker engine (3-6 minutes)
	@$(devtools) image-check

.PHONY: compose-check
compose-check: ready ## Type what docs/deploy.md says under "With Docker", on the engine that docker reaches, as root (5-10 minutes)
	@$(devtools) compose-check

.PHONY: screenshots
screenshots: ready ## A picture of every page and state, in test-results/screenshots (ARGS="--only home", ARGS=--help)
	@$(devtools) screenshots $(ARGS)

.PHONY: shell
shell: ready ## A Django shell on the demo's database
	@$(devtools) manage shell

.PHONY: openapi
openapi: ready ## Write the API's descriptions, docs/openapi.yaml and docs/openapi-auth.yaml, anew
	@$(devtools) manage spectacular --validate --fail-on-warn --file docs/openapi.yaml
	@$(devtools) manage spectacular --validate --fail-on-warn --file docs/openapi-auth.yaml \
		--generator-class accounts.security.headless.description.Generator

.PHONY: lock
lock: ready ## Write requirements/*.txt anew from pyproject.toml (needs the network)
	@$(devtools) lock
