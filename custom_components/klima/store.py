"""What systems and plans counted, kept in Home Assistant's storage.

Not in restored states: those are written every quarter of an hour and dropped
after a week, and a counter must lose at most a minute to a crash.

What changes all the time is in one file, of all of them: a write a minute, however
many there are, is what a memory card bears. Ledgers, which are large, have each a
file of their own that is written every few hours. Each file has a copy: what a bad
sector, a full disk or a hand that slipped does to the one, it does not do to the other.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
import logging
import os
from pathlib import Path
from typing import Any, override

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryNotReady, HomeAssistantError
from homeassistant.helpers.storage import Store
from homeassistant.util.file import WriteError, write_utf8_file
from homeassistant.util.hass_dict import HassKey
from homeassistant.util.json import SerializationError

from .const import DOMAIN

_LOGGER = logging.getLogger(__name__)

STORAGE_VERSION = 1

UNREADABLE = (AttributeError, LookupError, OverflowError, TypeError, ValueError)
"""What data raises that is not what was kept: its file was edited, or damaged."""

SAVE_DELAY = 10
"""s from a change to its write. With publishing once a minute, a crash costs about one."""

LEDGER_DELAY = 60
"""s from the time that a whole ledger is due to its write."""

AT_ONCE = 20
"""Systems and plans that say what they counted before the loop has its turn."""

NUMBER = "number"
"""The key, beside those of entries, of how often the file of all was written."""

type Data = dict[str, Any]

type Take = Callable[[Data], object]
"""Takes up what was kept, or raises one of `UNREADABLE`."""


class _PairedStore(Store[Data]):
    """A file and its copy, which knows whether its last write came to the disk.

    Home Assistant's own only logs that one did not, and does so at each: of a
    disk that is full, that would be several lines a minute.
    """

    failed = False

    def __init__(self, hass: HomeAssistant, key: str) -> None:
        """Take the key of the file."""
        super().__init__(hass, STORAGE_VERSION, key, atomic_writes=True)
        self.copy = Store[Data](hass, STORAGE_VERSION, f"{key}.copy")

    async def async_readings(self) -> AsyncIterator[Data | Exception | None]:
        """Yield what is in the file, then what is in its copy: data, nothing, or why not."""
        for store in (self, self.copy):
            try:
                data = await store.async_load()
            except (HomeAssistantError, *UNREADABLE) as err:
                _LOGGER.debug("%s cannot be read: %r", store.path, err)
                yield err
                continue
            yield None if data is None else _data_of(data, store.path)

    @override
    async def _async_write_data(self, data: Data) -> None:
        """Write, and take note of how it went; tell once that it does not."""
        self._manager.async_invalidate(self.copy.key)
        try:
            await super()._async_write_data(data)
        except (SerializationError, WriteError) as err:
            if not self.failed:
                _LOGGER.error(
                    "%s cannot be written, which is tried again: %s", self.key, err
                )
            self.failed = True
            return
        except Exception:
            self.failed = True
            raise
        if self.failed:
            self.failed = False
            _LOGGER.warning("%s is written again", self.key)

    @override
    def _write_prepared_data(self, mode: str, json_data: str | bytes) -> None:
        """Write both files, the copy also where the first cannot be.

        The first is waited for until it is on the disk; the copy need not be. Where
        there is no room for a new file, the copy is written over in the room it has.
        """
        failure: WriteError | None = None
        try:
            super()._write_prepared_data(mode, json_data)
        except WriteError as err:
            # Not in here: Home Assistant would log the one failure with the other.
            failure = err
        copy = Path(self.copy.path)
        if failure is not None and copy.is_file():
            _overwrite(copy, json_data)
        else:
            write_utf8_file(self.copy.path, json_data, mode=mode)
        if failure is not None:
            raise failure

    @override
    async def async_remove(self) -> None:
        """Remove both files."""
        await super().async_remove()
        await self.copy.async_remove()


def _overwrite(path: Path, written: str | bytes) -> None:
    """Write a file over, in the room that it has; raises WriteError.

    Where it would need more than there is, it stays as it was.
    """
    data = written if isinstance(written, bytes) else written.encode()
    try:
        with path.open("r+b") as file:
            os.posix_fallocate(file.fileno(), 0, len(data))
            file.write(data)
            file.truncate()
    except OSError as err:
        raise WriteError(err) from err


def _data_of(found: Any, of: str) -> Data | Exception:
    """Return what was read, or why it is none: what is JSON may still be no data."""
    return found if isinstance(found, dict) else TypeError(f"{of} has no object")


def _not_ready(err: Exception) -> ConfigEntryNotReady:
    """Return what lets a set-up be tried again: the disk itself cannot be read now."""
    return ConfigEntryNotReady(
        translation_domain=DOMAIN,
        translation_key="storage_unreadable",
        translation_placeholders={"error": str(err)},
    )


async def _async_taken(
    readings: AsyncIterator[Data | Exception | None], take: Take, what: str
) -> Data | None:
    """Return the first reading that could be taken up, None where nothing was kept.

    All after the first are copies. `what` says in the log whose it is. Raises
    ConfigEntryNotReady where the disk itself cannot be read now.
    """
    unreadable: HomeAssistantError | None = None
    is_copy = failed = False
    async for data in readings:
        if isinstance(data, HomeAssistantError):
            unreadable = data
        elif isinstance(data, Exception):
            failed = True
        elif data is not None:
            try:
                take(data)
            except UNREADABLE as err:
                _LOGGER.debug("What %s cannot be read: %r", what, err)
                failed = True
            else:
                if is_copy:
                    _LOGGER.warning(
                        "What %s cannot be read, and is taken from its copy", what
                    )
                return data
        is_copy = True
    if unreadable is not None:
        raise _not_ready(unreadable) from unreadable
    if failed:
        _LOGGER.error("What %s cannot be read and begins anew", what)
    return None


class KeptStore:
    """What one owner keeps, in a file of its own and its copy."""

    def __init__(self, hass: HomeAssistant, key: str, delay: float) -> None:
        """Take the key of the file; `delay` is the s from a change to its write."""
        self._delay = delay
        self._store = _PairedStore(hass, key)
        self._is_due = False

    async def async_load(self, take: Take, what: str) -> Data | None:
        """Return what was kept once it was taken up, None where nothing was.

        What `take` cannot read is looked for in the copy. `what` says in the log
        whose it is. Raises ConfigEntryNotReady where the disk itself cannot be
        read now.
        """
        return await _async_taken(self._store.async_readings(), take, what)

    @property
    def failed(self) -> bool:
        """Whether the last write failed."""
        return self._store.failed

    @callback
    def async_save_soon(self, data: Callable[[], Data]) -> None:
        """Save within the delay; what is due already is not put off by it.

        Home Assistant's own store waits anew with each change, so that what
        changes all the time would never be written. `data` is called when it is
        written.
        """
        if self._is_due:
            return
        self._is_due = True

        def written() -> Data:
            """Return what is written now: it is no longer due."""
            self._is_due = False
            return data()

        self._store.async_delay_save(written, self._delay)

    async def async_save(self, data: Data) -> None:
        """Write both files now."""
        self._is_due = False
        await self._store.async_save(data)

    async def async_remove(self) -> None:
        """Remove both files."""
        await self._store.async_remove()


class _CountedStore(_PairedStore):
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
                yield _data_of(parts[key], key)

    async def _async_read(self) -> None:
        readings = [data async for data in self.async_readings()]
        found = [data for data in readings if isinstance(data, dict)]
        failures = [data for data in readings if isinstance(data, Exception)]
        if not found:
            for err in failures:
                if isinstance(err, HomeAssistantError):
                    raise _not_ready(err) from err
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
    def async_save_soon(self, key: str, data: Callable[[], Data]) -> None:
        """Save a part within `SAVE_DELAY`, with all that are due by then."""
        self._due[key] = data
        # One that was cut off, or called off, is made up for.
        if self._data is None or self._delay_handle is None:
            self.async_delay_save(dict, SAVE_DELAY)

    async def async_put(self, key: str, data: Data) -> None:
        """Write a part now."""
        self._due.pop(key, None)
        self._parts[key] = data
        await self.async_save({})

    @callback
    def async_close(self, key: str) -> None:
        """Forget all, if this was the last part that is open and all is written."""
        self._open.pop(key, None)
        if not (self._open or self._due or self.failed or self._data):
            self._is_read = False
            self._parts, self._others, self._written = {}, {}, None

    async def async_drop(self, key: str) -> None:
        """Remove a part, and the file with the last one."""
        await self.async_open(key, self)
        self._due.pop(key, None)
        self._others.pop(key, None)
        self._parts.pop(key, None)
        await self.async_save({})
        self.async_close(key)

    @override
    async def _async_write_data(self, data: Data) -> None:
        """Write what all have by now, if anything is another; remove what has nothing."""
        number = 0
        while self._due:
            key = next(iter(self._due))
            part = self._due.pop(key)
            try:
                self._parts[key] = part()
            except Exception:
                # A fault of ours in one keeps no other from being saved.
                if key not in self._failing:
                    _LOGGER.exception("What %s counted cannot be told", key)
                self._failing.add(key)
            if (number := number + 1) % AT_ONCE == 0:
                await asyncio.sleep(0)
        parts = {**self._parts}
        if parts == self._written and not self.failed:
            return
        if not parts:
            await self.async_remove()
            self._written = parts
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
        """Return what was counted once it was taken up, as `KeptStore.async_load` does."""
        if await self._store.async_open(self._key, self):
            return await _async_taken(self._store.async_parts(self._key), take, what)
        own = _own_store(self._hass, self._key)
        data = await own.async_load(take, what)
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
            self._store.async_save_soon(self._key, data)

    async def async_close(self, data: Data) -> None:
        """Write what was counted to the end."""
        if self._store.is_of(self._key, self):
            await self._store.async_put(self._key, data)
        # It may have been removed, or loaded anew, while that was written.
        if self._store.is_of(self._key, self):
            self._store.async_close(self._key)


def _own_store(hass: HomeAssistant, entry_id: str) -> KeptStore:
    """Return the store that each had of its own, before there was one of all."""
    return KeptStore(hass, f"{DOMAIN}.{entry_id}", SAVE_DELAY)


def ledger_store(hass: HomeAssistant, entry_id: str) -> KeptStore:
    """Return the store of the ledger of a system or a plan."""
    return KeptStore(hass, f"{DOMAIN}.{entry_id}.ledger", LEDGER_DELAY)


async def async_remove_store(hass: HomeAssistant, entry_id: str) -> None:
    """Remove what a system or a plan counted."""
    with suppress(ConfigEntryNotReady):
        await _async_counted(hass).async_drop(entry_id)
    await _own_store(hass, entry_id).async_remove()
    await ledger_store(hass, entry_id).async_remove()
