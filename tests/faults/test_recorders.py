"""What a recorder can do to a system: fail, be late, be put back, be corrected by hand, leave out."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.recorder.db_schema import Statistics, StatisticsShortTerm
from homeassistant.components.recorder.statistics import (
    get_short_term_statistics_run_cache,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.recorder import get_instance, session_scope
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)
from sqlalchemy.exc import OperationalError

from tests.common import state_of
from tests.meters import number
from tests.plans import add_plan
from tests.recorded import act, hours_before, write
from tests.test_history import read

from .common import (
    COUNTER,
    OUTDOOR,
    POWER,
    PRICE,
    add_home,
    complaints,
    pass_seconds,
    set_all,
    set_unit,
)
from .test_years import TIERS, Recorded

pytestmark = pytest.mark.usefixtures("recorder_mock")


K = "custom_components.klima"


@contextmanager
def broken_database() -> Iterator[None]:
    """Let the database answer nothing, as while its tables are migrated."""
    broken = OperationalError("SELECT", {}, Exception("no such column"))
    with (
        patch(f"{K}.recorded.statistics_during_period", side_effect=broken),
        patch(f"{K}.same_id.statistics_during_period", side_effect=broken),
    ):
        yield


async def test_a_database_that_cannot_be_read_at_first(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The past is taken once it can be, and the first bill is a whole one then."""
    freezer.move_to("2026-11-24T12:00:00+00:00")
    hours = [(at, 1.0) for at in hours_before(48)]
    await write(hass, COUNTER, hours)
    await write(hass, OUTDOOR, hours, unit="°C", mean=True)
    home = Recorded(hass, freezer)
    plan = await add_plan(hass, TIERS)
    set_all(hass)
    with broken_database():
        await add_home(hass, power=None, price_entity=None, plan=plan.entry_id)
        await pass_seconds(hass, freezer, 30)
        await home.live(3)
    await home.live(6)
    assert number(hass, "sensor.heat_pump_bill") == pytest.approx(4.8 + 0.075, abs=0.02)
    rows = await read(hass, "sensor.heat_pump_energy")
    assert len(rows) > 48
    assert complaints(caplog) == []


async def test_a_recorder_that_comes_days_later(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It did not start when the system was added: the bill is whole once it does."""
    freezer.move_to("2026-11-24T12:00:00+00:00")
    hours = [(at, 1.0) for at in hours_before(48)]
    await write(hass, COUNTER, hours)
    home = Recorded(hass, freezer)
    set_all(hass)
    hass.config.components.remove("recorder")
    entry = await add_home(hass, power=None, price_entity=None, price=0.25)
    await pass_seconds(hass, freezer, 30)
    for _ in range(2 * 60):
        home.kwh += 1 / 60
        set_all(hass, kwh=home.kwh)
        await pass_seconds(hass, freezer, 60)
    assert number(hass, "sensor.heat_pump_bill") == pytest.approx(0.5, abs=0.02)
    hass.config.components.add("recorder")
    assert await hass.config_entries.async_reload(entry.entry_id)
    await home.live(12)
    assert number(hass, "sensor.heat_pump_bill") == pytest.approx(51 / 4, abs=0.02)
    rows = await read(hass, "sensor.heat_pump_energy")
    assert all(0 <= row["change"] <= 1.1 for row in rows)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await home.live(12)
    assert number(hass, "sensor.heat_pump_bill") == pytest.approx(52 / 4, abs=0.02)
    assert complaints(caplog) == []


async def test_sensors_that_the_recorder_leaves_out(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Nothing is written of them; the bill is whole all the same."""
    freezer.move_to("2026-11-24T12:00:00+00:00")
    hours = [(at, 1.0) for at in hours_before(48)]
    await write(hass, COUNTER, hours)
    home = Recorded(hass, freezer)
    get_instance(hass).entity_filter = lambda entity_id: "heat_pump" not in entity_id
    set_all(hass)
    await add_home(hass, power=None, price_entity=None, price=0.25)
    await home.live(12)
    assert number(hass, "sensor.heat_pump_bill") == pytest.approx(49 / 4, abs=0.02)
    for key in ("energy", "cost"):
        assert await read(hass, f"sensor.heat_pump_{key}") == []
    assert complaints(caplog) == []


async def put_back(hass: HomeAssistant, at: Any) -> None:
    """Let the database be the one of a time: what came later is not in it."""
    with session_scope(hass=hass) as session:
        for table in (Statistics, StatisticsShortTerm):
            session.query(table).filter(table.start_ts >= at.timestamp()).delete()
    get_short_term_statistics_run_cache(hass)._latest_id_by_metadata_id.clear()


async def test_a_database_of_an_old_backup(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """What is kept is newer: the hours between are in one, nothing falls, no bill changes."""
    freezer.move_to("2026-11-24T12:00:00+00:00")
    home = Recorded(hass, freezer)
    set_all(hass)
    entry = await add_home(hass, power=None, price_entity=None, price=0.25)
    await home.live(60)
    bill = number(hass, "sensor.heat_pump_bill")
    assert await hass.config_entries.async_unload(entry.entry_id)
    await put_back(hass, dt_util.utcnow() - timedelta(hours=3))
    assert await hass.config_entries.async_setup(entry.entry_id)
    await home.live(24)
    assert number(hass, "sensor.heat_pump_bill") == pytest.approx(bill + 0.5, abs=0.02)
    for key, price in (("energy", 1.0), ("cost", 0.25)):
        rows = await read(hass, f"sensor.heat_pump_{key}")
        changes = [row["change"] / price for row in rows]
        assert changes == pytest.approx([1, 1, 4, 1], abs=0.1), key
    assert complaints(caplog) == []


async def test_what_is_kept_of_an_old_backup(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The database is newer: the counter tells what the backup does not have."""
    freezer.move_to("2026-11-24T12:00:00+00:00")
    home = Recorded(hass, freezer)
    set_all(hass)
    entry = await add_home(hass, power=None, price_entity=None, price=0.25)
    await home.live(24)
    kept = {key: value for key, value in hass_storage.items() if "klima" in key}
    await home.live(36)
    bill = number(hass, "sensor.heat_pump_bill")
    assert await hass.config_entries.async_unload(entry.entry_id)
    for key in [key for key in hass_storage if "klima" in key]:
        del hass_storage[key]
    hass_storage.update(kept)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await home.live(24)
    assert number(hass, "sensor.heat_pump_bill") == pytest.approx(bill + 0.5, abs=0.02)
    for key, price in (("energy", 1.0), ("cost", 0.25)):
        rows = await read(hass, f"sensor.heat_pump_{key}")
        changes = [row["change"] / price for row in rows]
        assert sum(changes) == pytest.approx(7, abs=0.1), key
        assert min(changes) > -0.1, (key, changes)
    assert complaints(caplog) == []


async def test_statistics_that_were_corrected_by_hand(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """The correction stays; if the past is taken again, it goes, and nothing falls."""
    freezer.move_to("2026-11-24T12:00:00+00:00")
    now = dt_util.utcnow()
    hours = [(at, 1.0) for at in hours_before(48)]
    await write(hass, COUNTER, hours)
    home = Recorded(hass, freezer)
    set_all(hass)
    entry = await add_home(hass, power=None, price_entity=None, price=0.25)
    await home.live(24)
    own = "sensor.heat_pump_energy"

    async def changes() -> list[float]:
        await async_wait_recording_done(hass)
        return [row["change"] for row in await read(hass, own)]

    assert await changes() == pytest.approx([0, *[1] * 50], abs=0.06)
    get_instance(hass).async_adjust_statistics(
        own, now - timedelta(hours=10), 30.0, "kWh"
    )
    await home.live(6)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await home.live(6)
    corrected = [0, *[1] * 38, 31, *[1] * 12]
    assert await changes() == pytest.approx(corrected, abs=0.06)
    await act(hass, "import_history", config_entry_id=entry.entry_id)
    await home.live(12)
    assert await changes() == pytest.approx([0, *[1] * 52], abs=0.06)


class Metered(Recorded):
    """The same, whose counter, power and price have statistics of their own too."""

    def tell(self) -> None:
        """Let all sources tell what they do, and what they are."""
        super().tell()
        set_unit(self.hass)
        for entity_id, value, unit, state_class in (
            (COUNTER, self.kwh, "kWh", "total_increasing"),
            (POWER, 1000, "W", "measurement"),
            (PRICE, 0.25, "EUR/kWh", "measurement"),
        ):
            self.hass.states.async_set(
                entity_id,
                str(value),
                {"unit_of_measurement": unit, "state_class": state_class},
            )


@pytest.mark.parametrize(
    ("source", "again", "price"),
    [
        ("power", False, {"price": 1}),
        ("power", True, {"price": 1}),
        ("energy", False, {"price": 1}),
        ("energy", True, {"price": 1}),
        # One that never changes.
        ("energy", False, {"price_entity": PRICE}),
    ],
)
async def test_the_minutes_before_a_system_is_added(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    source: str,
    again: bool,
    price: dict[str, Any],
) -> None:
    """Its bill has what was used in that hour before it began, whether it was there or not."""
    freezer.move_to("2026-11-24T12:00:00+00:00")
    # Who makes statistics of sensors.
    assert await async_setup_component(hass, "sensor", {})
    home = Metered(hass, freezer)
    home.tell()
    set_all(hass)
    data: dict[str, Any] = {"power": None, "energy": None, "price_entity": None}
    data |= {source: POWER if source == "power" else COUNTER, **price}
    if again:
        entry = await add_home(hass, **data)
    await home.live(5)
    if again:
        await hass.config_entries.async_remove(entry.entry_id)
    await home.live(3)
    await add_home(hass, **data)
    await home.live(6)
    # It was there for half an hour, of an hour and ten minutes.
    assert number(hass, "sensor.heat_pump_energy") < 0.6
    costs = price.get("price", 0.25)
    assert number(hass, "sensor.heat_pump_bill") == pytest.approx(
        costs * 14 / 12, abs=0.05 * costs
    )


@pytest.mark.parametrize("by", ["plan", "entity"])
async def test_the_past_has_the_prices_of_its_time_on_the_bill(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, by: str
) -> None:
    """A price that is followed was another then, and the recorder knows which."""
    freezer.move_to("2026-11-24T12:00:00+00:00")
    times = hours_before(48)
    await write(hass, COUNTER, [(at, 1.0) for at in times])
    prices = [(at, 20.0 if at.hour < 12 else 40.0) for at in times]
    await write(hass, PRICE, prices, unit="ct/kWh", mean=True)
    set_all(hass, price=0.9)
    data: dict[str, Any] = {"power": None}
    if by == "plan":
        plan = await add_plan(hass, {"spot": {"factor": 1}}, price_entity=PRICE)
        data |= {"price_entity": None, "plan": plan.entry_id}
    await add_home(hass, **data)
    await pass_seconds(hass, freezer, 30)
    await Recorded(hass, freezer).live(3)
    # What was used since costs what it does now.
    state = hass.states.get("sensor.heat_pump_bill")
    assert state is not None and "unpriced_energy" not in state.attributes
    used = number(hass, "sensor.heat_pump_energy")
    assert float(state.state) == pytest.approx(48 * 0.3 + 0.25 * used, abs=0.15)


async def test_the_past_of_a_price_that_the_recorder_does_not_know(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """As of an input number: it waited for the next start, and was free until then."""
    freezer.move_to("2026-11-24T12:00:00+00:00")
    await write(hass, COUNTER, [(at, 1.0) for at in hours_before(48)])
    set_all(hass, price=0.25)
    entry = await add_home(hass, power=None)
    await pass_seconds(hass, freezer, 30)
    await Recorded(hass, freezer).live(3)
    for _ in range(2):
        bill = state_of(hass, "sensor.heat_pump_bill")
        used = 48 + number(hass, "sensor.heat_pump_energy")
        assert float(bill.state) == pytest.approx(0.25 * used, abs=0.15)
        assert "unpriced_energy" not in bill.attributes
        assert await hass.config_entries.async_reload(entry.entry_id)
        await hass.async_block_till_done()
