"""A week of a room as a picture: room and target, outdoors, power, and the reasons."""

from collections.abc import Callable, Sequence
from typing import Protocol

WIDTH, LEFT = 1400, 60
PANELS = (
    ("Room and target, °C", 40, 200),
    ("Outdoors, °C", 280, 90),
    ("Power, W", 410, 110),
)
REASON_TOP = 560

COLOURS = {
    "schedule": "#3b82f6",
    "optimal_start": "#f59e0b",
    "price": "#10b981",
    "hold": "#8b5cf6",
    "boost": "#ec4899",
    "window": "#94a3b8",
    "away": "#64748b",
    "protection": "#ef4444",
    "conflict": "#b91c1c",
    "preset": "#93c5fd",
    "frost": "#0ea5e9",
    "unit_unavailable": "#000000",
    "automation_off": "#d6d3d1",
}


class Sample(Protocol):
    """What is drawn of a moment."""

    room: float
    target: float
    outdoor: float
    power: float
    reason: str


def week_chart(minutes: Sequence[Sample], days: int = 7) -> str:
    """Return an SVG of a week of samples."""
    every = max(len(minutes) // 1000, 1)
    samples = minutes[::every]
    span = len(samples) - 1

    def x(index: int) -> float:
        return LEFT + (WIDTH - LEFT - 20) * index / span

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="640"',
        'font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="640" fill="white"/>',
    ]

    def line(
        values: Callable[[Sample], float],
        scale: Callable[[float], float],
        colour: str,
        width: float,
    ) -> str:
        points = " ".join(
            f"{x(i):.1f},{scale(values(sample)):.1f}"
            for i, sample in enumerate(samples)
        )
        return f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="{width}"/>'

    curves: tuple[list[tuple[Callable[[Sample], float], str, float]], ...] = (
        [(lambda s: s.target, "#94a3b8", 1.0), (lambda s: s.room, "#dc2626", 1.5)],
        [(lambda s: s.outdoor, "#0369a1", 1.2)],
        [(lambda s: s.power, "#4b5563", 1.0)],
    )
    for (title, top, height), lines in zip(PANELS, curves, strict=True):
        values = [value(sample) for value, *_ in lines for sample in samples]
        low, high = min(values), max(values)
        low, high = (low - 0.5, high + 0.5) if high < 100 else (0.0, high)

        def scale(
            value: float,
            low: float = low,
            high: float = high,
            top: float = top,
            height: float = height,
        ) -> float:
            return top + height * (high - value) / (high - low)

        parts.append(
            f'<text x="{LEFT}" y="{top - 8}" font-weight="bold">{title}</text>'
        )
        for step in range(5):
            value = low + (high - low) * step / 4
            parts.append(
                f'<line x1="{LEFT}" x2="{WIDTH - 20}" y1="{scale(value):.1f}" y2="{scale(value):.1f}" stroke="#e5e7eb"/>'
                f'<text x="{LEFT - 6}" y="{scale(value) + 4:.1f}" text-anchor="end">{value:.0f}</text>'
            )
        parts += [line(value, scale, colour, width) for value, colour, width in lines]
    for day in range(days + 1):
        at = LEFT + (WIDTH - LEFT - 20) * day / days
        parts.append(
            f'<line x1="{at:.1f}" x2="{at:.1f}" y1="30" y2="590" stroke="#cbd5e1" stroke-dasharray="3"/>'
        )
        if day < days:
            parts.append(f'<text x="{at + 4:.1f}" y="16">day {day + 1}</text>')
    parts.append(
        f'<text x="{LEFT}" y="{REASON_TOP - 8}" font-weight="bold">Reason</text>'
    )
    begin = 0
    for i in range(1, len(samples) + 1):
        if i == len(samples) or samples[i].reason != samples[begin].reason:
            end = min(i, span)
            parts.append(
                f'<rect x="{x(begin):.1f}" y="{REASON_TOP}" width="{max(x(end) - x(begin), 0.5):.1f}" height="24" '
                f'fill="{COLOURS.get(samples[begin].reason, "#111827")}"/>'
            )
            begin = i
    shown = [reason for reason in COLOURS if any(s.reason == reason for s in samples)]
    for place, reason in enumerate(shown):
        at = LEFT + place * 140
        parts.append(
            f'<rect x="{at}" y="604" width="12" height="12" fill="{COLOURS[reason]}"/>'
            f'<text x="{at + 18}" y="615">{reason}</text>'
        )
    return "\n".join([*parts, "</svg>"])
