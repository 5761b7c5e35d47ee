"""What a zone's control tells of its sources: sensors and schedules that mislead it."""

from collections.abc import Iterable

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .const import DOMAIN
from .zone_control import ZoneControl

SENSOR_PROBLEMS = ("lost", "stuck", "disagrees")


@callback
def async_tell_problems(
    hass: HomeAssistant, entry_id: str, zones: Iterable[ZoneControl]
) -> None:
    """Tell what misleads the zones, and take back what does no longer."""
    for control in zones:
        problem = control.senses.sensor.problem if control.active else None
        schedule = control.schedule if control.active else None
        unknown = None if schedule is None else schedule.unknown
        if control.told == (problem, unknown):
            continue
        control.told = problem, unknown
        zone = control.zone
        for each in SENSOR_PROBLEMS:
            _tell(
                hass,
                entry_id,
                zone.subentry_id,
                f"room_sensor_{each}",
                told=problem == each,
                name=zone.name,
                entity=control.config.temperature or "",
            )
        _tell(
            hass,
            entry_id,
            zone.subentry_id,
            "schedule_unknown",
            told=unknown is not None,
            name=zone.name,
            entity=control.config.schedule or "",
            what=unknown or "",
        )


def _tell(
    hass: HomeAssistant,
    entry_id: str,
    subentry_id: str,
    key: str,
    *,
    told: bool,
    **placeholders: str,
) -> None:
    issue_id = f"{key}_{subentry_id}"
    if told:
        ir.async_create_issue(
            hass,
            DOMAIN,
            issue_id,
            data={"entry_id": entry_id, "subentry_id": subentry_id},
            is_fixable=False,
            severity=ir.IssueSeverity.WARNING,
            translation_key=key,
            translation_placeholders=placeholders,
        )
        return
    issue = ir.async_get(hass).async_get_issue(DOMAIN, issue_id)
    if issue is not None and issue.active:
        # One of before a restart may be found again: if it was ignored, it stays so.
        ir.async_delete_issue(hass, DOMAIN, issue_id)
