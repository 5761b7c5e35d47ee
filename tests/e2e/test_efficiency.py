"""Heat and COP on a real Home Assistant, against the truth of simulated units."""

import asyncio
import os
from typing import Any

import pytest

from tests.simulator.bridge import Bridge
from tests.simulator.physics import WaterHeater

from .home_assistant import ARTIFACTS, HomeAssistant

BTU_PER_WH = 3.412142

# Unit, family, the ratings that its nameplate gives, and the mode to run in.
SYSTEMS: dict[str, tuple[str, dict[str, float], str]] = {
    "mini_split": (
        "mini_split",
        {"heating_capacity": 4.2, "cooling_capacity": 3.5, "cop_8": 3.8},
        "heat",
    ),
    "ducted_heat_pump": (
        "ducted_air_source",
        {
            "heating_capacity": 10.5,
            "cooling_capacity": 10.0,
            "cop_8": 3.3,
            # The simulator's heat is that before its ducts.
            "duct_loss": 0,
        },
        "heat",
    ),
    "ground_source": (
        "ground_source",
        {"heating_capacity": 10.0, "cop_8": 3.7, "duct_loss": 0},
        "heat",
    ),
    "water_source": (
        "water_source",
        {"heating_capacity": 10.5, "cop_8": 4.4, "duct_loss": 0},
        "heat",
    ),
    "air_conditioner": (
        "air_conditioner",
        {"cooling_capacity": 2.6, "eer2": 3.0 * BTU_PER_WH},
        "cool",
    ),
    "heat_pump_water_heater": (
        "heat_pump_water_heater",
        {"heating_capacity": 1.5},
        "heat_pump",
    ),
}
LONG = float(os.environ.get("KLIMA_EFFICIENCY_SECONDS", "0"))
"""s of the wall's clock of a long run: 600 let every unit use enough to tell a season's COP."""

RUN = {"heat": LONG or 16.0, "cool": LONG or 16.0}
"""s of the wall's clock for those that heat, then for those that cool."""


def truth(simulator: Bridge, key: str) -> tuple[float, float]:
    """Return the electricity and the heat in kWh of the wall clock's time."""
    simulator.step()
    return simulator.meters[key].true_kwh, simulator.heat_meters[key].true_kwh


async def sensor(home: HomeAssistant, entry_id: str, key: str) -> dict[str, Any]:
    """Return the state of a system's sensor: several keys end alike."""
    for entity in await home.client.registry(entry_id):
        if entity["unique_id"] == f"{entry_id}_{key}":
            return await home.client.wait_for(entity["entity_id"])
    raise AssertionError(f"no sensor {key}")


async def figures(home: HomeAssistant, entry_id: str) -> tuple[float, float]:
    """Return the electricity and the heat in kWh that Klima counted since the season began.

    From its diagnostics: states are told to 0.1 Wh, which is much of so short a season.
    """
    await home.client.call(
        "klima.compare", config_entry_id=entry_id, return_response=True
    )
    answer = await home.client.diagnostics(entry_id)
    amounts = answer["data"]["system"]["efficiency"]["season"]["amounts"]
    return amounts["electricity"], amounts["heating"] + amounts["cooling"]


async def start(home: HomeAssistant, simulator: Bridge, season: str) -> None:
    """Let every unit of a season work for its living."""
    # A leap from winter to summer would be taken for the sun on the sensor.
    for mean in (16.0, 31.0) if season == "cool" else (2.0,):
        simulator.simulation.weather.mean = mean
        await home.client.wait_for("sensor.outdoor_temperature", f"{mean:.1f}")
    for key, (family, _, mode) in SYSTEMS.items():
        if (mode == "cool") is not (season == "cool"):
            continue
        unit = simulator.simulation.unit(key)
        if isinstance(unit, WaterHeater):
            unit.tank.temperature = 42.0
            await home.client.call(
                "water_heater.set_operation_mode",
                f"water_heater.{key}",
                operation_mode=mode,
            )
        else:
            cools = family == "air_conditioner"
            unit.heads[0].room.temperature = 29.0 if cools else 19.0
            await home.client.call(
                "climate.set_temperature",
                f"climate.{key}",
                temperature=23 if cools else 22,
            )
            await home.client.call(
                "climate.set_hvac_mode", f"climate.{key}", hvac_mode=mode
            )
        await home.client.wait_for(
            f"sensor.{key}_power", lambda s: float(s["state"]) > 100
        )


@pytest.mark.parametrize(
    ("sources", "tolerance"),
    [
        (("power",), None),
        (("power", "heat_output"), 0.03),
        # An estimate is of days.
        *([((), None)] if LONG else []),
    ],
)
async def test_heat_and_cop_against_the_truth(
    home: HomeAssistant,
    simulator: Bridge,
    sources: tuple[str, ...],
    tolerance: float | None,
) -> None:
    """Within what is stated with a power meter or none, within 3 % with a heat meter."""
    names = {"power": "power", "heat_output": "heat_output"}
    entries = {}
    for key, (family, ratings, _) in SYSTEMS.items():
        domain = "water_heater" if "heater" in key else "climate"
        answers: dict[str, Any] = dict.fromkeys(
            ("power", "energy", "thermal_energy", "heat_output")
        )
        answers |= {source: f"sensor.{key}_{names[source]}" for source in sources}
        outdoor = (
            f"sensor.{key}_room_temperature"
            if domain == "water_heater"
            else "sensor.outdoor_temperature"
        )
        entry = await home.client.add(
            "klima",
            "entity",
            unit=f"{domain}.{key}",
            family=family,
            outdoor_temperature=outdoor,
            ratings=ratings,
            **answers,
        )
        entries[key] = entry["entry_id"]
    told: list[str] = []
    try:
        for season, run in RUN.items():
            await start(home, simulator, season)
            running = {
                key: entry_id
                for key, entry_id in entries.items()
                if (SYSTEMS[key][2] == "cool") is (season == "cool")
            }
            before, counted = {}, {}
            for key, entry_id in running.items():
                await home.client.call("klima.reset_season", config_entry_id=entry_id)
                before[key] = truth(simulator, key)
                state = await sensor(home, entry_id, "thermal_energy")
                counted[key] = float(state["state"])
            await asyncio.sleep(run)
            for key, entry_id in running.items():
                own_used, own_moved = await figures(home, entry_id)
                true = truth(simulator, key)
                used, moved = (true[i] - before[key][i] for i in (0, 1))
                state = await sensor(home, entry_id, "thermal_energy")
                limit = tolerance or state["attributes"]["uncertainty"] / 100
                power = await sensor(home, entry_id, "power")
                of_power = (power["attributes"].get("uncertainty") or 6) / 100
                seasonal = {"state": "unknown (too short)"}
                if LONG:
                    seasonal = await sensor(home, entry_id, "seasonal_cop")
                by_state = float(state["state"]) - counted[key]
                told.append(
                    f"{key} by {' and '.join(sources)}: true {moved:.4f}/{used:.4f} kWh,"
                    f" states: thermal_energy +{by_state:.4f} kWh, seasonal_cop"
                    f" {seasonal['state']};"
                    f" COP {moved / used:.2f}; Klima's {own_moved:.4f}/{own_used:.4f}"
                    f" kWh, COP {own_moved / own_used:.2f}; within {limit:.0%}"
                )
                assert own_used == pytest.approx(used, rel=of_power), told[-1]
                assert own_moved / own_used == pytest.approx(moved / used, rel=limit), (
                    told[-1]
                )
                if LONG:
                    # States are told to 0.1 Wh once a minute: much of a short season.
                    assert by_state == pytest.approx(moved, rel=limit), told[-1]
                    assert float(seasonal["state"]) == pytest.approx(
                        moved / used, rel=limit
                    ), told[-1]

            # With the clock of the simulation all but stopped, the moment holds still.
            simulator.set_speed(0.001)
            await asyncio.sleep(2)
            for key, entry_id in running.items():
                unit = simulator.simulation.unit(key)
                await home.client.call("klima.reset_season", config_entry_id=entry_id)
                state = await sensor(home, entry_id, "cop")
                limit = tolerance or state["attributes"]["uncertainty"] / 100
                told.append(
                    f"{key}: cop {state['state']} of {unit.heat:.0f}/{unit.power:.0f} W"
                )
                assert float(state["state"]) == pytest.approx(
                    abs(unit.heat) / unit.power, rel=limit
                ), told[-1]
            simulator.set_speed(30)
    finally:
        ARTIFACTS.mkdir(exist_ok=True)
        name = f"cop_by_{'_and_'.join(sources)}.txt"
        (ARTIFACTS / name).write_text("\n".join(told) + "\n")
        simulator.set_speed(30)
        simulator.simulation.weather.mean = 2.0
        for key, entry_id in entries.items():
            await home.client.delete(entry_id)
            unit = simulator.simulation.unit(key)
            if not isinstance(unit, WaterHeater):
                unit.set_mode(unit.heads[0], "off")
