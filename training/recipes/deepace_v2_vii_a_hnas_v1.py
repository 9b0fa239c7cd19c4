"""DeepACEv2 VII: HNAS as in DeepACE."""

from ._bases import DEEPACE_V2

RECIPE = DEEPACE_V2.replace(
    table="DeepACEv2 VII",
    title="HNAS as in DeepACE",
    settings={"sampler": "hnas_v1"},
    paper={"wcr": 64.69, "aer": 1.47, "acc": 98.55, "f1": 99.27, "ap50": 99.54, "mr2": 22.77},
)
