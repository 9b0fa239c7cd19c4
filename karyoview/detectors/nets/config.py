"""How the configuration of a network stands in a card and comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field, asdict, fields
from typing import Any, ClassVar, Self

from karyoview.detectors.input_rules import InputRule
from karyoview.detectors.protocol import EngineError


class NetworkConfig:
    """Base of the frozen dataclasses that a network is built from; ``rule`` is the one field that is no plain value."""

    __slots__ = ()
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """The configuration in ``values`` over the defaults; EngineError for a name that does not exist."""
        known = {f.name for f in fields(cls)}
        if unknown := sorted(set(values) - known):
            raise EngineError(f"{cls.__name__} has no setting {unknown[0]!r}; it has {', '.join(sorted(known))}.")
        given = {k: tuple(v) if isinstance(v, list) else v for k, v in values.items()}
        if isinstance(rule := values.get("rule"), Mapping):
            given["rule"] = InputRule(**rule)
        try:
            return cls(**given)
        except (TypeError, ValueError) as error:
            raise EngineError(f"{cls.__name__} cannot be made from these settings ({error}).") from error
