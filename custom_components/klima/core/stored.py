"""Figures read back from a file: what is none is refused, whatever was in it."""

import math
from typing import Any


def stored_figure(value: Any) -> float:
    """Return a stored figure; raises ValueError for what is none."""
    figure = float(value)
    if not math.isfinite(figure):
        raise ValueError(f"not a figure: {value}")
    return figure


def stored_amount(value: Any) -> float:
    """Return a stored amount; raises ValueError for what is none."""
    amount = stored_figure(value)
    if amount < 0:
        raise ValueError(f"not an amount: {value}")
    return amount
