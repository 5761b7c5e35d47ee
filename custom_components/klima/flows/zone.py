"""The subentry flow of a zone: its indoor unit, and what keeps it comfortable."""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigSubentry,
    ConfigSubentryFlow,
    SubentryFlowContext,
    SubentryFlowResult,
)
from homeassistant.const import CONF_NAME

from ..comfort import COMFORT_FIELDS
from ..const import CONF_DRIVER, CONF_UNIT, SUBENTRY_ZONE, DriverKind
from .comfort import (
    comfort_data,
    comfort_errors,
    comfort_placeholders,
    comfort_schema,
    suggested_comfort,
)
from .guess import unwrapped_units
from .infrared import DRIVER_FIELDS, InfraredSteps, uses_infrared
from .unit import abort_if_wrapped, chosen_name, unit_errors, unit_schema


class ZoneFlow(
    InfraredSteps[SubentryFlowContext, SubentryFlowResult, tuple[str, str]],
    ConfigSubentryFlow,
):
    """Add a zone, or change one."""

    _name: str
    _data: dict[str, Any]

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

    @property
    def _zone(self) -> ConfigSubentry | None:
        """The zone that is changed, None for a new one."""
        if self.source != SOURCE_RECONFIGURE:
            return None
        return self._get_reconfigure_subentry()

    @override
    async def async_infrared_done(self) -> SubentryFlowResult:
        """Go on with the comfort of a unit that was set up by infrared."""
        self._name = self._zone_name
        zone = self._zone
        kept = {} if zone is None else zone.data
        self._data = {
            k: v
            for k, v in kept.items()
            if k not in DRIVER_FIELDS and k not in COMFORT_FIELDS
        } | dict(self._zone_data)
        return await self.async_step_comfort()

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
        zone = self._zone
        if user_input is not None:
            unit: str = user_input[CONF_UNIT]
            abort_if_wrapped(self.hass, unit, zone)
            errors = unit_errors(self.hass, user_input)
            if not errors:
                self._name = chosen_name(self.hass, user_input)
                self._data = {CONF_DRIVER: DriverKind.ENTITY, CONF_UNIT: unit}
                if unit.startswith("water_heater."):
                    # A tank has no room to keep comfortable.
                    return self._finish({})
                return await self.async_step_comfort()

        suggested = user_input
        if suggested is None and zone is not None:
            suggested = {CONF_UNIT: zone.data[CONF_UNIT], CONF_NAME: zone.title}
        elif suggested is None and (
            units := unwrapped_units(self.hass, beside=self._units_of_system())
        ):
            suggested = {CONF_UNIT: units[0]}
        return self._show("entity", unit_schema(self.hass, zone), suggested, errors)

    async def async_step_comfort(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for what keeps the zone comfortable; all of it may be left out."""
        errors: dict[str, str] = {}
        placeholders = {"name": self._name, **comfort_placeholders(self.hass)}
        if user_input is not None:
            errors = comfort_errors(
                self.hass, self._data.get(CONF_UNIT), user_input, placeholders
            )
            if not errors:
                return self._finish(comfort_data(self.hass, user_input))
        zone = self._zone
        return self.async_show_form(
            step_id="comfort",
            data_schema=self.add_suggested_values_to_schema(
                comfort_schema(self.hass),
                user_input
                or suggested_comfort(self.hass, {} if zone is None else zone.data),
            ),
            errors=errors,
            description_placeholders=placeholders,
            last_step=True,
        )

    def _units_of_system(self) -> list[str]:
        zones = self._get_entry().get_subentries_of_type(SUBENTRY_ZONE)
        return [zone.data[CONF_UNIT] for zone in zones if CONF_UNIT in zone.data]

    def _finish(self, comfort: dict[str, Any]) -> SubentryFlowResult:
        data = {**self._data, **comfort}
        zone = self._zone
        if (unit := data.get(CONF_UNIT)) is not None:
            # Another flow may have, while this one was filled in.
            abort_if_wrapped(self.hass, unit, zone)
        if zone is None:
            return self.async_create_entry(title=self._name, data=data)
        return self.async_update_and_abort(
            self._get_entry(), zone, title=self._name, data=data
        )
