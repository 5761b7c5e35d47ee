"""The subentry flow of a zone: a further indoor unit of a system."""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigSubentryFlow,
    SubentryFlowContext,
    SubentryFlowResult,
)
from homeassistant.const import CONF_NAME
from homeassistant.helpers.selector import TextSelector
import voluptuous as vol

from ..const import CONF_DRIVER, CONF_UNIT, DriverKind
from .guess import unit_name, unwrapped_units
from .infrared import DRIVER_FIELDS, InfraredSteps, uses_infrared
from .system import UNIT_SELECTOR
from .validate import unit_error, wrapped_units


class ZoneFlow(
    InfraredSteps[SubentryFlowContext, SubentryFlowResult, tuple[str, str]],
    ConfigSubentryFlow,
):
    """Add a zone, or change one."""

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Add a zone; choose how its unit is reached, where there is a choice."""
        if uses_infrared(self.hass, self._get_entry()):
            return self.async_show_menu(
                step_id="user", menu_options=["entity", "infrared"]
            )
        return await self.async_step_entity()

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Change a zone."""
        zone = self._get_reconfigure_subentry()
        if zone.data.get(CONF_DRIVER) == DriverKind.INFRARED:
            return await self.async_step_infrared()
        return await self.async_step_entity()

    @override
    async def async_infrared_done(self) -> SubentryFlowResult:
        """Create or change the zone of a unit that was set up by infrared."""
        if self.source != SOURCE_RECONFIGURE:
            return self.async_create_entry(title=self._zone_name, data=self._zone_data)
        zone = self._get_reconfigure_subentry()
        kept = {k: v for k, v in zone.data.items() if k not in DRIVER_FIELDS}
        return self.async_update_and_abort(
            self._get_entry(),
            zone,
            title=self._zone_name,
            data={**kept, **self._zone_data},
        )

    @override
    def infrared_before(self) -> Mapping[str, Any] | None:
        """Return the zone's data, when it is changed."""
        if self.source != SOURCE_RECONFIGURE:
            return None
        zone = self._get_reconfigure_subentry()
        return {**zone.data, CONF_NAME: zone.title}

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
