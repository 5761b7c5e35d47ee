// COP against outdoor temperature: what the unit is rated, what the model expects,
// Carnot's limit behind, and every hour that was measured, coloured by its load.

import { KlimaCard, USE_COLOURS } from "./card.js";
import { readOutdoor, readStatistics, readSystem } from "./data.js";
import { h, s, table } from "./dom.js";
import {
  DAY,
  fromCelsius,
  HOUR,
  isFahrenheit,
  numberFormat,
  ticks,
  timeFormat,
  toCelsius,
} from "./format.js";
import { systemName } from "./home.js";
import { at, COPS, meanCop, measure } from "./measured.js";
import { fill } from "./text.js";

const MODES = ["heating", "cooling"];
/** Colours of a load from none to full; red and blue stay apart for all eyes. */
const RAMPS = {
  heating: ["#ffc04d", "#f4711f", "#c2185b"],
  cooling: ["#4dd0e1", "#2a86e8", "#5e35b1"],
};
const MARGIN = { top: 10, right: 10, bottom: 36, left: 30 };

/** Return a function from a load (0 to 1, or unknown) to a colour. */
function ramp(colours) {
  const steps = colours.map((c) =>
    [1, 3, 5].map((at) => parseInt(c.slice(at, at + 2), 16)),
  );
  return (load) => {
    const place = Math.min(Math.max(load ?? 0.5, 0), 1) * (steps.length - 1);
    const index = Math.min(Math.floor(place), steps.length - 2);
    const share = place - index;
    const mixed = steps[index].map((v, i) =>
      Math.round(v + share * (steps[index + 1][i] - v)),
    );
    return `rgb(${mixed.join()})`;
  };
}

const COLOURS = { heating: ramp(RAMPS.heating), cooling: ramp(RAMPS.cooling) };

export class KlimaPerformanceCard extends KlimaCard {
  static maximumDays = 1095;
  static defaultDays = 365;
  static style = `
    .limit { fill: none; stroke: var(--secondary-text-color); stroke-width: 1.5; opacity: .45; }
    .beyond { fill: var(--secondary-text-color); opacity: .09; }
    .model { fill: none; stroke-width: 2.5; stroke-linecap: round; }
    .least { fill: none; stroke-width: 1.5; stroke-dasharray: 1 4; stroke-linecap: round; }
    .band { opacity: .1; stroke: none; }
    .halo { fill: none; stroke: var(--ha-card-background, var(--card-background-color, #fff)); stroke-width: 5; opacity: .7; }
    .rated { fill: var(--ha-card-background, var(--card-background-color, #fff)); stroke-width: 2.5; }
    .flat { stroke-width: 2; stroke-dasharray: 2 5; stroke-linecap: round; }
    svg text.label {
      paint-order: stroke; stroke: var(--ha-card-background, var(--card-background-color, #fff));
      stroke-width: 3.5px; stroke-linejoin: round; font-weight: 500; fill: var(--primary-text-color);
    }
    .detail {
      position: absolute; top: 6px; inset-inline: 36px 8px; width: fit-content; padding: 4px 10px;
      border-radius: 8px; border: 1px solid var(--divider-color);
      background: var(--ha-card-background, var(--card-background-color, #fff));
    }
    .detail[hidden] { display: none; }
    .chosen { fill: none; stroke: var(--primary-text-color); stroke-width: 2; }
    .bar { width: 44px; height: 8px; border-radius: 4px; display: inline-block; }
    .line { border-top-width: 3px; border-radius: 2px; }
    .ring { width: 8px; height: 8px; border: 2px solid var(--secondary-text-color); border-radius: 50%; display: inline-block; }
    .shade { width: 14px; height: 10px; display: inline-block; border-bottom: 1.5px solid var(--secondary-text-color); background: color-mix(in srgb, var(--secondary-text-color) 18%, transparent); }
  `;

  static getStubConfig(hass) {
    const own = Object.values(hass.entities).filter((e) => e.platform === "klima");
    const entity =
      own.find((e) => e.translation_key === "heat_pump_type") ?? own[0];
    return { entity: entity?.entity_id ?? "" };
  }

  async fetch(hass, config, show) {
    const system = await readSystem(hass, config.entity);
    // A year's hours take the recorder a second, and a small computer several.
    show({ system, points: [], pending: true });
    const { sources } = system;
    const start = Math.floor((Date.now() - this.days * DAY) / HOUR) * HOUR;
    const of = (...keys) =>
      keys.map((key) => sources[key]).filter((id) => id && !id.startsWith("weather."));
    const [changes, means] = await Promise.all([
      readStatistics(hass, of("energy", "thermal_energy", "cooling_energy"), start, ["change"]),
      readStatistics(hass, of("outdoor"), start, ["mean"]),
    ]);
    // The COP's own statistics serve the hours before its two parts are known.
    const known = ["energy", "thermal_energy"].map(
      (key) => changes[sources[key]]?.keys().next().value ?? Infinity,
    );
    const from = Math.max(...known);
    const [cops, outdoor] = await Promise.all([
      from > start + HOUR
        ? readStatistics(hass, of("cop"), start, ["mean"], Number.isFinite(from) ? from : undefined)
        : {},
      readOutdoor(hass, sources.outdoor, means[sources.outdoor], start),
    ]);
    return { system, points: measure(system, { ...changes, ...cops }, outdoor) };
  }

  heading(text) {
    const system = this.data?.system;
    return [
      h("h2", null, this.config.title ?? text.performance),
      h("p", { class: "sub" }, system ? this.#averages(text) || this.#subject(text) : ""),
    ];
  }

  #averages(text) {
    const number = numberFormat(this.hass, 1);
    const modes = MODES.map((mode) => [
      mode,
      this.data.points.filter((point) => point.mode === mode),
    ])
      .filter(([, points]) => points.length)
      .map(([mode, points]) => fill(text[`${mode}_cop`], { cop: number(meanCop(points)) }));
    return modes.length ? fill(text.mean_cop, { modes: modes.join(" · ") }) : "";
  }

  get #name() {
    return systemName(this.hass, this.config.entity) ?? this.data.system.name;
  }

  /** A water heater takes its heat from the air of the room that it stands in. */
  get #isTank() {
    return this.data.system.family === "heat_pump_water_heater";
  }

  /** What the picture is of. */
  #subject(text) {
    return this.#isTank ? text.cop_by_air : text.cop_by_outdoor;
  }

  /** What the points are called: an estimate is never called measured. */
  #measuredLabel(text) {
    const { system } = this.data;
    const basis =
      this.hass.states[system.sources.thermal_energy]?.attributes.basis ??
      system.energy_basis;
    return basis === "estimated" ? text.estimated : text.measured;
  }

  #ratedLabel = (text) =>
    this.data.system.cop_basis === "rated" ? text.rated : text.typical;

  below(text, parts) {
    const { system, points, pending } = this.data;
    const modes = MODES.filter((mode) => system.curves[mode]);
    const least = Math.min(...modes.map((mode) => system.curves[mode].least_load));
    parts.detail = h("div", { class: "detail", role: "status" });
    const gradient = (mode) => ({
      style: { background: `linear-gradient(90deg, ${RAMPS[mode].join()})` },
    });
    return [
      h(
        "div",
        { class: "legend" },
        points.length
          ? h(
              "span",
              null,
              ...modes.map((mode) => h("i", { class: "bar", ...gradient(mode) })),
              fill(text.points_at_loads, { label: this.#measuredLabel(text) }),
            )
          : undefined,
        h(
          "span",
          {
            title:
              least < 1
                ? fill(text.model_at_loads, {
                    least: numberFormat(this.hass, 0)(least * 100),
                  })
                : undefined,
          },
          ...modes.map((mode) =>
            h("i", { class: "line", style: { "border-color": USE_COLOURS[mode] } }),
          ),
          text.model,
        ),
        h("span", null, h("i", { class: "ring" }), this.#ratedLabel(text)),
        this.#limitLegend(text, modes),
      ),
      ...(points.length
        ? []
        : [
            h(
              "p",
              { class: "note", role: pending ? "status" : undefined },
              pending
                ? text.loading
                : system.sources.outdoor
                  ? this.#isTank
                    ? text.no_tank_statistics
                    : text.no_statistics
                  : this.#isTank
                    ? text.no_tank_air
                    : text.no_outdoor,
            ),
          ]),
    ];
  }

  /** Carnot's limit: how it is drawn, or where it is too high to be, how high. */
  #limitLegend(text, modes) {
    const { low, high, top } = this.#domain();
    const limits = modes.map((mode) => this.data.system.curves[mode]).filter((c) => c.limit.length);
    if (!limits.length) {
      return undefined;
    }
    if (limits.some(({ limit }) => limit.some(([t, cop]) => t > low && t < high && cop < top))) {
      return h("span", null, h("i", { class: "shade" }), text.limit);
    }
    const [{ limit, rated }] = limits;
    const [[temperature]] = rated;
    return h(
      "span",
      null,
      fill(text.rated_at, {
        label: text.limit,
        cop: numberFormat(this.hass, 0)(at(limit, temperature) ?? 0),
        temperature: `${numberFormat(this.hass, 0)(fromCelsius(this.hass, temperature))} ${this.hass.config.unit_system.temperature}`,
      }),
    );
  }

  /** The temperatures and COPs that the picture spans, in °C. */
  #domain() {
    const { system, points } = this.data;
    const curves = MODES.map((mode) => system.curves[mode]).filter(Boolean);
    const outdoorAir = curves.filter((curve) => curve.limit.length);
    const rated = curves.flatMap((curve) => curve.rated);
    const xs = points.length
      ? [
          ...points.map((p) => p.temperature),
          ...outdoorAir.flatMap((curve) => curve.rated.map(([x]) => x)),
        ]
      : curves.flatMap((curve) => curve.full.map(([x]) => x)).filter((x) => x > -25 && x < 43);
    const low = Math.min(...xs) - 2;
    const high = Math.max(...xs) + 2;
    const cops = points.map((p) => p.cop).sort((a, b) => a - b);
    const most = cops[Math.floor(cops.length * 0.995)] ?? 0;
    return {
      low,
      high,
      top: Math.min(
        Math.ceil(Math.max(7, most * 1.08, ...rated.map(([, cop]) => cop * 1.35))),
        COPS[1],
      ),
    };
  }

  plot(text, parts) {
    const { points } = this.data;
    const { clientWidth: width, clientHeight: height } = parts.body;
    if (width < 60 || height < 60) {
      return;
    }
    const place = this.#place(width, height);
    const { right, bottom } = place;
    const clip = `clip-${Math.random().toString(36).slice(2)}`;
    const chosen = s("circle", { class: "chosen", r: 7, visibility: "hidden" });
    const svg = s(
      "svg",
      { class: "plot", viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" },
      s("defs", null, s("clipPath", { id: clip }, s("rect", {
        x: MARGIN.left, y: MARGIN.top, width: Math.max(right - MARGIN.left, 0), height: Math.max(bottom - MARGIN.top, 0),
      }))),
      this.#axes(text, place),
      ...this.#curves(text, place, clip),
      chosen,
    );
    const canvas = h("canvas", { "aria-hidden": "true" });
    const area = h(
      "div",
      {
        class: "plot-area",
        tabindex: points.length ? "0" : undefined,
        role: points.length ? "application" : "img",
        "aria-label": this.#summary(text),
      },
      canvas,
      svg,
    );
    parts.body.append(area, parts.detail);
    drawPoints(canvas, points, place);
    this.#listen(text, parts, area, chosen, place);
    this.#tell(text, parts);
  }

  /** Where in the picture what is: `x` of a temperature in °C, `y` of a COP. */
  #place(width, height) {
    const { low, high, top } = this.#domain();
    const right = width - MARGIN.right;
    const bottom = height - MARGIN.bottom;
    return {
      width,
      height,
      low,
      high,
      top,
      right,
      bottom,
      x: (t) => MARGIN.left + ((t - low) / (high - low)) * (right - MARGIN.left),
      y: (cop) => bottom - (cop / top) * (bottom - MARGIN.top),
    };
  }

  #axes(text, { width, height, low, high, top, right, bottom, x, y }) {
    const { hass } = this;
    const whole = numberFormat(hass, 0);
    const axes = s("g", null);
    for (const cop of ticks(0, top, Math.max(3, height / 50))) {
      axes.append(
        s("line", { class: "grid", x1: MARGIN.left, x2: right, y1: y(cop), y2: y(cop) }),
        s(
          "text",
          { x: MARGIN.left - 6, y: y(cop) + 4, "text-anchor": "end" },
          numberFormat(hass, Number.isInteger(cop) ? 0 : 1)(cop),
        ),
      );
    }
    for (const degrees of ticks(
      fromCelsius(hass, low),
      fromCelsius(hass, high),
      width / 70,
    )) {
      axes.append(
        s(
          "text",
          { x: x(toCelsius(hass, degrees)), y: bottom + 15, "text-anchor": "middle" },
          `${whole(degrees)}°`,
        ),
      );
    }
    const unit = hass.config.unit_system.temperature;
    axes.append(
      s(
        "text",
        { x: (MARGIN.left + right) / 2, y: height - 4, "text-anchor": "middle" },
        fill(this.#isTank ? text.tank_axis : text.performance_axis, { unit }),
      ),
    );
    return axes;
  }

  /** The limits, the models, and what is rated, in the order that they cover each other. */
  #curves(text, place, clip) {
    const { x, y } = place;
    const line = (pairs) =>
      pairs.map(([t, cop], i) => `${i ? "L" : "M"}${x(t).toFixed(1)},${y(cop).toFixed(1)}`).join("");
    const limits = s("g", { "clip-path": `url(#${clip})` });
    const models = s("g", { "clip-path": `url(#${clip})` });
    const marks = s("g", null);
    for (const mode of MODES) {
      const curve = this.data.system.curves[mode];
      if (curve) {
        limits.append(...limitOf(curve, line, place));
        models.append(...modelOf(curve, line, USE_COLOURS[mode]));
        marks.append(...this.#marksOf(text, curve, USE_COLOURS[mode], place));
      }
    }
    return [limits, models, marks];
  }

  /** What a unit is rated: points, or a line where its own source is as warm in any weather. */
  #marksOf(text, curve, stroke, { right, x, y }) {
    const { hass } = this;
    const number = numberFormat(hass, 1);
    const unit = hass.config.unit_system.temperature;
    const label = this.#ratedLabel(text);
    return curve.rated.flatMap(([t, cop]) =>
      curve.limit.length
        ? s(
            "g",
            null,
            s("title", null, fill(text.rated_at, {
              label,
              cop: number(cop),
              temperature: `${number(fromCelsius(hass, t))} ${unit}`,
            })),
            s("circle", { class: "rated", cx: x(t), cy: y(cop), r: 4.5, style: { stroke } }),
            s("text", { class: "label", x: x(t), y: y(cop) - 10, "text-anchor": "middle" }, number(cop)),
          )
        : [
            s("line", { class: "flat", x1: MARGIN.left, x2: right, y1: y(cop), y2: y(cop), style: { stroke } }),
            s("text", { class: "label", x: right - 4, y: y(cop) - 6, "text-anchor": "end" }, `${label} ${number(cop)}`),
          ],
    );
  }

  #summary(text) {
    const averages = this.#averages(text);
    return `${fill(text.chart_summary, {
      what: this.#subject(text),
      name: this.#name,
      hours: this.data.points.length,
      averages: averages && `${averages}.`,
    })} ${this.data.points.length ? text.point_keys : ""}`;
  }

  /** Follow the pointer and the keys to a point. */
  #listen(text, parts, area, chosen, { x, y }) {
    const { points } = this.data;
    const choose = (point) => {
      this.chosen = point;
      chosen.setAttribute("visibility", point ? "visible" : "hidden");
      if (point) {
        chosen.setAttribute("cx", x(point.temperature));
        chosen.setAttribute("cy", y(point.cop));
      }
      this.#tell(text, parts);
    };
    const nearest = (event, reach) => {
      const box = area.getBoundingClientRect();
      let found;
      let least = reach ** 2;
      for (const point of points) {
        const dx = x(point.temperature) - (event.clientX - box.left);
        const dy = y(point.cop) - (event.clientY - box.top);
        const distance = dx * dx + dy * dy;
        if (distance < least) {
          least = distance;
          found = point;
        }
      }
      return found;
    };
    area.addEventListener("click", (event) => choose(nearest(event, 28)));
    area.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
      if (event.key === "Escape") {
        choose(undefined);
      } else if (step && points.length) {
        event.preventDefault();
        const index = this.chosen ? points.indexOf(this.chosen) + step : 0;
        choose(points[Math.min(Math.max(index, 0), points.length - 1)]);
      }
    });
    if (this.chosen) {
      choose(points.find((point) => point.start === this.chosen.start));
    }
  }

  /** Tell of the chosen hour. */
  #tell(text, parts) {
    const { hass, chosen } = this;
    const { system } = this.data;
    parts.detail.hidden = !chosen;
    if (!chosen) {
      parts.detail.replaceChildren();
      return;
    }
    const day = timeFormat(hass, { day: "numeric", month: "short", year: "numeric" });
    const hour = timeFormat(hass, { hour: "numeric", minute: "2-digit" });
    const number = numberFormat(hass, 1);
    const unit = hass.config.unit_system.temperature;
    const figure = (label, value) => h("span", null, `${label} `, h("b", null, value));
    const ids = ["cop", "power", "energy", "outdoor"]
      .map((key) => system.sources[key])
      .filter(Boolean);
    parts.detail.replaceChildren(
      h("b", null, `${day(chosen.start)}, ${hour(chosen.start)}–${hour(chosen.start + HOUR)}`),
      figure(this.#isTank ? text.air : text.outdoor, `${number(fromCelsius(hass, chosen.temperature))} ${unit}`),
      figure("COP", numberFormat(hass, 2)(chosen.cop)),
      ...(chosen.load === undefined
        ? []
        : [figure(text.load, `${numberFormat(hass, 0)(chosen.load * 100)} %`)]),
      ...(chosen.energy === undefined
        ? []
        : [figure(text.energy, `${numberFormat(hass, 2)(chosen.energy)} kWh`)]),
      h(
        "a",
        {
          href: `/history?${new URLSearchParams({
            entity_id: ids.join(),
            start_date: new Date(chosen.start - HOUR).toISOString(),
            end_date: new Date(chosen.start + 2 * HOUR).toISOString(),
          })}`,
        },
        text.open_history,
      ),
    );
  }

  /** What the table is of. */
  caption(text) {
    return `${this.#subject(text)}: ${this.#name}`;
  }

  /** The same figures, in steps of temperature. */
  table(text) {
    const { hass } = this;
    const { system, points } = this.data;
    const { low, high } = this.#domain();
    const unit = hass.config.unit_system.temperature;
    const step = isFahrenheit(hass) ? 10 : 5;
    const number = numberFormat(hass, 1);
    const whole = numberFormat(hass, 0);
    const shown = (value) => (value === undefined ? "–" : number(value));
    const rows = [];
    const from = Math.floor(fromCelsius(hass, low) / step) * step;
    for (const mode of MODES) {
      const curve = system.curves[mode];
      for (let start = from; curve && start < fromCelsius(hass, high); start += step) {
        const within = (celsius) => {
          const value = fromCelsius(hass, celsius);
          return value >= start && value < start + step;
        };
        const here = points.filter((p) => p.mode === mode && within(p.temperature));
        const middle = toCelsius(hass, start + step / 2);
        const model = at(curve.full, middle);
        const least = at(curve.least, middle);
        const rated = curve.limit.length
          ? curve.rated.find(([t]) => within(t))?.[1]
          : undefined;
        if (!here.length && model === undefined && rated === undefined) {
          continue;
        }
        rows.push(
          h(
            "tr",
            null,
            h("th", { scope: "row" }, fill(text.from_to, { from: whole(start), to: whole(start + step) })),
            h("td", { class: "text" }, text[mode]),
            h("td", null, here.length ? number(meanCop(here)) : "–"),
            h("td", null, here.length ? whole(here.length) : "–"),
            h("td", null, least - model >= 0.05 ? `${shown(model)}–${shown(least)}` : shown(model)),
            h("td", null, shown(rated)),
            h("td", null, shown(at(curve.limit, middle))),
          ),
        );
      }
    }
    const headers = [
      fill(this.#isTank ? text.tank_range_header : text.range_header, { unit }),
      text.mode_header,
      this.#measuredLabel(text),
      text.hours_header,
      text.model,
      this.#ratedLabel(text),
      text.limit,
    ];
    return table(this.caption(text), headers, 1, rows);
  }
}

/** Carnot's limit, and the shade of what lies beyond it. */
function limitOf({ limit }, line, { x, y }) {
  if (!limit.length) {
    return [];
  }
  const path = line(limit);
  const [first, last] = [limit[0], limit[limit.length - 1]];
  return [
    s("path", {
      class: "beyond",
      d: `${path}L${x(last[0])},${y(last[1])}L${x(last[0])},-9999L${x(first[0])},-9999Z`,
    }),
    s("path", { class: "limit", d: path }),
  ];
}

/** What the model expects at full load, and down to the least where that is another. */
function modelOf(curve, line, stroke) {
  const path = line(curve.full);
  const band =
    curve.least_load < 1
      ? [
          s("path", {
            class: "band",
            d: `${path}L${line([...curve.least].reverse()).slice(1)}Z`,
            style: { fill: stroke },
          }),
          s("path", { class: "least", d: line(curve.least), style: { stroke } }),
        ]
      : [];
  return [
    ...band,
    s("path", { class: "halo", d: path }),
    s("path", { class: "model", d: path, style: { stroke } }),
  ];
}

/** Draw the measured hours, within the axes: on a canvas, for there may be 8760. */
function drawPoints(canvas, points, { width, height, bottom, x, y }) {
  const ratio = window.devicePixelRatio || 1;
  canvas.width = width * ratio;
  canvas.height = height * ratio;
  const context = canvas.getContext("2d");
  if (!context) {
    return;
  }
  context.scale(ratio, ratio);
  context.beginPath();
  context.rect(MARGIN.left, MARGIN.top, width, bottom - MARGIN.top);
  context.clip();
  const many = points.length > 1500;
  context.globalAlpha = many ? 0.55 : 0.8;
  const radius = many ? 2 : 3;
  for (const point of points) {
    context.fillStyle = COLOURS[point.mode](point.load);
    context.beginPath();
    const [px, py] = [x(point.temperature), y(point.cop)];
    if (point.mode === "heating") {
      context.arc(px, py, radius, 0, 2 * Math.PI);
    } else {
      // A diamond: told apart without colours as well.
      const r = radius * 1.3;
      context.moveTo(px, py - r);
      context.lineTo(px + r, py);
      context.lineTo(px, py + r);
      context.lineTo(px - r, py);
    }
    context.fill();
  }
}
