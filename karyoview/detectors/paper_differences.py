"""In what an engine that follows a paper differs from it: the list DIFFERENCES of its card (detectors.cards).

What can be computed is: network and suppression from the card's ``config`` against the paper's preset, how and on
what it was trained from its ``training`` and ``data``. The rest are facts of the code and readings of what a paper
leaves open, which hold for every such card. Reading a card's list needs none of this.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from karyoview.detectors.engine_spec import EngineSpec
from karyoview.detectors.registry import ENGINES

Values = Mapping[str, Any]

_NETWORKS: Final = {"vgg16": "VGG-16", "resnet18": "ResNet-18", "resnet34": "ResNet-34"} | {
    f"resnet{n}": f"ResNet-{n}" for n in (50, 101)
}
_PYRAMIDS: Final = {"none": "none", "single": "one level", "full": "five levels"}
_SUPPRESSION: Final = {
    "hard": "hard NMS at {nms_threshold:g}", "soft": "Gaussian Soft-NMS, sigma {nms_sigma:g}",
    "eg": "embedding-guided NMS, sigma {nms_sigma:g}", "hard_soft": "hard NMS at {nms_threshold:g}, then Soft-NMS",
}  # fmt: skip
_FROM_SIXTEEN: Final = "×0.1 after 67 % and 92 %"
_UNSAID: Final[Mapping[str, Any]] = {
    "longer_side": None, "most_places": None, "candidates": None, "max_detections": None,
}  # fmt: skip
"""Limits that the presets called ``paper`` have and DeepCHM's paper has not."""
_TRAINING: Final[Mapping[str, Values]] = {
    "deepace": {
        "optimiser": "sgd", "lr": 0.001, "batch": "not said", "augmentation": "deepace", "length": "100,000 steps",
        "rate": "×0.1 after 40 % and 80 %",
        "data": "1,000 fields of 1600 × 1200 px from another hospital",
    },
    "deepace-v2": {
        "optimiser": "sgd", "lr": 0.02, "batch": 2, "augmentation": "deepace-v2",
        "length": "24 passes over 1,100 fields",
        "rate": _FROM_SIXTEEN,
        "data": "1,100 fields of 1600 × 1200 px from another hospital, a tenth of the chromosomes overlapping severely",
    },
    "deepacc": {
        "optimiser": "sgd", "lr": 0.02, "batch": 1, "augmentation": "deepacc", "length": "24 passes over 2,712 fields",
        "rate": _FROM_SIXTEEN,
        "data": "2,712 fields of 1600 × 1200 px from another hospital",
    },
    "deepchm": {
        "optimiser": "adam", "lr": 1e-4, "batch": 1, "augmentation": "deepchm", "length": "120 passes over 518 fields",
        "rate": "×0.96 each pass",
        "data": "518 fields of 2200 × 3200 px from another hospital, with masks and rotated boxes",
    },
}  # fmt: skip
"""How the papers say that they trained, in the values of a recipe where there are such."""
_AUGMENTATIONS: Final = {
    "deepace": "mirrored both ways", "deepace-v2": "mirrored left and right", "deepacc": "mirrored left and right",
    "deepchm": "mirrored and turned", "strong": "mirrored, turned, scaled, other contrast, blur and noise",
    "laboratory": "mirrored, turned, scaled, a little contrast, blur and noise",
}  # fmt: skip

_ALL: Final = (
    "Batch normalisation is at rest, its scale and shift too (toolbox: these learn above the stages at rest).",
    "In use, pictures that are light on dark are inverted and pale ones stretched (not said).",
    "ImageNet weights whose rule is the mean alone, without division, and the stride on the first 1×1 convolution "
    "(paper or toolbox: mean and deviation).",
)
_REGION: Final = (
    "Smooth L1 of the second stage's boxes has beta 1/9 (toolbox of the paper: 1).",
    "An anchor that is best for a chromosome is positive at any overlap (toolbox: from IoU 0.3 on), and anchors across "
    "the frame take part (toolbox: left out).",
    "Boxes from a score of 0.001 on count for AP (toolbox: 0.05).",
)
_FIXED: Final[Mapping[str, tuple[str, ...]]] = {
    "deepace": (
        "RoIAlign, 7×7 (paper: RoI pooling).",
        "A linear layer from the regression branch's 49 values to the box, ReLU between the layers and depthwise "
        "convolutions in the class branch are readings: the paper says neither.",
        "The repulsion's sigma of 1 is held at 0.95, and a term counts nothing where the neighbour lies in the own box "
        "or does not touch the proposal (paper: an infinite slope at 1, nothing said of the rest).",
        "Soft-NMS decays by a Gaussian of sigma 0.5 (paper: a threshold of 0.5, idle after NMS at 0.5).",
        "The numbers of proposals and regions called the paper's are its successor's: this paper gives none.",
        *_REGION,
    ),
    "deepace-v2": (
        "The repulsion's sigma, which the paper does not give, is 1, held at 0.95; a term counts nothing where the "
        "neighbour lies in the own box or does not touch the proposal.",
        "A chromosome is pushed from its closest one where their boxes overlap at all; one without positive proposals "
        "is neither pushed nor pulled (not said).",
        "NMS at 0.7 on proposals and 512 regions a picture, a quarter positive, are the toolbox's (not said).",
        *_REGION,
    ),
    "deepacc": (
        "One box serves all classes (toolbox: a box for each class).",
        "The background is a 25th class without margin, and never a local centre (not said).",
        "Scores that choose the local centres have no margin, in training as in testing; from 0.5 on (no value given).",
        "The group loss takes only classes of which another proposal is sure, and no gradient goes through that one "
        "(not said).",
        *_REGION,
    ),
    "deepchm": (
        "Eq. 1 is divided by the number of positive places plus 1 and its second term lowered by the truth, Eq. 2 adds "
        "the squares, as in the work it cites (the paper prints a plain sum, 1 - M and a product).",
        "The bend is measured in pixels of the paper's median width (8 px), as |(p - c)·n|: no slope exists for "
        "upright chromosomes.",
        "At most 1,024 positive anchors a picture, and the focal loss's constants 2 and 4, are from the released code; "
        "group normalisation in the heads (code: batch normalisation).",
        "One scale for both axes, and padding (paper: 512 × 768, the axes stretched apart).",
        "Sides below 3 px are no chromosome; where a rotated box is not known nothing is taught in its place.",
        "Chromosomes without a mask are drawn as capsules of their boxes (paper: every chromosome has a mask).",
    ),
}


def differences(card: Values) -> list[str]:
    """Every deviation of a card's engine from its paper, one sentence each; empty for an engine that follows none."""
    kind = str(card.get("engine"))
    if kind not in _FIXED:
        return []
    spec = ENGINES[kind]
    computed = [*_of_config(spec, card.get("config") or {}), *_of_training(kind, card)]
    return [*computed, *_FIXED[kind], *_ALL]


def _of_config(spec: EngineSpec, config: Values) -> list[str]:
    """The settings that differ from the paper's preset, both as words."""
    paper = json.loads(json.dumps(spec.configure("paper").to_dict()))
    own = json.loads(json.dumps({**paper, **config}))
    words = _rotated_words if spec.rotated else _region_words
    unsaid = _UNSAID if spec.rotated else {"longer_side": None}
    here, there = words(own), words({**paper, **unsaid})
    found = [f"{k}: {v} (paper: {there.get(k, 'none')})." for k, v in here.items() if v != there.get(k)]
    for name, value in own.items():
        # what no part in words shows is said by its name; the input's rule stands among the facts
        if value != paper[name] and name != "rule" and words({**own, name: paper[name]}) == here:
            found.append(f"Setting {name}: {value} (paper: {paper[name]}).")
    return found


def _backbone(c: Values) -> str:
    return f"{_NETWORKS[c['backbone']]}, stages to C{c['last_stage']}"


def _numbers(values: Any) -> str:
    return ", ".join(f"{v:.3g}" for v in values)


def _size(c: Values) -> str:
    scaled = "" if c["scale"] in (None, 1.0) else f"pictures scaled by {c['scale']:g}"
    longest = f"longer side at most {c['longer_side']} px" if c["longer_side"] else ""
    return ", ".join(filter(None, (scaled, longest))) or "as it is"


def _most(count: int | None) -> str:
    return "no limit" if count is None else f"at most {count:,} a picture"


def _region_words(c: Values) -> dict[str, str]:
    """What a region-based engine is made of, each part in words."""
    kept = c["rpn_proposals"]
    words = {
        "Backbone": _backbone(c),
        "Stages that learn": f"the last {c['trainable_stages']}" if c["trainable_stages"] else "none",
        "Feature pyramid": _PYRAMIDS[c["pyramid"]],
        "Input": _size(c),
        "Pixels": "as they are" if c["clip_above"] is None else f"above {255 * c['clip_above']:.0f} become white",
        "Anchors": f"sizes {_numbers(c['anchor_sizes'])} px, {len(c['anchor_ratios'])} ratios",
        "Anchor sampling": f"{c['sampler']}, {c['rpn_batch']} a picture, {c['rpn_positive_fraction']:.0%} positive",
        "Proposals": f"{c['rpn_before_nms']} before NMS, {kept[0]} kept in training and {kept[1]} in testing",
        "NMS on proposals": f"{c['rpn_test_nms']} in testing",
        "Map before RoIAlign": f"squeezed to {c['roi_channels']} channels" if c["roi_channels"] else "as it is",
        "Second stage": f"{c['roi_batch']} regions a picture, {c['roi_positive_fraction']:.0%} positive",
        "Width of the fully connected layers": str(c["head_width"]),
        "Boxes given": _most(c["max_detections"]),
        "Suppression": _SUPPRESSION[c["nms"]].format(**c),
    }
    if "heads" in c:
        parts = {"Heads": c["heads"], "Repulsion": f"{c['repulsion']}, weight {c['repulsion_weight']:g}"}
        if c["heads"] == "conv":
            del words["Width of the fully connected layers"]
        return words | parts | {"Template module": "on" if c["template"] else "off"}
    on = [name for name in ("separate", "aam", "siamese", "gia") if c[name]]
    weights = ", ".join(f"{c[name]:g}" for name in ("aam_weight", "classification_weight", "gia_weight"))
    return words | {"Parts of the paper": ", ".join(on), "Weights of the class losses": weights}


def _rotated_words(c: Values) -> dict[str, str]:
    """What a DeepCHM is made of, each part in words."""
    on = [name for name in ("pminf", "sgach", "hdlos", "edges", "intersections") if c[name]]
    sides = [f"{width:.3g} × {length:.3g}" for width, length in c["anchor_sides"]]
    return {
        "Backbone": _backbone(c),
        "Stages that learn": f"the last {c['trainable_stages']}",
        "Channels": f"{c['channels']} of the map, {c['head_channels']} of the heads",
        "Input": _size(c),
        "Anchors": f"{len(sides)} sizes ({', '.join(sides)} px), every {c['angle_step']:g}°",
        "Places of anchors": f"skeleton from {c['place_threshold']:g} on",
        "Parts of the paper": ", ".join([*on, c["sampler"]]),
        "Taught where it sees a skeleton itself, too": "yes" if c["predicted_places"] else "no",
        "A head for which end is p": "yes" if c["polarity"] else "no",
        "Which end is p": f"told by the {c['direction']}" if c["polarity"] else "not told",
        "Number of places": _most(c["most_places"]),
        "Boxes before suppression": _most(c["candidates"]),
        "Boxes given": _most(c["max_detections"]),
        "Suppression": _SUPPRESSION[c["nms"]].format(**c),
        "Candidates vote for their box": "yes" if c["voting"] else "no",
        "Mirrored and turned views": str(c["views"]),
    }


def _of_training(kind: str, card: Values) -> list[str]:
    """How and on what the card's weights were trained, where it says so, beside the paper."""
    training, data, paper = card.get("training") or {}, card.get("data") or {}, _TRAINING[kind]
    recipe = training.get("recipe") or {}
    found = []
    if data.get("images"):
        sources = ", ".join(data.get("sources", ())) or "this set"
        found.append(f"Cells: {data['images']} pictures of {sources} (paper: {paper['data']}).")
    if width := card.get("chromosome_width"):
        where = f", in use where theirs is further than {card['width_tolerance']:.0%} away" * bool(
            card.get("width_tolerance")
        )
        found.append(f"Scale: chromosomes brought to a width of {width:g} px{where} (paper: one scale for all).")
    if threshold := card.get("operating_threshold"):
        cut = "that of best F1" if kind == "deepchm" else "0.5"
        found.append(f"Score from which a box counts: {threshold:.2g}, chosen on held-back cells (paper: {cut}).")
    if not recipe:
        return found
    names = {"sgd": "SGD", "adam": "Adam", "adamw": "AdamW"}
    changes = [_AUGMENTATIONS.get(a, a) for a in (recipe["augmentation"], paper["augmentation"])]
    here = {
        "Optimiser": (names[recipe["optimiser"]], names[paper["optimiser"]]),
        "Highest rate": (f"{recipe['lr']:g}", f"{paper['lr']:g}"),
        "Rate over the run": (_rate(recipe["schedule"]), paper["rate"]),
        "Decay of the weights, longest gradient": (f"{recipe['weight_decay']:g}, {recipe['clip_norm']}", "not said"),
        "Pictures a step": (str(recipe["batch"]), str(paper["batch"])),
        "Changes of a picture": (changes[0], changes[1]),
        "Length": (f"{training.get('steps')} steps in the last run", paper["length"]),
        "Begun from": (str(training.get("started", "")).rstrip("."), "ImageNet"),
        "Average of the weights": (f"moving, decay {recipe['ema']:g}" if recipe.get("ema") else "none", "none"),
    }
    return found + [f"{name}: {own} (paper: {theirs})." for name, (own, theirs) in here.items() if own != theirs]


def _rate(schedule: Values) -> str:
    """How the learning rate moves over a run, in words."""
    falls = {
        "step": f"×{schedule['gamma']:g} after "
        + " and ".join(f"{m:.0%}".replace("%", " %") for m in schedule["milestones"]),
        "cosine": f"cosine to {schedule['gamma']:.0%}",
        "exponential": f"×{schedule['gamma']:g} each "
        + ("pass" if schedule.get("every_epochs") == 1 else f"{schedule['every']} steps"),
    }
    rise = f", after {schedule['warmup']} steps of rise" if schedule["warmup"] else ""
    return falls.get(schedule["kind"], "constant") + rise
