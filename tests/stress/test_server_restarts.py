"""PostgreSQL that is really restarted in the middle: people and cases that were acknowledged are all there."""

from __future__ import annotations

import gc
import random
import threading
import time
from pathlib import Path

import argon2
import pytest
from postgres_samples import PostgresServer
from small_cases import new_folder
from stress_parts import Counts, rounds

from karyoview.accounts.users import Credentials, Role, Users
from karyoview.case.case import Case
from karyoview.case.index import CaseIndex
from karyoview.core.errors import KaryoViewError
from karyoview.io.database import open_engine

CHIEF = Credentials("chief", "long enough")
CHEAP = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


# pg8000 leaves the socket of a connection that the server refuses in its start to be collected.
@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_restarted_while_people_and_the_index_are_written(
    postgres: PostgresServer, tmp_path: Path, dice: random.Random, counts: Counts
) -> None:
    engine = open_engine(postgres.url)
    users = Users(engine, CHEAP)
    users.create("chief", "Chief", Role.APPROVER, CHIEF.passphrase)
    many, restarts, problems = rounds(100, 3), 0, list[str]()
    over = threading.Event()

    def restart() -> None:
        nonlocal restarts
        for _ in range(many):
            time.sleep(dice.uniform(0.2, 1.5))
            # A fast one ends what is under way in order, an immediate one is a crash with recovery.
            problem = postgres.control("restart", "-m", dice.choice(("fast", "immediate")))
            problems.extend([problem] if problem else [])
            restarts += 1
        over.set()

    people, kept, tried, refused, number = ["chief"], 0, 0, list[str](), 0
    thread = threading.Thread(target=restart)
    with Case.open(new_folder(tmp_path / "case")) as case, CaseIndex(postgres.url) as index:
        thread.start()
        while not over.is_set():
            number += 1
            try:
                users.create(f"p{number}", f"Person {number}", Role.ANALYST, "long enough", by=CHIEF)
                people.append(f"p{number}")
            except KaryoViewError as error:
                refused.append(str(error))
            case.update_settings(notes=f"number{number:06d}")
            tried = number
            try:
                index.update(case)
                kept = number
            except KaryoViewError as error:
                refused.append(str(error))
            seen = f"{len(people):,} people, {number:,} states of a case, {len(refused):,} refused with a sentence"
            counts.say("PostgreSQL restarted", restarts, many, f"{seen}, nothing lost")
        thread.join()
        found = [n for n in range(kept, tried + 1) if index.cases(f"number{n:06d}")]
        assert len(found) == 1, f"the case was kept as of {kept} at least, and is in the index once: {found}"
    known = {user.name for user in users.all()}
    assert set(people) <= known
    assert set(users.key_list().members) == known, "list and table were written together or not at all"
    assert users.problems() == []
    assert users.verify(*CHIEF).role is Role.APPROVER
    engine.dispose()
    gc.collect()  # the sockets named above, while they are ignored
    assert problems == []
    assert [text for text in refused if "\n" in text or not text.endswith(".")] == []
    counts.say("PostgreSQL restarted", restarts, many, f"{seen}, nothing lost")
