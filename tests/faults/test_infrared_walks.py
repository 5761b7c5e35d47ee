"""Units set up by infrared by chance: each form takes an answer, or says why it does not."""

import json
import logging
from pathlib import Path
import random
from typing import Any

from homeassistant.components.remote import RemoteEntityFeature
from homeassistant.config_entries import SOURCE_RECONFIGURE, SOURCE_USER, ConfigEntry
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from homeassistant.helpers.selector import (
    ActionSelector,
    EntitySelector,
    FileSelector,
    NumberSelector,
    SelectSelector,
    TemplateSelector,
    TextSelector,
)
from homeassistant.helpers.translation import async_get_translations
from infrared_protocols.commands.gree_ac import GreeAcMode
import pytest

from custom_components.klima.const import DOMAIN
from tests.chance import many
from tests.infrared_units import (
    EMITTER,
    RECEIVER,
    TABLE,
    Emitter,
    Receiver,
    async_add_infrared,
)

# Fewer do not come to each of the steps.
WALKS = max(many(80), 40)
REMOTE = "remote.blaster"
STEPS = 60
"""Forms after which a walk is given up: who learns a handset has many before them."""


@pytest.fixture(autouse=True)
def folder(
    hass: HomeAssistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """Give Home Assistant a configuration folder of its own, with a code file in it."""
    monkeypatch.setattr("custom_components.klima.drivers.links.REST", 0.0)
    # Presses follow each other at once here: no two parts are of one press.
    monkeypatch.setattr("custom_components.klima.drivers.receiver.PRESS", -1.0)
    folder = tmp_path / "config"
    (folder / "custom_codes/climate").mkdir(parents=True)
    (folder / "custom_codes/climate/1.json").write_text(json.dumps(TABLE))
    hass.config.config_dir = str(folder)
    return folder


class Remote:
    """A remote that learns what it is told to, now and then."""

    def __init__(self, hass: HomeAssistant, rng: random.Random) -> None:
        """Begin with nothing learned."""
        self._rng = rng
        hass.services.async_register("remote", "learn_command", self._act)
        hass.services.async_register("remote", "send_command", self._act)
        learns = {"supported_features": int(RemoteEntityFeature.LEARN_COMMAND)}
        hass.states.async_set(REMOTE, "on", learns)

    async def _act(self, call: ServiceCall) -> None:
        if self._rng.random() < 0.2:
            raise self._rng.choice((ValueError, TimeoutError, RuntimeError))("no")


def some(selector: Any, rng: random.Random) -> Any:
    """Return an answer to a field of a kind."""
    match selector:
        case NumberSelector():
            return rng.choice((0, 16, 18, 22, 24, 30, 60, 75, 86))
        case SelectSelector():
            options = [
                o if isinstance(o, str) else o["value"]
                for o in selector.config["options"]
            ]
            if selector.config.get("multiple"):
                return rng.sample(options, rng.randint(0, min(len(options), 3)))
            return rng.choice(options)
        case TextSelector():
            words = (
                "Aurora",
                "AX-35",
                "",
                " ",
                "x" * 400,
                "custom_codes/climate/1.json",
            )
            if selector.config.get("multiple"):
                return rng.sample(("auto", "low", " ", "a/b"), rng.randint(0, 3))
            return rng.choice((*words, json.dumps(TABLE)))
        case EntitySelector():
            return rng.choice((RECEIVER, EMITTER, "infrared.gone"))
        case ActionSelector():
            return rng.choice(([], [{"action": "test.send"}], [{"delay": "never"}]))
        case TemplateSelector():
            return rng.choice(("{{ tuya }}", "{{ 1 / 0 }}"))
        case FileSelector():
            return "0" * 32
    return selector(rng.choice(("", "x")))


class Walk:
    """A walk through the flow."""

    def __init__(
        self, hass: HomeAssistant, rng: random.Random, reasons: set[str]
    ) -> None:
        """Take what chooses, and the reasons that have words."""
        self.hass = hass
        self.rng = rng
        self.reasons = reasons
        self.receiver: Receiver
        self.emitter: Emitter

    def answer(self, result: Any) -> dict[str, Any]:
        """Answer a form: as it is filled in, or by chance."""
        answer: dict[str, Any] = {}
        for marker, selector in result["data_schema"].schema.items():
            filled = (marker.description or {}).get("suggested_value")
            needed = type(marker).__name__ == "Required"
            likely = 0.1 if str(marker) in ("emitter", "brand") else 0.5
            if filled is not None and self.rng.random() < likely:
                answer[str(marker)] = filled
            elif str(marker) == "brand" and self.rng.random() < 0.6:
                # What is no brand has the most steps.
                others = ("identify", "learn", "learn", "code_file")
                answer["brand"] = self.rng.choice(others)
            elif str(marker) == "emitter":
                answer["emitter"] = self.rng.choice((EMITTER, REMOTE, "action", "x"))
            elif str(marker) == "receiver":
                if self.rng.random() < 0.6:
                    answer["receiver"] = RECEIVER
            elif needed or self.rng.random() < 0.4:
                answer[str(marker)] = some(selector, self.rng)
        return answer

    def press(self) -> None:
        """Press a button of the handset, or none; now and then of one of Gree's."""
        if self.rng.random() < 0.2:
            self.receiver.hear_handset(mode=GreeAcMode.COOL, temperature=24)
            return
        value = self.rng.randrange(4)
        for number in range(self.rng.choice((0, 1, 2, 2, 2))):
            timings = [7000, -3000]
            for bit in range(24):
                timings += [500, -1500 if value >> bit & 1 else -500]
            self.receiver.hear([t + 10 * number for t in (*timings, 500)])

    async def go(self, manager: Any, result: Any) -> tuple[Any, list[str]]:
        """Walk to where the infrared is set up, or until it is given up."""
        seen: list[str] = []
        while len(seen) < STEPS:
            kind = result["type"]
            if kind is FlowResultType.FORM:
                step = result["step_id"]
                seen.append(step)
                if step in ("equipment", "comfort"):
                    break
                errors = result["errors"] or {}
                assert set(errors.values()) <= self.reasons, errors
                fields = set(map(str, result["data_schema"].schema))
                assert set(errors) <= {*fields, "base"}, (step, errors)
                told = result["description_placeholders"] or {}
                assert "infrared_" not in str(told.get("error", "")), told
                self.press()
                self.emitter.fails = (
                    RuntimeError("broken") if self.rng.random() < 0.1 else None
                )
                try:
                    result = await manager.async_configure(
                        result["flow_id"], self.answer(result)
                    )
                except InvalidData:
                    continue
            elif kind is FlowResultType.MENU:
                result = await manager.async_configure(
                    result["flow_id"], {"next_step_id": "infrared"}
                )
            elif kind in (
                FlowResultType.SHOW_PROGRESS,
                FlowResultType.SHOW_PROGRESS_DONE,
            ):
                await self.hass.async_block_till_done()
                result = await manager.async_configure(result["flow_id"])
            else:
                break
        return result, seen


async def test_whatever_is_answered_has_a_next_step(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    """No form fails, and each refusal has words at a field that is there."""
    emitter, receiver = await async_add_infrared(hass)
    hass.services.async_register("test", "send", lambda call: None)
    words = await async_get_translations(hass, "en", "config", [DOMAIN])
    reasons = {key.split(".error.")[1] for key in words if ".error." in key}
    manager = hass.config_entries.flow
    steps: set[str] = set()
    made: list[ConfigEntry] = []
    for seed in range(WALKS):
        rng = random.Random(seed)
        Remote(hass, rng)
        walk = Walk(hass, rng, reasons)
        walk.emitter, walk.receiver = emitter, receiver
        context: Any = {"source": SOURCE_USER}
        if made and rng.random() < 0.3:
            entry = rng.choice(made)
            context = {"source": SOURCE_RECONFIGURE, "entry_id": entry.entry_id}
        result = await manager.async_init(DOMAIN, context=context)
        result, seen = await walk.go(manager, result)
        steps |= set(seen)
        emitter.fails = None
        if result.get("step_id") == "equipment":
            result = await manager.async_configure(
                result["flow_id"], {"family": "mini_split"}
            )
            result = await manager.async_configure(result["flow_id"], {})
            await hass.async_block_till_done()
            if result["type"] is FlowResultType.CREATE_ENTRY:
                made.append(result["result"])
        elif result["type"] is FlowResultType.FORM:
            manager.async_abort(result["flow_id"])
    # Walks that came through, and what there is on the way.
    assert len(made) > WALKS / 5
    assert steps >= {"checklist", "code_file", "identify", "learn_by_remote", "matches"}
    assert steps >= {
        "infrared_action",
        "learn_code",
        "learn_played",
        "model",
        "try_out",
    }
    assert [
        record.getMessage()
        for record in caplog.records
        if record.exc_info and record.levelno > logging.DEBUG
    ] == []
