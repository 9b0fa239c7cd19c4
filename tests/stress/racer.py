"""A program that, each time it is told to, wants to write into a case at the same moment as others."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from small_cases import with_a_box

from karyoview.case.case import Case
from karyoview.core.errors import KaryoViewError


def main() -> None:
    for line in sys.stdin:
        answer: dict[str, object] = {}
        try:
            with Case.open(Path(line.rstrip("\n")), user=str(os.getpid())) as case:
                if case.read_only:
                    answer["told"] = case.read_only_reason
                else:
                    edited = with_a_box(case.annotation("a.png"))
                    case.save_annotation(edited, "add box")
                    answer["wrote"] = edited.revision
        except KaryoViewError as error:
            answer["refused"] = str(error)
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
