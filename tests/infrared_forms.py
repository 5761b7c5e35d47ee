"""The forms of a unit by infrared: begun, submitted and finished."""

import json
from pathlib import Path
from typing import Any

from homeassistant.config_entries import SOURCE_RECONFIGURE, SOURCE_USER, ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType

from custom_components.klima.const import DOMAIN


class Flow:
    """A flow that is gone through, of a system or of a zone."""

    def __init__(self, manager: Any, result: Any) -> None:
        """Take the first step's result."""
        self._manager = manager
        self.result = result

    @property
    def step(self) -> str:
        """The step that is shown."""
        assert self.result["type"] in (FlowResultType.FORM, FlowResultType.MENU)
        return str(self.result["step_id"])

    @property
    def errors(self) -> dict[str, str]:
        """What is told to be wrong."""
        return self.result["errors"] or {}

    @property
    def suggested(self) -> dict[str, Any]:
        """What the form is prefilled with."""
        return {
            str(key): key.description["suggested_value"]
            for key in self.result["data_schema"].schema
            if key.description and key.description.get("suggested_value") is not None
        }

    def options(self, field: str) -> list[str]:
        """Return what can be chosen in a field."""
        (selector,) = (
            s for k, s in self.result["data_schema"].schema.items() if k == field
        )
        return [
            option["value"] if isinstance(option, dict) else option
            for option in selector.config["options"]
        ]

    async def submit(self, user_input: dict[str, Any] | None = None) -> Flow:
        """Submit a step, as it is prefilled where nothing is given."""
        if user_input is None:
            user_input = self.suggested
        self.result = await self._manager.async_configure(
            self.result["flow_id"], user_input
        )
        return self


async def start(hass: HomeAssistant, **fields: Any) -> Flow:
    """Begin to add a unit by infrared; submit the first form if fields are given."""
    manager = hass.config_entries.flow
    result = await manager.async_init(DOMAIN, context={"source": SOURCE_USER})
    assert "infrared" in result["menu_options"]
    flow = Flow(manager, result)
    await flow.submit({"next_step_id": "infrared"})
    assert flow.step == "infrared"
    if fields:
        await flow.submit(fields)
    return flow


async def start_zone(hass: HomeAssistant, entry: ConfigEntry) -> Flow:
    """Begin to add a zone to a system."""
    manager = hass.config_entries.subentries
    return Flow(
        manager,
        await manager.async_init(
            (entry.entry_id, "zone"), context={"source": SOURCE_USER}
        ),
    )


async def reconfigure(hass: HomeAssistant, entry: ConfigEntry) -> Flow:
    """Begin to change a system."""
    manager = hass.config_entries.flow
    return Flow(
        manager,
        await manager.async_init(
            DOMAIN,
            context={"source": SOURCE_RECONFIGURE, "entry_id": entry.entry_id},
        ),
    )


async def finish(hass: HomeAssistant, flow: Flow) -> Any:
    """Go through the equipment and the energy; return the entry's first zone."""
    assert flow.step == "equipment"
    await flow.submit()
    assert flow.step == "energy"
    await flow.submit()
    assert flow.result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    (zone,) = flow.result["result"].subentries.values()
    return zone


def keep(folder: Path, name: str, data: dict[str, Any]) -> str:
    """Put a code file into the configuration folder."""
    path = folder / "custom_codes/climate" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data))
    return f"custom_codes/climate/{name}"
