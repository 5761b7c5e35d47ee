"""The decision of a zone, rule by rule."""

from dataclasses import replace
from itertools import pairwise
import json

import pytest

from custom_components.klima.core.activity import Activity
from custom_components.klima.core.arbitration import Request, Turns, arbitrate
from custom_components.klima.core.control import (
    Comfort,
    Compressor,
    Decision,
    Direction,
    Goal,
    HoldSource,
    Inputs,
    Limits,
    Memory,
    Mode,
    Reason,
    Setting,
    Unit,
    Wish,
    asked,
    boost,
    clear_preset,
    finish,
    hold,
    not_after,
    plan,
    release,
    set_preset,
    set_target,
    set_target_humidity,
)
from custom_components.klima.core.control.steering import learn, steer
from custom_components.klima.core.week import Entry

from .control_world import Machine, Place, World, settled

NOW = 1_000_000.0
HEAT_20 = Setting(mode=Mode.HEAT, target=20.0)
HEAT_21 = Setting(mode=Mode.HEAT, target=21.0)
FULL = Limits(modes=frozenset(Mode))
PLAIN = Limits(modes=frozenset({Mode.OFF, Mode.HEAT, Mode.COOL, Mode.DRY}))
COMFORT = Comfort()


def given(setting: Setting = HEAT_21, **changes: object) -> Inputs:
    unit = Unit(
        available=True,
        setting=setting,
        intake=20.0,
        activity=Activity.IDLE,
        limits=PLAIN,
    )
    return replace(Inputs(now=NOW, unit=unit), **changes)  # type: ignore[arg-type]


def decide(
    inputs: Inputs,
    memory: Memory | None = None,
    comfort: Comfort = COMFORT,
    compressor: Compressor | None = None,
) -> Decision:
    planned = plan(comfort, inputs, memory or Memory())
    return finish(comfort, inputs, planned, compressor=compressor or Compressor())


def test_a_zone_that_is_first_met_is_left_as_it_is() -> None:
    decision = decide(given())

    assert decision.command is None
    assert decision.reason is Reason.PRESET
    assert decision.stands == Wish(mode=Mode.HEAT, target=21.0)


@pytest.mark.parametrize(
    ("entry", "command"),
    [
        (Entry(preset="eco"), Setting(mode=Mode.HEAT, target=18.0)),
        (Entry(temperature=19.2), Setting(mode=Mode.HEAT, target=19.0)),
        (Entry(preset="comfort", mode="cool"), Setting(mode=Mode.COOL, target=25.0)),
        (Entry(mode="off"), Setting(mode=Mode.OFF)),
        (Entry(preset="comfort"), None),
        (Entry(preset="unheard of", unknown="unheard of"), None),
        (Entry(preset="eco", mode="fan_only"), Setting(mode=Mode.HEAT, target=18.0)),
    ],
)
def test_a_schedule_says_what_is_sent(entry: Entry, command: Setting | None) -> None:
    decision = decide(given(schedule=entry))

    assert decision.command == command
    assert decision.reason is Reason.SCHEDULE


def test_a_schedule_does_not_turn_on_what_nobody_ever_turned_on() -> None:
    decision = decide(given(Setting(mode=Mode.OFF), schedule=Entry(preset="comfort")))

    assert decision.command is None
    assert decision.wish.mode is Mode.OFF


def test_precedence_from_the_preset_up() -> None:
    """Each of these beats all before it."""
    inputs = given()
    memory = decide(inputs).memory
    assert decide(inputs, memory).reason is Reason.PRESET
    inputs = replace(inputs, schedule=Entry(preset="eco"))
    assert decide(inputs, memory).reason is Reason.SCHEDULE
    inputs = replace(
        inputs,
        goal=Goal(direction=Direction.HEATING, target=20.0, reason=Reason.PRICE),
    )
    assert decide(inputs, memory).reason is Reason.PRICE
    inputs = replace(inputs, away=True)
    away = decide(inputs, memory)
    assert away.reason is Reason.AWAY
    assert away.command == Setting(mode=Mode.HEAT, target=16.0)
    memory = replace(memory, away=True)
    memory = hold(COMFORT, inputs, memory, Wish(mode=Mode.HEAT, target=23.0))
    assert decide(inputs, memory).reason is Reason.HOLD
    inputs = replace(inputs, window_since=NOW - 31)
    window = decide(inputs, memory)
    assert window.reason is Reason.WINDOW
    assert window.command == Setting(mode=Mode.OFF)
    assert window.stands == Wish(mode=Mode.HEAT, target=23.0)
    protected = decide(
        replace(inputs, unit=replace(inputs.unit, activity=Activity.HEATING)),
        memory,
        compressor=Compressor(running=True, since=NOW - 10),
    )
    assert protected.reason is Reason.PROTECTION
    assert (protected.rule, protected.waits_until) == ("minimum_on", NOW + 170)
    assert protected.command is None


def test_a_window_pauses_after_its_delay_and_resumes_what_stood() -> None:
    comfort = Comfort(window_delay=60)
    inputs = given(window_since=NOW - 30)
    early = decide(inputs, comfort=comfort)
    assert early.command is None
    assert early.look_again == NOW + 30

    late = decide(replace(inputs, now=NOW + 30), early.memory, comfort)
    assert late.command == Setting(mode=Mode.OFF)
    closed = replace(
        given(Setting(mode=Mode.OFF, target=21.0)), now=NOW + 600, window_since=None
    )
    again = decide(closed, late.memory, comfort)
    assert again.command == HEAT_21
    assert again.reason is Reason.PRESET


def test_who_turns_a_unit_on_beside_an_open_window_means_it() -> None:
    inputs = given(Setting(mode=Mode.OFF), window_since=NOW - 100)
    memory = decide(inputs).memory
    memory = hold(
        COMFORT, inputs, memory, Wish(mode=Mode.HEAT, target=20), turned_on=True
    )
    assert decide(inputs, memory).command == Setting(mode=Mode.HEAT, target=20.0)
    closed = decide(replace(inputs, window_since=None), memory)
    assert not closed.memory.window_override

    # A target alone does not mean that.
    memory = hold(COMFORT, inputs, Memory(), Wish(mode=Mode.HEAT, target=20))
    assert decide(inputs, memory).reason is Reason.WINDOW


def test_frost_beats_away_and_windows_but_not_who_turned_it_off() -> None:
    cold = given(room=6.5, away=True, window_since=NOW - 100)
    decision = decide(cold)
    assert decision.reason is Reason.FROST
    assert decision.command == Setting(mode=Mode.HEAT, target=16.0)

    # It goes on until the room is safe.
    still = decide(replace(cold, room=8.0), decision.memory)
    assert still.reason is Reason.FROST
    safe = decide(replace(cold, room=9.5), decision.memory)
    assert safe.reason is Reason.WINDOW

    off = hold(COMFORT, cold, decision.memory, Wish(mode=Mode.OFF))
    assert decide(cold, off).reason is Reason.HOLD
    # Where the room is asked to be warm anyway, that is the reason.
    wished = decide(replace(cold, away=False, window_since=None))
    assert wished.reason is Reason.PRESET
    # One that may be colder than that is kept from frost all the same.
    garage = replace(wished.memory, base=Wish(mode=Mode.HEAT, target=5.0))
    kept = decide(replace(cold, away=False, window_since=None), garage)
    assert kept.reason is Reason.FROST
    assert kept.wish == Wish(mode=Mode.HEAT, target=9.0)


def test_outdoor_lockout_with_hysteresis_is_for_automation_only() -> None:
    comfort = Comfort(minimum_outdoor=-20)
    inputs = given(schedule=Entry(preset="comfort"), outdoor=-21.0)
    locked = decide(inputs, comfort=comfort)
    assert (locked.reason, locked.rule) == (Reason.PROTECTION, "outdoor_lockout")
    assert locked.command == Setting(mode=Mode.OFF)
    assert (
        decide(replace(inputs, outdoor=-19.5), locked.memory, comfort).reason
        is Reason.PROTECTION
    )
    assert (
        decide(replace(inputs, outdoor=-18.5), locked.memory, comfort).reason
        is Reason.SCHEDULE
    )
    held = hold(comfort, inputs, locked.memory, Wish(mode=Mode.HEAT, target=22))
    assert decide(inputs, held, comfort).reason is Reason.HOLD

    cool = given(
        Setting(mode=Mode.COOL, target=25.0),
        schedule=Entry(preset="comfort", mode="cool"),
        outdoor=-12.0,
    )
    assert decide(cool).reason is Reason.PROTECTION


def test_off_by_the_user_is_obeyed_at_once_and_a_restart_waits() -> None:
    inputs = given()
    inputs = replace(inputs, unit=replace(inputs.unit, activity=Activity.HEATING))
    running = Compressor(running=True, since=NOW - 5)
    memory = hold(COMFORT, inputs, decide(inputs).memory, Wish(mode=Mode.OFF))
    off = decide(inputs, memory, compressor=running)
    assert off.command == Setting(mode=Mode.OFF)

    stood = given(Setting(mode=Mode.OFF, target=21.0))
    memory = hold(COMFORT, stood, off.memory, Wish(mode=Mode.HEAT, target=22))
    on = decide(stood, memory, compressor=Compressor(running=False, since=NOW - 20))
    assert (on.command, on.rule, on.waits_until) == (None, "minimum_off", NOW + 160)
    # A target of a unit that is on is its own thermostat's affair.
    memory = hold(COMFORT, inputs, Memory(), Wish(mode=Mode.HEAT, target=24))
    now = decide(given(), memory, compressor=Compressor(running=False, since=NOW - 20))
    assert now.command == Setting(mode=Mode.HEAT, target=24.0)


def test_starts_in_an_hour_are_capped() -> None:
    starts = tuple(NOW - 3000 + 500 * i for i in range(6))
    compressor = Compressor(running=False, since=NOW - 400, starts=starts)
    inputs = given(
        Setting(mode=Mode.OFF), schedule=Entry(preset="comfort", mode="heat")
    )
    capped = decide(inputs, compressor=compressor)
    assert (capped.reason, capped.rule) == (Reason.PROTECTION, "starts_per_hour")
    assert capped.waits_until == NOW + 600


def test_a_compressors_switches_are_remembered() -> None:
    compressor = Compressor().seen(NOW, None).seen(NOW, running=False)
    assert compressor.since is None
    compressor = compressor.seen(NOW + 10, running=True).seen(NOW + 20, running=True)
    assert (compressor.since, compressor.starts) == (NOW + 10, (NOW + 10,))
    compressor = compressor.seen(NOW + 5000, running=False)
    assert compressor.starts == ()
    assert Compressor.from_dict(compressor.as_dict()) == compressor


def test_a_hold_ends_with_the_schedules_next_change_or_its_time() -> None:
    inputs = given(schedule=Entry(preset="comfort"), next_change=NOW + 3600)
    memory = hold(
        COMFORT, inputs, decide(inputs).memory, Wish(mode=Mode.HEAT, target=23)
    )
    assert memory.hold is not None
    assert memory.hold.until == NOW + 3600
    over = replace(inputs, now=NOW + 3600)
    assert decide(over, memory).reason is Reason.SCHEDULE

    timed = hold(Comfort(hold_s=900), inputs, memory, Wish(mode=Mode.OFF))
    assert timed.hold is not None
    assert timed.hold.until == NOW + 900
    assert release(timed).hold is None


def test_a_hold_that_nothing_ends_ends_when_everybody_leaves_and_is_back_with_them() -> (
    None
):
    inputs = given()
    memory = hold(
        COMFORT, inputs, decide(inputs).memory, Wish(mode=Mode.HEAT, target=23)
    )
    away = decide(replace(inputs, away=True), memory)
    assert away.reason is Reason.AWAY
    back = decide(inputs, away.memory)
    assert back.reason is Reason.PRESET
    assert back.wish == Wish(mode=Mode.HEAT, target=23)


def test_boost_goes_beyond_and_gives_back_what_stood() -> None:
    inputs = given()
    memory = hold(
        COMFORT, inputs, decide(inputs).memory, Wish(mode=Mode.HEAT, target=22)
    )
    stood = decide(inputs, memory).stands
    boosted = boost(COMFORT, inputs, memory, stood, duration=600)
    decision = decide(inputs, boosted)
    assert (decision.reason, decision.wish.target) == (Reason.BOOST, 24.0)
    after = decide(replace(inputs, now=NOW + 600), decision.memory)
    assert (after.reason, after.wish.target) == (Reason.HOLD, 22)


@pytest.mark.parametrize(
    ("present", "room", "expected"),
    [
        (Wish(mode=Mode.COOL, target=25), 27.0, Wish(mode=Mode.COOL, target=23.0)),
        (
            Wish(mode=Mode.HEAT_COOL, low=20, high=25),
            19.0,
            Wish(mode=Mode.HEAT, target=22.0),
        ),
        (
            Wish(mode=Mode.HEAT_COOL, low=20, high=25),
            27.0,
            Wish(mode=Mode.COOL, target=23.0),
        ),
        (Wish(mode=Mode.OFF), 19.0, Wish(mode=Mode.HEAT, target=23.0)),
        (Wish(mode=Mode.OFF), 27.0, Wish(mode=Mode.COOL, target=23.0)),
    ],
)
def test_what_a_boost_is(present: Wish, room: float, expected: Wish) -> None:
    memory = boost(COMFORT, given(room=room), Memory(), present, duration=60)
    assert memory.boost is not None
    assert memory.boost.wish == expected
    exact = boost(
        COMFORT, given(room=room), Memory(), present, duration=60, target=24.5
    )
    assert exact.boost is not None
    assert exact.boost.wish.target == 24.5


@pytest.mark.parametrize(
    ("present", "change", "expected"),
    [
        (
            Wish(mode=Mode.HEAT, target=21),
            {"target": 22},
            Wish(mode=Mode.HEAT, target=22),
        ),
        (
            Wish(mode=Mode.HEAT, target=21),
            {"mode": Mode.COOL},
            Wish(mode=Mode.COOL, target=21),
        ),
        (
            Wish(mode=Mode.HEAT_COOL, low=20, high=25),
            {"mode": Mode.COOL},
            Wish(mode=Mode.COOL, target=25),
        ),
        (
            Wish(mode=Mode.HEAT, target=21),
            {"mode": Mode.HEAT_COOL},
            Wish(mode=Mode.HEAT_COOL, low=20, high=22),
        ),
        (
            Wish(mode=Mode.OFF),
            {"mode": Mode.HEAT_COOL, "low": 20, "high": 20.5},
            Wish(mode=Mode.HEAT_COOL, low=20, high=21),
        ),
        (
            Wish(mode=Mode.HEAT_COOL, low=19, high=24, preset="eco"),
            {"mode": Mode.HEAT_COOL},
            Wish(mode=Mode.HEAT_COOL, low=19, high=24),
        ),
        (
            Wish(mode=Mode.HEAT_COOL, low=19, high=24),
            {"target": 23},
            Wish(mode=Mode.HEAT_COOL, low=22, high=24),
        ),
    ],
)
def test_what_the_user_changes_of_a_wish(
    present: Wish, change: dict[str, object], expected: Wish
) -> None:
    assert set_target(present, Limits(), **change) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "low", "high"),
    [
        ({"target": 72}, 70, 74),
        ({"low": 70, "high": 71}, 70, 72),
    ],
)
def test_a_range_is_of_whole_degrees_fahrenheit(
    change: dict[str, float], low: float, high: float
) -> None:
    limits = Limits(step=1, fahrenheit=True)
    celsius = {end: (value - 32) / 1.8 for end, value in change.items()}
    wish = set_target(Wish(mode=Mode.HEAT_COOL), limits, **celsius)
    assert wish.low is not None
    assert wish.high is not None
    assert wish.low * 1.8 + 32 == pytest.approx(low)
    assert wish.high * 1.8 + 32 == pytest.approx(high)


def test_a_preset_is_for_good_without_a_schedule_and_a_hold_with_one() -> None:
    inputs = given()
    memory = decide(inputs).memory
    for_good = set_preset(COMFORT, inputs, memory, "eco", scheduled=False)
    assert (for_good.hold, for_good.base) == (
        None,
        Wish(mode=Mode.HEAT, target=18.0, preset="eco"),
    )
    for_now = set_preset(COMFORT, inputs, memory, "eco", scheduled=True)
    assert for_now.hold is not None
    # A room that was never told a mode gets the one that it needs.
    warm = given(Setting(mode=Mode.OFF), room=28.0)
    chosen = set_preset(COMFORT, warm, Memory(), "comfort", scheduled=False)
    assert chosen.base == Wish(mode=Mode.COOL, target=25.0, preset="comfort")
    only_heat = replace(
        warm,
        unit=replace(warm.unit, limits=Limits(modes=frozenset({Mode.OFF, Mode.HEAT}))),
    )
    chosen = set_preset(COMFORT, only_heat, Memory(), "comfort", scheduled=False)
    assert chosen.base is not None
    assert chosen.base.mode is Mode.HEAT


# What a unit answers


def test_what_was_to_last_for_an_hour_is_not_back_for_good_after_a_preset() -> None:
    inputs = given()
    memory = decide(inputs).memory
    warm = Wish(mode=Mode.HEAT, target=24.0)
    memory = hold(COMFORT, inputs, memory, warm, duration=3600)
    memory = set_preset(COMFORT, inputs, memory, "eco", scheduled=False)
    assert decide(inputs, memory).stands.target == 18.0
    assert decide(inputs, clear_preset(memory)).stands.target == 21.0


def test_who_is_not_there_may_choose_a_preset_all_the_same() -> None:
    inputs = given(away=True)
    memory = decide(inputs).memory
    memory = set_preset(COMFORT, inputs, memory, "comfort", scheduled=False)
    assert decide(inputs, memory).stands == COMFORT.of_preset("comfort", Mode.HEAT)
    back = replace(inputs, away=False)
    assert decide(back, memory).stands.preset == "comfort"


def test_an_echo_in_pieces_is_no_hold_and_a_handset_is() -> None:
    inputs = given(
        Setting(mode=Mode.OFF, target=24.0),
        schedule=Entry(preset="comfort", mode="heat"),
    )
    sent = decide(inputs)
    assert sent.command == HEAT_21
    # First the mode with the target that the unit remembers, then the target.
    piece = given(
        Setting(mode=Mode.HEAT, target=24.0), now=NOW + 5, schedule=inputs.schedule
    )
    first = decide(piece, sent.memory)
    assert (first.command, first.reason) == (None, Reason.SCHEDULE)
    whole = decide(given(now=NOW + 10, schedule=inputs.schedule), first.memory)
    assert whole.memory.sent is not None
    assert whole.memory.sent.confirmed

    # From now on another target is somebody's; what it was at before once it lasts.
    def then(seconds: float, target: float, memory: Memory) -> Decision:
        return decide(
            given(
                Setting(mode=Mode.HEAT, target=target),
                now=NOW + seconds,
                schedule=inputs.schedule,
            ),
            memory,
        )

    late = then(15, 24.0, whole.memory)
    assert (late.command, late.reason) == (None, Reason.SCHEDULE)
    for touched in (then(15, 23.0, whole.memory), then(121, 24.0, late.memory)):
        assert touched.reason is Reason.HOLD
        assert touched.command is None
        assert touched.memory.hold is not None
        assert touched.memory.hold.source is HoldSource.UNIT


def test_a_unit_that_rounds_is_not_fought() -> None:
    inputs = given(schedule=Entry(temperature=19.5))
    sent = decide(inputs)
    assert sent.command == Setting(mode=Mode.HEAT, target=19.5)
    memory = sent.memory
    for seconds in (10, 70, 130, 700, 1300):
        later = decide(
            given(
                Setting(mode=Mode.HEAT, target=20.0),
                now=NOW + seconds,
                schedule=inputs.schedule,
            ),
            memory,
        )
        assert (later.command, later.reason) == (None, Reason.SCHEDULE)
        memory = later.memory


def test_a_late_answer_after_what_looked_like_rounding_is_no_hold() -> None:
    """A slow cloud: half a degree less is what it was told, and what it says at last."""
    schedule = Entry(temperature=20.5)
    sent = decide(given(Setting(mode=Mode.HEAT, target=23.0), schedule=schedule))
    assert sent.command == Setting(mode=Mode.HEAT, target=20.5)
    memory = sent.memory
    for seconds, target in ((61, 21.0), (75, 20.5), (90, 20.5)):
        said = decide(
            given(
                Setting(mode=Mode.HEAT, target=target),
                now=NOW + seconds,
                schedule=schedule,
            ),
            memory,
        )
        assert (said.command, said.reason) == (None, Reason.SCHEDULE)
        memory = said.memory
    # What it goes back to then is somebody's word.
    touched = decide(given(now=NOW + 120, schedule=schedule), memory)
    assert touched.reason is Reason.HOLD


def test_a_unit_that_does_not_answer_is_asked_three_times() -> None:
    inputs = given(schedule=Entry(temperature=19.0))
    memory, sent = Memory(), 0
    for seconds in range(0, 7200, 30):
        decision = decide(replace(inputs, now=NOW + seconds), memory)
        memory = decision.memory
        sent += decision.command is not None
    assert sent == 3
    assert decision.rule == "no_answer"


def test_a_unit_that_refuses_all_the_season_is_asked_once_an_hour() -> None:
    inputs = given(schedule=Entry(temperature=19.0))
    memory, asked = Memory(), []
    for hour in range(60 * 24):
        now = NOW + hour * 3600.0
        decision = decide(replace(inputs, now=now), memory)
        memory = decision.memory
        if decision.command is not None:
            asked.append(now)
            assert memory.sent is not None
            memory = replace(memory, sent=replace(memory.sent, refused=True))
    assert len(asked) == 60 * 24
    # Another wish is another matter.
    other = decide(given(schedule=Entry(temperature=17.0), now=NOW + 7200), memory)
    assert other.command == Setting(mode=Mode.HEAT, target=17.0)


def test_something_else_in_place_of_an_answer_is_somebodys_word() -> None:
    sent = decide(given(schedule=Entry(temperature=19.0)))
    other = given(
        Setting(mode=Mode.COOL, target=26.0),
        now=NOW + 61,
        schedule=Entry(temperature=19.0),
    )
    assert decide(other, sent.memory).reason is Reason.HOLD


def test_a_unit_that_is_still_at_the_command_before_is_told_again() -> None:
    """A slow cloud tells of the first of two commands when both are a minute old."""
    first = decide(given(schedule=Entry(temperature=19.0)))
    second = decide(given(schedule=Entry(temperature=17.0), now=NOW + 20), first.memory)
    assert second.command == Setting(mode=Mode.HEAT, target=17.0)
    at_first = given(
        Setting(mode=Mode.HEAT, target=19.0),
        now=NOW + 85,
        schedule=Entry(temperature=17.0),
    )
    late = decide(at_first, second.memory)
    assert late.reason is Reason.SCHEDULE
    assert late.command == second.command
    # It may be kept in between, and has the same memory then.
    kept = Memory.from_dict(json.loads(json.dumps(second.memory.as_dict())))
    assert kept.sent == second.memory.sent
    answered = decide(
        replace(
            at_first,
            now=NOW + 90,
            unit=replace(at_first.unit, setting=Setting(mode=Mode.HEAT, target=17.0)),
        ),
        late.memory,
    )
    assert (answered.command, answered.reason) == (None, Reason.SCHEDULE)


def test_a_unit_that_answers_late_is_soon_known() -> None:
    """At first it is asked again; then it is given the time that it takes."""
    shown, memory = HEAT_20, Memory()
    days = []
    for day in range(2):
        told, answers = 0, [(0.0, shown)]
        for minutes in range(24 * 60):
            now = NOW + (day * 1440 + minutes) * 60.0
            shown = [each for at, each in answers if at <= now][-1]
            schedule = Entry(temperature=(21.5, 19.0, 22.0, 18.0)[minutes // 360])
            decision = decide(given(shown, now=now, schedule=schedule), memory)
            memory = decision.memory
            assert decision.reason is Reason.SCHEDULE
            if decision.command is not None:
                told += 1
                answers.append((now + 330.0, decision.command))
        days.append(told)
    assert days == [6, 4]


@pytest.mark.parametrize("refused", [True, False])
def test_a_small_change_that_was_lost_is_no_rounding(refused: bool) -> None:
    """A unit that is where it was has not made half a degree less of it."""
    schedule = Entry(temperature=20.5)
    memory, told = Memory(), 0
    for seconds in range(0, 300, 30):
        shown = Setting(mode=Mode.HEAT, target=20.5) if told > 1 else HEAT_21
        decision = decide(given(shown, now=NOW + seconds, schedule=schedule), memory)
        memory = decision.memory
        if decision.command is not None:
            told += 1
            assert memory.sent is not None
            memory = replace(memory, sent=replace(memory.sent, refused=refused))
    assert told == 2


def test_a_cloud_may_tell_of_what_was_before_two_commands() -> None:
    """On, and then warmer; each is shown at once, and then what the cloud still tells."""
    off = Setting(mode=Mode.OFF, target=20.0)
    steps = (
        (0, off, 21.0),
        (1, HEAT_21, 21.0),
        (10, HEAT_21, 23.0),
        (11, Setting(mode=Mode.HEAT, target=23.0), 23.0),
        (30, off, 23.0),
        (60, HEAT_21, 23.0),
        (90, Setting(mode=Mode.HEAT, target=23.0), 23.0),
    )
    memory, told = Memory(), []
    for seconds, shown, wished in steps:
        schedule = Entry(temperature=wished, mode="heat")
        decision = decide(given(shown, now=NOW + seconds, schedule=schedule), memory)
        memory = decision.memory
        assert decision.reason is Reason.SCHEDULE
        if decision.command is not None:
            told.append((seconds, decision.command.target))
    assert told == [(0, 21.0), (10, 23.0)]


def test_what_was_not_answered_before_a_restart_is_told_after_it() -> None:
    """It is nobody's word that a unit is where it was."""
    schedule = Entry(temperature=23.0)
    told = decide(given(schedule=schedule))
    assert told.command is not None
    memory = Memory.from_dict(json.loads(json.dumps(told.memory.as_dict())))
    sent = []
    for seconds in range(20, 400, 20):
        shown = Setting(mode=Mode.HEAT, target=23.0) if sent else HEAT_21
        decision = decide(given(shown, now=NOW + seconds, schedule=schedule), memory)
        memory = decision.memory
        assert decision.reason is Reason.SCHEDULE
        if decision.command is not None:
            sent.append(seconds)
    assert sent == [80]


def test_a_hand_before_a_start_is_not_overruled_by_what_is_ahead() -> None:
    """What is shown after a start may be somebody's word: nothing is sent until then."""
    schedule = Entry(temperature=21.0)
    memory = decide(given(schedule=schedule)).memory
    memory = Memory.from_dict(memory.as_dict())
    off = Setting(mode=Mode.OFF, target=21.0)
    cheap = Goal(direction=Direction.HEATING, target=22.0, reason=Reason.PRICE)
    for seconds in range(0, 3600, 20):
        inputs = given(off, now=NOW + seconds, schedule=schedule, goal=cheap)
        decision = decide(inputs, memory)
        memory = decision.memory
        assert decision.command is None
    assert decision.reason is Reason.HOLD
    # But who asks for it meanwhile gets it.
    memory = Memory.from_dict(decide(given(schedule=schedule)).memory.as_dict())
    starting = given(off, now=NOW + 10, schedule=schedule)
    memory = asked(decide(starting, memory).memory, NOW + 20)
    memory = hold(COMFORT, starting, memory, Wish(mode=Mode.HEAT, target=22.0))
    decision = decide(replace(starting, now=NOW + 20), memory)
    assert decision.command == Setting(mode=Mode.HEAT, target=22.0)


def test_who_asks_again_is_heard_by_a_unit_that_did_not_answer() -> None:
    """It was given up; what is on its way is not told once more, though."""
    wish, memory, told = Wish(mode=Mode.HEAT, target=23.0), Memory(), []
    for seconds in range(0, 2000, 10):
        inputs = given(now=NOW + seconds)
        if seconds in (10, 20, 1000, 1010):
            memory = hold(COMFORT, inputs, asked(memory, inputs.now), wish)
        decision = decide(inputs, memory)
        memory = decision.memory
        if decision.command is not None:
            told.append(seconds)
    assert told == [10, 70, 190, 1000, 1060, 1180]


@pytest.mark.parametrize("mode", [Mode.OFF, Mode.COOL])
def test_who_asks_for_something_is_not_overruled_by_what_was_done_before(
    mode: Mode,
) -> None:
    """The unit was set by hand while it was told something; its user says more since."""
    off = Setting(mode=Mode.OFF, target=20.0)
    memory = decide(given(off, schedule=Entry(preset="eco", mode="off"))).memory
    memory = replace(memory, answers_in=300.0)
    inputs = given(off, now=NOW + 10)
    memory = hold(COMFORT, inputs, memory, Wish(mode=Mode.COOL, target=22.0))
    memory = decide(inputs, memory).memory
    by_hand = Setting(mode=Mode.HEAT, target=19.0)
    decision = decide(given(by_hand, now=NOW + 30), memory)
    # It is known a minute after the command, however slow the unit is.
    assert decision.look_again == NOW + 70
    later = given(by_hand, now=NOW + 75)
    memory = asked(decision.memory, later.now)
    memory = hold(COMFORT, later, memory, Wish(mode=mode, target=22.0))
    decision = decide(later, memory)
    assert (decision.stands.mode, decision.reason) == (mode, Reason.HOLD)
    # What is on its way is not told once more.
    assert (decision.command is not None) is (mode is Mode.OFF)


def test_a_slow_unit_may_do_what_it_was_told_before_after_it_answered() -> None:
    """Off, on, and off again; that it is off first is the answer to the first of them."""
    on = HEAT_21
    memory = replace(decide(given(on)).memory, answers_in=600.0)
    off = Setting(mode=Mode.OFF, target=21.0)
    told = []
    for seconds in range(0, 2000, 10):
        wish = Entry(temperature=21.0, mode="heat" if 100 <= seconds < 170 else "off")
        shown = on if seconds < 600 or 700 <= seconds < 770 else off
        inputs = given(shown, now=NOW + seconds, schedule=wish)
        decision = decide(inputs, memory)
        memory = decision.memory
        assert decision.reason is Reason.SCHEDULE
        if decision.command is not None:
            told.append((seconds, decision.command.mode))
    assert told == [(0, Mode.OFF), (100, Mode.HEAT), (170, Mode.OFF)]


def test_a_late_answer_after_a_change_of_mind_is_nobodys_hand() -> None:
    """Warmer, and at once back to what it still shows; that was refused, or is lost."""
    memory, told = decide(given()).memory, []
    for seconds in range(0, 400, 10):
        warm = 20 <= seconds < 40
        shown = HEAT_20 if seconds >= 80 and len(told) < 3 else HEAT_21
        inputs = given(
            shown, now=NOW + seconds, schedule=Entry(temperature=20.0 if warm else 21.0)
        )
        decision = decide(inputs, memory)
        memory = decision.memory
        assert decision.reason is Reason.SCHEDULE
        if decision.command is not None:
            told.append((seconds, decision.command.target))
    assert told == [(20, 20.0), (40, 21.0), (100, 21.0)]


@pytest.mark.parametrize("refuses", [True, False])
def test_what_was_given_up_keeps_no_other_zone_waiting(refuses: bool) -> None:
    """A unit that never heard that it is to heat does not keep the next from cooling."""
    world = World(
        {
            "deaf": Place(COMFORT, Machine(room=17.0, deaf=True)),
            "warm": Place(COMFORT, Machine(room=27.0)),
        }
    )
    world.decide()
    deaf, warm = world.places["deaf"], world.places["warm"]
    deaf.memory = hold(
        COMFORT, world.inputs(deaf), deaf.memory, Wish(mode=Mode.HEAT, target=21.0)
    )
    world.advance(60)
    assert deaf.memory.sent is not None
    sent = replace(deaf.memory.sent, refused=refuses, attempts=6 if refuses else 1)
    deaf.memory = replace(deaf.memory, sent=sent)
    deaf.memory = hold(COMFORT, world.inputs(deaf), deaf.memory, Wish(mode=Mode.OFF))
    warm.memory = hold(
        COMFORT, world.inputs(warm), warm.memory, Wish(mode=Mode.COOL, target=24.0)
    )
    world.advance(40 if refuses else 900)
    assert warm.machine.setting.mode is Mode.COOL


@pytest.mark.parametrize("kept", [24.0, 21.5])
def test_a_target_that_a_unit_dropped_while_it_turned_on_is_sent_once_more(
    kept: float,
) -> None:
    """It shows what it had in that mode: nobody's word, and no rounding either."""
    schedule = Entry(preset="comfort", mode="heat")
    off = given(Setting(mode=Mode.OFF), schedule=schedule)
    memory, sent = Memory(), []
    for seconds in range(0, 600, 10):
        shown = Setting(mode=Mode.HEAT, target=21.0 if len(sent) > 1 else kept)
        now = NOW + seconds
        on = given(shown, schedule=schedule, now=now)
        decision = decide(on if sent else replace(off, now=now), memory)
        memory = decision.memory
        assert decision.reason is Reason.SCHEDULE
        if decision.command is not None:
            sent.append((seconds, decision.command))
    assert sent == [(0, HEAT_21), (60, HEAT_21)]


def test_a_unit_that_never_tells_its_target_is_told_each_new_one_once() -> None:
    """What it was sent last is believed; what it has when it is met is left alone."""
    shown = Setting(mode=Mode.HEAT)
    memory, sent = Memory(), []
    wishes = (None, Entry(temperature=20.0), Entry(temperature=22.0), None)
    for hour, schedule in enumerate(wishes):
        for seconds in range(0, 600, 30):
            now = NOW + hour * 3600 + seconds
            decision = decide(given(shown, schedule=schedule, now=now), memory)
            memory = decision.memory
            if decision.command is not None:
                sent.append((hour, decision.command.target))
    assert sent == [(1, 20.0), (2, 22.0)]


def test_a_mode_that_a_unit_does_not_offer_is_not_sent() -> None:
    """The zone of a unit that decides for all has no mode but off while that is off."""
    schedule = Entry(preset="comfort", mode="heat")
    off = given(Setting(mode=Mode.OFF), schedule=schedule)
    memory = Memory(active_mode=Mode.HEAT, room_mode=Mode.HEAT)
    slave = replace(
        off, unit=replace(off.unit, limits=Limits(modes=frozenset({Mode.OFF})))
    )
    decision = decide(slave, memory)
    assert (decision.command, decision.rule) == (None, "mode_not_offered")
    assert decide(off, decision.memory).command == HEAT_21


def test_a_unit_that_is_back_is_told_once_what_still_stands() -> None:
    inputs = given(schedule=Entry(preset="eco"))
    memory = decide(inputs).memory
    memory = decide(
        given(
            Setting(mode=Mode.HEAT, target=18.0),
            now=NOW + 5,
            schedule=Entry(preset="eco"),
        ),
        memory,
    ).memory
    gone = replace(inputs, now=NOW + 60, unit=Unit(available=False, limits=PLAIN))
    lost = decide(gone, memory)
    assert (lost.command, lost.reason) == (None, Reason.UNIT_UNAVAILABLE)
    back = given(Setting(mode=Mode.OFF), now=NOW + 90, schedule=Entry(preset="eco"))
    told = decide(back, lost.memory)
    assert told.command == Setting(mode=Mode.HEAT, target=18.0)


def test_what_was_changed_while_home_assistant_was_down_is_somebodys_word() -> None:
    inputs = given(schedule=Entry(preset="eco"))
    memory = decide(inputs).memory
    memory = decide(
        given(
            Setting(mode=Mode.HEAT, target=18.0),
            now=NOW + 5,
            schedule=Entry(preset="eco"),
        ),
        memory,
    ).memory
    restored = Memory.from_dict(memory.as_dict())
    starting = replace(inputs, now=NOW + 60, unit=Unit(available=False, limits=PLAIN))
    restored = decide(starting, restored).memory
    for seconds, reason in ((90, Reason.SCHEDULE), (211, Reason.HOLD)):
        decision = decide(
            given(
                Setting(mode=Mode.OFF),
                now=NOW + seconds,
                schedule=Entry(preset="eco"),
            ),
            restored,
        )
        assert (decision.command, decision.reason) == (None, reason)
        restored = decision.memory

    # Nothing sent before: what the unit said last is what counts.
    memory = Memory.from_dict(decide(given()).memory.as_dict())
    assert decide(given(), memory).reason is Reason.PRESET
    memory = decide(given(Setting(mode=Mode.OFF)), memory).memory
    off = given(Setting(mode=Mode.OFF), now=NOW + 121)
    assert decide(off, memory).reason is Reason.HOLD


@pytest.mark.parametrize(
    "broken",
    [
        {"base": {"mode": "sideways"}},
        {
            "hold": {
                "wish": {"mode": "heat", "target": float("nan")},
                "source": "user",
                "at": 0,
            }
        },
        {"sent": {"asked": None}},
    ],
)
def test_what_no_memory_is_is_refused(broken: dict[str, object]) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        Memory.from_dict(broken)


def test_a_memory_of_an_older_kind_is_taken_up() -> None:
    assert Memory.from_dict({}) == Memory(restored=True)


# The room sensor


def test_the_setpoint_is_offset_so_that_the_room_is_right() -> None:
    place = Place(COMFORT, Machine(room=18.0, bias=2.0, setting=HEAT_21, power=6.0))
    world = World({"room": place})
    world.advance(2 * 3600)
    rooms = []
    for _ in range(120):
        world.advance(120)
        rooms.append(place.machine.room)
    assert abs(sum(rooms) / len(rooms) - 21.0) < 0.3
    # Though the unit itself swings by 1 K: it is stopped and started in time.
    assert sum(abs(room - 21.0) <= 0.5 for room in rooms) >= 0.95 * len(rooms)
    # And that with three commands an hour, each ten minutes from the last.
    times = [at for at, _ in place.machine.commands]
    assert len(times) <= 18
    assert all(later - earlier >= 600 for earlier, later in pairwise(times))


def test_an_offset_is_limited_and_none_without_the_sensor() -> None:
    steering = learn(given(room=14.0), Memory().steering)
    assert steering.difference == 6.0
    setpoint, _ = steer(given(room=14.0), COMFORT, steering, 21.0)
    assert setpoint == 24.0
    setpoint, _ = steer(given(), COMFORT, steering, 21.0)
    assert setpoint == 21.0


@pytest.mark.parametrize(
    ("mode", "target", "room", "works"),
    [(Mode.COOL, 26.0, 25.0, "cooling"), (Mode.HEAT, 20.0, 21.0, "heating")],
)
def test_what_a_unit_that_stands_cannot_mend_teaches_nothing(
    mode: Mode, target: float, room: float, works: str
) -> None:
    """A cool night under a target of cooling, a sunny day over one of heating."""
    setting = Setting(mode=mode, target=target)
    unit = replace(given().unit, setting=setting, intake=room)

    def after_hours(unit: Unit, room: float) -> float:
        steering = replace(Memory().steering, target=target)
        for minute in range(60, 360, 5):
            inputs = Inputs(now=NOW + minute * 60, unit=unit, room=room)
            steering = learn(inputs, steering)
        return steering.trim

    assert after_hours(unit, room) == 0.0
    # Where the unit works the room there, or leaves it short, that is learned of.
    working = replace(unit, activity=Activity(works))
    assert after_hours(working, room) * (room - target) < -0.1
    assert after_hours(unit, 2 * target - room) * (room - target) > 0.1


def test_an_edge_of_a_step_is_not_hunted() -> None:
    inputs = given(room=19.76)
    steering = learn(inputs, Memory().steering)
    first, steering = steer(inputs, COMFORT, steering, 21.0)
    for minute in range(15, 200, 15):
        wobble = 19.74 if minute % 2 else 19.77
        later = replace(inputs, now=NOW + minute * 60, room=wobble)
        steering = learn(later, steering)
        setpoint, steering = steer(later, COMFORT, replace(steering, trim=0.0), 21.0)
        assert setpoint == first


def test_a_unit_is_stopped_and_started_in_time() -> None:
    """A step less, or more, than where its setpoint belongs; sooner where it may be low."""
    inputs = given(HEAT_21, room=21.0)
    steering = replace(Memory().steering, difference=0.0, setpoint=21.0)

    def told(
        room: float, activity: str, lean: float = 0.0, *, moves: bool = False
    ) -> float:
        unit = replace(inputs.unit, activity=Activity(activity))
        seen = replace(inputs, room=room, unit=unit)
        known = replace(steering, target=21.0 - lean)
        return steer(seen, COMFORT, known, 21.0, lean, moves=moves)[0]

    assert told(21.6, "heating") == 20.5
    assert told(21.4, "heating") == 21.0
    assert told(21.2, "heating", 0.25) == 20.5
    assert told(20.5, "idle") == 21.5
    assert told(20.6, "idle") == 21.0
    # Held below the target, it is started at the same end of what is comfortable.
    assert told(20.5, "idle", 0.25) == 21.5
    # One that works too weakly is given some more; one that stands past it, nothing.
    assert told(20.4, "heating") == 21.5
    assert told(21.6, "idle") == 21.0
    # Who is on its way is soon told of another target.
    assert told(20.5, "idle", moves=True) == 21.0


def test_a_unit_that_stands_far_below_is_started_at_once() -> None:
    """As many steps as it takes, not one in ten minutes while the room gets cold."""
    unit = replace(given(HEAT_21).unit, activity=Activity.IDLE, intake=21.4)
    seen = given(HEAT_21, room=20.5)
    steering = replace(
        Memory().steering, difference=0.9, setpoint=21.0, target=21.0 - 0.3
    )
    at_once, after = steer(replace(seen, unit=unit), COMFORT, steering, 21.0, 0.3)
    assert at_once == 22.0
    assert after.corrected_at == seen.now
    near = replace(unit, intake=21.0)
    assert steer(replace(seen, unit=near), COMFORT, steering, 21.0, 0.3)[0] == 21.5


@pytest.mark.parametrize("mode", [Mode.HEAT, Mode.COOL])
def test_a_unit_that_was_told_more_to_start_is_told_less_once_it_works(
    mode: Mode,
) -> None:
    """Left there, it works hard, goes past its target, and has to be stopped."""
    sign = 1 if mode is Mode.HEAT else -1
    works = Activity.HEATING if mode is Mode.HEAT else Activity.COOLING
    pushed = 21.0 + sign

    def told(activity: Activity, setpoint: float, *, after: float = 600.0) -> float:
        seen = given(Setting(mode=mode, target=setpoint), room=21.0 - 0.1 * sign)
        steering = replace(
            Memory().steering,
            difference=0.0,
            target=21.0,
            setpoint=setpoint,
            corrected_at=seen.now - after,
        )
        seen = replace(seen, unit=replace(seen.unit, activity=activity))
        return steer(seen, COMFORT, steering, 21.0)[0]

    assert told(works, pushed) == 21.0
    # Not at once, not before it has started, and not to make it work harder.
    assert told(works, pushed, after=300.0) == pushed
    assert told(Activity.IDLE, pushed) == pushed
    assert told(works, 21.0 - sign) == 21.0 - sign


@pytest.mark.parametrize("mode", [Mode.HEAT, Mode.COOL])
def test_a_swing_about_the_target_teaches_nothing(mode: Mode) -> None:
    """A unit is longer at one end of its swing than at the other; its mean is right."""
    sign = 1 if mode is Mode.HEAT else -1
    setting = Setting(mode=mode, target=21.0)
    works = Activity.HEATING if mode is Mode.HEAT else Activity.COOLING
    steering = replace(Memory().steering, target=21.0)
    for minute in range(60, 24 * 60, 5):
        phase = minute % 60
        # Ten minutes of work, and a long way back: most of it short of the target.
        off = -0.55 + 0.08 * phase if phase < 10 else 0.25 - 0.8 * (phase - 10) / 50
        unit = replace(
            given().unit,
            setting=setting,
            activity=works if phase < 10 else Activity.IDLE,
        )
        room = 21.0 + sign * off
        inputs = Inputs(now=NOW + minute * 60, unit=unit, room=room)
        steering = learn(inputs, steering)
    assert steering.trim == 0.0
    assert 0.05 < steering.error * sign < 0.25


@pytest.mark.parametrize("mode", [Mode.HEAT, Mode.COOL])
def test_a_stop_corrects_too(mode: Mode) -> None:
    """A unit that is stopped is told at once where its setpoint belongs."""
    sign = 1 if mode is Mode.HEAT else -1
    works = Activity.HEATING if mode is Mode.HEAT else Activity.COOLING
    setting = Setting(mode=mode, target=21.0 + sign)
    seen = given(setting, room=21.0 + 0.6 * sign)
    seen = replace(seen, unit=replace(seen.unit, activity=works))
    steering = replace(
        Memory().steering, difference=0.0, target=21.0, setpoint=21.0 + sign
    )
    assert steer(seen, COMFORT, steering, 21.0)[0] == 21.0


def test_a_way_teaches_nothing_of_how_a_room_is_held() -> None:
    setting = Setting(mode=Mode.HEAT, target=21.0)
    unit = replace(given().unit, setting=setting, activity=Activity.HEATING)
    goal = Goal(direction=Direction.HEATING, target=21.0, reason=Reason.OPTIMAL_START)

    def trim(*, moves: bool) -> float:
        steering = replace(Memory().steering, target=21.0)
        for minute in range(60, 240, 5):
            inputs = Inputs(
                now=NOW + minute * 60,
                unit=unit,
                room=20.2,
                goal=replace(goal, moves=moves),
            )
            steering = learn(inputs, steering)
        return steering.trim

    assert trim(moves=False) > 0.1
    assert trim(moves=True) == 0.0


def test_degrees_fahrenheit_are_rounded_as_the_unit_counts() -> None:
    limits = Limits(fahrenheit=True, step=1.0, minimum=15, maximum=31)
    assert limits.rounded(21.0) * 1.8 + 32 == pytest.approx(70)
    assert limits.same(
        Setting(mode=Mode.HEAT, target=21.0), Setting(mode=Mode.HEAT, target=21.11)
    )
    assert not limits.same(
        Setting(mode=Mode.HEAT, target=21.11), Setting(mode=Mode.HEAT, target=21.67)
    )


# What a unit can't do itself


def ranged(room: float, now: float = NOW) -> Inputs:
    return given(
        Setting(mode=Mode.HEAT, target=20.0),
        room=room,
        now=now,
        schedule=Entry(preset="comfort", mode="heat_cool"),
    )


def test_changeover_in_software_has_a_dead_band_and_a_minimum_time() -> None:
    decision = decide(ranged(20.0))
    assert decision.setting is not None
    assert decision.setting.mode is Mode.HEAT
    assert decision.stands == Wish(
        mode=Mode.HEAT_COOL, low=21.0, high=25.0, preset="comfort"
    )
    # Above its upper end by less than the margin, and then by more, too early.
    for room, later, mode in (
        (25.3, 3600, Mode.HEAT),
        (25.8, 600, Mode.HEAT),
        (25.8, 3600, Mode.COOL),
    ):
        then = decide(ranged(room, NOW + later), decision.memory)
        assert then.setting is not None
        assert then.setting.mode is mode
    # Nobody knows how warm it is: it stays as it is.
    blind = ranged(26.0, NOW + 7300)
    blind = replace(blind, room=None, unit=replace(blind.unit, intake=None))
    dark = decide(blind, then.memory)
    assert dark.setting is not None
    assert dark.setting.mode is Mode.COOL
    cooled = decide(ranged(20.4, NOW + 7300), then.memory)
    assert cooled.setting is not None
    assert cooled.setting.mode is Mode.HEAT


def test_a_range_goes_to_a_unit_that_has_one_with_its_offset() -> None:
    limits = replace(FULL, has_range=True)
    inputs = ranged(19.0)
    inputs = replace(inputs, unit=replace(inputs.unit, limits=limits))
    decision = decide(inputs)
    assert decision.command == Setting(mode=Mode.HEAT_COOL, low=22.0, high=26.0)
    settled_ = replace(
        inputs,
        now=NOW + 60,
        unit=replace(
            inputs.unit, setting=Setting(mode=Mode.HEAT_COOL, low=22.0, high=26.0)
        ),
    )
    assert decide(settled_, decision.memory).command is None


def test_a_unit_that_changes_over_but_has_no_range_gets_one_end() -> None:
    """Its own changeover is about one target: ours keeps to the ends."""
    for room, command in (
        (19.0, Setting(mode=Mode.HEAT, target=21.0)),
        (26.0, Setting(mode=Mode.COOL, target=25.0)),
    ):
        inputs = replace(ranged(room), room=None)
        off = Setting(mode=Mode.OFF)
        unit = replace(inputs.unit, setting=off, intake=room, limits=FULL)
        assert decide(replace(inputs, unit=unit)).command == command


@pytest.mark.parametrize(
    ("limits", "alike", "apart"),
    [
        (Limits(modes=FULL.modes, step=1.0), 0.5, 0.52),
        (Limits(modes=FULL.modes, step=0.5), 0.25, 0.27),
        (Limits(modes=FULL.modes, step=1.0, fahrenheit=True), 0.28, 0.30),
        (Limits(modes=FULL.modes, step=0.0), 0.05, 0.07),
    ],
)
def test_less_than_half_a_step_is_the_same_to_a_unit(
    limits: Limits, alike: float, apart: float
) -> None:
    near = replace(HEAT_21, target=21.0 + alike)
    far = replace(HEAT_21, target=21.0 - apart)
    assert limits.same(HEAT_21, near)
    assert not limits.same(HEAT_21, far)
    assert not limits.same(HEAT_21, replace(HEAT_21, mode=Mode.COOL))


def test_both_ends_of_a_range_move_by_the_same_and_once() -> None:
    """In whole degrees Fahrenheit, what its middle is rounded by is none of its ends'."""
    limits = replace(FULL, has_range=True, step=1.0, fahrenheit=True)
    memory, sent, setting = (
        Memory(),
        [],
        Setting(mode=Mode.HEAT_COOL, low=19.0, high=25.0),
    )
    wide = replace(COMFORT, presets={**COMFORT.presets, "comfort": (20.0, 23.9)})
    for minute in range(60):
        inputs = replace(ranged(20.4, NOW + 60 * minute), room=20.4)
        unit = replace(inputs.unit, setting=setting, intake=20.85, limits=limits)
        decision = decide(replace(inputs, unit=unit), memory, wide)
        memory = decision.memory
        assert decision.reason is Reason.SCHEDULE
        if decision.command is not None:
            setting = decision.command
            sent.append(setting)
    assert len(sent) == 1
    assert sent[0].low is not None
    assert sent[0].high is not None
    assert sent[0].high - sent[0].low == pytest.approx(7 / 1.8)


def test_a_unit_with_no_mode_but_its_own_changeover_gets_its_end_of_a_range() -> None:
    limits = Limits(modes=frozenset({Mode.OFF, Mode.HEAT_COOL}))
    for room, target in ((19.0, 21.0), (26.0, 25.0)):
        inputs = replace(ranged(room), room=None)
        unit = replace(
            inputs.unit, setting=Setting(mode=Mode.OFF), intake=room, limits=limits
        )
        inputs = replace(inputs, unit=unit)
        assert decide(inputs).command == Setting(mode=Mode.HEAT_COOL, target=target)
        chosen = set_preset(COMFORT, inputs, Memory(), "comfort", scheduled=False)
        assert chosen.active_mode is Mode.HEAT_COOL
        boosted = boost(
            COMFORT,
            inputs,
            Memory(),
            Wish(mode=Mode.HEAT_COOL, target=22.0),
            duration=60,
        )
        assert boosted.boost is not None
        beyond = 24.0 if room < 22 else 20.0
        assert boosted.boost.wish == Wish(mode=Mode.HEAT_COOL, target=beyond)


def test_a_boost_does_not_turn_off_what_is_only_automatic() -> None:
    inputs = given(Setting(mode=Mode.AUTO, target=21.0))
    modes = frozenset({Mode.OFF, Mode.AUTO})
    inputs = replace(inputs, unit=replace(inputs.unit, limits=Limits(modes=modes)))
    memory = boost(COMFORT, inputs, Memory(), Wish(mode=Mode.AUTO), duration=60)
    assert memory.boost is not None
    assert memory.boost.wish == Wish(mode=Mode.AUTO)


def test_units_of_one_direction_get_their_end_of_a_range() -> None:
    for modes, setting in (
        ({Mode.OFF, Mode.HEAT}, Setting(mode=Mode.HEAT, target=21.0)),
        ({Mode.OFF, Mode.COOL}, Setting(mode=Mode.COOL, target=25.0)),
    ):
        inputs = replace(ranged(22.0), room=None)
        inputs = replace(
            inputs, unit=replace(inputs.unit, limits=Limits(modes=frozenset(modes)))
        )
        assert decide(inputs).setting == setting


def test_the_units_own_changeover_is_left_to_it() -> None:
    inputs = given(Setting(mode=Mode.HEAT_COOL, target=22.0))
    inputs = replace(inputs, unit=replace(inputs.unit, limits=FULL))
    decision = decide(inputs)
    assert decision.setting == Setting(mode=Mode.HEAT_COOL, target=22.0)
    assert plan(COMFORT, inputs, Memory()).direction is Direction.HEATING
    auto = given(Setting(mode=Mode.AUTO))
    assert plan(COMFORT, auto, Memory()).direction is None


def test_humidity_is_held_by_drying_within_reason() -> None:
    cool = Setting(mode=Mode.COOL, target=25.0)
    inputs = given(cool, humidity=70.0)
    inputs = replace(inputs, unit=replace(inputs.unit, intake=25.0))
    memory = set_target_humidity(decide(inputs).memory, 55)
    drying = decide(inputs, memory)
    assert drying.command == Setting(mode=Mode.DRY)
    dry = replace(inputs, humidity=52.0)
    dry = replace(dry, unit=replace(dry.unit, setting=Setting(mode=Mode.DRY)))
    soon = decide(replace(dry, now=NOW + 60), drying.memory)
    assert soon.setting == Setting(mode=Mode.DRY)
    done = decide(replace(dry, now=NOW + 1000), soon.memory)
    assert done.command == cool
    # A room that would be too cold is not dried, and heating ends it.
    cold = replace(dry, now=NOW + 100, humidity=80.0)
    cold = replace(cold, unit=replace(cold.unit, intake=23.5))
    assert decide(cold, soon.memory).setting == cool
    heating = hold(COMFORT, dry, drying.memory, Wish(mode=Mode.HEAT, target=21))
    assert not decide(dry, heating).memory.drying
    off = hold(COMFORT, dry, drying.memory, Wish(mode=Mode.OFF))
    assert not decide(dry, off).memory.drying


def test_drying_begins_and_ends_apart() -> None:
    """Above 58 % for 55, down to 53: between both it goes on as it is."""
    cool = Setting(mode=Mode.COOL, target=25.0)
    inputs = given(cool, humidity=57.9)
    inputs = replace(inputs, unit=replace(inputs.unit, intake=25.0))
    memory = set_target_humidity(decide(inputs).memory, 55)
    assert not decide(inputs, memory).memory.drying
    began = decide(replace(inputs, humidity=58.1), memory)
    assert began.memory.drying
    wet = replace(inputs, unit=replace(inputs.unit, setting=Setting(mode=Mode.DRY)))
    later = replace(wet, now=NOW + 1000)
    assert decide(replace(later, humidity=53.1), began.memory).memory.drying
    assert not decide(replace(later, humidity=52.9), began.memory).memory.drying


# Looking ahead


def test_what_looking_ahead_advises_is_followed_where_it_differs() -> None:
    early = Goal(direction=Direction.HEATING, target=21.0, reason=Reason.OPTIMAL_START)
    inputs = given(schedule=Entry(preset="eco"), goal=early)
    decision = decide(inputs)
    assert (decision.reason, decision.wish.target) == (Reason.OPTIMAL_START, 21.0)
    close = replace(inputs, goal=replace(early, target=18.1))
    assert decide(close).reason is Reason.SCHEDULE
    other = replace(inputs, goal=replace(early, direction=Direction.COOLING))
    assert decide(other).reason is Reason.SCHEDULE
    # A dear hour leaves the target as it is, and lets the room fall below it.
    dear = replace(early, target=18.0, reason=Reason.PRICE, lean=0.5)
    coasts = decide(replace(inputs, goal=dear))
    assert (coasts.reason, coasts.wish.target) == (Reason.PRICE, 18.0)
    assert coasts.setting is not None
    assert coasts.setting.target == 17.5
    held = hold(COMFORT, inputs, decision.memory, Wish(mode=Mode.HEAT, target=18.0))
    exactly = decide(replace(inputs, goal=dear), held)
    assert exactly.setting is not None
    assert exactly.setting.target == 18.0
    # Without a schedule only a price moves the target.
    assert decide(given(goal=replace(early, target=22.0))).reason is Reason.PRESET


# Many zones


def request(zone: str, direction: Direction | None, **more: object) -> Request:
    return Request(zone=zone, direction=direction, **more)  # type: ignore[arg-type]


H, C = Direction.HEATING, Direction.COOLING


def test_priority_goes_first_then_who_asked_first() -> None:
    turns = arbitrate([request("a", H)], Turns(), NOW)
    assert turns.direction is H
    turns = arbitrate([request("a", H), request("b", C)], turns, NOW + 2000)
    assert turns.direction is H
    turns = arbitrate([request("a", H), request("b", C, priority=1)], turns, NOW + 2100)
    assert turns.direction is C
    assert Turns.from_dict(turns.as_dict()) == turns


def test_the_outdoor_unit_is_not_reversed_at_once() -> None:
    turns = arbitrate([request("a", H)], Turns(), NOW)
    both = [request("a", H), request("b", C, priority=1)]
    assert arbitrate(both, turns, NOW + 60).direction is H
    assert arbitrate(both, turns, NOW + 1000).direction is C


def test_nobody_waits_for_ever() -> None:
    """Who waits two hours has half an hour; then the other has the say again."""
    turns = Turns()
    both = [request("a", H, priority=5), request("b", C)]
    directions = []
    for minute in range(0, 12 * 60, 5):
        turns = arbitrate(both, turns, NOW + minute * 60)
        directions.append(turns.direction)
    turned = [
        at * 5
        for at in range(1, len(directions))
        if directions[at] is not directions[at - 1]
    ]
    assert directions[0] is H
    assert turned == [120, 150, 270, 300, 420, 450, 570, 600]


def test_turns_keep_their_times_when_the_clock_is_set() -> None:
    turns = Turns(
        direction=H,
        since=NOW - 60,
        asked={"a": NOW - 60, "b": NOW - 30},
        waiting={"b": NOW - 30},
        turn_until=NOW + 1200,
    )
    assert turns.moved(3600) == Turns(
        direction=H,
        since=NOW + 3540,
        asked={"a": NOW + 3540, "b": NOW + 3570},
        waiting={"b": NOW + 3570},
        turn_until=NOW + 4800,
    )
    # Kept by a clock that was ahead by a day: nothing is in the future.
    ahead = turns.moved(86_400).not_after(NOW)
    assert ahead == Turns(
        direction=H,
        since=NOW,
        asked={"a": NOW, "b": NOW},
        waiting={"b": NOW},
        turn_until=NOW + 1800,
    )
    assert turns.not_after(NOW) == turns


def test_what_is_remembered_is_not_of_the_future() -> None:
    inputs = given(schedule=Entry(preset="eco"))
    memory = decide(inputs).memory
    assert memory.sent is not None
    memory = hold(
        COMFORT, inputs, memory, Wish(mode=Mode.HEAT, target=22.0), duration=900
    )
    ahead = not_after(memory, NOW - 500)
    assert ahead.hold is not None
    assert ahead.sent is not None
    assert (ahead.hold.at, ahead.sent.at) == (NOW - 500, NOW - 500)
    assert not_after(memory, NOW + 500) == memory
    compressor = Compressor(running=True, since=NOW, starts=(NOW - 4000, NOW))
    assert compressor.not_after(NOW - 500) == Compressor(
        running=True, since=NOW - 500, starts=(NOW - 4000, NOW - 500)
    )
    assert compressor.not_after(NOW + 500) == compressor


def test_a_unit_that_is_not_ours_is_not_argued_with() -> None:
    turns = arbitrate([request("a", H, priority=9)], Turns(), NOW)
    turns = arbitrate(
        [request("a", H, priority=9), request("b", C, fixed=True)], turns, NOW + 1
    )
    assert turns.direction is C


def test_who_does_not_need_it_makes_way() -> None:
    turns = arbitrate([request("a", H)], Turns(), NOW)
    turns = arbitrate(
        [request("a", H, needs=False), request("b", C)], turns, NOW + 1000
    )
    assert turns.direction is C
    turns = arbitrate([request("a", H, needs=False)], turns, NOW + 2500)
    assert turns.direction is H
    assert arbitrate([], turns, NOW + 2600).direction is H


def test_two_rooms_in_conflict_take_turns_and_say_so() -> None:
    warm = Place(
        Comfort(priority=1),
        Machine(room=17.0, power=8.0),
        schedule=Entry(preset="comfort", mode="heat"),
    )
    cool = Place(
        COMFORT, Machine(room=29.0), schedule=Entry(preset="comfort", mode="cool")
    )
    world = World({"warm": warm, "cool": cool}, outdoor=12.0)
    world.advance(300)
    assert cool.decision is not None
    assert cool.decision.reason is Reason.CONFLICT
    assert cool.machine.setting.mode is Mode.OFF
    world.advance(5 * 3600)
    assert world.both == 0
    assert any(s.mode is Mode.COOL for _, s in cool.machine.commands)
    assert settled(warm) and settled(cool)


def test_a_unit_that_someone_cools_with_keeps_the_others_from_heating() -> None:
    ours = Place(
        COMFORT, Machine(room=17.0), schedule=Entry(preset="comfort", mode="heat")
    )
    theirs = Place(COMFORT, Machine(room=29.0), ours=False)
    theirs.machine.setting = Setting(mode=Mode.COOL, target=24.0)
    world = World({"ours": ours, "theirs": theirs})
    world.advance(3600)
    assert ours.decision is not None
    assert ours.decision.reason is Reason.CONFLICT
    assert theirs.machine.commands == []


def test_an_explanation_is_plain() -> None:
    decision = decide(given(schedule=Entry(preset="eco")))
    assert decision.explanation() == {
        "reason": "schedule",
        "rule": None,
        "wish": {"mode": "heat", "target": 18.0, "preset": "eco"},
        "setting": {"mode": "heat", "target": 18.0},
        "waits_until": None,
    }


def test_a_unit_that_would_only_stand_is_off_but_for_the_schedule_alone() -> None:
    rests = Goal(
        direction=Direction.COOLING, target=28.0, reason=Reason.SCHEDULE, rests=True
    )
    cools = Setting(mode=Mode.COOL, target=25.0)
    inputs = given(
        cools,
        room=24.0,
        schedule=Entry(temperature=28.0, mode="cool"),
        goal=rests,
    )
    decision = decide(inputs)
    assert decision.command == Setting(mode=Mode.OFF)
    assert (decision.reason, decision.rule) == (Reason.SCHEDULE, "rests")
    # The thermostat shows what is wished all the same.
    assert decision.stands == Wish(mode=Mode.COOL, target=28.0)
    # It is awake again once it has to work.
    off = given(
        Setting(mode=Mode.OFF, target=25.0),
        now=NOW + 3600,
        room=27.8,
        schedule=inputs.schedule,
        goal=replace(rests, rests=False),
    )
    awake = decide(off, decision.memory).command
    assert awake is not None
    assert awake.mode is Mode.COOL
    # Somebody's word, a room that nobody measures and a zone with no schedule: it is on.
    held = hold(COMFORT, inputs, Memory(), Wish(mode=Mode.COOL, target=28.0))
    for other, memory in (
        (inputs, held),
        (replace(inputs, room=None), Memory()),
        (replace(inputs, schedule=None), Memory()),
    ):
        setting = decide(other, memory).setting
        assert setting is not None
        assert setting.mode is Mode.COOL


def test_a_unit_that_beeps_is_corrected_less_often_and_told_by_people_at_once() -> None:
    beeps = replace(COMFORT, correction=1200.0)
    inputs = given(room=21.0, schedule=Entry(temperature=21.0))

    def corrected(comfort: Comfort, after: float) -> Setting | None:
        memory = decide(inputs, comfort=comfort).memory
        # The room is short of its target, and its unit stands.
        later = given(HEAT_20, now=NOW + after, room=20.4, schedule=inputs.schedule)
        memory = replace(
            memory, steering=replace(memory.steering, target_at=NOW - 7200)
        )
        return decide(later, memory, comfort).command

    assert corrected(COMFORT, 700) is not None
    assert corrected(beeps, 700) is None
    assert corrected(beeps, 1250) is not None
    memory = decide(inputs, comfort=beeps).memory
    later = replace(inputs, now=NOW + 60)
    memory = hold(beeps, later, memory, Wish(mode=Mode.HEAT, target=23.0))
    told = decide(later, memory, beeps).command
    assert told == Setting(mode=Mode.HEAT, target=22.0)


def test_a_unit_is_started_sooner_in_a_room_that_falls_fast() -> None:
    """It goes on falling for some minutes once the unit was started."""
    still = Goal(
        direction=Direction.HEATING, target=21.0, reason=Reason.SCHEDULE, lean=0.15
    )

    def told(goal: Goal) -> Setting | None:
        inputs = given(room=21.0, schedule=Entry(temperature=21.0), goal=goal)
        memory = decide(inputs).memory
        memory = replace(
            memory, steering=replace(memory.steering, target_at=NOW - 7200)
        )
        later = given(
            HEAT_20, now=NOW + 700, room=20.65, schedule=inputs.schedule, goal=goal
        )
        return decide(later, memory).command

    assert told(still) is None
    assert told(replace(still, falls=0.5)) is None
    sooner = told(replace(still, falls=2.0))
    assert sooner is not None
    assert sooner.target is not None
    assert sooner.target > 20.0
