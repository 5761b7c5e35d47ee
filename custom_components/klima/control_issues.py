"""What a zone's control tells of its sources: sensors and schedules that mislead it."""

from collections.abc import Iterable

from homeassistant.core import HomeAssistant, callback

from .issues import ZoneIssues
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
        zone, config = control.zone, control.config
        issues = ZoneIssues(hass, entry_id, zone.subentry_id)
        for each in SENSOR_PROBLEMS:
            key = f"room_sensor_{each}"
            if problem == each:
                issues.async_tell(key, name=zone.name, entity=config.temperature or "")
            else:
                # One of before a restart may be found again: if it was ignored, it stays so.
                issues.async_take_back(key, is_over=False)
        if unknown is None:
            issues.async_take_back("schedule_unknown", is_over=False)
        else:
            issues.async_tell(
                "schedule_unknown",
                name=zone.name,
                entity=config.schedule or "",
                what=unknown,
            )
