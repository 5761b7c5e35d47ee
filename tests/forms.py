"""The forms of the flows: begun, read and submitted."""

from typing import Any

from homeassistant.config_entries import SOURCE_USER, ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import config_validation as cv
import probatio

from custom_components.klima.const import DOMAIN


async def start(hass: HomeAssistant) -> ConfigFlowResult:
    """Begin to add a unit that Home Assistant controls."""
    result = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USER}
    )
    assert result["type"] is FlowResultType.MENU
    assert result["step_id"] == "user"
    assert "entity" in result["menu_options"]
    return await hass.config_entries.flow.async_configure(
        result["flow_id"], {"next_step_id": "entity"}
    )


async def submit(
    hass: HomeAssistant, result: ConfigFlowResult, user_input: dict[str, Any]
) -> ConfigFlowResult:
    """Submit a step."""
    result = await hass.config_entries.flow.async_configure(
        result["flow_id"], user_input
    )
    await hass.async_block_till_done()
    return result


def suggested(result: ConfigFlowResult) -> dict[str, Any]:
    """Return what a form is prefilled with, as the frontend would submit it."""
    schema = result["data_schema"]
    assert schema is not None
    return {
        str(key): key.description["suggested_value"]
        for key in schema.schema
        if key.description and "suggested_value" in key.description
    }


def shown(result: ConfigFlowResult) -> dict[str, Any]:
    """Return what the frontend shows in a form at first, those of its sections included.

    It is also what it submits where nothing is changed. By its `computeInitialHaFormData`:
    what is suggested for a field wins, then its default, and only then what is in it.
    """
    return _shown(
        probatio.to_field_list(
            result["data_schema"], custom_serializer=cv.custom_serializer
        )
    )


def not_offered(result: ConfigFlowResult, field: str) -> set[str]:
    """Return the entities that a field's list leaves out, as the frontend is told."""
    schema = probatio.to_field_list(
        result["data_schema"], custom_serializer=cv.custom_serializer
    )
    (choice,) = (asked["selector"] for asked in schema if asked["name"] == field)
    return set(choice["entity"]["exclude_entities"])


def ratings_asked(result: ConfigFlowResult) -> set[str]:
    """Return the ratings that the step `equipment` asks for."""
    schema = probatio.to_field_list(
        result["data_schema"], custom_serializer=cv.custom_serializer
    )
    (section,) = (asked["schema"] for asked in schema if asked["name"] == "ratings")
    return {rating["name"] for rating in section}


def _shown(fields: list[dict[str, Any]]) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for field in fields:
        value = (field.get("description") or {}).get("suggested_value")
        if value is not None:
            data[field["name"]] = value
        elif "default" in field:
            data[field["name"]] = field["default"]
        elif field.get("type") == "expandable":
            inside = _shown(field["schema"])
            if field.get("required") or inside:
                data[field["name"]] = inside
    return data
