"""The steps that learn a handset: what it has, then one setting after the other.

A receiver hears what the handset sends: a code is believed once two presses of it
agree. Every code is kept as it is learned, so that none must be learned twice.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, override

from homeassistant.const import UnitOfTemperature
from homeassistant.data_entry_flow import FlowContext, FlowResult
from homeassistant.exceptions import HomeAssistantError

from ...const import CONF_CODE_FILE, CONF_MANUFACTURER, CONF_MODEL, CONF_RECEIVER
from ...core.infrared import protocols
from ...core.infrared.learning import (
    MATCHING,
    OFF_CELL,
    Lesson,
    Lessons,
    agreed,
    press_of,
    reads_all,
)
from ...core.infrared.signal import Signal
from ...core.infrared.state import Code
from ...core.infrared.symbols import alike
from ...core.infrared.table import Setting
from ...drivers.code_files import find_lessons, keep_lessons, read_lessons
from ...drivers.receiver import async_listen
from ..said import climate_words
from .base import CONF_ANSWER, Candidate, choice
from .handset import (
    CONF_TEMPERATURE_UNIT,
    handset_errors,
    handset_schema,
    lessons_of,
    suggested_handset,
)
from .learn_remote import RemoteLearnSteps

_MOST_PRESSES = 20


class LearnSteps[
    ContextT: FlowContext,
    ResultT: FlowResult[Any, Any],
    HandlerT,
](RemoteLearnSteps[ContextT, ResultT, HandlerT]):
    """From an unknown handset to a table of its codes."""

    _lessons_path: str = ""
    _presses: list[list[Signal]]
    _known_twin: Setting | None = None
    _reader: Candidate | None = None

    def can_learn(self) -> bool:
        """Return whether anything that was chosen hears a handset, and can tell."""
        return CONF_RECEIVER in self._zone_data or self._remote_learns()

    async def async_step_learn(
        self, user_input: dict[str, Any] | None = None
    ) -> ResultT:
        """Ask what the handset can be set to."""
        folder = Path(self.hass.config.config_dir)
        path: str = (self.infrared_before() or {}).get(CONF_CODE_FILE, "")
        known: Lessons | None = None
        if path:
            known = await self.hass.async_add_executor_job(read_lessons, folder, path)
        errors: dict[str, str] = {}
        if user_input is not None:
            errors = handset_errors(user_input, known)
            if not errors:
                if known is None:
                    path, known = await self.hass.async_add_executor_job(
                        find_lessons,
                        folder,
                        user_input[CONF_MANUFACTURER].strip(),
                        user_input.get(CONF_MODEL, "").strip(),
                    )
                    if known is not None and known.lesson.handset.fahrenheit != (
                        user_input[CONF_TEMPERATURE_UNIT] == "f"
                    ):
                        errors[CONF_TEMPERATURE_UNIT] = "other_unit"
            if not errors:
                self._lessons_path = path
                self._lessons = lessons_of(user_input, path, known)
                return await self._async_next_cell()
            if CONF_TEMPERATURE_UNIT in user_input:
                known = None
        fahrenheit = (
            self.hass.config.units.temperature_unit == UnitOfTemperature.FAHRENHEIT
        )
        return self._show(
            "learn",
            handset_schema(self.hass, known, await climate_words(self.hass)),
            user_input or suggested_handset(known, fahrenheit=fahrenheit),
            errors,
        )

    async def _async_next_cell(self) -> ResultT:
        """Ask for the next setting; finish when there is none."""
        self._presses = []
        self._known_twin = None
        if self._cell is None:
            return await self._async_learned()
        if CONF_RECEIVER in self._zone_data:
            self._listen_for_presses()
        return await self._async_ask_again()

    @override
    async def _async_ask_again(self) -> ResultT:
        if CONF_RECEIVER in self._zone_data:
            return await self.async_step_learn_code()
        return await self.async_step_learn_by_remote()

    async def async_step_learn_code(
        self, user_input: dict[str, Any] | None = None
    ) -> ResultT:
        """Ask for a setting of the handset, until the receiver heard it often enough."""
        return await self._async_record("learn_code", user_input)

    async def async_step_learn_by_remote(
        self, user_input: dict[str, Any] | None = None
    ) -> ResultT:
        """Ask for a setting of the handset, which the remote then learns."""
        return await self._async_record("learn_by_remote", user_input)

    async def _async_record(
        self, step: str, user_input: dict[str, Any] | None
    ) -> ResultT:
        """Ask for a setting, and take it over once it is known."""
        lesson, cell = self._lessons.lesson, self._cell
        assert cell is not None
        errors: dict[str, str] = {}
        if self._problem:
            errors["base"] = self._problem
            self._problem = ""
        if user_input is not None:
            self._error = ""
            answer = user_input[CONF_ANSWER]
            if answer == "enough":
                return await self._async_learned()
            if answer == "leave_out":
                self._lessons = replace(self._lessons, lesson=lesson.leave_out(cell))
                return await self._async_next_cell()
            if CONF_RECEIVER not in self._zone_data:
                return await self.async_step_learn_remote()
            signal = self._agreed(errors, cell, keep=answer == "keep")
            if signal is not None:
                return await self.async_take_code(cell, signal)
        answers = ["record"]
        if self._known_twin is not None:
            answers.append("keep")
        if cell != OFF_CELL:
            answers.append("leave_out")
        if lesson.usable():
            answers.append("enough")
        return self._show_answers(
            step,
            choice("learn", answers),
            "record",
            errors,
            {
                **await self._async_told(cell),
                "heard": str(len(self._same_presses())),
                "matching": str(MATCHING),
                "done": str(len(lesson.learned)),
                "missing": str(lesson.missing()),
                "twin": await self._async_label(self._known_twin)
                if self._known_twin
                else "",
                "error": self._error,
            },
        )

    def _agreed(
        self, errors: dict[str, str], cell: Setting, *, keep: bool
    ) -> Signal | None:
        """Return the signal that was heard for a cell, or say what is wrong with it."""
        presses = self._heard_presses()
        if not presses:
            errors["base"] = "nothing_heard"
            return None
        signal = agreed(presses)
        if signal is None:
            if len(presses) > 1:
                errors["base"] = "presses_differ"
            return None
        known, self._known_twin = self._known_twin, None
        twin = self._lessons.lesson.twin(cell, signal)
        if twin is None or (keep and twin == known):
            return signal
        self._known_twin = twin
        errors["base"] = "same_code"
        return None

    @override
    async def async_take_code(self, cell: Setting, code: Code) -> ResultT:
        """Take a code over, and keep it as soon as the unit can be used with it."""
        lesson = self._lessons.lesson.learn(cell, (code,))
        self._lessons = replace(self._lessons, lesson=lesson)
        await self._async_keep_lessons()
        return await self._async_next_cell()

    async def _async_keep_lessons(self) -> None:
        """Keep what is learned, once it is enough to be of use."""
        self._error = ""
        if not self._lessons.lesson.usable():
            return
        try:
            await self.hass.async_add_executor_job(
                keep_lessons,
                Path(self.hass.config.config_dir),
                self._lessons_path,
                self._lessons,
            )
        except (OSError, HomeAssistantError) as err:
            self._problem = "not_kept"
            self._error = str(err)

    async def _async_learned(self) -> ResultT:
        """Go on with what was learned, or with a protocol that reads all of it."""
        self._stop_listening()
        if not self._lessons.lesson.usable():
            return await self.async_step_brand(error="nothing_learned")
        await self._async_keep_lessons()
        if self._problem:
            if self._cell is not None:
                return await self._async_ask_again()
            return await self.async_step_brand(error=self._problem)
        self._reader = await self.hass.async_add_executor_job(
            _reader_of, self._candidates, self._lessons.lesson
        )
        if self._reader is not None:
            return await self.async_step_learn_known()
        return await self._async_take_learned()

    async def async_step_learn_known(
        self, user_input: dict[str, Any] | None = None
    ) -> ResultT:
        """Offer the protocol that what was learned turned out to be of."""
        reader = self._reader
        assert reader is not None
        if user_input is not None:
            if user_input[CONF_ANSWER] == "protocol":
                self._wanted = [reader]
                return await self._async_take(reader)
            return await self._async_take_learned()
        return self._show_answers(
            "learn_known",
            choice("learn", ["protocol", "recordings"]),
            "protocol",
            {},
            {
                "protocol": reader.name,
                "done": str(len(self._lessons.lesson.codes)),
            },
        )

    async def _async_take_learned(self) -> ResultT:
        """Go on with the codes that were learned, as with those of any file."""
        learned = Candidate(
            f"file:{self._lessons_path}",
            self._lessons.manufacturer,
            self._lessons.model,
        )
        self._wanted = [learned]
        return await self._async_take(learned)

    def _heard_presses(self) -> list[Signal]:
        presses = [press_of(parts) for parts in self._presses]
        return [press for press in presses if press is not None]

    def _same_presses(self) -> list[Signal]:
        """Return the presses that say what the last one says."""
        presses = self._heard_presses()
        return [press for press in presses if alike(press, presses[-1])]

    def _listen_for_presses(self) -> None:
        """Collect what the receiver hears, press by press."""
        self._stop_listening()

        def heard(parts: list[Signal]) -> None:
            if len(parts) > 1 and self._presses:
                self._presses[-1] = list(parts)
            else:
                self._presses.append(list(parts))
            del self._presses[:-_MOST_PRESSES]

        self._deaf = async_listen(self.hass, self._zone_data[CONF_RECEIVER], heard)


def _reader_of(candidates: Sequence[Candidate], lesson: Lesson) -> Candidate | None:
    """Return the protocol that reads all that was learned as it was meant."""
    for candidate in candidates:
        kind, _, name = candidate.key.partition(":")
        encoder = protocols.encoder(name) if kind == "protocol" else None
        if encoder is not None and reads_all(encoder, lesson):
            return candidate
    return None
