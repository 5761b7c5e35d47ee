"""The ground that every other end-to-end test stands on."""

import asyncio

import pytest

from tests.simulator.bridge import Bridge

from .home_assistant import HomeAssistant


async def test_every_unit_is_a_device_with_its_entities(
    home: HomeAssistant, simulator: Bridge
) -> None:
    devices = {
        d["name"]
        for d in await home.client.devices()
        if d["manufacturer"] == "Simulated"
    }

    assert devices == {
        "Mini-split",
        "Multi-split outdoor unit",
        "Bedroom",
        "Office",
        "Nursery",
        "Ducted heat pump",
        "Geothermal heat pump",
        "Water source heat pump",
        "Air conditioner",
        "Heat pump water heater",
        "Weather station",
    }
    states = await home.client.states()
    assert {e for e in states if e.startswith(("climate.", "water_heater."))} == {
        "climate.mini_split",
        "climate.multi_split_bedroom",
        "climate.multi_split_office",
        "climate.multi_split_nursery",
        "climate.ducted_heat_pump",
        "climate.ground_source",
        "climate.water_source",
        "climate.air_conditioner",
        "water_heater.heat_pump_water_heater",
    }
    assert float(states["sensor.outdoor_temperature"]["state"]) == 2.0
    # Another file may have reset the meter: it is what the unit's own says.
    assert float(states["sensor.mini_split_energy"]["state"]) == pytest.approx(
        simulator.meters["mini_split"].kwh, abs=0.01
    )


async def test_a_command_reaches_the_unit_and_its_answer_comes_back(
    home: HomeAssistant, simulator: Bridge
) -> None:
    head = simulator.simulation.head("mini_split")

    await home.client.call(
        "climate.set_hvac_mode", "climate.mini_split", hvac_mode="heat"
    )
    await home.client.call(
        "climate.set_temperature", "climate.mini_split", temperature=24.5
    )
    await home.client.call(
        "climate.set_fan_mode", "climate.mini_split", fan_mode="high"
    )
    await home.client.call(
        "climate.set_preset_mode", "climate.mini_split", preset_mode="boost"
    )
    await home.client.wait_for(
        "climate.mini_split",
        "heat",
        temperature=24.5,
        fan_mode="high",
        preset_mode="boost",
    )

    assert (head.mode, head.target, head.fan_mode, head.preset_mode) == (
        "heat",
        24.5,
        "high",
        "boost",
    )
    await home.client.wait_for("climate.mini_split", hvac_action="heating")
    await home.client.wait_for(
        "sensor.mini_split_power", lambda s: float(s["state"]) > 500
    )
    await home.client.call("climate.turn_off", "climate.mini_split")
    await home.client.wait_for("climate.mini_split", "off", hvac_action="off")


async def test_a_range_reaches_the_ducted_unit(
    home: HomeAssistant, simulator: Bridge
) -> None:
    await home.client.call(
        "climate.set_temperature",
        "climate.ducted_heat_pump",
        hvac_mode="heat_cool",
        target_temp_low=19,
        target_temp_high=26,
    )
    await home.client.wait_for(
        "climate.ducted_heat_pump",
        "heat_cool",
        target_temp_low=19,
        target_temp_high=26,
        temperature=None,
    )
    head = simulator.simulation.head("ducted_heat_pump")
    assert (head.target_low, head.target_high) == (19, 26)


async def test_the_water_heater_takes_modes_and_a_temperature(
    home: HomeAssistant, simulator: Bridge
) -> None:
    entity = "water_heater.heat_pump_water_heater"
    await home.client.call(
        "water_heater.set_operation_mode", entity, operation_mode="performance"
    )
    await home.client.call("water_heater.set_temperature", entity, temperature=55)
    await home.client.wait_for(entity, "performance", temperature=55)
    assert simulator.simulation.water_heater().target == 55


async def test_faults_show_in_home_assistant(
    home: HomeAssistant, simulator: Bridge
) -> None:
    faults = simulator.faults["air_conditioner"]

    faults.unavailable = True
    await home.client.wait_for("climate.air_conditioner", "unavailable")
    await home.client.wait_for("sensor.air_conditioner_power", "unavailable")
    faults.unavailable = False
    await home.client.wait_for("climate.air_conditioner", "off")

    faults.deaf = True
    await home.client.call(
        "climate.set_hvac_mode", "climate.air_conditioner", hvac_mode="cool"
    )
    await asyncio.sleep(1)
    assert (await home.client.wait_for("climate.air_conditioner"))["state"] == "off"
    faults.deaf = False

    simulator.meters["air_conditioner"].reset()
    await home.client.wait_for(
        "sensor.air_conditioner_energy", lambda s: float(s["state"]) < 1
    )


async def test_a_restart_and_a_power_cut_keep_the_home_and_its_port(
    home: HomeAssistant,
) -> None:
    port = home.port
    for kill in (False, True):
        await home.restart(kill=kill)
        await home.client.wait_for("climate.mini_split")
        http = await home.client.command("http/config")
        assert home.port == port
        assert http["active_config_type"] == "stable"
        assert http["pending"] is None
        assert http["revert_at"] is None
