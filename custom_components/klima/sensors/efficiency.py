"""How well a system does: its heat, its COP, what it saves, what it qualifies for."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any, override

from homeassistant.components.sensor import SensorDeviceClass, SensorStateClass
from homeassistant.const import EntityCategory, UnitOfEnergy, UnitOfPower
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..core.family import Family
from ..core.outdoor import OutdoorBasis
from ..core.provenance import Provenance
from ..core.ratings import Ratings
from ..core.rebates import Programme, Verdict, counted, judge_all
from ..core.savings import Reference
from ..own_entities import async_enable
from ..system import KlimaConfigEntry, System
from . import (
    ENERGY_SHOWN,
    KlimaSensorDescription,
    SystemSensor,
    marked,
    money_shown,
    rounded,
)

# One for all systems alike: they are asked for each minute, and seldom others.


@lru_cache
def _seasonal_cop(told: Provenance, since: datetime) -> Mapping[str, Any]:
    return {
        "basis": told.cop_basis,
        "uncertainty": told.cop_uncertainty,
        "since": since,
    }


@lru_cache
def _expected_cop(
    told: Provenance, basis: str, outdoor: OutdoorBasis | None
) -> Mapping[str, Any]:
    return {
        "cop_basis": basis,
        "outdoor_basis": outdoor and outdoor.value,
        "uncertainty": told.expected_uncertainty,
    }


EFFICIENCY: tuple[KlimaSensorDescription, ...] = (
    KlimaSensorDescription(
        key="heat_output",
        device_class=SensorDeviceClass.POWER,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfPower.WATT,
        suggested_display_precision=0,
        deadband=0.01,
        value=lambda system: rounded(system.efficiency.heat.output, 0),
        available=lambda system: system.efficiency.heat.output is not None,
        attributes=marked(
            lambda told: (told.heat_output_basis, told.heat_output_uncertainty)
        ),
    ),
    KlimaSensorDescription(
        key="thermal_energy",
        device_class=SensorDeviceClass.ENERGY,
        state_class=SensorStateClass.TOTAL,
        native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=2,
        shown=ENERGY_SHOWN,
        value=lambda system: round(system.efficiency.heat.lifetime.heat, 4),
        attributes=marked(lambda told: (told.heat_basis, told.heat_uncertainty)),
    ),
    KlimaSensorDescription(
        key="cop",
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=2,
        deadband=0.01,
        value=lambda system: rounded(system.efficiency.heat.cop, 2),
        attributes=marked(lambda told: (told.cop_basis, told.cop_uncertainty)),
    ),
    KlimaSensorDescription(
        key="seasonal_cop",
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=2,
        deadband=0.01,
        value=lambda system: rounded(system.efficiency.heat.seasonal_cop, 2),
        attributes=lambda system: _seasonal_cop(
            system.efficiency.provenance, system.efficiency.season_start
        ),
    ),
    KlimaSensorDescription(
        key="expected_cop",
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=2,
        deadband=0.01,
        value=lambda system: rounded(system.efficiency.heat.expected_cop, 2),
        attributes=lambda system: _expected_cop(
            system.efficiency.provenance,
            system.performance.cop_basis,
            system.outdoor.basis,
        ),
    ),
)
"""The sensors of a system's efficiency."""

SAVINGS = KlimaSensorDescription(
    key="savings",
    device_class=SensorDeviceClass.MONETARY,
    state_class=SensorStateClass.TOTAL,
    value=lambda system: rounded(system.efficiency.savings.saved_cost, 2),
    last_reset_at=lambda system: system.efficiency.period_start,
    attributes=lambda system: {
        "reference": system.config.savings.reference.value,
        "basis": system.efficiency.provenance.heat_basis,
        "saved_energy": round(system.efficiency.savings.saved_kwh, 1),
        "saved_co2": rounded(system.efficiency.savings.saved_co2, 1),
    },
)
"""What a system saves, in the home's currency."""


@lru_cache
def _met_on(
    day: date,
    programmes: tuple[Programme, ...],
    family: Family,
    ratings: Ratings,
    country: str | None,
) -> list[Verdict]:
    return counted(judge_all(programmes, family, ratings, country), day)


def _met(system: System) -> list[Verdict]:
    """Return the programmes that a system meets, and that are open as far as is known."""
    config, today = system.config, dt_util.now().date()
    return _met_on(
        today, system.programmes, config.family, config.ratings, system.country
    )


def _number_met(system: System) -> int | None:
    """Return how many programmes a system meets; None where none is known of its country."""
    country = system.country
    if country is not None and all(
        programme.country != country for programme in system.programmes
    ):
        return None
    return len(_met(system))


def _programmes(system: System) -> Mapping[str, Any]:
    today = dt_util.now().date()
    met = _met(system)
    return {
        "met": [verdict.programme.name for verdict in met],
        "old_status": [
            verdict.programme.name for verdict in met if verdict.programme.is_old(today)
        ],
        "country": system.country,
    }


class ProgrammesSensor(SystemSensor):
    """How many programmes a system meets: it changes with the day, not the minute."""

    _seen: date | None = None

    @override
    def _update(self) -> bool:
        today = dt_util.now().date()
        if today == self._seen:
            return False
        self._seen = today
        return super()._update()


PROGRAMMES = KlimaSensorDescription(
    key="programmes",
    entity_category=EntityCategory.DIAGNOSTIC,
    value=_number_met,
    attributes=_programmes,
)
"""How many programmes a system's figures meet."""


@cache
def _savings_in(currency: str, *, enabled: bool) -> KlimaSensorDescription:
    return replace(
        SAVINGS,
        entity_registry_enabled_default=enabled,
        native_unit_of_measurement=currency,
        suggested_display_precision=money_shown(currency),
    )


def efficiency_sensors(
    hass: HomeAssistant, entry: KlimaConfigEntry, currency: str
) -> Iterator[SystemSensor]:
    """Yield the sensors of a system's efficiency."""
    for description in EFFICIENCY:
        yield SystemSensor(entry, description)
    yield ProgrammesSensor(entry, PROGRAMMES)
    system = entry.runtime_data
    if system.price_source is not None:
        reference = system.config.savings.reference
        # What only cools saves nothing of any heat, for ever.
        saves = system.performance.heats or reference is Reference.DUCTED_HEAT_PUMP
        if saves:
            async_enable(hass, system.entry_id, SAVINGS.key)
        yield SystemSensor(entry, _savings_in(currency, enabled=saves))
