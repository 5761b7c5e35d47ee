"""The steps that choose what sends, and what hears."""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.components import infrared
from homeassistant.const import CONF_NAME
from homeassistant.core import split_entity_id
from homeassistant.data_entry_flow import FlowContext, FlowResult
from homeassistant.exceptions import HomeAssistantError, TemplateError
from homeassistant.helpers.selector import (
    ActionSelector,
    EntitySelector,
    EntitySelectorConfig,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TemplateSelector,
    TextSelector,
)
from homeassistant.helpers.template import Template
import voluptuous as vol

from ...const import (
    CONF_ACTION,
    CONF_DRIVER,
    CONF_EMITTER,
    CONF_PAYLOAD,
    CONF_RECEIVER,
    CONF_TOPIC,
    CONF_VENDOR,
    CONF_VENDOR_MODEL,
    DriverKind,
)
from ...core.infrared import irhvac
from ...core.infrared.signal import Signal
from ...drivers.transports import (
    EMITTER_ACTION,
    EMITTER_MQTT,
    EMITTER_TASMOTA,
    async_check_actions,
    variables,
)
from ..guess import unit_name
from ..said import fault_words
from ..selectors import OpenSelector, dropdown
from ..validate import name_error
from .brand import BrandSteps

DEFAULT_PAYLOAD = '{"ir_code_to_send": "{{ tuya }}"}'
"""What Zigbee2MQTT takes."""

_SAMPLE = Signal((9000, -4500, 560, -560, 560, -1690, 560))
"""A signal that templates are tried with."""

_OTHER_EMITTERS = (EMITTER_MQTT, EMITTER_ACTION, EMITTER_TASMOTA)

RECEIVER_SELECTOR = EntitySelector(
    EntitySelectorConfig(
        domain=infrared.DOMAIN, device_class=infrared.InfraredDeviceClass.RECEIVER
    )
)

_MQTT_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_TOPIC): TextSelector(),
        vol.Required(CONF_PAYLOAD): TemplateSelector(),
    }
)

_TASMOTA_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_TOPIC): TextSelector(),
        vol.Required(CONF_VENDOR): SelectSelector(
            SelectSelectorConfig(
                options=list(irhvac.VENDORS),
                mode=SelectSelectorMode.DROPDOWN,
                custom_value=True,
            )
        ),
        vol.Optional(CONF_VENDOR_MODEL): TextSelector(),
    }
)


class TransportSteps[
    ContextT: FlowContext,
    ResultT: FlowResult[Any, Any],
    HandlerT,
](BrandSteps[ContextT, ResultT, HandlerT]):
    """From the emitter to the brand, or to Tasmota's protocol."""

    async def async_step_infrared(
        self, user_input: dict[str, Any] | None = None
    ) -> ResultT:
        """Choose what sends, and what hears."""
        errors: dict[str, str] = {}
        before = self.infrared_before() or {}
        if user_input is not None:
            errors = self._transport_errors(user_input)
            if not errors:
                return await self._async_take_transport(user_input)

        options = self._emitter_options()
        suggested: Mapping[str, Any] = user_input or {
            CONF_EMITTER: options[0]["value"],
            **before,
        }
        schema = vol.Schema(
            {
                vol.Required(CONF_EMITTER): dropdown(
                    options, CONF_EMITTER, OpenSelector
                ),
                vol.Optional(CONF_RECEIVER): RECEIVER_SELECTOR,
                vol.Optional(CONF_NAME): TextSelector(),
            }
        )
        return self._show("infrared", schema, suggested, errors)

    def _transport_errors(self, user_input: dict[str, Any]) -> dict[str, str]:
        """Return what of the emitter, the receiver and the name cannot be, by its field."""
        errors: dict[str, str] = {}
        emitter: str = user_input[CONF_EMITTER]
        receiver: str | None = user_input.get(CONF_RECEIVER)
        if ("." in emitter and not self._is_emitter(emitter)) or (
            "." not in emitter and emitter not in _OTHER_EMITTERS
        ):
            errors[CONF_EMITTER] = "not_an_emitter"
        elif (
            emitter in (EMITTER_MQTT, EMITTER_TASMOTA)
            and "mqtt" not in self.hass.config.components
        ):
            errors[CONF_EMITTER] = "no_mqtt"
        if receiver and receiver not in infrared.async_get_receivers(self.hass):
            errors[CONF_RECEIVER] = "not_a_receiver"
        if error := name_error(user_input.get(CONF_NAME)):
            errors[CONF_NAME] = error
        return errors

    async def _async_take_transport(self, user_input: dict[str, Any]) -> ResultT:
        """Take what sends and what hears, and go on with what that needs."""
        emitter: str = user_input[CONF_EMITTER]
        self._zone_data = {CONF_DRIVER: DriverKind.INFRARED, CONF_EMITTER: emitter}
        receiver: str | None = user_input.get(CONF_RECEIVER)
        if receiver and emitter != EMITTER_TASMOTA:
            self._zone_data[CONF_RECEIVER] = receiver
        self._zone_name = user_input.get(CONF_NAME, "").strip()
        if emitter == EMITTER_TASMOTA:
            return await self.async_step_tasmota()
        if emitter == EMITTER_MQTT:
            return await self.async_step_infrared_mqtt()
        if emitter == EMITTER_ACTION:
            return await self.async_step_infrared_action()
        return await self.async_step_brand()

    async def async_step_infrared_mqtt(
        self, user_input: dict[str, Any] | None = None
    ) -> ResultT:
        """Say which topic takes the codes, and in which form."""
        errors: dict[str, str] = {}
        placeholders = {"error": ""}
        if user_input is not None:
            if not _is_topic(user_input[CONF_TOPIC]):
                errors[CONF_TOPIC] = "not_a_topic"
            try:
                Template(user_input[CONF_PAYLOAD], self.hass).async_render(
                    variables(_SAMPLE), parse_result=False
                )
            except TemplateError as err:
                errors[CONF_PAYLOAD] = "bad_template"
                placeholders["error"] = str(err)
            if not errors:
                self._zone_data[CONF_TOPIC] = user_input[CONF_TOPIC].strip()
                self._zone_data[CONF_PAYLOAD] = user_input[CONF_PAYLOAD]
                return await self.async_step_brand()
        return self._show(
            "infrared_mqtt",
            _MQTT_SCHEMA,
            user_input
            or {CONF_PAYLOAD: DEFAULT_PAYLOAD, **(self.infrared_before() or {})},
            errors,
            placeholders,
        )

    async def async_step_infrared_action(
        self, user_input: dict[str, Any] | None = None
    ) -> ResultT:
        """Say which actions send a code."""
        errors: dict[str, str] = {}
        placeholders = {"error": ""}
        if user_input is not None:
            actions: list[dict[str, Any]] = user_input[CONF_ACTION]
            try:
                await async_check_actions(self.hass, actions)
            except HomeAssistantError as err:
                errors[CONF_ACTION] = "bad_action"
                placeholders["error"] = await fault_words(self.hass, err)
            if not actions:
                errors[CONF_ACTION] = "no_action"
            if not errors:
                self._zone_data[CONF_ACTION] = actions
                return await self.async_step_brand()
        return self._show(
            "infrared_action",
            vol.Schema({vol.Required(CONF_ACTION): ActionSelector()}),
            user_input or self.infrared_before(),
            errors,
            placeholders,
        )

    @override
    async def async_step_tasmota(
        self, user_input: dict[str, Any] | None = None
    ) -> ResultT:
        """Say which Tasmota sends, and which protocol the unit has."""
        errors: dict[str, str] = {}
        if user_input is not None:
            topic = user_input[CONF_TOPIC].strip()
            if not _is_topic(topic) or "/" in topic:
                errors[CONF_TOPIC] = "not_a_tasmota_topic"
            else:
                vendor = user_input[CONF_VENDOR].strip().upper()
                self._zone_data |= {CONF_TOPIC: topic, CONF_VENDOR: vendor}
                self._zone_data.pop(CONF_VENDOR_MODEL, None)
                if model := user_input.get(CONF_VENDOR_MODEL, "").strip():
                    self._zone_data[CONF_VENDOR_MODEL] = model
                self._candidate = None
                self._wanted = []
                return await self._async_codes_chosen()
        return self._show(
            "tasmota", _TASMOTA_SCHEMA, user_input or self.infrared_before(), errors
        )

    def _is_emitter(self, entity_id: str) -> bool:
        if split_entity_id(entity_id)[0] == "remote":
            return self.hass.states.get(entity_id) is not None
        return entity_id in infrared.async_get_emitters(self.hass)

    def _emitter_options(self) -> list[SelectOptionDict]:
        """Return the emitters by name, infrared entities first, and the other ways."""
        options = [
            SelectOptionDict(value=entity_id, label=unit_name(self.hass, entity_id))
            for entity_id in (
                *sorted(infrared.async_get_emitters(self.hass)),
                *sorted(self.hass.states.async_entity_ids("remote")),
            )
        ]
        # The frontend has their names: what is here is for whoever has none.
        others = [EMITTER_ACTION]
        if "mqtt" in self.hass.config.components:
            others = [EMITTER_TASMOTA, EMITTER_MQTT, EMITTER_ACTION]
        options.extend(
            SelectOptionDict(value=other, label=other.capitalize()) for other in others
        )
        return options


def _is_topic(topic: str) -> bool:
    topic = topic.strip()
    return bool(topic) and len(topic.encode()) < 65_000 and not set("+#\0") & set(topic)
