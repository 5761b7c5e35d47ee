"""What the user asks for, as a change of what is remembered: the user's word wins."""

from dataclasses import replace
import math

from ..week import Entry
from .model import (
    DEAD_BAND,
    STEERED,
    Comfort,
    Hold,
    HoldSource,
    Inputs,
    Limits,
    Memory,
    Mode,
    Sent,
    Unit,
    Wish,
)

LEAST = 1.0
"""K that the ends of a range are apart, at the least."""

BOOST = 2.0
"""K beyond its target that a room is boosted to."""


def until_of(
    comfort: Comfort, inputs: Inputs, duration: float | None = None
) -> float | None:
    """Return when a hold that begins now ends: None where nothing ends it."""
    if duration is not None:
        return inputs.now + duration
    if comfort.hold_s is not None:
        return inputs.now + comfort.hold_s
    return inputs.next_change


def hold(
    comfort: Comfort,
    inputs: Inputs,
    memory: Memory,
    wish: Wish,
    *,
    duration: float | None = None,
    turned_on: bool = False,
) -> Memory:
    """Let a wish stand until the schedule's next change, or for a time in s."""
    active = wish.mode is not Mode.OFF
    return replace(
        chosen(memory, wish.mode, for_a_time=duration is not None),
        hold=Hold(
            wish=wish,
            source=HoldSource.USER,
            at=inputs.now,
            until=until_of(comfort, inputs, duration),
        ),
        boost=None,
        window_override=memory.window_override
        or (turned_on and active and inputs.window_since is not None),
    )


def chosen(memory: Memory, mode: Mode, *, for_a_time: bool = False) -> Memory:
    """Take note of a mode that was chosen.

    Who lets a room be dried, or its air moved, or asked for a mode with its time,
    does not mean to leave it in that once the schedule has the say again.
    """
    if mode is Mode.OFF:
        return memory
    room = memory.room_mode
    if not for_a_time and (mode in STEERED or room is None):
        room = mode
    return replace(memory, active_mode=mode, room_mode=room)


def set_target(
    present: Wish,
    limits: Limits,
    *,
    mode: Mode | None = None,
    target: float | None = None,
    low: float | None = None,
    high: float | None = None,
) -> Wish:
    """Return a wish with what the user changed of it.

    Another mode with no temperature takes the one that was wished before. A range around
    one is of whole steps, as its user counts: 70 to 74 °F and not 70.2 to 73.8.
    """
    new = mode or present.mode
    if new is Mode.HEAT_COOL:
        if low is not None and high is not None:
            return Wish(mode=new, low=low, high=max(high, low + limits.steps(LEAST)))
        half = limits.steps(DEAD_BAND / 2)
        if target is not None:
            return Wish(mode=new, low=target - half, high=target + half)
        if present.low is not None and present.high is not None:
            return replace(present, mode=new, preset=None)
        middle = 22.0 if present.target is None else present.target
        return Wish(mode=new, low=middle - half, high=middle + half)
    if target is None:
        target = present.target
    if target is None:
        target = present.high if new is Mode.COOL else present.low
    return Wish(mode=new, target=target)


def of_entry(comfort: Comfort, limits: Limits, entry: Entry, mode: Mode) -> Wish:
    """Return the wish that a block of a schedule is in a mode.

    One that asks for what there is not keeps comfort: safe, and told.
    """
    if entry.temperature is not None:
        return set_target(Wish(mode=mode), limits, target=entry.temperature)
    preset = entry.preset or "comfort"
    return comfort.of_preset(preset if preset in comfort.presets else "comfort", mode)


def changed(
    comfort: Comfort,
    inputs: Inputs,
    memory: Memory,
    present: Wish,
    *,
    mode: Mode | None = None,
    target: float | None = None,
    low: float | None = None,
    high: float | None = None,
) -> Wish:
    """Return what a user who changes this of what is wished then wishes for.

    Who goes over from heating to cooling without a word of how warm gets the
    comfort of that mode, and not the winter's target in summer.
    """
    new = mode or present.mode
    limits = inputs.unit.limits
    if low is not None and high is not None and new in (Mode.AUTO, Mode.HEAT_COOL):
        if new is Mode.AUTO or math.isclose(low, high, abs_tol=0.05):
            # One target, from who knows only of two: it is shown as both of them.
            target, low, high = (low + high) / 2, None, None
    if new in (Mode.OFF, Mode.DRY, Mode.FAN_ONLY):
        # Nothing is steered to it now; it is what the room has once it is turned on.
        if low is not None and high is not None:
            return Wish(mode=new, low=low, high=max(high, low + limits.steps(LEAST)))
        if target is None and memory.hold is not None:
            return replace(memory.hold.wish, mode=new, preset=None)
        return Wish(mode=new, target=target)
    stood = present
    if present.target is None and present.low is None:
        stood = memory.base or present
        if inputs.schedule is not None and new in (Mode.HEAT, Mode.COOL):
            stood = of_entry(comfort, limits, inputs.schedule, new)
        if stood.target is None and stood.low is None:
            stood = Wish(mode=stood.mode, target=memory.steering.target)
    if new is Mode.AUTO:
        if target is None and present.mode not in STEERED:
            # What was asked for while it was off.
            target = present.target
        return Wish(mode=new, target=target)
    if new is Mode.HEAT_COOL:
        own = Mode.HEAT_COOL in limits.modes and not limits.has_range
        if own and low is None and stood.low is None:
            return Wish(mode=new, target=stood.target if target is None else target)
        return set_target(stood, limits, mode=new, target=target, low=low, high=high)
    if target is None:
        # Of a range, heating keeps to its lower end and cooling to its upper one.
        target = high if new is Mode.COOL else low
    if target is None:
        was = stood.mode if stood.mode in STEERED else memory.room_mode
        turned = {was, new} == {Mode.HEAT, Mode.COOL}
        wished = set_target(stood, limits, mode=new)
        if turned or wished.target is None:
            return replace(comfort.of_preset("comfort", new), preset=None)
        return wished
    return Wish(mode=new, target=target)


def clear_preset(memory: Memory) -> Memory:
    """Leave a preset: what stood before it stands again.

    A boost gives way to what stood before it. A hold that is of no preset stays: a
    scene that brings it back names none, too.
    """
    base, hold = memory.base, memory.hold
    if hold is not None and (memory.boost is not None or hold.wish.preset is None):
        return replace(memory, boost=None)
    if base is not None and base.preset is not None:
        plain = memory.plain
        if plain is None or plain.mode is not base.mode:
            # Its temperatures stay, as nothing else is known in this mode.
            plain = replace(base, preset=None)
        base = plain
    return replace(release(memory), base=base, plain=None)


def set_preset(
    comfort: Comfort, inputs: Inputs, memory: Memory, preset: str, *, scheduled: bool
) -> Memory:
    """Choose a preset: for good, or until the schedule's next change."""
    mode = memory.active_mode or (memory.base.mode if memory.base else None)
    if mode not in STEERED:
        # One that dries, or moves the air, has no temperatures.
        mode = memory.room_mode if memory.room_mode in STEERED else None
    if mode is None:
        mode = default_mode(inputs)
    wish = comfort.of_preset(preset, mode)
    if scheduled or inputs.away:
        # Who is not there asks for it all the same.
        return hold(comfort, inputs, memory, wish)
    # What was to last for a while is over with it.
    lasts = memory.hold is not None and memory.hold.until is None
    stood = (memory.hold.wish if memory.hold and lasts else None, memory.base)
    plain = next((each for each in stood if each and not each.preset), memory.plain)
    return replace(chosen(memory, mode), base=wish, plain=plain, hold=None, boost=None)


def default_mode(inputs: Inputs) -> Mode:
    """Return the mode for a room that was never told one: what its temperature asks for."""
    modes, room = inputs.unit.limits.modes, inputs.temperature
    if Mode.HEAT in modes and (Mode.COOL not in modes or room is None or room < 23):
        return Mode.HEAT
    own = (Mode.COOL, Mode.HEAT_COOL, Mode.AUTO)
    return next((mode for mode in own if mode in modes), Mode.OFF)


def boost(
    comfort: Comfort,
    inputs: Inputs,
    memory: Memory,
    present: Wish,
    *,
    duration: float,
    target: float | None = None,
) -> Memory:
    """Go beyond the target for a time in s; what stood before stands again after."""
    mode = present.mode
    if mode not in (Mode.HEAT, Mode.COOL):
        if (
            mode is Mode.HEAT_COOL
            and present.low is not None
            and present.high is not None
        ):
            room = inputs.temperature
            warm = room is not None and room > (present.low + present.high) / 2
            mode = Mode.COOL if warm else Mode.HEAT
        else:
            mode = (
                memory.active_mode
                if memory.active_mode in (Mode.HEAT, Mode.COOL)
                else default_mode(inputs)
            )
    cooling, stood = mode is Mode.COOL, present.target
    if not {Mode.HEAT, Mode.COOL} & inputs.unit.limits.modes:
        # It goes over by itself; what is automatic has a target of its own.
        mode, room = default_mode(inputs), inputs.temperature
        cooling = cooling or (room is not None and stood is not None and room > stood)
    if target is None and mode is not Mode.AUTO:
        if stood is None:
            stood = present.high if cooling else present.low
        if stood is None:
            stood = comfort.presets["comfort"][1 if cooling else 0]
        target = inputs.unit.limits.rounded(stood - BOOST if cooling else stood + BOOST)
    return replace(
        memory,
        boost=Hold(
            wish=Wish(mode=mode, target=target),
            source=HoldSource.BOOST,
            at=inputs.now,
            until=inputs.now + duration,
        ),
    )


def release(memory: Memory) -> Memory:
    """End a hold or a boost: what the automation wants has the say again."""
    return replace(
        memory,
        hold=None,
        boost=None,
        window_override=False,
        active_mode=memory.lasting_mode,
    )


def set_target_humidity(memory: Memory, humidity: float | None) -> Memory:
    """Wish for a humidity in %."""
    return replace(memory, target_humidity=humidity)


def renewed(comfort: Comfort, memory: Memory) -> Memory:
    """Let presets mean what they are set to now: it may have been changed since."""

    def meant(wish: Wish) -> Wish:
        if wish.preset is None or wish.preset not in comfort.presets:
            return wish
        return comfort.of_preset(wish.preset, wish.mode)

    base, hold = memory.base, memory.hold
    return replace(
        memory,
        base=None if base is None else meant(base),
        hold=None if hold is None else replace(hold, wish=meant(hold.wish)),
    )


def unscheduled(
    comfort: Comfort, limits: Limits, memory: Memory, said: Entry
) -> Memory:
    """Let a room that has no schedule any more stay at what that said last.

    Below it is only what its unit did when it was first met.
    """
    mode = memory.room_mode or Mode.OFF
    if said.mode is not None:
        mode = Mode(said.mode)
    return replace(memory, base=of_entry(comfort, limits, said, mode))


def rescheduled(memory: Memory, was: float | None, until: float) -> Memory:
    """Let a hold end with its schedule, which was edited: it was to end when that `was`.

    None: it had no schedule to end with.
    """
    hold = memory.hold
    if hold is None or hold.until != was:
        return memory
    return replace(memory, hold=replace(hold, until=until))


def left_alone(memory: Memory, unit: Unit) -> Memory:
    """Keep of a zone whose automation is turned off what stands for good.

    Its unit is at a setpoint that is offset, or off for a window: that is no wish.
    """
    hold = memory.hold
    forever = hold is not None and hold.until is None
    return Memory(
        active_mode=memory.active_mode,
        room_mode=memory.room_mode,
        target_humidity=memory.target_humidity,
        answers_in=memory.answers_in,
        base=hold.wish if hold is not None and forever else memory.base,
        steering=memory.steering,
        sent=Sent.found(unit.setting, 0.0) if unit.available else None,
    )


def taken_up(memory: Memory, unit: Unit) -> Memory:
    """Go on where a zone was left alone, or with what its unit was set to meanwhile."""
    left = memory.sent
    if (
        left is not None
        and unit.available
        and unit.limits.same(unit.setting, left.accepted)
    ):
        return replace(memory, seen=None, restored=False)
    return Memory(
        active_mode=memory.active_mode,
        room_mode=memory.room_mode,
        target_humidity=memory.target_humidity,
        answers_in=memory.answers_in,
    )
