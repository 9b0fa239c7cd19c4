"""Train the naming network on straightened crops.

``python -m karyotrain.engines.train_classifier --crops FOLDER --output FOLDER --minutes 60 --steps 1200``;
the same command goes on from the last checkpoint. Shards named ``fit`` are not trained on and are
measured at every checkpoint (see naming.crops).
"""

from __future__ import annotations

import argparse
import json
import math
import os
import time
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import nn

from karyotrain.data.crops import NOTHING
from karyotrain.data.dataset import DataError
from karyoview.detectors.devices import autocast
from karyoview.detectors.nets.classifier import ChromosomeClassifier


class CropSet:
    """Memory-mapped shards of crops; rows are addressed by one index.

    ``labels`` (N,) class index or NOTHING, ``confidence`` (N,) of the masks in percent.
    """

    def __init__(self, folder: Path, split: str) -> None:
        paths = sorted(folder.glob(f"{split}-*.table.npy"))
        if not paths:
            raise DataError(f"{folder}: no crops named {split}-…; cut them with python -m karyotrain.data.crops.")
        tables = [np.load(p) for p in paths]
        self.crops = [np.load(str(p).replace(".table.npy", ".crops.npy"), mmap_mode="r") for p in paths]
        self.starts = np.cumsum([0] + [len(t) for t in tables])
        table = np.concatenate(tables)
        self.labels, self.confidence = table[:, 1].astype(np.int64), table[:, 2]

    def read(self, rows: np.ndarray) -> np.ndarray:
        """Crops (len(rows), 2, 192, 32) uint8."""
        shard = np.searchsorted(self.starts, rows, "right") - 1
        out = np.empty((len(rows), *self.crops[0].shape[1:]), np.uint8)
        for s in np.unique(shard):
            here = np.flatnonzero(shard == s)
            out[here] = self.crops[s][rows[here] - self.starts[s]]
        return out


def augment(crops: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Random flips, small affine and grey changes of (N, 2, H, W) float crops in [0, 1].

    Either arm may be up, so the axis is flipped half the time; masks are lost now and then, so that
    the network does not lean on them alone.
    """
    n = len(crops)
    device = crops.device

    def rand(*shape: int) -> torch.Tensor:
        return torch.rand(*shape, generator=generator).to(device)

    angle = (rand(n) - 0.5) * 0.24
    scale = torch.exp((rand(n, 2) - 0.5) * 0.16)
    sign = torch.where(rand(n, 2) < 0.5, -1.0, 1.0)
    aspect = crops.shape[2] / crops.shape[3]
    theta = torch.zeros(n, 2, 3, device=device)
    theta[:, 0, 0], theta[:, 0, 1] = scale[:, 0] * sign[:, 0] * torch.cos(angle), -torch.sin(angle) * aspect
    theta[:, 1, 0], theta[:, 1, 1] = torch.sin(angle) / aspect, scale[:, 1] * sign[:, 1] * torch.cos(angle)
    theta[:, :, 2] = (rand(n, 2) - 0.5) * torch.tensor([0.2, 0.08], device=device)
    grid = torch.nn.functional.affine_grid(theta, list(crops.shape), align_corners=False)
    out = torch.nn.functional.grid_sample(crops, grid, align_corners=False)
    grey, mask = out[:, :1], out[:, 1:]
    grey = (grey * torch.exp((rand(n, 1, 1, 1) - 0.5) * 0.6) + (rand(n, 1, 1, 1) - 0.5) * 0.12).clamp(0, 1)
    grey = grey.pow(torch.exp((rand(n, 1, 1, 1) - 0.5) * 0.6))
    grey = (grey + torch.randn(grey.shape, generator=generator).to(device) * 0.02).clamp(0, 1)
    mask = torch.where(rand(n, 1, 1, 1) < 0.04, torch.ones_like(mask), mask)
    return torch.cat([grey, mask], 1)


def one_cycle(step: int, steps: int, peak: float) -> float:
    """Learning rate: linear rise over the first tenth, cosine fall to a hundredth."""
    rise = max(steps // 10, 1)
    if step < rise:
        return peak * (step + 1) / rise
    return peak * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * (step - rise) / max(steps - rise, 1))))


@torch.no_grad()
def predict(
    model: ChromosomeClassifier, crops: np.ndarray, device: str, flips: int = 4, batch: int = 256
) -> np.ndarray:
    """Log probabilities (N, 24) and odds of being whole in a last column, means of 1, 2 or 4 flips.

    ``crops`` are as CropSet.read gives them.
    """
    model.eval()
    out = []
    for start in range(0, len(crops), batch):
        x = torch.from_numpy(crops[start : start + batch]).to(device).float() / 255
        x = x.contiguous(memory_format=torch.channels_last)
        views = [x, x.flip(2), x.flip(3), x.flip(2, 3)][:flips]
        with autocast(torch.device(device), "bf16"):
            seen = [model(v) for v in views]
        probabilities = torch.stack([logits.softmax(1) for logits, _, _ in seen]).mean(0)
        whole = torch.stack([w for _, _, w in seen]).mean(0)
        out.append(torch.cat([probabilities.clamp_min(1e-9).log(), whole[:, None]], 1).cpu().numpy())
    return np.concatenate(out)


def _save(folder: Path, model: nn.Module, optimiser: torch.optim.Optimizer, state: dict) -> None:
    tensors = {f"model.{k}": v.contiguous() for k, v in model.state_dict().items()}
    for i, p in enumerate(optimiser.param_groups[0]["params"]):
        for k, v in optimiser.state.get(p, {}).items():
            tensors[f"moment.{i}.{k}"] = v.contiguous() if v.ndim else v.reshape(1)
    save_file(tensors, str(folder / "last.tmp"))
    os.replace(folder / "last.tmp", folder / "last.safetensors")
    (folder / "last.json.tmp").write_text(json.dumps(state))
    os.replace(folder / "last.json.tmp", folder / "last.json")


def _load(folder: Path, model: nn.Module, optimiser: torch.optim.Optimizer) -> int:
    saved = load_file(str(folder / "last.safetensors"))
    model.load_state_dict({k[6:]: v for k, v in saved.items() if k.startswith("model.")})
    for i, p in enumerate(optimiser.param_groups[0]["params"]):
        keys = [k for k in saved if k.startswith(f"moment.{i}.")]
        for key in keys:
            name = key.split(".", 2)[2]
            optimiser.state[p][name] = saved[key].reshape(()) if name == "step" else saved[key].to(p.device)
    return int(json.loads((folder / "last.json").read_text())["step"])


def train(crops: Path, output: Path, minutes: float, steps: int, batch: int, peak: float, device: str) -> None:
    """Train until ``minutes`` are spent or ``steps`` are done; the rate's cycle is over ``steps``."""
    output.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(1)
    data = CropSet(crops, "train")
    held_back = CropSet(crops, "fit")
    pool = np.flatnonzero((data.labels == NOTHING) | (data.confidence >= 15))
    if not (data.labels[pool] != NOTHING).any():
        raise DataError(f"{crops}: no crop named train-… shows a chromosome clearly; cut more cells.")
    batch = min(batch, len(pool))  # a few cells give fewer crops than one step takes
    fit_rows = np.arange(len(held_back.labels))
    model = ChromosomeClassifier().to(device=device, memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(model.parameters(), lr=peak, weight_decay=0.02)
    step = _load(output, model, optimiser) if (output / "last.json").exists() else 0
    first, began, saved_at = step, time.monotonic(), time.monotonic()
    mean = 3.2
    while step < steps and time.monotonic() - began < 60 * minutes:
        model.train()
        epoch, place = divmod(step * batch, max(len(pool) - batch, 1))
        order = np.random.default_rng((9, epoch)).permutation(pool)
        rows = np.sort(order[place : place + batch])
        generator = torch.Generator().manual_seed(step)
        x = torch.from_numpy(data.read(rows)).to(device).float() / 255
        x = augment(x, generator).contiguous(memory_format=torch.channels_last)
        y = torch.from_numpy(data.labels[rows]).to(device)
        for group in optimiser.param_groups:
            group["lr"] = one_cycle(step, steps, peak)
        with autocast(torch.device(device), "bf16"):
            logits, _, whole = model(x)
        is_one = y != NOTHING
        loss = nn.functional.binary_cross_entropy_with_logits(whole, is_one.float())
        if is_one.any():
            loss = loss + nn.functional.cross_entropy(logits[is_one], y[is_one], label_smoothing=0.05)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        optimiser.step()
        step += 1
        mean = 0.95 * mean + 0.05 * float(loss.detach())
        if step % 20 == 0:
            line = {
                "step": step,
                "loss": round(mean, 4),
                "seconds_per_step": round((time.monotonic() - began) / (step - first), 3),
            }
            print(json.dumps(line), flush=True)
        if time.monotonic() - saved_at > 240 or step == steps:
            saved_at = time.monotonic()
            _save(output, model, optimiser, {"step": step, "steps": steps, "loss": mean})
            some = fit_rows[:: max(len(fit_rows) // 1500, 1)]
            said, labels = predict(model, held_back.read(some), device, flips=1), held_back.labels[some]
            known = labels != NOTHING
            accuracy = float((said[known, :-1].argmax(1) == labels[known]).mean())
            # the share of pairs of a chromosome and a region that is none which are told apart
            ranks = said[:, -1].argsort().argsort()
            pairs = max(int(known.sum()) * int((~known).sum()), 1)
            apart = float(ranks[known].sum() - known.sum() * (known.sum() - 1) / 2) / pairs
            line = {"step": step, "fit_accuracy": round(accuracy, 4), "whole_auc": round(apart, 4), "n": len(some)}
            print(json.dumps(line), flush=True)
    _save(output, model, optimiser, {"step": step, "steps": steps, "loss": mean})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--crops", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--steps", type=int, default=1200)
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--peak", type=float, default=2e-3)
    parser.add_argument("--device", default="cpu")
    args = parser.parse_args()
    train(args.crops, args.output, args.minutes, args.steps, args.batch, args.peak, args.device)


if __name__ == "__main__":
    main()
