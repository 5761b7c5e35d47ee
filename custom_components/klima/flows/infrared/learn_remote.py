"""The steps that let a remote learn: it keeps the codes, and sends them by their names.

What a remote learned cannot be read, and it says nothing where it heard nothing.
It is therefore asked to send a code back at once, and the user sees what comes of
it: that takes the place of the second press.
"""

import asyncio
from typing import Any

from homeassistant.components.remote import RemoteEntityFeature
from homeassistant.const import ATTR_ENTITY_ID, ATTR_SUPPORTED_FEATURES
from homeassistant.data_entry_flow import FlowContext, FlowResult
from homeassistant.exceptions import HomeAssistantError

from ...const import CONF_EMITTER
from ...core.infrared.learning import Lessons, command_of
from ...core.infrared.state import Code, Envelope, Named
from ...core.infrared.table import Setting
from ...drivers.faults import told_as_refusal
from ...drivers.transports import RemoteTransport
from ..said import climate_words, fault_words, said
from .base import CONF_ANSWER, choice
from .codes import CodesSteps


class RemoteGoneError(Exception):
    """The remote is unavailable: it would learn nothing, and say nothing."""


class RemoteLearnSteps[
    ContextT: FlowContext,
    ResultT: FlowResult[Any, Any],
    HandlerT,
](CodesSteps[ContextT, ResultT, HandlerT]):
    """From a prompt to a code that a remote keeps."""

    _lessons: Lessons
    _learning: asyncio.Task[None] | None = None
    _problem: str = ""
    """What went wrong with the last code, by the key of its text."""
    _error: str = ""
    """What was said of it."""

    async def _async_ask_again(self) -> ResultT:
        """Ask for the setting that is due, by what listens."""
        raise NotImplementedError

    async def async_take_code(self, cell: Setting, code: Code) -> ResultT:
        """Take over what was learned, and ask for the next."""
        raise NotImplementedError

    @property
    def _cell(self) -> Setting | None:
        return self._lessons.lesson.next()

    async def _async_told(self, cell: Setting) -> dict[str, str]:
        return {
            "command": await self._async_label(cell),
            "emitter": self.emitter_name(),
        }

    async def _async_label(self, cell: Setting) -> str:
        """Return a setting as the handset shows it, in the user's words."""
        handset = self._lessons.lesson.handset
        return said(
            self.hass,
            cell.state(),
            Envelope(modes=handset.modes, fahrenheit=handset.fahrenheit),
            await climate_words(self.hass),
        )

    def _remote_learns(self) -> bool:
        emitter = self._zone_data[CONF_EMITTER]
        state = self.hass.states.get(emitter) if emitter.startswith("remote.") else None
        features = state.attributes.get(ATTR_SUPPORTED_FEATURES, 0) if state else 0
        return bool(features & RemoteEntityFeature.LEARN_COMMAND)

    async def async_step_learn_remote(
        self, user_input: dict[str, Any] | None = None
    ) -> ResultT:
        """Wait while the remote learns a code, and sends it back."""
        cell = self._cell
        assert cell is not None
        if self._learning is None:
            self._learning = self.hass.async_create_task(
                self._async_let_remote_learn(cell), "klima learns", eager_start=False
            )
        if not self._learning.done():
            return self.async_show_progress(
                step_id="learn_remote",
                progress_action="learn_remote",
                description_placeholders=await self._async_told(cell),
                progress_task=self._learning,
            )
        self._problem = self._error = ""
        try:
            await self._learning
        except RemoteGoneError:
            self._problem = "emitter_unavailable"
        except HomeAssistantError as err:
            self._problem = "not_learned"
            self._error = await fault_words(self.hass, err)
        self._learning = None
        return self.async_show_progress_done(
            next_step_id="learn_by_remote" if self._problem else "learn_played"
        )

    async def async_step_learn_played(
        self, user_input: dict[str, Any] | None = None
    ) -> ResultT:
        """Ask whether the unit took what the remote sent back."""
        cell = self._cell
        assert cell is not None
        errors: dict[str, str] = {}
        if user_input is not None:
            answer = user_input[CONF_ANSWER]
            if answer == "took":
                return await self.async_take_code(cell, self._named(cell))
            if answer == "anew":
                return await self._async_ask_again()
            try:
                await self._async_play(cell)
            except RemoteGoneError:
                errors["base"] = "emitter_unavailable"
            except HomeAssistantError as err:
                errors["base"] = "not_played"
                self._error = await fault_words(self.hass, err)
        return self._show_answers(
            "learn_played",
            choice("learn", ["took", "play", "anew"]),
            "took",
            errors,
            {**await self._async_told(cell), "error": self._error},
        )

    async def _async_let_remote_learn(self, cell: Setting) -> None:
        """Let the remote learn a code and send it back: it tells nothing but that."""
        await self._async_tell_remote(cell, "learn_command", command_type="ir")
        await self._async_play(cell)

    async def _async_play(self, cell: Setting) -> None:
        await self._async_tell_remote(cell, "send_command")

    async def _async_tell_remote(self, cell: Setting, action: str, **more: str) -> None:
        """Perform an action of the remote, which is dropped in silence where it is gone.

        Raises RemoteGoneError then, and HomeAssistantError where the remote fails.
        """
        emitter = self._zone_data[CONF_EMITTER]
        if not RemoteTransport(self.hass, emitter).available():
            raise RemoteGoneError
        named = self._named(cell)
        with told_as_refusal(emitter):
            await self.hass.services.async_call(
                "remote",
                action,
                {
                    ATTR_ENTITY_ID: emitter,
                    "device": named.device,
                    "command": [named.command],
                    **more,
                },
                blocking=True,
            )

    def _named(self, cell: Setting) -> Named:
        return Named(self._lessons.device, command_of(cell))
