"""The config flow: every step, every refusal."""

from homeassistant.config_entries import SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType

from custom_components.klima.const import DOMAIN

from .units import FullClimate, async_add_units


async def test_three_submits(hass: HomeAssistant) -> None:
    """Three Submits on what the flow proposes make a working system."""
    await async_add_units(hass, FullClimate())

    result = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USER}
    )
    assert result["type"] is FlowResultType.MENU
    result = await hass.config_entries.flow.async_configure(
        result["flow_id"], {"next_step_id": "entity"}
    )
    assert result["type"] is FlowResultType.FORM
    assert result["step_id"] == "entity"
    result = await hass.config_entries.flow.async_configure(
        result["flow_id"], {"unit": "climate.living_room"}
    )
    assert result["step_id"] == "equipment"
    result = await hass.config_entries.flow.async_configure(
        result["flow_id"], {"family": "mini_split"}
    )
    assert result["step_id"] == "energy"
    result = await hass.config_entries.flow.async_configure(result["flow_id"], {})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "Living room"
    await hass.async_block_till_done()
