"""How much of what a laboratory's cells taught is kept."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from karyotrain.trainer.weight_averaging import CONVINCING, blend, share_to_keep
from torch import nn


def figures(corrections: float, images: int = 10, truths: int = 460) -> dict[str, Any]:
    return {"corrections_per_cell": corrections, "images": images, "truths": truths}


def card(**measured: float) -> dict[str, Any]:
    return {"metrics": {cells: figures(c) for cells, c in measured.items()}}


def test_on_a_look_that_the_engine_knows_a_few_cells_hardly_move_it() -> None:
    known = card(real=3.0)

    assert share_to_keep(known, figures(2.5), 10) == pytest.approx(10 / (10 + CONVINCING))
    assert share_to_keep(known, figures(2.5), CONVINCING) == pytest.approx(0.5)
    assert share_to_keep(known, figures(0.0), 10) < 0.1  # no error at all is no new look either


def test_on_a_new_look_nearly_all_is_kept_and_more_the_more_the_engine_errs() -> None:
    known = card(real=3.0)

    shares = [share_to_keep(known, figures(errors), 10) for errors in (3.0, 6.0, 12.0, 24.0)]

    assert shares == sorted(shares)
    assert shares[-1] > 0.85


def test_the_best_cells_of_the_card_say_what_the_engine_can_and_cells_are_compared_by_chromosome() -> None:
    drawn_too = card(real=3.0, drawn=20.0)

    assert share_to_keep(drawn_too, figures(24.0), 10) == share_to_keep(card(real=3.0), figures(24.0), 10)
    # the same errors on half as many chromosomes a cell are twice the rate
    half_as_many = figures(3.0, truths=230)
    assert share_to_keep(card(real=3.0), half_as_many, 10) == share_to_keep(card(real=3.0), figures(6.0), 10)


def test_a_card_without_figures_holds_nothing_back() -> None:
    assert share_to_keep({"metrics": {}}, figures(2.0), 5) == 1.0


def test_weights_go_the_share_of_the_way_and_what_was_not_there_stays() -> None:
    model = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))
    learnt = {k: v.clone() for k, v in model.state_dict().items()}
    before = {"0.weight": torch.zeros(2, 2, dtype=torch.float16)}

    blend(model, before, 0.25)

    torch.testing.assert_close(model[0].weight, 0.25 * learnt["0.weight"])
    torch.testing.assert_close(model[1].weight, learnt["1.weight"])
