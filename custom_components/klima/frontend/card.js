// What both cards share: when they load, what they show meanwhile, how they listen.

import { h, icon, ICONS } from "./dom.js";
import { fill, texts } from "./text.js";

/** ms after which what was loaded is loaded anew: statistics come by the hour. */
const STALE = 10 * 60_000;
/** ms after which what was asked for when the connection was lost is asked for again. */
const AGAIN = 1000;

/** What Home Assistant's websocket says of a connection that was lost: a number, or in an answer. */
const CONNECTION_LOST = 3;
const isLost = (error) => (error?.error?.code ?? error) === CONNECTION_LOST;

const STYLE = `
  :host { display: block; height: 100%; }
  ha-card {
    height: 100%; box-sizing: border-box; display: flex; flex-direction: column;
    padding: 14px 16px 10px; overflow: hidden; position: relative;
    color: var(--primary-text-color);
  }
  .header { display: flex; align-items: flex-start; gap: 8px; margin-bottom: 4px; }
  .header > div { flex: 1; min-width: 0; }
  /* As the titles of Home Assistant's own graphs. */
  h2 {
    margin: 0; font-size: var(--ha-card-header-font-size, var(--ha-font-size-2xl, 24px));
    color: var(--ha-card-header-color, var(--primary-text-color));
    font-family: var(--ha-card-header-font-family, inherit);
    line-height: 32px; letter-spacing: -0.012em; font-weight: var(--ha-font-weight-normal, 400);
    overflow: hidden; text-overflow: ellipsis; white-space: nowrap;
  }
  .sub {
    margin: 0; font-size: var(--ha-font-size-s, 12px); line-height: 16px; min-height: 16px;
    color: var(--secondary-text-color);
    overflow: hidden; text-overflow: ellipsis; white-space: nowrap;
  }
  button {
    font: inherit; color: inherit; background: none; border: none; cursor: pointer;
  }
  button.toggle {
    width: 40px; height: 40px; margin: -4px -10px 0 0; border-radius: 50%; flex: none;
    color: var(--secondary-text-color); display: grid; place-items: center;
  }
  button.toggle:hover { background: color-mix(in srgb, currentColor 12%, transparent); }
  .icon { width: 22px; height: 22px; fill: currentColor; }
  :focus-visible { outline: 2px solid var(--primary-color); outline-offset: 1px; }
  .body { flex: 1; min-height: 160px; position: relative; }
  .fill { position: absolute; inset: 0; }
  .note {
    margin: 0; font-size: var(--ha-font-size-s, 12px); line-height: 16px;
    color: var(--secondary-text-color);
  }
  .message { display: grid; place-content: center; text-align: center; gap: 8px; padding: 16px; }
  /* Underlined, and not in the primary colour: on white it is too faint for small text. */
  .message button { color: var(--primary-text-color); text-decoration: underline; padding: 8px 12px; }
  .detail {
    min-height: 20px; font-size: var(--ha-font-size-s, 12px); line-height: 20px;
    color: var(--secondary-text-color); display: flex; flex-wrap: wrap; gap: 0 12px;
  }
  .detail b { color: var(--primary-text-color); font-weight: 500; }
  .detail a { color: inherit; white-space: nowrap; }
  .legend {
    display: flex; flex-wrap: wrap; gap: 2px 14px; align-items: center; min-height: 20px;
    font-size: var(--ha-font-size-s, 12px); line-height: 20px;
    color: var(--secondary-text-color);
  }
  /* What is said is in a language that is written from the left, whatever the page is in. */
  .legend span { direction: ltr; display: inline-flex; align-items: center; gap: 6px; }
  .legend i { flex: none; }
  .note { unicode-bidi: plaintext; }
  .hidden {
    position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden;
    clip-path: inset(50%); white-space: nowrap;
  }
  .scroll { overflow: auto; }
  table { border-collapse: collapse; width: 100%; font-size: var(--ha-font-size-s, 12px); }
  caption { text-align: start; color: var(--secondary-text-color); padding: 0 0 4px; }
  th, td {
    padding: 4px 8px; text-align: end; white-space: nowrap;
    border-bottom: 1px solid var(--divider-color); font-variant-numeric: tabular-nums;
  }
  th { font-weight: 500; }
  thead th { color: var(--secondary-text-color); white-space: normal; }
  th:first-child, td:first-child, .text { text-align: start; }
  .plot-area { position: absolute; inset: 0; cursor: crosshair; }
  .line { width: 16px; height: 0; border-top: 2px solid; display: inline-block; }
  svg.plot, canvas { position: absolute; inset: 0; width: 100%; height: 100%; display: block; }
  /* Time and degrees run to the right; in a page from the right, text would begin at its end. */
  svg.plot { direction: ltr; overflow: visible; touch-action: pan-y; }
  svg text { fill: var(--secondary-text-color); font-size: 11px; font-family: inherit; }
  svg text.strong { fill: var(--primary-text-color); font-weight: 500; }
  .grid { stroke: var(--divider-color); stroke-width: 1; shape-rendering: crispEdges; }
`;

/** The colour of what electricity was used for. */
export const USE_COLOURS = {
  heating: "var(--deep-orange-color, #ff6f22)",
  cooling: "var(--blue-color, #2196f3)",
};

/** An error of a card's configuration, which Home Assistant shows in the card's place. */
function checked(config, maximumDays) {
  const text = texts();
  if (typeof config?.entity !== "string" || !config.entity) {
    throw new Error(text.unknown_config);
  }
  const { days } = config;
  if (days !== undefined && !(Number.isFinite(days) && days >= 1 && days <= maximumDays)) {
    throw new Error(fill(text.days_config, { max: maximumDays }));
  }
  return config;
}

export class KlimaCard extends HTMLElement {
  /** What each card sets: the most days it can show, and how many it shows by default … */
  static maximumDays = 1;
  static defaultDays = 1;
  /** … the entities that it can be of, the text's key that says so, and its own style. */
  static entityFilter = { integration: "klima" };
  static entityHelp = "performance_entity_help";
  static style = "";

  /** The form of the card's editor. */
  static getConfigForm() {
    const text = texts();
    const { maximumDays: max, defaultDays, entityFilter: filter, entityHelp } = this;
    return {
      schema: [
        { name: "entity", required: true, selector: { entity: { filter } } },
        { name: "title", selector: { text: {} } },
        { name: "days", default: defaultDays, selector: { number: { min: 1, max, mode: "box" } } },
      ],
      computeLabel: (field) => text[field.name],
      computeHelper: (field) => (field.name === "entity" ? text[entityHelp] : undefined),
    };
  }

  #hass;
  #shown = "";
  #loadedAt = 0;
  #loading;
  #timer;
  #again;
  #watch;
  #resize;
  #visible = false;
  #warning;
  // No `header`: each would be a banner of the page to a screen reader.
  #header = h("div", { class: "header" });
  #body = h("div", { class: "body" });
  #below = h("div", { class: "below" });
  #frame = h("ha-card", null, this.#header, this.#body, this.#below);

  constructor() {
    super();
    this.attachShadow({ mode: "open" });
    this.asTable = false;
  }

  get hass() {
    return this.#hass;
  }

  set hass(hass) {
    const before = this.#hass;
    this.#hass = hass;
    if (this.#warning) {
      this.#warning.hass = hass;
    }
    if (!this.config) {
      return;
    }
    const exists = this.config.entity in hass.states;
    // Most changes of state concern nothing that is drawn here.
    const now = [
      exists,
      hass.locale?.language,
      hass.locale?.number_format,
      hass.locale?.time_format,
      hass.locale?.time_zone,
      hass.config.unit_system.temperature,
      hass.themes?.darkMode,
      hass.themes?.theme,
    ].join();
    if (now !== this.#shown) {
      this.#shown = now;
      this.draw();
    }
    if (!before || !this.data) {
      this.#load();
    }
  }

  setConfig(config) {
    this.config = checked(config, this.constructor.maximumDays);
    this.data = undefined;
    this.error = undefined;
    this.#loadedAt = 0;
    if (this.#hass) {
      this.draw();
      this.#load();
    }
  }

  connectedCallback() {
    // Only what is looked at reads statistics.
    this.#watch = new IntersectionObserver(
      ([entry]) => {
        this.#visible = entry.isIntersecting;
        this.#load();
      },
      { rootMargin: "200px" },
    );
    this.#watch.observe(this);
    // `ha-card` lays its content out a moment after it is made, and again on resizing.
    this.#resize = new ResizeObserver(() => this.draw());
    this.#resize.observe(this.#body);
    this.#timer = setInterval(() => this.#load(), STALE / 10);
  }

  disconnectedCallback() {
    this.#watch?.disconnect();
    this.#resize?.disconnect();
    clearInterval(this.#timer);
    clearTimeout(this.#again);
    this.#visible = false;
  }

  getCardSize() {
    return 6;
  }

  getGridOptions() {
    return { columns: 12, rows: 6, min_columns: 6, min_rows: 4 };
  }

  /** The days that are shown. */
  get days() {
    return this.config.days ?? this.constructor.defaultDays;
  }

  async #load() {
    const hass = this.#hass;
    if (
      !hass ||
      !this.#visible ||
      this.#loading ||
      document.hidden ||
      Date.now() - this.#loadedAt < STALE ||
      !(this.config.entity in hass.states)
    ) {
      return;
    }
    const { config } = this;
    // A card that has no picture yet shows what it knows so far.
    this.#loading = this.fetch(hass, config, (data) => {
      if (config === this.config && !this.data) {
        this.data = data;
        this.draw();
      }
    });
    try {
      const data = await this.#loading;
      if (config === this.config) {
        this.data = data;
        this.error = undefined;
        this.#loadedAt = Date.now();
      }
    } catch (error) {
      // Of what the card was of before its configuration changed, it says nothing.
      if (isLost(error)) {
        // Home Assistant says so itself, and comes back by itself: so does the card.
        clearTimeout(this.#again);
        this.#again = setTimeout(() => this.#load(), AGAIN);
      } else if (config === this.config) {
        // A card that has its whole picture keeps it through a lost connection.
        if (this.data?.pending) {
          this.data = undefined;
        }
        this.error = error?.message ?? error?.error?.message ?? String(error);
        this.#loadedAt = Date.now() - STALE + 30_000;
      }
    } finally {
      this.#loading = undefined;
      this.draw();
    }
    if (config !== this.config) {
      this.#load();
    }
  }

  /** Draw what there is. */
  draw() {
    const hass = this.#hass;
    if (!hass || !this.config || !this.isConnected) {
      return;
    }
    if (!(this.config.entity in hass.states)) {
      this.#warn();
      return;
    }
    const text = texts(hass);
    this.#warning = undefined;
    if (this.#frame.parentNode !== this.shadowRoot) {
      this.shadowRoot.replaceChildren(
        h("style", null, STYLE + this.constructor.style),
        this.#frame,
      );
    }
    // What has the focus is made anew: whoever goes by the keyboard stays where they were.
    const focused = [...(this.shadowRoot.activeElement?.classList ?? [])];
    const parts = { body: this.#body };
    this.#header.replaceChildren(
      h("div", null, ...this.heading(text)),
      ...(this.data ? [this.#button(text)] : []),
    );
    this.#below.replaceChildren(
      ...(this.data && !this.asTable ? this.below(text, parts) : []),
    );
    if (!this.data) {
      this.#body.replaceChildren(this.#message(text));
    } else if (this.asTable) {
      this.#body.replaceChildren(
        // It scrolls, and so has to be reached by the keyboard, under a name.
        h(
          "div",
          { class: "fill scroll", tabindex: "0", role: "region", "aria-label": this.caption(text) },
          this.table(text),
        ),
      );
    } else {
      this.#body.replaceChildren(h("div", { class: "hidden" }, this.table(text)));
      this.plot(text, parts);
    }
    if (focused.length) {
      this.shadowRoot.querySelector(`.${focused.join(".")}`)?.focus({ preventScroll: true });
    }
  }

  #button(text) {
    const label = this.asTable ? text.show_chart : text.show_table;
    return h(
      "button",
      {
        class: "toggle",
        type: "button",
        "aria-label": label,
        title: label,
        onclick: () => this.#toggle(),
      },
      icon(this.asTable ? ICONS.chart : ICONS.table),
    );
  }

  #toggle() {
    this.asTable = !this.asTable;
    this.draw();
  }

  #message(text) {
    if (!this.error) {
      return h("div", { class: "fill message note", role: "status" }, text.loading);
    }
    return h(
      "div",
      { class: "fill message note", role: "alert" },
      fill(text.failed, { error: this.error }),
      h(
        "button",
        {
          type: "button",
          onclick: () => {
            this.error = undefined;
            this.#loadedAt = 0;
            this.draw();
            this.#load();
          },
        },
        text.retry,
      ),
    );
  }

  /** Show Home Assistant's own warning: the entity of the configuration is not there. */
  async #warn() {
    if (this.#warning) {
      return;
    }
    const { entity } = this.config;
    const helpers = await window.loadCardHelpers();
    if (this.#warning || entity !== this.config.entity || entity in this.#hass.states) {
      return;
    }
    this.#warning = helpers.createCardElement({ type: "tile", entity });
    this.#warning.hass = this.#hass;
    this.shadowRoot.replaceChildren(this.#warning);
  }
}
