"""What Klima uses of Home Assistant that is not for integrations to use.

Home Assistant may change it in any version without a word. Where it is gone, Klima does
without (docs/architecture.md says with what); here a new version tells of it first.
"""

from importlib import import_module

import pytest

PRIVATE = (
    # A ledger of all in one file, and copies: `store.py`, `counted.py`.
    ("homeassistant.helpers.storage", "Store._async_write_data"),
    ("homeassistant.helpers.storage", "get_internal_store_manager"),
    # A year of the past at once: `bulk_statistics.py`.
    ("homeassistant.components.recorder.core", "Recorder.queue_task"),
    ("homeassistant.components.recorder.db_schema", "Statistics.__table__"),
    ("homeassistant.components.recorder.statistics", "get_metadata_with_session"),
    ("homeassistant.components.recorder.tasks", "RecorderTask.commit_before"),
    # The sidebar: `panel.py`.
    ("homeassistant.components.lovelace.const", "LOVELACE_DATA"),
    ("homeassistant.components.lovelace.dashboard", "LovelaceConfig.async_load"),
    ("homeassistant.components.frontend", "async_register_built_in_panel"),
    # A plan that a system waits for: `__init__.py`.
    ("homeassistant.config_entries", "ConfigEntry.async_setup"),
    # Who speaks to which thermostat: `stand_in.py`.
    (
        "homeassistant.components.homeassistant.exposed_entities",
        "async_should_expose",
    ),
    # The Energy dashboard's price: `pricing.py`.
    ("homeassistant.components.energy.data", "EnergyManager.async_listen_updates"),
)


@pytest.mark.parametrize(("module", "name"), PRIVATE)
def test_what_is_private_is_there(module: str, name: str) -> None:
    found: object = import_module(module)
    for part in name.split("."):
        found = getattr(found, part)
