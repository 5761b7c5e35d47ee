"""The steps that find the codes: by the brand, or by what the handset sends."""

from contextlib import suppress
from pathlib import Path
from typing import Any, override

from homeassistant.data_entry_flow import FlowContext, FlowResult
import voluptuous as vol

from ...const import CONF_CODE_FILE, CONF_MANUFACTURER, CONF_RECEIVER
from ...core.infrared import protocols
from ...core.infrared.signal import CodeError, Signal
from ...core.infrared.smartir import CodeFileError
from ...core.infrared.state import Encoder
from ...core.infrared.symbols import join
from ...drivers.code_files import OWN_FOLDER, FoundFile, find, read_file, resolve
from ..selectors import OpenSelector, dropdown
from .base import Candidate
from .learn import LearnSteps

BRAND_FILE = "code_file"
BRAND_IDENTIFY = "identify"
BRAND_LEARN = "learn"
"""What can be chosen in place of a brand."""

CONF_BRAND = "brand"

MOST_IDENTIFIED = 60
"""Code files that are looked through for what a handset sent."""


class BrandSteps[
    ContextT: FlowContext,
    ResultT: FlowResult[Any, Any],
    HandlerT,
](LearnSteps[ContextT, ResultT, HandlerT]):
    """From what can be chosen to the code sets that may fit."""

    @override
    async def async_step_brand(
        self, user_input: dict[str, Any] | None = None, error: str | None = None
    ) -> ResultT:
        """Choose the unit's brand, or another way to its codes."""
        self._stop_listening()
        before = self.infrared_before() or {}
        self._candidates = await self.hass.async_add_executor_job(
            _candidates, Path(self.hass.config.config_dir), before.get(CONF_CODE_FILE)
        )
        brands = {
            candidate.brand.casefold(): candidate.brand
            for candidate in reversed(self._candidates)
        }
        # What can be chosen in place of a brand, and the step that it leads to.
        others = {
            **(
                {BRAND_IDENTIFY: self.async_step_identify}
                if CONF_RECEIVER in self._zone_data
                else {}
            ),
            BRAND_FILE: self.async_step_code_file,
            **({BRAND_LEARN: self.async_step_learn} if self.can_learn() else {}),
        }
        errors = {"base": error} if error else {}
        if user_input is not None:
            brand: str = user_input[CONF_BRAND]
            if (step := others.get(brand)) is not None:
                return await step()
            if brand.casefold() in brands:
                self._wanted = [
                    candidate
                    for candidate in self._candidates
                    if candidate.brand.casefold() == brand.casefold()
                ]
                return await self.async_step_model()
            errors[CONF_BRAND] = "unknown_brand"
        names = sorted(brands.values(), key=str.casefold)
        suggested = {
            CONF_BRAND: brands.get(
                before.get(CONF_MANUFACTURER, "").casefold(),
                BRAND_IDENTIFY if BRAND_IDENTIFY in others else names[0],
            )
        }
        choices = dropdown([*others, *names], CONF_BRAND, OpenSelector)
        return self._show(
            "brand",
            vol.Schema({vol.Required(CONF_BRAND): choices}),
            user_input or suggested,
            errors,
            {"folder": OWN_FOLDER, "error": self._error},
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
                    return await self.async_step_matches()
                errors["base"] = "not_identified"
        self._listen()
        return self._show("identify", vol.Schema({}), errors=errors)


def _candidates(folder: Path, used: str | None) -> list[Candidate]:
    """Return the code sets that there are: protocols first, then files.

    With the file that a unit uses, wherever it is: other codes would be suggested else.
    """
    files = find(folder)
    if used is not None and used not in (file.path for file in files):
        with suppress(CodeFileError):
            code_file = read_file(resolve(folder, used))
            files.append(FoundFile(used, code_file.manufacturer, code_file.models))
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
            for file in files
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
