.PHONY: test
test: ## every test, with a PostgreSQL and a Redis of its own
	scripts/with-services.sh cargo test $(ARGS)
