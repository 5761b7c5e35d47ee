"""The dashboard is served, loaded and shown while a system is there, and only then."""

from http import HTTPStatus
import json
from pathlib import Path
import re
import sys
from typing import Any

from homeassistant.components.frontend import (
    DATA_EXTRA_MODULE_URL,
    async_panel_exists,
    async_register_built_in_panel,
)
from homeassistant.components.lovelace.const import LOVELACE_DATA
from homeassistant.config_entries import (
    SOURCE_USER,
    ConfigEntryDisabler,
    ConfigEntryState,
)
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    WebSocketGenerator,
)

from custom_components.klima import dashboard
from custom_components.klima.const import DOMAIN
from custom_components.klima.dashboard import FOLDER

from .common import add_system
from .forms import submit
from .translated import LANGUAGES
from .units import FullClimate, async_add_units


@pytest.fixture
async def frontend(hass: HomeAssistant) -> None:
    """Set Home Assistant's frontend up."""
    assert await async_setup_component(hass, "frontend", {})
    await async_add_units(hass, FullClimate(), FullClimate("other", "Bedroom"))


def modules(hass: HomeAssistant) -> list[str]:
    """Return the addresses of Klima's modules that every page loads."""
    return [url for url in hass.data[DATA_EXTRA_MODULE_URL].urls if "klima" in url]


@pytest.mark.usefixtures("frontend")
async def test_the_modules_are_served_as_they_are_in_the_repository(
    hass: HomeAssistant, hass_client_no_auth: ClientSessionGenerator
) -> None:
    await add_system(hass, "climate.living_room")

    (url,) = modules(hass)
    client = await hass_client_no_auth()
    folder = url.rpartition("/")[0]
    for file in FOLDER.glob("*.js"):
        answer = await client.get(f"{folder}/{file.name}")
        assert answer.status == HTTPStatus.OK
        assert await answer.read() == file.read_bytes()
        assert answer.headers["Content-Type"].startswith("text/javascript")
        assert "max-age" in answer.headers["Cache-Control"]
    assert url.endswith("/klima.js")


def test_the_first_module_has_all_others_fetched_at_once() -> None:
    source = (FOLDER / "klima.js").read_text()
    (listed,) = re.findall(r"const MODULES = \[(.*?)\];", source, re.DOTALL)
    named = set(re.findall(r'"(.+?)"', listed))
    assert named == {file.stem for file in FOLDER.glob("*.js")} - {"klima"}


def test_the_address_changes_with_any_module(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dashboard, "FOLDER", tmp_path)
    (tmp_path / "klima.js").write_text("one")
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "card.js").write_text("two")
    before = dashboard._version()
    assert dashboard._version() == before

    (tmp_path / "more" / "card.js").write_text("three")

    assert dashboard._version() != before


@pytest.mark.usefixtures("frontend")
async def test_the_dashboard_is_in_the_sidebar_and_makes_itself(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> None:
    assert dashboard.reload_hint(hass) == "needs_reload"
    await add_system(hass, "climate.living_room")
    # Pages that were loaded since have the modules.
    assert dashboard.reload_hint(hass) is None

    client = await hass_ws_client(hass)
    await client.send_json_auto_id({"type": "get_panels"})
    panel = (await client.receive_json())["result"]["klima"]
    assert (panel["component_name"], panel["title"]) == ("lovelace", "Klima")
    assert panel["show_in_sidebar"] and not panel["require_admin"]
    await client.send_json_auto_id({"type": "lovelace/config", "url_path": "klima"})
    answer = await client.receive_json()
    assert answer["result"] == {"strategy": {"type": "custom:klima"}}


@pytest.mark.usefixtures("frontend")
async def test_a_new_plan_tells_how_a_system_gets_it(hass: HomeAssistant) -> None:
    """One that was set up before goes on with its own price."""
    await add_system(hass, "climate.living_room")
    result = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USER}
    )
    for answer in (
        {"next_step_id": "plan"},
        {"plan": "flat"},
        {"price": 0.12},
        {},
        {"billing_day": 1, "billing_months": "1"},
    ):
        result = await submit(hass, result, answer)
    assert result["description"] == "select_plan"


@pytest.mark.usefixtures("frontend")
async def test_the_dashboard_stays_through_a_reload(hass: HomeAssistant) -> None:
    entry = await add_system(hass, "climate.living_room")
    before = modules(hass)

    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()

    assert modules(hass) == before
    assert async_panel_exists(hass, "klima")


@pytest.mark.usefixtures("frontend")
@pytest.mark.parametrize("how", ["remove", "disable"])
async def test_nothing_is_left_when_the_last_system_goes(
    hass: HomeAssistant, how: str
) -> None:
    systems = [
        await add_system(hass, "climate.living_room"),
        await add_system(hass, "climate.bedroom", title="Upstairs"),
    ]

    async def leave(entry_id: str) -> None:
        if how == "remove":
            await hass.config_entries.async_remove(entry_id)
        else:
            await hass.config_entries.async_set_disabled_by(
                entry_id, ConfigEntryDisabler.USER
            )
        await hass.async_block_till_done()

    await leave(systems[0].entry_id)
    assert len(modules(hass)) == 1
    assert async_panel_exists(hass, "klima")

    await leave(systems[1].entry_id)
    assert modules(hass) == []
    assert not async_panel_exists(hass, "klima")
    assert "klima" not in hass.data[LOVELACE_DATA].dashboards

    if how == "disable":
        await hass.config_entries.async_set_disabled_by(systems[0].entry_id, None)
        await hass.async_block_till_done()
        assert len(modules(hass)) == 1
        assert async_panel_exists(hass, "klima")


@pytest.mark.usefixtures("frontend")
async def test_a_page_of_the_users_own_stays(hass: HomeAssistant) -> None:
    async_register_built_in_panel(hass, "iframe", frontend_url_path="klima")

    entry = await add_system(hass, "climate.living_room")
    await hass.config_entries.async_remove(entry.entry_id)

    assert async_panel_exists(hass, "klima")


async def test_without_a_frontend_all_else_works(hass: HomeAssistant) -> None:
    await async_add_units(hass, FullClimate(), FullClimate("other", "Bedroom"))

    entry = await add_system(hass, "climate.living_room")

    assert hass.states.get("climate.living_room_2") is not None
    await hass.config_entries.async_remove(entry.entry_id)


@pytest.mark.usefixtures("frontend")
async def test_system_health_counts_the_dashboard(hass: HomeAssistant) -> None:
    await add_system(hass, "climate.living_room")

    shown: Any = hass.data[LOVELACE_DATA].dashboards["klima"]

    assert await shown.async_get_info() == {"mode": "yaml", "views": 0}
    assert await shown.async_load(False) == {"strategy": {"type": "custom:klima"}}


NARROW = 15
"""Characters that half a tile has room for at 1024 px and 1440 px."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_name_of_a_narrow_tile_is_not_cut(language: str) -> None:
    names = json.loads(
        (FOLDER.parent / "translations" / f"{language}.json").read_text()
    )
    strategy = (FOLDER / "strategy.js").read_text()
    for tiles in ("TILES", "PLAN_TILES"):
        found = re.search(
            rf"^const {tiles} = \[(.*?)\];", strategy, re.DOTALL | re.MULTILINE
        )
        assert found is not None
        keys = re.findall(r'"(\w+)"', found[1])
        assert "price" in keys
        for key in keys:
            name = names["entity"]["sensor"][key]["name"]
            assert len(name) <= NARROW, name
    assert len(names["entity"]["switch"]["automation"]["name"]) <= NARROW


@pytest.mark.usefixtures("frontend")
async def test_a_home_assistant_with_other_dashboards_has_all_but_ours(
    hass: HomeAssistant,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What keeps dashboards is private to Home Assistant, and may be another."""
    monkeypatch.delitem(sys.modules, "custom_components.klima.panel", raising=False)
    monkeypatch.delattr("homeassistant.components.lovelace.dashboard.LovelaceConfig")

    entry = await add_system(hass, "climate.living_room")

    assert entry.state is ConfigEntryState.LOADED
    assert len(modules(hass)) == 1
    assert not async_panel_exists(hass, "klima")
    assert "its dashboard is not in the sidebar" in caplog.text
    assert await hass.config_entries.async_remove(entry.entry_id)
    assert not modules(hass)
