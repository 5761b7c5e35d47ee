// The measured hours of a system, made of the recorder's statistics.

/** kWh below which an hour says more of the standby than of the COP. */
const LEAST_ENERGY = 0.05;
/** What no unit's hour can be: a slip of a sensor. */
export const COPS = [0.2, 20];
/** °C outdoors that parts heating from cooling, where no sensor tells. */
const MILD = 20;

/** Return the curve's figure at a temperature, or undefined outside of it. */
export function at(points, temperature) {
  for (let i = 1; i < points.length; i++) {
    const [[x0, y0], [x1, y1]] = [points[i - 1], points[i]];
    if (temperature >= x0 && temperature <= x1) {
      return y0 + ((temperature - x0) / (x1 - x0 || 1)) * (y1 - y0);
    }
  }
  return undefined;
}

/** Make the measured hours from statistics: each a point of the picture. */
export function measure(system, statistics, outdoor) {
  const { sources, curves } = system;
  const rows = (key) => statistics[sources[key]] ?? new Map();
  const energy = rows("energy");
  const thermal = rows("thermal_energy");
  const cooling = rows("cooling_energy");
  const cops = rows("cop");
  const points = [];
  for (const [start, { mean: temperature }] of outdoor) {
    if (temperature === null || temperature === undefined) {
      continue;
    }
    const used = energy.get(start)?.change ?? undefined;
    const moved = thermal.get(start)?.change ?? undefined;
    let cop;
    if (used >= LEAST_ENERGY && Math.abs(moved) > 0) {
      cop = Math.abs(moved) / used;
    } else if (used === undefined || used >= LEAST_ENERGY) {
      cop = cops.get(start)?.mean ?? undefined;
    }
    if (!(cop >= COPS[0] && cop <= COPS[1])) {
      continue;
    }
    const cooled = cooling.get(start)?.change ?? undefined;
    let mode = temperature > MILD ? "cooling" : "heating";
    if (used !== undefined && cooled !== undefined) {
      mode = cooled > used / 2 ? "cooling" : "heating";
    }
    if (!curves[mode]) {
      mode = mode === "heating" ? "cooling" : "heating";
    }
    const heat = moved !== undefined ? Math.abs(moved) : used * cop;
    const load = (heat * 1000) / curves[mode].capacity;
    points.push({
      start,
      temperature,
      cop,
      mode,
      energy: used,
      heat: Number.isFinite(heat) ? heat : undefined,
      load: Number.isFinite(load) ? load : undefined,
    });
  }
  return points.sort((a, b) => a.temperature - b.temperature);
}

/** Return the mean COP of points: heat over electricity where both are known. */
export function meanCop(points) {
  const known = points.filter((p) => p.energy && p.heat);
  if (known.length * 2 >= points.length && known.length) {
    const sum = (key) => known.reduce((total, p) => total + p[key], 0);
    return sum("heat") / sum("energy");
  }
  return points.reduce((total, p) => total + p.cop, 0) / points.length;
}
