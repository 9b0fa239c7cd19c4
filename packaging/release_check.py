"""Is this tree ready to be released? ``python packaging/release_check.py`` runs every step, also after a failure.

Ends with 1 when a step failed. ``--list`` only names the steps, ``--only WORD…`` runs those whose names begin so.
What the tests skipped, with the reasons, stands at the end of their output: read it before a release.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
STEPS: Final = (
    ("lint", ("make", "lint")),
    ("types", ("make", "types")),
    ("import contracts", ("make", "contracts")),
    ("made parts of the documentation", ("make", "docs-check")),
    ("documentation", ("make", "docs")),
    ("licences and bill of materials", ("make", "licences")),
    ("frozen build, with its licences", ("make", "frozen")),
    ("all tests, the frozen program's too", ("make", "test-all")),
    ("package for Debian", ("make", "deb")),
)


def changelog_problem(text: str, version: str) -> str:
    """What is missing in the changelog for this version, in one sentence; empty when nothing is."""
    found = re.search(rf"^## {re.escape(version)}\b[^\n]*\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    if found is None:
        return f"CHANGELOG.md has no heading for {version}."
    return "" if found[1].strip() else f"CHANGELOG.md says nothing under {version}."


def version_problem(version: str, tags: list[str]) -> str:
    """Why this version cannot be released: it is no version, or not newer than every one that has a tag."""
    from packaging.version import InvalidVersion, Version

    try:
        new = Version(version)
        released = [Version(t.removeprefix("v")) for t in tags if re.fullmatch(r"v?\d+(\.\d+)*\S*", t)]
    except InvalidVersion as error:
        return f"{error}; mend karyoview/__init__.py."
    if released and new <= max(released):
        return f"{version} is not newer than {max(released)}, which has a tag; raise it in karyoview/__init__.py."
    return ""


def tags() -> list[str]:
    """The tags of this repository."""
    done = subprocess.run(["git", "tag"], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.split()


def tree_problem() -> str:
    """Whether there are changes that are not committed."""
    done = subprocess.run(["git", "status", "--porcelain"], cwd=ROOT, capture_output=True, text=True, check=False)
    changed = len(done.stdout.splitlines())
    return f"{changed} files are not committed." if changed else done.stderr.strip()


def main(arguments: list[str]) -> int:
    """Run all steps and print how each ended."""
    from karyoview import __version__

    parser = argparse.ArgumentParser(description="Check that this tree is ready to be released.")
    parser.add_argument("--list", action="store_true", help="only name the steps")
    parser.add_argument("--only", nargs="+", default=[""], metavar="WORD", help="only steps whose names begin so")
    args = parser.parse_args(arguments)
    if args.list:
        print("\n".join(["version", "changelog", "clean tree", *(title for title, _ in STEPS)]))
        return 0
    changelog = changelog_problem((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), __version__)
    results = [
        ("version", version_problem(__version__, tags())),
        ("changelog", changelog),
        ("clean tree", tree_problem()),
    ]
    chosen = tuple(args.only)
    results = [each for each in results if each[0].startswith(chosen)]
    steps = [(title, command) for title, command in STEPS if title.startswith(chosen)]
    if not results and not steps:
        parser.error(f"no step is called {' or '.join(args.only)}; --list names them")
    for title, command in steps:
        print(f"--- {title}: {' '.join(command)}", flush=True)
        began = time.monotonic()
        status = subprocess.run(command, cwd=ROOT, check=False).returncode
        print(f"--- {title}: {time.monotonic() - began:.0f} s", flush=True)
        results.append((title, f"{' '.join(command)} ended with {status}." if status else ""))
    for title, problem in results:
        print(f"{title:<36} {problem or 'in order'}")
    return int(any(problem for _, problem in results))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
