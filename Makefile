.DEFAULT_GOAL := help
.PHONY: help run test torture test-clients fuzz fuzz-schema bench schema playground fmt lint docs ci

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1	\2/p' $(MAKEFILE_LIST)

run: ## build and serve the demo shop on http://127.0.0.1:8000
	@scripts/run.sh

test: ## every test, with the servers and the browser they need; ARGS=catalog for some
	@scripts/test.sh $(ARGS)

torture: ## up to ten minutes of shoppers and staff while servers, database, Redis and Stripe fail; then an audit
	@scripts/torture.sh

test-clients: ## the tools that front ends are made with, against schema.graphql and a running shop
	@scripts/test-clients.sh

fuzz-schema: ## requests made up from the schema, for SECONDS_EACH as a guest and as an administrator; SEED picks others
	@scripts/fuzz-schema.sh

fuzz: ## inputs made up by libFuzzer for what reads texts from outside, for SECONDS_EACH
	@scripts/fuzz.sh

bench: ## criterion's benchmarks, then a seeded shop under load (Linux)
	@scripts/bench.sh

schema: ## write schema.graphql anew after a change of the API
	cargo run --quiet --locked -- schema > schema.graphql.new
	mv schema.graphql.new schema.graphql

playground: ## build the playground's bundle anew after a change of its sources
	scripts/install.sh node
	npm --prefix playground ci --no-audit --no-fund
	npm --prefix playground run typecheck
	npm --prefix playground run check
	npm --prefix playground run build

fmt: ## format the code
	cargo fmt

lint: ## what CI refuses: format, lints
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings

docs: ## the code's documentation, private items included
	RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps --document-private-items

ci: ## all that CI does
	@bash .ci/run
