# Each target sets up what it needs; see CONTRIBUTING.md. A Python other than the first found: make PYTHON=python3.12
PY := .venv/bin/python
export PYTHON

.PHONY: demo test test-all lint types contracts bench reproduce screenshots translations help docs licences frozen deb
.PHONY: release-check clean

demo: .venv/.installed
	$(PY) -m karyoview demo

test: .venv/.installed-test
	$(PY) -m pytest -n auto --maxprocesses 4 --max-worker-restart 0 --dist loadfile -m "not long" --ignore tests/bench

test-all: .venv/.installed-test
	$(PY) -m pytest -n auto --maxprocesses 4 --max-worker-restart 0 --dist loadfile -rs

lint: .venv/.installed
	$(PY) -m ruff check karyoview training tests packaging

types: .venv/.installed
	$(PY) -m mypy

contracts: .venv/.installed
	.venv/bin/lint-imports

bench: .venv/.installed
	$(PY) -m pytest tests/bench -s

reproduce: .venv/.installed
	$(PY) -m karyotrain.studies.reproduce

screenshots: .venv/.installed
	$(PY) packaging/screenshots.py resources/help/pictures

help: .venv/.installed
	$(PY) packaging/help_pages.py

docs: .venv/.installed
	$(PY) packaging/help_pages.py --check
	$(PY) -m mkdocs build --strict -q -f packaging/mkdocs.yml

licences: .venv/.installed
	$(PY) packaging/licences.py build/licences

frozen: .venv/.installed
	$(PY) packaging/frozen.py

deb: frozen
	$(PY) packaging/debian.py

release-check: .venv/.installed-test
	$(PY) packaging/release_check.py

translations: .venv/.installed
	.venv/bin/pyside6-lupdate -tr-function-alias QT_TRANSLATE_NOOP+=_T $$(find karyoview/gui -name '*.py' | LC_ALL=C sort) karyoview/services/settings.py karyoview/review/doubt.py -no-obsolete -ts resources/translations/karyoview_template.ts

.venv/.installed: pyproject.toml .ci/setup
	.ci/setup

.venv/.installed-test: pyproject.toml .ci/setup
	.ci/setup test

clean:
	rm -rf build dist demo .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
