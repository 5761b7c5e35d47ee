"""Bad events of other kinds: what a source is changes, not only what it says.

Units, classes and owners of sources, the home's zone, currency, language and degrees,
what a unit can do, times that are equal or lie behind, structures in place of figures.
"""

from datetime import timedelta
import random
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.climate import ClimateEntityFeature, HVACMode
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.chance import many
from tests.plans import add_plan
from tests.units import PlainClimate, async_add_units

from .common import (
    COUNTER,
    GROWING,
    OUTDOOR,
    POWER,
    PRICE,
    Watch,
    add_home,
    complaints,
    figure,
    pass_seconds,
    set_all,
)
from .rooms import SOURCES, heat_a_room, say_all

EVENTS = many(10_000)
HEAT, GRID, EVENT = "sensor.heat", "sensor.grid_co2", "binary_sensor.event"

UNITS = {
    POWER: ("W", "kW", "MW", "mW", "GW", "TW", "BTU/h", "VA", "kWh", "", None, "w", "㎾"),
    COUNTER: ("kWh", "Wh", "MWh", "GWh", "TWh", "J", "kJ", "MJ", "GJ", "cal", "kcal",
              "m³", "CCF", "W", None, "KWH", "kwh"),
    OUTDOOR: ("°C", "°F", "K", "C", "°", "%", None, "℃", "degC"),
    PRICE: ("EUR/kWh", "ct/kWh", "c/kWh", "EUR/MWh", "€/kWh", "USD/kWh", "EUR", "kWh",
            "EUR/Wh", "öre/kWh", "¢/kWh", "p/kWh", "%", None, "EUR/kWh/kWh", "/", "//"),
    HEAT: ("W", "kW", "BTU/h", "kWh", None),
    GRID: ("gCO2eq/kWh", "kgCO2/kWh", "g/kWh", "kg", "", None, "lb/MWh"),
}  # fmt: skip

CLASSES = ("power", "energy", "temperature", "monetary", "timestamp", "enum", "date",
           "gas", "apparent_power", None, "no_class", 5)  # fmt: skip
STATE_CLASSES = (
    "measurement",
    "total",
    "total_increasing",
    "measurement_angle",
    None,
    [],
)
RESETS = (
    None, "", "yesterday", "2026-11-24", "2026-11-24T12:00:00", "1970-01-01T00:00:00Z",
    "2026-11-24T12:00:00+14:00", "2999-01-01T00:00:00+00:00", 0, -1, 1e18, True,
    "0001-01-01T00:00:00+00:00", "2026-02-30T00:00:00Z", [], {"at": 1}, float("nan"),
    "2026-11-24T12:00:60Z", "2016-12-31T23:59:60Z", dt_util.utc_from_timestamp(0),
)  # fmt: skip
FIGURES = (
    "0", "1200", "100.02", "1e3", "1.2e+03", "1E5", "+1200", " 1200 ", "1200.", ".5",
    "1e-9", "1e15", "1e16", "9007199254740993", "1e100", "1.7976931348623157e308",
    "4.9e-324", "-1200", "00012", "१२००", "１２００", "12e", "1 200", "1'200", "∞",
    "−5", "½", "1200W", "NaN", "-inf", "0b1", "0o7", "1__0", "1200\n", "\ufeff1200",
)  # fmt: skip
NAMES = ("", "\0", "a" * 5000, "\u202eab", "🔥" * 50, "ﷺ", "e\u0301", "ß", "İ", "𝕳",
         "\n", "{{ 1 }}", "<b>", "..", "null", "naïve", "日本語")  # fmt: skip
ZONES = ("UTC", "America/Toronto", "Australia/Lord_Howe", "Asia/Kathmandu",
         "Pacific/Apia", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Africa/Cairo",
         "America/Havana", "Antarctica/Troll", "Pacific/Chatham")  # fmt: skip
FORECASTS: tuple[Any, ...] = (
    [{"start": "2026-11-24T13:00:00+00:00", "price": 0.3}],
    [{"start": "2026-11-24T13:00:00", "price": 0.3}, {"start": None, "price": None}],
    [{"start": "2026-11-24T13:00:00+00:00", "value": {"price": 1}}] * 3,
    [{"start": "2026-11-24T13:00:00+00:00", "price": float("inf")}],
    [{"start": dt_util.utc_from_timestamp(1e9), "price": True}, 5, "x", None, []],
    [{"hour": -1, "price": "0.3"}], [[["a", 1], ["b", 2]]], {"today": [1, 2, 3]},
    {"2026-11-24T13:00:00+00:00": 0.3, "never": 0.1, 5: 5}, {None: None}, "[0.1, 0.2]",
    [0.1] * 23, [0.1] * 24, [0.1] * 25, [None] * 24, [float("nan")] * 96, [10**400] * 24,
    [0.1] * 100_000, ["0.1"] * 24, [[0.1]] * 24, range(24), (0.1,) * 24, 0.5, b"\xff",
    [{"start": "9999-12-31T23:59:59+00:00", "end": "0001-01-01T00:00:00+00:00",
      "price": 1}],
    [{"start": "2026-11-24T13:00:00+00:00", "price": price / 10} for price in range(500)],
)  # fmt: skip
FORECAST_KEYS = (
    "raw_today", "raw_tomorrow", "prices", "prices_today", "prices_tomorrow", "forecast",
    "today", "tomorrow", "data", "rates", "entries", "price_info",
)  # fmt: skip


class Home:
    """A home whose sources are those of an integration, and whose owner fiddles with it."""

    def __init__(self, hass: HomeAssistant, rng: random.Random) -> None:
        """Take the sources as they are."""
        self.hass, self.rng = hass, rng
        self.registry = er.async_get(hass)
        self.owners = [MockConfigEntry(domain="owner"), MockConfigEntry(domain="other")]
        for owner in self.owners:
            owner.add_to_hass(hass)
        self.devices = [
            dr.async_get(hass).async_get_or_create(
                config_entry_id=owner.entry_id, identifiers={(owner.domain, "meter")}
            )
            for owner in self.owners
        ]
        self.number = 0
        for entity_id in (POWER, COUNTER, OUTDOOR, PRICE, HEAT, GRID):
            self.register(entity_id, 0)

    def register(self, entity_id: str, which: int) -> None:
        """Let an integration have a source, under the id that it has."""
        self.number += 1
        # Nobody can have the id of a state that is there.
        self.hass.states.async_remove(entity_id)
        domain, object_id = entity_id.split(".")
        found = self.registry.async_get_or_create(
            domain,
            self.owners[which].domain,
            f"{object_id}_{self.number}",
            suggested_object_id=object_id,
            config_entry=self.owners[which],
            device_id=self.devices[which].id,
        )
        if found.entity_id != entity_id:
            self.registry.async_update_entity(found.entity_id, new_entity_id=entity_id)

    async def replace(self) -> None:
        """Let another integration take a source's place, under its id."""
        entity_id = self.rng.choice(list(UNITS))
        if self.registry.async_get(entity_id) is not None:
            self.registry.async_remove(entity_id)
        if self.rng.random() < 0.5:
            await self.hass.async_block_till_done()
        self.register(entity_id, self.rng.randrange(2))

    def say(self) -> None:
        """Let a source say something, in whatever unit and class it now has."""
        rng = self.rng
        entity_id = rng.choice(list(UNITS))
        attributes: dict[str, Any] = {"unit_of_measurement": UNITS[entity_id][0]}
        for _ in range(rng.randrange(4)):
            key, values = rng.choice(
                (
                    ("unit_of_measurement", UNITS[entity_id]),
                    ("device_class", CLASSES),
                    ("state_class", STATE_CLASSES),
                    ("last_reset", RESETS),
                    ("restored", (True, False, None, "yes")),
                    ("friendly_name", NAMES),
                    ("icon", NAMES),
                    (rng.choice(FORECAST_KEYS), FORECASTS),
                )
            )
            attributes[key] = rng.choice(values)
        state = rng.choice((*FIGURES, "unavailable", "unknown"))
        now = dt_util.utcnow().timestamp()
        at = now + rng.choice((0, 0, 0, -1, -3600, -1e-6, 1e-6, 1, 30))
        self.hass.states.async_set(
            entity_id, state, attributes, rng.random() < 0.2, timestamp=at
        )

    async def move(self) -> None:
        """Let the home's own settings be others."""
        rng = self.rng
        await self.hass.config.async_update(
            **rng.choice(
                (
                    {"time_zone": rng.choice(ZONES)},
                    {"currency": rng.choice(("EUR", "USD", "JPY", "SEK", "KWD"))},
                    {"language": rng.choice(("en", "fr", "ar", "zh-Hans"))},
                    {"country": rng.choice(("CA", "US", "FR", "NP"))},
                    {"unit_system": rng.choice(("metric", "us_customary"))},
                    {"latitude": rng.uniform(-90, 90), "elevation": -400},
                    {"location_name": rng.choice(NAMES)[:100] or "Home"},
                )
            )
        )

    async def settle(self) -> None:
        """Be the home that it was."""
        await self.hass.config.async_update(
            time_zone="UTC", currency="EUR", unit_system="metric", language="en"
        )
        await self.hass.async_block_till_done()
        for entity_id in UNITS:
            if self.registry.async_get(entity_id) is None:
                self.register(entity_id, 0)


@pytest.mark.parametrize("seed", [101, 102])
async def test_thousands_of_changes_of_what_sources_are(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    seed: int,
) -> None:
    """Nothing falls, nothing is logged by the event, and it goes on by itself after."""
    freezer.move_to("2026-11-24T12:00:00+00:00")
    hass.loop.set_debug(False)
    await hass.config.async_set_time_zone("UTC")
    rng = random.Random(seed)
    set_all(hass)
    home = Home(hass, rng)
    plan = await add_plan(
        hass,
        {"spot": {"factor": 1}, "event": {"price": 0.5, "kind": "added"}},
        price_entity=PRICE,
        event_entity=EVENT,
    )
    entry = await add_home(
        hass,
        price_entity=None,
        plan=plan.entry_id,
        heat_output=HEAT,
        grid_co2_entity=GRID,
    )
    watch = Watch(hass, but_not="sensor.heat_pump_cost")
    caplog.clear()
    for number in range(EVENTS // 2):
        kind = rng.random()
        if kind < 0.01:
            await home.replace()
        elif kind < 0.015:
            await home.move()
        elif kind < 0.05:
            hass.states.async_set(EVENT, rng.choice(("on", "off", "unavailable", "5")))
        else:
            home.say()
        if number % 25 == 24:
            await pass_seconds(hass, freezer, rng.choice((0, 0.1, 1, 10, 61, 600)))
            watch.look()
    assert complaints(caplog) == []

    await home.settle()
    for step in range(4):
        set_all(hass, kwh=9e6 + step / 50)
        hass.states.async_set(EVENT, "off")
        await pass_seconds(hass, freezer, 60)
        watch.look()
    before, cost = figure(hass, GROWING[0]), figure(hass, "sensor.heat_pump_cost")
    assert before is not None and cost is not None
    # Nothing that no heat pump could use was counted of all that.
    assert before < 10_000
    for step in range(1, 11):
        set_all(hass, kwh=9e6 + 0.06 + step / 50)
        await pass_seconds(hass, freezer, 60)
    assert figure(hass, GROWING[0]) == pytest.approx(before + 0.2, abs=0.002)
    assert figure(hass, "sensor.heat_pump_cost") == pytest.approx(
        cost + 0.05, abs=0.011
    )
    state = hass.states.get("sensor.heat_pump_power")
    assert state is not None and float(state.state) == 1200
    assert entry.state is ConfigEntryState.LOADED
    assert plan.state is ConfigEntryState.LOADED


def fiddle(unit: PlainClimate, rng: random.Random) -> None:
    """Let a unit be able to do other things than before, as a firmware's update does."""
    every = list(HVACMode)
    lows, highs = (-40, 0, 5, 10, 16, 16.5, 25, 60), (10, 18, 30, 31, 30.5, 86, 100)
    names: tuple[Any, ...] = (None, [], ["auto"], ["1", "2", "Turbo"], ["", "🔥"])
    kind = rng.randrange(8)
    if kind == 0:
        unit.set(hvac_modes=rng.sample(every, rng.randrange(1, len(every) + 1)))
    elif kind == 1:
        unit.set(
            supported_features=ClimateEntityFeature(
                rng.choice((0, 1, 2, 3, 385, 513, rng.randrange(1024)))
            ),
            target_temperature_low=20.0,
            target_temperature_high=24.0,
        )
    elif kind == 2:
        low = rng.choice(lows)
        unit.set(min_temp=low, max_temp=rng.choice([at for at in highs if at > low]))
    elif kind == 3:
        unit.set(target_temperature_step=rng.choice((0.1, 0.5, 1, 2, 5, None)))
    elif kind == 4:
        unit.set(fan_modes=rng.choice(names), preset_modes=rng.choice(names))
    elif kind == 5:
        unit.set(
            swing_modes=rng.choice(names), swing_horizontal_modes=rng.choice(names)
        )
    elif kind == 6:
        unit.set(
            target_temperature=rng.choice((None, -5, 16, 20, 22.22, 31, 90, 21)),
            current_temperature=rng.choice((None, -50, 19, 20.5, 23, 85, 20)),
        )
    else:
        unit.set(temperature_unit=rng.choice(("°C", "°F", "°C")))


class Strict(PlainClimate):
    """A unit that notes each command that it cannot do."""

    def __init__(self) -> None:
        """Know of none yet."""
        super().__init__()
        self.wrong: list[str] = []

    def note(self, command: str, value: Any) -> None:
        """Note a command, and whether it is one of what it offers now."""
        super().note(command, value)
        features = ClimateEntityFeature(self.supported_features or 0)
        if command == "set_hvac_mode" and value not in self.hvac_modes:
            self.wrong.append(f"{command} {value} of {self.hvac_modes}")
        if command == "set_temperature":
            if "target_temp_low" in value:
                if ClimateEntityFeature.TARGET_TEMPERATURE_RANGE not in features:
                    self.wrong.append(f"{command} {value} with {features}")
            elif ClimateEntityFeature.TARGET_TEMPERATURE not in features:
                self.wrong.append(f"{command} {value} with {features}")
            for key in ("temperature", "target_temp_low", "target_temp_high"):
                if (asked := value.get(key)) is not None and not (
                    self.min_temp - 1e-6 <= asked <= self.max_temp + 1e-6
                ):
                    self.wrong.append(
                        f"{key} {asked} of {self.min_temp} to {self.max_temp}"
                    )


@pytest.mark.parametrize("seed", [103, 104])
async def test_thousands_of_changes_of_what_a_unit_can_do(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    seed: int,
) -> None:
    """It is asked for nothing that it cannot do, nor to cool, and is kept warm after."""
    freezer.move_to("2026-11-24T12:00:00+00:00")
    hass.loop.set_debug(False)
    unit = Strict()
    await async_add_units(hass, unit)
    await heat_a_room(hass, freezer)
    rng = random.Random(seed)
    caplog.clear()
    unit.commands.clear()
    seconds = 0.0
    for number in range(EVENTS // 2):
        kind = rng.random()
        if kind < 0.7:
            fiddle(unit, rng)
            await hass.async_block_till_done()
        elif kind < 0.75:
            # A zone's schedule is deleted and made anew; a window flaps.
            hass.states.async_remove("schedule.week")
            hass.states.async_set(
                "schedule.week",
                rng.choice(("on", "off")),
                rng.choice(
                    (
                        {"preset": "comfort"},
                        {"preset": "eco"},
                        {"temperature": 5000},
                        {"temperature": "21", "hvac_mode": "cool"},
                        {"next_event": dt_util.utcnow() + timedelta(minutes=1)},
                        {"preset": "gone"},
                    )
                ),
            )
        elif kind < 0.76:
            await hass.config.async_update(
                unit_system=rng.choice(("metric", "us_customary"))
            )
        else:
            entity_id = rng.choice(SOURCES)
            hass.states.async_set(
                entity_id,
                rng.choice(
                    ("on", "off", "20.4", "20.6", "19", "home", "not_home", "0")
                ),
                {"unit_of_measurement": rng.choice(("°C", "°F", "%", None))},
            )
        if number % 25 == 24:
            passed = rng.choice((0.1, 1, 10, 61, 300))
            seconds += passed
            await pass_seconds(hass, freezer, passed)
    # Home Assistant's own word on a unit that is another so often.
    said = [line for line in complaints(caplog) if "capabilities too often" not in line]
    assert said == []
    assert unit.wrong == []
    assert len(unit.commands) <= 2 * seconds / 60 + 10
    modes = {value for name, value in unit.commands if name == "set_hvac_mode"}
    assert modes <= {"heat", "off"}

    await hass.config.async_update(unit_system="metric")
    unit.set(
        hvac_modes=[HVACMode.OFF, HVACMode.HEAT, HVACMode.COOL],
        supported_features=ClimateEntityFeature.TARGET_TEMPERATURE,
        min_temp=16,
        max_temp=31,
        target_temperature_step=0.5,
        temperature_unit="°C",
        target_temperature=20,
        current_temperature=20.5,
        hvac_mode=HVACMode.OFF,
    )
    say_all(hass)
    await pass_seconds(hass, freezer, 60)
    await hass.services.async_call(
        "climate",
        "set_temperature",
        {"entity_id": "climate.zone_0", "hvac_mode": "heat", "temperature": 22},
        blocking=True,
    )
    # It was started so often that its compressor rests for up to an hour.
    for _ in range(75):
        await pass_seconds(hass, freezer, 60)
    state = hass.states.get("climate.zone_0")
    assert state is not None and state.state == "heat"
    # By then the hold of an hour may be over.
    assert state.attributes["temperature"] in (21, 22)
    assert unit.hvac_mode == "heat"
    assert unit.wrong == []


@pytest.mark.parametrize("change", ["time_zone", "currency"])
async def test_a_home_that_moves_pays_its_own_hours(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, change: str
) -> None:
    """A plan's hours are those of the clock on the wall, and money is the home's, at once."""
    await hass.config.async_set_time_zone("UTC")
    freezer.move_to("2026-11-24T12:00:00+00:00")
    plan = await add_plan(
        hass,
        {
            "hours": [
                {"period": "on_peak", "price": 0.3, "start": "07:00", "end": "19:00"},
                {"period": "off_peak", "price": 0.1, "start": "19:00", "end": "07:00"},
            ]
        },
    )
    await add_home(hass, energy=None, price_entity=None, plan=plan.entry_id)
    await pass_seconds(hass, freezer, 60)
    assert figure(hass, "sensor.heat_pump_price") == 0.3
    await hass.config.async_update(
        **(
            {"time_zone": "Asia/Tokyo"}
            if change == "time_zone"
            else {"currency": "JPY"}
        )
    )
    await hass.async_block_till_done()
    await pass_seconds(hass, freezer, 60)
    # It is 21:01 in Tokyo.
    price = 0.1 if change == "time_zone" else 0.3
    assert figure(hass, "sensor.heat_pump_price") == price
    state = hass.states.get("sensor.heat_pump_cost")
    assert state is not None
    assert state.attributes["unit_of_measurement"] == hass.config.currency
    bill = hass.states.get("sensor.heat_pump_bill")
    assert bill is not None
    reset = dt_util.parse_datetime(bill.attributes["last_reset"])
    assert reset is not None
    assert dt_util.as_local(reset).hour == 0
