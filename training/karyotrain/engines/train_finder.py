"""Train the finder, and with it the trunk that other engines may start from.

Boxes and all 24 classes teach it together, so that both counting and naming heads find their
features in the trunk. ``python -m karyotrain.engines.train_finder --data FOLDER --output FOLDER --minutes 60``;
the same command goes on where an earlier run of the same output stopped.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import nn

from karyotrain.data.dataset import load
from karyoview.detectors.devices import autocast
from karyoview.detectors.nets.backbones import InputRule, find_backbone, load_imagenet
from karyoview.detectors.nets.finder import BACKGROUND, Finder

SCALE = 0.64  # chromosomes of the training set become about 9.6 px wide


def load_images(folder: Path, split: str = "train", limit: int | None = None) -> list[dict]:
    """Images of a labelled set, decoded and scaled once: dicts of pixels (uint8), boxes xyxy, labels 0–23."""
    cells = load(folder, split, scale=SCALE, limit=limit).with_boxes(classes=True)
    return [{"pixels": s.pixels, "boxes": s.boxes, "labels": s.labels} for s in cells]


def crowding(boxes: np.ndarray) -> int:
    """How many of ``boxes`` (N, 4) xyxy are covered by others to more than half of their area."""
    low, high = np.maximum(boxes[:, None, :2], boxes[None, :, :2]), np.minimum(boxes[:, None, 2:], boxes[None, :, 2:])
    shared = np.clip(high - low, 0, None).prod(2)
    area = shared.diagonal()
    return int(((shared.sum(1) - area) > 0.5 * area).sum())


def chances(rows: Sequence[dict], hard: float) -> np.ndarray:
    """Probability (len(rows),) with which each cell is shown: 1 + ``hard`` for every crowded chromosome."""
    weight = np.array([1.0 + hard * crowding(row["boxes"]) for row in rows])
    return weight / weight.sum()


def dihedral(pixels: np.ndarray, boxes: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """One of the eight flips and quarter turns; ``boxes`` (N, 4) xyxy follow exactly."""
    h, w = pixels.shape
    x1, y1, x2, y2 = boxes.T
    if k & 1:
        pixels, x1, x2 = pixels[:, ::-1], w - x2, w - x1
    if k & 2:
        pixels, y1, y2 = pixels[::-1], h - y2, h - y1
    if k & 4:
        pixels, x1, y1, x2, y2 = pixels.T, y1, x1, y2, x2
    return np.ascontiguousarray(pixels), np.stack([x1, y1, x2, y2], 1)


def make_batch(rows: list[dict], rng: np.random.Generator):
    """Images (B, 1, H, W) float on the background grey, their sizes and torchvision targets, augmented."""
    parts = []
    for row in rows:
        pixels, boxes = dihedral(row["pixels"], row["boxes"], int(rng.integers(8)))
        factor = float(np.exp(rng.uniform(-0.15, 0.15)))
        pixels = cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=cv2.INTER_LINEAR)
        grey = (pixels.astype(np.float32) - BACKGROUND) * rng.uniform(0.75, 1.25) + BACKGROUND + rng.uniform(-15, 15)
        if rng.random() < 0.2:
            grey = cv2.GaussianBlur(grey, (0, 0), rng.uniform(0.4, 1.0))
        parts.append((np.clip(grey, 0, 255), boxes * factor, row["labels"]))
    h = -(-max(p[0].shape[0] for p in parts) // 32) * 32
    w = -(-max(p[0].shape[1] for p in parts) // 32) * 32
    images = torch.full((len(parts), 1, h, w), BACKGROUND)
    targets, sizes = [], []
    for i, (grey, boxes, labels) in enumerate(parts):
        images[i, 0, : grey.shape[0], : grey.shape[1]] = torch.from_numpy(grey)
        sizes.append(grey.shape[:2])
        targets.append({"boxes": torch.from_numpy(boxes.astype(np.float32)), "labels": torch.from_numpy(labels) + 1})
    return images, sizes, targets


def save_checkpoint(folder: Path, model: nn.Module, optimiser: torch.optim.SGD, state: dict) -> None:
    """Model and momentum as safetensors, progress as JSON; each replaced whole."""
    tensors = {f"model.{k}": v.contiguous() for k, v in model.state_dict().items()}
    names = {id(p): n for n, p in model.named_parameters()}
    for group in optimiser.param_groups:
        for p in group["params"]:
            if "momentum_buffer" in optimiser.state.get(p, {}):
                tensors[f"momentum.{names[id(p)]}"] = optimiser.state[p]["momentum_buffer"].contiguous()
    save_file(tensors, str(folder / "last.tmp"))
    os.replace(folder / "last.tmp", folder / "last.safetensors")
    (folder / "last.json.tmp").write_text(json.dumps(state))
    os.replace(folder / "last.json.tmp", folder / "last.json")


def train(
    data: Path,
    output: Path,
    minutes: float,
    total_steps: int,
    lr: float = 0.01,
    batch: int = 2,
    device: str = "cpu",
    limit: int | None = None,
    extra: Sequence[Path] = (),
    share: float = 0.2,
    hard: float = 0.0,
) -> None:
    """Train until ``minutes`` are spent or ``total_steps`` done; cosine rate over ``total_steps``.

    ``share`` of the images come from the ``extra`` sets (drawn or pasted cells), all of their cells.
    ``hard`` shows crowded cells more often (see :func:`chances`); 0 shows every cell equally often.
    """
    output.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(0)
    model = Finder()
    imagenet = find_backbone("resnet50")
    if imagenet is not None:
        load_imagenet(model.backbone.body, imagenet, InputRule())
    print(json.dumps({"start": imagenet.name if imagenet else "random"}), flush=True)
    model = model.to(device=device, memory_format=torch.channels_last)
    params = [p for p in model.parameters() if p.requires_grad]
    optimiser = torch.optim.SGD(params, lr=lr, momentum=0.9, weight_decay=1e-4)
    step = 0
    if (output / "last.json").exists():
        step = json.loads((output / "last.json").read_text())["step"]
        saved = load_file(str(output / "last.safetensors"))
        model.load_state_dict({k[6:]: v for k, v in saved.items() if k.startswith("model.")}, strict=False)
        named = dict(model.named_parameters())
        for key, value in saved.items():
            if key.startswith("momentum."):
                optimiser.state[named[key[9:]]]["momentum_buffer"] = value.to(device)
    rows = load_images(data, "train", limit)
    others = [row for folder in extra for row in load_images(folder, "all")]
    shown = chances(rows, hard)
    rise = max(min(200, total_steps // 10), 1)  # a short run would else never reach its rate
    end, saved_at, began = time.monotonic() + 60 * minutes, time.monotonic(), time.monotonic()
    model.train()
    mean: dict[str, float] = {}
    first = step
    while step < total_steps and time.monotonic() < end:
        rng = np.random.default_rng((7, step))
        epoch, place = divmod(step * batch, len(rows))
        order = np.random.default_rng((3, epoch)).permutation(len(rows))
        if hard:
            chosen = [rows[i] for i in rng.choice(len(rows), batch, p=shown)]
        else:
            chosen = [rows[order[(place + i) % len(rows)]] for i in range(batch)]
        if others:
            chosen = [others[int(rng.integers(len(others)))] if rng.random() < share else row for row in chosen]
        images, sizes, targets = make_batch(chosen, rng)
        rate = lr * min(1.0, (step + 1) / rise) * (0.5 * (1 + np.cos(np.pi * step / total_steps)) * 0.98 + 0.02)
        for group in optimiser.param_groups:
            group["lr"] = rate
        with autocast(torch.device(device), "bf16"):
            losses = model(
                images.to(device, memory_format=torch.channels_last),
                sizes,
                [{k: v.to(device) for k, v in t.items()} for t in targets],
            )
        loss = sum(losses.values())
        if not torch.isfinite(loss):
            raise RuntimeError(f"the loss is not finite at step {step}: {losses}")
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(params, 10.0)
        optimiser.step()
        step += 1
        for k, v in losses.items():
            mean[k] = 0.98 * mean.get(k, float(v.detach())) + 0.02 * float(v.detach())
        if step % 20 == 0:
            speed = (time.monotonic() - began) / (step - first)
            line = {"step": step, "seconds_per_step": round(speed, 3), **{k: round(v, 4) for k, v in mean.items()}}
            print(json.dumps(line), flush=True)
        if time.monotonic() - saved_at > 180:
            save_checkpoint(output, model, optimiser, {"step": step, "losses": mean})
            saved_at = time.monotonic()
    save_checkpoint(output, model, optimiser, {"step": step, "losses": mean})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--extra", type=Path, nargs="+", default=(), help="drawn or pasted cells to mix in")
    parser.add_argument("--share", type=float, default=0.2, help="share of images from --extra")
    parser.add_argument("--hard", type=float, default=0.0, help="how much oftener crowded cells are shown")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--steps", type=int, default=5000)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--limit", type=int)
    args = parser.parse_args()
    train(
        args.data,
        args.output,
        args.minutes,
        args.steps,
        device=args.device,
        limit=args.limit,
        extra=args.extra,
        share=args.share,
        hard=args.hard,
    )


if __name__ == "__main__":
    main()
