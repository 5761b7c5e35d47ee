"""What is wrong with a plan, said so that its owner can mend it."""

from collections.abc import Mapping
from dataclasses import dataclass, field as with_default


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault of a plan: its field, why, and what the reason's text names."""

    field: str
    reason: str
    placeholders: Mapping[str, str] = with_default(default_factory=dict)


class PlanError(ValueError):
    """A plan that cannot be used; `faults` tells why."""

    def __init__(self, *faults: Fault) -> None:
        """Keep the faults."""
        super().__init__(
            "; ".join(
                f"{fault.field}: {fault.reason} {dict(fault.placeholders)}"
                for fault in faults
            )
        )
        self.faults = faults
