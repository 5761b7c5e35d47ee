"""Telling an echo of our own command from a change that somebody made.

A unit answers a command late, in pieces, rounded, or not at all. Within a
minute of a command that it has not confirmed, what it says may be any of
these; after that, and after it confirmed, another mode or target is somebody's
word: the handset's, the unit's own app's, or an automation's. Only what it was
at before is not believed at once: many integrations show at once what they
sent, and then what their cloud, which lags, still tells.
"""

from dataclasses import replace

from .model import Hold, HoldSource, Inputs, Memory, Mode, Sent, Setting, Wish, updated
from .user import chosen

ECHO = 60.0
"""s that a unit has to answer a command. Clouds take half a minute."""

RELAPSE = 120.0
"""s from a command, or a start, in which what a unit was at before is no word of
anybody's yet: clouds are asked each minute."""

ROUNDING = 1.0
"""K by which a unit may round what it was told: some count in whole degrees."""

ATTEMPTS = 3
"""How often the same is sent to a unit that does not answer, ECHO apart and more."""


def observe(inputs: Inputs, memory: Memory, hold_s: float | None) -> Memory:
    """Take note of what the unit says, and of who made it say that."""
    unit, now = inputs.unit, inputs.now
    if not unit.available:
        return updated(memory, seen=None)
    current, seen, sent = unit.setting, memory.seen, memory.sent
    restored, cut = memory.restored, memory.cut
    memory = updated(memory, seen=current, restored=False, cut=False)
    if memory.base is None:
        memory = _adopt(memory, current)
    if sent is None:
        if seen is None or unit.limits.same(current, seen):
            return memory
        return _held(memory, inputs, current, hold_s, seen)
    if unit.limits.same(current, sent.accepted):
        if not sent.confirmed:
            sent = replace(sent, confirmed=True, attempts=1, relapsed=False)
            memory = replace(memory, sent=sent)
        return memory
    if unit.limits.same(current, sent.asked):
        # It answered late, and had been taken to have rounded what it was told.
        return replace(memory, sent=replace(sent, accepted=current, confirmed=True))
    if seen is None:
        # It is back. What changed while we were not there was somebody; a unit
        # that lost its power or its network is told again what still stands.
        # In a home whose power was cut, a unit that is off lost it, too.
        if restored and not (cut and current.mode is Mode.OFF):
            # What an integration shows first, before it knows, is nobody's word either.
            sent = replace(sent, at=now, confirmed=False, relapsed=True)
            return replace(memory, sent=sent)
        return replace(memory, sent=None)
    if not sent.confirmed:
        if now < sent.at + (RELAPSE if sent.relapsed else ECHO):
            return memory
        return _settle(memory, inputs, sent, current, hold_s)
    if unit.limits.same(current, seen):
        return memory
    if now < sent.at + ECHO and _is_as_before(inputs, sent, current):
        return replace(memory, sent=replace(sent, confirmed=False, relapsed=True))
    return _held(memory, inputs, current, hold_s, seen)


def _is_as_before(inputs: Inputs, sent: Sent, current: Setting) -> bool:
    """Return whether a unit is at what it was before a command, but maybe for its mode."""
    same, before = inputs.unit.limits.same, sent.before
    told = before.target is not None or before.low is not None
    return same(current, before) or (
        told and same(current, replace(before, mode=sent.asked.mode))
    )


def _adopt(memory: Memory, current: Setting) -> Memory:
    """Take what the unit does when it is first met for what is wished."""
    wish = _as_wish(current)
    mode = None if current.mode is Mode.OFF else current.mode
    return replace(
        memory,
        base=wish,
        active_mode=memory.active_mode or mode,
        room_mode=memory.room_mode or mode,
    )


def _settle(
    memory: Memory,
    inputs: Inputs,
    sent: Sent,
    current: Setting,
    hold_s: float | None,
) -> Memory:
    """Judge what a unit made of a command that it did not confirm."""
    if sent.relapsed:
        # It is no late answer any more.
        return _held(memory, inputs, current, hold_s, sent.accepted)
    turned = sent.before.mode is not sent.asked.mode
    if current.mode is sent.asked.mode and turned:
        # It took the mode, and shows the target that it had in that: one that comes
        # while it still turns on is often dropped. `finish` sends it once more.
        return memory
    if current.mode is sent.asked.mode and current.is_near(sent.asked, ROUNDING):
        return replace(memory, sent=replace(sent, accepted=current, confirmed=True))
    same = inputs.unit.limits.same
    if same(current, sent.before) or (
        sent.superseded is not None and same(current, sent.superseded)
    ):
        # It did not hear, or has come no further than the command before.
        # `finish` sends it again, so often and no more.
        return memory
    return _held(memory, inputs, current, hold_s, sent.before)


def _held(
    memory: Memory,
    inputs: Inputs,
    current: Setting,
    hold_s: float | None,
    was: Setting,
) -> Memory:
    """Take a change from what `was` for somebody's word."""
    active = current.mode is not Mode.OFF
    until = inputs.next_change if hold_s is None else inputs.now + hold_s
    return replace(
        chosen(memory, current.mode),
        hold=Hold(
            wish=_as_wish(current) if active else _off(memory),
            source=HoldSource.UNIT,
            at=inputs.now,
            until=until,
        ),
        boost=None,
        # Who turns a unit on beside an open window means it.
        window_override=active
        and inputs.window_since is not None
        and (memory.window_override or was.mode is Mode.OFF),
        sent=Sent.found(current, inputs.now),
    )


def _as_wish(setting: Setting) -> Wish:
    return Wish(
        mode=setting.mode, target=setting.target, low=setting.low, high=setting.high
    )


def _off(memory: Memory) -> Wish:
    """Return the wish of who turned a unit off: its setpoint is offset, and no target."""
    if memory.hold is None:
        return Wish(mode=Mode.OFF)
    return replace(memory.hold.wish, mode=Mode.OFF, preset=None)
