"""The ledger on a disk that is full: nothing of it is dropped before it is written."""

from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.util.file import WriteError
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.klima import store
from custom_components.klima.core.ledger import QUARTER, Ledger
from custom_components.klima.kept_ledger import MOST_RECENT, KeptLedger
from custom_components.klima.store import LEDGER_DELAY


def use(kept: KeptLedger, bucket: int) -> None:
    """Use a kWh in a quarter of an hour."""
    kept.ledger.add(bucket * QUARTER, (bucket + 1) * QUARTER, 1.0)


async def test_two_writes_that_fail_and_a_kill_lose_nothing(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    """What goes with the minute's save has all that is not on the disk yet."""
    kept = KeptLedger(hass, "entry")
    await kept.async_load(None)
    use(kept, 1)
    await kept.async_save()
    with patch.object(store, "write_both", side_effect=WriteError("full")):
        for bucket in (2, 3, 4):
            use(kept, bucket)
            await kept.async_save()
    recent = kept.recent()
    assert {"2", "3", "4"} <= set(recent)

    # Killed now: of the whole there is only the first bucket.
    after = KeptLedger(hass, "entry")
    await after.async_load(recent)
    assert after.ledger.kwh == {1: 1.0, 2: 1.0, 3: 1.0, 4: 1.0}

    # Once there is room again, what is surely written is let go.
    await kept.async_save()
    use(kept, 5)
    await kept.async_save()
    assert set(kept.recent()) == {"5"}


async def test_the_whole_is_written_once_for_what_changed(
    hass: HomeAssistant, hass_storage: dict[str, Any], freezer: FrozenDateTimeFactory
) -> None:
    """It is large: to write it is no reason to write it again."""
    kept = KeptLedger(hass, "entry")
    await kept.async_load(None)
    for bucket in range(MOST_RECENT + 1):
        use(kept, bucket)
    with patch.object(Ledger, "rows", autospec=True, side_effect=Ledger.rows) as rows:
        for _ in range(4):
            kept.recent()
            freezer.tick(LEDGER_DELAY + 1)
            async_fire_time_changed(hass)
            await hass.async_block_till_done()
    # All of them are told by no argument: those of the minute's save are named.
    assert [len(call.args) for call in rows.mock_calls].count(1) == 1
    assert len(hass_storage["klima.entry.ledger"]["data"]) == MOST_RECENT + 1
