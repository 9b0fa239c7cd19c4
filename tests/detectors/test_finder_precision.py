"""What the finder proposes keeps its places where the network computes in bf16."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
import torch

import karyoview
from karyoview.detectors.nets.finder import Finder
from karyoview.detectors.nets.tta import TTA_TRANSFORMS


@pytest.fixture(scope="module")
def finder() -> Finder:
    torch.manual_seed(0)
    return Finder().eval()


def test_proposals_are_not_rounded_under_autocast(finder: Finder) -> None:
    # bf16 knows even numbers alone from 256 to 512, and a chromosome is 10 px wide here
    image = torch.full((64, 512), 240.0)
    image[20:40, 280:500:20] = 60.0
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
        proposed = finder._look(image, TTA_TRANSFORMS[0], (64, 512)).proposes
    assert proposed.dtype == torch.float32
    edges = proposed[:, :2].flatten()
    edges = edges[(edges > 256) & (edges < 511)]
    assert len(edges) > 20
    assert (edges == edges.round()).float().mean() < 0.2


def test_every_proposal_network_decodes_in_fp32() -> None:
    package = Path(karyoview.__file__).parent
    users = []
    for path in package.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and any(name.name == "RPNHead" for name in node.names):
                users.append(path.relative_to(package).as_posix())
    assert users == ["detectors/nets/rpn.py"], "Float32RPNHead: torchvision's decodes in the type of its outputs"
