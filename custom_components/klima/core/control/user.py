"""What the user asks for, as a change of what is remembered: the user's word wins."""

from dataclasses import replace

from .model import DEAD_BAND, Comfort, Hold, HoldSource, Inputs, Memory, Mode, Wish

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
        memory,
        hold=Hold(
            wish=wish,
            source=HoldSource.USER,
            at=inputs.now,
            until=until_of(comfort, inputs, duration),
        ),
        boost=None,
        active_mode=wish.mode if active else memory.active_mode,
        window_override=memory.window_override
        or (turned_on and active and inputs.window_since is not None),
    )


def set_target(
    present: Wish,
    *,
    mode: Mode | None = None,
    target: float | None = None,
    low: float | None = None,
    high: float | None = None,
) -> Wish:
    """Return a wish with what the user changed of it.

    Another mode with no temperature takes the one that was wished before.
    """
    new = mode or present.mode
    if new is Mode.HEAT_COOL:
        if low is not None and high is not None:
            return Wish(mode=new, low=low, high=max(high, low + 1))
        if target is not None:
            return Wish(
                mode=new, low=target - DEAD_BAND / 2, high=target + DEAD_BAND / 2
            )
        if present.low is not None and present.high is not None:
            return replace(present, mode=new, preset=None)
        middle = 22.0 if present.target is None else present.target
        return Wish(mode=new, low=middle - DEAD_BAND / 2, high=middle + DEAD_BAND / 2)
    if target is None:
        target = present.target
    if target is None:
        target = present.high if new is Mode.COOL else present.low
    return Wish(mode=new, target=target)


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
    if new is Mode.OFF:
        # What is wished of a room that is off is for when it is turned on.
        if target is None and low is None:
            target, low, high = present.target, present.low, present.high
        return Wish(mode=new, target=target, low=low, high=high)
    if new in (Mode.DRY, Mode.FAN_ONLY):
        return Wish(mode=new)
    stood = present
    if present.target is None and present.low is None:
        stood = memory.base or present
        if stood.target is None and stood.low is None:
            stood = Wish(mode=stood.mode, target=memory.steering.target)
    if new is Mode.AUTO:
        return Wish(mode=new, target=target)
    if new is Mode.HEAT_COOL:
        own = Mode.HEAT_COOL in limits.modes and not limits.has_range
        if own and low is None and stood.low is None:
            return Wish(mode=new, target=stood.target if target is None else target)
        return set_target(stood, mode=new, target=target, low=low, high=high)
    if target is None:
        # Of a range, heating keeps to its lower end and cooling to its upper one.
        target = high if new is Mode.COOL else low
    if target is None:
        was = stood.mode if stood.mode is not Mode.OFF else memory.active_mode
        turned = {was, new} == {Mode.HEAT, Mode.COOL}
        wished = set_target(stood, mode=new)
        if turned or wished.target is None:
            return replace(comfort.of_preset("comfort", new), preset=None)
        return wished
    return Wish(mode=new, target=target)


def clear_preset(memory: Memory) -> Memory:
    """Leave a preset; its temperatures stay until something else is wished."""
    base = memory.base
    return replace(
        release(memory), base=None if base is None else replace(base, preset=None)
    )


def set_preset(
    comfort: Comfort, inputs: Inputs, memory: Memory, preset: str, *, scheduled: bool
) -> Memory:
    """Choose a preset: for good, or until the schedule's next change."""
    mode = memory.active_mode or (memory.base.mode if memory.base else None)
    if mode is None or mode is Mode.OFF:
        mode = default_mode(inputs)
    wish = comfort.of_preset(preset, mode)
    if scheduled:
        return hold(comfort, inputs, memory, wish)
    return replace(memory, base=wish, active_mode=mode, hold=None, boost=None)


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
        target = stood - BOOST if cooling else stood + BOOST
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
    return replace(memory, hold=None, boost=None, window_override=False)


def set_target_humidity(memory: Memory, humidity: float | None) -> Memory:
    """Wish for a humidity in %."""
    return replace(memory, target_humidity=humidity)
