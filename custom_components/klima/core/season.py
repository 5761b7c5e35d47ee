"""The seasons that seasonal ratings are of, to bring a curve in line with them.

A rating of a season (HSPF2, SCOP) has no factor to a COP; but a curve that has
the right shape can be scaled until its season is the rated one.
"""

from collections.abc import Callable

REGION_IV = {
    16.7: 0.132,
    13.9: 0.111,
    11.1: 0.103,
    8.3: 0.093,
    5.6: 0.100,
    2.8: 0.109,
    0.0: 0.126,
    -2.8: 0.087,
    -5.6: 0.055,
    -8.3: 0.036,
    -11.1: 0.026,
    -13.9: 0.013,
    -16.7: 0.006,
    -19.4: 0.002,
    -22.2: 0.001,
}
"""Share of the heating season's hours by °C outdoors (10 CFR 430 M1, region IV)."""

AVERAGE_CLIMATE = dict(
    zip(
        range(-10, 16),
        (
            *(1, 25, 23, 24, 27, 68, 91, 89, 165, 173, 240, 280, 320, 357, 356),
            *(303, 330, 326, 348, 335, 315, 215, 169, 151, 105, 74),
        ),
        strict=True,
    )
)
"""Hours of the heating season by °C outdoors (EN 14825, average climate)."""

ZERO_LOAD = {"hspf2": 12.8, "scop": 16.0}
"""°C outdoors above which no heat is asked for (55 °F in M1, 16 °C in EN 14825)."""

DESIGN = {"hspf2": -15.0, "scop": -10.0}
"""°C outdoors at which all of the load is asked for (5 °F, -10 °C)."""


def seasonal_cop(metric: str, cop: Callable[[float, float], float]) -> float:
    """Return the COP of a season from that at a temperature in °C and a share of load."""
    bins = REGION_IV if metric == "hspf2" else AVERAGE_CLIMATE
    zero, design = ZERO_LOAD[metric], DESIGN[metric]
    heat = electricity = 0.0
    for outdoor, hours in bins.items():
        load = min((zero - outdoor) / (zero - design), 1.0)
        if load > 0:
            heat += hours * load
            electricity += hours * load / cop(outdoor, load)
    return heat / electricity
