"""The dashboard: its modules are served and loaded, and it is in the sidebar.

What is served is what is in `frontend/`: plain modules, without a build. Their
address has a hash of them all in its path, so that a browser may keep them for
good and still loads new ones at once.
"""

from hashlib import sha256
import logging
from pathlib import Path
from typing import Final

from homeassistant.components.frontend import (
    DOMAIN as FRONTEND,
    add_extra_js_url,
    remove_extra_js_url,
)
from homeassistant.components.http import StaticPathConfig
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.importlib import async_import_module
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN

_LOGGER = logging.getLogger(__name__)

FOLDER: Final = Path(__file__).parent / "frontend"

_MODULE: HassKey[str] = HassKey(f"{DOMAIN}_module")
_SHOWN: HassKey[str] = HassKey(f"{DOMAIN}_shown")


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


async def async_show_dashboard(hass: HomeAssistant) -> None:
    """Load the modules in every page, and put the dashboard into the sidebar, once."""
    module = hass.data.get(_MODULE)
    if module is None or _SHOWN in hass.data:
        return
    hass.data[_SHOWN] = module
    add_extra_js_url(hass, module)
    await _async_panel(hass, "async_add")


def reload_hint(hass: HomeAssistant) -> str | None:
    """Return the key of what a flow says at its end of the dashboard's first time, if it is.

    Home Assistant (2026.10) tells a page of modules only as it is loaded, and of a new
    dashboard at once: opened without the modules, it is an error.
    """
    return None if _SHOWN in hass.data else "needs_reload"


async def async_hide_dashboard(hass: HomeAssistant, without: ConfigEntry) -> None:
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
    await _async_panel(hass, "async_remove")


async def _async_panel(hass: HomeAssistant, what: str) -> None:
    """Do something with the sidebar; all else works where that cannot be done."""
    try:
        panel = await async_import_module(hass, f"{__package__}.panel")
        getattr(panel, what)(hass)
    except Exception:
        _LOGGER.exception(
            "This version of Home Assistant keeps dashboards in a way that Klima does not "
            "know. Klima works, but its dashboard is not in the sidebar: add one with the "
            "strategy custom:%s",
            DOMAIN,
        )


def _version() -> str:
    """Return what changes with any of the modules, and only then."""
    digest = sha256()
    for file in sorted(FOLDER.rglob("*")):
        if file.is_file():
            digest.update(file.relative_to(FOLDER).as_posix().encode() + b"\0")
            digest.update(file.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
