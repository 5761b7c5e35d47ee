"""A zone's decision in plain figures: what was known, which rule won, what is next."""

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
    model = control.foresight.model
    fahrenheit = control.senses.fahrenheit

    def degrees(celsius: float | None) -> float | None:
        if celsius is None or not fahrenheit:
            return _rounded(celsius)
        return round(
            TemperatureConverter.convert(
                celsius, UnitOfTemperature.CELSIUS, UnitOfTemperature.FAHRENHEIT
            ),
            2,
        )

    def apart(kelvin: float | None) -> float | None:
        if kelvin is None or not fahrenheit:
            return _rounded(kelvin)
        return round(
            TemperatureDeltaConverter.convert(
                kelvin, UnitOfTemperature.CELSIUS, UnitOfTemperature.FAHRENHEIT
            ),
            2,
        )

    unit = inputs.unit
    answer: dict[str, Any] = {
        "reason": control.reason.value,
        "rule": control.rule,
        "automation": control.active,
        "temperature_unit": UnitOfTemperature.FAHRENHEIT
        if fahrenheit
        else UnitOfTemperature.CELSIUS,
        "inputs": {
            "room": degrees(inputs.temperature),
            "temperature_basis": control.senses.temperature_basis,
            "sensor_problem": control.senses.sensor.problem,
            "humidity": inputs.humidity,
            "outdoor": degrees(inputs.outdoor),
            "window_open_since": _time(inputs.window_since),
            "away": inputs.away,
            "schedule": None
            if inputs.schedule is None
            else {
                "preset": inputs.schedule.preset,
                "temperature": degrees(inputs.schedule.temperature),
                "hvac_mode": inputs.schedule.mode,
                "unknown": inputs.schedule.unknown,
            },
            "price": control.price,
            "unit": {
                "available": unit.available,
                "hvac_mode": unit.setting.mode.value if unit.available else None,
                "temperature": degrees(unit.setting.target),
                "measures": degrees(unit.intake),
                "activity": unit.activity.value if unit.available else None,
            },
        },
        "room_model": {
            "time_constant_hours": round(1 / model.loss, 1),
            "heating_rate": apart(model.heating),
            "cooling_rate": apart(model.cooling),
            "learned": model.is_learned,
        },
    }
    if control.active and decision is not None:
        explanation = dict(decision.explanation())
        waits = explanation.pop("waits_until")
        for key in ("wish", "setting"):
            if (temperatures := explanation[key]) is not None:
                explanation[key] = {
                    name: degrees(value) if isinstance(value, float) else value
                    for name, value in temperatures.items()
                }
        answer |= explanation
        answer["offset"] = apart(_offset(decision))
        answer["next"] = _next(control, inputs, waits)
    return answer


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


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def _time(at: float | None) -> str | None:
    return None if at is None else dt_util.utc_from_timestamp(at).isoformat()
