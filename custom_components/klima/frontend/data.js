// What the cards read from Home Assistant: Klima's own command, the recorder's
// statistics and the history of states.

const HOUR = 3_600_000;
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
          return { at: state.lu * 1000, state: state.s, attributes: last };
        }),
      ];
    }),
  );
}

/** Return the mean of a figure in each hour, from states that hold until the next. */
export function hourlyMeans(states, value, end) {
  const sums = new Map();
  states.forEach((state, index) => {
    const figure = Number(value(state));
    if (value(state) === null || value(state) === undefined || !Number.isFinite(figure)) {
      return;
    }
    let at = state.at;
    const until = Math.min(states[index + 1]?.at ?? end, end);
    while (at < until) {
      const hour = Math.floor(at / HOUR) * HOUR;
      const next = Math.min(hour + HOUR, until);
      const sum = sums.get(hour) ?? { total: 0, time: 0 };
      sum.total += figure * (next - at);
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
  const history = await readHistory(hass, [id], start, isWeather);
  const unit = (state) =>
    (isWeather ? state.attributes.temperature_unit : undefined) ??
    hass.states[id]?.attributes[isWeather ? "temperature_unit" : "unit_of_measurement"];
  return hourlyMeans(
    history[id] ?? [],
    (state) => {
      const figure = isWeather ? state.attributes.temperature : state.state;
      if (figure === undefined || figure === null || !Number.isFinite(Number(figure))) {
        return undefined;
      }
      return unit(state) === "°F" ? (Number(figure) - 32) / 1.8 : Number(figure);
    },
    Date.now(),
  );
}
