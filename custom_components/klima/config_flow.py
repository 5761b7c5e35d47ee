"""The config flow of Klima: what can be added, and how."""

from typing import Any, override

from homeassistant.config_entries import (
    ConfigEntry,
    ConfigFlowResult,
    ConfigSubentryFlow,
)
from homeassistant.core import callback

from .const import CONF_KIND, DOMAIN, SUBENTRY_ZONE, EntryKind
from .flows.plan import PlanSteps
from .flows.system import SystemSteps
from .flows.zone import ZoneFlow


class KlimaConfigFlow(SystemSteps, PlanSteps, domain=DOMAIN):
    """Add a unit or a plan, or reconfigure what was added."""

    VERSION = 1

    @override
    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        return self.async_show_menu(
            step_id="user", menu_options=["entity", "infrared", "plan"]
        )

    @override
    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        if self._get_reconfigure_entry().data.get(CONF_KIND) == EntryKind.PLAN:
            return await self.async_step_plan()
        return await super().async_step_reconfigure(user_input)

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(
        cls, config_entry: ConfigEntry
    ) -> dict[str, type[ConfigSubentryFlow]]:
        if config_entry.data.get(CONF_KIND) == EntryKind.PLAN:
            return {}
        return {SUBENTRY_ZONE: ZoneFlow}
