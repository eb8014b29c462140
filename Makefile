# Everything a contributor types. `make` alone lists the targets. Plain POSIX make and shell, so that macOS runs it too.
PYTHON ?= python3
PACK ?= online-prescribing
PORT ?= 8000
VENV_PYTHON = .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help setup doctor run demo test check fix docs decision

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

setup: ## put everything into .venv, by locked hashes (PYTHON=python3.13 chooses another Python)
	@$(PYTHON) .ci/install.py

doctor: setup ## look whether this machine and deployment are in order, with the cure for what is not
	@.venv/bin/troth doctor

run: setup ## serve the clinic that lies in TROTH_HOME (PORT=8000)
	@.venv/bin/troth serve --port $(PORT)

demo: ## make a clinic with invented people and serve it (PACK=online-prescribing PORT=8000)
	@$(PYTHON) .ci/install.py --runtime
	@.venv/bin/troth demo --pack $(PACK) --port $(PORT)

test: setup ## run the whole suite: SQLite, PostgreSQL and the browser, as far as they are on this machine
	@$(VENV_PYTHON) -m tests.run_all $(ARGS)

check: setup ## lint, format, types, import contracts, templates, migrations, structure; counts every failure
	@$(VENV_PYTHON) .ci/check.py

fix: setup ## mend what can be mended by itself: format, imports, and the two lock files
	@$(VENV_PYTHON) .ci/fix.py

docs: setup ## write the generated pages of docs/reference
	@$(VENV_PYTHON) .ci/docs.py

decision: ## start the next decision record (TITLE="what was decided")
	@$(PYTHON) .ci/decision.py "$(TITLE)"
