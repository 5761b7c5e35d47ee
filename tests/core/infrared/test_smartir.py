"""SmartIR's files: all that are about are read, and each bad cell is told."""

from collections import Counter
import json
from pathlib import Path
import random
import time
from typing import Any

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.klima.core.infrared import smartir
from custom_components.klima.core.infrared.signal import Signal
from custom_components.klima.core.infrared.smartir import (
    CodeFileError,
    import_codes,
    read_code_file,
)
from custom_components.klima.core.infrared.state import (
    Frame,
    NoCodeError,
    Opaque,
    UnitState,
    likeliest,
)

from .json_values import JSON, code

FILES = Path(__file__).parents[4] / "shared/data/ir/smartir"

needs_files = pytest.mark.skipif(not FILES.exists(), reason="code files are not here")

# Usable and all cells, and what is told of the others.
KNOWN: dict[str, tuple[int, int, dict[str, int]]] = {
    "h_1119": (43, 43, {}),
    "h_1131": (145, 145, {}),
    "h_1182": (301, 301, {"shared": 1}),
    "h_1283": (157, 157, {}),
    "h_1945": (56, 67, {"empty": 11}),
    "h_2980": (94, 94, {}),
    "h_4381": (57, 58, {"unknown_mode": 1}),
    "h_5520": (241, 241, {"shared": 1}),
    "h_7062": (105, 105, {}),
    "l_1705": (510, 511, {"bad_base64": 1}),
    "l_3500": (194, 194, {}),
    "l_6686": (326, 326, {}),
}


def file(commands: dict[str, Any], **head: Any) -> dict[str, Any]:
    """Return a file with these commands."""
    return {
        "manufacturer": "Aurora",
        "supportedModels": ["AX-35"],
        "supportedController": "ESPHome",
        "commandsEncoding": "Raw",
        "minTemperature": 16,
        "maxTemperature": 30,
        "precision": 1,
        "operationModes": ["cool", "heat", "dry"],
        "fanModes": ["low", "high"],
        "commands": commands,
        **head,
    }


@needs_files
@pytest.mark.parametrize("name", KNOWN)
def test_every_file_is_imported(name: str) -> None:
    started = time.perf_counter()
    read = read_code_file((FILES / f"{name}.json").read_bytes())
    assert time.perf_counter() - started < 2

    usable, total, findings = KNOWN[name]
    assert (read.usable, read.total) == (usable, total)
    assert Counter(finding.reason for finding in read.findings) == findings
    assert read.opaque == (name == "h_4381")
    assert read.table.envelope.fahrenheit == (name == "l_3500")
    assert read.table.envelope.step == (0.5 if name == "h_2980" else 1)
    assert not read.table.envelope.toggles_power


@needs_files
@pytest.mark.parametrize("name", [name for name in KNOWN if name != "h_4381"])
def test_every_cell_is_sent_and_known_again(name: str) -> None:
    """Through a receiver that makes every duration 8 % longer or shorter, as it likes."""
    table = read_code_file((FILES / f"{name}.json").read_bytes()).table
    rng = random.Random(1)
    known = 0
    for setting in table.cells:
        wish = setting.state()
        frame = table.encode(wish, frozenset({"mode"}), wish)
        assert frame.codes == table.cells[setting]
        signal = frame.codes[-1]
        assert isinstance(signal, Signal)
        heard = Signal(
            tuple(round(t * rng.uniform(0.92, 1.08)) or 1 for t in signal.timings)
        )
        states = table.decode(heard)
        known += wish in states
        # It may not be known; but it is never taken for another.
        assert not states or wish in states
    assert known / len(table.cells) > 0.99


def test_reads_two_to_five_levels() -> None:
    low = import_codes(file({"off": code(0), "cool": {"20": code(1), "21": code(2)}}))
    assert low.table.envelope.fans == ()
    assert low.table.envelope.min_temperature == 20

    bare = import_codes(file({"off": code(0), "cool": code(1)}))
    assert bare.table.envelope.min_temperature is None
    assert bare.table.encode(
        UnitState(mode="cool", temperature=22), frozenset({"temperature"}), UnitState()
    ) == Frame(
        (bare.table.cells[next(iter(bare.table.cells))]),
        UnitState(mode="cool", temperature=22),
    )

    deep = import_codes(
        file(
            {
                "off": code(0),
                "cool": {
                    "eco": {"low": {"up": {"20": code(1)}, "-": {"21": code(2)}}},
                    "-": {"high": {"down": {"-": code(3)}}},
                },
            },
            presetModes=["none", "eco"],
            swingModes=["up", "down"],
        )
    )
    assert len(deep.table.cells) == 3
    assert deep.table.envelope.presets == ("eco",)
    assert deep.table.envelope.swings == ("up", "down")
    wish = UnitState(
        mode="cool", preset="eco", fan="high", swing="down", temperature=27
    )
    frame = deep.table.encode(wish, frozenset({"fan", "temperature"}), wish)
    assert frame.state == wish
    assert not deep.findings


def test_reads_what_is_odd() -> None:
    """Names of modes, lists, comments, off by mode, on, temperatures as 20.0, °F."""
    read = import_codes(
        file(
            {
                "_comment": 1,
                "off": {"cool": code(0), "$comment": "x", "heat": {"deep": code(1)}},
                "off_fan": code(2),
                "off_dry": "",
                "on": [code(3), code(4)],
                "cold": {"low": {"66.0": code(5), "$c": 1, "70": [code(6), code(7)]}},
                "fan": {"low": {"66": [9000, -4500, 500]}},
                "ai": {"medium": {"66": code(8)}},
            },
            supportedController="Nobody",
            operationModes=["cold", "fan", "ai", 3],
            fanModes=["low"],
            supportedModels="x",
            manufacturer=3,
            precision="x",
        )
    )
    envelope = read.table.envelope
    assert envelope.modes == ("cool", "fan_only", "auto")
    assert envelope.fahrenheit
    assert envelope.step == 4
    assert envelope.fans == ("low", "medium")
    assert read.manufacturer == "?"
    assert read.models == ()
    reasons = Counter(f.reason for f in read.findings)
    assert reasons == {"undeclared": 1, "empty": 1, "unit": 1}
    off = frozenset({"mode"})
    wish = UnitState(mode="off", temperature=70)
    by_mode = {
        mode: read.table.encode(wish, off, UnitState(mode=mode)).codes
        for mode in ("cool", "heat", "fan_only", "off")
    }
    assert len(set(by_mode.values())) == 3
    with pytest.raises(NoCodeError):
        read.table.encode(wish, off, UnitState(mode="dry"))
    cool = UnitState(mode="cool", temperature=70, fan="low")
    assert len(read.table.encode(cool, off, wish).codes) == 4
    assert len(read.table.encode(cool, off, cool).codes) == 2


def test_each_bad_cell_is_told_and_the_rest_used() -> None:
    read = import_codes(
        file(
            {
                "off": code(0),
                "on_once": code(1),
                "brew": {"low": {"20": code(1), "21": {"x": code(2)}}},
                "cool": {
                    "low": {
                        "20": code(1),
                        "20.0": code(2),
                        "21": "",
                        "22": "[9000, x]",
                        "23": None,
                        "24": [],
                        "25": 7,
                        "26": {"x": code(3)},
                        "warm": code(4),
                        "27": [1, "x"],
                        "28": ["[1]"] * 17,
                        "29": code(1),
                    }
                },
                "cold": code(9),
            }
        )
    )
    told = {finding.path: finding.reason for finding in read.findings}
    assert told == {
        "on_once": "unknown_mode",
        "brew": "unknown_mode",
        "cool/low/20.0": "twice",
        "cool/low/21": "empty",
        "cool/low/22": "not_raw",
        "cool/low/23": "empty",
        "cool/low/24": "empty",
        "cool/low/25": "not_code",
        "cool/low/26": "too_deep",
        "cool/low/warm": "temperature",
        "cool/low/27": "not_code",
        "cool/low/28": "not_code",
        "cool/low/29": "shared",
        "cold": "same_mode",
    }
    assert [f.path for f in read.findings if not f.rejected] == ["cool/low/29"]
    assert (read.usable, read.total) == (3, 17)
    assert import_codes(file({"cool": code(1)})).findings[0].reason == "missing"


def test_a_toggling_file_is_recognised() -> None:
    toggle = import_codes(file({"off": code(1), "on": code(1), "cool": code(2)}))
    assert toggle.table.envelope.toggles_power
    assert likeliest(
        (UnitState(mode="cool"), UnitState(mode="off")), UnitState(mode="cool")
    ) == UnitState(mode="off")
    assert likeliest(
        (UnitState(mode="cool"), UnitState(mode="off")), UnitState(mode="off")
    ) == UnitState(mode="cool")
    assert likeliest((), UnitState()) is None


def test_codes_that_cannot_be_read_are_only_passed_on() -> None:
    read = import_codes(
        file(
            {"off": "abc=", "cool": {"low": {"20": "def=", "21": "", "22": "é"}}},
            supportedController="Xiaomi",
        )
    )
    assert read.opaque
    assert read.table.off[None] == (Opaque("raw:abc="),)
    assert [f.reason for f in read.findings] == ["empty", "not_code"]
    assert read.table.decode(Signal((9000, -4500, 500))) == ()


def test_adapts_only_what_was_not_asked_for() -> None:
    table = import_codes(
        file(
            {
                "off": code(0),
                "cool": {
                    "low": {"20": code(1), "24": code(2)},
                    "high": {"20": code(3)},
                },
                "dry": {"low": {"20": code(4)}},
            }
        )
    ).table
    before = UnitState(mode="cool", temperature=24, fan="high")

    frame = table.encode(before, frozenset({"temperature"}), before)
    assert (frame.state.temperature, frame.state.fan) == (24, "low")
    frame = table.encode(before, frozenset({"fan"}), before)
    assert (frame.state.temperature, frame.state.fan) == (20, "high")
    for asked, field in (
        ({"fan", "temperature"}, "temperature"),
        ({"preset"}, None),
        ({"fan", "mode"}, "fan"),
    ):
        wish = UnitState(
            mode="dry" if field == "fan" else "cool", temperature=24, fan="high"
        )
        if field is None:
            table.encode(wish, frozenset(asked), before)
            continue
        with pytest.raises(NoCodeError) as caught:
            table.encode(wish, frozenset(asked), before)
        assert caught.value.field == field
    with pytest.raises(NoCodeError) as caught:
        table.encode(UnitState(mode="heat"), frozenset(), before)
    assert caught.value.field == "mode"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b" " * (smartir.MAX_FILE + 1), "too_large"),
        (b"\xff\xfe\x00", "not_json"),
        (b"[" * 100_000, "not_json"),
        (b'{"a": ' + b"9" * 5000 + b"}", "not_json"),
        (b"null", "not_codes"),
        (b'{"commands": {}}', "not_codes"),
        (b'{"commands": {"sources": 1}}', "not_climate"),
        (b'{"commands": {"cool": "x"}}', "no_codes"),
        (b'{"commands": {"$c": "x"}}', "no_codes"),
        (
            json.dumps(
                {
                    "commands": {
                        "cool": {str(n): "" for n in range(smartir.MAX_CELLS + 1)}
                    }
                }
            ).encode(),
            "no_codes",
        ),
    ],
)
def test_refuses_a_file_that_cannot_be_used(content: bytes, reason: str) -> None:
    with pytest.raises(CodeFileError) as caught:
        read_code_file(content)
    assert caught.value.reason == reason
    assert str(caught.value)


@settings(max_examples=300, deadline=None)
@given(JSON, JSON)
def test_no_file_does_more_than_to_be_refused(data: Any, commands: Any) -> None:
    for content in (
        data,
        {**data, "commands": commands} if isinstance(data, dict) else commands,
    ):
        started = time.perf_counter()
        try:
            read = import_codes(content)
        except CodeFileError:
            continue
        finally:
            assert time.perf_counter() - started < 1
        assert 0 < read.usable <= read.total
        envelope = read.table.envelope
        initial = envelope.initial()
        for setting in read.table.cells:
            state = setting.state()
            frame = read.table.encode(state, frozenset({"mode"}), initial)
            assert frame.codes
            assert frame.state.mode in envelope.modes


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_do_more_than_to_be_refused(content: bytes) -> None:
    with pytest.raises(CodeFileError):
        read_code_file(content)
