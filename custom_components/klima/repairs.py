"""The repair of a source that is gone: choose the entity that took its place."""

from typing import Any

from homeassistant.components import infrared
from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import EntitySelector, EntitySelectorConfig
import voluptuous as vol

from .const import CONF_EMITTER, CONF_RECEIVER, CONF_UNIT
from .flows.comfort import COMFORT_SELECTORS, comfort_source_error
from .flows.infrared.transport import RECEIVER_SELECTOR
from .flows.selectors import of_others
from .flows.sources import SOURCE_SELECTORS
from .flows.unit import unit_selector
from .flows.validate import source_error, unit_error, wrapped_units
from .source_watch import Source, async_replace_source, sources

_SELECTORS = {
    **SOURCE_SELECTORS,
    **{
        field: EntitySelector({**selector.config, "multiple": False})
        for field, selector in COMFORT_SELECTORS.items()
    },
    CONF_EMITTER: EntitySelector(
        EntitySelectorConfig(
            filter=[
                {
                    "domain": infrared.DOMAIN,
                    "device_class": infrared.InfraredDeviceClass.EMITTER,
                },
                {"domain": "remote"},
            ]
        )
    ),
    CONF_RECEIVER: RECEIVER_SELECTOR,
}
"""What may take the place of the entity of each field."""

CONF_REPLACEMENT = "replacement"


class ReplaceSourceFlow(RepairsFlow):
    """Ask for the entity to read in place of the one that is gone."""

    def __init__(
        self,
        entry_id: str,
        subentry_id: str | None,
        field: str,
        entity_id: str | None,
    ) -> None:
        """Remember whose source it is; its entity id where a field names several."""
        self._entry_id = entry_id
        self._subentry_id = subentry_id
        self._field = field
        self._entity_id = entity_id

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Start with the question."""
        return await self.async_step_replace()

    async def async_step_replace(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Take a replacement and read from it from now on."""
        entry = self.hass.config_entries.async_get_entry(self._entry_id)
        source = None
        if entry is not None:
            wanted = (self._subentry_id, self._field)
            for found in sources(entry):
                if (found.subentry_id, found.field) == wanted and (
                    self._entity_id is None or found.entity_id == self._entity_id
                ):
                    source = found
        if entry is None or source is None:
            return self.async_abort(reason="already_fixed")
        errors: dict[str, str] = {}
        if user_input is not None:
            replacement: str = user_input[CONF_REPLACEMENT]
            if error := self._error(source, replacement):
                errors[CONF_REPLACEMENT] = error
            else:
                async_replace_source(self.hass, entry, source, replacement)
                return self.async_create_entry(data={})
        selector = (
            unit_selector(self.hass, source.subentry_id)
            if source.field == CONF_UNIT
            else of_others(self.hass, _SELECTORS[source.field])
        )
        return self.async_show_form(
            step_id="replace",
            data_schema=self.add_suggested_values_to_schema(
                vol.Schema({vol.Required(CONF_REPLACEMENT): selector}), user_input
            ),
            errors=errors,
            description_placeholders={
                "name": source.title,
                "entity": source.entity_id,
            },
        )

    def _error(self, source: Source, replacement: str) -> str | None:
        if source.field in (CONF_EMITTER, CONF_RECEIVER):
            there = self.hass.states.get(replacement) is not None
            return None if there else "entity_not_found"
        if source.field in COMFORT_SELECTORS:
            return comfort_source_error(self.hass, source.field, replacement)
        if source.field != CONF_UNIT:
            return source_error(self.hass, source.field, replacement)
        if replacement in wrapped_units(self.hass, but_not=source.subentry_id):
            return "already_wrapped"
        return unit_error(self.hass, replacement)


async def async_create_fix_flow(
    hass: HomeAssistant,
    issue_id: str,
    data: dict[str, str | int | float | None] | None,
) -> RepairsFlow:
    """Return the flow that mends an issue."""
    assert data is not None
    subentry_id, entity_id = data["subentry_id"], data.get("entity_id")
    return ReplaceSourceFlow(
        str(data["entry_id"]),
        None if subentry_id is None else str(subentry_id),
        str(data["field"]),
        None if entity_id is None else str(entity_id),
    )
