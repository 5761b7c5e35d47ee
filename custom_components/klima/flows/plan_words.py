"""What a plan says of itself and of its faults, in the user's words."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from homeassistant.core import HomeAssistant

from ..const import DOMAIN
from ..core.tariff import Fault
from ..figures import figure, written

_DEMAND = f"component.{DOMAIN}.config.step.charges.sections.demand.name"
"""The key of what the user calls a demand charge."""


def label(labels: Mapping[str, str], key: str, value: str) -> str:
    """Return what the user calls a value; the value itself where that is not known."""
    return labels.get(f"component.{DOMAIN}.selector.{key}.options.{value}", value)


def words(
    hass: HomeAssistant, fault: Fault, labels: Mapping[str, str]
) -> dict[str, str]:
    """Return what a fault names, in the user's words."""
    return {
        key: label(labels, key, word)
        if key in ("days", "period", "season")
        else written(hass, word)
        for key, word in fault.placeholders.items()
    }


def prices(
    hass: HomeAssistant,
    version: Mapping[str, Any],
    currency: str,
    labels: Mapping[str, str],
) -> str:
    """Return the prices of a version, a line each, in the user's words."""

    named = partial(label, labels)
    shown = partial(figure, hass)

    def during(row: Mapping[str, Any]) -> str:
        season = row.get("season", "all_year")
        return "" if season == "all_year" else f", {named('season', season)}"

    def time(value: str, key: str = "per") -> str:
        """Name a length of time amid a line: German nouns keep their capital."""
        word = named(key, value)
        return word if hass.config.language.startswith("de") else word.lower()

    unit = f"{currency}/kWh"

    def cost(row: Mapping[str, Any]) -> str:
        return "" if "price" not in row else f": {shown(row['price'])} {unit}"

    lines = [
        f"- {named('period', row['period'])}, "
        f"{named('days', row.get('days', 'every_day'))} "
        f"{row.get('start', '00:00')[:5]}–{row.get('end', '00:00')[:5]}"
        f"{during(row)}{cost(row)}"
        for row in version.get("hours", ())
    ]
    per = time(version.get("tiers_per", "cycle"))
    reached = 0.0
    for row in version.get("tiers", ()):
        up_to = row.get("up_to")
        if up_to is None and not reached:
            span = ""
        elif up_to is None:
            # A bare > would begin a quotation in Markdown.
            span = f"\\> {shown(reached)} kWh / {per}{during(row)}"
        else:
            span = f"≤ {shown(up_to)} kWh / {per}{during(row)}"
        if line := f"{span}{cost(row)}".removeprefix(": "):
            lines.append(f"- {line}")
        reached = 0.0 if up_to is None else up_to
    if event := version.get("event"):
        sign = "+" if event.get("kind") == "added" else ""
        peak = named("period", "critical_peak")
        lines.append(f"- {peak}: {sign}{shown(event['price'])} {unit}")
    lines += [
        f"- {row.get('name', '')} {shown(row['amount'])} {currency} / "
        f"{time(row.get('per', 'day'))}"
        for row in version.get("fixed", ())
    ]
    lines += [
        f"- {row.get('name', '')} {shown(row['price'] * row.get('factor', 1))} {unit}"
        for row in version.get("adders", ())
    ]
    if demand := version.get("demand"):
        what = f"- {labels.get(_DEMAND, '')}"
        for_time = f" / {time(demand.get('per', 'cycle'), 'demand_per')}"
        if price := demand.get("price"):
            lines.append(f"{what}: {shown(price)} {currency}/kW{for_time}")
        reached = 0.0
        for row in demand.get("steps", ()):
            up_to = row.get("up_to")
            end = "" if up_to is None else f"–{shown(up_to)}"
            span = f"{'≥ ' if up_to is None else ''}{shown(reached)}{end} kW"
            amount = f"{shown(row['amount'])} {currency}"
            lines.append(f"{what}, {span}: {amount}{for_time}")
            reached = up_to
    percent = "%" if hass.config.language.startswith("en") else "\N{NO-BREAK SPACE}%"
    lines += [
        f"- {row.get('name', '')} {shown(row['percent'])}{percent}"
        for row in version.get("taxes", ())
    ]
    return "\n".join(lines)
