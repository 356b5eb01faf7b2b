# `make help` says what there is. Everything runs in a virtual environment of its own, .venv.

PYTHON ?= python3
VENV ?= .venv
PEERS_VENV ?= .venv-peers
ARGS ?=
MINUTES ?= 1

# REPLs, shells, debuggers, databases and full-screen programs that the tests drive, as Debian names their packages.
PACKAGES := bash bc bsdutils busybox dash default-jdk-headless dialog dtach ed erlang-base fish fzf gdb git gnupg \
	guile-3.0 htop ksh93u+m less librsvg2-bin litecli lua5.4 man-db mariadb-server mc mksh most nano nodejs \
	openssh-client openssh-server perl pgcli pinentry-curses postgresql procps ptpython r-base-core redis-server ruby \
	screen sqlite3 sudo tcl tcsh tmux vim whiptail xterm xvfb zsh

# And those that only `make readiness` drives.
MORE_PACKAGES := apcalc bsh chezscheme chicken-bin clisp clojure dc ecl elixir elvish ftp gap-core gforth ghc \
	gnuchess gnuplot-nox gprolog jimsh lftp lldb lua5.1 luajit maxima mit-scheme mycli newlisp ocaml-nox octave pari-gp \
	php-cli php-readline picolisp polyml pry pypy3 python3-pyftpdlib qalc racket rakudo rc rlwrap sbcl scheme48 slsh \
	smlnj stockfish swi-prolog-nox units yash

export PATH := $(abspath $(VENV))/bin:$(PATH)
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help demo test lint faces format soak bench docs-pictures bench-peers profile programs readiness clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(VENV)/demo.done ## install into .venv and run the quick start for real
	@$(VENV)/bin/python examples/demo.py

test: $(VENV)/test.done ## run the test suite; ARGS="tests/test_readme.py -k quick" runs a part of it
	@$(VENV)/bin/python -m pytest $(if $(ARGS),$(ARGS),--numprocesses auto --dist worksteal)

lint: $(VENV)/lint.done ## ruff, mypy --strict and pyright
	@status=0; for check in "ruff check" "ruff format --check" "mypy" "pyright --pythonpath $(VENV)/bin/python"; do \
		echo "== $$check"; $(VENV)/bin/python -m $$check || status=1; done; exit $$status

faces: $(VENV)/test.done ## write the verbs of every face out from the contract, endpoint.py
	@$(VENV)/bin/python tools/faces.py

format: $(VENV)/lint.done ## let ruff put the code in order
	@$(VENV)/bin/python -m ruff check --fix-only --quiet; $(VENV)/bin/python -m ruff format

readiness: $(VENV)/readiness.done ## the proof of readiness, all of it, into docs/readiness.md; takes hours, better as root
	@$(MAKE) --no-print-directory programs PACKAGES="$(PACKAGES) $(MORE_PACKAGES)"
	@sh tests/readiness/prove.sh $(abspath $(VENV))/bin/python

soak: $(VENV)/test.done ## a mixed load for MINUTES=1 minutes, every byte checked
	@$(VENV)/bin/python tests/soak.py --minutes $(MINUTES)

bench: $(VENV)/test.done ## measure, each figure beside the bare os loop; writes bench/results/
	@$(VENV)/bin/python -m bench $(ARGS)

docs-pictures: $(VENV)/test.done ## draw the screens of docs/views.md anew, from the programs themselves
	@$(VENV)/bin/python examples/pictures.py $(ARGS)

bench-peers: $(PEERS_VENV)/peers.done ## measure bgterm beside other terminal libraries, in .venv-peers; needs tmux
	@$(PEERS_VENV)/bin/python -m bench.peers $(ARGS)

profile: $(VENV)/test.done ## show where the time of one round trip goes; with strace its system calls too
	@$(VENV)/bin/python -m bench.profiling

programs: ## install the programs that the tests drive (Debian, Ubuntu)
	@if dpkg-query --show --showformat='$${db:Status-Status}\n' $(PACKAGES) 2>&1 | grep --quiet --invert-match '^installed$$'; then \
		[ "$$(id -u)" -eq 0 ] && as_root= || as_root="sudo"; \
		$$as_root apt-get update --quiet --quiet && \
		$$as_root env DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet --quiet --no-install-recommends $(PACKAGES); \
	else echo "every program is there already"; fi

clean: ## remove the virtual environment, caches and builds
	rm -rf $(VENV) $(PEERS_VENV) build dist .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/bin/python $(PEERS_VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "bgterm needs Python 3.11 or newer: make PYTHON=python3.11 ..."; exit 1; }
	@$(PYTHON) -m venv --upgrade-deps $(@:/bin/python=) || \
		{ rm -rf $(@:/bin/python=); echo "On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }

$(VENV)/%.done: $(VENV)/bin/python pyproject.toml
	@echo "installing what 'make $*' needs into $(VENV)"
	@$(VENV)/bin/python -m pip install --quiet --editable '.$(if $(filter-out demo,$*),[screen])' --group $*
	@touch $@

$(PEERS_VENV)/peers.done: $(PEERS_VENV)/bin/python pyproject.toml bench/peers/requirements.txt
	@command -v tmux >/dev/null || { echo "On Debian and Ubuntu: apt-get install tmux"; exit 1; }
	@echo "installing bgterm and its peers into $(PEERS_VENV)"
	@$(PEERS_VENV)/bin/python -m pip install --quiet --editable . --requirement bench/peers/requirements.txt
	@touch $@
