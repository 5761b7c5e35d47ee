"""Write docs/settings.md: every field that Klima asks for, in the words of its forms.

    .venv/bin/python scripts/settings.py

`tests/test_readme.py` holds the page to the translations.
"""

from collections.abc import Iterator, Mapping
import json
from pathlib import Path
import sys
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from custom_components.klima.comfort import DEFAULTS, PRESET_FIELDS  # noqa: E402
from custom_components.klima.core.control.model import PRESETS  # noqa: E402

PAGE = ROOT / "docs" / "settings.md"
TRANSLATIONS = ROOT / "custom_components" / "klima" / "translations" / "en.json"

HEAD = """# Settings

This page describes every field of every form, in the words of the forms (`scripts/settings.py` writes it). Fields
in **bold** are required. You can leave all others empty.

To change the settings of a system or a plan, select the three dots beside it, then *Reconfigure*. To change the
settings of a zone, select the cog beside it.
"""

SYSTEM = {
    "entity": "Unit",
    "infrared": "Unit with an infrared remote",
    "tasmota": "Tasmota",
    "infrared_mqtt": "Codes sent over MQTT",
    "infrared_action": "Codes sent by an action",
    "equipment": "Equipment",
    "energy": "Energy",
}
PLAN = {
    "plan": "Plan",
    "flat": "One price",
    "time_of_use": "Time of use",
    "tiered": "Tiered prices",
    "dynamic": "Dynamic price",
    "critical_peak": "Critical peaks",
    "charges": "Other charges on the bill",
    "billing": "Billing",
}
NEEDED = frozenset(
    {
        ("entity", "unit"),
        ("infrared", "emitter"),
        ("tasmota", "topic"),
        ("tasmota", "vendor"),
        ("infrared_mqtt", "topic"),
        ("infrared_mqtt", "payload"),
        ("infrared_action", "action"),
        ("equipment", "family"),
        ("plan", "plan"),
        ("flat", "price"),
        ("time_of_use", "hours"),
        ("tiered", "tiers_per"),
        ("tiered", "tiers"),
        ("dynamic", "price_entity"),
        ("billing", "billing_day"),
        ("billing", "billing_months"),
    }
)
"""What a step does not go on without."""


def left_empty() -> dict[str, str]:
    """Return what holds where a field of comfort is left empty, in a home in °C."""
    return {
        field: f"{PRESETS[preset][kind == 'cool']:g} °C"
        for field, (kind, preset) in PRESET_FIELDS.items()
    } | {"offset_limit": f"{DEFAULTS.offset_limit:g} K"}


def table(step: str, form: Mapping[str, Any]) -> Iterator[str]:
    """Yield the rows of a form."""
    yield from ("", "| field | |", "|---|---|")
    for key, label in form["data"].items():
        told = form["data_description"][key]
        if step == "comfort":
            told = told.format_map(left_empty())
        name = f"**{label}**" if (step, key) in NEEDED else label
        yield f"| {name} (`{key}`) | {told.replace('|', '/')} |"


def page() -> str:
    """Return the page."""
    texts = json.loads(TRANSLATIONS.read_text())
    steps = texts["config"]["step"]
    lines = [HEAD.rstrip()]
    for title, names in (("A unit", SYSTEM), ("An electricity plan", PLAN)):
        lines += ["", f"## {title}"]
        for step, heading in names.items():
            lines += ["", f"### {heading}", *table(step, steps[step])]
            for section in steps[step].get("sections", {}).values():
                lines += ["", f"Under *{section['name']}*:"]
                lines += table(step, section)
    comfort = texts["config_subentries"]["zone"]["step"]["comfort"]
    lines += [
        "",
        "## A zone",
        "",
        "The unit and the name are as above. The comfort settings are:",
    ]
    lines += table("comfort", comfort)
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page())
