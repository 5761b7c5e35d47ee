"""Repairs that tell something of an entry, or of a zone: told while it holds, gone with it.

Those of a source are told where they are found, with data that names the entry. All are
taken back here.
"""

from collections.abc import Iterator
from dataclasses import dataclass

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
def async_take_back(
    hass: HomeAssistant, entry: ConfigEntry, key: str, *, is_over: bool = True
) -> None:
    """Tell an issue of an entry no more, if it was told.

    One of before a restart may be found again, unless it `is_over`: if it was ignored,
    it stays so.
    """
    _take_back(hass, f"{key}_{entry.entry_id}", is_over=is_over)


def _take_back(hass: HomeAssistant, issue_id: str, *, is_over: bool) -> None:
    issue = ir.async_get(hass).async_get_issue(DOMAIN, issue_id)
    if issue is not None and (issue.active or is_over):
        ir.async_delete_issue(hass, DOMAIN, issue_id)


@dataclass(frozen=True, slots=True)
class ZoneIssues:
    """Tells what is wrong in a zone, or with its unit, and takes it back."""

    hass: HomeAssistant
    entry_id: str
    subentry_id: str

    @callback
    def async_tell(
        self,
        key: str,
        severity: ir.IssueSeverity = ir.IssueSeverity.WARNING,
        *,
        translation_key: str | None = None,
        **placeholders: str,
    ) -> None:
        """Tell an issue, by its translation key or by another where it has several texts."""
        ir.async_create_issue(
            self.hass,
            DOMAIN,
            f"{key}_{self.subentry_id}",
            data={"entry_id": self.entry_id, "subentry_id": self.subentry_id},
            is_fixable=False,
            severity=severity,
            translation_key=translation_key or key,
            translation_placeholders=placeholders,
        )

    @callback
    def async_take_back(self, key: str, *, is_over: bool = True) -> None:
        """Tell an issue no more; `is_over` as of `async_take_back`."""
        _take_back(self.hass, f"{key}_{self.subentry_id}", is_over=is_over)


@callback
def async_take_back_what_is_found(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Take back what is found again at each set-up: of sources, zones and their units.

    What was ignored is not seen: it stays, and so stays ignored if it is found again.
    """
    for issue_id, issue in _found(hass, entry):
        zone_id = (issue.data or {}).get("subentry_id")
        is_gone = zone_id is not None and zone_id not in entry.subentries
        if issue.dismissed_version is None or is_gone:
            ir.async_delete_issue(hass, DOMAIN, issue_id)


def _found(
    hass: HomeAssistant, entry: ConfigEntry
) -> Iterator[tuple[str, ir.IssueEntry]]:
    """Yield the issues whose data names an entry."""
    for (domain, issue_id), issue in list(ir.async_get(hass).issues.items()):
        if (
            domain == DOMAIN
            and issue.data is not None
            and issue.data.get("entry_id") == entry.entry_id
        ):
            yield issue_id, issue


@callback
def async_take_all_back(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Tell nothing more of an entry that is gone, or disabled: nobody can mend it."""
    for issue_id, _ in _found(hass, entry):
        ir.async_delete_issue(hass, DOMAIN, issue_id)
    for domain, issue_id in list(ir.async_get(hass).issues):
        if domain == DOMAIN and issue_id.endswith(f"_{entry.entry_id}"):
            ir.async_delete_issue(hass, DOMAIN, issue_id)
