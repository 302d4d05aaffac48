# Two commands do everything on a fresh Debian or Ubuntu machine with a Swift toolchain and git:
#   make demo    runs the main job against the embedded server
#   make test    passes the tests

PREFIX ?= /usr/local
SWIFT ?= swift

.PHONY: demo test fuzz lint build release install deb bench bench-once bench-check bench-thresholds bench-save bench-compare calibration setup setup-tests clean

demo: setup release
	./.build/release/mik-replay demo --folder .build/demo

test: setup-tests
	$(SWIFT) build --build-tests --explicit-target-dependency-import-check error
	$(SWIFT) test --skip-build --disable-xctest

# The tests that damage packets, streams and files at random, for many times as long; seeds are fixed. Then libFuzzer for some time.
FUZZ_ROUNDS ?= 100
FUZZ_SECONDS ?= 300
fuzz: setup-tests
	$(SWIFT) build --build-tests
	FUZZ_ROUNDS=$(FUZZ_ROUNDS) $(SWIFT) test --skip-build --disable-xctest --filter 'NeverTrap|NIOComparison'
	scripts/fuzz $(FUZZ_SECONDS)

lint:
	$(SWIFT) format lint --strict --recursive Package.swift Sources Tests Benchmarks/Package.swift Benchmarks/Parts Benchmarks/Sources Fuzzing/Package.swift Fuzzing/Sources

build: setup
	$(SWIFT) build

# With Swift's own libraries inside, so that the program runs where no toolchain is.
release: setup
	$(SWIFT) build -c release --static-swift-stdlib --product mik-replay

# The program with its completions and manual pages.
install: release
	scripts/install-packages python3
	scripts/install-files .build/release/mik-replay $(DESTDIR)$(PREFIX)

# A Debian package in .build.
deb: release
	scripts/install-packages python3
	scripts/make-deb .build/release/mik-replay .build

bench: setup release
	scripts/bench

# Runs each micro-benchmark once in a debug build, to see that they still run.
bench-once: setup
	scripts/bench --once

# Whether they allocate as often as Benchmarks/Thresholds says; and what it says anew.
bench-check: setup
	scripts/bench --check
bench-thresholds: setup
	scripts/bench --thresholds

# Keeps what they take under a name, and compares a later state with it on the same machine.
BASELINE ?= main
bench-save: setup
	scripts/bench --save $(BASELINE)
bench-compare: setup
	scripts/bench --compare $(BASELINE)

# How often comparisons of runs are right, over 200 seeded synthetic ones: the table of docs/measurement.md.
calibration: setup
	$(SWIFT) run -c release --package-path Benchmarks calibrate

# What the program is built with, and what some tests need beside it.
setup:
	scripts/install-packages pkg-config libpcap-dev zlib1g-dev

setup-tests: setup
	scripts/install-packages bsdutils tcpdump tshark curl openssl python3 python3-jsonschema python3-yaml jq wrk hey apache2-utils nginx-light nghttp2-client
	-scripts/install-packages python3-venv && python3 -m venv .build/python && .build/python/bin/pip install --quiet hdrhistogram # reads histogram logs
	-scripts/install-packages chromium # where there is one; without it the pages are not looked at

clean:
	rm -rf .build
