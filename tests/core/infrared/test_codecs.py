"""Every written form of a signal comes back as it was, within what the form can tell."""

import base64
import time

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.klima.core.infrared import (
    broadlink,
    codecs,
    pronto,
    tasmota,
    tuya,
)
from custom_components.klima.core.infrared.codecs import FORMATTERS, PARSERS, Encoding
from custom_components.klima.core.infrared.signal import (
    MAX_DURATION,
    MAX_TIMINGS,
    CodeError,
    Signal,
)

_TICK = 8192 / 269


def signals(longest: int = MAX_DURATION, least: int = 1) -> st.SearchStrategy[Signal]:
    """Return signals: few different durations, as handsets have, or any."""
    durations = st.integers(least, longest)
    timings = st.one_of(
        st.lists(durations, min_size=1, max_size=300),
        st.lists(durations, min_size=1, max_size=6).flatmap(
            lambda few: st.lists(st.sampled_from(few), min_size=1, max_size=600)
        ),
    )
    return st.builds(
        lambda values, modulation: Signal(
            tuple(-v if i % 2 else v for i, v in enumerate(values)), modulation
        ),
        timings,
        st.sampled_from([30_000, 36_000, 38_000, 40_000, 56_000]),
    )


def ends_in_a_pause(signal: Signal) -> Signal:
    """Return a signal whose pairs are whole."""
    timings = signal.timings
    return Signal((*timings, -1000) if len(timings) % 2 else timings, signal.modulation)


@given(signals())
def test_raw_is_exact(signal: Signal) -> None:
    back = codecs.parse(codecs.format_raw(signal))
    # One mark alone, or marks only, cannot be told from durations in turn.
    assert back.timings == signal.timings


@given(signals())
def test_broadlink_is_exact_to_half_a_tick(signal: Signal) -> None:
    back = codecs.parse(codecs.format_broadlink(signal))

    assert len(back.timings) == len(signal.timings)
    for was, now in zip(signal.timings, back.timings, strict=True):
        assert was * now > 0
        assert abs(abs(was) - abs(now)) <= max(_TICK / 2 + 0.5, _TICK - abs(was))


@given(
    st.lists(st.integers(1, 0xFFFF), min_size=1, max_size=400),
    st.integers(0, 15),
)
def test_a_broadlink_packet_is_kept_to_the_byte(ticks: list[int], pad: int) -> None:
    payload = b"".join(
        bytes((t,)) if t < 256 else bytes((0, t >> 8, t & 255)) for t in ticks
    )
    packet = b"\x26\x00" + len(payload).to_bytes(2, "little") + payload

    signal = broadlink.decode_packet(packet + bytes(pad))

    assert broadlink.encode_packet(signal) == packet


@given(signals(least=20), st.integers(0, 5))
def test_a_broadlink_packet_is_repeated_as_it_says(
    signal: Signal, repeats: int
) -> None:
    signal = ends_in_a_pause(signal)
    packet = bytearray(broadlink.encode_packet(signal))
    packet[1] = repeats

    back = broadlink.decode_packet(bytes(packet))

    once = broadlink.decode_packet(broadlink.encode_packet(signal))
    assert back.timings == once.timings * (repeats + 1)


@given(signals(longest=1_000_000))
def test_pronto_is_exact_to_half_a_period(signal: Signal) -> None:
    signal = ends_in_a_pause(signal)
    back = codecs.parse(codecs.format_pronto(signal))

    period = 1e6 / back.modulation
    assert back.modulation == pytest.approx(signal.modulation, rel=0.01)
    assert len(back.timings) == len(signal.timings)
    for was, now in zip(signal.timings, back.timings, strict=True):
        assert was * now > 0
        assert abs(abs(was) - abs(now)) <= max(period / 2 + 0.6, period - abs(was) + 1)


@given(
    st.integers(9, 414),
    st.lists(st.tuples(st.integers(1, 4000), st.integers(1, 4000)), min_size=1),
)
def test_a_pronto_code_is_kept_to_the_word(
    period: int, pairs: list[tuple[int, int]]
) -> None:
    words = [0, period, len(pairs), 0, *(w for pair in pairs for w in pair)]
    text = " ".join(f"{word:04X}" for word in words)

    assert pronto.format_pronto(pronto.parse_pronto(text)) == text


@given(signals(longest=0xFFFF))
def test_tuya_is_exact(signal: Signal) -> None:
    assert tuya.parse_tuya(codecs.format_tuya(signal)).timings == signal.timings


@given(signals(longest=0xFFFF))
def test_tasmota_is_exact(signal: Signal) -> None:
    assert codecs.parse(codecs.format_tasmota(signal)) == signal


@given(signals())
def test_what_is_too_long_for_a_form_is_cut_to_its_longest(signal: Signal) -> None:
    for back in (
        tuya.parse_tuya(tuya.format_tuya(signal)),
        tasmota.parse_tasmota(tasmota.format_tasmota(signal)),
    ):
        assert [abs(t) for t in back.timings] == [
            min(abs(t), 0xFFFF) for t in signal.timings
        ]


@given(st.lists(st.integers(-MAX_DURATION - 9, MAX_DURATION + 9), max_size=50))
def test_a_signal_is_put_in_turn_or_refused(durations: list[int]) -> None:
    try:
        signal = Signal.of(durations)
    except CodeError:
        assert max(durations, default=0) <= 0 or sum(map(abs, durations)) > MAX_DURATION
        return
    assert signal.timings[0] > 0
    for a, b in zip(signal.timings, signal.timings[1:], strict=False):
        assert a * b < 0
    marks = sum(d for d in durations if d > 0)
    assert sum(t for t in signal.timings if t > 0) == marks


@settings(max_examples=400)
@given(
    st.one_of(
        st.text(max_size=400),
        st.binary(max_size=300).map(lambda data: base64.b64encode(data).decode()),
        st.binary(max_size=300).map(bytes.hex),
        st.lists(st.integers(0, 0xFFFF), max_size=60).map(
            lambda words: " ".join(f"{w:04x}" for w in words)
        ),
        st.text("+-0123456789,AaBbCcZz[] `", max_size=200),
    ),
    st.sampled_from([None, *Encoding]),
)
def test_no_text_does_more_than_to_be_refused(
    text: str, encoding: Encoding | None
) -> None:
    started = time.perf_counter()
    try:
        signal = codecs.parse(text, encoding)
    except CodeError:
        pass
    else:
        assert 0 < len(signal.timings) <= MAX_TIMINGS
        assert Signal.of(signal.timings, signal.modulation) == signal
    assert time.perf_counter() - started < 1


@pytest.mark.parametrize(
    ("text", "encoding", "reason"),
    [
        ("", None, "empty"),
        ("  ", Encoding.TUYA, "empty"),
        ("[]", Encoding.RAW, "empty"),
        ("1" * 100_001, Encoding.RAW, "long"),
        ("1" * 100_001, Encoding.PRONTO, "long"),
        ("1" * 100_001, Encoding.BROADLINK, "long"),
        ("1" * 100_001, Encoding.BROADLINK_HEX, "long"),
        ("1" * 100_001, Encoding.TUYA, "long"),
        ("1" * 100_001, Encoding.TASMOTA, "long"),
        ("1 1 " * 4000, Encoding.RAW, "long"),
        ("9000, 45x0", Encoding.RAW, "not_raw"),
        ("9000, 45+0", Encoding.RAW, "not_raw"),
        ("9000, -3000000", Encoding.RAW, "duration"),
        ("0000 006D 0001 0000 0010", Encoding.PRONTO, "not_pronto"),
        ("0100 006D 0001 0000 0010 0010", Encoding.PRONTO, "not_pronto"),
        ("0000 0001 0001 0000 0010 0010", Encoding.PRONTO, "modulation"),
        ("[900, -400, 10", Encoding.RAW, "truncated"),
        ("0000 006D 0002 0000 0010 0010", Encoding.PRONTO, "truncated"),
        ("0000 006D 0001 0000 0010 0010 0010", Encoding.PRONTO, "not_pronto"),
        ("J!", Encoding.BROADLINK, "bad_base64"),
        ("", Encoding.BROADLINK_HEX, "empty"),
        ("zz", Encoding.BROADLINK_HEX, "bad_hex"),
        ("26", Encoding.BROADLINK_HEX, "truncated"),
        ("26000000", Encoding.BROADLINK_HEX, "empty"),
        ("2600040010", Encoding.BROADLINK_HEX, "truncated"),
        ("b200010010", Encoding.BROADLINK_HEX, "radio"),
        ("2700010010", Encoding.BROADLINK_HEX, "not_broadlink"),
        ("260101001010", Encoding.BROADLINK_HEX, "not_broadlink"),
        ("26ff2000" + "10" * 32, Encoding.BROADLINK_HEX, "long"),
        ("B", Encoding.TUYA, "bad_base64"),
        ("AwEC", Encoding.TUYA, "truncated"),
        ("AAE=", Encoding.TUYA, "truncated"),
        ("4A==", Encoding.TUYA, "truncated"),
        ("AAEgCg==", Encoding.TUYA, "not_tuya"),
        ("AQEA" + "4P8B" * 60, Encoding.TUYA, "long"),
        ("x,+9000-4500", Encoding.TASMOTA, "not_tasmota"),
        ("0,+9000-4500c", Encoding.TASMOTA, "not_tasmota"),
        ("0,+9000*4500", Encoding.TASMOTA, "not_tasmota"),
        ("0,9000,x", Encoding.TASMOTA, "not_tasmota"),
        ("0,9000,\x1f5", Encoding.TASMOTA, "not_tasmota"),
        ("38000", Encoding.TASMOTA, "empty"),
        ("999999,9000,4500", Encoding.TASMOTA, "modulation"),
    ],
)
def test_says_what_is_wrong(text: str, encoding: Encoding | None, reason: str) -> None:
    parse = PARSERS[encoding] if text and encoding else codecs.parse
    with pytest.raises(CodeError) as caught:
        parse(text)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("text", "encoding", "timings"),
    [
        ("9000 -4500 560", Encoding.RAW, (9000, -4500, 560)),
        ("[9000, 4500, 560, 560]", Encoding.RAW, (9000, -4500, 560, -560)),
        ("`9000, -4500, 100, 460`", Encoding.RAW, (9000, -4500, 560)),
        ("b64:JgAFABAgAAEA", Encoding.BROADLINK, (487, -975, 7796)),
        ("JgADABAgAA", Encoding.BROADLINK, (487, -975)),
        (
            "0000 006d 0001 0001 0010 0020 0030 0040",
            Encoding.PRONTO,
            (421, -841, 1262, -1683),
        ),
        ("0,9000,4500,560", Encoding.TASMOTA, (9000, -4500, 560)),
        ("38,+9000-4500+560aA", Encoding.TASMOTA, (9000, -4500, 560, -9000, 9000)),
        ("+9000-4500", Encoding.TASMOTA, (9000, -4500)),
    ],
)
def test_reads_what_is_found_in_the_wild(
    text: str, encoding: Encoding, timings: tuple[int, ...]
) -> None:
    assert PARSERS[encoding](text).timings == timings
    if not text.startswith(("0,9000", "J")):
        assert codecs.sniff(text) == encoding


@given(signals(longest=60_000, least=30), st.sampled_from(list(FORMATTERS)))
def test_the_form_of_a_code_is_recognised(signal: Signal, encoding: Encoding) -> None:
    if len(signal.timings) < 4:
        return
    found = codecs.sniff(FORMATTERS[encoding](signal))
    # A Tuya code may begin as a Broadlink packet does, if its first block is ten
    # bytes: no handset's is.
    assert found == encoding or encoding is Encoding.TUYA
