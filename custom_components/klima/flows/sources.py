"""What may be chosen for each field that names a source entity."""

from homeassistant.components.sensor import DOMAIN as SENSOR_DOMAIN, SensorDeviceClass
from homeassistant.components.weather import DOMAIN as WEATHER_DOMAIN
from homeassistant.helpers.selector import EntitySelector, EntitySelectorConfig

from ..const import (
    CONF_ENERGY,
    CONF_EVENT_ENTITY,
    CONF_GRID_CO2_ENTITY,
    CONF_HEAT_OUTPUT,
    CONF_HOME_ENERGY,
    CONF_HOME_EXPORT,
    CONF_OUTDOOR_TEMPERATURE,
    CONF_POWER,
    CONF_PRICE_ENTITY,
    CONF_THERMAL_ENERGY,
)

_COUNTER = EntitySelector(
    EntitySelectorConfig(domain=SENSOR_DOMAIN, device_class=SensorDeviceClass.ENERGY)
)

SOURCE_SELECTORS = {
    CONF_OUTDOOR_TEMPERATURE: EntitySelector(
        EntitySelectorConfig(
            filter=[
                {
                    "domain": SENSOR_DOMAIN,
                    "device_class": SensorDeviceClass.TEMPERATURE,
                },
                {"domain": WEATHER_DOMAIN},
            ]
        )
    ),
    CONF_POWER: EntitySelector(
        EntitySelectorConfig(domain=SENSOR_DOMAIN, device_class=SensorDeviceClass.POWER)
    ),
    CONF_ENERGY: _COUNTER,
    CONF_HOME_ENERGY: _COUNTER,
    CONF_HOME_EXPORT: _COUNTER,
    CONF_EVENT_ENTITY: EntitySelector(
        EntitySelectorConfig(
            domain=["binary_sensor", "calendar", "input_boolean", "schedule"]
        )
    ),
    CONF_HEAT_OUTPUT: EntitySelector(
        EntitySelectorConfig(domain=SENSOR_DOMAIN, device_class=SensorDeviceClass.POWER)
    ),
    CONF_THERMAL_ENERGY: _COUNTER,
    CONF_GRID_CO2_ENTITY: EntitySelector(EntitySelectorConfig(domain=SENSOR_DOMAIN)),
    CONF_PRICE_ENTITY: EntitySelector(
        EntitySelectorConfig(domain=[SENSOR_DOMAIN, "input_number", "number"])
    ),
}
"""What may be chosen for each field that names a source entity."""
