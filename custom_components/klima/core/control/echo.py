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

SLACK = 2.0
"""Times that a unit usually takes to answer after which it is told once more."""

QUICKER = 0.5
"""What is left of the usual time after an answer that came sooner: a unit that is asked now
and then answers at once, or as late as that."""

LATEST = 1800.0
"""s that a unit usually takes at the most. One that did later what it was told may have
been told by somebody else."""

LONGEST_PAUSE = 3600.0
"""s between two commands to a unit that refuses them: its cloud may have had enough for the
day, or its network be away. One that is only silent is left alone long before."""

BEHIND = 8
"""How many settings are known that a unit may still tell of."""


def answers_by(memory: Memory, sent: Sent) -> float:
    """Return until when a unit may take to answer: each time twice as long."""
    if sent.relapsed:
        return sent.at + RELAPSE
    # One that refuses for months has been asked more often than a float can double.
    doubled = min(sent.attempts - 1, 10)
    longest = LONGEST_PAUSE if sent.refused else LATEST
    return sent.at + min(_usual(memory) * 2.0**doubled, longest)


def _usual(memory: Memory) -> float:
    """Return the s that a unit is given for its answer, by what it took so far."""
    return min(max(ECHO, SLACK * memory.answers_in), LATEST)


def judged_at(memory: Memory, sent: Sent) -> float:
    """Return when it is judged what a unit made of a command that it has not confirmed."""
    return answers_by(memory, sent) if sent.relapsed else sent.at + ECHO


def under_way(memory: Memory, now: float) -> Sent | None:
    """Return the command that a unit has not answered and still may."""
    sent = memory.sent
    if sent is None or sent.confirmed or sent.refused:
        return None
    if now >= answers_by(memory, sent):
        return None
    return sent


def behind(memory: Memory, now: float) -> tuple[Setting, ...]:
    """Return what a unit that is told something else now may still tell of."""
    sent = memory.sent
    if sent is None:
        return ()
    if sent.confirmed and now >= sent.at + max(RELAPSE, _usual(memory)):
        return ()
    return (*sent.superseded, sent.before, sent.asked)[-BEHIND:]


def observe(inputs: Inputs, memory: Memory, hold_s: float | None) -> Memory:
    """Take note of what the unit says, and of who made it say that."""
    unit, now = inputs.unit, inputs.now
    if not unit.available:
        return updated(memory, seen=None)
    current, seen, sent = unit.setting, memory.seen, memory.sent
    restored, cut = memory.restored, memory.cut
    memory = updated(memory, seen=_told(current, seen), restored=False, cut=False)
    if memory.base is None:
        memory = _adopt(memory, current)
    if sent is None:
        if seen is None or unit.limits.same(current, seen):
            return memory
        return _held(memory, inputs, current, hold_s, seen)
    if unit.limits.same(current, sent.accepted):
        # What it showed before it was told is no answer: the command before is on its way,
        # but where it was there already.
        shown = (
            not sent.relapsed
            and unit.limits.same(sent.before, sent.accepted)
            and (seen is None or unit.limits.same(seen, current))
        )
        if sent.confirmed or (shown and now < sent.at + _usual(memory)):
            return memory
        return _confirmed(memory, inputs, sent)
    if unit.limits.same(current, sent.asked):
        # It answered late, and had been taken to have rounded what it was told.
        return replace(memory, sent=replace(sent, accepted=current, confirmed=True))
    if unit.is_undone:
        sent = replace(sent, confirmed=False, relapsed=False, refused=True)
        return replace(memory, sent=sent)
    if seen is None:
        # It is back. What changed while we were not there was somebody; a unit
        # that lost its power or its network is told again what still stands.
        # In a home whose power was cut, a unit that is off lost it, too.
        if restored and not (cut and current.mode is Mode.OFF):
            # What an integration shows first, before it knows, is nobody's word either;
            # what the unit had not answered may be on its way, or is told once more.
            relapsed = sent.confirmed or sent.relapsed
            sent = replace(sent, at=now, since=now, attempts=1, refused=False)
            sent = replace(sent, confirmed=False, relapsed=relapsed)
            return replace(memory, sent=sent)
        return replace(memory, sent=None)
    if not sent.confirmed:
        if now < judged_at(memory, sent):
            return memory
        return _settle(memory, inputs, sent, current, hold_s)
    if unit.limits.same(current, seen):
        return memory
    late = sent.at + _usual(memory)
    if now < late and _is_as_before(inputs, sent, current):
        at = max(sent.at, late - RELAPSE)
    elif (
        not memory.answers_in
        and now < sent.at + LATEST
        and any(unit.limits.same(current, each) for each in sent.superseded)
    ):
        # How long it takes is not known yet: it may only now have come to a command
        # before, and the last one is next then.
        at = now
    else:
        return _held(memory, inputs, current, hold_s, seen)
    sent = replace(sent, at=at, confirmed=False, relapsed=True, attempts=1)
    return replace(memory, sent=sent)


def _told(current: Setting, seen: Setting | None) -> Setting:
    """Return what a unit told last: a target that it does not tell now is as it was."""
    if seen is None or seen.mode is not current.mode:
        return current
    return replace(
        current,
        target=seen.target if current.target is None else current.target,
        low=seen.low if current.low is None else current.low,
        high=seen.high if current.high is None else current.high,
    )


def asked(memory: Memory, now: float) -> Memory:
    """Take note that the user asks for something: that stands above what the unit tells.

    What it refused, or has not answered for long, it is told at once where it is asked
    for again; what is on its way is not.
    """
    sent = memory.sent
    if sent is None or sent.confirmed:
        return memory
    if memory.seen is not None:
        sent = replace(sent, superseded=(*sent.superseded, memory.seen)[-BEHIND:])
    if sent.relapsed:
        sent = replace(sent, relapsed=False)
    elif under_way(memory, now) is None:
        sent = replace(sent, at=0.0, since=now, attempts=0, refused=False)
    return replace(memory, sent=sent)


def _is_as_before(inputs: Inputs, sent: Sent, current: Setting) -> bool:
    """Return whether a unit is at what it was before a command, but maybe for its mode."""
    same = inputs.unit.limits.same
    return any(
        same(current, each)
        or (
            (each.target is not None or each.low is not None)
            and same(current, replace(each, mode=sent.asked.mode))
        )
        for each in (sent.before, *sent.superseded)
    )


def _confirmed(memory: Memory, inputs: Inputs, sent: Sent) -> Memory:
    """Take note that a unit answered, and how long that took."""
    took = inputs.now - sent.since
    told_more = not inputs.unit.limits.same(sent.before, sent.accepted)
    if told_more and not sent.relapsed and took <= LATEST:
        usual = max(took, QUICKER * memory.answers_in)
        memory = updated(memory, answers_in=usual)
    sent = replace(sent, confirmed=True, relapsed=False, refused=False)
    return replace(memory, sent=sent)


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
    same = inputs.unit.limits.same
    is_behind = any(same(current, each) for each in (sent.before, *sent.superseded))
    # Is it where it was, it may not have heard: it is told once more before.
    heard = not is_behind or (sent.attempts > 1 and not sent.refused)
    near = current.mode is sent.asked.mode and current.is_near(sent.asked, ROUNDING)
    if near and heard:
        return replace(memory, sent=replace(sent, accepted=current, confirmed=True))
    if is_behind:
        # It did not hear, or has come no further than a command before.
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
