"""What a disk may do to a file."""

from collections.abc import Callable
import json
import random

DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda was: b"",
    "half": lambda was: was[: len(was) // 2],
    "all but the end": lambda was: was[:-3],
    "zeros, as a power cut leaves": lambda was: b"\0" * len(was),
    "noise": lambda was: random.Random(1).randbytes(len(was)),
    "another's": lambda was: b"[1, 2, 3]",
    "null": lambda was: b"null",
    "an empty object": lambda was: b"{}",
    "no data": lambda was: json.dumps({**json.loads(was), "data": None}).encode(),
    "data of another kind": lambda was: json.dumps(
        {**json.loads(was), "data": ["a"]}
    ).encode(),
    "not a number": lambda was: was.replace(b'"energy":', b'"energy":"lots","x":', 1),
    "below zero": lambda was: was.replace(b'"energy":', b'"energy":-5,"x":', 1),
}
