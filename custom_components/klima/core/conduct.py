"""One outdoor unit and all its zones, decided together.

Each zone says what it wants, the outdoor unit's direction is chosen, and each
zone then learns what it may have. A zone that is not ours to command (its
automation is off) is counted with what its unit does.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from .activity import HEATING_ACTIVITIES
from .arbitration import Request, Turns, arbitrate, is_granted
from .control.decide import Decision, Plan, finish, plan
from .control.echo import under_way
from .control.model import Comfort, Direction, Inputs, Memory, Reason, Setting, Unit
from .control.protection import Compressor, direction_of

FROST_PRIORITY = 1000
"""What frost weighs: above every priority that a user may give."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A zone as it is to be decided; `comfort` None: its unit is not ours to command."""

    inputs: Inputs
    memory: Memory
    comfort: Comfort | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What comes of it: a decision for each zone that is ours, and what is remembered."""

    decisions: Mapping[str, Decision]
    turns: Turns
    compressor: Compressor


def conduct(
    cases: Mapping[str, Case],
    turns: Turns,
    compressor: Compressor,
    now: float,
    *,
    running: bool | None = None,
) -> Outcome:
    """Decide all zones of an outdoor unit.

    `running` is whether the compressor works, where that is known better than
    from what the units say.
    """
    units = {zone: case.inputs.unit for zone, case in cases.items()}
    if running is None:
        known = [unit.works for unit in units.values() if unit.available]
        running = any(known) if known else None
    compressor = compressor.seen(now, running)

    plans = {
        zone: plan(case.comfort, case.inputs, case.memory)
        for zone, case in cases.items()
        if case.comfort is not None
    }
    requests = {}
    for zone, case in cases.items():
        if case.comfort is None:
            requests[zone] = Request(
                zone=zone, direction=present_direction(units[zone]), fixed=True
            )
            continue
        planned = plans[zone]
        frost = planned.reason is Reason.FROST
        # What is away for a moment goes on with what it was told.
        counts = units[zone].available or case.inputs.awaits_unit
        requests[zone] = Request(
            zone=zone,
            direction=planned.direction if counts else None,
            needs=planned.needs,
            priority=FROST_PRIORITY if frost else case.comfort.priority,
        )
    turns = arbitrate(list(requests.values()), turns, now)

    decisions = {}
    for zone, planned in plans.items():
        case = cases[zone]
        assert case.comfort is not None
        others = [other for other in cases if other != zone]
        decisions[zone] = finish(
            case.comfort,
            case.inputs,
            planned,
            granted=is_granted(requests[zone], turns),
            opposed=any(
                _opposes(planned.direction, units[other], _pending(plans, other, now))
                for other in others
            ),
            compressor=compressor,
        )
    return Outcome(decisions, turns, compressor)


def present_direction(unit: Unit) -> Direction | None:
    """Return what a unit asks of the outdoor unit as it is set now."""
    if not unit.available:
        return None
    if (direction := direction_of(unit.setting.mode)) is not None:
        return direction
    if unit.works:
        heats = unit.activity in HEATING_ACTIVITIES
        return Direction.HEATING if heats else Direction.COOLING
    return None


def _pending(plans: Mapping[str, Plan], zone: str, now: float) -> Setting | None:
    """Return what a zone's unit was told and may still do."""
    if (planned := plans.get(zone)) is None:
        return None
    sent = under_way(planned.memory, now)
    return None if sent is None else sent.asked


def _opposes(direction: Direction | None, unit: Unit, pending: Setting | None) -> bool:
    """Return whether another unit is set, or about to be, to the other direction."""
    if direction is None or not unit.available:
        return False
    found = {present_direction(unit)}
    if pending is not None:
        found.add(direction_of(pending.mode))
    return bool(found - {None, direction})
