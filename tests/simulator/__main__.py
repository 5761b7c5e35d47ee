"""Run simulated units against a broker: `python -m tests.simulator`."""

import argparse
import asyncio
from contextlib import AsyncExitStack
import signal
import sys
import time

from .bridge import Bridge
from .broker import broker
from .physics import Simulation, all_units
from .weather import Weather


async def run(arguments: argparse.Namespace) -> None:
    """Run until a signal."""
    async with AsyncExitStack() as stack:
        port = arguments.port
        if arguments.broker != "none":
            port = await stack.enter_async_context(broker(port, arguments.broker))
        simulation = Simulation(
            weather=Weather(mean=arguments.outdoor),
            units=all_units(),
            time_s=time.time(),
        )
        bridge = Bridge(
            simulation,
            port,
            host=arguments.host,
            speed=arguments.speed,
            fahrenheit=frozenset(arguments.fahrenheit),
        )
        await bridge.start()
        stack.push_async_callback(bridge.stop)
        print(
            f"{len(simulation.units)} simulated units at {arguments.host}:{port}",
            flush=True,
        )
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        await stop.wait()


def main() -> int:
    """Parse the command line and run."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.simulator", description=__doc__
    )
    parser.add_argument("--host", default="127.0.0.1", help="the broker's host")
    parser.add_argument("--port", type=int, default=1883, help="the broker's port")
    parser.add_argument(
        "--broker",
        choices=("none", "auto", "mosquitto", "embedded"),
        default="none",
        help="run a broker as well",
    )
    parser.add_argument(
        "--speed", type=float, default=1.0, help="simulated seconds per second"
    )
    parser.add_argument(
        "--outdoor", type=float, default=2.0, help="mean outdoor temperature, °C"
    )
    parser.add_argument(
        "--fahrenheit",
        nargs="*",
        default=[],
        metavar="UNIT",
        help="units that speak °F",
    )
    asyncio.run(run(parser.parse_args()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
