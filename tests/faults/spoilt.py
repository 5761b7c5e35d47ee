"""Configurations that are spoilt: what a hand, or a bug, may have left in them."""

import json
import random
from typing import Any

from .common import POWER, UNIT

BAD: tuple[Any, ...] = (
    None, "", " ", "x", -1, 0, 1e400, float("nan"), 10**400, True, [], {}, [[]],
    {"a": 1}, "sensor.", ".", "sensor.gone", "climate.gone", "../../etc/passwd",
    "<img src=x onerror=alert(1)>", "{{ 1 / 0 }}", "x" * 5000, "é\0", "mini_split",
    POWER, UNIT, 99999, "1", [None], "2026-99-99",
)  # fmt: skip


def spoilt(data: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    """Return data with something else in place of one or two of its parts."""
    result: dict[str, Any] = json.loads(json.dumps(data))
    for _ in range(rng.choice((1, 1, 2))):
        node: Any = result
        while True:
            key = rng.choice(list(node) if isinstance(node, dict) else range(len(node)))
            if isinstance(node[key], dict | list) and node[key] and rng.random() < 0.7:
                node = node[key]
                continue
            break
        if isinstance(node, dict) and rng.random() < 0.2:
            del node[key]
        else:
            node[key] = rng.choice(BAD)
        if not result:
            break
    return result
