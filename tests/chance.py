"""How many of what chance makes is tried."""

import os


def many(most: int) -> int:
    """Return a third, so that all tests take no longer than they may; `KLIMA_WHOLE=1` tries all."""
    return most if os.environ.get("KLIMA_WHOLE") else -(-most // 3)
