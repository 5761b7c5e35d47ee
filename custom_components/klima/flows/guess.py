"""What a unit's own device tells, to prefill the flow with."""

from collections.abc import Collection, Iterator
import re
from typing import Any

from homeassistant.components.climate import (
    ATTR_HVAC_MODES,
    ATTR_MAX_TEMP,
    DOMAIN as CLIMATE_DOMAIN,
)
from homeassistant.components.sensor import (
    ATTR_STATE_CLASS,
    DOMAIN as SENSOR_DOMAIN,
    SensorDeviceClass,
    SensorStateClass,
)
from homeassistant.components.water_heater import DOMAIN as WATER_HEATER_DOMAIN
from homeassistant.components.weather import DOMAIN as WEATHER_DOMAIN
from homeassistant.const import ATTR_FRIENDLY_NAME, UnitOfTemperature
from homeassistant.core import HomeAssistant, callback, split_entity_id
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.util.unit_conversion import TemperatureConverter

from ..const import (
    CONF_ENERGY,
    CONF_HEAT_OUTPUT,
    CONF_MANUFACTURER,
    CONF_MODEL,
    CONF_OUTDOOR_TEMPERATURE,
    CONF_PLAN,
    CONF_POWER,
    CONF_THERMAL_ENERGY,
    DOMAIN,
)
from ..core.family import Family, guess_family
from ..sources import finite
from .validate import plans, wrapped_units

THERMOSTATS = frozenset(
    {
        "aprilaire",
        "bryant_evolution",
        "econet",
        "ecobee",
        "honeywell",
        "lyric",
        "nest",
        "nexia",
        "radiotherm",
        "trane",
        "venstar",
    }
)
"""Integrations of wall thermostats, which control ducted systems."""

_OUTDOOR_WORDS = (
    "outdoor",
    "outside",
    "exterior",
    "extérieur",
    "außen",
    "aussen",
    "draußen",
    "esterna",
    "esterno",
)
_THERMAL = re.compile(
    r"(?<!geo)(?<!géo)(thermal|thermique|thermisch)"
    r"|heat[ _](output|meter|amount|quantity|production|produced|delivered|supplied)"
    r"|(produced|delivered)[ _]energy|energy[ _](produced|delivered)"
    # Not the heat of a pompe à chaleur, or of a Wärmepumpe.
    r"|(?<!pompe à )(?<!pompe_a_)chaleur"
    r"|[ée]nergie[ _](produite|fournie|restitu[ée]e)"
    r"|w(ä|a|ae)rme(menge|leistung|energie)|heizleistung"
    r"|(abgegebene|erzeugte)[ _]energie"
    # Nor of a bomba de calor or pompa di calore, which may be aerotérmica or idrotermica.
    r"|(?<!geo)(?<!aero)(?<!idro)t[ée]rmic[ao]"
    r"|calor[ _](producido|generado|entregado|suministrado)"
    r"|(contador|medidor)[ _]de[ _]calor"
    r"|energ[íi]a[ _](producida|generada|entregada)"
    r"|calore[ _](prodotto|fornito|ceduto|erogato)|contatore[ _]di[ _]calore"
    r"|(energia|potenza)[ _](prodotta|fornita|ceduta|erogata|resa)"
)
_OF_A_PART = re.compile(
    r"day|daily|month|year|heat|cool|dhw"
    r"|jour|mois|ann[ée]e|chauff|refroid"
    r"|heute|monat|jahr|heiz|kühl|warmwasser"
    # Neither the month of "gemessen" and "mesurée", nor the year of "manual" and "Hannover".
    r"|hoy|diari|(?<![a-zñ])mes(?![a-zñ])|mensual|año|(?<!m)anual"
    r"|calefac|refriger|enfria|agua[ _]caliente"
    r"|oggi|giorn|(?<![a-z])mese(?![a-z])|mensil|(?<![a-z])anno(?![a-z])|annual"
    r"|riscald|raffresc|raffredd|acqua[ _]calda"
)


@callback
def unit_name(hass: HomeAssistant, entity_id: str) -> str:
    """Return what a unit is called."""
    if (state := hass.states.get(entity_id)) and (
        name := state.attributes.get(ATTR_FRIENDLY_NAME)
    ):
        return str(name)
    entry = er.async_get(hass).async_get(entity_id)
    if entry and (name := entry.name or entry.original_name):
        return name
    return split_entity_id(entity_id)[1].replace("_", " ").capitalize()


@callback
def unwrapped_units(hass: HomeAssistant, beside: Collection[str] = ()) -> list[str]:
    """Return the units that nothing of ours wraps yet, the likeliest first.

    With `beside`, those come first that hang on the same outdoor unit as these, and then
    those of the same account or bridge.
    """
    registry, wrapped = er.async_get(hass), wrapped_units(hass)
    near = {device for unit in beside for device in _devices(hass, unit)}
    accounts = {
        entry.config_entry_id for unit in beside if (entry := registry.async_get(unit))
    }

    def is_far(entity_id: str) -> tuple[bool, bool]:
        entry = registry.async_get(entity_id)
        return (
            near.isdisjoint(_devices(hass, entity_id)),
            entry is None or entry.config_entry_id not in accounts,
        )

    units = [
        entity_id
        for entity_id in (
            *sorted(hass.states.async_entity_ids(CLIMATE_DOMAIN)),
            *sorted(hass.states.async_entity_ids(WATER_HEATER_DOMAIN)),
        )
        if entity_id not in wrapped
        and not ((entry := registry.async_get(entity_id)) and entry.platform == DOMAIN)
    ]
    return sorted(units, key=is_far)


@callback
def guess_equipment(hass: HomeAssistant, entity_id: str) -> dict[str, Any]:
    """Return what the equipment step is prefilled with for a unit."""
    registry = er.async_get(hass)
    entry = registry.async_get(entity_id)
    state = hass.states.get(entity_id)
    device = _device(hass, entry.device_id if entry else None)
    words = [unit_name(hass, entity_id)]
    guess: dict[str, Any] = {}
    if device:
        for field, value in (
            (CONF_MANUFACTURER, device.manufacturer),
            (CONF_MODEL, device.model),
        ):
            if value:
                guess[field] = value
                words.append(value)
    modes = state.attributes.get(ATTR_HVAC_MODES) if state else None
    guess["family"] = guess_family(
        is_tank=split_entity_id(entity_id)[0] == WATER_HEATER_DOMAIN,
        modes=tuple(modes or ()),
        is_thermostat=bool(entry and entry.platform in THERMOSTATS),
        words=" ".join(words),
        hottest=_celsius(hass, state and state.attributes.get(ATTR_MAX_TEMP)),
    )
    if guess["family"] is not Family.HEAT_PUMP_WATER_HEATER:
        guess |= guess_outdoor(hass, entity_id)
    return guess


@callback
def guess_energy(hass: HomeAssistant, entity_id: str) -> dict[str, Any]:
    """Return what the energy step is prefilled with for a unit."""
    guess: dict[str, Any] = {}
    for field, device_class in (
        (CONF_POWER, SensorDeviceClass.POWER),
        (CONF_ENERGY, SensorDeviceClass.ENERGY),
    ):
        candidates = [
            entry
            for entry in _companions(hass, entity_id, device_class)
            if not _is_thermal(entry)
        ]
        if field == CONF_ENERGY:
            # A lifetime counter of the whole is wanted, not a day's or a mode's.
            candidates = [
                entry
                for entry in candidates
                if (state := hass.states.get(entry.entity_id)) is None
                or state.attributes.get(ATTR_STATE_CLASS)
                in (SensorStateClass.TOTAL, SensorStateClass.TOTAL_INCREASING)
            ]
            candidates.sort(key=_is_of_a_part)
        if candidates:
            guess[field] = candidates[0].entity_id
    for field, device_class in (
        (CONF_HEAT_OUTPUT, SensorDeviceClass.POWER),
        (CONF_THERMAL_ENERGY, SensorDeviceClass.ENERGY),
    ):
        found = filter(_is_thermal, _companions(hass, entity_id, device_class))
        # The whole's, not a day's, the tank's or the rooms' alone.
        for entry in sorted(found, key=_is_of_a_part):
            guess.setdefault(field, entry.entity_id)
    return guess | guess_plan(hass)


@callback
def guess_plan(hass: HomeAssistant) -> dict[str, Any]:
    """Return the only plan that there is."""
    known = plans(hass)
    return {CONF_PLAN: known[0]} if len(known) == 1 else {}


def _is_thermal(entry: er.RegistryEntry) -> bool:
    """Return whether a sensor tells the heat that a unit moves, not its electricity."""
    return _THERMAL.search(_words(entry)) is not None


def _is_of_a_part(entry: er.RegistryEntry) -> bool:
    """Return whether a sensor tells a day's, a mode's or a tank's alone."""
    # What says that it is of heat is no mode.
    words = _THERMAL.sub(" ", _words(entry))
    return _OF_A_PART.search(words) is not None


@callback
def guess_outdoor(hass: HomeAssistant, entity_id: str | None) -> dict[str, Any]:
    """Return where the temperature outdoors is read, for a unit that may be no entity."""
    outdoor = None if entity_id is None else _own_outdoor(hass, entity_id)
    outdoor = outdoor or _home_outdoor(hass)
    return {} if outdoor is None else {CONF_OUTDOOR_TEMPERATURE: outdoor}


def _own_outdoor(hass: HomeAssistant, entity_id: str) -> str | None:
    for entry in _companions(hass, entity_id, SensorDeviceClass.TEMPERATURE):
        words = _words(entry)
        # Of a heat pump, the air around is that outdoors; of anything else it may be a room.
        if "ambient" in words or any(word in words for word in _OUTDOOR_WORDS):
            return entry.entity_id
    return None


def _home_outdoor(hass: HomeAssistant) -> str | None:
    for state in sorted(
        hass.states.async_all(SENSOR_DOMAIN), key=lambda state: state.entity_id
    ):
        if state.attributes.get(
            "device_class"
        ) == SensorDeviceClass.TEMPERATURE and any(
            word in f"{state.entity_id} {state.name}".lower() for word in _OUTDOOR_WORDS
        ):
            return state.entity_id
    return min(hass.states.async_entity_ids(WEATHER_DOMAIN), default=None)


def _companions(
    hass: HomeAssistant, entity_id: str, device_class: SensorDeviceClass
) -> Iterator[er.RegistryEntry]:
    """Yield the sensors of a unit's device, then of the device that it hangs on."""
    entities = er.async_get(hass)
    for device_id in _devices(hass, entity_id):
        for companion in er.async_entries_for_device(entities, device_id):
            if (
                companion.domain == SENSOR_DOMAIN
                and companion.platform != DOMAIN
                and (companion.device_class or companion.original_device_class)
                == device_class
            ):
                yield companion


def _devices(hass: HomeAssistant, entity_id: str) -> Iterator[str]:
    """Yield the device of a unit, and those that it hangs on."""
    entry = er.async_get(hass).async_get(entity_id)
    device_id = entry.device_id if entry else None
    while device_id:
        yield device_id
        device = _device(hass, device_id)
        device_id = device.via_device_id if device else None


def _device(hass: HomeAssistant, device_id: str | None) -> dr.DeviceEntry | None:
    """Return a device; a part of a device stands for the whole."""
    if device_id is None:
        return None
    devices = dr.async_get(hass)
    device = devices.async_get(device_id)
    if isinstance(device, dr.ChildDeviceEntry):
        device = devices.async_get(device.parent_device_id)
    return device if isinstance(device, dr.DeviceEntry) else None


def _celsius(hass: HomeAssistant, shown: Any) -> float | None:
    """Return a temperature of a unit's state in °C."""
    value, degrees = finite(shown), hass.config.units.temperature_unit
    if value is None:
        return None
    return TemperatureConverter.convert(value, degrees, UnitOfTemperature.CELSIUS)


def _words(entry: er.RegistryEntry) -> str:
    return f"{entry.entity_id} {entry.name or entry.original_name or ''}".lower()
