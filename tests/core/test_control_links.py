"""What holds whatever a link does: units that are slow, lossy or refuse, and their people.

Each case is a random day, and the same each time. Thousands of them:
KLIMA_RANDOM_LINKS=300. `python -m tests.core.test_control_links KIND CASE` tells one.
"""

import os
from random import Random
import sys

import pytest

from custom_components.klima.core.control import Mode

from .distant_world import DistantWorld, Link

CASES = int(os.environ.get("KLIMA_RANDOM_LINKS", "6"))

LINKS = {
    "near": (Link(), 1.0),
    "whole": (Link(whole_degrees=True, in_pieces=True), 1.1),
    "cloud": (Link(delay=(1, 20), lag=(0, 5), poll=60.0), 1.2),
    "lagging": (
        Link(delay=(1, 20), lag=(0, 30), poll=60.0, optimistic=True, blank=20.0),
        1.2,
    ),
    "slow": (Link(delay=(280, 320), lag=(1, 5)), 1.2),
    "polled": (Link(delay=(1, 10), lag=(0, 5), poll=300.0), 1.4),
    "slower": (Link(delay=(600, 1200), lag=(1, 30)), 1.4),
    "lossy": (Link(loss=0.1, blank=30.0), 1.0),
    "refusing": (Link(refusal=0.3), 1.0),
    "bad": (Link(delay=(1, 90), lag=(1, 60), loss=0.1, refusal=0.1), 1.2),
}
"""The links, and how many commands that are neither lost nor refused a change may take."""


def live(kind: str, case: int) -> DistantWorld:
    """Live a day with one or two units, until something is wrong."""
    random = Random(f"{kind} {case}")
    link, _ = LINKS[kind]
    zones = random.choice([1, 1, 2])
    world = DistantWorld(random, [link] * zones, scheduled=random.random() < 0.7)
    end = world.now + 86400
    while world.now < end and not world.faults:
        world.advance(random.choice([2, 20, 70, 200, 900, 3600, 7200, 7200]))
        _happens(world, random)
        if random.random() < 0.3:
            world.settle()
    world.settle()
    return world


def _happens(world: DistantWorld, random: Random) -> None:
    """Let somebody do something, or Home Assistant be restarted."""
    home = random.choice(world.homes)
    modes = [Mode.HEAT, Mode.HEAT, Mode.HEAT, Mode.OFF, Mode.COOL]
    mode, degrees = random.choice(modes), world.degrees()
    quiet = home.unit.link.slowest * 2 + 200
    match random.choices(
        ["sets", "preset", "resume", "hand", "window", "people", "restart"],
        [6, 2, 2, 5, 1, 1, 2],
    )[0]:
        case "sets":
            world.sets(home, mode, degrees)
        case "preset":
            world.chooses(home, random.choice(["eco", "comfort", "sleep"]))
        case "resume":
            world.resumes(home)
        case "hand":
            if random.random() < 0.8:
                world.advance(quiet)
            world.hand(home, mode, degrees)
        case "window":
            world.window(home, is_open=home.window_since is None)
        case "people":
            world.people(home, away=not home.away)
        case "restart":
            if random.random() < 0.5:
                world.advance(quiet)
            by_hand = random.random() < 0.4
            world.restart(
                random.choice([5, 60, 600]),
                lambda: world.hand(home, mode, degrees) if by_hand else None,
            )


@pytest.mark.parametrize("kind", LINKS)
def test_days_behind_a_link(kind: str) -> None:
    """The last word stands, hands are not overruled, and few commands are sent."""
    commands = changes = 0
    for case in range(CASES):
        world = live(kind, case)
        assert not world.faults, (kind, case, world.faults)
        commands += world.commands
        changes += world.changes
    assert commands <= LINKS[kind][1] * changes


if __name__ == "__main__":
    print("\n".join(live(sys.argv[1], int(sys.argv[2])).log))  # noqa: T201 -- its purpose
