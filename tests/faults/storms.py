"""What comes over a home in a storm: states and values, some of them senseless."""

from typing import Any

from tests.chance import many

EVENTS = many(10_000)
STATES: tuple[str, ...] = (
    "nan", "NaN", "-nan", "inf", "-inf", "Infinity", "1e400", "-1e400", "1e308",
    "-1", "-0", "-273.16", "-99999", "0", "0.0", "1e-320", "99999999999999999999",
    "unavailable", "unknown", "none", "None", "null", "", " ", "on", "off", "heat",
    "1,5", "1.234,56", "12 W", "0x10", "1_000", "٣", "½", "é", "\u202e1", "🔥",
    "<script>alert(1)</script>", "{{ 1/0 }}", "'; DROP TABLE states; --", "%s%n",
    "2026-11-25T00:00:00", "true", "[]", "{}", "9" * 250,
)  # fmt: skip
VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 10**400, 1e308, float("nan"), float("inf"), "",
    "nan", "x" * 300, "kWh", "W", "MW", "GWh", "°F", "€/MWh", "EUR/kWh", "USD/kWh",
    "heating", "cooling", "exploding", [], [[]], ["heat", None, 3], {}, {"a": {}},
    [{"start": "x", "price": "y"}], (), set(), b"\xff", "2026-13-45T99:99:99",
    "0001-01-01T00:00:00", "9999-12-31T23:59:59", "2026-11-25", 1.5, "5", "-40",
)  # fmt: skip
