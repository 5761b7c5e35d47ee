"""Tasmota's IRHVAC: a unit's whole state as JSON, which the firmware makes frames of.

It knows more than sixty protocols by name, and gives the handset's frames back
in the same form.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .state import OFF, Envelope, UnitState

VENDORS = (
    "AIRTON", "AIRWELL", "AMCOR", "ARGO", "BOSCH144", "CARRIER_AC64", "COOLIX",
    "CORONA_AC", "DAIKIN", "DAIKIN128", "DAIKIN152", "DAIKIN160", "DAIKIN176",
    "DAIKIN2", "DAIKIN200", "DAIKIN216", "DAIKIN312", "DAIKIN64", "DELONGHI_AC",
    "ECOCLIM", "ELECTRA_AC", "EUROM", "FUJITSU_AC", "GOODWEATHER", "GREE",
    "HAIER_AC", "HAIER_AC160", "HAIER_AC176", "HAIER_AC_YRW02", "HITACHI_AC",
    "HITACHI_AC1", "HITACHI_AC264", "HITACHI_AC296", "HITACHI_AC344",
    "HITACHI_AC424", "KELON", "KELVINATOR", "LG", "LG2", "MIDEA", "MIRAGE",
    "MITSUBISHI112", "MITSUBISHI136", "MITSUBISHI_AC", "MITSUBISHI_HEAVY_152",
    "MITSUBISHI_HEAVY_88", "NEOCLIMA", "PANASONIC_AC", "PANASONIC_AC32", "RHOSS",
    "SAMSUNG_AC", "SANYO_AC", "SANYO_AC88", "SHARP_AC", "TCL112AC", "TECHNIBEL_AC",
    "TECO", "TOSHIBA_AC", "TRANSCOLD", "TROTEC", "TROTEC_3550", "TRUMA",
    "VESTEL_AC", "VOLTAS", "WHIRLPOOL_AC", "YORK",
)  # fmt: skip
"""The protocols that the firmware makes frames of, by its own names."""

_MODES = {
    "auto": "Auto",
    "cool": "Cool",
    "heat": "Heat",
    "dry": "Dry",
    "fan_only": "Fan",
}
_SAID = {said.lower(): mode for mode, said in _MODES.items()} | {
    "fan_only": "fan_only",
    "fanonly": "fan_only",
    "heat_cool": "auto",
}
_FANS = ("auto", "min", "low", "medium", "high", "max")
_SWINGS = ("off", "auto", "highest", "high", "middle", "low", "lowest")
_SWINGS_HORIZONTAL = ("off", "auto", "left max", "left", "middle", "right", "wide")
_PRESETS = {"none": None, "boost": "Turbo", "eco": "Econo", "quiet": "Quiet"}

ENVELOPE = Envelope(
    modes=tuple(_MODES),
    min_temperature=16,
    max_temperature=30,
    step=1,
    fans=_FANS,
    swings=_SWINGS,
    swings_horizontal=_SWINGS_HORIZONTAL,
    presets=tuple(_PRESETS),
)
"""What the form can say: the firmware fits it to what the protocol can."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Irhvac:
    """One unit as the firmware is told of it: its protocol, and the remote's model."""

    vendor: str
    model: str = ""

    def payload(self, state: UnitState) -> dict[str, Any]:
        """Return the JSON that asks for a state."""
        said: dict[str, Any] = {"Vendor": self.vendor}
        if self.model:
            said["Model"] = self.model
        runs = state.mode in _MODES
        said["Power"] = "On" if runs else "Off"
        said["Mode"] = _MODES.get(state.mode or OFF, "Off")
        said["Celsius"] = "On"
        if state.temperature is not None:
            whole = round(state.temperature)
            said["Temp"] = whole if whole == state.temperature else state.temperature
        said["FanSpeed"] = (state.fan or "auto").capitalize()
        said["SwingV"] = (state.swing or "off").capitalize()
        said["SwingH"] = (state.swing_horizontal or "off").capitalize()
        for preset, key in _PRESETS.items():
            if key is not None:
                said[key] = "On" if state.preset == preset else "Off"
        return said

    def read(self, message: object) -> UnitState | None:
        """Read what the firmware heard of a handset, None if it is not of this unit."""
        if not isinstance(message, Mapping):
            return None
        received = message.get("IrReceived")
        said = received.get("IRHVAC") if isinstance(received, Mapping) else None
        if not isinstance(said, Mapping):
            return None
        vendor = said.get("Vendor")
        if not isinstance(vendor, str) or vendor.upper() != self.vendor.upper():
            return None
        if said.get("Command", "Control") != "Control":
            return None
        mode = _word(said.get("Mode"))
        if _word(said.get("Power")) == "off" or mode == "off":
            return UnitState(mode=OFF)
        if mode not in _SAID:
            return None
        return UnitState(
            mode=_SAID[mode],
            temperature=_celsius(said),
            fan=_one_of(said.get("FanSpeed"), _FANS),
            swing=_one_of(said.get("SwingV"), _SWINGS),
            swing_horizontal=_one_of(said.get("SwingH"), _SWINGS_HORIZONTAL),
            preset=next(
                (
                    preset
                    for preset, key in _PRESETS.items()
                    if key is not None and _word(said.get(key)) == "on"
                ),
                "none",
            ),
        )


def _celsius(said: Mapping[str, Any]) -> float | None:
    temperature = said.get("Temp")
    if isinstance(temperature, bool) or not isinstance(temperature, (int, float)):
        return None
    if _word(said.get("Celsius")) == "off":
        temperature = round((temperature - 32) / 1.8)
    return float(temperature) if -10 <= temperature <= 60 else None


def _word(value: object) -> str:
    return value.strip().lower() if isinstance(value, str) else ""


def _one_of(value: object, names: tuple[str, ...]) -> str | None:
    word = _word(value)
    return word if word in names else None
