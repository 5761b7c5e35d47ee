"""The protocols of Home Assistant's library: what is offered works, and takes no stranger's frame."""

from dataclasses import replace
import json
from pathlib import Path
import subprocess
import sys
from typing import Any

import pytest

from custom_components.klima.core.infrared import protocols
from custom_components.klima.core.infrared.signal import Signal
from custom_components.klima.core.infrared.state import (
    NoCodeError,
    UnitState,
    likeliest,
)

REPOSITORY = Path(__file__).parents[3]
VECTORS = REPOSITORY.parent / "shared/data/ir/irremote_vectors.json"

NEWEST = "10.7.0"
"""A release after the one that Home Assistant pins: ten times the protocols."""

# What upstream's test says that the frame holds, from its bytes: the mode, the
# temperature in °C, the fan.
STATED: dict[str, tuple[str, str, float | None, str | None]] = {
    "DAIKIN": ("Daikin", "cool", 29, "auto"),
    "DELONGHI_AC": ("De'Longhi", "cool", 32, "low"),
    "ELECTRA_AC": ("Ballu", "cool", 24, "low"),
    "GREE": ("Gree", "cool", 26, "low"),
    "HAIER_AC_YRW02": ("Haier", "cool", 17, "high"),
    "LG": ("LG", "cool", 22, "medium"),
    "LG2": ("LG", "cool", 24, "high"),
    "MIDEA": ("Midea", "auto", 18.5, "auto"),
    "MITSUBISHI_AC": ("Mitsubishi Electric", "off", None, None),
    "PANASONIC_AC": ("Panasonic", "cool", 26, "auto"),
    "AIRTON": ("Airton", "heat", 25, "auto"),
}

# Frames that a brand's other protocol shares with one that is stated.
ALSO = {"WHIRLPOOL_AC": {"Whirlpool", "Hisense"}}


def captures() -> list[tuple[str, Signal]]:
    """Return the captured frames of thirty protocols."""
    data = json.loads(VECTORS.read_text())
    frames: list[dict[str, Any]] = next(v for v in data.values() if isinstance(v, list))
    return [
        (
            frame["protocol"],
            Signal(tuple(-v if i % 2 else v for i, v in enumerate(frame["raw"]))),
        )
        for frame in frames
    ]


def encoders() -> list[protocols.ProtocolEncoder]:
    """Return the encoder of each protocol that the library has."""
    made = [protocols.encoder(protocol.id) for protocol in protocols.available()]
    assert None not in made
    return [encoder for encoder in made if encoder is not None]


def settings(encoder: protocols.ProtocolEncoder) -> list[UnitState]:
    """Return every mode, at every whole degree and at every fan speed."""
    envelope = encoder.envelope
    first = envelope.initial()
    assert envelope.min_temperature is not None
    assert envelope.max_temperature is not None
    degrees = range(int(envelope.min_temperature), int(envelope.max_temperature) + 1)
    return [
        UnitState(mode=mode, temperature=degree, fan=fan, swing=first.swing)
        for mode in envelope.modes
        for degree, fan in [
            *((degree, first.fan) for degree in degrees),
            *((degrees[len(degrees) // 2], fan) for fan in envelope.fans),
        ]
    ]


def test_the_protocols_are_offered() -> None:
    offered = protocols.available()

    assert {"Gree", "LG", "Samsung", "Fujitsu", "Panasonic"} <= {
        protocol.brand for protocol in offered
    }
    assert len({protocol.id for protocol in offered}) == len(offered)
    assert protocols.encoder("NoSuchProtocol") is None


def test_every_setting_is_sent_and_read_back() -> None:
    for encoder in encoders():
        name = encoder.protocol.id
        toggles = encoder.envelope.toggles_power
        assert {"cool"} <= set(encoder.envelope.modes), name
        for wish in settings(encoder):
            before = UnitState(mode="off") if toggles else wish
            frame = encoder.encode(wish, frozenset({"mode"}), before)
            assert frame.state.mode == wish.mode, name
            signal = frame.codes[0]
            assert isinstance(signal, Signal)
            if not encoder.reads:
                continue
            read = likeliest(encoder.decode(signal), before)
            assert read is not None, (name, wish)
            assert read.mode == wish.mode, (name, wish)
            if wish.mode in ("cool", "heat"):
                assert read.temperature in (None, frame.state.temperature), name
                assert read.fan == frame.state.fan, (name, wish)
        off = encoder.encode(
            UnitState(mode="off", temperature=24),
            frozenset({"mode"}),
            UnitState(mode="cool"),
        )
        assert off.state.mode == "off"
        assert isinstance(off.codes[0], Signal)
        if encoder.reads:
            states = encoder.decode(off.codes[0])
            running = likeliest(states, UnitState(mode="cool"))
            assert running is not None and running.mode == "off", name


def test_every_swing_and_preset_is_sent_and_read_back() -> None:
    """In some mode at least: what none sends is not offered."""
    for encoder in encoders():
        envelope, name = encoder.envelope, encoder.protocol.id
        assert envelope.presets[:1] in ((), ("none",)), name
        refused: set[tuple[str, str]] = set()
        for field, values in (
            ("swing", envelope.swings),
            ("swing_horizontal", envelope.swings_horizontal),
            ("preset", envelope.presets),
        ):
            for value in values:
                met = 0
                for mode in envelope.modes:
                    wish = replace(envelope.initial(), mode=mode, **{field: value})
                    try:
                        frame = encoder.encode(wish, frozenset({field}), wish)
                    except NoCodeError as err:
                        refused.add((field, err.field))
                        # It gives way where it was not asked for.
                        encoder.encode(wish, frozenset({"mode"}), wish)
                        continue
                    assert getattr(frame.state, field) == value, name
                    met += 1
                    signal = frame.codes[0]
                    assert isinstance(signal, Signal)
                    read = likeliest(encoder.decode(signal), wish)
                    if read is not None and read.mode != "off":
                        assert getattr(read, field) in (None, value), (name, wish)
                assert met, (name, field, value)
        assert all(asked == told for asked, told in refused), (name, refused)


def test_the_pinned_librarys_positions_and_presets_are_offered() -> None:
    gree, panasonic = protocols.encoder("GreeAc"), protocols.encoder("PanasonicAc")
    assert gree is not None and panasonic is not None
    assert gree.envelope.presets[:2] == ("none", "boost")
    assert gree.envelope.swings == gree.envelope.swings_horizontal == ("off", "on")
    positions = ("auto", "highest", "high", "middle", "low", "lowest")
    assert panasonic.envelope.swings == positions
    assert panasonic.envelope.swings_horizontal[0] == "auto"
    wish = UnitState(mode="cool", temperature=24, preset="boost", swing="on")
    frame = gree.encode(wish, frozenset({"preset"}), wish)
    assert isinstance(frame.codes[0], Signal)
    (read,) = gree.decode(frame.codes[0])
    assert (read.preset, read.swing) == ("boost", "on")


def test_what_cannot_be_had_is_refused_or_adapted() -> None:
    encoder = protocols.encoder("GreeAc")
    assert encoder is not None
    cool = UnitState(mode="cool", temperature=40, fan="turbo")

    for field in ("temperature", "fan", "mode"):
        with pytest.raises(NoCodeError) as caught:
            encoder.encode(
                UnitState(mode="brew", temperature=40, fan="turbo")
                if field == "mode"
                else cool,
                frozenset({field}),
                cool,
            )
        assert caught.value.field == field

    frame = encoder.encode(cool, frozenset({"mode"}), cool)
    assert frame.state == UnitState(mode="cool", temperature=30, fan="auto")
    no_wish = encoder.encode(UnitState(mode="cool"), frozenset({"mode"}), cool)
    assert no_wish.state.temperature == 23


@pytest.mark.skipif(not VECTORS.exists(), reason="captured frames are not here")
def test_captured_frames_are_read_as_what_they_are_and_by_nobody_else() -> None:
    offered = encoders()
    brands = {encoder.protocol.brand for encoder in offered}
    seen = set()
    for protocol, signal in captures():
        for encoder in offered:
            states = encoder.decode(signal)
            if not states:
                continue
            allowed = ALSO.get(protocol, {STATED.get(protocol, ("nobody",))[0]})
            assert encoder.protocol.brand in allowed, (protocol, encoder.protocol)
            seen.add(protocol)
            if protocol in STATED:
                _, mode, temperature, fan = STATED[protocol]
                assert states[0].mode == mode, protocol
                assert states[0].temperature == temperature, protocol
                # One of Gree's remotes calls its slowest fan by another name.
                if encoder.protocol.id != "GreeModel.YX1FF":
                    assert fan is None or states[0].fan == fan, protocol
    # LG's and Gree's readers come with the oldest version that there is.
    assert {"GREE", "LG", "LG2"} <= seen
    for protocol, (brand, *_) in STATED.items():
        readers = [e for e in offered if e.protocol.brand == brand and e.reads]
        assert brand not in brands or not readers or protocol in seen, protocol


def test_noise_and_half_a_frame_are_nothing() -> None:
    for encoder in encoders():
        frame = encoder.encode(
            UnitState(mode="cool", temperature=24), frozenset(), UnitState(mode="off")
        )
        signal = frame.codes[0]
        assert isinstance(signal, Signal)
        # Some send a frame two or three times: a third is half of one at most.
        half = Signal(signal.timings[: len(signal.timings) // 3 - 2])
        for strange in (
            half,
            Signal((500,)),
            Signal((9000, -4500)),
            Signal((1, -1) * 99),
        ):
            assert encoder.decode(strange) == (), encoder.protocol.id


def test_the_newest_library_as_well(tmp_path: Path) -> None:
    """These tests once more, over a newer version, where it can be had."""
    fetched = subprocess.run(
        [
            # Home Assistant needs uv, and a virtual environment may have no pip.
            *(str(Path(sys.executable).with_name("uv")), "pip", "install", "--quiet"),
            *("--no-deps", "--python", sys.executable, "--target", str(tmp_path)),
            f"infrared-protocols=={NEWEST}",
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if fetched.returncode:
        pytest.skip(f"infrared-protocols {NEWEST} cannot be had here")
    program = (
        "import sys; sys.path[:0] = sys.argv[1:3]\n"
        "import infrared_protocols, pytest\n"
        "assert infrared_protocols.__file__.startswith(sys.argv[1])\n"
        "from tests.core.infrared import test_protocols as t\n"
        "print(len(t.protocols.available()))\n"
        "t.test_the_protocols_are_offered()\n"
        "t.test_every_setting_is_sent_and_read_back()\n"
        "t.test_every_swing_and_preset_is_sent_and_read_back()\n"
        "t.test_the_pinned_librarys_positions_and_presets_are_offered()\n"
        "t.test_what_cannot_be_had_is_refused_or_adapted()\n"
        "t.test_noise_and_half_a_frame_are_nothing()\n"
        "if t.VECTORS.exists():\n"
        "    t.test_captured_frames_are_read_as_what_they_are_and_by_nobody_else()\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path), str(REPOSITORY)],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    assert int(ran.stdout) >= 45
