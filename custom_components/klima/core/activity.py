"""What an indoor unit, and so the compressor, is doing.

The values are those of Home Assistant's `hvac_action`, so that the edge maps
by value; the core knows them without importing Home Assistant.
"""

from enum import StrEnum


class Activity(StrEnum):
    """What an indoor unit is doing now."""

    OFF = "off"
    IDLE = "idle"
    FAN = "fan"
    PREHEATING = "preheating"
    HEATING = "heating"
    DEFROSTING = "defrosting"
    COOLING = "cooling"
    DRYING = "drying"


HEATING_ACTIVITIES = frozenset(
    {Activity.HEATING, Activity.PREHEATING, Activity.DEFROSTING}
)
COOLING_ACTIVITIES = frozenset({Activity.COOLING, Activity.DRYING})
COMPRESSOR_ACTIVITIES = HEATING_ACTIVITIES | COOLING_ACTIVITIES
