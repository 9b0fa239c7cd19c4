"""Files that version 0.1.0 wrote are opened with all their content; ``tests/fixtures`` keeps them unchanged."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from karyotrain.engines.detection import read_run
from karyotrain.engines.lineage import lineage
from karyotrain.engines.recipe import find_recipe, recipes

from karyoview.accounts.users import Credentials, Role, UserError, Users
from karyoview.case.audit import read_lines
from karyoview.case.case import Case, CaseError
from karyoview.case.counting import STRUCTURAL, tally_of
from karyoview.case.index import CaseIndex
from karyoview.case.verify import verify_case
from karyoview.cli import COMMANDS
from karyoview.core.annotation import ReviewedChromosome, ReviewState
from karyoview.core.geometry import Box
from karyoview.core.karyogram import MARKERS, Karyogram
from karyoview.core.runlength import decode_mask
from karyoview.detectors.cards import info_from_card, read_card
from karyoview.gui.keys import actions
from karyoview.io.database import open_engine
from karyoview.io.formats import FORMATS
from karyoview.report.content import collect_report
from karyoview.review.meter import corrections_of
from karyoview.services.settings import SETTINGS, Settings
from karyoview.services.signing import amend_case, valid_signatures
from karyoview.services.training import TrainingRun
from karyoview.services.weights import WeightsRepository

OLD = Path(__file__).resolve().parent / "fixtures" / "version-0.1.0"
RECORDED = (
    "case created", "originals recorded", "report header", "cell", "propose", "turn", "relabel", "relabel",
    "uncertain", "undo uncertain", "delete", "add", "move", "mirror", "outline", "structural changes",
    "second count", "accept", "reviewed", "propose", "accept", "reviewed", "mark", "cell", "karyotype set",
    "signed: analysed", "signed: approved",
)  # fmt: skip


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A copy: opening for writing makes a lock, and SQLite touches its file."""
    return Path(shutil.copytree(OLD, tmp_path / "old"))


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_an_approved_case_is_whole_and_stays_byte_for_byte(old: Path) -> None:
    before = files_of(old / "case")
    report = verify_case(old / "case")
    assert (report.problems, report.warnings, report.lines, report.originals) == ([], [], len(RECORDED), 3)
    for read_only in (True, False):
        with Case.open(old / "case", read_only=read_only) as case:
            assert case.notices == ()
            assert [len(case.annotation(c.image).chromosomes) for c in case.cells] == [15, 4, 0]
            assert case.chain_head == report.head
    assert files_of(old / "case") == before
    lines = list(read_lines(old / "case" / "karyoview" / "audit.jsonl"))
    assert tuple(line.action for line in lines) == RECORDED
    assert {line.user for line in lines} == {"eva"}


def test_the_content_of_a_case_is_read_as_it_was_written(old: Path) -> None:
    with Case.open(old / "case", read_only=True) as case:
        settings, cells = case.settings, case.cells
        assert (settings.id, settings.karyotype, settings.locked) == ("KV-BYMN-3AXZ", "47,XX,+21", True)
        assert (settings.details["specimen"], settings.training_consent) == ("blood", True)
        assert [(c.image, c.state, c.reason) for c in cells] == [
            ("cell-1.png", ReviewState.REVIEWED, ""),
            ("cell-2.png", ReviewState.REVIEWED, ""),
            ("cell-3.png", ReviewState.SET_ASIDE, "too few"),
        ]
        first = cells[0]
        assert (first.slide, first.culture, first.stage, first.um_per_pixel) == ("1", "A", (1.5, 2.0), 0.1)
        assert case.read_image("cell-1.png").sha256 == first.sha256

        annotation = case.annotation("cell-1.png")
        items = {c.id: c for c in annotation.chromosomes}
        assert all(isinstance(c, ReviewedChromosome) for c in items.values())
        turned, relabelled = items["karyoview.0.1"], items["karyoview.0.2"]
        assert turned.axis == ((44.0, 35.0), (44.0, 15.0))
        assert (relabelled.label, relabelled.label_by.kind, relabelled.label_by.name) == (1, "person", "eva")
        proposal = relabelled.proposal
        assert (proposal.label, proposal.doubt, proposal.reasons) == (1, 0.6, ("faint",))
        drawn = annotation.chromosomes[-1]
        assert drawn.box == Box.rotated(40, 40, 8, 20, 0.3)
        assert drawn.box_by.name == "eva"
        assert annotation.size == (90, 322)
        mask = decode_mask(items["karyoview.0.0"].mask, annotation.size)
        assert np.argwhere(mask).min(axis=0).tolist() == [10, 14]
        karyogram = Karyogram.of(annotation)
        assert karyogram.slots[MARKERS] == ("karyoview.0.6",)
        assert annotation.extra[STRUCTURAL] == ["del(5)(q13q33)"]
        assert annotation.extra["second_counts"]["bob"]["done"]
        assert corrections_of(annotation).kinds == {"add": 1, "delete": 1, "move": 1, "relabel": 2, "turn": 1}

        found = case.proposals("cell-1.png", "karyoview")
        assert (len(found.items), found.seconds, found.note) == (15, 1.5, "pale")
        origin = found.provenance
        assert (origin.weights_hash, origin.threshold, origin.settings) == ("f" * 64, 0.5, (("effort", "fast"),))
        assert [(m.x, m.y) for m in case.annotation("cell-3.png").count_marks] == [(5.0, 5.0)]


def test_signatures_stay_valid_and_the_case_goes_on_after_an_amendment(old: Path) -> None:
    engine = open_engine(f"sqlite:///{old / 'index.sqlite'}")
    with Case.open(old / "case", user="cleo") as case:
        users = Users(engine)
        assert [(s.user, s.meaning) for s in valid_signatures(case)] == [("eva", "analysed"), ("bob", "approved")]
        assert not collect_report(case).is_draft
        assert [c.images for c in tally_of(case).clones]
        annotation = case.annotation("cell-2.png")
        with pytest.raises(CaseError, match="signed and closed"):
            case.save_annotation(annotation, "relabel")
        amend_case(case, users, Credentials("bob", "the second passphrase"), "a name was wrong")
        case.update_cell("cell-2.png", slide="2")
    with Case.open(old / "case", read_only=True) as case:
        assert case.cell("cell-2.png").slide == "2"
        assert not case.settings.locked
    assert verify_case(old / "case").ok


def test_people_keep_their_roles_and_passphrases(old: Path) -> None:
    engine = open_engine(f"sqlite:///{old / 'index.sqlite'}")
    try:
        users = Users(engine)
        assert [(u.name, u.printed_name, u.role, u.disabled) for u in users.all()] == [
            ("bob", "Dr Bob Li", Role.APPROVER, False),
            ("eva", "Eva Adam", Role.ANALYST, False),
            ("old", "Olga Old", Role.ANALYST, True),
        ]
        assert users.verify("bob", "the second passphrase").role is Role.APPROVER
        with pytest.raises(UserError, match="closed"):
            users.verify("old", "the third passphrase")
    finally:
        engine.dispose()


def test_the_index_lists_its_cases(old: Path) -> None:
    with CaseIndex(f"sqlite:///{old / 'index.sqlite'}") as index:
        (row,) = index.cases("47,xx,+21")
    assert (row.folder, row.case_id, row.karyotype) == ("/karyoview/case", "KV-BYMN-3AXZ", "47,XX,+21")
    assert (row.cells, row.reviewed, row.set_aside, row.signatures, row.locked) == (3, 2, 1, 2, True)


def test_settings_keep_their_values(old: Path) -> None:
    settings = Settings(old / "settings.json")
    values = {key: settings[key] for key in json.loads((OLD / "settings.json").read_text(encoding="utf-8"))}
    assert values == {
        "person": "Eva Adam", "theme": "dark", "digit_wait": 900, "thresholds": {"karyoview": 0.4}, "quality": "fast",
        "recent": ["/karyoview/case"], "keys": {"accept": ["Ctrl+Return"]}, "idle_lock": 5,
    }  # fmt: skip
    assert (old / "settings.json").read_bytes() == (OLD / "settings.json").read_bytes()


def test_a_training_run_is_listed_with_its_plan_and_its_curves(old: Path) -> None:
    run = TrainingRun(old / "training" / "run")
    assert (run.plan.cases, run.plan.engine, run.plan.minutes) == (("/karyoview/case",), "deepace", 5.0)
    status = run.status()
    assert (status.state, status.step, status.total) == ("done", 2, 2)
    assert status.weights.name == "deepace.safetensors"
    assert status.losses["loss_classifier"] == [(2, 0.69268)]


def test_the_record_of_the_weights_and_a_card_are_read(old: Path) -> None:
    repository = WeightsRepository(old / "weights")
    assert repository.problems() == []
    assert [(e["user"], e["action"], e["engine"]) for e in repository.history()] == [
        ("eva", "validated", "deepace"),
        ("eva", "validated", "deepchm"),
    ]
    card = read_card(old / "training" / "run" / "weights" / "deepace.card.json")
    info = info_from_card(card, "deepace")
    assert (info.name, info.rotated, info.operating_threshold) == ("deepace", False, 0.5)


def test_the_recipe_of_a_run_and_its_data_are_read(old: Path) -> None:
    recipe, data, options = read_run(old / "training" / "run")
    assert (recipe.engine, recipe.preset, recipe.steps) == ("deepace", "tiny", 2)
    assert recipe.name == find_recipe("deepace_small").name
    assert (recipe.schedule.kind, recipe.schedule.warmup, recipe.chromosome_width) == ("constant", 2, 10.5)
    assert data == [Path("/karyoview/training/2026-11-30-101500-ab12/set")]
    assert (options.device, options.precision, options.start, options.log_every) == ("cpu", "fp32", None, 10)
    found = lineage([old / "training" / "run" / "set"], None)
    assert (len(found.versions), len(found.cells)) == (1, 1)


def test_names_that_stand_in_settings_and_scripts_are_still_known() -> None:
    """Keys are kept by the names of actions, thresholds and choices by those of settings; scripts name the rest."""
    names = json.loads((OLD / "names.json").read_text(encoding="utf-8"))
    assert set(names["actions"]) <= {a.id for a in actions()}
    assert set(names["settings"]) <= {s.key for s in SETTINGS}
    assert set(names["formats"]) <= set(FORMATS)
    assert set(names["commands"]) <= set(COMMANDS)
    known = set(recipes())
    assert {find_recipe(name).name for name in names["recipes"]} <= known
