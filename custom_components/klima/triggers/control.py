"""Triggers about comfort: a zone comes to another reason."""

from typing import override

from homeassistant.components.sensor import DOMAIN as SENSOR_DOMAIN
from homeassistant.const import CONF_OPTIONS
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.trigger import (
    ENTITY_STATE_TRIGGER_SCHEMA_WITH_BEHAVIOR,
    EntityTargetStateTriggerBase,
    Trigger,
    TriggerConfig,
)
from homeassistant.helpers.typing import VolDictType
import voluptuous as vol

from ..core.control import Reason
from ..own_entities import own_with_key

CONF_REASON = "reason"

REASON_KEY = "control_reason"
"""The key of the sensor that tells a zone's reason."""

REASONS = tuple(reason.value for reason in Reason)

CHOSEN_REASONS: VolDictType = {
    vol.Required(CONF_OPTIONS): {
        vol.Required(CONF_REASON): vol.All(
            cv.ensure_list, vol.Length(min=1), [vol.In(REASONS)]
        )
    }
}
"""What a trigger or a condition is given that has reasons to choose from."""


class ReasonTrigger(EntityTargetStateTriggerBase):
    """Trigger when zones come to a reason."""

    _domain_specs = {SENSOR_DOMAIN: DomainSpec()}

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        return own_with_key(self._hass, entities, REASON_KEY)


class ReasonChangedTrigger(ReasonTrigger):
    """Trigger when zones come to one of the chosen reasons."""

    _schema = ENTITY_STATE_TRIGGER_SCHEMA_WITH_BEHAVIOR.extend(CHOSEN_REASONS)

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        """Take the chosen reasons."""
        super().__init__(hass, config)
        self._to_states = set(self._options[CONF_REASON])

    @override
    def is_valid_transition(self, from_state: State, to_state: State) -> bool:
        """Trigger on each change to a chosen reason, from another chosen one too."""
        return from_state.state != to_state.state


def _trigger(reason: Reason) -> type[Trigger]:
    class OneReasonTrigger(ReasonTrigger):
        """Trigger when zones come to this reason."""

        _to_states = {reason.value}

        @override
        def is_valid_transition(self, from_state: State, to_state: State) -> bool:
            """Leave out a unit that is back, and goes on with what was before."""
            return (
                from_state.state != Reason.UNIT_UNAVAILABLE
                and super().is_valid_transition(from_state, to_state)
            )

    return OneReasonTrigger


CONTROL_TRIGGERS: dict[str, type[Trigger]] = {
    "control_reason_changed": ReasonChangedTrigger,
    "hold_started": _trigger(Reason.HOLD),
    "paused_by_window": _trigger(Reason.WINDOW),
    "waits_for_other_zone": _trigger(Reason.CONFLICT),
}
