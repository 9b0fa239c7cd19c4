"""The shipped weights of a published engine again, by one command.

``python -m karyotrain.studies.repeat ENGINE --data FOLDER --output RUN``. What is run stands in the engine's card as
``training.stages``: each run's recipe with what was changed of it (seed, steps, pictures), the hours that it took, and
what it began from. Each begins from the weights of the one before; the last one's lie in ``RUN`` and are measured like
shipped ones. The same command goes on where it was stopped, ``--dry`` prints the commands. What of the weights no
command repeats stands beside the list as ``training.not_repeated`` and is printed first. FOLDER is the labelled set; a
stage that needs further ones makes them below ``RUN``. Weights that the trainer writes carry the list by themselves.
"""

from __future__ import annotations

import argparse
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from karyotrain.engines.pipeline import Stage, run
from karyotrain.studies.common import shipped_cards
from karyoview.core.errors import KaryoViewError
from karyoview.detectors.folders import shipped_weights_folder

STAGES: Final = "stages"
NOT_REPEATED: Final = "not_repeated"


def stages_of(card: Mapping[str, Any], data: Path, output: Path, device: str) -> Iterator[Stage]:
    """The commands of a card's stages in their order, then one that measures what they made.

    A stage is ``recipe`` with ``changes``, or ``module`` with ``options``; ``data`` names sets (DATA is the given one,
    others lie in ``output``), ``backbone`` a file beside the shipped weights, ``gives`` what the next one begins from.
    Raises KaryoViewError for a card without stages.
    """
    training = card.get("training", {})
    if not training.get(STAGES):
        raise KaryoViewError(f"The card of {card['engine']} lists no runs, so its weights cannot be trained again.")
    before: Path | None = None
    for number, stage in enumerate(training[STAGES], 1):
        folder = output / f"stage-{number}"
        if "module" in stage:
            words = ["-m", stage["module"], *_filled(stage.get("options", ()), data, output)]
        else:
            sets = _filled(stage.get("data", ("DATA",)), data, output)
            words = ["-m", "karyotrain", "--recipe", stage["recipe"], "--device", device]
            words += [word for each in sets for word in ("--data", each)]
            words += [w for k, v in stage["changes"].items() for w in (f"--{k.replace('_', '-')}", str(v))]
        if "backbone" in stage:
            words += ["--backbone", str(shipped_weights_folder() / stage["backbone"])]
        if stage.get("gives") != "":
            words += ["--start", str(before)] if before is not None else []
            words += ["--output", str(folder)]
            before = folder / stage.get("gives", f"weights/{card['engine']}.safetensors")
        yield Stage(f"stage-{number}", (sys.executable, *words))
    measure = ("-m", "karyotrain.engines.measure", str(before), "--data", str(data))
    yield Stage("measure", (sys.executable, *measure))


def _filled(words: Sequence[str], data: Path, output: Path) -> list[str]:
    """``words`` in which DATA and RUN are these folders."""
    return [str(word).replace("DATA", str(data)).replace("RUN", str(output)) for word in words]


def hours_of(card: Mapping[str, Any]) -> float:
    """What a card's stages took in all."""
    return float(sum(stage.get("hours", 0.0) for stage in card.get("training", {}).get(STAGES, ())))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run or print the stages of one engine; → 1 with one sentence where that cannot be done."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("engine")
    parser.add_argument("--data", type=Path, required=True, help="labelled set: train.json, val.json and images")
    parser.add_argument("--output", type=Path, required=True, help="folder of the runs; the same one goes on")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--dry", action="store_true", help="print the commands and end")
    args = parser.parse_args(arguments)
    try:
        cards = shipped_cards()
        if args.engine not in cards:
            raise KaryoViewError(f"{args.engine} is not shipped; there are {', '.join(cards)}.")
        card = cards[args.engine]
        found = list(stages_of(card, args.data, args.output, args.device))
        for sentence in card["training"].get(NOT_REPEATED, ()):
            print(f"not repeated: {sentence}", file=sys.stderr)
        print(f"{hours_of(card):.1f} hours of one processor core by the runs whose hours are known", file=sys.stderr)
        if args.dry:
            print("\n".join(shlex.join(stage.command) for stage in found))
        else:
            run(found, args.output)
    except KaryoViewError as error:
        print(f"repeat: {error}", file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as error:
        print(
            f"repeat: a stage ended with status {error.returncode}; mend it and give the same command", file=sys.stderr
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
