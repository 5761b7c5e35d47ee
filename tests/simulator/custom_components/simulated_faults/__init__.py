"""Faults within a Home Assistant process: a blocked event loop, a clock that is set.

`scripts/faults` uses it; the process must be one of `tests.simulator.fast_home`.
"""

import asyncio
from collections import Counter
import gc
from pathlib import Path
import select
import time
from typing import Any, cast

from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.helpers.typing import ConfigType

DOMAIN = "simulated_faults"


async def async_setup(hass: HomeAssistant, _config: ConfigType) -> bool:
    """Add the actions."""

    @callback
    def block(call: ServiceCall) -> None:
        """Let nothing else run for some seconds of the wall's."""
        select.select([], [], [], float(call.data["seconds"]))

    @callback
    def set_clock(call: ServiceCall) -> None:
        """Set the clock, by hand or by a time server."""
        # The clock is what took `time.time`'s place.
        cast("Any", time.time).__self__.set_by(float(call.data["seconds"]))

    @callback
    def traces(_call: ServiceCall) -> ServiceResponse:
        """Tell what a reload may leave behind."""
        gc.collect()
        kinds = Counter(
            f"{type(each).__module__}.{type(each).__qualname__}"
            for each in gc.get_objects()
        )
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return {
            "objects": len(gc.get_objects()),
            "tasks": len(asyncio.all_tasks()),
            "listeners": sum(hass.bus.async_listeners().values()),
            "resident_kib": 4 * pages,
            "kinds": dict(kinds),
        }

    hass.services.async_register(DOMAIN, "block", block)
    hass.services.async_register(DOMAIN, "set_clock", set_clock)
    hass.services.async_register(
        DOMAIN, "traces", traces, supports_response=SupportsResponse.ONLY
    )
    return True
