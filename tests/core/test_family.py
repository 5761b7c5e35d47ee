"""The heat-pump family, and how a unit is classified in it."""

import pytest

from custom_components.klima.core.family import (
    TRAITS,
    Ductwork,
    Family,
    ZoneControl,
    guess_family,
    is_of_water,
)


def test_every_family_has_traits() -> None:
    """A family without them could be chosen, and would fail."""
    assert set(TRAITS) == set(Family)


def test_only_an_air_conditioner_is_no_heat_pump() -> None:
    """It has no source of heat either."""
    for family, traits in TRAITS.items():
        assert traits.is_heat_pump is (family is not Family.AIR_CONDITIONER)
        assert (traits.heat_source is not None) is traits.is_heat_pump
        assert traits.applications


def test_only_ducts_lose() -> None:
    """What has none, loses none; the losses are those of real ducts."""
    for traits in TRAITS.values():
        if traits.ductwork is Ductwork.NONE:
            assert traits.duct_loss == 0
        else:
            assert 0.10 <= traits.duct_loss <= 0.30


def test_what_heats_rooms_has_zones() -> None:
    """It controls a room or the whole home; of a tank, and of what only cools, nothing is told."""
    for family, traits in TRAITS.items():
        if family in (Family.HEAT_PUMP_WATER_HEATER, Family.AIR_CONDITIONER):
            assert traits.zone_control is None
        else:
            assert traits.zone_control in ZoneControl


@pytest.mark.parametrize(
    ("is_tank", "modes", "is_thermostat", "words", "expected"),
    [
        (True, (), False, "Tank", Family.HEAT_PUMP_WATER_HEATER),
        (True, ("cool",), False, "ducted", Family.HEAT_PUMP_WATER_HEATER),
        (False, ("off", "cool", "dry"), False, "Bedroom", Family.AIR_CONDITIONER),
        (False, ("off", "cool"), True, "Central", Family.AIR_CONDITIONER),
        (False, ("off", "cool", "heat"), False, "Bedroom", Family.MINI_SPLIT),
        (False, ("heat_cool", "cool"), False, "", Family.MINI_SPLIT),
        (False, ("heat", "cool"), True, "Hall", Family.DUCTED_AIR_SOURCE),
        (False, ("heat",), False, "CENTRAL heat pump", Family.DUCTED_AIR_SOURCE),
        (False, ("heat",), False, "Ductless unit", Family.MINI_SPLIT),
        (False, ("heat", "cool"), False, "Ecodan Zone 1", Family.DUCTED_AIR_SOURCE),
        (False, ("heat",), True, "Geothermal", Family.GROUND_SOURCE),
        (False, ("heat",), False, "WaterFurnace 7", Family.GROUND_SOURCE),
        (False, ("heat",), False, "Water-source loop", Family.WATER_SOURCE),
        (False, ("heat",), False, "Bomba de calor agua-agua", Family.WATER_SOURCE),
        (False, ("heat",), False, "Aerotermia", Family.DUCTED_AIR_SOURCE),
        (False, ("heat", "cool"), False, "Split sin conductos", Family.MINI_SPLIT),
        (False, ("heat",), False, "Pompa di calore acqua-acqua", Family.WATER_SOURCE),
        (False, ("heat",), False, "PdC aria-acqua", Family.DUCTED_AIR_SOURCE),
        (False, ("heat", "cool"), False, "Split canalizzato", Family.DUCTED_AIR_SOURCE),
        (False, ("heat", "cool"), False, "Split non canalizzato", Family.MINI_SPLIT),
        (False, (), False, "", Family.MINI_SPLIT),
    ],
)
def test_guesses(
    is_tank: bool,
    modes: tuple[str, ...],
    is_thermostat: bool,
    words: str,
    expected: Family,
) -> None:
    """What it is, what it offers, what it is called: in this order."""
    assert (
        guess_family(
            is_tank=is_tank, modes=modes, is_thermostat=is_thermostat, words=words
        )
        is expected
    )


@pytest.mark.parametrize(
    ("modes", "hottest", "words", "expected"),
    [
        (("off", "heat"), 60, "Hot water", Family.HEAT_PUMP_WATER_HEATER),
        (("off", "heat"), 60, "Warmwasser", Family.HEAT_PUMP_WATER_HEATER),
        (("heat",), 48.9, "DHW tank", Family.HEAT_PUMP_WATER_HEATER),
        (("heat",), 60, "Depósito de ACS", Family.HEAT_PUMP_WATER_HEATER),
        (("heat",), 60, "Accumulo acqua calda", Family.HEAT_PUMP_WATER_HEATER),
        # It heats rooms by water.
        (("off", "heat"), 55, "Ecodan flow", Family.DUCTED_AIR_SOURCE),
        (("off", "heat"), 30, "Room above the tank", Family.MINI_SPLIT),
        (("off", "heat"), None, "Hot water", Family.MINI_SPLIT),
        (("off", "heat", "cool"), 88, "Tank", Family.MINI_SPLIT),
    ],
)
def test_a_thermostat_of_a_tank(
    modes: tuple[str, ...], hottest: float | None, words: str, expected: Family
) -> None:
    """It is set to what no room is, and says so."""
    guess = guess_family(
        is_tank=False, modes=modes, is_thermostat=False, words=words, hottest=hottest
    )
    assert guess is expected
    assert is_of_water(modes, hottest) is (
        hottest is not None and hottest > 40 and "cool" not in modes
    )
