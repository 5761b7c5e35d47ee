"""The steps that try codes out: a harmless frame, what came of it, a checklist."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

from homeassistant.data_entry_flow import FlowContext, FlowResult
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ...const import (
    CONF_CHECKLIST,
    CONF_CODE_FILE,
    CONF_MANUFACTURER,
    CONF_MODEL,
    CONF_PROTOCOL,
    CONF_VENDOR,
    CONF_VENDOR_MODEL,
)
from ...core.family import Family
from ...core.infrared.state import OFF, NoCodeError, UnitState
from ...drivers.links import Outgoing, async_create_link
from ..plan_rows import put
from ..said import climate_words, fault_words, said
from ..validate import fitting_name
from .base import CONF_ANSWER, InfraredFlow, choice

CONF_VERDICT = "verdict"

_VERDICTS = {"yes": "works", "check": "works", "beep": "beeped", "no": "failed"}
"""What each answer says of the first command."""

_CHECKS = ("on", "warmer", "mode", "fan", "off")

_MODE = frozenset({"mode"})

_CODES = (CONF_PROTOCOL, CONF_CODE_FILE, CONF_VENDOR, CONF_VENDOR_MODEL)
"""The fields that say which codes a unit has."""


class TryOutSteps[
    ContextT: FlowContext,
    ResultT: FlowResult[Any, Any],
    HandlerT,
](InfraredFlow[ContextT, ResultT, HandlerT]):
    """From the codes to the last check."""

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

    async def async_step_toggle_warning(
        self, user_input: dict[str, Any] | None = None
    ) -> ResultT:
        """Warn that one frame turns the unit on and off in turn."""
        if user_input is not None:
            return await self.async_step_try_out()
        return self._show("toggle_warning", vol.Schema({}))

    async def async_step_try_out(
        self, user_input: dict[str, Any] | None = None
    ) -> ResultT:
        """Send a harmless frame, if the user wants it."""
        errors: dict[str, str] = {}
        placeholders = {"error": "", "emitter": ""}
        if user_input is not None:
            if user_input[CONF_ANSWER] == "skip":
                return await self._async_finish_infrared()
            placeholders |= await self._async_try("on", errors)
            if not errors:
                return await self.async_step_answered()
        changed = self.infrared_before() is not None
        return await self._async_ask(
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
            return await self.async_next_candidate()
        return await self._async_ask("answered", [*_VERDICTS, "again"], "yes", {}, {})

    async def _async_ask(
        self,
        step: str,
        answers: list[str],
        suggested: str,
        errors: dict[str, str],
        placeholders: dict[str, str],
    ) -> ResultT:
        return self._show_answers(
            step,
            choice(CONF_ANSWER, answers),
            suggested,
            errors,
            {
                "codes": self._codes_label(),
                "command": await self._async_said("on"),
                **placeholders,
            },
        )

    async def async_step_checklist(
        self, user_input: dict[str, Any] | None = None
    ) -> ResultT:
        """Send one function after the other, and note which of them work."""
        errors: dict[str, str] = {}
        if user_input is not None and user_input[CONF_VERDICT] != "again":
            self._verdicts[self._current_check()] = user_input[CONF_VERDICT]
        check = self._current_check()
        if check == "":
            return await self._async_finish_infrared()
        number = len(self._verdicts) + 1
        count = len(self._verdicts) + len(self._due_checks())
        command = await self._async_said(check)
        placeholders = await self._async_try(check, errors)
        verdicts = choice(CONF_VERDICT, ["works", "failed", "untested", "again"])
        return self._show(
            "checklist",
            vol.Schema({vol.Required(CONF_VERDICT): verdicts}),
            {CONF_VERDICT: "again" if errors else "works"},
            errors,
            {
                "command": command,
                "number": str(number),
                "count": str(count),
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

    async def _async_finish_infrared(self) -> ResultT:
        if self._verdicts:
            self._zone_data[CONF_CHECKLIST] = {
                "date": dt_util.now().date().isoformat(),
                **self._verdicts,
            }
        elif (before := self.infrared_before()) is not None and all(
            before.get(field) == self._zone_data.get(field) for field in _CODES
        ):
            # What was tried of the same codes holds.
            put(self._zone_data, CONF_CHECKLIST, before.get(CONF_CHECKLIST))
        if not self._zone_name:
            self._zone_name = fitting_name(
                self._zone_data.get(CONF_MANUFACTURER)
                or self._zone_data.get(CONF_VENDOR)
                or "Infrared"
            )
        return await self.async_infrared_done()

    def _current_check(self) -> str:
        """Return the check that is due: those that the unit cannot do are left out."""
        return next(iter(self._due_checks()), "")

    def _due_checks(self) -> list[str]:
        return [
            check
            for check in _CHECKS
            if check not in self._verdicts and self._prepare(check) is not None
        ]

    def _prepare(self, check: str) -> Outgoing | None:
        """Return what a check sends, None where the unit has no such."""
        assert self._link is not None
        for wish, asked in self._check_wishes(check):
            with suppress(NoCodeError):
                return self._link.prepare(wish, asked, self._believed)
        return None

    def _check_wishes(self, check: str) -> Iterator[tuple[UnitState, frozenset[str]]]:
        """Yield what a check may ask for, the best first, and what of it must be met."""
        envelope = self._envelope()
        modes = envelope.modes
        mode = "cool" if "cool" in modes else modes[0]
        on = replace(envelope.initial(), mode=mode)
        if check == "on":
            yield on, _MODE
        elif check == "off":
            yield replace(on, mode=OFF), _MODE
        elif check == "warmer":
            start = self._prepare("on")
            if start is not None and (before := start.state.temperature) is not None:
                warmer = before + max(envelope.step, 1)
                if warmer <= (envelope.max_temperature or before):
                    yield replace(on, temperature=warmer), _MODE | {"temperature"}
        elif check == "mode":
            for other in ("dry", "heat", *modes):
                if other in modes and other != mode:
                    yield replace(on, mode=other), _MODE
        else:
            for fan in reversed(envelope.fans[1:]):
                yield replace(on, fan=fan), _MODE | {"fan"}

    async def _async_try(self, check: str, errors: dict[str, str]) -> dict[str, str]:
        """Send what a check asks for, or put into the errors why it was not sent."""
        outgoing = self._prepare(check)
        assert outgoing is not None and self._link is not None
        if not self._link.available():
            errors["base"] = "emitter_unavailable"
            return {"error": "", "emitter": self.emitter_name()}
        try:
            await self._link.async_send(outgoing, None)
        except HomeAssistantError as err:
            errors["base"] = "not_sent"
            return {"error": await fault_words(self.hass, err), "emitter": ""}
        self._believed = outgoing.state
        return {"error": "", "emitter": ""}

    async def _async_said(self, check: str) -> str:
        """Return what a check sends, as far as the codes have it, in a few words."""
        outgoing = self._prepare(check)
        assert outgoing is not None
        return said(
            self.hass,
            outgoing.state,
            self._envelope(),
            await climate_words(self.hass),
            of_home=True,
        )
