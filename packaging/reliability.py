"""The reliability diagram of an engine as SVG, from the calibration bins that its card holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

_LEFT: Final = 64
_TOP: Final = 56
_SIDE: Final = 300
_COUNTS: Final = 60  # height of the strip that shows how many boxes a bin has


def reliability_svg(title: str, bins: Sequence[Mapping[str, Any]], ece: float, judged: str) -> str:
    """Share that was right against the mean score, bin by bin; on the diagonal a score means what it says.

    ``bins`` are those of ``karyoview evaluate``: ``from`` (lower edge, 15 equal bins), ``boxes``, ``confidence``
    and ``right``; ``judged`` says what had to be right. The strip below shows the boxes in each bin.
    """
    height = _TOP + _SIDE + 24 + _COUNTS + 58

    def x(value: float) -> float:
        return _LEFT + _SIDE * value

    def y(value: float) -> float:
        return _TOP + _SIDE * (1 - value)

    total = max(sum(int(b["boxes"]) for b in bins), 1)
    most = max([int(b["boxes"]) for b in bins] or [1])
    ground = _TOP + _SIDE + 24 + _COUNTS
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 {height}" width="400" height="{height}" '
        'font-family="sans-serif" font-size="13" fill="#1b2733">',
        f'<rect width="400" height="{height}" fill="#ffffff"/>',
        f'<text x="{_LEFT}" y="22" font-size="15" font-weight="bold">{title}</text>',
        f'<text x="{_LEFT}" y="42">{judged} right; calibration error {100 * ece:.1f} %</text>',
        f'<rect x="{_LEFT}" y="{_TOP}" width="{_SIDE}" height="{_SIDE}" fill="#f6f8fb" stroke="#44546a"/>',
    ]
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        parts.append(
            f'<path d="M{x(tick):g} {_TOP}V{_TOP + _SIDE}M{_LEFT} {y(tick):g}H{_LEFT + _SIDE}" stroke="#dbe2ec"/>'
        )
        parts.append(f'<text x="{_LEFT - 8}" y="{y(tick) + 4:g}" text-anchor="end">{100 * tick:g} %</text>')
        parts.append(f'<text x="{x(tick):g}" y="{ground + 18}" text-anchor="middle">{tick:g}</text>')
    parts.append(f'<path d="M{x(0):g} {y(0):g}L{x(1):g} {y(1):g}" stroke="#8895a7" stroke-dasharray="5 4"/>')
    for b in bins:
        left, width = x(float(b["from"])), _SIDE / 15
        tall = _COUNTS * int(b["boxes"]) / most
        place = f'x="{left + 1:.1f}" y="{ground - tall:.1f}" width="{width - 2:.1f}" height="{tall:.1f}"'
        parts.append(f'<rect {place} fill="#a9bdd6"/>')
    line = " ".join(f"{x(b['confidence']):.1f},{y(b['right']):.1f}" for b in bins)
    parts.append(f'<polyline points="{line}" fill="none" stroke="#1f5fa8" stroke-width="2"/>')
    parts += [
        f'<circle cx="{x(b["confidence"]):.1f}" cy="{y(b["right"]):.1f}" r="4" fill="#1f5fa8">'
        f"<title>{b['boxes']} boxes: score {b['confidence']:.2f}, {100 * b['right']:.1f} % right</title></circle>"
        for b in bins
    ]
    middle = _TOP + _SIDE / 2
    parts += [
        f'<path d="M{_LEFT} {ground}H{_LEFT + _SIDE}" stroke="#44546a"/>',
        f'<text x="{_LEFT + _SIDE / 2:g}" y="{ground + 40}" text-anchor="middle">'
        f"score of the box ({total} boxes)</text>",
        f'<text x="16" y="{middle:g}" text-anchor="middle" transform="rotate(-90 16 {middle:g})">'
        "share that was right</text>",
        "</svg>",
    ]
    return "\n".join(parts) + "\n"
