"""What a home does over years: systems made anew, sources renamed, counters given up."""

from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.recorder.tasks import StatisticsTask
from homeassistant.config_entries import (
    ConfigEntryDisabler,
    ConfigEntryState,
    ConfigSubentry,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.recorder import get_instance
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)

from tests.comfort_zone import add_zone, call, later, reason, sensor
from tests.common import add_system
from tests.fixes import told
from tests.meters import number
from tests.plans import add_plan
from tests.recorded import hours_before, write
from tests.test_history import read

from .common import (
    COUNTER,
    OUTDOOR,
    POWER,
    UNIT,
    add_home,
    complaints,
    figure,
    pass_seconds,
    set_all,
)

KWH = {"unit_of_measurement": "kWh"}
TIERS = {"tiers": [{"price": 0.1, "up_to": 100}, {"price": 0.2}]}


def register(hass: HomeAssistant, *entity_ids: str) -> None:
    """Let the registry know sources, so that they can be renamed."""
    for entity_id in entity_ids:
        domain, name = entity_id.split(".")
        er.async_get(hass).async_get_or_create(
            domain, "test", name, suggested_object_id=name
        )


async def rename(hass: HomeAssistant, entity_id: str, new: str) -> None:
    """Rename a source, as its owner would: it shows the same under its new name."""
    er.async_get(hass).async_update_entity(entity_id, new_entity_id=new)
    state = hass.states.get(entity_id)
    assert state is not None
    hass.states.async_remove(entity_id)
    hass.states.async_set(new, state.state, state.attributes)
    await hass.async_block_till_done()


class Recorded:
    """A home whose statistics Home Assistant makes every five minutes; 1 kW is used."""

    def __init__(
        self, hass: HomeAssistant, freezer: FrozenDateTimeFactory, steps: int = 2
    ) -> None:
        """Begin with a counter at 100 kWh; it is told so often in five minutes.

        Each state is written by itself: those of every minute would take most of a test.
        """
        self.hass, self.freezer, self.kwh = hass, freezer, 100.0
        self._steps = steps

    def tell(self) -> None:
        """Let all sources tell what they do."""
        set_all(self.hass, kwh=self.kwh)

    async def live(self, fives: int) -> None:
        """Let some times five minutes pass."""
        hass, recorder = self.hass, get_instance(self.hass)
        for _ in range(fives):
            for _ in range(self._steps):
                self.kwh += 1 / 12 / self._steps
                self.tell()
                await pass_seconds(hass, self.freezer, 300 / self._steps)
            await async_wait_recording_done(hass)
            start = dt_util.utcnow().replace(second=0, microsecond=0)
            recorder.queue_task(
                StatisticsTask(start - timedelta(minutes=5), fire_events=False)
            )
            for _ in range(2):
                await async_wait_recording_done(hass)
                await hass.async_block_till_done()


@pytest.mark.parametrize("tiers", [False, True])
async def test_a_system_that_is_removed_and_added_again(
    recorder_mock: Any,
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    tiers: bool,
) -> None:
    """Its statistics go on, and no hour gives years back; its first bill is a whole one."""
    freezer.move_to("2026-11-24T12:00:00+00:00")
    now = dt_util.utcnow()
    hours = [(at, 1.0) for at in hours_before(48)]
    await write(hass, COUNTER, hours)
    home = Recorded(hass, freezer, steps=5)
    data: dict[str, Any] = {"power": None, "price_entity": None, "price": 0.25}
    if tiers:
        plan = await add_plan(hass, TIERS)
        data |= {"price": None, "plan": plan.entry_id}
    set_all(hass, kwh=home.kwh)
    entry = await add_home(hass, **data)
    await home.live(30)
    # The recorder has the counter's own hours too, as it would have.
    await write(hass, COUNTER, [*hours, (now, 1.0), (now + timedelta(hours=1), 1.0)])
    await hass.config_entries.async_remove(entry.entry_id)
    await home.live(1)
    set_all(hass, kwh=home.kwh)
    entry = await add_home(hass, **data)
    await home.live(29)

    for key, price in (("energy", 1.0), ("cost", 0.1 if tiers else 0.25)):
        rows = await read(hass, f"sensor.heat_pump_{key}")
        own = [row["change"] / price for row in rows if row["start"] >= now.timestamp()]
        # It was not there for five minutes of the third hour.
        assert own == pytest.approx([1, 1, 0.9, 1, 1], abs=0.06), key
    # But for the minutes of the hour in which it was removed.
    bill = (48 + 5 - 35 / 60) * (0.1 if tiers else 0.25)
    assert number(hass, "sensor.heat_pump_bill") == pytest.approx(bill, abs=0.02)
    if tiers:
        # What both used of the tier counts once.
        assert plan.runtime_data.tiers.used == pytest.approx(53 - 5 / 60, abs=0.03)
    assert complaints(caplog) == []


async def test_a_zone_that_is_removed_and_added_again(
    recorder_mock: Any, hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """The same of a zone's own energy, whose system goes on."""
    freezer.move_to("2026-11-24T12:00:00+00:00")
    home = Recorded(hass, freezer)
    set_all(hass)
    hass.states.async_set("climate.other", "off", {"hvac_modes": ["off", "heat"]})
    entry = await add_system(
        hass, UNIT, "climate.other", data={"energy": COUNTER, "price": 0.25}
    )
    await home.live(18)
    zone = next(each for each in entry.subentries.values() if each.data["unit"] == UNIT)
    hass.config_entries.async_remove_subentry(entry, zone.subentry_id)
    await hass.async_block_till_done()
    hass.config_entries.async_add_subentry(
        entry,
        ConfigSubentry(
            data=zone.data, subentry_type="zone", title=zone.title, unique_id=None
        ),
    )
    await hass.async_block_till_done()
    await home.live(18)
    for key, price in (("energy", 1.0), ("cost", 0.25)):
        rows = await read(hass, f"sensor.unit_{key}")
        changes = [row["change"] / price for row in rows]
        assert changes == pytest.approx([1, 1, 1], abs=0.13), key


@pytest.mark.parametrize("purged", [False, True])
async def test_a_system_that_is_disabled_for_a_season(
    recorder_mock: Any,
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    purged: bool,
) -> None:
    """Its statistics go on, whether the recorder still has its last five minutes or not."""
    freezer.move_to("2026-05-24T12:00:00+00:00")
    home = Recorded(hass, freezer)
    set_all(hass)
    entry = await add_home(hass, power=None, price_entity=None, price=0.25)
    await home.live(24)
    await hass.config_entries.async_set_disabled_by(
        entry.entry_id, ConfigEntryDisabler.USER
    )
    await hass.async_block_till_done()
    freezer.tick(timedelta(days=120))
    if purged:
        await hass.services.async_call(
            "recorder", "purge", {"keep_days": 10}, blocking=True
        )
        await async_wait_recording_done(hass)
    await hass.config_entries.async_set_disabled_by(entry.entry_id, None)
    await hass.async_block_till_done()
    await home.live(36)
    for key, price in (("energy", 1.0), ("cost", 0.25)):
        rows = await read(hass, f"sensor.heat_pump_{key}")
        changes = [row["change"] / price for row in rows]
        assert changes == pytest.approx([1] * 5, abs=0.05), key


@pytest.mark.parametrize(("purged", "shown_in"), [(False, "MWh"), (True, "kWh")])
async def test_a_single_sensor_that_is_disabled_for_a_season(
    recorder_mock: Any,
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    purged: bool,
    shown_in: str,
) -> None:
    """The system goes on meanwhile; enabled, its statistics have what it counted."""
    freezer.move_to("2026-05-24T12:00:00+00:00")
    home, registry = Recorded(hass, freezer), er.async_get(hass)
    set_all(hass)
    await add_home(hass, power=None, price_entity=None, price=0.25)
    ours = [f"sensor.heat_pump_{key}" for key in ("energy", "cost")]
    await home.live(24)
    registry.async_update_entity_options(
        ours[0], "sensor", {"unit_of_measurement": shown_in}
    )
    for each in ours:
        registry.async_update_entity(each, disabled_by=er.RegistryEntryDisabler.USER)
    await hass.async_block_till_done()
    freezer.tick(timedelta(days=20))
    home.kwh += 30
    set_all(hass, kwh=home.kwh)
    await hass.async_block_till_done()
    if purged:
        await hass.services.async_call(
            "recorder", "purge", {"keep_days": 10}, blocking=True
        )
        await async_wait_recording_done(hass)
    for each in ours:
        registry.async_update_entity(each, disabled_by=None)
    # Home Assistant loads what was enabled anew, half a minute later.
    await home.live(36)
    for each, price in zip(ours, (1.0, 0.25), strict=True):
        rows = await read(hass, each)
        factor = 1000 if shown_in == "MWh" and each == ours[0] else 1
        changes = [row["change"] * factor / price for row in rows]
        # What it counted meanwhile is in the hour in which it was enabled.
        assert changes == pytest.approx([1, 1, 31, 1, 1], abs=0.1), each


async def test_a_sensor_that_the_recorder_left_out_for_a_season(
    recorder_mock: Any, hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """It is the same of one that nobody disabled: it was excluded, and is no more."""
    freezer.move_to("2026-05-24T12:00:00+00:00")
    home, recorder = Recorded(hass, freezer), get_instance(hass)
    set_all(hass)
    entry = await add_home(hass, power=None, price_entity=None, price=0.25)
    await home.live(24)
    recorder.entity_filter = lambda entity_id: (
        not entity_id.startswith("sensor.heat_pump_")
    )
    await home.live(1)
    await pass_seconds(hass, freezer, 20 * 86_400)
    await hass.services.async_call(
        "recorder", "purge", {"keep_days": 10}, blocking=True
    )
    await async_wait_recording_done(hass)
    recorder.entity_filter = None
    # It is told by a restart of Home Assistant.
    assert await hass.config_entries.async_reload(entry.entry_id)
    await home.live(35)
    for key, price in (("energy", 1.0), ("cost", 0.25)):
        rows = await read(hass, f"sensor.heat_pump_{key}")
        changes = [row["change"] / price for row in rows]
        assert changes == pytest.approx([1] * 5, abs=0.1), key


async def test_a_recorder_that_is_emptied_leaves_figures_alone(
    recorder_mock: Any,
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Totals, bill and projection are of what Klima keeps; statistics begin again."""
    freezer.move_to("2026-11-24T12:00:00+00:00")
    hours = [(at, 0.1) for at in hours_before(480)]
    await write(hass, COUNTER, hours)
    home = Recorded(hass, freezer)
    plan = await add_plan(hass, TIERS)
    set_all(hass)
    entry = await add_home(hass, power=None, price_entity=None, plan=plan.entry_id)
    for number_ in range(4):
        await home.live(6)
        shown = [figure(hass, f"sensor.heat_pump_{key}") for key in ("energy", "bill")]
        used = home.kwh - 100
        assert shown == pytest.approx([used, 4.8 + 0.1 * used], abs=0.03)
        projected = figure(hass, "sensor.heat_pump_projected_bill")
        assert projected is not None and 4.9 < projected < 15
        if number_ == 0:
            await hass.services.async_call(
                "recorder", "purge", {"keep_days": 0, "repack": True}, blocking=True
            )
        elif number_ == 1:
            get_instance(hass).async_clear_statistics(
                ["sensor.heat_pump_energy", "sensor.heat_pump_cost", COUNTER]
            )
        elif number_ == 2:
            assert await hass.config_entries.async_reload(entry.entry_id)
        await async_wait_recording_done(hass)
        await hass.async_block_till_done()
    rows = await read(hass, "sensor.heat_pump_energy")
    assert all(0 <= row["change"] <= 1.1 for row in rows)
    assert complaints(caplog) == []


@pytest.mark.parametrize("away", [0, 30])
async def test_a_counter_that_is_renamed_goes_on(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    away: int,
) -> None:
    """Also while it is away, and power stands in: nothing is lost, nothing counts twice."""
    freezer.move_to("2026-11-24T12:00:00+00:00")
    register(hass, COUNTER)
    entry = await add_home(hass, price_entity=None, price=0.25)
    name, kwh = COUNTER, 100.0

    async def live(minutes: int, *, is_there: bool = True) -> None:
        nonlocal kwh
        for minute in range(minutes):
            kwh += 1.2 / 60
            hass.states.async_set(
                POWER, str(1200 + minute % 2), {"unit_of_measurement": "W"}
            )
            hass.states.async_set(
                name, f"{kwh:.3f}" if is_there else "unavailable", KWH
            )
            await pass_seconds(hass, freezer, 60)

    await live(30)
    await live(away, is_there=False)
    await rename(hass, COUNTER, "sensor.other")
    name = "sensor.other"
    await live(away, is_there=False)
    await live(30)
    assert entry.data["energy"] == "sensor.other"
    assert number(hass, "sensor.heat_pump_energy") == pytest.approx(kwh - 100, abs=0.03)
    assert complaints(caplog) == []
    assert told(hass) == []


async def test_a_counter_that_is_another_begins_anew(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """One that the user names in its place was not renamed: its figure is no use."""
    freezer.move_to("2026-11-24T12:00:00+00:00")
    register(hass, COUNTER, "sensor.other")
    entry = await add_home(hass, power=None, price_entity=None)
    hass.states.async_set("sensor.other", "100.5", KWH)
    await pass_seconds(hass, freezer, 3600)
    hass.config_entries.async_update_entry(
        entry, data={**entry.data, "energy": "sensor.other"}
    )
    await hass.async_block_till_done()
    await pass_seconds(hass, freezer, 60)
    assert number(hass, "sensor.heat_pump_energy") == 0


async def test_a_heat_meter_that_is_renamed_goes_on(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """What it told while it was away is heat of this system."""
    freezer.move_to("2026-11-24T12:00:00+00:00")
    register(hass, "sensor.heat")
    hass.states.async_set("sensor.heat", "500", KWH)
    await add_home(hass, price_entity=None, thermal_energy="sensor.heat")
    await pass_seconds(hass, freezer, 60)
    hass.states.async_set("sensor.heat", "unavailable", KWH)
    await pass_seconds(hass, freezer, 1800)
    await rename(hass, "sensor.heat", "sensor.warmth")
    await pass_seconds(hass, freezer, 1800)
    hass.states.async_set("sensor.warmth", "503.5", KWH)
    await pass_seconds(hass, freezer, 60)
    assert number(hass, "sensor.heat_pump_thermal_energy") == pytest.approx(3.5)


async def test_a_counter_of_the_home_that_is_renamed_goes_on(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """What it counts between its last word and its first under the new name is drawn."""
    await hass.config.async_set_time_zone("UTC")
    freezer.move_to("2026-11-24T12:00:00+00:00")
    register(hass, "sensor.home")
    hass.states.async_set("sensor.home", "5000", KWH)
    plan = await add_plan(hass, TIERS, home_energy="sensor.home")
    await pass_seconds(hass, freezer, 600)
    hass.states.async_set("sensor.home", "5003", KWH)
    await pass_seconds(hass, freezer, 600)
    hass.states.async_set("sensor.home", "unavailable", KWH)
    await rename(hass, "sensor.home", "sensor.grid")
    await pass_seconds(hass, freezer, 600)
    hass.states.async_set("sensor.grid", "5005", KWH)
    await pass_seconds(hass, freezer, 60)
    assert plan.data["home_energy"] == "sensor.grid"
    assert plan.runtime_data.tiers.used == pytest.approx(5)


async def test_a_plan_whose_counter_of_the_home_is_given_up(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """What its systems used before was in the counter's figures: it counts once."""
    await hass.config.async_set_time_zone("UTC")
    freezer.move_to("2026-11-24T12:00:00+00:00")
    hass.states.async_set("sensor.home", "5000", KWH)
    plan = await add_plan(hass, TIERS, home_energy="sensor.home")
    await add_home(hass, energy=None, price_entity=None, plan=plan.entry_id)

    async def live(minutes: int) -> None:
        for minute in range(minutes):
            hass.states.async_set(
                POWER, str(1200 + minute % 2), {"unit_of_measurement": "W"}
            )
            await pass_seconds(hass, freezer, 60)

    await live(60)
    hass.states.async_set("sensor.home", "5003", KWH)
    await live(1)
    assert plan.runtime_data.tiers.used == pytest.approx(3)
    data = {key: value for key, value in plan.data.items() if key != "home_energy"}
    hass.config_entries.async_update_entry(plan, data=data)
    await hass.async_block_till_done()
    await live(30)
    assert plan.runtime_data.tiers.used == pytest.approx(3.6, abs=0.03)
    # It is so after a restart as well, and of a system that is new to the plan.
    assert await hass.config_entries.async_reload(plan.entry_id)
    await hass.async_block_till_done()
    await live(30)
    assert plan.runtime_data.tiers.used == pytest.approx(4.2, abs=0.03)


@pytest.mark.parametrize("restarted", [False, True])
async def test_a_system_that_was_on_another_plan_for_a_while(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, restarted: bool
) -> None:
    """Its bill is all of the plan's that it is on; what it used counts in its tiers, once."""
    await hass.config.async_set_time_zone("UTC")
    freezer.move_to("2026-11-24T12:00:00+00:00")
    home, other = [
        await add_plan(hass, {"tiers": [{"price": 0.1, "up_to": 2}, {"price": price}]})
        for price in (0.2, 0.5)
    ]
    entry = await add_home(hass, energy=None, price_entity=None, plan=home.entry_id)

    async def live(minutes: int) -> None:
        for minute in range(minutes):
            hass.states.async_set(
                POWER, str(1200 + minute % 2), {"unit_of_measurement": "W"}
            )
            await pass_seconds(hass, freezer, 60)

    for plan, used in ((home, 1.2), (other, 2.4), (home, 3.6), (other, 4.8)):
        if plan.entry_id != entry.data["plan"]:
            hass.config_entries.async_update_entry(
                entry, data={**entry.data, "plan": plan.entry_id}
            )
            await hass.async_block_till_done()
        if restarted:
            for each in (entry, home, other):
                assert await hass.config_entries.async_unload(each.entry_id)
            for each in (other, home, entry):
                assert await hass.config_entries.async_setup(each.entry_id)
            await hass.async_block_till_done()
        await live(60)
        assert plan.runtime_data.tiers.used == pytest.approx(used, abs=0.05)
        price = 0.2 if plan is home else 0.5
        assert number(hass, "sensor.heat_pump_bill") == pytest.approx(
            min(used, 2) * 0.1 + max(used - 2, 0) * price, abs=0.03
        )


async def test_all_of_our_own_entities_are_renamed_and_disabled(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """They show the same; nothing is sent or told, and what is used is counted."""
    freezer.move_to("2026-11-24T12:00:00+00:00")
    set_all(hass)
    hass.states.async_remove(UNIT)
    sensor(hass, 19.0)
    hass.states.async_set("binary_sensor.window", "off")
    plan = await add_plan(hass, TIERS)
    entry, unit = await add_zone(
        hass,
        system={
            "energy": COUNTER,
            "plan": plan.entry_id,
            "outdoor_temperature": OUTDOOR,
        },
        temperature="sensor.room",
        windows=["binary_sensor.window"],
    )
    await call(hass, "climate.set_temperature", temperature=22, hvac_mode="heat")
    await later(hass, freezer, minutes=10)
    unit.commands.clear()
    caplog.clear()
    registry = er.async_get(hass)

    def enabled() -> list[er.RegistryEntry]:
        return [
            each
            for owner in (entry, plan)
            for each in er.async_entries_for_config_entry(registry, owner.entry_id)
            if not each.disabled
        ]

    count = len(enabled())
    assert count > 25
    for each in enabled():
        was = hass.states.get(each.entity_id)
        new = each.entity_id.replace(".", ".our_")
        registry.async_update_entity(each.entity_id, new_entity_id=new)
        await hass.async_block_till_done()
        now = hass.states.get(new)
        assert was is not None and now is not None, new
        assert (was.state, was.attributes) == (now.state, now.attributes)
    for each in enabled():
        registry.async_update_entity(
            each.entity_id, disabled_by=er.RegistryEntryDisabler.USER
        )
    await later(hass, freezer, minutes=5)
    assert not [each for each in hass.states.async_entity_ids() if ".our_" in each]
    hass.states.async_set(COUNTER, "101.5", KWH)
    await later(hass, freezer, minutes=60)
    for owner in (entry, plan):
        for each in er.async_entries_for_config_entry(registry, owner.entry_id):
            if each.disabled_by is er.RegistryEntryDisabler.USER:
                registry.async_update_entity(each.entity_id, disabled_by=None)
    # Home Assistant loads what was enabled anew, half a minute later.
    await later(hass, freezer, minutes=5)
    assert entry.state is plan.state is ConfigEntryState.LOADED
    assert len(enabled()) == count
    assert number(hass, "sensor.our_heat_pump_energy") == pytest.approx(1.5)
    assert unit.commands == []
    assert complaints(caplog) == []
    assert told(hass) == []


async def test_a_zone_that_is_removed_amid_a_hold(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Its unit stays as it is, and shows again; the hold's end moves nothing."""
    freezer.move_to("2026-11-24T12:00:00+00:00")
    sensor(hass, 19.0)
    hass.states.async_set("schedule.week", "on", {"preset": "comfort"})
    entry, unit = await add_zone(
        hass, temperature="sensor.room", schedule="schedule.week", hold_minutes=30
    )
    await call(hass, "climate.set_hvac_mode", hvac_mode="heat")
    await later(hass, freezer, minutes=5)
    await call(hass, "climate.set_temperature", temperature=24)
    await later(hass, freezer, minutes=5)
    assert reason(hass) == "hold"
    unit.commands.clear()
    caplog.clear()
    (zone_id,) = entry.subentries
    hass.config_entries.async_remove_subentry(entry, zone_id)
    await hass.async_block_till_done()
    await later(hass, freezer, minutes=60)
    assert unit.commands == []
    shown = er.async_get(hass).async_get("climate.plain")
    assert shown is not None and shown.hidden_by is None
    assert not [each for each in hass.states.async_entity_ids() if "den" in each]
    assert entry.runtime_data._data()["control"]["zones"] == {}
    assert complaints(caplog) == []


@pytest.mark.parametrize("source", ["energy", "power"])
async def test_a_unit_that_is_unplugged_for_weeks(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    source: str,
) -> None:
    """Nothing is sent or logged meanwhile, and nothing counted of those weeks."""
    freezer.move_to("2026-11-02T12:00:00+00:00")
    sensor(hass, 19.0)
    hass.states.async_set("schedule.week", "on", {"preset": "comfort"})
    set_all(hass)
    hass.states.async_remove(UNIT)
    named = {"energy": COUNTER, "power": POWER}[source]
    _, unit = await add_zone(
        hass,
        system={source: named, "price": 0.25},
        temperature="sensor.room",
        schedule="schedule.week",
    )
    await call(hass, "climate.set_hvac_mode", hvac_mode="heat")
    await later(hass, freezer, minutes=30)
    unit.set(available=False)
    for each in (POWER, COUNTER):
        hass.states.async_set(each, "unavailable")
    await hass.async_block_till_done()
    await pass_seconds(hass, freezer, 60)
    before = figure(hass, "sensor.heat_pump_energy")
    assert before == pytest.approx(0.6 if source == "power" else 0, abs=0.03)
    unit.commands.clear()
    caplog.clear()
    for number_ in range(21 * 4):
        on = number_ % 2 == 0
        hass.states.async_set(
            "schedule.week", "on" if on else "off", {"preset": "comfort"} if on else {}
        )
        await pass_seconds(hass, freezer, 6 * 3600)
    assert unit.commands == []
    assert reason(hass) == "unit_unavailable"
    assert complaints(caplog) == []
    unit.set(available=True)
    set_all(hass)
    await later(hass, freezer, minutes=2)
    assert len(unit.commands) <= 2
    assert number(hass, "sensor.heat_pump_energy") == pytest.approx(before, abs=0.05)
    assert complaints(caplog) == []


@pytest.mark.parametrize("days", [20, 90, 200])
async def test_a_home_that_was_left_for_a_season(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, days: int
) -> None:
    """What its counter tells of a time in which nothing ran costs what it did, however long."""
    await hass.config.async_set_time_zone("UTC")
    freezer.move_to("2026-09-12T12:00:00+00:00")
    hours = [
        {"period": "off_peak", "price": 0.1, "start": "19:00", "end": "07:00"},
        {"period": "on_peak", "price": 0.3, "start": "07:00", "end": "19:00"},
    ]
    plan = await add_plan(hass, {"hours": hours})
    entry = await add_home(hass, power=None, price_entity=None, plan=plan.entry_id)
    await pass_seconds(hass, freezer, 60)
    for each in (entry, plan):
        assert await hass.config_entries.async_unload(each.entry_id)
    freezer.tick(timedelta(days=days))
    set_all(hass, kwh=100 + 2 * days)
    for each in (plan, entry):
        assert await hass.config_entries.async_setup(each.entry_id)
    await hass.async_block_till_done()
    await pass_seconds(hass, freezer, 60)
    assert number(hass, "sensor.heat_pump_energy") == pytest.approx(2 * days, abs=0.01)
    # Half of it at each price; what is older than 130 days at the one of noon.
    older = 2 * max(days - 130, 0)
    assert number(hass, "sensor.heat_pump_cost") == pytest.approx(
        (2 * days - older) * 0.2 + older * 0.3, abs=0.05
    )
    assert entry.runtime_data.account.costs.unpriced == ()
