"""Repairs: those that are told, and the forms of their fixes."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.klima.const import DOMAIN


def told(hass: HomeAssistant) -> list[ir.IssueEntry]:
    """Return our issues."""
    return [
        issue
        for (domain, _), issue in ir.async_get(hass).issues.items()
        if domain == DOMAIN
    ]


async def start_fix(
    hass: HomeAssistant, hass_client: ClientSessionGenerator
) -> tuple[Any, dict[str, Any]]:
    """Start to mend the only issue, as the frontend does; return its client and form."""
    assert await async_setup_component(hass, "repairs", {})
    (issue,) = told(hass)
    client = await hass_client()
    response = await client.post(
        "/api/repairs/issues/fix",
        json={"handler": DOMAIN, "issue_id": issue.issue_id},
    )
    return client, await response.json()


async def submit(client: Any, flow: dict[str, Any], replacement: str) -> dict[str, Any]:
    """Choose a replacement."""
    response = await client.post(
        f"/api/repairs/issues/fix/{flow['flow_id']}", json={"replacement": replacement}
    )
    answer: dict[str, Any] = await response.json()
    return answer
