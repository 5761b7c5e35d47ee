"""Constants of Klima: the keys that entries, entities and actions are known by."""

from enum import StrEnum
from typing import Final

DOMAIN: Final = "klima"

ATTR_STATE_SOURCE: Final = "state_source"
"""Attribute of a thermostat: where what is known of its unit comes from."""

CONF_ACTION: Final = "action"
CONF_CHECKLIST: Final = "checklist"
CONF_CODE_FILE: Final = "code_file"
CONF_CYCLE: Final = "cycle"
CONF_DRIVER: Final = "driver"
CONF_DUCT_LOSS: Final = "duct_loss"
CONF_EMITTER: Final = "emitter"
CONF_AFUE: Final = "afue"
CONF_ENERGY: Final = "energy"
CONF_EVENT_ENTITY: Final = "event_entity"
CONF_EXPORT: Final = "export"
CONF_FAMILY: Final = "family"
CONF_FIXED_CHARGES: Final = "fixed_charges"
CONF_HOME_ENERGY: Final = "home_energy"
CONF_HOME_EXPORT: Final = "home_export"
CONF_FUEL_PRICE: Final = "fuel_price"
CONF_FUEL_UNIT: Final = "fuel_unit"
CONF_GRID_CO2: Final = "grid_co2"
CONF_GRID_CO2_ENTITY: Final = "grid_co2_entity"
CONF_HOLD_MINUTES: Final = "hold_minutes"
CONF_HUMIDITY: Final = "humidity"
CONF_HEAT_OUTPUT: Final = "heat_output"
CONF_KIND: Final = "kind"
CONF_MANUFACTURER: Final = "manufacturer"
CONF_MINIMUM_OFF: Final = "minimum_off"
CONF_MINIMUM_ON: Final = "minimum_on"
CONF_MODEL: Final = "model"
CONF_MODEL_RATINGS: Final = "model_ratings"
CONF_OFFSET_LIMIT: Final = "offset_limit"
CONF_OUTDOOR_TEMPERATURE: Final = "outdoor_temperature"
CONF_PAYLOAD: Final = "payload"
CONF_PLAN: Final = "plan"
CONF_POWER: Final = "power"
CONF_PRESENCE: Final = "presence"
CONF_PRICE: Final = "price"
CONF_PRICE_ENTITY: Final = "price_entity"
CONF_PRIORITY: Final = "priority"
CONF_PROTOCOL: Final = "protocol"
CONF_RATINGS: Final = "ratings"
CONF_RECEIVER: Final = "receiver"
CONF_TOPIC: Final = "topic"
CONF_REFERENCE: Final = "reference"
CONF_SAVINGS: Final = "savings"
CONF_SCHEDULE: Final = "schedule"
CONF_TEMPERATURE: Final = "temperature"
CONF_THERMAL_ENERGY: Final = "thermal_energy"
CONF_UNIT: Final = "unit"
CONF_WINDOW_DELAY: Final = "window_delay"
CONF_WINDOWS: Final = "windows"
CONF_VENDOR: Final = "vendor"
CONF_VENDOR_MODEL: Final = "vendor_model"
CONF_VERSIONS: Final = "versions"

SUBENTRY_ZONE: Final = "zone"


class EntryKind(StrEnum):
    """What a config entry stands for."""

    SYSTEM = "system"
    PLAN = "plan"


class DriverKind(StrEnum):
    """How a zone's indoor unit is commanded and read."""

    ENTITY = "entity"
    INFRARED = "infrared"
