// What control did over a week: room and target, outdoor, power and the reason why,
// as bands over the same hours.

import { KlimaCard, USE_COLOURS } from "./card.js";
import {
  hourlyMeans,
  inOneUnit,
  isOfOtherUnit,
  readHistory,
  readOutdoor,
  readStatistics,
  readSystem,
} from "./data.js";
import { h, s, table } from "./dom.js";
import {
  DAY,
  days,
  figure,
  fromCelsius,
  HOUR,
  isFahrenheit,
  numberFormat,
  ticks,
  timeFormat,
} from "./format.js";
import { findHome, systemName, zoneOf } from "./home.js";
import { steps, thinned, unbroken } from "./lines.js";
import { fill } from "./text.js";

/** The attributes of a thermostat that are temperatures; the first is the steadiest. */
const TEMPERATURES = ["current_temperature", "temperature", "target_temp_low", "target_temp_high"];
const NONE = new Set(["unknown", "unavailable"]);
const COOLING = new Set(["cooling", "drying"]);
const MARGIN = { top: 4, right: 12, bottom: 20, left: 44 };
const GAP = 20;
/** Share of the height that each band takes. */
const BANDS = { room: 0.42, outdoor: 0.24, power: 0.22, reason: 0.12 };
/** Share of the time below which a reason is a hair of the band: the cursor tells it. */
const HAIR = 0.01;
/** Colours of the reasons, as the most usual are the calmest. */
const REASONS = {
  protection: "var(--red-color, #f44336)",
  conflict: "var(--pink-color, #e91e63)",
  frost: "var(--light-blue-color, #03a9f4)",
  window: "var(--amber-color, #ffc107)",
  hold: "var(--purple-color, #926bc7)",
  boost: "var(--deep-orange-color, #ff6f22)",
  away: "var(--blue-grey-color, #607d8b)",
  price: "var(--green-color, #4caf50)",
  optimal_start: "var(--indigo-color, #3f51b5)",
  schedule: "var(--blue-color, #2196f3)",
  preset: "var(--cyan-color, #00bcd4)",
};
const OTHER = "var(--grey-color, #9e9e9e)";
const LINES = {
  room: "var(--primary-color, #03a9f4)",
  target: "var(--secondary-text-color, #727272)",
  outdoor: "var(--teal-color, #009688)",
};

const colourOf = (reason) => REASONS[reason] ?? OTHER;

/** Return the target that a thermostat's state has: one figure, or a range. */
function targetOf(state) {
  if (state.state === "off" || NONE.has(state.state)) {
    return undefined;
  }
  const { temperature, target_temp_low: low, target_temp_high: high } = state.attributes;
  if (figure(temperature) !== undefined) {
    return [Number(temperature), Number(temperature)];
  }
  return figure(low) === undefined || figure(high) === undefined
    ? undefined
    : [Number(low), Number(high)];
}

/** Return what holds at a time: the last of the states before it. */
function holding(states, time) {
  let low = 0;
  let high = states.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (states[middle].at <= time) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return states[low - 1];
}

/** Return for how many ms each known state held between two times. */
function heldFor(states, from, to) {
  const held = new Map();
  states.forEach(({ at, state }, index) => {
    const time = Math.min(states[index + 1]?.at ?? to, to) - Math.max(at, from);
    if (time > 0 && !NONE.has(state)) {
      held.set(state, (held.get(state) ?? 0) + time);
    }
  });
  return held;
}

/** A picture of bands, one below the other, over the same hours. */
class Bands {
  constructor(width, height, names, start, end) {
    this.height = height;
    this.right = width - MARGIN.right;
    this.x = (time) => MARGIN.left + ((time - start) / (end - start)) * (this.right - MARGIN.left);
    this.svg = s("svg", { class: "plot", viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" });
    const whole = names.reduce((sum, name) => sum + BANDS[name], 0);
    const room = height - MARGIN.top - MARGIN.bottom - GAP * names.length;
    this.of = {};
    this.bottom = MARGIN.top;
    for (const name of names) {
      const top = this.bottom + GAP;
      this.bottom = top + (BANDS[name] / whole) * room;
      this.of[name] = { top, bottom: this.bottom };
    }
  }

  title(name, label) {
    this.svg.append(
      s("text", { class: "strong", x: MARGIN.left, y: this.of[name].top - 6 }, label),
    );
  }

  /** Draw a band's axis, which spans `atLeast` so much; return its `y` and its bottom. */
  axis(name, values, written, { atLeast, floor }) {
    const { top, bottom } = this.of[name];
    const lowest = floor ?? Math.min(...values);
    const highest = Math.max(...values);
    const slack = Math.max(atLeast - (highest - lowest), 0) / 2;
    const low = floor ?? lowest - slack - (highest - lowest) * 0.06;
    const high = highest + slack + (highest - lowest) * 0.06;
    const y = (v) => bottom - ((v - low) / (high - low || 1)) * (bottom - top);
    const marks = ticks(low, high, Math.max(2, (bottom - top) / 34));
    this.svg.append(
      ...marks.map((mark) =>
        s("line", { class: "grid", x1: MARGIN.left, x2: this.right, y1: y(mark), y2: y(mark) }),
      ),
      ...marks.map((mark) =>
        s("text", { x: MARGIN.left - 6, y: y(mark) + 4, "text-anchor": "end" }, written(mark)),
      ),
    );
    return { y, bottom };
  }
}

export class KlimaWeekCard extends KlimaCard {
  static maximumDays = 10;
  static defaultDays = 7;
  static entityFilter = [
    { integration: "klima", domain: "climate" },
    { integration: "klima", domain: "water_heater" },
  ];
  static entityHelp = "week_entity_help";
  static style = `
    .body { min-height: 180px; }
    path.room { fill: none; stroke-width: 2; stroke-linejoin: round; }
    path.target { fill: none; stroke-width: 1.5; stroke-dasharray: 4 3; }
    path.outdoor { fill: none; stroke-width: 1.5; stroke-linejoin: round; }
    path.under { stroke: none; opacity: .14; }
    .cursor { stroke: var(--primary-text-color); stroke-width: 1; }
    .swatch { width: 10px; height: 10px; border-radius: 3px; display: inline-block; }
    .dashed { border-top-style: dashed; }
  `;

  static getStubConfig(hass) {
    const zone = findHome(hass)
      .systems.flatMap((system) => system.zones)
      .find((z) => z.entities.thermostat);
    return { entity: zone?.entities.thermostat ?? "" };
  }

  getGridOptions() {
    return { columns: "full", rows: 7, min_columns: 6, min_rows: 5 };
  }

  async fetch(hass, config) {
    const found = zoneOf(hass, config.entity);
    const thermostat = found?.zone.entities.thermostat ?? config.entity;
    const reason = found?.zone.entities.control_reason;
    const system = await readSystem(hass, config.entity);
    const now = Date.now();
    const start = Math.floor((now - this.days * DAY) / HOUR) * HOUR;
    const { outdoor, power, energy } = system.sources;
    const [units, reasons, statistics] = await Promise.all([
      readHistory(hass, [thermostat], start, true),
      readHistory(hass, reason ? [reason] : [], start, false),
      readStatistics(
        hass,
        [outdoor, power, energy].filter((id) => id && !id.startsWith("weather.")),
        start,
        ["change", "mean"],
      ),
    ]);
    const fahrenheit = isFahrenheit(hass);
    const states = inOneUnit(
      units[thermostat] ?? [],
      TEMPERATURES,
      fahrenheit,
      isOfOtherUnit(hass.states[thermostat], fahrenheit),
    );
    // A browser whose clock is slow has what it would call the future.
    const end = Math.max(now, states[states.length - 1]?.at ?? 0);
    // Of a zone that is new, no empty days are shown.
    const begun = Math.min(states[0]?.at ?? start, now - DAY);
    return {
      name: found?.zone.name ?? systemName(hass, config.entity) ?? system.name,
      start: Math.max(start, Math.floor(begun / HOUR) * HOUR),
      end,
      reasonEntity: reason,
      isTank: thermostat.startsWith("water_heater."),
      // A tank may also hang on a heat pump that stands outdoors.
      isInside: system.family === "heat_pump_water_heater",
      states,
      // Without a value where there is none: the line has a gap there.
      rooms: states.map((state) => ({
        at: state.at,
        value: NONE.has(state.state)
          ? undefined
          : figure(state.attributes.current_temperature),
      })),
      roomMeans: hourlyMeans(
        states,
        (state) => (NONE.has(state.state) ? undefined : state.attributes.current_temperature),
        end,
      ),
      reasons: reasons[reason] ?? [],
      outdoor: await readOutdoor(hass, outdoor, statistics[outdoor], start),
      power: statistics[power]?.size
        ? statistics[power]
        : new Map(
            [...(statistics[energy] ?? new Map())].map(([hour, row]) => [
              hour,
              { start: hour, mean: (row.change ?? 0) * 1000 },
            ]),
          ),
    };
  }

  heading(text) {
    return [
      h("h2", null, this.config.title ?? text.week),
      h("p", { class: "sub" }, this.config.title ? text.week : (this.data?.name ?? "")),
    ];
  }

  get #isEmpty() {
    const { rooms, outdoor, power, reasons } = this.data;
    return !rooms.some(({ value }) => value !== undefined) && !outdoor.size && !power.size && !reasons.length;
  }

  /** A reason in the user's language, as Home Assistant shows the state. */
  #reasonName(reason) {
    const state = this.hass.states[this.data.reasonEntity];
    return state ? this.hass.formatEntityState(state, reason) : reason;
  }

  below(text, parts) {
    const { reasons, start, end, isTank } = this.data;
    parts.detail = h("div", { class: "detail", role: "status" });
    if (!this.#isEmpty) {
      // Before the picture is drawn: what is told takes of its height.
      this.#tell(text, parts);
    }
    const held = [...heldFor(reasons, start, end)].sort((a, b) => b[1] - a[1]);
    const time = held.reduce((sum, [, share]) => sum + share, 0);
    const seen = held.filter(([, share]) => share >= time * HAIR).map(([reason]) => reason);
    const line = (colour, extra = "") =>
      h("i", { class: `line ${extra}`, style: { "border-color": colour } });
    return [
      h(
        "div",
        { class: "legend" },
        h("span", null, line(LINES.room), isTank ? text.tank : text.room),
        h("span", null, line(LINES.target, "dashed"), text.target),
        ...seen.map((reason) =>
          h(
            "span",
            null,
            h("i", { class: "swatch", style: { background: colourOf(reason) } }),
            this.#reasonName(reason),
          ),
        ),
      ),
      parts.detail,
    ];
  }

  plot(text, parts) {
    const { clientWidth: width, clientHeight: height } = parts.body;
    if (width < 60 || height < 100) {
      return;
    }
    if (this.#isEmpty) {
      parts.body.append(h("div", { class: "fill message note" }, text.no_history));
      return;
    }
    const { start, end, reasons } = this.data;
    // A zone without reasons leaves their room to the others.
    const names = Object.keys(BANDS).filter((name) => name !== "reason" || reasons.length);
    const bands = new Bands(width, height, names, start, end);
    this.#drawDays(bands);
    this.#drawRoom(text, bands);
    this.#drawOutdoor(text, bands);
    this.#drawPower(text, bands);
    this.#drawReasons(text, bands);
    const { svg, bottom } = bands;
    const cursor = s("line", { class: "cursor", y1: MARGIN.top + GAP, y2: bottom, visibility: "hidden" });
    svg.append(cursor);
    const area = h(
      "div",
      {
        class: "plot-area",
        tabindex: "0",
        role: "application",
        "aria-label": `${this.#summary(text)} ${text.week_keys}`,
      },
      svg,
    );
    parts.body.append(area);
    this.#listen(text, parts, area, cursor, bands);
  }

  /** Each day has its name in the middle of what is seen of it, if there is room for it. */
  #drawDays({ svg, height, bottom, x }) {
    const { hass } = this;
    const { start, end } = this.data;
    const weekday = timeFormat(hass, { weekday: "short" });
    const number = timeFormat(hass, { day: "numeric" });
    const midnights = days(hass, start, end);
    const withNumber = x(DAY) - x(0) > 56;
    for (const midnight of midnights) {
      svg.append(
        s("line", { class: "grid", x1: x(midnight), x2: x(midnight), y1: MARGIN.top + GAP, y2: bottom }),
      );
    }
    // Of a zone that is new, no day is seen whole.
    const borders = [start, ...midnights.filter((at) => at > start && at < end), end];
    borders.slice(1).forEach((to, index) => {
      const from = borders[index];
      if (x(to) - x(from) > (withNumber ? 48 : 24)) {
        svg.append(
          s(
            "text",
            { x: (x(from) + x(to)) / 2, y: height - 5, "text-anchor": "middle" },
            [weekday, ...(withNumber ? [number] : [])]
              .map((written) => written((from + to) / 2))
              .join(" "),
          ),
        );
      }
    });
  }

  #degrees = (value) => `${this.#short(value)}°`;

  /** A round figure as an axis has it. */
  #short(value) {
    return numberFormat(this.hass, Number.isInteger(value) ? 0 : 1)(value);
  }

  #drawRoom(text, bands) {
    const { svg, x } = bands;
    const { end, rooms, states, isTank } = this.data;
    bands.title("room", isTank ? text.tank_and_target : text.room_and_target);
    const targets = states.map((state) => ({ at: state.at, value: targetOf(state) }));
    const temperatures = [
      ...rooms.flatMap((point) => point.value ?? []),
      ...targets.flatMap((target) => target.value ?? []),
    ];
    if (!temperatures.length) {
      return;
    }
    const { y } = bands.axis("room", temperatures, this.#degrees, { atLeast: 3 });
    for (const side of [0, 1]) {
      const values = targets.map(({ at, value }) => ({ at, value: value?.[side] }));
      if (side === 0 || targets.some(({ value }) => value && value[0] !== value[1])) {
        svg.append(s("path", { class: "target", d: steps(values, x, y, end), style: { stroke: LINES.target } }));
      }
    }
    // What a thermostat told last, it still shows.
    const held = [...rooms, { ...rooms[rooms.length - 1], at: end }];
    svg.append(s("path", { class: "room", d: thinned(held, x, y), style: { stroke: LINES.room } }));
  }

  #drawOutdoor(text, bands) {
    const { svg, x } = bands;
    const { start, end, outdoor, isInside } = this.data;
    bands.title("outdoor", isInside ? text.air : text.outdoor);
    const weather = [...outdoor.values()]
      .filter((row) => row.mean !== null && row.mean !== undefined && row.start >= start)
      .map((row) => ({ at: row.start + HOUR / 2, value: fromCelsius(this.hass, row.mean) }))
      .sort((a, b) => a.at - b.at);
    if (!weather.length) {
      return;
    }
    const values = weather.map((point) => point.value);
    const { y, bottom } = bands.axis("outdoor", values, this.#degrees, { atLeast: 5 });
    // An hour that is not over yet ends now.
    const shown = (point) => ({ ...point, at: Math.min(Math.max(point.at, start), end) });
    for (const part of unbroken(weather).map((points) => points.map(shown))) {
      const path = thinned(part, x, y);
      const last = part[part.length - 1];
      svg.append(
        s("path", {
          class: "under",
          d: `${path}L${x(last.at)},${bottom}L${x(part[0].at)},${bottom}Z`,
          style: { fill: LINES.outdoor },
        }),
        s("path", { class: "outdoor", d: path, style: { stroke: LINES.outdoor } }),
      );
    }
  }

  /** Power, in the colour of what it was used for. */
  #drawPower(text, bands) {
    const { svg, x } = bands;
    const { start, end, power } = this.data;
    bands.title("power", text.power);
    const powers = [...power.values()].filter((row) => row.start >= start && row.mean > 0);
    if (!powers.length) {
      return;
    }
    const { y, bottom } = bands.axis(
      "power",
      powers.map((row) => row.mean / 1000),
      (value) => `${this.#short(value)} kW`,
      { atLeast: 0.1, floor: 0 },
    );
    for (const row of powers) {
      const left = x(Math.max(row.start, start));
      const top = y(row.mean / 1000);
      svg.append(
        s("rect", {
          x: left,
          y: top,
          width: Math.max(x(Math.min(row.start + HOUR, end)) - left - 0.5, 0.5),
          height: Math.max(bottom - top, 0),
          style: { fill: USE_COLOURS[this.#useAt(row.start + HOUR / 2)] },
        }),
      );
    }
  }

  #drawReasons(text, bands) {
    const { svg, x } = bands;
    const { start, end, reasons } = this.data;
    if (!reasons.length) {
      return;
    }
    bands.title("reason", text.reason);
    const { top, bottom } = bands.of.reason;
    reasons.forEach((reason, index) => {
      if (NONE.has(reason.state)) {
        return;
      }
      const left = x(Math.max(reason.at, start));
      const until = x(Math.min(reasons[index + 1]?.at ?? end, end));
      svg.append(
        s("rect", {
          x: left,
          y: top,
          width: Math.max(until - left, 0.5),
          height: bottom - top,
          style: { fill: colourOf(reason.state) },
        }),
      );
    });
  }

  #dayCount() {
    const { start, end } = this.data;
    const unit = { style: "unit", unit: "day", unitDisplay: "long" };
    const format = new Intl.NumberFormat(this.hass.locale?.language, unit);
    return format.format(Math.round((end - start) / DAY));
  }

  #summary(text) {
    return fill(this.data.isInside ? text.tank_week_summary : text.week_summary, {
      name: this.config.title ?? this.data.name,
      days: this.#dayCount(),
    });
  }

  /** Whether the unit heats or cools at a time, as far as it tells. */
  #useAt(time) {
    const state = holding(this.data.states, time);
    const action = state?.attributes.hvac_action;
    return COOLING.has(action) || (!action && state?.state === "cool") ? "cooling" : "heating";
  }

  #listen(text, parts, area, cursor, { x, right }) {
    const { start, end } = this.data;
    const { left } = MARGIN;
    const choose = (time) => {
      this.chosen = time;
      cursor.setAttribute("visibility", time === undefined ? "hidden" : "visible");
      if (time !== undefined) {
        cursor.setAttribute("x1", x(time));
        cursor.setAttribute("x2", x(time));
      }
      this.#tell(text, parts);
    };
    const under = (event) => {
      const box = area.getBoundingClientRect();
      const share = (event.clientX - box.left - left) / (right - left);
      choose(start + Math.min(Math.max(share, 0), 1) * (end - start));
    };
    area.addEventListener("pointermove", under);
    area.addEventListener("pointerdown", under);
    area.addEventListener("pointerleave", ({ pointerType }) => {
      // A finger is lifted to read; a mouse that leaves is done.
      if (pointerType === "mouse") {
        choose(undefined);
      }
    });
    area.addEventListener("keydown", (event) => {
      const step = { ArrowRight: HOUR, ArrowLeft: -HOUR }[event.key];
      if (event.key === "Escape") {
        choose(undefined);
      } else if (step) {
        event.preventDefault();
        const time = this.chosen === undefined ? end : this.chosen + step;
        choose(Math.min(Math.max(time, start), end));
      }
    });
    if (this.chosen !== undefined) {
      choose(Math.min(Math.max(this.chosen, start), end));
    }
  }

  /** Tell of the chosen time. */
  #tell(text, parts) {
    const { hass } = this;
    const chosen = this.chosen ?? this.data.end;
    const { states, reasons, outdoor, power, isTank, isInside } = this.data;
    const unit = hass.config.unit_system.temperature;
    const number = numberFormat(hass, 1);
    const hour = Math.floor(chosen / HOUR) * HOUR;
    const state = holding(states, chosen);
    const known = state && !NONE.has(state.state);
    const room = known ? figure(state.attributes.current_temperature) : undefined;
    const target = known ? targetOf(state) : undefined;
    const reason = holding(reasons, chosen);
    const outside = outdoor.get(hour)?.mean;
    const watts = power.get(hour)?.mean;
    const shown = [
      [isTank ? text.tank : text.room, room === undefined ? undefined : `${number(room)} ${unit}`],
      [
        text.target,
        target
          ? `${[...new Set(target)].map(number).join("–")} ${unit}`
          : known && state.state === "off"
            ? text.off
            : undefined,
      ],
      [
        isInside ? text.air : text.outdoor,
        figure(outside) === undefined ? undefined : `${number(fromCelsius(hass, outside))} ${unit}`,
      ],
      [text.power, figure(watts) === undefined ? undefined : `${numberFormat(hass, 2)(watts / 1000)} kW`],
      [text.reason, reason && !NONE.has(reason.state) ? this.#reasonName(reason.state) : undefined],
    ];
    parts.detail.replaceChildren(
      h(
        "b",
        null,
        this.chosen === undefined
          ? text.now
          : timeFormat(hass, {
              weekday: "short",
              day: "numeric",
              month: "short",
              hour: "numeric",
              minute: "2-digit",
            })(chosen),
      ),
      ...shown
        .filter(([, value]) => value !== undefined)
        .map(([label, value]) => h("span", null, `${label} `, h("b", null, value))),
    );
  }

  /** What the table is of. */
  caption(text) {
    return `${text.week}: ${this.config.title ?? this.data.name}`;
  }

  /** The same figures by day. */
  table(text) {
    const { hass } = this;
    const { start, end, outdoor, power, roomMeans, states, reasons, isTank, isInside } = this.data;
    const unit = hass.config.unit_system.temperature;
    const number = numberFormat(hass, 1);
    const day = timeFormat(hass, { weekday: "long", day: "numeric", month: "short" });
    const borders = [start, ...days(hass, start + 1, end), end];
    const targetMeans = hourlyMeans(
      states,
      (state) => {
        const target = targetOf(state);
        return target && (target[0] + target[1]) / 2;
      },
      end,
    );
    const mean = (values) =>
      values.length ? number(values.reduce((a, b) => a + b, 0) / values.length) : "–";
    const rows = borders.slice(0, -1).map((from, index) => {
      const to = borders[index + 1];
      const within = (map) =>
        [...map.values()]
          .filter((row) => row.start >= from && row.start < to)
          .map((row) => row.mean)
          .filter((value) => value !== null && value !== undefined);
      const outside = within(outdoor).map((value) => fromCelsius(hass, value));
      const watts = within(power);
      const held = heldFor(reasons, from, Math.min(to, end));
      const most = [...held].sort((a, b) => b[1] - a[1])[0]?.[0];
      return h(
        "tr",
        null,
        h("th", { scope: "row" }, day(from + (to - from) / 2)),
        h("td", null, mean(within(roomMeans))),
        h("td", null, mean(within(targetMeans))),
        h(
          "td",
          null,
          outside.length ? `${number(Math.min(...outside))} – ${number(Math.max(...outside))}` : "–",
        ),
        h(
          "td",
          null,
          watts.length ? `${number(watts.reduce((a, b) => a + b, 0) / 1000)} kWh` : "–",
        ),
        h("td", { class: "text" }, most ? this.#reasonName(most) : "–"),
      );
    });
    const headers = [
      text.day_header,
      `${isTank ? text.tank_header : text.room_header} (${unit})`,
      `${text.target_header} (${unit})`,
      `${isInside ? text.air_header : text.outdoor_header} (${unit})`,
      text.energy_header,
      text.reason_header,
    ];
    return table(this.caption(text), headers, headers.length - 1, rows);
  }
}
