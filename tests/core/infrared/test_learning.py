"""Learning a handset: what is asked for, what is believed, and what is kept of it."""

import json
from typing import Any

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.klima.core.infrared import learning, protocols
from custom_components.klima.core.infrared.learning import (
    OFF_CELL,
    Handset,
    Lesson,
    Lessons,
    agreed,
    command_of,
    press_of,
    reads_all,
    resume,
)
from custom_components.klima.core.infrared.signal import CodeError, Signal
from custom_components.klima.core.infrared.smartir import (
    CONTROLLER,
    CodeFileError,
    import_codes,
)
from custom_components.klima.core.infrared.state import Named, Opaque, UnitState
from custom_components.klima.core.infrared.symbols import alike, blended, join
from custom_components.klima.core.infrared.table import Setting
from tests.chance import many

from .json_values import JSON

HANDSET = Handset(
    modes=("cool", "heat", "dry"),
    min_temperature=16,
    max_temperature=30,
    fans=("auto", "low", "high"),
)


def handsets() -> st.SearchStrategy[Handset]:
    """Return handsets of every kind."""
    return st.builds(
        lambda modes, low, span, fahrenheit, fans: Handset(
            modes=tuple(modes),
            min_temperature=float(low + 40 * fahrenheit),
            max_temperature=float(low + span + 40 * fahrenheit),
            fahrenheit=fahrenheit,
            fans=tuple(fans),
        ),
        st.lists(st.sampled_from(learning.MODES), min_size=1, unique=True),
        st.integers(5, 28),
        st.integers(0, 14),
        st.booleans(),
        st.lists(st.sampled_from(["auto", "1", "2", "low", "über"]), unique=True),
    )


def frames(bits: int = 48) -> st.SearchStrategy[Signal]:
    """Return frames as handsets send them, once or twice."""
    return st.builds(
        frame,
        st.integers(0, 2**bits - 1),
        st.just(bits),
        st.booleans(),
        st.sampled_from([36_000, 38_000]),
    )


def frame(
    value: int, bits: int = 48, twice: bool = False, modulation: int = 38_000
) -> Signal:
    """Return a frame of some bits, of usual lengths."""
    timings = [9000, -4500]
    for bit in range(bits):
        timings += [560, -1680 if value >> bit & 1 else -560]
    timings.append(560)
    if twice:
        timings = [*timings, -20_000, *timings]
    return Signal(tuple(timings), modulation)


@st.composite
def heard(draw: st.DrawFn, signal: Signal) -> Signal:
    """Return what a receiver makes of a signal: longer marks, shorter spaces, jitter."""
    stretch = draw(st.integers(-80, 80))
    rng = draw(st.randoms(use_true_random=False))
    timings = [round(t * rng.uniform(0.95, 1.05)) + stretch for t in signal.timings]
    if draw(st.booleans()):
        timings.append(-draw(st.integers(1000, 90_000)))
    return Signal(tuple(timings), signal.modulation)


@given(handsets())
def test_every_cell_is_asked_for_once_the_needed_first(handset: Handset) -> None:
    cells = list(handset.cells())

    assert len(cells) == len(set(cells))
    needed = handset.needed()
    assert tuple(cells[: len(needed)]) == needed
    assert needed[0] == OFF_CELL
    assert [cell.mode for cell in needed[1:]] == list(handset.modes)
    for cell in cells[1:]:
        assert cell.fan in (handset.fans or (None,))
        if cell.temperature is not None:
            low, high = handset.min_temperature, handset.max_temperature
            assert low <= cell.temperature <= high
            assert cell.mode not in ("dry", "fan_only")
    fans = len(handset.fans) or 1
    span = int(handset.max_temperature - handset.min_temperature) + 1
    warm = len(set(handset.modes) - {"dry", "fan_only"})
    assert len(cells) == 1 + fans * (warm * span + len(handset.modes) - warm)


def test_what_is_near_to_the_usual_comes_before_what_is_far() -> None:
    cells = list(HANDSET.cells())

    assert [str(cell) for cell in cells[:9]] == [
        "off",
        "cool/auto/24",
        "heat/auto/21",
        "dry/auto",
        "cool/auto/23",
        "heat/auto/20",
        "cool/auto/25",
        "heat/auto/22",
        "cool/auto/22",
    ]
    # Every temperature of the usual fan, before any other fan.
    windy = next(i for i, cell in enumerate(cells) if cell.fan == "low")
    assert windy == 1 + 15 + 15 + 1
    assert str(cells[windy]) == "cool/low/24"


@given(handsets(), st.data())
def test_a_lesson_ends_whatever_is_answered(handset: Handset, data: Any) -> None:
    """No cell is asked for twice, none of a mode or fan that the handset does not have."""
    lesson = Lesson(handset=handset)
    asked: list[Setting] = []
    gone: set[tuple[str, str | None]] = set()
    while (cell := lesson.next()) is not None:
        assert cell not in asked
        assert (cell.mode, None) not in gone
        assert (cell.mode, cell.fan) not in gone
        asked.append(cell)
        missing = lesson.missing()
        if cell != OFF_CELL and data.draw(st.integers(0, 3)) == 0:
            lesson = lesson.leave_out(cell)
            if cell == handset.first(cell.mode):
                gone.add((cell.mode, None))
            elif cell == handset.first(cell.mode, cell.fan):
                gone.add((cell.mode, cell.fan))
        else:
            lesson = lesson.learn(cell, (frame(len(asked)),))
        assert lesson.missing() <= missing
    assert lesson.missing() == 0
    assert lesson.usable() == (len(lesson.learned) > 1)


def test_off_and_one_more_make_it_usable() -> None:
    lesson = Lesson(handset=HANDSET)
    assert (lesson.usable(), lesson.missing()) == (False, 4)
    lesson = lesson.learn(OFF_CELL, (frame(0),))
    assert (lesson.usable(), lesson.missing()) == (False, 3)
    lesson = lesson.leave_out(HANDSET.first("cool")).learn(
        HANDSET.first("heat"), (frame(1),)
    )
    assert (lesson.usable(), lesson.missing()) == (True, 1)
    assert lesson.next() == HANDSET.first("dry")


@settings(max_examples=many(200))
@given(frames(), st.data())
def test_presses_of_one_setting_are_the_same(signal: Signal, data: Any) -> None:
    """Whatever the receiver did to them; their mean is as well."""
    presses = [data.draw(heard(signal)) for _ in range(3)]

    for press in presses:
        assert alike(press, signal) and alike(signal, press)
        assert all(alike(press, other) for other in presses)
    mean = agreed(presses)
    assert mean is not None
    assert alike(mean, signal)
    assert agreed(presses[:1]) is None


@given(frames(), st.data())
def test_presses_that_differ_in_one_bit_are_not_the_same(
    signal: Signal, data: Any
) -> None:
    bit = 3 + 2 * data.draw(st.integers(0, 47))
    timings = list(signal.timings)
    timings[bit] = -1680 if timings[bit] == -560 else -560
    other = data.draw(heard(Signal(tuple(timings))))
    press = data.draw(heard(signal))

    assert not alike(press, other)
    assert not alike(other, press)
    assert agreed([press, other]) is None
    # The last press counts, and what was pressed between does not.
    assert agreed([press, other, press]) is not None
    lesson = Lesson(handset=HANDSET).learn(OFF_CELL, (other,))
    cool = HANDSET.first("cool")
    assert lesson.twin(cool, press) is None
    assert lesson.twin(OFF_CELL, other) is None
    assert lesson.learn(HANDSET.first("heat"), (press,)).twin(cool, press) is not None


def test_a_press_may_be_cut_held_down_or_noise() -> None:
    one, other, noise = frame(1), frame(2), Signal((500, -500, 500))

    assert press_of([]) is None
    assert press_of([noise, noise]) is None
    assert press_of([noise, one]) == one
    assert press_of([one, one, one]) == one
    cut = press_of([one, other])
    assert cut is not None
    assert cut.timings == (*one.timings, -30_000, *other.timings)
    assert alike(
        cut, join([Signal((*one.timings, -9_000)), Signal((*other.timings, -5))])
    )
    assert alike(one, frame(1, twice=True))
    assert not alike(one, cut)
    assert not alike(one, Signal(one.timings[:-2]))
    with pytest.raises(CodeError):
        press_of([frame(n, 100) for n in range(40)])


def test_a_mean_is_of_those_of_one_length() -> None:
    assert blended([Signal((100, -200, 100)), Signal((110, -300, 90))]) == Signal(
        (105, -250, 95)
    )
    assert blended([Signal((100, -200, 100)), Signal((9, -9, 9, -9))]) == Signal(
        (100, -200, 100)
    )


@settings(deadline=None)
@given(handsets(), st.data())
def test_what_was_learned_is_a_table_like_any_other(
    handset: Handset, data: Any
) -> None:
    """Kept as a file and read again, it is the same; and sent, and known again."""
    lesson = Lesson(handset=handset)
    count = data.draw(st.integers(2, 12))
    for number, cell in enumerate(handset.cells()):
        if number >= count:
            break
        code = data.draw(
            st.sampled_from(
                [
                    frame(number),
                    frame(number, modulation=36_000),
                    Named("klima_x", command_of(cell)),
                ]
            )
        )
        lesson = lesson.learn(cell, (code,))
    lessons = Lessons(
        lesson=lesson, manufacturer="Aurora", model="AX-35", device="klima_x"
    )

    content = json.loads(json.dumps(lessons.file()))
    read = import_codes(content)
    back = resume(content)

    assert not [finding for finding in read.findings if finding.reason != "shared"]
    assert back is not None
    assert dict(back.lesson.learned) == dict(lesson.learned)
    assert back.lesson.handset.fahrenheit == handset.fahrenheit
    assert set(back.lesson.handset.fans) == set(handset.fans)
    assert (back.manufacturer, back.model, back.device) == (
        lessons.manufacturer,
        lessons.model,
        lessons.device,
    )
    again = resume(json.loads(json.dumps(back.file())))
    assert again == back
    before = read.table.envelope.initial()
    for cell, codes in lesson.learned.items():
        sent = read.table.encode(cell.state(), frozenset({"mode"}), before)
        assert sent.codes == codes
        if isinstance(codes[-1], Signal):
            assert cell.mode in {s.mode for s in read.table.decode(codes[-1])}


def test_modes_that_were_left_out_are_no_more_offered() -> None:
    lesson = Lesson(handset=HANDSET).leave_out(HANDSET.first("heat"))
    for number, cell in enumerate((OFF_CELL, HANDSET.first("cool"))):
        lesson = lesson.learn(cell, (frame(number),))
    back = resume(Lessons(lesson=lesson, manufacturer="A").file())

    assert back is not None
    assert back.lesson.handset.modes == ("cool", "dry")
    assert back.model == ""
    assert back.lesson.next() == HANDSET.first("dry")


def test_what_shall_be_recorded_again_is_used_until_then() -> None:
    cool = HANDSET.first("cool")
    lesson = Lesson(
        handset=HANDSET, learned={OFF_CELL: (frame(0),)}, again={cool: (frame(1),)}
    )

    assert lesson.usable()
    assert lesson.next() == cool
    assert import_codes(Lessons(lesson=lesson, manufacturer="A").file()).usable == 2
    lesson = lesson.learn(cool, (frame(2),))
    assert lesson.codes[cool] == (frame(2),)


def learned_file(**changes: Any) -> dict[str, Any]:
    """Return a learned file, changed by hand."""
    lesson = Lesson(
        handset=HANDSET,
        learned={OFF_CELL: (frame(0),), HANDSET.first("cool"): (frame(1),)},
    )
    return {**Lessons(lesson=lesson, manufacturer="A").file(), **changes}


def test_a_file_that_is_not_of_here_or_was_gone_on_with_by_hand_is_left_alone() -> None:
    code = list(frame(2).timings)
    commands = learned_file()["commands"]
    for data in (
        3,
        {},
        learned_file(supportedController="Broadlink"),
        learned_file(commands={**commands, "on": code}),
        learned_file(commands={**commands, "off_cool": code}),
        learned_file(commands={**commands, "heat_cool": code}),
        learned_file(
            swingModes=["up"], commands={**commands, "cool": {"auto": {"up": code}}}
        ),
    ):
        assert resume(data) is None
    with pytest.raises(CodeFileError):
        resume(learned_file(commands={"off": code}))
    odd = resume(learned_file(minTemperature="x", operationModes=["brew", "heat"]))
    assert odd is not None
    assert odd.lesson.handset.modes == ("heat", "cool")
    assert odd.lesson.handset.min_temperature == 24
    only = resume(
        learned_file(minTemperature=3, maxTemperature=2, commands={"dry": code})
    )
    assert only is not None
    assert only.lesson.handset.min_temperature == 0
    assert not only.lesson.usable()


@settings(max_examples=many(60), deadline=None)
@given(JSON, JSON)
def test_no_spoiled_file_does_more_than_to_be_refused(data: Any, commands: Any) -> None:
    """What is taken up is asked for to its end, and kept again as it was."""
    content = data if isinstance(data, dict) else {}
    content = {**content, "supportedController": CONTROLLER, "commands": commands}
    try:
        lessons = resume(content)
    except CodeFileError:
        return
    if lessons is None:
        return
    assert sum(1 for _ in lessons.lesson.handset.cells()) < 20_000
    if lessons.lesson.usable():
        back = resume(lessons.file())
        assert back is not None
        assert back.lesson.learned.keys() == lessons.lesson.learned.keys()


def test_codes_that_a_remote_keeps_need_a_device_and_a_name() -> None:
    commands = {
        "off": "remote:off",
        "cool": {"auto": {"24": "remote: "}},
        "dry": [1, -1],
    }
    read = import_codes(learned_file(commands=commands, device="klima_a"))
    assert read.table.off == {None: (Named("klima_a", "off"),)}
    assert read.opaque
    assert [finding.path for finding in read.findings] == ["cool/auto/24"]
    assert import_codes(learned_file(commands=commands)).table.off == {}
    # Only where it was learned here: in another file it is some text.
    other = import_codes(
        {**learned_file(commands=commands, device="x"), "supportedController": "Other"}
    )
    assert other.table.off == {}
    assert CONTROLLER == "Klima"


def test_a_file_of_several_codes_for_a_cell_is_kept() -> None:
    texts = ["remote:a", "38000,+900-400+100"]
    back = resume(learned_file(device="d", commands={"off": texts, "dry": texts[0]}))
    assert back is not None
    assert back.file()["commands"] == {"off": texts, "dry": texts[0]}
    opaque = Lesson(handset=HANDSET, learned={OFF_CELL: (Opaque("raw:x"),)})
    assert Lessons(lesson=opaque, manufacturer="A").file()["commands"] == {
        "off": "raw:x"
    }


def test_a_protocol_that_reads_all_that_was_learned_is_recognised() -> None:
    """It must read each as what it was recorded for: one that was mixed up is none."""
    gree, lg = protocols.encoder("GreeAc"), protocols.encoder("LgAc")
    assert gree is not None and lg is not None
    handset = Handset(
        modes=("cool", "dry"), min_temperature=16, max_temperature=30, fans=("auto",)
    )

    def signal(mode: str, temperature: float) -> Signal:
        wish = UnitState(mode=mode, temperature=temperature, fan="auto")
        code = gree.encode(wish, frozenset(), UnitState(mode="cool")).codes[0]
        assert isinstance(code, Signal)
        return code

    lesson = Lesson(handset=handset)
    for cell, mode, temperature in (
        (OFF_CELL, "off", 24),
        (handset.first("cool"), "cool", 24),
    ):
        lesson = lesson.learn(cell, (signal(mode, temperature),))
    assert not reads_all(gree, lesson)
    full = lesson.learn(handset.first("dry"), (signal("dry", 20),))
    assert reads_all(gree, full)
    assert not reads_all(lg, full)
    cooler = Setting("cool", None, "auto", None, 23.0)
    assert not reads_all(gree, full.learn(cooler, (signal("cool", 22),)))
    assert reads_all(gree, full.learn(cooler, (signal("cool", 23),)))
    assert not reads_all(gree, full.learn(cooler, (Named("x", "y"),)))
    in_fahrenheit = Handset(
        modes=("cool",), min_temperature=60, max_temperature=86, fahrenheit=True
    )
    assert not reads_all(gree, Lesson(handset=in_fahrenheit, learned=full.learned))
