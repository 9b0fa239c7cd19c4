"""Whether a case stayed as it was signed: lines with signatures change nothing else, an approved case nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from karyoview.case.audit import ADOPTED, AMENDED, MIGRATED, SIGNED, AuditLine, SignedLine
from karyoview.case.proof import APPROVED, line_problem
from karyoview.case.replay import Replay
from karyoview.io.key_list import KeyList


@dataclass(slots=True)
class _Approval:
    seq: int
    images: frozenset[str]
    state: str


class SignedStates:
    """Follows a record line by line; ``states`` are the states (SHA-256) before the lines that carry signatures."""

    def __init__(self, signed: Iterable[SignedLine], keys: KeyList, keyed_from: int) -> None:
        self.replay = Replay()
        self.states: dict[int, str] = {}
        self.problems: list[str] = []
        self._keyed_from = keyed_from
        self._signed = {line.seq: line for line in signed}
        self._opens = {
            line.seq for line in signed if line.action == AMENDED and not line_problem(line, keys, keyed_from)
        }
        self._approval: _Approval | None = None

    def follow(self, lines: Iterable[AuditLine]) -> None:
        """Take every line."""
        for line in lines:
            self._follow_line(line)

    def _follow_line(self, line: AuditLine) -> None:
        signs = line.seq in self._signed and line.action.startswith(SIGNED)
        if signs:
            self.states[line.seq] = self.replay.state_sha256()
            if line.action == SIGNED + APPROVED:
                images = self.replay.images()
                self._approval = _Approval(line.seq, images, self.replay.state_sha256(images))
        if line.seq in self._opens:
            self._approval = None
        before = self.states[line.seq] if signs else ""
        self.replay.take(line)
        if not line.changes:
            return
        if self._approval is not None:
            self.problems += self._told(line, self._approval)
        elif signs and self._keyed(line) and self.replay.state_sha256() != before:
            self.problems.append(f"line {line.seq} ({line.action}) changes more than the signature that it carries")

    def _told(self, line: AuditLine, approval: _Approval) -> Iterator[str]:
        """What a line changed of the case that was approved; a picture that was added later is no part of it."""
        state = self.replay.state_sha256(approval.images)
        if state == approval.state:
            return
        approval.state = state
        # The program itself brings a case of an earlier version up to date; what came from outside is told as that.
        if line.action == ADOPTED or (line.action == MIGRATED and not self._keyed(line)):
            return
        yield f"line {line.seq} ({line.action}) changes the case after its approval in line {approval.seq}"

    def _keyed(self, line: AuditLine) -> bool:
        return 0 < self._keyed_from <= line.seq
