"""What all tests of the integration share."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import datetime
import json
import logging
from operator import methodcaller
from pathlib import Path
import re
import threading
import time
from typing import Any
from unittest.mock import patch

import freezegun.api
from homeassistant.core import HomeAssistant
from homeassistant.helpers import event
from hypothesis import settings
import pytest
from pytest_homeassistant_custom_component import common
from pytest_homeassistant_custom_component.syrupy import HomeAssistantSnapshotExtension
from syrupy.assertion import SnapshotAssertion

from custom_components.klima import store, zone_unit

from .chance import many

# A shared machine may stop for a moment at any time: how long an example took says nothing.
settings.register_profile("klima", deadline=None, max_examples=many(150))
settings.load_profile("klima")

# Units of the tests are written as integrations were before Home Assistant 2026.11.
_OF_A_TESTS_UNIT = re.compile(r"the deprecated (?!Klima|Comfort)\w+\._attr_")

# The plugin has all that the recorder does formatted and kept, which no test reads.
for _name in (
    "homeassistant.components.recorder.core",
    "homeassistant.components.recorder.pool",
    "sqlalchemy",
    "sqlalchemy.engine",
):
    logging.getLogger(_name).setLevel(logging.WARNING)

# Whether a module has got a name since time was last stopped, asked of thousands for each
# test: by how many names it has, and not by all of them.
freezegun.api._get_module_attributes_hash = lambda module: (
    f"{id(module)}-{len(vars(module))}"
)


@pytest.fixture(autouse=True)
async def enable_event_loop_debug() -> None:
    """Fail what calls the loop from another thread, as the debug mode does that the plugin wants.

    The rest of that mode keeps where each future came from, which is a third of a test's time.
    """
    loop = asyncio.get_running_loop()
    own = threading.get_ident()

    def checked(call: Callable[..., Any]) -> Callable[..., Any]:
        def checking(*args: Any, **kwargs: Any) -> Any:
            if threading.get_ident() != own:
                raise RuntimeError("the event loop was called from another thread")
            return call(*args, **kwargs)

        return checking

    for name in ("call_soon", "call_later", "call_at"):
        setattr(loop, name, checked(getattr(loop, name)))


@pytest.fixture(autouse=True)
def _custom_integrations(request: pytest.FixtureRequest) -> None:
    """Let Home Assistant find this repository's integration."""
    if "recorder_mock" in request.fixturenames:
        # A recorder has to be there before Home Assistant is.
        request.getfixturevalue("recorder_mock")
    request.getfixturevalue("enable_custom_integrations")


@pytest.fixture(autouse=True)
def _kept_in_memory(
    hass_storage: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keep Klima's own files where the plugin keeps those that Home Assistant writes."""

    def write(_path: Path, _copy: Path, _mode: str, written: str | bytes) -> None:
        data = json.loads(written)
        hass_storage[data["key"]] = data

    monkeypatch.setattr(store, "write_both", write)


@pytest.fixture(autouse=True)
def _timers_in_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let timers that are due at once fire in the order of their times, as a loop's do.

    The plugin fires them as they lie in a heap: whether a schedule had changed before
    a room was looked at hung on how many other timers there were. For each it also makes
    two mocks of the time, of which one suffices for all.
    """

    def fire(hass: HomeAssistant, moment: datetime, fire_all: bool) -> None:
        stamp = moment.timestamp()
        due = hass.loop.time() + common._MONOTONIC_RESOLUTION + stamp - time.time()
        with (
            patch.object(event, "time_tracker_utcnow", lambda: moment),
            patch.object(event, "time_tracker_timestamp", lambda: stamp),
        ):
            for timer in sorted(
                common.get_scheduled_timer_handles(hass.loop), key=methodcaller("when")
            ):
                if not timer.cancelled() and (fire_all or timer.when() <= due):
                    timer._run()
                    timer.cancel()

    monkeypatch.setattr(common, "_async_fire_time_changed", fire)


@pytest.fixture(autouse=True)
def _nobody_waits_for_units(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody wait for a unit that tells of its mode late: many a test's clock stands still."""
    monkeypatch.setattr(zone_unit, "MOMENT", 0.0)


@pytest.fixture(autouse=True)
def _nothing_that_goes_away(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Fail where Klima uses what Home Assistant says that it will remove."""
    yield
    told = [
        record.getMessage()
        for record in caplog.get_records("call")
        if record.levelno >= logging.WARNING
        and str(record.msg).startswith(("The deprecated", "Detected that"))
    ]
    assert not [
        text for text in told if "klima" in text and not _OF_A_TESTS_UNIT.search(text)
    ]


@pytest.fixture
def snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """Write snapshots as Home Assistant does: without what differs from run to run."""
    return snapshot.use_extension(HomeAssistantSnapshotExtension)
