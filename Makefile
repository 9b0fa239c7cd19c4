# Each target sets up what it needs; see CONTRIBUTING.md. A Python other than the first found: make PYTHON=python3.12
PY := .venv/bin/python
export PYTHON

.PHONY: help demo test test-all stress lint format types contracts bench reproduce screenshots translations docs docs-check
.PHONY: licences frozen frozen-light deb deb-light release-check clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.* ## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "make %-15s %s\n", $$1, $$2 }'

demo: .venv/.installed ## the program on made cells
	$(PY) -m karyoview demo

test: .venv/.installed-test ## quick tests (under 10 minutes on two cores)
	$(PY) -m pytest -n auto --maxprocesses 4 --max-worker-restart 0 --dist loadfile -m "not long" --ignore tests/bench

test-all: .venv/.installed-test ## every test, also what takes minutes
	$(PY) -m pytest -n auto --maxprocesses 4 --max-worker-restart 0 --dist loadfile -rs

stress: .venv/.installed-test ## 10,000 kills, 100,000 damaged files, 1,000 races and power cuts; hours, counts printed
	KARYOVIEW_STRESS=full $(PY) -m pytest -n auto --maxprocesses 4 --dist load tests/stress

lint: .venv/.installed ## ruff: rules and formatting
	$(PY) -m ruff check karyoview training tests packaging
	$(PY) -m ruff format --check karyoview training tests packaging

format: .venv/.installed ## the code formatted as lint wants it
	$(PY) -m ruff check --fix --select I karyoview training tests packaging
	$(PY) -m ruff format karyoview training tests packaging

types: .venv/.installed ## mypy
	$(PY) -m mypy

contracts: .venv/.installed ## which package may import which
	.venv/bin/lint-imports

bench: .venv/.installed ## timings; printed, never a reason to fail
	$(PY) -m pytest tests/bench -s

reproduce: .venv/.installed ## figures of every shipped engine again, compared with its card; needs KARYOVIEW_DATA
	$(PY) -m karyotrain.studies.reproduce

screenshots: .venv/.installed ## the pictures of the help, from the sample case
	$(PY) packaging/screenshots.py resources/help/pictures

docs: .venv/.installed ## the help as a site in build/docs, its made parts renewed; fails where a link is broken
	$(PY) packaging/help_pages.py
	$(PY) -m mkdocs build --strict -q -f packaging/mkdocs.yml

translations: .venv/.installed ## the template of the translations, from the texts in the code
	.venv/bin/pyside6-lupdate -tr-function-alias QT_TRANSLATE_NOOP+=_T $$(find karyoview/gui -name '*.py' | LC_ALL=C sort) karyoview/services/settings.py karyoview/review/doubt.py -no-obsolete -ts resources/translations/karyoview_template.ts

docs-check: .venv/.installed ## whether the parts of the help that come from the code are up to date
	$(PY) packaging/help_pages.py --check

licences: .venv/.installed ## licence texts and bill of materials in build/licences; fails on GPL
	$(PY) packaging/licences.py build/licences

frozen: .venv/.installed ## the program in one folder, build/frozen/karyoview; prints its sizes
	$(PY) packaging/frozen.py

frozen-light: .venv/.installed ## the same without PyTorch (it proposes, it does not train), build/frozen-light/karyoview
	KARYOVIEW_LIGHT=1 $(PY) packaging/frozen.py

deb-light: frozen-light ## the package for Debian and Ubuntu, of the light program
	KARYOVIEW_LIGHT=1 $(PY) packaging/debian.py

deb: frozen ## the package for Debian and Ubuntu, of the frozen program
	$(PY) packaging/debian.py

release-check: .venv/.installed-test ## everything that must hold before a release
	$(PY) packaging/release_check.py

clean: ## remove what was built and cached, but not .venv
	rm -rf build dist demo .pytest_cache .mypy_cache .ruff_cache .import_linter_cache

.venv/.installed: pyproject.toml .ci/setup
	.ci/setup

.venv/.installed-test: pyproject.toml .ci/setup
	.ci/setup test
