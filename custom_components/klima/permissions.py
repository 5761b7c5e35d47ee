"""Who may do what: Home Assistant's permissions, held where it cannot hold them itself.

A command that leaves in the caller's name is checked by Home Assistant. One
that leaves later, or a change of what is counted, has to be checked when it is
asked for.
"""

from homeassistant.auth.permissions.const import POLICY_CONTROL
from homeassistant.core import Context, HomeAssistant, valid_entity_id
from homeassistant.exceptions import Unauthorized, UnknownUser

from .const import CONF_EMITTER, CONF_UNIT
from .zone import Zone


async def async_check(
    hass: HomeAssistant,
    context: Context | None,
    entity_id: str | None,
    policy: str = POLICY_CONTROL,
) -> None:
    """See that whoever asks may control an entity (or read it, by the policy).

    Automations and Home Assistant itself ask in no user's name, and may. An
    entity that is None is left to administrators. Raises Unauthorized, or
    UnknownUser for a user who is gone.
    """
    if context is None or context.user_id is None:
        return
    user = await hass.auth.async_get_user(context.user_id)
    if user is None:
        raise UnknownUser(context=context, entity_id=entity_id, permission=policy)
    allowed = (
        user.is_admin
        if entity_id is None
        else user.permissions.check_entity(entity_id, policy)
    )
    if not allowed:
        raise Unauthorized(context=context, entity_id=entity_id, permission=policy)


async def async_check_zone(
    hass: HomeAssistant, context: Context | None, zone: Zone
) -> None:
    """See that whoever asks may control the unit of a zone, or what sends to it."""
    moved = zone.data.get(CONF_UNIT) or zone.data.get(CONF_EMITTER)
    # What is sent by no entity (to a topic, by actions) has no permission of its own.
    if isinstance(moved, str) and valid_entity_id(moved):
        await async_check(hass, context, moved)
