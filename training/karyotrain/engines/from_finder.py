"""Start weights for the region-based engines from a trained finder, whose layers they share.

``python -m karyotrain.engines.from_finder --finder RUN --output start.safetensors``, then
``python -m karyotrain --recipe deepace-v2/on_trunk --start start.safetensors …``. Layers that an
engine has of its own (template module, margin, class scores) start afresh, or as they are in the
weights that ``--heads`` names. ``--engine FILE`` takes the finder of a default engine instead of a run's.
With ``--trunk-alone`` an engine whose pyramid, proposals and heads have long grown apart from the finder's keeps
them all and moves to the finder's trunk.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from safetensors.torch import save_file
from torch import Tensor

from karyotrain.trainer.checkpoint import LAST, read_network
from karyoview.detectors.weights import load_weights

_SAME = ("backbone.", "rpn.head.")
_TRUNK = "backbone.body."
_HEADS = ("branches.shared", "class_layers", "box_layers")
_LAYERS = {
    "squeeze.": ("roi_heads.box_roi_pool.squeeze.",),
    "roi.box_predictor.fc1.": tuple(f"roi_heads.{head}.1." for head in _HEADS),
    "roi.box_predictor.fc2.": tuple(f"roi_heads.{head}.3." for head in _HEADS),
    # the directions of the class scores are where the class centres of the angular margin begin
    "roi.box_predictor.cls.": ("roi_heads.margin.", "roi_heads.linear."),
    "roi.box_predictor.box.": ("roi_heads.branches.bbox_pred.", "roi_heads.locate."),
}


def start_weights(finder: dict[str, Tensor]) -> dict[str, Tensor]:
    """The finder's tensors under the names they have in DeepACEv2 and DeepACC; see the module."""
    out = {k: v for k, v in finder.items() if k.startswith(_SAME)}
    for prefix, places in _LAYERS.items():
        for key, value in finder.items():
            if key.startswith(prefix):
                out |= {place + key.removeprefix(prefix): value.clone() for place in places}
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--finder", type=Path, help="run of karyotrain.engines.train_finder")
    source.add_argument("--engine", type=Path, help="weights of a default engine")
    parser.add_argument("--heads", type=Path, help="weights of the engine that is to be trained further")
    parser.add_argument("--trunk-alone", action="store_true", help="keep all of --heads but the trunk")
    parser.add_argument("--output", type=Path, required=True)
    args = parser.parse_args()
    if args.trunk_alone and args.heads is None:
        parser.error("--trunk-alone needs --heads, the engine that moves to the trunk")
    if args.engine is not None:
        saved = load_weights(args.engine).tensors
        finder = {k.removeprefix("finder."): v for k, v in saved.items() if k.startswith("finder.")}
    else:
        finder = read_network(args.finder / LAST)
    own = load_weights(args.heads).tensors if args.heads is not None else {}
    if args.trunk_alone:
        start = dict(own) | {k: v for k, v in finder.items() if k.startswith(_TRUNK)}
    else:
        start = {k: v for k, v in own.items() if k.startswith("roi_heads.")} | start_weights(finder)
    save_file({k: v.contiguous() for k, v in start.items()}, str(args.output))


if __name__ == "__main__":
    main()
