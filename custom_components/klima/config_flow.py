"""The config flow of Klima: what can be added, and how."""

from typing import Any, override

from homeassistant.config_entries import (
    ConfigEntry,
    ConfigFlowResult,
    ConfigSubentryFlow,
)
from homeassistant.core import callback

from .const import DOMAIN, SUBENTRY_ZONE
from .flows.system import SystemSteps
from .flows.zone import ZoneFlow


class KlimaConfigFlow(SystemSteps, domain=DOMAIN):
    """Add a unit, or reconfigure what was added."""

    VERSION = 1

    @override
    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Choose what to add."""
        return self.async_show_menu(step_id="user", menu_options=["entity", "infrared"])

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(
        cls, config_entry: ConfigEntry
    ) -> dict[str, type[ConfigSubentryFlow]]:
        """Return the subentries that an entry can have."""
        return {SUBENTRY_ZONE: ZoneFlow}
