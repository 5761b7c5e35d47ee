"""A zone's decision in plain figures: what was known, which rule won, what is next."""

from dataclasses import dataclass
from typing import Any

from homeassistant.const import UnitOfTemperature
from homeassistant.util import dt as dt_util
from homeassistant.util.unit_conversion import (
    TemperatureConverter,
    TemperatureDeltaConverter,
)

from .core.control import Decision, Inputs
from .zone_control import ZoneControl


def explain(control: ZoneControl, now: float) -> dict[str, Any]:
    """Return what was known, which rule won, and what happens next and when.

    Temperatures are in the home's degrees, as those that the other actions take.
    """
    inputs, decision = control.inputs(now), control.decision
    scale = _Scale(control.senses.unit)
    model = control.foresight.model
    answer: dict[str, Any] = {
        "reason": control.reason.value,
        "rule": control.rule,
        "automation": control.active,
        "temperature_unit": scale.unit,
        "inputs": _known(control, inputs, scale),
        "room_model": {
            "time_constant_hours": round(1 / model.loss, 1),
            "heating_rate": scale.apart(model.heating),
            "cooling_rate": scale.apart(model.cooling),
            "learned": model.is_learned,
        },
    }
    if control.active and decision is not None:
        explanation = dict(decision.explanation())
        waits = explanation.pop("waits_until")
        for key in ("wish", "setting"):
            if (temperatures := explanation[key]) is not None:
                explanation[key] = {
                    name: scale.degrees(value) if isinstance(value, float) else value
                    for name, value in temperatures.items()
                }
        answer |= explanation
        answer["offset"] = scale.apart(_offset(decision))
        answer["next"] = _next(control, inputs, waits)
    return answer


@dataclass(frozen=True, slots=True)
class _Scale:
    """The home's degrees."""

    unit: str

    def degrees(self, celsius: float | None) -> float | None:
        """Return a temperature in °C as the home counts it."""
        if celsius is None:
            return None
        return round(
            TemperatureConverter.convert(celsius, UnitOfTemperature.CELSIUS, self.unit),
            2,
        )

    def apart(self, kelvin: float | None) -> float | None:
        """Return a difference in K as the home counts it."""
        if kelvin is None:
            return None
        return round(
            TemperatureDeltaConverter.convert(
                kelvin, UnitOfTemperature.CELSIUS, self.unit
            ),
            2,
        )


def _known(control: ZoneControl, inputs: Inputs, scale: _Scale) -> dict[str, Any]:
    unit, schedule = inputs.unit, inputs.schedule
    return {
        "room": scale.degrees(inputs.temperature),
        "temperature_basis": control.senses.temperature_basis,
        "sensor_problem": control.senses.sensor.problem,
        "humidity": inputs.humidity,
        "outdoor": scale.degrees(inputs.outdoor),
        "window_open_since": _time(inputs.window_since),
        "away": inputs.away,
        "schedule": schedule
        and {
            "preset": schedule.preset,
            "temperature": scale.degrees(schedule.temperature),
            "hvac_mode": schedule.mode,
            "unknown": schedule.unknown,
        },
        "price": control.price,
        "unit": {
            "available": unit.available,
            "hvac_mode": unit.setting.mode.value if unit.available else None,
            "temperature": scale.degrees(unit.setting.target),
            "measures": scale.degrees(unit.intake),
            "activity": unit.activity.value if unit.available else None,
        },
    }


def _offset(decision: Decision) -> float | None:
    setting, target = decision.setting, decision.wish.target
    if setting is None or setting.target is None or target is None:
        return None
    return setting.target - target


def _next(
    control: ZoneControl, inputs: Inputs, waits: float | None
) -> dict[str, Any] | None:
    """Return what happens next, as far as that is known."""
    memory, comfort = control.memory, control.config.comfort
    events: list[tuple[float, str]] = []
    if waits is not None:
        events.append((waits, "command"))
    if memory.hold is not None and memory.hold.until is not None:
        events.append((memory.hold.until, "hold_ends"))
    if memory.boost is not None and memory.boost.until is not None:
        events.append((memory.boost.until, "boost_ends"))
    if inputs.next_change is not None:
        events.append((inputs.next_change, "schedule_changes"))
    if inputs.window_since is not None:
        events.append((inputs.window_since + comfort.window_delay, "window_pauses"))
    ahead = [event for event in events if event[0] > inputs.now]
    if not ahead:
        return None
    when, what = min(ahead)
    return {"what": what, "when": _time(when)}


def _time(at: float | None) -> str | None:
    return None if at is None else dt_util.utc_from_timestamp(at).isoformat()
