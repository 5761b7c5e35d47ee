"""The steps that choose the codes: a model's, or a file's."""

import logging
from pathlib import Path
from typing import Any, override

from homeassistant.components.file_upload import process_uploaded_file
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowContext, FlowResult
from homeassistant.helpers.selector import (
    FileSelector,
    FileSelectorConfig,
    SelectOptionDict,
    TextSelector,
    TextSelectorConfig,
)
import voluptuous as vol

from ...const import (
    CONF_CODE_FILE,
    CONF_EMITTER,
    CONF_MANUFACTURER,
    CONF_MODEL,
    CONF_PROTOCOL,
)
from ...core.infrared.smartir import MAX_FILE, CodeFile, CodeFileError, read_code_file
from ...drivers.code_files import async_read, keep
from ...drivers.transports import EMITTER_TASMOTA
from ..selectors import dropdown
from .base import Candidate
from .try_out import TryOutSteps

_LOGGER = logging.getLogger(__name__)

CONF_FILE = "file"
CONF_PATH = "path"
CONF_TEXT = "text"

_CODE_FILE_SCHEMA = vol.Schema(
    {
        vol.Optional(CONF_PATH): TextSelector(),
        vol.Optional(CONF_FILE): FileSelector(
            FileSelectorConfig(accept=".json,application/json")
        ),
        vol.Optional(CONF_TEXT): TextSelector(TextSelectorConfig(multiline=True)),
    }
)


class CodesSteps[
    ContextT: FlowContext,
    ResultT: FlowResult[Any, Any],
    HandlerT,
](TryOutSteps[ContextT, ResultT, HandlerT]):
    """From the brand's code sets to codes that can be tried."""

    async def async_step_model(
        self, user_input: dict[str, Any] | None = None
    ) -> ResultT:
        """Choose the model, or the code set, of a brand."""
        return await self._async_choose("model", user_input)

    async def async_step_matches(
        self, user_input: dict[str, Any] | None = None
    ) -> ResultT:
        """Choose among the code sets that read what the handset sent."""
        return await self._async_choose("matches", user_input)

    async def _async_choose(
        self, step: str, user_input: dict[str, Any] | None
    ) -> ResultT:
        errors: dict[str, str] = {}
        placeholders = {"error": ""}
        known = {candidate.key: candidate for candidate in self._wanted}
        if user_input is not None:
            self._candidate = known[user_input[CONF_MODEL]]
            try:
                return await self._async_take(self._candidate)
            except CodeFileError as err:
                errors[CONF_MODEL] = _file_error(err)
                placeholders["error"] = err.detail
        before = self.infrared_before() or {}
        current = next(
            (
                candidate.key
                for candidate in self._wanted
                if candidate.fields().items() <= before.items()
            ),
            self._wanted[0].key,
        )
        options = [
            SelectOptionDict(
                value=candidate.key,
                label=candidate.label if step == "model" else candidate.name,
            )
            for candidate in self._wanted
        ]
        return self._show(
            step,
            vol.Schema({vol.Required(CONF_MODEL): dropdown(options)}),
            user_input or {CONF_MODEL: current},
            errors,
            {
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
                    placeholders["error"] = err.detail
        # An upload is taken once.
        again = {k: v for k, v in (user_input or {}).items() if k != CONF_FILE}
        return self._show("code_file", _CODE_FILE_SCHEMA, again, errors, placeholders)

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
        return self._show(
            "code_report",
            vol.Schema({}),
            placeholders={
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

    async def _async_keep(self, field: str, given: str) -> tuple[str, CodeFile]:
        """Return the path of what was given, kept in our own folder if it was not yet."""
        folder = Path(self.hass.config.config_dir)
        if field == CONF_PATH:
            return given.strip(), await async_read(self.hass, given)

        def keep_given() -> tuple[str, CodeFile]:
            content = given if field == CONF_TEXT else _read_upload(self.hass, given)
            code_file = read_code_file(content)
            _check_emitter(code_file, self._zone_data[CONF_EMITTER])
            return keep(folder, content, code_file), code_file

        return await self.hass.async_add_executor_job(keep_given)

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
            _check_emitter(code_file, self._zone_data[CONF_EMITTER])
            if code_file.models:
                self._zone_data[CONF_MODEL] = code_file.models[0]
            if code_file.findings:
                self._code_file = code_file
                return await self.async_step_code_report()
        return await self._async_codes_chosen()

    @override
    async def async_next_candidate(self) -> ResultT:
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


def _check_emitter(code_file: CodeFile, emitter: str) -> None:
    """Refuse codes that only a remote can send, where there is none."""
    if not code_file.opaque or emitter.startswith("remote."):
        return
    if code_file.device:
        raise CodeFileError(
            "of_a_remote", "Only the remote that learned the codes can send them"
        )
    raise CodeFileError(
        "other_controller",
        f"Only a remote of {code_file.controller} can send its codes",
        code_file.controller,
    )


def _read_upload(hass: HomeAssistant, file_id: str) -> bytes:
    """Read an uploaded file, never more of it than a code file can have."""
    try:
        with (
            process_uploaded_file(hass, file_id) as path,
            path.open("rb") as file,
        ):
            return file.read(MAX_FILE + 1)
    except (ValueError, OSError) as err:
        raise CodeFileError(
            "not_readable", "The upload is no longer available. Try again"
        ) from err


_FILE_ERRORS = frozenset(
    {
        "no_codes",
        "no_protocol",
        "not_climate",
        "not_codes",
        "not_found",
        "not_json",
        "not_readable",
        "of_a_remote",
        "other_controller",
        "outside",
        "too_large",
    }
)


def _file_error(err: CodeFileError) -> str:
    assert err.reason in _FILE_ERRORS
    return f"file_{err.reason}"
