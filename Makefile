# The front door. Every recipe is a script in scripts/ or a cargo command; read those for the how.

.DEFAULT_GOAL := help
.PHONY: help setup setup-tests run build bench check test e2e fmt lint walls

help: ## Show this list
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-12s %s\n", $$1, $$2 }'

setup: ## Install what building and running needs (quiet when nothing is missing)
	@scripts/setup.sh

setup-tests: ## Install what the tests need on top of that
	@scripts/setup-tests.sh

run: ## Build and start Hawser on http://127.0.0.1:3000 with its data in ./data
	@scripts/run.sh

build: ## Make the shipping build and print the sizes of the browser bundle
	@scripts/build.sh

bench: ## Run the benchmarks and print their table
	@scripts/bench.sh

check: ## The quick loop: format, clippy, walls, Rust tests
	@scripts/lint.sh
	@scripts/test.sh quick

test: ## Install what is missing and run every test, ending with one line of counts
	@scripts/test.sh all

e2e: ## Only the browser tests; make e2e ONLY=story runs the files whose name holds it
	@scripts/test.sh e2e $(ONLY)

fmt: ## Format the Rust code
	@scripts/cargo.sh fmt --all

lint: ## Formatting, clippy for server and browser, types of the browser tests, walls
	@scripts/lint.sh

walls: ## Check that the crates know only what the design lets them know
	@scripts/cargo.sh xtask walls
