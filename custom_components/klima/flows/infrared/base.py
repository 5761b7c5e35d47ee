"""What the steps of a unit by infrared share: what was chosen so far, and how it is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, override

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.data_entry_flow import FlowContext, FlowHandler, FlowResult
from homeassistant.helpers.selector import (
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
import voluptuous as vol

from ...const import (
    CONF_CODE_FILE,
    CONF_EMITTER,
    CONF_PROTOCOL,
    CONF_RECEIVER,
    CONF_VENDOR,
)
from ...core.infrared.signal import Signal
from ...core.infrared.smartir import CodeFile
from ...core.infrared.state import Envelope, UnitState
from ...drivers.links import Link
from ...drivers.receiver import async_listen
from ..guess import unit_name

CONF_ANSWER = "answer"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A code set that may be the unit's."""

    key: str
    brand: str
    label: str

    @property
    def name(self) -> str:
        """The brand and the label, where that does not begin with it."""
        if self.label.startswith(self.brand):
            return self.label
        return f"{self.brand} {self.label}".strip()

    def fields(self) -> dict[str, str]:
        """Return the fields of a zone's data that name it."""
        kind, _, name = self.key.partition(":")
        return {CONF_PROTOCOL if kind == "protocol" else CONF_CODE_FILE: name}


class InfraredFlow[
    ContextT: FlowContext,
    ResultT: FlowResult[Any, Any],
    HandlerT,
](FlowHandler[ContextT, ResultT, HandlerT]):
    """A flow on its way to a unit by infrared."""

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

    def _show(
        self,
        step: str,
        schema: vol.Schema,
        suggested: Mapping[str, Any] | None = None,
        errors: dict[str, str] | None = None,
        placeholders: Mapping[str, str] | None = None,
    ) -> ResultT:
        """Show a form, as it was filled in or is suggested."""
        return self.async_show_form(
            step_id=step,
            data_schema=self.add_suggested_values_to_schema(schema, suggested),
            errors=errors,
            description_placeholders=placeholders,
        )

    def _show_answers(
        self,
        step: str,
        answers: SelectSelector,
        suggested: str,
        errors: dict[str, str],
        placeholders: Mapping[str, str],
    ) -> ResultT:
        """Show a question, with one answer that is suggested."""
        schema = vol.Schema({vol.Required(CONF_ANSWER): answers})
        return self._show(step, schema, {CONF_ANSWER: suggested}, errors, placeholders)

    @override
    @callback
    def async_remove(self) -> None:
        self._stop_listening()

    async def async_step_brand(
        self, user_input: dict[str, Any] | None = None, error: str | None = None
    ) -> ResultT:
        """Choose the unit's brand."""
        raise NotImplementedError

    async def async_step_tasmota(
        self, user_input: dict[str, Any] | None = None
    ) -> ResultT:
        """Say which Tasmota sends."""
        raise NotImplementedError

    async def async_next_candidate(self) -> ResultT:
        """Go on with the next code set of the brand."""
        raise NotImplementedError

    def emitter_name(self) -> str:
        """Return what the emitter is called; one that is no entity, by its kind."""
        emitter: str = self._zone_data[CONF_EMITTER]
        return unit_name(self.hass, emitter) if "." in emitter else emitter

    def _envelope(self) -> Envelope:
        assert self._link is not None
        return self._link.envelope

    def _codes_label(self) -> str:
        if self._candidate is not None:
            return self._candidate.name
        return str(self._zone_data.get(CONF_VENDOR, ""))

    @callback
    def _listen(self) -> None:
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


def choice(key: str, options: list[str]) -> SelectSelector:
    """Return a list of answers, of which one is chosen."""
    return SelectSelector(
        SelectSelectorConfig(
            options=options, translation_key=key, mode=SelectSelectorMode.LIST
        )
    )
