"""The dashboard in Home Assistant's sidebar.

What keeps dashboards is Home Assistant's own affair, and may be another in any version:
all that hangs on it is here, and `dashboard.py` does without where it cannot be had.
"""

from typing import Any, Final, override

from homeassistant.components.frontend import (
    async_register_built_in_panel,
    async_remove_panel,
)
from homeassistant.components.lovelace.const import (
    DOMAIN as LOVELACE,
    LOVELACE_DATA,
    MODE_YAML,
)
from homeassistant.components.lovelace.dashboard import LovelaceConfig
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.json import cached_json_fragment, json_fragment

from .const import DOMAIN

PANEL: Final = DOMAIN
ICON: Final = "mdi:heat-pump"
CONFIG: Final = {"strategy": {"type": f"custom:{DOMAIN}"}}


class KlimaDashboard(LovelaceConfig):
    """A dashboard that is made anew from the systems each time that it is opened.

    It can't be edited; who wants to adds one of their own from Home Assistant's
    dialog, which offers the same strategy.
    """

    @property
    @override
    def mode(self) -> str:
        return MODE_YAML

    @override
    async def async_get_info(self) -> dict[str, Any]:
        """Return what system health tells of a dashboard."""
        return {"mode": self.mode, "views": 0}

    @override
    async def async_load(self, force: bool) -> dict[str, Any]:
        return CONFIG

    @override
    async def async_json(self, force: bool) -> json_fragment:
        """Return the strategy as JSON."""
        return cached_json_fragment(CONFIG)


@callback
def async_add(hass: HomeAssistant) -> None:
    """Put the dashboard into the sidebar, unless the user has a page of that name."""
    dashboards = hass.data[LOVELACE_DATA].dashboards
    if PANEL in dashboards:
        return
    try:
        async_register_built_in_panel(
            hass,
            LOVELACE,
            sidebar_title="Klima",
            sidebar_icon=ICON,
            frontend_url_path=PANEL,
            config={"mode": MODE_YAML},
        )
    except ValueError:
        return
    dashboards[PANEL] = KlimaDashboard(
        hass, PANEL, {"title": "Klima", "icon": ICON, "mode": MODE_YAML}
    )


@callback
def async_remove(hass: HomeAssistant) -> None:
    """Take the dashboard out of the sidebar, if it is there."""
    dashboards = hass.data[LOVELACE_DATA].dashboards
    if isinstance(dashboards.get(PANEL), KlimaDashboard):
        del dashboards[PANEL]
        async_remove_panel(hass, PANEL)
