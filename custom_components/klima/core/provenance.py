"""Where the figures of a system are from, and how far they can be believed.

Uncertainties are in %, and None for what is metered; `calibration.py` says what
they rest on. They change with the configuration, a calibration and the direction
(heating or cooling) only.
"""

from typing import NamedTuple

from .calibration import cop_uncertainty, heat_uncertainty, power_uncertainty

METERED = "metered"
ESTIMATED = "estimated"


def basis(*, metered: bool) -> str:
    """Return what a figure is told to be."""
    return METERED if metered else ESTIMATED


class Provenance(NamedTuple):
    """What is metered, what is rated, and what the system does.

    `power`, `energy`, `heat` and `heat_output` tell whether there is a meter of it;
    one of heat that counts only has no `heat_output`. `is_rated` is of the model as a
    whole, `is_cop_rated` of the COP of what it does: heating's says nothing of cooling's.
    """

    power: bool
    energy: bool
    heat: bool
    heat_output: bool
    is_calibrated: bool
    is_rated: bool
    is_cop_rated: bool
    is_cooling: bool
    heats_tank: bool

    @property
    def heat_basis(self) -> str:
        """Where the heat comes from."""
        return basis(metered=self.heat)

    @property
    def heat_output_basis(self) -> str:
        """Where the heat of the moment comes from: a counter tells none."""
        return basis(metered=self.heat_output)

    @property
    def cop_basis(self) -> str:
        """Where the COP comes from: it is metered if both its halves are."""
        return basis(metered=self.heat and self.energy)

    @property
    def power_uncertainty(self) -> float | None:
        """The uncertainty of the power."""
        return _percent(self._power(metered=self.power))

    @property
    def heat_uncertainty(self) -> float | None:
        """The uncertainty of the heat."""
        if self.heat:
            return None
        return _percent(heat_uncertainty(self._power(metered=self.energy), self._cop()))

    @property
    def heat_output_uncertainty(self) -> float | None:
        """The uncertainty of the heat of the moment, which is of the power, not the energy."""
        if self.heat_output:
            return None
        return _percent(heat_uncertainty(self._power(metered=self.power), self._cop()))

    @property
    def cop_uncertainty(self) -> float | None:
        """The uncertainty of the COP."""
        if self.heat:
            return _percent(self._power(metered=self.energy))
        return self.expected_uncertainty

    @property
    def expected_uncertainty(self) -> float | None:
        """The uncertainty of the COP that the model expects."""
        return _percent(self._cop())

    def _power(self, *, metered: bool) -> float:
        return power_uncertainty(
            metered=metered, calibrated=self.is_calibrated, rated=self.is_rated
        )

    def _cop(self) -> float:
        return cop_uncertainty(
            rated=self.is_cop_rated,
            cooling=self.is_cooling,
            heats_tank=self.heats_tank,
        )


def _percent(share: float) -> float | None:
    return round(100 * share) if share else None
