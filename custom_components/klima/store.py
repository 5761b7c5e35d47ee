"""What a system counted, kept in Home Assistant's storage.

Not in restored states: those are written every quarter of an hour and dropped
after a week, and a counter must lose at most a minute to a crash.

Each is kept in two files, written one after the other: what a bad sector, a full
disk or a hand that slipped does to the one, it does not do to the other.
"""

from collections.abc import Callable
from functools import partial
import logging
from typing import Any, override

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryNotReady, HomeAssistantError
from homeassistant.helpers.storage import Store
from homeassistant.util.file import WriteError
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

COPY_LAG = 5
"""s from the write of the one file to that of the other: no crash meets both."""

type Data = dict[str, Any]


class _TellingStore(Store[Data]):
    """A store that knows whether its last write came to the disk.

    A file and its copy are `pair` of each other: one tells for both.

    Home Assistant's own only logs that one did not, and does so at each: of a
    disk that is full, that would be several lines a minute.
    """

    failed = False
    pair: tuple[_TellingStore, ...] = ()

    @override
    async def _async_write_data(self, data: Data) -> None:
        """Write, and take note of how it went; tell once that it does not."""
        try:
            await super()._async_write_data(data)
        except (SerializationError, WriteError) as err:
            if not any(each.failed for each in self.pair):
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
            if not any(each.failed for each in self.pair):
                _LOGGER.warning("%s is written again", self.key)


class KeptStore:
    """What one owner keeps, in a file and its copy."""

    def __init__(self, hass: HomeAssistant, key: str, delay: float) -> None:
        """Take the key of the file; `delay` is the s from a change to its write."""
        self._key = key
        self._delay = delay
        self._stores: tuple[_TellingStore, ...] = tuple(
            _TellingStore(hass, STORAGE_VERSION, name, atomic_writes=True)
            for name in (key, f"{key}.copy")
        )
        for store in self._stores:
            store.pair = self._stores
        self._due = [False for _ in self._stores]

    async def async_load(
        self, take: Callable[[Data], object], what: str
    ) -> Data | None:
        """Return what was kept once it was taken up, None where nothing was.

        `take` raises AttributeError, LookupError, TypeError or ValueError for what
        it cannot read: the copy is then tried. `what` says in the log whose it
        is. Raises ConfigEntryNotReady where the disk itself cannot be read now.
        """
        unreadable: HomeAssistantError | None = None
        failed = False
        for store in self._stores:
            try:
                data = await store.async_load()
            except HomeAssistantError as err:
                unreadable = err
                continue
            except UNREADABLE as err:
                # It is JSON, but not of a store.
                _LOGGER.debug("%s is no store: %r", store.path, err)
                failed = True
                continue
            if data is None:
                continue
            try:
                take(data)
            except UNREADABLE as err:
                _LOGGER.debug("%s cannot be read: %r", store.path, err)
                failed = True
                continue
            if failed or unreadable is not None or store is not self._stores[0]:
                _LOGGER.warning(
                    "What %s cannot be read, and is taken from its copy", what
                )
            return data
        if unreadable is not None:
            raise ConfigEntryNotReady(
                translation_domain=DOMAIN,
                translation_key="storage_unreadable",
                translation_placeholders={"error": str(unreadable)},
            ) from unreadable
        if failed:
            _LOGGER.error("What %s cannot be read and begins anew", what)
        return None

    @property
    def failed(self) -> bool:
        """Whether the last write of the file, not of its copy, failed."""
        return self._stores[0].failed

    @callback
    def async_save_soon(
        self, data: Callable[[], Data], copy: Callable[[], Data] | None = None
    ) -> None:
        """Save within the delay; what is due already is not put off by it.

        Home Assistant's own store waits anew with each change, so that what
        changes all the time would never be written. `data` is called when it is
        written, `copy` (the same if it is left out) when the copy is.
        """
        for index, each in enumerate((data, data if copy is None else copy)):
            if self._due[index]:
                continue
            self._due[index] = True
            self._stores[index].async_delay_save(
                partial(self._written, index, each), self._delay + index * COPY_LAG
            )

    @callback
    def _written(self, index: int, data: Callable[[], Data]) -> Data:
        """Return what is written to a file now: it is no longer due."""
        self._due[index] = False
        return data()

    async def async_save(self, data: Data) -> None:
        """Write both files now."""
        for index, store in enumerate(self._stores):
            self._due[index] = False
            await store.async_save(data)

    async def async_remove(self) -> None:
        """Remove both files."""
        for store in self._stores:
            await store.async_remove()


def system_store(hass: HomeAssistant, entry_id: str) -> KeptStore:
    """Return the store of a system or a plan."""
    return KeptStore(hass, f"{DOMAIN}.{entry_id}", SAVE_DELAY)


def ledger_store(hass: HomeAssistant, entry_id: str) -> KeptStore:
    """Return the store of the ledger of a system or a plan."""
    return KeptStore(hass, f"{DOMAIN}.{entry_id}.ledger", LEDGER_DELAY)


async def async_remove_store(hass: HomeAssistant, entry_id: str) -> None:
    """Remove what a system or a plan counted."""
    await system_store(hass, entry_id).async_remove()
    await ledger_store(hass, entry_id).async_remove()
