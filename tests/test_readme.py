"""What the README shows is there, and what it gives to copy works as it stands."""

from pathlib import Path
import re

from homeassistant.components import automation
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import load_yaml_dict, parse_yaml
import pytest

from custom_components.klima.const import DOMAIN
from scripts import settings

from .common import add_system
from .units import FullClimate, async_add_units

REPOSITORY = Path(__file__).parents[1]
PAGES = [REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").glob("*.md"))]

AUTOMATIONS = [
    text
    for text in re.findall(
        r"```yaml\n(.*?)```", (REPOSITORY / "README.md").read_text(), re.DOTALL
    )
    if "triggers:" in text
]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    """Pictures and pages of this repository that are linked to are there."""
    for target in re.findall(r"\]\(([^)#\s]+)", page.read_text()):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), target
    for path in re.findall(r"blob%2Fmain%2F([\w%.]+)\)", page.read_text()):
        assert (REPOSITORY / path.replace("%2F", "/")).exists(), path


@pytest.mark.parametrize("text", AUTOMATIONS, ids=lambda text: text.split("\n")[0])
async def test_automations_are_accepted(hass: HomeAssistant, text: str) -> None:
    """Each of the README's is set up by Home Assistant as it stands."""
    await async_add_units(hass, FullClimate())
    await add_system(hass, "climate.living_room", title="Living room heat pump")
    assert await async_setup_component(
        hass, automation.DOMAIN, {automation.DOMAIN: [parse_yaml(text)]}
    )
    await hass.async_block_till_done()
    (state,) = hass.states.async_all(automation.DOMAIN)
    assert state.state == "on"
    await hass.services.async_call(
        automation.DOMAIN, "turn_off", {"entity_id": state.entity_id}, blocking=True
    )


def test_every_module_has_its_place_in_the_architecture() -> None:
    """Who looks for something finds the module of it; who adds one says what it is for."""
    page = (REPOSITORY / "docs" / "architecture.md").read_text()
    named = set(re.findall(r"`([\w./]+)`", page))
    integration = REPOSITORY / "custom_components" / DOMAIN
    for folder, ending in ((integration, ".py"), (integration / "core", "")):
        there = {path.stem + ending for path in folder.glob("*.py")} | {
            f"{path.name}/" for path in folder.iterdir() if path.is_dir()
        }
        there -= {f"__init__{ending}", "__pycache__/"}
        assert there <= named, there - named


def test_every_action_trigger_and_condition_is_told_of() -> None:
    """With each field of an action, in the page of them."""
    page = (REPOSITORY / "docs" / "automations.md").read_text()
    integration = REPOSITORY / "custom_components" / DOMAIN
    for kind in ("services", "triggers", "conditions"):
        described = load_yaml_dict(str(integration / f"{kind}.yaml"))
        for name, description in described.items():
            if name.startswith("."):
                continue
            assert f"`{DOMAIN}.{name}`" in page, name
            for field in (description or {}).get("fields", {}):
                assert f"`{field}`" in page, f"{name}: {field}"


def test_the_page_of_settings_says_what_the_forms_say() -> None:
    """Field by field, in the same words."""
    told = settings.PAGE.read_text() == settings.page()
    assert told, "run .venv/bin/python scripts/settings.py"


def test_the_readme_has_automations() -> None:
    """Else nothing of it was tried."""
    assert len(AUTOMATIONS) == 2
