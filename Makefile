# One verb for each thing one does here. `make` alone tells them.
# The stamps in .venv carry a key of the lock, so a second run of any verb starts at once.
.POSIX:
SHELL = /bin/sh

PYTHON = .venv/bin/python
PIP = $(PYTHON) -m pip -qq --disable-pip-version-check --no-input
COMPILE = $(PYTHON) -m compileall -q -j 0 .venv/lib > /dev/null 2>&1
KEY := $(shell (cat pyproject.toml requirements-dev.lock requirements.lock; pwd) | cksum | cut -d' ' -f1)
RUNTIME = .venv/.runtime-$(KEY)
DEV = .venv/.dev-$(KEY)
BROWSER_KEY := $(shell cat tests/browser/fetch.py tests/browser/package-lock.json | cksum | cut -d' ' -f1)
BROWSER = .venv/.browser-$(BROWSER_KEY)
ARGS =

.PHONY: help setup demo test check format bench lock clean

help: ## what each verb does
	@echo "Mamori"
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-14s %s\n", $$1, $$2 }'

setup: $(RUNTIME) ## create .venv from the lock file
	@echo "setup: .venv is ready"

demo: $(RUNTIME) ## start everything on this machine and print the address to open (ARGS="--port 8080")
	@exec $(PYTHON) -m bot demo $(ARGS)

test: $(DEV) $(BROWSER) ## run the whole test suite (ARGS="-k paging" for a part)
	@$(PYTHON) -m pytest -q -n 3 --dist loadfile $(ARGS)

check: $(DEV) ## form, lint, types, imports, dependencies, the house's own rules; seconds
	@echo "check: form, lint"
	@$(PYTHON) -m ruff format --check --output-format concise . > .venv/form.log \
		|| { cat .venv/form.log >&2; echo "check: \`make format\` mends the form" >&2; exit 1; }
	@$(PYTHON) -m ruff check --quiet --output-format concise .
	@echo "check: types"
	@$(PYTHON) -m mypy --strict bot
	@echo "check: imports, dependencies"
	@$(PYTHON) -c "from importlinter.cli import lint_imports_command as run; run()" --no-cache > .venv/imports.log 2>&1 \
		|| { cat .venv/imports.log >&2; exit 1; }
	@$(PYTHON) -m deptry bot > .venv/dependencies.log 2>&1 || { cat .venv/dependencies.log >&2; exit 1; }
	@echo "check: house rules"
	@$(PYTHON) -m pytest -q -m "not browser" tests/house

format: $(DEV) ## put every file into form
	@$(PYTHON) -m ruff check --quiet --fix-only . && $(PYTHON) -m ruff format --quiet .

bench: $(DEV) ## measure the running server beside the plainest bot (ARGS="--seconds 5")
	@$(PYTHON) -m bench $(ARGS)

lock: ## solve the dependencies anew (needs uv)
	@command -v uv > /dev/null || { echo "make lock needs uv on the PATH (pip install uv)" >&2; exit 2; }
	@uv pip compile pyproject.toml --extra embedded --group build $(LOCKED) -o requirements.lock
	@uv pip compile pyproject.toml --extra embedded --group build --group dev -c requirements.lock $(LOCKED) -o requirements-dev.lock
LOCKED = --universal --python-version 3.11 --fork-strategy fewest --generate-hashes --no-emit-index-url --no-header \
	--annotation-style line --quiet

clean: ## remove .venv and what checks left behind; data stays
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find bot tests -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/bin/python:
	@found=; for name in python3.13 python3.12 python3.11 python3; do \
		if $$name -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' > /dev/null 2>&1; then found=$$name; break; fi; \
	done; \
	if [ -z "$$found" ]; then echo "Mamori needs Python 3.11, 3.12 or 3.13 on the PATH; none was found." >&2; exit 2; fi; \
	echo "setup: .venv with $$($$found --version)"; \
	$$found -m venv --clear .venv > .venv.log 2>&1 || { tail -n 3 .venv.log >&2; rm -rf .venv .venv.log; \
		echo "$$found could not make a virtual environment (on Debian: install python3-venv)." >&2; exit 2; }; \
	rm -f .venv.log

# Compiled on all cores afterwards: the SDKs hold thousands of modules. What is not valid Python 3 in them is passed over.
$(RUNTIME): | .venv/bin/python
	@echo "setup: installing the locked packages (half a minute the first time)"
	@$(PIP) install --no-compile --require-hashes --no-deps -r requirements.lock
	@$(PIP) install --no-index --no-deps --no-build-isolation -e .
	@$(COMPILE) || true
	@rm -f .venv/.runtime-* && touch $@

$(DEV): $(RUNTIME)
	@echo "setup: installing the locked test tools"
	@$(PIP) install --no-compile --require-hashes --no-deps -r requirements-dev.lock
	@$(COMPILE) || true
	@rm -f .venv/.dev-* && touch $@

# Without a browser the screen tests are skipped with their reason, so a failure here is told and is no error;
# only success leaves a stamp, so the next run tries again.
$(BROWSER): $(DEV)
	@echo "setup: fetching the browser for the screen tests"
	@if $(PYTHON) tests/browser/fetch.py .venv/browser; then rm -f .venv/.browser-* && touch $@; fi
