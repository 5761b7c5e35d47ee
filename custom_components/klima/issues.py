"""Repairs that tell something of a whole entry: told while it holds, gone with the entry.

Those of a source, a zone or its unit are told where they are found, with data that names
the entry. All are taken back here.
"""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .const import DOMAIN
from .figures import all_written


@callback
def async_tell(
    hass: HomeAssistant,
    entry: ConfigEntry,
    key: str,
    severity: ir.IssueSeverity = ir.IssueSeverity.WARNING,
    **placeholders: str,
) -> None:
    """Tell an issue of an entry, by its translation key; its title is the `name`."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        f"{key}_{entry.entry_id}",
        is_fixable=False,
        severity=severity,
        translation_key=key,
        translation_placeholders={
            "name": entry.title,
            **all_written(hass, placeholders),
        },
    )


@callback
def async_take_back(hass: HomeAssistant, entry: ConfigEntry, key: str) -> None:
    """Tell an issue of an entry no more, if it was told."""
    ir.async_delete_issue(hass, DOMAIN, f"{key}_{entry.entry_id}")


@callback
def async_take_back_what_is_found(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Take back what is found again at each set-up: of sources, zones and their units."""
    for (domain, issue_id), issue in list(ir.async_get(hass).issues.items()):
        if (
            domain == DOMAIN
            and issue.data is not None
            and issue.data.get("entry_id") == entry.entry_id
        ):
            ir.async_delete_issue(hass, DOMAIN, issue_id)


@callback
def async_take_all_back(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Tell nothing more of an entry that is gone, or disabled: nobody can mend it."""
    async_take_back_what_is_found(hass, entry)
    for domain, issue_id in list(ir.async_get(hass).issues):
        if domain == DOMAIN and issue_id.endswith(f"_{entry.entry_id}"):
            ir.async_delete_issue(hass, DOMAIN, issue_id)
