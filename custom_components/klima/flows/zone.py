"""The subentry flow of a zone: a further indoor unit of a system."""

from typing import Any

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.const import CONF_NAME
from homeassistant.helpers.selector import TextSelector
import voluptuous as vol

from ..const import CONF_DRIVER, CONF_UNIT, DriverKind
from .guess import unit_name, unwrapped_units
from .system import UNIT_SELECTOR
from .validate import unit_error, wrapped_units


class ZoneFlow(ConfigSubentryFlow):
    """Add a zone, or change one."""

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Add a zone."""
        return await self.async_step_entity()

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Change a zone."""
        return await self.async_step_entity()

    async def async_step_entity(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Choose the indoor unit that Home Assistant already controls."""
        errors: dict[str, str] = {}
        zone = (
            self._get_reconfigure_subentry()
            if self.source == SOURCE_RECONFIGURE
            else None
        )
        wrapped = wrapped_units(
            self.hass, but_not=zone.subentry_id if zone is not None else None
        )
        if user_input is not None:
            unit: str = user_input[CONF_UNIT]
            if other := wrapped.get(unit):
                return self.async_abort(
                    reason="already_configured",
                    description_placeholders={"unit": unit, "system": other.title},
                )
            if error := unit_error(self.hass, unit):
                errors[CONF_UNIT] = error
            else:
                name = user_input.get(CONF_NAME, "").strip() or unit_name(
                    self.hass, unit
                )
                data = {CONF_DRIVER: DriverKind.ENTITY, CONF_UNIT: unit}
                if zone is None:
                    return self.async_create_entry(title=name, data=data)
                return self.async_update_and_abort(
                    self._get_entry(),
                    zone,
                    title=name,
                    data={**zone.data, **data},
                )

        suggested = user_input
        if suggested is None and zone is not None:
            suggested = {CONF_UNIT: zone.data[CONF_UNIT], CONF_NAME: zone.title}
        elif suggested is None and (units := unwrapped_units(self.hass, set(wrapped))):
            suggested = {CONF_UNIT: units[0]}
        return self.async_show_form(
            step_id="entity",
            data_schema=self.add_suggested_values_to_schema(
                vol.Schema(
                    {
                        vol.Required(CONF_UNIT): UNIT_SELECTOR,
                        vol.Optional(CONF_NAME): TextSelector(),
                    }
                ),
                suggested,
            ),
            errors=errors,
        )
