.PHONY: run test ci

run:
	cargo run

test:
	tools/test

ci:
	.ci/run
