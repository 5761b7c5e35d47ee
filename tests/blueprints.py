"""The blueprints, set up as automations."""

from pathlib import Path
from typing import Any
from unittest.mock import patch

from homeassistant.components.automation import DOMAIN as AUTOMATION_DOMAIN
from homeassistant.components.automation.config import AUTOMATION_BLUEPRINT_SCHEMA
from homeassistant.components.blueprint import models
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import yaml as yaml_util

BLUEPRINTS = Path(__file__).parents[1] / "blueprints" / "automation" / "klima"


async def add_blueprint(hass: HomeAssistant, name: str, **inputs: Any) -> None:
    """Set an automation up from one of our blueprints."""
    blueprint = models.Blueprint(
        yaml_util.load_yaml(str(BLUEPRINTS / name)),
        path=name,
        expected_domain=AUTOMATION_DOMAIN,
        schema=AUTOMATION_BLUEPRINT_SCHEMA,
    )
    with patch.object(
        models.DomainBlueprints, "_load_blueprint", return_value=blueprint
    ):
        assert await async_setup_component(
            hass,
            AUTOMATION_DOMAIN,
            {AUTOMATION_DOMAIN: {"use_blueprint": {"path": name, "input": inputs}}},
        )
        await hass.async_block_till_done()
    assert hass.states.async_entity_ids(AUTOMATION_DOMAIN)
