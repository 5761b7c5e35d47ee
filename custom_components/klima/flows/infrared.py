"""The steps that set a unit with an infrared handset up: emitter, codes, try-out.

The same for a system's first zone and for a further one. Nothing is sent before
the user says so, and each frame that is tried is shown before it leaves.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
import logging
from pathlib import Path
from typing import Any, override

from homeassistant.components import infrared
from homeassistant.components.file_upload import process_uploaded_file
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_NAME
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback, split_entity_id
from homeassistant.data_entry_flow import FlowContext, FlowHandler, FlowResult
from homeassistant.exceptions import HomeAssistantError, TemplateError
from homeassistant.helpers.selector import (
    ActionSelector,
    EntitySelector,
    EntitySelectorConfig,
    FileSelector,
    FileSelectorConfig,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TemplateSelector,
    TextSelector,
    TextSelectorConfig,
)
from homeassistant.helpers.template import Template
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..const import (
    CONF_ACTION,
    CONF_CHECKLIST,
    CONF_CODE_FILE,
    CONF_DRIVER,
    CONF_EMITTER,
    CONF_MANUFACTURER,
    CONF_MODEL,
    CONF_PAYLOAD,
    CONF_PROTOCOL,
    CONF_RECEIVER,
    CONF_TOPIC,
    CONF_UNIT,
    CONF_VENDOR,
    CONF_VENDOR_MODEL,
    SUBENTRY_ZONE,
    DriverKind,
)
from ..core.family import Family
from ..core.infrared import irhvac, protocols
from ..core.infrared.signal import CodeError, Signal
from ..core.infrared.smartir import MAX_FILE, CodeFile, CodeFileError
from ..core.infrared.state import OFF, Encoder, Envelope, NoCodeError, UnitState
from ..drivers.code_files import async_read, find, keep, read_file, resolve
from ..drivers.links import Link, async_create_link, async_listen, join
from ..drivers.transports import (
    EMITTER_ACTION,
    EMITTER_MQTT,
    EMITTER_TASMOTA,
    async_check_actions,
    variables,
)
from .guess import unit_name

_LOGGER = logging.getLogger(__name__)

BRAND_FILE = "code_file"
BRAND_IDENTIFY = "identify"
"""What can be chosen in place of a brand."""

CONF_BRAND = "brand"
CONF_FILE = "file"
CONF_PATH = "path"
CONF_TEXT = "text"
CONF_ANSWER = "answer"
CONF_VERDICT = "verdict"

DRIVER_FIELDS = frozenset(
    {
        CONF_ACTION,
        CONF_CHECKLIST,
        CONF_CODE_FILE,
        CONF_DRIVER,
        CONF_EMITTER,
        CONF_MANUFACTURER,
        CONF_MODEL,
        CONF_PAYLOAD,
        CONF_PROTOCOL,
        CONF_RECEIVER,
        CONF_TOPIC,
        CONF_UNIT,
        CONF_VENDOR,
        CONF_VENDOR_MODEL,
    }
)
"""What a zone's data says of its driver: replaced as a whole when it is changed."""

DEFAULT_PAYLOAD = '{"ir_code_to_send": "{{ tuya }}"}'
"""What Zigbee2MQTT takes."""

MOST_IDENTIFIED = 60
"""Code files that are looked through for what a handset sent."""

_VERDICTS = {"yes": "works", "check": "works", "beep": "beeped", "no": "failed"}
"""What each answer says of the first command."""

_CHECKS = ("on", "warmer", "mode", "fan", "off")

_SAMPLE = Signal((9000, -4500, 560, -560, 560, -1690, 560))
"""A signal that templates are tried with."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A code set that may be the unit's."""

    key: str
    brand: str
    label: str

    def fields(self) -> dict[str, str]:
        """Return the fields of a zone's data that name it."""
        kind, _, name = self.key.partition(":")
        return {CONF_PROTOCOL if kind == "protocol" else CONF_CODE_FILE: name}


class _OpenSelector(SelectSelector):
    """A choice of what is there now: what is not is refused by the step, with a reason."""

    @override
    def __call__(self, data: Any) -> Any:
        """Take any text."""
        return data if isinstance(data, str) else super().__call__(data)


@callback
def uses_infrared(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    """Return whether a further zone of a system may well be one by infrared.

    Many homes have remotes that send none: they are no reason to ask.
    """
    return bool(infrared.async_get_emitters(hass)) or any(
        zone.data.get(CONF_DRIVER) == DriverKind.INFRARED
        for zone in entry.get_subentries_of_type(SUBENTRY_ZONE)
    )


class InfraredSteps[
    ContextT: FlowContext,
    ResultT: FlowResult[Any, Any],
    HandlerT,
](FlowHandler[ContextT, ResultT, HandlerT]):
    """The steps from the emitter to the last check."""

    _zone_data: dict[str, Any]
    _zone_name: str = ""
    _candidates: list[Candidate]
    _wanted: list[Candidate]
    _candidate: Candidate | None = None
    _code_file: CodeFile | None = None
    _link: Link | None = None
    _heard: list[Signal]
    _deaf: CALLBACK_TYPE | None = None
    _verdicts: dict[str, str]
    _believed: UnitState

    async def async_infrared_done(self) -> ResultT:
        """Go on with the unit that was set up."""
        raise NotImplementedError

    def infrared_before(self) -> Mapping[str, Any] | None:
        """Return the data of the zone that is being changed, with its name."""
        raise NotImplementedError

    @override
    @callback
    def async_remove(self) -> None:
        """Stop to listen."""
        self._stop_listening()

    async def async_step_infrared(
        self, user_input: dict[str, Any] | None = None
    ) -> ResultT:
        """Choose what sends, and what hears."""
        errors: dict[str, str] = {}
        before = self.infrared_before() or {}
        if user_input is not None:
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
            if not errors:
                self._zone_data = {
                    CONF_DRIVER: DriverKind.INFRARED,
                    CONF_EMITTER: emitter,
                }
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

        options = self._emitter_options()
        suggested: Mapping[str, Any] = user_input or {
            CONF_EMITTER: options[0]["value"],
            **before,
        }
        return self.async_show_form(
            step_id="infrared",
            data_schema=self.add_suggested_values_to_schema(
                vol.Schema(
                    {
                        vol.Required(CONF_EMITTER): _OpenSelector(
                            SelectSelectorConfig(
                                options=options,
                                translation_key=CONF_EMITTER,
                                mode=SelectSelectorMode.DROPDOWN,
                            )
                        ),
                        vol.Optional(CONF_RECEIVER): EntitySelector(
                            EntitySelectorConfig(
                                domain=infrared.DOMAIN,
                                device_class=infrared.InfraredDeviceClass.RECEIVER,
                            )
                        ),
                        vol.Optional(CONF_NAME): TextSelector(),
                    }
                ),
                suggested,
            ),
            errors=errors,
        )

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
        return self.async_show_form(
            step_id="infrared_mqtt",
            data_schema=self.add_suggested_values_to_schema(
                vol.Schema(
                    {
                        vol.Required(CONF_TOPIC): TextSelector(),
                        vol.Required(CONF_PAYLOAD): TemplateSelector(),
                    }
                ),
                user_input
                or {CONF_PAYLOAD: DEFAULT_PAYLOAD, **(self.infrared_before() or {})},
            ),
            errors=errors,
            description_placeholders=placeholders,
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
                placeholders["error"] = str(err)
            if not actions:
                errors[CONF_ACTION] = "no_action"
            if not errors:
                self._zone_data[CONF_ACTION] = actions
                return await self.async_step_brand()
        return self.async_show_form(
            step_id="infrared_action",
            data_schema=self.add_suggested_values_to_schema(
                vol.Schema({vol.Required(CONF_ACTION): ActionSelector()}),
                user_input or self.infrared_before() or {},
            ),
            errors=errors,
            description_placeholders=placeholders,
        )

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
        return self.async_show_form(
            step_id="tasmota",
            data_schema=self.add_suggested_values_to_schema(
                vol.Schema(
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
                ),
                user_input or self.infrared_before() or {},
            ),
            errors=errors,
        )

    async def async_step_brand(
        self, user_input: dict[str, Any] | None = None, error: str | None = None
    ) -> ResultT:
        """Choose the unit's brand, or another way to its codes."""
        self._stop_listening()
        self._candidates = await self.hass.async_add_executor_job(
            _candidates, Path(self.hass.config.config_dir)
        )
        brands = {
            candidate.brand.casefold(): candidate.brand
            for candidate in reversed(self._candidates)
        }
        errors = {"base": error} if error else {}
        if user_input is not None:
            brand: str = user_input[CONF_BRAND]
            if brand == BRAND_FILE:
                return await self.async_step_code_file()
            if brand == BRAND_IDENTIFY and CONF_RECEIVER in self._zone_data:
                return await self.async_step_identify()
            if brand.casefold() in brands:
                self._wanted = [
                    candidate
                    for candidate in self._candidates
                    if candidate.brand.casefold() == brand.casefold()
                ]
                return await self.async_step_model()
            errors[CONF_BRAND] = "unknown_brand"
        other = [BRAND_FILE]
        if CONF_RECEIVER in self._zone_data:
            other.insert(0, BRAND_IDENTIFY)
        names = sorted(brands.values(), key=str.casefold)
        before = (self.infrared_before() or {}).get(CONF_MANUFACTURER, "")
        suggested = {
            CONF_BRAND: brands.get(
                before.casefold(), other[0] if len(other) > 1 else names[0]
            )
        }
        return self.async_show_form(
            step_id="brand",
            data_schema=self.add_suggested_values_to_schema(
                vol.Schema(
                    {
                        vol.Required(CONF_BRAND): _OpenSelector(
                            SelectSelectorConfig(
                                options=[*other, *names],
                                translation_key=CONF_BRAND,
                                mode=SelectSelectorMode.DROPDOWN,
                            )
                        )
                    }
                ),
                user_input or suggested,
            ),
            errors=errors,
            description_placeholders={"folder": "klima/codes"},
        )

    async def async_step_model(
        self, user_input: dict[str, Any] | None = None
    ) -> ResultT:
        """Choose the model, or the code set."""
        errors: dict[str, str] = {}
        placeholders = {"error": ""}
        known = {candidate.key: candidate for candidate in self._wanted}
        if user_input is not None:
            self._candidate = known[user_input[CONF_MODEL]]
            try:
                return await self._async_take(self._candidate)
            except CodeFileError as err:
                errors[CONF_MODEL] = _file_error(err)
                placeholders["error"] = str(err)
        before = self.infrared_before() or {}
        current = next(
            (
                candidate.key
                for candidate in self._wanted
                if candidate.fields().items() <= before.items()
            ),
            self._wanted[0].key,
        )
        return self.async_show_form(
            step_id="model",
            data_schema=self.add_suggested_values_to_schema(
                vol.Schema(
                    {
                        vol.Required(CONF_MODEL): SelectSelector(
                            SelectSelectorConfig(
                                options=[
                                    SelectOptionDict(
                                        value=candidate.key, label=candidate.label
                                    )
                                    for candidate in self._wanted
                                ],
                                mode=SelectSelectorMode.DROPDOWN,
                            )
                        )
                    }
                ),
                user_input or {CONF_MODEL: current},
            ),
            errors=errors,
            description_placeholders={
                "brand": self._wanted[0].brand,
                "count": str(len(self._wanted)),
                **placeholders,
            },
        )

    async def async_step_code_file(
        self, user_input: dict[str, Any] | None = None
    ) -> ResultT:
        """Take a SmartIR code file: by its path, uploaded, or pasted."""
        errors: dict[str, str] = {}
        placeholders = {"error": ""}
        if user_input is not None:
            given = [
                field
                for field in (CONF_PATH, CONF_FILE, CONF_TEXT)
                if str(user_input.get(field) or "").strip()
            ]
            if len(given) != 1:
                errors["base"] = "one_code_file"
            else:
                try:
                    path, code_file = await self._async_keep(
                        given[0], user_input[given[0]]
                    )
                    self._candidate = Candidate(
                        f"file:{path}", code_file.manufacturer, path
                    )
                    self._wanted = [self._candidate]
                    return await self._async_take(self._candidate)
                except CodeFileError as err:
                    errors[given[0]] = _file_error(err)
                    placeholders["error"] = str(err)
        return self.async_show_form(
            step_id="code_file",
            data_schema=self.add_suggested_values_to_schema(
                vol.Schema(
                    {
                        vol.Optional(CONF_PATH): TextSelector(),
                        vol.Optional(CONF_FILE): FileSelector(
                            FileSelectorConfig(accept=".json,application/json")
                        ),
                        vol.Optional(CONF_TEXT): TextSelector(
                            TextSelectorConfig(multiline=True)
                        ),
                    }
                ),
                # An upload is taken once.
                {
                    field: value
                    for field, value in (user_input or {}).items()
                    if field != CONF_FILE
                },
            ),
            errors=errors,
            description_placeholders=placeholders,
        )

    async def async_step_code_report(
        self, user_input: dict[str, Any] | None = None
    ) -> ResultT:
        """Tell what of a file cannot be used, before it is taken."""
        code_file = self._code_file
        assert code_file is not None
        if user_input is not None:
            return await self._async_codes_chosen()
        rejected = [f for f in code_file.findings if f.rejected]
        doubtful = [f for f in code_file.findings if not f.rejected]
        return self.async_show_form(
            step_id="code_report",
            data_schema=vol.Schema({}),
            description_placeholders={
                "usable": str(code_file.usable),
                "total": str(code_file.total),
                "rejected": str(len(rejected)),
                "doubtful": str(len(doubtful)),
                "list": "\n".join(
                    f"- {finding.path}: {finding.message}"
                    for finding in (*rejected, *doubtful)[:8]
                ),
            },
        )

    async def async_step_identify(
        self, user_input: dict[str, Any] | None = None
    ) -> ResultT:
        """Hear the handset, and offer what can read it, the likeliest first."""
        errors: dict[str, str] = {}
        if user_input is not None:
            heard = list(self._heard)
            if not heard:
                errors["base"] = "nothing_heard"
            else:
                found = await self.hass.async_add_executor_job(
                    _identify,
                    Path(self.hass.config.config_dir),
                    self._candidates,
                    heard,
                )
                if found:
                    self._wanted = found
                    self._stop_listening()
                    return await self.async_step_model()
                errors["base"] = "not_identified"
        self._listen()
        return self.async_show_form(
            step_id="identify", data_schema=vol.Schema({}), errors=errors
        )

    async def async_step_toggle_warning(
        self, user_input: dict[str, Any] | None = None
    ) -> ResultT:
        """Warn that one frame turns the unit on and off in turn."""
        if user_input is not None:
            return await self.async_step_try_out()
        return self.async_show_form(
            step_id="toggle_warning", data_schema=vol.Schema({})
        )

    async def async_step_try_out(
        self, user_input: dict[str, Any] | None = None
    ) -> ResultT:
        """Send a harmless frame, if the user wants it."""
        errors: dict[str, str] = {}
        placeholders = {"error": ""}
        if user_input is not None:
            if user_input[CONF_ANSWER] == "skip":
                return await self._async_finish_infrared()
            try:
                await self._async_send("on")
                return await self.async_step_answered()
            except (HomeAssistantError, NoCodeError, OSError) as err:
                errors["base"] = "not_sent"
                placeholders["error"] = str(err)
        changed = self.infrared_before() is not None
        return self._show_answers(
            "try_out",
            ["send", "skip"],
            "skip" if changed and not errors else "send",
            errors,
            placeholders,
        )

    async def async_step_answered(
        self, user_input: dict[str, Any] | None = None
    ) -> ResultT:
        """Ask whether the unit answered; else go on with the next code set."""
        if user_input is not None:
            answer = user_input[CONF_ANSWER]
            if answer == "again":
                return await self.async_step_try_out({CONF_ANSWER: "send"})
            self._verdicts["on"] = _VERDICTS[answer]
            if answer == "yes":
                return await self._async_finish_infrared()
            if answer == "check":
                return await self.async_step_checklist()
            return await self._async_next_candidate()
        return self._show_answers("answered", [*_VERDICTS, "again"], "yes", {}, {})

    def _show_answers(
        self,
        step: str,
        answers: list[str],
        suggested: str,
        errors: dict[str, str],
        placeholders: dict[str, str],
    ) -> ResultT:
        wish = self._check_wish("on")
        assert wish is not None
        return self.async_show_form(
            step_id=step,
            data_schema=self.add_suggested_values_to_schema(
                vol.Schema({vol.Required(CONF_ANSWER): _choice(CONF_ANSWER, answers)}),
                {CONF_ANSWER: suggested},
            ),
            errors=errors,
            description_placeholders={
                "codes": self._codes_label(),
                "command": _said(wish, self._envelope()),
                **placeholders,
            },
        )

    async def async_step_checklist(
        self, user_input: dict[str, Any] | None = None
    ) -> ResultT:
        """Send one function after the other, and note which of them work."""
        errors: dict[str, str] = {}
        placeholders = {"error": ""}
        if user_input is not None:
            self._verdicts[self._current_check()] = user_input[CONF_VERDICT]
        check = self._current_check()
        if check == "":
            return await self._async_finish_infrared()
        wish = self._check_wish(check)
        assert wish is not None
        try:
            await self._async_send(check)
        except (HomeAssistantError, NoCodeError, OSError) as err:
            errors["base"] = "not_sent"
            placeholders["error"] = str(err)
        return self.async_show_form(
            step_id="checklist",
            data_schema=self.add_suggested_values_to_schema(
                vol.Schema(
                    {
                        vol.Required(CONF_VERDICT): _choice(
                            CONF_VERDICT, ["works", "failed", "untested"]
                        ),
                    }
                ),
                {CONF_VERDICT: "failed" if errors else "works"},
            ),
            errors=errors,
            description_placeholders={
                "command": _said(wish, self._envelope()),
                "number": str(_CHECKS.index(check) + 1),
                "count": str(len(_CHECKS)),
                **placeholders,
            },
        )

    def infrared_guess(self) -> dict[str, Any]:
        """Return what the equipment step is prefilled with."""
        envelope = self._envelope()
        guess: dict[str, Any] = {
            "family": Family.MINI_SPLIT
            if "heat" in envelope.modes or "heat_cool" in envelope.modes
            else Family.AIR_CONDITIONER
        }
        for field in (CONF_MANUFACTURER, CONF_MODEL):
            if value := self._zone_data.get(field):
                guess[field] = value
        return guess

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

    async def _async_keep(self, field: str, given: str) -> tuple[str, CodeFile]:
        """Return the path of what was given, kept in our own folder if it was not yet."""
        folder = Path(self.hass.config.config_dir)
        if field == CONF_PATH:
            return given.strip(), await async_read(self.hass, given)
        if field == CONF_TEXT:
            return await self.hass.async_add_executor_job(keep, folder, given)
        return await self.hass.async_add_executor_job(
            _keep_upload, self.hass, folder, given
        )

    async def _async_take(self, candidate: Candidate) -> ResultT:
        """Take a candidate's codes over. Raises CodeFileError where they are unusable."""
        self._candidate = candidate
        self._code_file = None
        fields = candidate.fields()
        for field in (CONF_PROTOCOL, CONF_CODE_FILE, CONF_MANUFACTURER, CONF_MODEL):
            self._zone_data.pop(field, None)
        self._zone_data |= fields
        self._zone_data[CONF_MANUFACTURER] = candidate.brand
        if path := fields.get(CONF_CODE_FILE):
            code_file = await async_read(self.hass, path)
            if code_file.opaque and not self._zone_data[CONF_EMITTER].startswith(
                "remote."
            ):
                raise CodeFileError(
                    "other_controller",
                    f"Only a remote of {code_file.controller} can send its codes",
                )
            if code_file.models:
                self._zone_data[CONF_MODEL] = code_file.models[0]
            if code_file.findings:
                self._code_file = code_file
                return await self.async_step_code_report()
        return await self._async_codes_chosen()

    async def _async_codes_chosen(self) -> ResultT:
        """Get ready to send; warn of what cannot be known."""
        self._verdicts = {}
        self._link = await async_create_link(
            self.hass, self._zone_name or "unit", self._zone_data
        )
        self._believed = self._envelope().initial()
        if self._envelope().toggles_power and not self._link.hears:
            return await self.async_step_toggle_warning()
        return await self.async_step_try_out()

    async def _async_next_candidate(self) -> ResultT:
        """Go on with the next code set of the brand, from the first to the last."""
        rest = self._wanted
        if self._candidate in rest:
            rest = rest[rest.index(self._candidate) + 1 :]
        for candidate in rest:
            try:
                return await self._async_take(candidate)
            except CodeFileError as err:
                _LOGGER.debug("%s is passed over: %s", candidate.label, err)
        if self._zone_data[CONF_EMITTER] == EMITTER_TASMOTA:
            return await self.async_step_tasmota()
        return await self.async_step_brand(error="no_more_candidates")

    async def _async_finish_infrared(self) -> ResultT:
        if self._verdicts:
            self._zone_data[CONF_CHECKLIST] = {
                "date": dt_util.now().date().isoformat(),
                **self._verdicts,
            }
        if not self._zone_name:
            self._zone_name = (
                self._zone_data.get(CONF_MANUFACTURER)
                or self._zone_data.get(CONF_VENDOR)
                or "Infrared"
            )
        return await self.async_infrared_done()

    def _envelope(self) -> Envelope:
        assert self._link is not None
        return self._link.envelope

    def _codes_label(self) -> str:
        if self._candidate is not None:
            return f"{self._candidate.brand} {self._candidate.label}".strip()
        return str(self._zone_data.get(CONF_VENDOR, ""))

    def _current_check(self) -> str:
        """Return the check that is due: those that the unit cannot do are left out."""
        return next(
            (
                check
                for check in _CHECKS
                if check not in self._verdicts and self._check_wish(check) is not None
            ),
            "",
        )

    def _check_wish(self, check: str) -> UnitState | None:
        """Return the state that a check asks for, None where the unit has no such."""
        envelope = self._envelope()
        mode = "cool" if "cool" in envelope.modes else envelope.modes[0]
        on = replace(envelope.initial(), mode=mode)
        if check == "off":
            return replace(on, mode=OFF)
        if check == "warmer":
            if on.temperature is None or on.temperature == envelope.max_temperature:
                return None
            return replace(on, temperature=on.temperature + max(envelope.step, 1))
        if check == "mode":
            other = next(
                (
                    m
                    for m in ("dry", "heat", *envelope.modes)
                    if m in envelope.modes and m != mode
                ),
                None,
            )
            return None if other is None else replace(on, mode=other)
        if check == "fan":
            return (
                replace(on, fan=envelope.fans[-1]) if len(envelope.fans) > 1 else None
            )
        return on

    async def _async_send(self, check: str) -> None:
        wish = self._check_wish(check)
        assert wish is not None and self._link is not None
        outgoing = self._link.prepare(wish, frozenset({"mode"}), self._believed)
        await self._link.async_send(outgoing, None)
        self._believed = outgoing.state

    @callback
    def _listen(self) -> None:
        """Collect what the receiver hears."""
        self._stop_listening()
        self._heard = []

        @callback
        def heard(parts: list[Signal]) -> None:
            self._heard = list(parts)

        self._deaf = async_listen(self.hass, self._zone_data[CONF_RECEIVER], heard)

    @callback
    def _stop_listening(self) -> None:
        if self._deaf is not None:
            self._deaf()
            self._deaf = None


_OTHER_EMITTERS = (EMITTER_MQTT, EMITTER_ACTION, EMITTER_TASMOTA)


def _candidates(folder: Path) -> list[Candidate]:
    """Return the code sets that there are: protocols first, then files."""
    return [
        *(
            Candidate(
                f"protocol:{protocol.id}",
                protocol.brand,
                protocol.model or protocol.brand,
            )
            for protocol in protocols.available()
        ),
        *(
            Candidate(
                f"file:{file.path}",
                file.brand,
                f"{', '.join(file.models[:4]) or file.brand} ({Path(file.path).name})",
            )
            for file in find(folder)
        ),
    ]


def _identify(
    folder: Path, candidates: list[Candidate], heard: list[Signal]
) -> list[Candidate]:
    """Return the code sets that read a press of COOL 24, the likeliest first."""
    whole = join(heard)
    ranked: list[tuple[int, Candidate]] = []
    files = 0
    for candidate in candidates:
        encoder: Encoder | None
        kind, _, name = candidate.key.partition(":")
        try:
            if kind == "protocol":
                encoder = protocols.encoder(name)
            elif files < MOST_IDENTIFIED:
                files += 1
                encoder = _read_table(folder, name)
            else:
                continue
            states = encoder.decode(whole) if encoder is not None else ()
            if not states and encoder is not None and len(heard) > 1:
                states = encoder.decode(heard[-1])
        except CodeFileError, CodeError:
            continue
        if not states or encoder is None:
            continue
        fits = any(
            state.mode == "cool"
            and state.temperature == (75 if encoder.envelope.fahrenheit else 24)
            for state in states
        )
        ranked.append((0 if fits else 1, candidate))
    return [candidate for _, candidate in sorted(ranked, key=lambda found: found[0])]


def _read_table(folder: Path, path: str) -> Encoder:
    return read_file(resolve(folder, path)).table


def _keep_upload(
    hass: HomeAssistant, folder: Path, file_id: str
) -> tuple[str, CodeFile]:
    """Keep an uploaded file, never more of it than a code file can have."""
    try:
        with (
            process_uploaded_file(hass, file_id) as path,
            path.open("rb") as file,
        ):
            content = file.read(MAX_FILE + 1)
    except (ValueError, OSError) as err:
        raise CodeFileError("not_readable", "The upload is gone: try again") from err
    return keep(folder, content)


_FILE_ERRORS = frozenset(
    {
        "no_codes",
        "no_protocol",
        "not_climate",
        "not_codes",
        "not_found",
        "not_json",
        "not_readable",
        "other_controller",
        "outside",
        "too_large",
    }
)


def _file_error(err: CodeFileError) -> str:
    """Return the key of what is told of a file."""
    assert err.reason in _FILE_ERRORS
    return f"file_{err.reason}"


def _is_topic(topic: str) -> bool:
    topic = topic.strip()
    return bool(topic) and len(topic.encode()) < 65_000 and not set("+#\0") & set(topic)


def _said(state: UnitState, envelope: Envelope) -> str:
    """Return a state in a few words that are the same in every language."""
    unit = "°F" if envelope.fahrenheit else "°C"
    parts = [(state.mode or "").upper()]
    if state.mode != OFF:
        if state.temperature is not None:
            parts.append(f"{state.temperature:g} {unit}")
        if state.fan is not None:
            parts.append(state.fan)
    return ", ".join(part for part in parts if part)


def _choice(key: str, options: list[str]) -> SelectSelector:
    return SelectSelector(
        SelectSelectorConfig(
            options=options, translation_key=key, mode=SelectSelectorMode.LIST
        )
    )
