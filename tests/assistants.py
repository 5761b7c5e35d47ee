"""The assistants of Home Assistant, as their clouds ask them: the real components."""

from typing import Any

from homeassistant.components.alexa.smart_home import (
    AlexaConfig,
    async_handle_message as ask_alexa,
)
from homeassistant.components.google_assistant.const import SOURCE_CLOUD
from homeassistant.components.google_assistant.smart_home import (
    async_handle_message as ask_google,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entityfilter import FILTER_SCHEMA
from homeassistant.setup import async_setup_component


class Google:
    """Google Assistant, set up by hand."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Be set up."""
        self._hass = hass
        (entry,) = hass.config_entries.async_entries("google_assistant")
        self._config = entry.runtime_data

    async def _ask(self, intent: str, payload: dict[str, Any]) -> dict[str, Any]:
        inputs = [{"intent": f"action.devices.{intent}", "payload": payload}]
        answer = await ask_google(
            self._hass,
            self._config,
            "agent",
            None,
            {"requestId": "1", "inputs": inputs},
            SOURCE_CLOUD,
        )
        await self._hass.async_block_till_done()
        payload = answer["payload"]
        assert isinstance(payload, dict)
        return payload

    async def devices(self) -> dict[str, dict[str, Any]]:
        """Return what is offered, by entity."""
        payload = await self._ask("SYNC", {})
        return {device["id"]: device for device in payload["devices"]}

    async def query(self, entity_id: str) -> dict[str, Any]:
        """Return what is told of an entity."""
        payload = await self._ask("QUERY", {"devices": [{"id": entity_id}]})
        told = payload["devices"][entity_id]
        assert isinstance(told, dict)
        return told

    async def do(self, entity_id: str, command: str, **params: Any) -> dict[str, Any]:
        """Let a command be carried out; return what is answered to it."""
        run = [{"command": f"action.devices.commands.{command}", "params": params}]
        command_ = {"devices": [{"id": entity_id}], "execution": run}
        payload = await self._ask("EXECUTE", {"commands": [command_]})
        (answer,) = payload.get("commands", [payload])
        assert isinstance(answer, dict)
        return answer


class Alexa:
    """Alexa, set up by hand."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Be set up."""
        self._hass = hass
        config = {"filter": FILTER_SCHEMA({}), "locale": "en-US"}
        self._config = AlexaConfig(hass, config)

    async def _ask(
        self,
        namespace: str,
        name: str,
        entity_id: str | None = None,
        payload: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        if not hasattr(self._config, "_store"):
            await self._config.async_initialize()
        header = {
            "namespace": namespace,
            "name": name,
            "messageId": "1",
            "correlationToken": "1",
            "payloadVersion": "3",
        }
        directive: dict[str, Any] = {"header": header, "payload": payload or {}}
        if entity_id is not None:
            directive["endpoint"] = {
                "scope": {"type": "BearerToken", "token": "1"},
                "endpointId": entity_id.replace(".", "#"),
                "cookie": {},
            }
        answer = await ask_alexa(self._hass, self._config, {"directive": directive})
        await self._hass.async_block_till_done()
        return answer

    async def devices(self) -> dict[str, dict[str, Any]]:
        """Return what is offered, by entity."""
        answer = await self._ask("Alexa.Discovery", "Discover")
        return {
            endpoint["endpointId"].replace("#", "."): endpoint
            for endpoint in answer["event"]["payload"]["endpoints"]
        }

    async def query(self, entity_id: str) -> dict[str, Any]:
        """Return what is told of an entity."""
        answer = await self._ask("Alexa", "ReportState", entity_id)
        return {told["name"]: told["value"] for told in answer["context"]["properties"]}

    async def do(
        self,
        entity_id: str,
        name: str,
        namespace: str = "ThermostatController",
        **payload: Any,
    ) -> dict[str, Any]:
        """Let a command be carried out; return an error, or nothing."""
        answer = await self._ask(f"Alexa.{namespace}", name, entity_id, payload)
        event = answer["event"]
        return event["payload"] if event["header"]["name"] == "ErrorResponse" else {}


async def async_add_assistants(hass: HomeAssistant) -> tuple[Google, Alexa]:
    """Set up Google Assistant and Alexa, to which all is exposed that is by default."""
    google = {"project_id": "home", "expose_by_default": True}
    assert await async_setup_component(
        hass, "google_assistant", {"google_assistant": google}
    )
    await hass.async_block_till_done()
    return Google(hass), Alexa(hass)
