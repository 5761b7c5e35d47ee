"""The dashboard: its modules are served and loaded, and it is in the sidebar.

What is served is what is in `frontend/`: plain modules, without a build. Their
address has a hash of them all in its path, so that a browser may keep them for
good and still loads new ones at once.
"""

from hashlib import sha256
from pathlib import Path
from typing import Any, Final, override

from homeassistant.components.frontend import (
    DOMAIN as FRONTEND,
    add_extra_js_url,
    async_register_built_in_panel,
    async_remove_panel,
    remove_extra_js_url,
)
from homeassistant.components.http import StaticPathConfig
from homeassistant.components.lovelace.const import (
    DOMAIN as LOVELACE,
    LOVELACE_DATA,
    MODE_YAML,
)
from homeassistant.components.lovelace.dashboard import LovelaceConfig
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.json import cached_json_fragment, json_fragment
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN

FOLDER: Final = Path(__file__).parent / "frontend"
PANEL: Final = DOMAIN
ICON: Final = "mdi:heat-pump"
CONFIG: Final = {"strategy": {"type": f"custom:{DOMAIN}"}}

_MODULE: HassKey[str] = HassKey(f"{DOMAIN}_module")
_SHOWN: HassKey[str] = HassKey(f"{DOMAIN}_shown")


class KlimaDashboard(LovelaceConfig):
    """A dashboard that is made anew from the systems each time that it is opened.

    It can't be edited; who wants to adds one of their own from Home Assistant's
    dialog, which offers the same strategy.
    """

    @property
    @override
    def mode(self) -> str:
        """Return the mode of dashboards that are not edited in the frontend."""
        return MODE_YAML

    @override
    async def async_get_info(self) -> dict[str, Any]:
        """Return what system health tells of a dashboard."""
        return {"mode": self.mode, "views": 0}

    @override
    async def async_load(self, force: bool) -> dict[str, Any]:
        """Return the strategy: the frontend makes the views."""
        return CONFIG

    @override
    async def async_json(self, force: bool) -> json_fragment:
        """Return the strategy as JSON."""
        return cached_json_fragment(CONFIG)


async def async_serve_dashboard(hass: HomeAssistant) -> None:
    """Serve the modules, where this Home Assistant has a frontend.

    What is served stays so until the next start: the server forgets no path.
    """
    if FRONTEND not in hass.config.components:
        return
    version = await hass.async_add_executor_job(_version)
    path = f"/{DOMAIN}_frontend/{version}"
    await hass.http.async_register_static_paths(
        [StaticPathConfig(path, str(FOLDER), cache_headers=True)]
    )
    hass.data[_MODULE] = f"{path}/{DOMAIN}.js"


@callback
def async_show_dashboard(hass: HomeAssistant) -> None:
    """Load the modules in every page, and put the dashboard into the sidebar, once."""
    module = hass.data.get(_MODULE)
    if module is None or _SHOWN in hass.data:
        return
    hass.data[_SHOWN] = module
    add_extra_js_url(hass, module)
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
        # The user has a page of that name: theirs stays.
        return
    dashboards[PANEL] = KlimaDashboard(
        hass, PANEL, {"title": "Klima", "icon": ICON, "mode": MODE_YAML}
    )


@callback
def async_hide_dashboard(hass: HomeAssistant, without: ConfigEntry) -> None:
    """Take all of it back once no entry is in use but the one that is leaving."""
    if any(
        entry.entry_id != without.entry_id
        for entry in hass.config_entries.async_entries(
            DOMAIN, include_ignore=False, include_disabled=False
        )
    ):
        return
    if (module := hass.data.pop(_SHOWN, None)) is None:
        return
    remove_extra_js_url(hass, module)
    dashboards = hass.data[LOVELACE_DATA].dashboards
    if isinstance(dashboards.get(PANEL), KlimaDashboard):
        del dashboards[PANEL]
        async_remove_panel(hass, PANEL)


def _version() -> str:
    """Return what changes with any of the modules, and only then."""
    digest = sha256()
    for file in sorted(FOLDER.rglob("*")):
        if file.is_file():
            digest.update(file.relative_to(FOLDER).as_posix().encode() + b"\0")
            digest.update(file.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
