"""What several of the fault tests stand on."""

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.klima import clock


@pytest.fixture
def set_clock(
    monkeypatch: pytest.MonkeyPatch, freezer: FrozenDateTimeFactory
) -> list[float]:
    """Let the clock that nobody sets run on its own; append to the list what was set."""
    steps: list[float] = []

    class Time:
        @staticmethod
        def time() -> float:
            return freezer().timestamp()

        @staticmethod
        def monotonic() -> float:
            return freezer().timestamp() - sum(steps)

    monkeypatch.setattr(clock, "time", Time)
    return steps
