// What the cards read from Home Assistant: Klima's own command, the recorder's
// statistics and the history of states.

import { celsiusOf, fahrenheitOf, figure, HOUR } from "./format.js";

/** ms for which cards of the same system share what was read. */
const FRESH = 60_000;

const shared = new Map();

/** Ask once for what several cards want at the same time. */
function once(key, ask) {
  const found = shared.get(key);
  if (found && Date.now() - found.at < FRESH) {
    return found.answer;
  }
  const answer = ask();
  shared.set(key, { at: Date.now(), answer });
  answer.catch(() => shared.delete(key));
  return answer;
}

/** Return what Klima tells of the system that an entity belongs to. */
export const readSystem = (hass, entityId) =>
  once(`system ${entityId}`, () =>
    hass.callWS({ type: "klima/system", entity_id: entityId }),
  );

/**
 * Return statistics by id as maps from an hour's start in ms to its row, which has the
 * `types` that are asked for: `change` of what adds up, `mean` of what does not.
 */
export async function readStatistics(hass, ids, start, types, end) {
  if (!ids.length) {
    return {};
  }
  const answer = await hass.callWS({
    type: "recorder/statistics_during_period",
    start_time: new Date(start).toISOString(),
    ...(end === undefined ? {} : { end_time: new Date(end).toISOString() }),
    statistic_ids: ids,
    period: "hour",
    units: { energy: "kWh", power: "W", temperature: "°C" },
    types,
  });
  return Object.fromEntries(
    ids.map((id) => [id, new Map((answer[id] ?? []).map((row) => [row.start, row]))]),
  );
}

/** Return the states of entities, with attributes or without, oldest first. */
export async function readHistory(hass, ids, start, attributes) {
  if (!ids.length || !hass.config.components.includes("history")) {
    return {};
  }
  const answer = await hass.callWS({
    type: "history/history_during_period",
    start_time: new Date(start).toISOString(),
    entity_ids: ids,
    minimal_response: !attributes,
    no_attributes: !attributes,
    significant_changes_only: false,
  });
  let last = {};
  return Object.fromEntries(
    ids.map((id) => {
      last = {};
      return [
        id,
        (answer[id] ?? []).map((state) => {
          last = state.a ?? last;
          // Of an entity that was not there, as while its entry was disabled, it is null.
          return { at: state.lu * 1000, state: state.s ?? "unavailable", attributes: last };
        }),
      ];
    }),
  );
}

/** Read in the other unit, a temperature before a change is within so many degrees of the next … */
const NEAR = 9;
/** … and within this share of how far it is as it stands: a tank may well fall by 40 °. */
const SURE = 1 / 3;

/**
 * Whether a thermostat's state was written while the home had the other unit: it stays
 * so until it is written again. Its range tells; where it does not, it is the home's.
 */
export function isOfOtherUnit({ entity_id: id, attributes } = { attributes: {} }, fahrenheit) {
  const { min_temp: min, max_temp: max } = attributes;
  if (!Number.isFinite(min ?? undefined) || !Number.isFinite(max ?? undefined)) {
    return false;
  }
  if (id?.startsWith("water_heater.")) {
    return max > 100 !== fahrenheit;
  }
  return fahrenheit ? min < 40 && max < 75 : min >= 40 && max >= 75;
}

/**
 * Return states with temperatures in the unit that the home has now. A thermostat's
 * states do not tell their unit; a home that changed its own shows as a jump from one
 * state to the next that is just what the other unit makes of the same temperature.
 * `isOther`: whether the last state is in the other one.
 */
export function inOneUnit(states, keys, fahrenheit, isOther = false) {
  const other = fahrenheit ? fahrenheitOf : celsiusOf;
  let next;
  let converted = isOther;
  return [...states]
    .reverse()
    .map((state) => {
      const { attributes } = state;
      const key = keys.find((name) => Number.isFinite(attributes[name] ?? undefined));
      if (key === undefined) {
        return state;
      }
      const read = (value) => (converted ? other(value) : value);
      const value = attributes[key];
      if (next && key === next.key) {
        const flipped = converted ? value : other(value);
        const off = Math.abs(flipped - next.value);
        if (off < NEAR && off < SURE * Math.abs(read(value) - next.value)) {
          converted = !converted;
        }
      }
      next = { key, value: read(value) };
      if (!converted) {
        return state;
      }
      const inUnit = Object.fromEntries(
        Object.entries(attributes).map(([name, told]) => [
          name,
          keys.includes(name) && Number.isFinite(told) ? other(told) : told,
        ]),
      );
      return { ...state, attributes: inUnit };
    })
    .reverse();
}

/** Return the mean of a figure in each hour, from states that hold until the next. */
export function hourlyMeans(states, value, end) {
  const sums = new Map();
  states.forEach((state, index) => {
    const held = figure(value(state));
    if (held === undefined) {
      return;
    }
    let at = state.at;
    const until = Math.min(states[index + 1]?.at ?? end, end);
    while (at < until) {
      const hour = Math.floor(at / HOUR) * HOUR;
      const next = Math.min(hour + HOUR, until);
      const sum = sums.get(hour) ?? { total: 0, time: 0 };
      sum.total += held * (next - at);
      sum.time += next - at;
      sums.set(hour, sum);
      at = next;
    }
  });
  return new Map(
    [...sums].map(([hour, { total, time }]) => [hour, { start: hour, mean: total / time }]),
  );
}

/**
 * Return the outdoor temperature in °C of each hour: from statistics, or where the
 * source has none (a weather entity) from what history still holds.
 */
export async function readOutdoor(hass, id, statistics, start) {
  if (!id || statistics?.size) {
    return statistics ?? new Map();
  }
  const isWeather = id.startsWith("weather.");
  const history = await readHistory(hass, [id], start, true);
  const key = isWeather ? "temperature_unit" : "unit_of_measurement";
  // What it was then: a home may have changed from °C to °F.
  const unit = (state) => state.attributes[key] ?? hass.states[id]?.attributes[key];
  return hourlyMeans(
    history[id] ?? [],
    (state) => {
      const told = figure(isWeather ? state.attributes.temperature : state.state);
      return told !== undefined && unit(state) === "°F" ? celsiusOf(told) : told;
    },
    Date.now(),
  );
}
