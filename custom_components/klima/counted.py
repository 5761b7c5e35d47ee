"""What systems and plans counted, kept in one file of all of them.

Not in restored states: those are written every quarter of an hour and dropped
after a week, and a counter must lose at most a minute to a crash.

It changes all the time: a write a minute, however many there are, is what a memory
card bears. Ledgers, which are large, have each a file of their own that is written
every few hours (`kept_ledger`).
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
import logging
from typing import override

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryNotReady, HomeAssistantError
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN
from .store import (
    Data,
    PairedStore,
    Take,
    async_taken,
    data_of,
    ledger_store,
    not_ready,
)

_LOGGER = logging.getLogger(__name__)

AT_ONCE = 20
"""Systems and plans that say what they counted before the loop has its turn."""

NUMBER = "number"
"""The key, beside those of entries, of how often the file of all was written."""


class _CountedStore(PairedStore):
    """The file of what all systems and plans counted, each under its entry's id.

    It is read when the first of them opens it, and forgotten when the last one closed
    it. What is written has the parts of those, too, that are not open. Each write has
    a number: on a disk that was full, the copy is the newer of the two.
    """

    def __init__(self, hass: HomeAssistant) -> None:
        """Read nothing yet."""
        super().__init__(hass, f"{DOMAIN}.counted")
        self._reading = asyncio.Lock()
        self._open: dict[str, object] = {}
        self._number = 0
        self._is_read = False
        self._parts: Data = {}
        self._others: Data = {}
        self._written: Data | None = None
        self._due: dict[str, Callable[[], Data]] = {}
        self._failing = set[str]()

    async def async_open(self, key: str, owner: object) -> bool:
        """Return whether there is a part of an entry, which is its last owner's to save.

        Raises ConfigEntryNotReady where the disk cannot be read now.
        """
        async with self._reading:
            if not self._is_read:
                await self._async_read()
        self._open[key] = owner
        return key in self._parts or key in self._others

    async def async_parts(self, key: str) -> AsyncIterator[Data | Exception]:
        """Yield the part of an entry, then what the copy has in its place."""
        for parts in (self._parts, self._others):
            if key in parts:
                yield data_of(parts[key], key)

    async def _async_read(self) -> None:
        readings = [data async for data in self.async_readings()]
        found = [data for data in readings if isinstance(data, dict)]
        failures = [data for data in readings if isinstance(data, Exception)]
        if not found:
            for err in failures:
                if isinstance(err, HomeAssistantError):
                    raise not_ready(err) from err
            if failures:
                _LOGGER.error("What was counted cannot be read and begins anew")
        elif found[0] is not readings[0]:
            _LOGGER.warning(
                "%s cannot be read, and what was counted is taken from its copy",
                self.key,
            )
        numbers = [_number_of(data.pop(NUMBER, 0)) for data in found]
        if numbers[1:] and numbers[0] < numbers[1]:
            found.reverse()
            _LOGGER.warning("%s is older than its copy, which is taken", self.key)
        self._number = max(numbers, default=0)
        self._parts, other = ({**each} for each in (*found, {}, {})[:2])
        self._written = {**self._parts} if found[1:] and found[0] == found[1] else None
        # What the copy alone may be able to tell is at hand once that is overwritten.
        self._others = {
            key: part for key, part in other.items() if part != self._parts.get(key)
        }
        self._is_read = True

    def is_of(self, key: str, owner: object) -> bool:
        """Return whether a part is still an owner's: it may be gone, or loaded anew."""
        return self._open.get(key) is owner

    @callback
    def async_save_part_soon(self, key: str, data: Callable[[], Data]) -> None:
        """Save a part within `SAVE_DELAY`, with all that are due by then."""
        self._due[key] = data
        self.async_save_soon(self._all)

    async def async_put(self, key: str, data: Data) -> None:
        """Write a part now."""
        self._due.pop(key, None)
        self._parts[key] = data
        await self._async_save_parts()

    @callback
    def async_close(self, key: str) -> None:
        """Forget all, if this was the last part that is open and all is written."""
        self._open.pop(key, None)
        if not (self._open or self._due or self.failed) and self._due_at is None:
            self._is_read = False
            self._parts, self._others, self._written = {}, {}, None

    async def async_drop(self, key: str) -> None:
        """Remove a part, and the file with the last one."""
        await self.async_open(key, self)
        self._due.pop(key, None)
        self._others.pop(key, None)
        self._parts.pop(key, None)
        await self._async_save_parts()
        if not (self._parts or self._due):
            # Not in the midst of a write, which a removal waits for.
            await self.async_remove()
            self._written = {}
            if self._parts:
                # Of one that came meanwhile, and whose file may be gone with it.
                self._written = None
                await self._async_save_parts()
        self.async_close(key)

    async def _async_save_parts(self) -> None:
        await self.async_save({NUMBER: self._number, **self._parts})

    def _take_next(self) -> None:
        """Take what the next one that is due counted by now."""
        key, part = self._due.popitem()
        try:
            self._parts[key] = part()
        except Exception:
            # A fault of ours in one keeps no other from being saved.
            if key not in self._failing:
                _LOGGER.exception("What %s counted cannot be told", key)
            self._failing.add(key)

    def _all(self) -> Data:
        """Return what is written where a Home Assistant knows nothing of what is below."""
        while self._due:
            self._take_next()
        return {NUMBER: self._number, **self._parts}

    @override
    async def _async_write_data(self, data: Data) -> None:
        """Write what all have by now, if there is anything and it is another."""
        number = 0
        while self._due:
            self._take_next()
            if (number := number + 1) % AT_ONCE == 0:
                await asyncio.sleep(0)
        self._due_at = None
        parts = {**self._parts}
        if parts == self._written and not self.failed:
            return
        if not parts:
            return
        data.pop("data_func", None)
        self._number += 1
        numbered = {NUMBER: self._number, **parts}
        await super()._async_write_data({**data, "data": numbered})
        if not self.failed:
            self._written = parts


def _number_of(found: object) -> int:
    """Return the number of a write, 0 for what is none."""
    return found if isinstance(found, int) else 0


_COUNTED: HassKey[_CountedStore] = HassKey(f"{DOMAIN}_counted")


@callback
def _async_counted(hass: HomeAssistant) -> _CountedStore:
    if _COUNTED not in hass.data:
        hass.data[_COUNTED] = _CountedStore(hass)
    return hass.data[_COUNTED]


class Counted:
    """What one system or plan counted: its part of the file of all."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Take whose it is."""
        self._store = _async_counted(hass)
        self._hass = hass
        self._key = entry_id

    async def async_load(self, take: Take, what: str) -> Data | None:
        """Return what was counted once it was taken up, as `async_taken` does."""
        if await self._store.async_open(self._key, self):
            return await async_taken(self._store.async_parts(self._key), take, what)
        own = _own_store(self._hass, self._key)
        data = await own.async_take(take, what)
        if data is not None:
            await self._store.async_put(self._key, data)
            if not self._store.failed:
                await own.async_remove()
        return data

    @callback
    def async_save_soon(self, data: Callable[[], Data]) -> None:
        """Save within `SAVE_DELAY`; `data` is called when it is written.

        Not once it was closed: what ends late would overwrite who came after it.
        """
        if self._store.is_of(self._key, self):
            self._store.async_save_part_soon(self._key, data)

    async def async_close(self, data: Data) -> None:
        """Write what was counted to the end."""
        if self._store.is_of(self._key, self):
            await self._store.async_put(self._key, data)
        # It may have been removed, or loaded anew, while that was written.
        if self._store.is_of(self._key, self):
            self._store.async_close(self._key)


def _own_store(hass: HomeAssistant, entry_id: str) -> PairedStore:
    """Return the store that each had of its own, before there was one of all."""
    return PairedStore(hass, f"{DOMAIN}.{entry_id}")


async def async_remove_store(hass: HomeAssistant, entry_id: str) -> None:
    """Remove what a system or a plan counted."""
    with suppress(ConfigEntryNotReady):
        await _async_counted(hass).async_drop(entry_id)
    await _own_store(hass, entry_id).async_remove()
    await ledger_store(hass, entry_id).async_remove()
