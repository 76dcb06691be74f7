# Every target first runs `setup`, which costs nothing when all is there.
# `make help` lists the targets.

SHELL := /bin/bash
.DEFAULT_GOAL := help

DEBIAN_PACKAGES := libprotobuf-c-dev protobuf-c-compiler protobuf-compiler libprotobuf-dev python3-protobuf \
  libsqlite3-dev sqlite3 libzstd-dev zstd libjemalloc-dev libseccomp-dev openssl python3-prometheus-client \
  libqrcodegen-dev libpng-dev zbar-tools libxlsxwriter-dev libminizip-dev libexpat1-dev python3-openpyxl
HAND_WRITTEN = $(shell git ls-files -co --exclude-standard 'Package.swift' 'Sources/*.swift' 'Plugins/*.swift' 'Tests/*.swift' \
  | grep -v /Generated/)

PREFIX ?= /usr/local
DESTDIR ?=
DATA ?= .build/guoban-data
ARGS ?=
TIME ?=
TARGET ?=
CLIENT ?=

# Tests that flood the machine, run after the others and alone: what they measure, and the others' deadlines, need it.
CROWDS := BadClientTests|ManyWatchersTests
# All tests begun at once would keep each other's deadlines waiting.
WIDTH := --experimental-maximum-parallelization-width 4

REPORTERS := HalfYear Ranking ThreeRates

# $(call assemble,BIN,FOLDER): a folder for each reporter that ships, with its module, as operators install them
define assemble
bin=$(1); for name in $(REPORTERS); do folder=$(2)/$$name; install -d "$$folder" && install -m 644 "Plugins/$$name/reporter.yaml" "Plugins/$$name/README.md" "$$bin/lib$$name.so" "$$folder/" || exit 1; done
endef

.PHONY: help setup build demo demo-check test fuzz bad-clients test-sanitizers bench run proto proto-check format lint install \
  check-tls

help:  ## This list
	@awk -F':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup:  ## Install what is missing from Debian
	@command -v swift >/dev/null || { echo "setup: no 'swift' on PATH: install a Swift 6.3 toolchain (swift.org/install) and try again" >&2; exit 1; }
	@missing=$$(dpkg-query -W -f '$${Package} $${db:Status-Status}\n' $(DEBIAN_PACKAGES) 2>/dev/null \
	    | awk '$$2 == "installed" { print $$1 }' | sort | comm -13 - <(printf '%s\n' $(DEBIAN_PACKAGES) | sort)); \
	  if [ -n "$$missing" ]; then \
	    echo "setup: installing" $$missing; \
	    root=$$([ "$$(id -u)" = 0 ] || echo sudo); \
	    $$root apt-get update -qq && $$root env DEBIAN_FRONTEND=noninteractive \
	      apt-get install -y -qq --no-install-recommends $$missing >/dev/null && echo "setup: done"; \
	  elif [ "$(MAKECMDGOALS)" = setup ]; then echo "setup: nothing is missing"; fi

build: setup  ## Build everything (debug)
	swift build
	@$(call assemble,$$(swift build --show-bin-path),$$(swift build --show-bin-path)/reporters)

demo: build  ## The whole main job in a temporary directory, in seconds after the build
	@Tests/Demo/demo "$$(swift build --show-bin-path)"

demo-check: build  ## The demo again, with its figures compared
	@Tests/Demo/check "$$(swift build --show-bin-path)"

test: setup  ## All tests (ARGS="--filter NAME": some)
	swift test $(WIDTH) $(if $(ARGS),$(ARGS),--skip '$(CROWDS)')
	$(if $(ARGS),,swift test --skip-build --no-parallel --filter '$(CROWDS)')

fuzz: setup  ## Fuzz our readers of foreign bytes, TIME=60 seconds each (or TARGET="frame csv")
	@TIME="$(TIME)" TARGET="$(TARGET)" Tests/Fuzz/run

bad-clients: setup  ## Misbehaving clients at full length, with a good client's p99 (CLIENT="a flood": some of them)
	GUOBAN_BAD_CLIENTS=measure GUOBAN_BAD_CLIENT="$(CLIENT)" swift test -c release -Xswiftc -enable-testing --scratch-path .build-bad-clients \
	  --filter BadClientTests $(ARGS)

test-sanitizers: setup  ## All tests under ThreadSanitizer and under AddressSanitizer
	Tests/Sanitizers/run thread $(WIDTH) $(ARGS)
	Tests/Sanitizers/run address $(WIDTH) $(ARGS)

bench: setup  ## Throughput, latency and allocations of a release build, TIME=5 seconds a figure
	swift build -c release --product guoband
	swift build -c release --product guobanctl
	@TIME="$(or $(TIME),5)" Tests/Bench/run "$$(swift build -c release --show-bin-path)"

run: build  ## A daemon on .build/guoban-data (or DATA=…) until Ctrl-C
	"$$(swift build --show-bin-path)/guoband" run --data-dir "$(DATA)" $(ARGS)

proto: setup  ## Generate C and Swift from Proto/
	Proto/generate

proto-check: setup  ## Fail when the generated files are not what Proto/ gives
	Proto/generate --check

format: setup  ## Format the hand-written Swift
	@swift format --in-place --parallel $(HAND_WRITTEN)

lint: setup  ## Check format and house rules
	@swift format lint --strict --parallel $(HAND_WRITTEN)
	@Tests/Style/check

check-tls: build  ## testssl.sh against a daemon's TLS port; fails above LOW
	@Tests/TLS/check "$$(swift build --show-bin-path)"

install: setup  ## Release build into /usr/local (or PREFIX=…, DESTDIR=…)
	swift build -c release
	@bin=$$(swift build -c release --show-bin-path); to="$(DESTDIR)$(PREFIX)"; \
	  install -d "$$to/bin" "$$to/lib/systemd/system" "$$to/share/guoban/sample" "$$to/share/guoban/registers" "$$to/share/doc/guoban" && \
	  install -m 755 "$$bin/guoband" "$$bin/guobanctl" "$$bin/guoban-sandbox" "$$to/bin/" && \
	  install -m 644 Sources/guobanctl/Sample/* "$$to/share/guoban/sample/" && \
	  install -m 644 Sources/guobanctl/Registers/* "$$to/share/guoban/registers/" && \
	  install -m 644 README.md LICENSE "$$to/share/doc/guoban/" && \
	  install -m 644 Sources/guoband/guoban.socket Sources/guoband/guoban-tls.socket "$$to/lib/systemd/system/" && \
	  sed 's|/usr/|$(PREFIX)/|' Sources/guoband/guoban.service >"$$to/lib/systemd/system/guoban.service"
	@$(call assemble,$$(swift build -c release --show-bin-path),$(DESTDIR)$(PREFIX)/lib/guoban/reporters)
	@echo "installed into $(DESTDIR)$(PREFIX)"
