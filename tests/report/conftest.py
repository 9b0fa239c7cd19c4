"""A case of two reviewed cells with trisomy 21, and three people."""

from __future__ import annotations

from pathlib import Path

import argon2
import pytest
from report_samples import ANALYST, APPROVER, make_case, with_extra

from karyoview.accounts.users import Credentials, Role, Users
from karyoview.case.case import Case
from karyoview.io.database import open_engine


@pytest.fixture
def case(tmp_path: Path) -> Case:
    with make_case(tmp_path / "patient", [with_extra("male", 20)] * 2) as opened:
        opened.update_settings(
            details={"specimen": "=Blood", "referral": "Ångström & <Söhne>, Лаборатория, Ωμέγα, 北京, 東京, 서울"}
        )
        opened.update_cell("m1.png", um_per_pixel=0.1, slide="S1", culture="A", analysed=True)
        yield opened


@pytest.fixture(scope="module")
def users(tmp_path_factory: pytest.TempPathFactory) -> Users:
    engine = open_engine(f"sqlite:///{tmp_path_factory.mktemp('users') / 'users.db'}")
    known = Users(engine, argon2.PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    known.create("ana", "Ana Ng", Role.ANALYST, ANALYST)
    known.create("bob", "Bob Li", Role.APPROVER, APPROVER)
    known.create("cleo", "Cleo Roy", Role.APPROVER, ANALYST, by=Credentials("bob", APPROVER))
    yield known
    engine.dispose()
