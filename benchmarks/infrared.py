"""How long infrared takes: a code converted, a file imported, a command resolved.

    .venv/bin/python benchmarks/infrared.py

The targets are the issue's: a code converted in under 100 µs a step, a file of
2,000 cells imported in under 0.5 s (off the event loop), a command resolved to
its signal in under 50 µs. Ends with 1 if one is missed.
"""

import gc
import json
from pathlib import Path
import sys
import time
import timeit

sys.path.insert(0, str(Path(__file__).parents[1]))

from custom_components.klima.core.infrared import protocols
from custom_components.klima.core.infrared.broadlink import format_broadlink
from custom_components.klima.core.infrared.codecs import FORMATTERS, PARSERS
from custom_components.klima.core.infrared.signal import Signal
from custom_components.klima.core.infrared.smartir import read_code_file
from custom_components.klima.core.infrared.state import UnitState

CODES = 100e-6
IMPORT = 0.5
RESOLVE = 50e-6


def frame(value: int, bits: int = 112) -> Signal:
    """Return a frame of a usual length (14 bytes), its marks and spaces uneven as captured."""
    timings = [3100, -1620]
    for bit in range(bits):
        one = value >> bit & 1
        timings += [430 + bit * 7 % 60, -(1240 if one else 400) - bit * 11 % 50]
    return Signal((*timings, 450, -30_000))


def code_file(cells: int) -> bytes:
    """Return a code file of so many cells, all different."""
    fans = ["auto", "low", "mid", "high", "max"]
    modes = ["cool", "heat", "dry", "fan_only", "heat_cool"]
    degrees = cells // (len(fans) * len(modes))
    number = iter(range(10**9))
    commands: dict[str, object] = {
        mode: {
            fan: {
                f"{16 + degree * 0.5:g}": format_broadlink(
                    frame(next(number) * 2654435761)
                )
                for degree in range(degrees)
            }
            for fan in fans
        }
        for mode in modes
    }
    commands["off"] = format_broadlink(frame(1))
    return json.dumps(
        {
            "manufacturer": "Bench",
            "supportedModels": ["2000"],
            "supportedController": "Broadlink",
            "commandsEncoding": "Base64",
            "precision": 0.5,
            "operationModes": modes,
            "fanModes": fans,
            "commands": commands,
        }
    ).encode()


def best(function: object, number: int) -> float:
    """Return the CPU seconds of a call, the best of nine rounds: others share the machine."""
    return (
        min(timeit.repeat(function, timer=time.process_time, number=number, repeat=9))
        / number
    )  # type: ignore[arg-type]


def main() -> int:
    """Measure, print, and compare with the targets."""
    failed = 0

    def tell(what: str, seconds: float, target: float) -> None:
        nonlocal failed
        missed = seconds > target
        failed += missed
        unit, factor = ("ms", 1e3) if target >= 1e-3 else ("µs", 1e6)
        print(
            f"{what:34} {seconds * factor:8.1f} {unit}   target {target * factor:g}"
            f" {unit}{'   MISSED' if missed else ''}"
        )

    def prepare() -> None:
        read_code_file(content).table.prepare()

    gc.disable()
    signal = frame(0xDEADBEEFCAFE1234567890ABCDEF)
    for encoding, write in FORMATTERS.items():
        text = write(signal)
        tell(f"write {encoding}", best(lambda w=write: w(signal), 200), CODES)
        tell(
            f"read {encoding}",
            best(lambda p=PARSERS[encoding], t=text: p(t), 200),
            CODES,
        )

    content = code_file(2000)
    tell("import 2,000 cells", best(lambda: read_code_file(content), 1), IMPORT)
    table = read_code_file(content).table
    assert len(table.cells) == 2000
    before = UnitState(mode="off", temperature=22, fan="auto")
    wish = UnitState(mode="heat", temperature=27.5, fan="mid")
    asked = frozenset({"mode", "temperature"})
    tell(
        "resolve a command",
        best(lambda: table.encode(wish, asked, before), 1000),
        RESOLVE,
    )
    tell(
        "get ready to hear",
        best(prepare, 1),
        IMPORT,
    )
    table.prepare()
    heard = table.encode(wish, asked, before).codes[0]
    assert isinstance(heard, Signal)
    assert table.decode(heard)
    tell("know a heard frame again", best(lambda: table.decode(heard), 200), CODES)
    gree = protocols.encoder("GreeAc")
    assert gree is not None
    wish = UnitState(mode="cool", temperature=24, fan="low")
    tell(
        "build a protocol's frame",
        best(lambda: gree.encode(wish, asked, before), 200),
        CODES,
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
