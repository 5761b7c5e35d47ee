"""The decision of one zone: `plan` before its outdoor unit has its say, `finish` after."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from .changeover import changeover, drying
from .echo import ATTEMPTS, answers_by, behind, judged_at, observe, under_way
from .model import (
    Comfort,
    Direction,
    HoldSource,
    Inputs,
    Memory,
    Mode,
    Reason,
    Sent,
    Setting,
    Wish,
    updated,
)
from .protection import Compressor, direction_of, wait_for
from .steering import learn, shifted, steer
from .wish import choose, expire, locked_out, standing

LOOK_AGAIN = 300.0
"""s at the most until a zone is looked at again: rooms change slowly."""

AT_ONCE = 60.0
"""s from the user's word in which what is sent is the user's own doing."""

NEEDS = 0.3
"""K from its target at which a room needs its outdoor unit; it does until it is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a zone wants, before the other zones are weighed.

    `stands` is the wish but for windows, frost and the outdoor unit: what the
    user is shown. `direction` is what is asked of the outdoor unit, `needs`
    whether the room is off its target by enough to ask for it now.
    """

    wish: Wish
    stands: Wish
    reason: Reason
    setting: Setting
    direction: Direction | None
    needs: bool
    memory: Memory


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What comes of it: a command or none, why, and when to look again.

    `setting` is what the unit is to be at; `rule` says more of the reason,
    `waits_until` when what is held back is sent.
    """

    command: Setting | None
    setting: Setting | None
    reason: Reason
    rule: str | None
    wish: Wish
    stands: Wish
    look_again: float
    waits_until: float | None
    memory: Memory

    def explanation(self) -> Mapping[str, Any]:
        """Return the rule that won, and what happens next, in plain figures."""
        return {
            "reason": self.reason.value,
            "rule": self.rule,
            "wish": _as_dict(self.wish),
            "setting": None if self.setting is None else _as_dict(self.setting),
            "waits_until": self.waits_until,
        }


def _as_dict(thing: Wish | Setting) -> dict[str, Any]:
    names = ("mode", "target", "low", "high", "preset")
    return {
        name: round(value, 2) if isinstance(value, float) else value
        for name in names
        if (value := getattr(thing, name, None)) is not None
    }


def plan(comfort: Comfort, inputs: Inputs, memory: Memory) -> Plan:
    """Say what a zone wants now, and why."""
    memory = observe(inputs, memory, comfort.hold_s)
    memory = expire(inputs, memory)
    memory = replace(memory, steering=learn(inputs, memory.steering))
    stands, _ = standing(comfort, inputs, memory)
    wish, reason, memory = choose(comfort, inputs, memory)
    setting, memory = _setting(comfort, inputs, memory, wish)
    if reason not in (Reason.HOLD, Reason.BOOST):
        moves = _moves(wish, setting, memory)
        memory = locked_out(comfort, inputs, memory, moves)
        if memory.locked_out:
            wish, setting = Wish(mode=Mode.OFF), Setting(mode=Mode.OFF)
            reason = Reason.PROTECTION
    direction = _direction(inputs, setting)
    needs = need_of(inputs, wish, direction, needed=memory.needs)
    return Plan(
        wish=wish,
        stands=stands,
        reason=reason,
        setting=setting,
        direction=direction,
        needs=needs,
        memory=updated(memory, needs=needs),
    )


def _setting(
    comfort: Comfort, inputs: Inputs, memory: Memory, wish: Wish
) -> tuple[Setting, Memory]:
    """Return what the unit has to be set to for a wish."""
    limits = inputs.unit.limits
    if wish.mode in (Mode.HEAT, Mode.COOL):
        return _one(comfort, inputs, memory, wish.mode, wish.target)
    if wish.mode is not Mode.HEAT_COOL:
        target = None if wish.target is None else limits.rounded(wish.target)
        return Setting(mode=wish.mode, target=target), updated(memory, drying=False)
    low, high = wish.low, wish.high
    if low is None or high is None:
        # The unit's own changeover around its one target.
        target = None if wish.target is None else limits.rounded(wish.target)
        return Setting(mode=wish.mode, target=target), memory
    if limits.has_range and Mode.HEAT_COOL in limits.modes:
        memory = changeover(inputs, memory, low, high)
        if _is_by_hand(memory, low, high):
            low, high = limits.held(low), limits.held(high)
            return Setting(mode=wish.mode, low=low, high=high), memory
        # The end that the room is held at is steered; the other one goes along.
        end = high if memory.direction is Direction.COOLING else low
        setpoint, steering = steer(inputs, comfort, memory.steering, end)
        by = setpoint - end
        return (
            Setting(
                mode=wish.mode,
                low=shifted(limits, low, by),
                high=shifted(limits, high, by),
            ),
            updated(memory, steering=steering),
        )
    memory = changeover(inputs, memory, low, high)
    if Mode.HEAT_COOL in limits.modes and not {Mode.HEAT, Mode.COOL} & limits.modes:
        # It has no other mode, and goes over by itself around one target.
        cools = memory.direction is Direction.COOLING
        return _one(comfort, inputs, memory, wish.mode, high if cools else low)
    if Mode.COOL not in limits.modes:
        return _one(comfort, inputs, memory, Mode.HEAT, low)
    if Mode.HEAT not in limits.modes or memory.direction is Direction.COOLING:
        return _one(comfort, inputs, memory, Mode.COOL, high, floor=low)
    return _one(comfort, inputs, memory, Mode.HEAT, low)


def _one(
    comfort: Comfort,
    inputs: Inputs,
    memory: Memory,
    mode: Mode,
    target: float | None,
    *,
    floor: float | None = None,
) -> tuple[Setting, Memory]:
    """Return the setting for one mode and one target."""
    if mode is Mode.COOL:
        if floor is None and target is not None:
            floor = target - 1.0
        memory = drying(inputs, memory, floor)
        if memory.drying:
            return Setting(mode=Mode.DRY), memory
    else:
        memory = updated(memory, drying=False)
    if target is None:
        return Setting(mode=mode), memory
    if _is_by_hand(memory, target):
        return Setting(mode=mode, target=inputs.unit.limits.held(target)), memory
    lean, moves, rests, goal = 0.0, False, False, inputs.goal
    if (
        (memory.boost or memory.hold) is None
        and not memory.frost
        and goal is not None
        and goal.direction is direction_of(mode)
    ):
        lean, moves = goal.lean, goal.moves
        # What the schedule left behind, and nobody chose: who is there sees why.
        rests = goal.rests and inputs.room is not None and inputs.schedule is not None
    setpoint, steering = steer(
        inputs, comfort, memory.steering, target, lean, moves=moves
    )
    if rests:
        return Setting(mode=Mode.OFF), updated(memory, steering=steering)
    return Setting(mode=mode, target=setpoint), updated(memory, steering=steering)


def _is_by_hand(memory: Memory, *targets: float) -> bool:
    """Return whether these are the targets that were set at the unit.

    They are what its owner sees there, and stay so, for as long as the unit takes them.
    """
    hold = memory.boost or memory.hold
    if hold is None or hold.source is not HoldSource.UNIT:
        return False
    wish = hold.wish
    return targets in ((wish.target,), (wish.low, wish.high))


def _moves(wish: Wish, setting: Setting, memory: Memory) -> Direction | None:
    """Return which way heat is to be moved, as far as that is for us to say."""
    if (known := direction_of(setting.mode) or direction_of(wish.mode)) is not None:
        return known
    # A unit with a range of its own is steered at one end of it.
    ranged = wish.mode is Mode.HEAT_COOL and wish.low is not None
    return memory.direction if ranged else None


def _direction(inputs: Inputs, setting: Setting) -> Direction | None:
    """Return what a setting asks of the outdoor unit."""
    if (known := direction_of(setting.mode)) is not None:
        return known
    unit = inputs.unit
    if setting.mode in (Mode.HEAT_COOL, Mode.AUTO):
        middle = setting.target
        if setting.low is not None and setting.high is not None:
            middle = (setting.low + setting.high) / 2
        if unit.intake is not None and middle is not None:
            return Direction.HEATING if unit.intake < middle else Direction.COOLING
    return None


def need_of(
    inputs: Inputs, wish: Wish, direction: Direction | None, *, needed: bool
) -> bool:
    """Return whether a room is off its target by enough to ask for its outdoor unit."""
    if direction is None:
        return False
    room = inputs.temperature
    target = wish.target
    if target is None:
        target = wish.low if direction is Direction.HEATING else wish.high
    if room is None or target is None:
        return True
    error = (target - room) * direction.sign
    return error > (0.0 if needed else NEEDS)


def finish(
    comfort: Comfort,
    inputs: Inputs,
    planned: Plan,
    *,
    granted: bool = True,
    opposed: bool = False,
    compressor: Compressor,
) -> Decision:
    """Say what is sent, after the other zones of the outdoor unit were weighed.

    `granted` is whether the zone may have its direction, `opposed` whether
    another unit is still set to the other one.
    """
    memory, now = planned.memory, inputs.now
    setting, reason, rule = planned.setting, planned.reason, None
    if planned.direction is not None and not (granted and not opposed):
        setting, reason = Setting(mode=Mode.OFF), Reason.CONFLICT
    elif reason is Reason.PROTECTION:
        rule = "outdoor_lockout"
    elif setting.mode is Mode.OFF and planned.wish.mode is not Mode.OFF:
        rule = "rests"
    nothing = Decision(
        command=None,
        setting=setting,
        reason=reason,
        rule=rule,
        wish=planned.wish,
        stands=planned.stands,
        look_again=_look_again(comfort, inputs, memory),
        waits_until=None,
        memory=memory,
    )
    if not inputs.unit.available:
        return replace(nothing, reason=Reason.UNIT_UNAVAILABLE, rule=None)
    if setting.mode is not Mode.OFF and setting.mode not in inputs.unit.limits.modes:
        # The zone of a unit that decides for all, or one that lost a mode.
        return replace(nothing, rule="mode_not_offered")
    if (told := under_way(memory, now)) is not None and told.relapsed:
        # Whether somebody changed it, or it only is behind, is known soon.
        return nothing
    if not _differs(inputs, memory, setting, told):
        return nothing
    if (sent := _unanswered(inputs, memory, setting)) is not None:
        waits = now < answers_by(memory, sent)
        if sent.attempts >= ATTEMPTS and (waits if sent.refused else not waits):
            return replace(nothing, rule="no_answer")
        if waits:
            return nothing
    wait = wait_for(
        now,
        comfort,
        compressor,
        inputs.unit.setting,
        setting,
        works=inputs.unit.works,
        by_user=reason is Reason.HOLD
        and memory.hold is not None
        and now - memory.hold.at < AT_ONCE,
    )
    if wait is not None:
        return replace(
            nothing,
            reason=Reason.PROTECTION,
            rule=wait.rule,
            look_again=min(nothing.look_again, wait.until),
            waits_until=wait.until,
        )
    memory = replace(memory, sent=_sent(inputs, memory, setting, told))
    look_again = _look_again(comfort, inputs, memory)
    return replace(nothing, command=setting, look_again=look_again, memory=memory)


def _unanswered(inputs: Inputs, memory: Memory, setting: Setting) -> Sent | None:
    """Return the command that told the unit the same, if it is not confirmed yet."""
    sent = memory.sent
    if sent is None or sent.confirmed:
        return None
    return sent if inputs.unit.limits.repeats(sent.asked, setting) else None


def _sent(inputs: Inputs, memory: Memory, setting: Setting, told: Sent | None) -> Sent:
    """Return what is remembered of a command that is sent now, while `told` is under way."""
    now = inputs.now
    sent = Sent(
        asked=setting,
        accepted=setting,
        before=inputs.unit.setting,
        at=now,
        since=now,
        superseded=behind(memory, now),
        turns=told is not None and told.asked.mode is not setting.mode,
    )
    if (again := _unanswered(inputs, memory, setting)) is None:
        return sent
    return replace(
        sent,
        since=now if again.refused else again.since,
        attempts=again.attempts + 1,
        superseded=again.superseded,
        turns=again.turns,
    )


def _differs(
    inputs: Inputs, memory: Memory, setting: Setting, told: Sent | None
) -> bool:
    """Return whether a unit is not, or not for long, at a setting or what it made of it."""
    unit, sent = inputs.unit, memory.sent
    # What it shows is not for long, where it was told something else.
    if told is not None and not unit.limits.same(told.asked, setting):
        return True
    if unit.limits.shows(unit.setting, setting, None if sent is None else sent.asked):
        return False
    return not (
        sent is not None
        and sent.confirmed
        and unit.limits.repeats(sent.asked, setting)
        and unit.limits.same(unit.setting, sent.accepted)
    )


def _look_again(comfort: Comfort, inputs: Inputs, memory: Memory) -> float:
    """Return when a zone is to be looked at again, if nothing changes before."""
    now = inputs.now
    times = [now + LOOK_AGAIN, inputs.next_change]
    times += [hold.until for hold in (memory.hold, memory.boost) if hold is not None]
    if inputs.window_since is not None:
        times.append(inputs.window_since + comfort.window_delay)
    if (sent := memory.sent) is not None and not sent.confirmed:
        times += [judged_at(memory, sent), answers_by(memory, sent)]
    if inputs.room is not None:
        times.append(memory.steering.corrected_at + comfort.correction)
    return min(at for at in times if at is not None and at > now)
