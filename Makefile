# Easel: everything is built, tested and run from here; .ci/run calls the same targets.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

ARCH      := $(shell uname -m)
LIBDIR    := /usr/lib/$(ARCH)-linux-gnu
SCRATCH   := .build
AGENT_SCRATCH := .build/agent
STATIC    := .build/static-libraries
SEEDS     ?= 20000
SEED      ?= 1
STATE     ?=
PARTS     ?=

# What the compiler needs, and what the tests drive.
BUILD_PACKAGES := ca-certificates git pkg-config binutils libc6-dev libgcc-12-dev libstdc++-12-dev zlib1g-dev \
	libncurses-dev libsqlite3-dev libyaml-dev libsodium-dev
BENCH_PACKAGES := htop btop strace
TEST_PACKAGES := tmux openssh-server openssh-client sqlite3 procps ncurses-term python3-minimal libvterm-dev

# A test must not stop to be debugged, nor its output be coloured by where it runs.
export SWIFT_BACKTRACE := enable=no

.PHONY: help build test lint format bench run soak texts docs clean packages test-packages bench-packages swift FORCE

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: build ## Build in release and open the console (STATE=DIR for another site)
	@bin/easel $(if $(STATE),--state '$(STATE)')

build: packages bin/easel bin/easel-agent ## Build bin/easel and bin/easel-agent, in release

# The C and C++ libraries are linked in: a folder that holds only their archives comes first, so the linker finds no shared ones.
$(STATIC): Makefile
	@mkdir -p $(STATIC)
	@runtime=$$(ls -d /usr/lib/gcc/$(ARCH)-linux-gnu/*/libstdc++.a 2>/dev/null | sort -V | tail -1); \
	for archive in $(patsubst %,$(LIBDIR)/lib%.a,ncursesw tinfo sqlite3 yaml sodium) "$${runtime:-libstdc++.a}"; do \
	  test -e "$$archive" || { echo "make: $$archive is missing: is its -dev package whole?" >&2; exit 1; }; \
	  ln -sfn "$$archive" $(STATIC)/$${archive##*/}; done
	@touch $(STATIC)

# Functions that are the same to the byte are kept once; nobody links against a program, so it exports nothing.
bin/easel: FORCE $(STATIC)
	@swift build -c release --product easel --scratch-path $(SCRATCH) --static-swift-stdlib \
	  -Xlinker -L$(CURDIR)/$(STATIC) -Xlinker --icf=safe -Xlinker --no-export-dynamic
	@$(call publish,$(SCRATCH)/release/easel,$@)

bin/easel-agent: FORCE $(STATIC)
	@swift build -c release --product easel-agent --scratch-path $(AGENT_SCRATCH) -Xswiftc -static-executable \
	  -Xlinker -L$(CURDIR)/$(STATIC)
	@$(call publish,$(AGENT_SCRATCH)/release/easel-agent,$@)

# Strips a product into bin/ by rename, only when it is newer than what lies there.
define publish
if ! test $(2) -nt $(1); then mkdir -p bin; strip -o $(2).new $(1); mv -f $(2).new $(2); ls -l $(2) | awk '{print $$9, $$5}'; fi
endef

# Tests that drive processes and terminals run one by one and after the others: beside two thousand seeds they would starve.
DRIVEN := CommandTests|AgentTests|TerminalTests|TerminalCycleTests

test: test-packages lint build ## Run all tests that need no lab
	@swift build --build-tests --scratch-path $(SCRATCH)
	@$(call tested,--skip 'SoakTests|$(DRIVEN)')
	@$(call tested,--no-parallel --filter '$(DRIVEN)')
	@$(call tested,--filter SoakTests)

# Runs the tests that the options choose. What failed is said again as the last word, where somebody finds it.
define tested
swift test --skip-build --scratch-path $(SCRATCH) $(1) 2>&1 | tee $(SCRATCH)/tests.log || { \
  echo "== what failed (all of it: $(SCRATCH)/tests.log)"; \
  grep -E '✘.* recorded an issue|^↳' $(SCRATCH)/tests.log | cut -c1-400 | tail -40; exit 1; }
endef

lint: swift ## Check the format of every Swift file
	@swift format lint --strict --recursive Package.swift Sources Tests && echo "format: clean"

format: swift ## Format every Swift file
	@swift format --in-place --recursive Package.swift Sources Tests

bench: test-packages bench-packages build ## Measure engine, store, console and lab; prints tables (PARTS="engine store" for some)
	@swift build -c release --product easel-bench --scratch-path $(SCRATCH) --static-swift-stdlib -Xlinker -L$(CURDIR)/$(STATIC)
	@$(SCRATCH)/release/easel-bench $(PARTS)
	@$(if $(PARTS),,$(MAKE) lab-bench)

soak: packages ## Run the simulated disasters with SEEDS=N seeds, from SEED=N on
	@EASEL_SEEDS=$(SEEDS) EASEL_SEED=$(SEED) swift test --scratch-path $(SCRATCH) --filter SoakTests

texts: packages ## Write assets/easel.pot, the list of the console's texts for translators, anew
	@EASEL_UPDATE_TEXTS=1 swift test --scratch-path $(SCRATCH) --filter LanguageTests >/dev/null && ls assets/easel.pot

docs: packages ## Write docs/keys.md, docs/cli.md, docs/screens.md and the screens in the README anew
	@swift build --build-tests --scratch-path $(SCRATCH)
	@EASEL_UPDATE_DOCS=1 swift test --skip-build --scratch-path $(SCRATCH) --filter DocsTests >/dev/null && ls docs

clean: ## Remove what was built here
	@rm -rf .build bin

packages: swift
	@$(call install,$(BUILD_PACKAGES))

test-packages: packages
	@$(call install,$(TEST_PACKAGES))

bench-packages: packages
	@$(call install,$(BENCH_PACKAGES))

swift:
	@command -v swift >/dev/null || { echo "make: swift is not on the PATH: install the Swift 6.3 toolchain (swift.org/install)" >&2; exit 1; }

# Installs those Debian packages of a list that are not there yet.
define install
missing=; for package in $(1); do \
  dpkg-query -W -f '$${db:Status-Status}\n' $$package 2>/dev/null | grep -qx installed || missing="$$missing $$package"; done; \
if test -n "$$missing"; then \
  if test "$$(id -u)" != 0; then echo "make: missing packages; as root, run: apt-get install$$missing" >&2; exit 1; fi; \
  echo "installing:$$missing"; \
  export DEBIAN_FRONTEND=noninteractive; \
  apt-get update -qq && apt-get install -y -qq --no-install-recommends $$missing >/dev/null; fi
endef

-include Tests/Lab/lab.mk
