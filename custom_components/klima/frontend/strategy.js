// The dashboard: views and sections of Home Assistant's own cards, made from the
// systems that there are. Only the two pictures that it has no card for are ours.

import { findHome } from "./home.js";
import {
  arrange,
  COLUMNS,
  columnsOfWindow,
  fillRows,
  isTurned,
  PERFORMANCE,
  ROWS,
  size,
  startLayout,
  weekCard,
  WIDE,
} from "./layout.js";
import { fill, texts } from "./text.js";

/** So many systems still get the whole width each; more stand side by side. */
const FEW = 3;
/** So many are on a screen: they are there at once, the others one after another. */
const AT_ONCE = 3;
/** So many are one page; of more it is an overview, and each has a page of its own. */
const MANY = 6;
/** Of more zones than this all of theirs is short: a fan is set by a tap on its thermostat. */
const MANY_ZONES = 6;
/** So many of an overview are there at once. */
const FIRST = 4;
/** Bits of a climate entity's `supported_features`. */
const FEATURES = [
  [8, "climate-fan-modes", "fan_modes"],
  [16, "climate-preset-modes", "preset_modes"],
  [32, "climate-swing-modes", "swing_modes"],
  [512, "climate-swing-horizontal-modes", "swing_horizontal_modes"],
];
const HEAT = "deep-orange";
const COOL = "blue";

/** The tiles of a system, in order. */
const TILES = [
  "power",
  "cop",
  "bill",
  "projected_bill",
  "cost_today",
  "price",
  "savings",
  "seasonal_cop",
];
/** What a bill says better, and the price's own chart. */
const WITHOUT_BILL = new Set(["cost_today", "price"]);
/** What an overview tells of a system beside its thermostats: one of each. */
const ESSENTIAL = [["power", "energy"], ["bill", "cost_today", "cop"]];
/** What a zone's tiles have for their width: a reason is a sentence. */
const ZONE_TILES = { control_reason: 12, automation: 6 };
const PLAN_TILES = [
  "price",
  "next_price",
  "period",
  "next_change",
  "tier",
  "tier_remaining",
];

export { isTurned };

const VIEWS = new Set(["home", "overview", "week"]);

const OWN_NAME = { type: "entity" };

/** Return a dashboard: all systems, and a week of each zone; of many an overview first. */
export function makeDashboard(config, hass) {
  const text = texts(hass);
  const { systems } = chosen(config, hass);
  const strategy = { type: "custom:klima", ...pick(config, "systems"), ...pick(config, "dial") };
  const many = systems.length > MANY;
  return {
    title: config.title ?? text.view_home,
    views: [
      {
        title: text.view_home,
        path: "home",
        icon: "mdi:heat-pump",
        strategy: { ...strategy, ...(many ? { view: "overview", linked: true } : { view: "home" }) },
      },
      ...(systems.some(hasWeek)
        ? [
            {
              title: text.view_week,
              path: "week",
              icon: "mdi:calendar-week",
              strategy: { ...strategy, view: "week" },
            },
          ]
        : []),
      ...(many
        ? systems.map(({ id, name }) => ({
            title: name,
            path: pagePath(id),
            subview: true,
            strategy: { ...strategy, view: "home", systems: [id], plans: false },
          }))
        : []),
    ],
  };
}

/** Whether there is a thermostat that a week can be shown of, to this user. */
const hasWeek = ({ zones }) => zones.some(({ entities }) => entities.thermostat);

const pagePath = (id) => `system-${id}`;

/**
 * Return a view: of all systems, with `view: overview` of what matters of each, or with
 * `view: week` of their weeks.
 */
export function makeView(config, hass) {
  const home = chosen(config, hass);
  startLayout();
  if (!VIEWS.has(config.view ?? "home")) {
    throw new Error(texts(hass).view_config);
  }
  const count = home.systems.length;
  if (!count) {
    // A plan may well come first: what it costs is told without a system too.
    const plans = planSections(config, hass, home);
    return {
      type: "sections",
      max_columns: plans.length ? 2 : 1,
      sections: [noSystems(hass), ...plans],
    };
  }
  if (config.view === "week") {
    return {
      type: "sections",
      max_columns: 2,
      sections: home.systems.filter(hasWeek).map(weekSection),
    };
  }
  if (config.view === "overview") {
    return {
      type: "sections",
      max_columns: 4,
      sections: [
        ...home.systems.map((system, index) =>
          index < FIRST
            ? overviewSection(hass, system, config)
            : { strategy: { type: "custom:klima", system, overview: true, ...pick(config, "linked") } },
        ),
        // The charts of prices need much code that nothing else here does.
        ...home.plans.map((plan) => ({ strategy: { type: "custom:klima", plan } })),
      ],
    };
  }
  const wide = count <= FEW;
  const options = { wide, ...pick(config, "dial") };
  const sections = home.systems.map((system, index) =>
    // One more would gain nothing by waiting.
    index < AT_ONCE || count <= AT_ONCE + 1
      ? systemSection(hass, system, options)
      : { strategy: { type: "custom:klima", system, ...options } },
  );
  return {
    type: "sections",
    max_columns: wide ? WIDE : 4,
    sections: [...sections, ...planSections(config, hass, home)],
  };
}

/** The sections of the plans, each with a chart where no system shows its price. */
function planSections(config, hass, { plans, systems }) {
  return config.plans === false ? [] : plans
    .map((plan) => planSection(hass, plan, !systems.some((system) => samePrice(hass, plan, system))))
    .filter(Boolean);
}

/**
 * Return the section of a system or a plan that is further down. It comes when its turn
 * is and the browser has nothing better to do, so that what is seen first is there first.
 */
export async function makeSection(config, hass) {
  if (config.overview) {
    // Not before the first screen has the last of its code, where it has thermostats.
    glance ??= Promise.race([
      customElements.whenDefined("ha-control-number-buttons"),
      wait(1500),
    ]).then(() => wait(100));
    glance = glance.then(() => idle(100));
    await glance;
  } else {
    // While the first screen waits for its cards' code, the browser only seems idle.
    turn ??= wait(1500);
    turn = turn.then(() => idle(2000));
    await turn;
  }
  // The configuration was made a moment ago: the system may have changed, or be gone.
  const home = findHome(hass);
  const now = (list, was) => was && list.find(({ id }) => id === was.id);
  const system = now(home.systems, config.system);
  const plan = now(home.plans, config.plan);
  const make = config.overview ? overviewSection : systemSection;
  return (
    (system && make(hass, system, config)) ||
    (plan && planSection(hass, plan, true)) || { type: "grid", cards: [] }
  );
}

let turn;
let glance;

const wait = (ms) => new Promise((done) => setTimeout(done, ms));

/** Wait until the browser has nothing better to do, at most so many ms. */
const idle = (timeout) =>
  new Promise((done) =>
    window.requestIdleCallback
      ? window.requestIdleCallback(done, { timeout })
      : setTimeout(done, 50),
  );

/**
 * Keep to the systems that the configuration names, if it does, in its order. An error
 * here is shown by Home Assistant in the dashboard's place.
 */
function chosen({ systems: ids }, hass) {
  const home = findHome(hass);
  if (ids === undefined || ids === null) {
    return home;
  }
  if (!Array.isArray(ids)) {
    throw new Error(texts(hass).systems_config);
  }
  const systems = ids
    .map((id) => home.systems.find((system) => system.id === id))
    .filter(Boolean);
  if (home.systems.length && !systems.length) {
    throw new Error(texts(hass).systems_config);
  }
  return { ...home, systems };
}

const pick = (config, key) => (key in config ? { [key]: config[key] } : {});

function noSystems(hass) {
  const text = texts(hass);
  const admin = hass.user?.is_admin;
  return {
    type: "grid",
    cards: [
      {
        type: "empty-state",
        icon: "mdi:heat-pump",
        title: text.no_systems_title,
        content: admin ? text.no_systems : text.ask_administrator,
        ...(admin
          ? {
              buttons: [
                {
                  text: text.add_system,
                  icon: "mdi:plus",
                  appearance: "filled",
                  variant: "brand",
                  tap_action: navigate("/config/integrations/dashboard/add?domain=klima"),
                },
              ],
            }
          : {}),
        grid_options: { columns: "full", rows: 6 },
      },
    ],
  };
}

const navigate = (path) => ({ action: "navigate", navigation_path: path });

const devicePage = (hass, device) =>
  hass.user?.is_admin
    ? { tap_action: navigate(`/config/devices/device/${device.id}`) }
    : {};

function systemSection(hass, system, { wide, dial }) {
  const text = texts(hass);
  const { entities } = system;
  const zones = system.zones.filter((zone) => Object.keys(zone.entities).length);
  const many = zones.length > MANY_ZONES;
  const columns = wide ? columnsOfWindow(hass) : 1;
  // Of many in one column a row each has to do.
  const thermostats =
    many && !dial && columns === 1
      ? thermostatRows(hass, system, zones)
      : zones
          .filter((zone) => zone.entities.thermostat)
          .map((zone) => ({
            ...thermostat(hass, zone.entities.thermostat, dial, many),
            ...ownWord(hass, system, zone),
          }));
  const type =
    "heat_pump_type" in entities ? [tile(entities.heat_pump_type, COLUMNS)] : [];
  const several = zones.length > 1;
  const tiles = [
    // Beside the other wide tile of a single zone, so that rows of one and of two
    // columns are full.
    ...(several ? [] : type),
    ...(many ? [] : zoneTiles(zones, several)),
    ...TILES.filter(
      (key) => key in entities && !("bill" in entities && WITHOUT_BILL.has(key)),
    ).map((key) => tile(entities[key])),
    ...(several ? type : []),
  ];
  const groups = many ? zoneGroups(hass, zones, columns * COLUMNS) : [];
  let charts = systemCharts(hass, system);
  if (wide) {
    charts = arrange(hass, thermostats, tiles, charts, many);
  } else {
    fillRows(tiles, COLUMNS);
  }
  if (columns === 1) {
    // Nothing stands beside them: they are as high as what they have.
    for (const card of thermostats.filter(({ type, grid_options: { rows } }) => type === "tile" && rows > 1)) {
      card.grid_options.rows = "auto";
    }
  }
  const cards = [...thermostats, ...tiles, ...groups, ...charts];
  return {
    type: "grid",
    ...(wide ? { column_span: WIDE } : {}),
    cards: [
      heading(hass, system),
      ...(cards.length ? cards : [nothingToShow(hass, system, text)]),
    ],
  };
}

/** A system in an overview: its thermostats in a row each, why, the power and the bill. */
function overviewSection(hass, system, { linked }) {
  const { entities } = system;
  const zones = system.zones.filter((zone) => Object.keys(zone.entities).length);
  const many = zones.length > MANY_ZONES;
  const tiles = [
    ...(many ? [] : zoneTiles(zones, zones.length > 1, ["control_reason"])),
    ...ESSENTIAL.map((keys) => keys.find((key) => key in entities))
      .filter(Boolean)
      .map((key) => tile(entities[key])),
  ];
  if (tiles.length) {
    fillRows(tiles, COLUMNS);
  }
  const cards = [
    ...thermostatRows(hass, system, zones),
    ...tiles,
    ...(many ? zoneGroups(hass, zones, COLUMNS, ["control_reason"]) : []),
  ];
  const page = linked
    ? { tap_action: navigate(`/${hass.panelUrl || location.pathname.split("/")[1]}/${pagePath(system.id)}`) }
    : {};
  return {
    type: "grid",
    cards: [
      { ...heading(hass, system), ...page },
      ...(cards.length ? cards : [nothingToShow(hass, system, texts(hass))]),
    ],
  };
}

function heading(hass, system) {
  const { entities } = system;
  return {
    type: "heading",
    heading_style: "title",
    heading: system.name,
    icon: "mdi:heat-pump",
    ...devicePage(hass, system),
    badges: [
      ...("running" in entities
        ? [{ type: "entity", entity: entities.running, show_state: true }]
        : []),
      // Of windows only what matters: that one pauses its zone now.
      ...system.zones
        .filter((zone) => zone.entities.window_open)
        .map((zone) => [zone, zone.entities.window_open])
        .map(([zone, entity]) => ({
          type: "entity",
          entity,
          name: withZone(zone),
          show_name: true,
          show_state: true,
          color: "amber",
          visibility: [{ condition: "state", entity, state: "on" }],
        })),
    ],
  };
}

/**
 * A thermostat with the controls that the unit really has. It is a tile unless the
 * configuration asks for a dial: the dial names its slider and its buttons to nobody
 * who cannot see them (2026.10), and takes thrice as long to draw. A `short` one has
 * the temperature and the modes only.
 */
function thermostat(hass, entity, dial, short) {
  const { attributes } = hass.states[entity];
  const features = dial ? [] : [{ type: "target-temperature" }];
  if (entity.startsWith("water_heater.")) {
    if (attributes.operation_list?.length) {
      features.push({ type: "water-heater-operation-modes", style: "icons" });
    }
  } else {
    if (attributes.hvac_modes?.length) {
      features.push({ type: "climate-hvac-modes", style: "icons" });
    }
    for (const [bit, type, list] of short ? [] : FEATURES) {
      if (attributes.supported_features & bit && attributes[list]?.length) {
        features.push({ type, style: "dropdown" });
      }
    }
  }
  return dial
    ? {
        type: "thermostat",
        entity,
        features,
        ...size(COLUMNS, 5 + Math.ceil((features.length * 2) / 3)),
      }
    : {
        type: "tile",
        entity,
        state_content: ["state", "current_temperature"],
        features,
        ...size(COLUMNS, 1 + features.length),
      };
}

/** The thermostats of zones, a row each: with the target, and a tap for the rest. */
const thermostatRows = (hass, system, zones) =>
  zones
    .filter((zone) => zone.entities.thermostat)
    .map((zone) => ({
      ...thermostat(hass, zone.entities.thermostat),
      ...ownWord(hass, system, zone),
      features: [{ type: "target-temperature" }],
      features_position: "inline",
      ...size(COLUMNS, 1),
    }));

/**
 * A thermostat that is called as its system is, and is its only one, is called what it
 * is, in Home Assistant's own word: its name is in the heading above it.
 */
function ownWord(hass, system, { name, toldApart, entities: { thermostat: entity } }) {
  const [domain] = entity.split(".");
  if (toldApart) {
    return { name };
  }
  return system.zones.length === 1 &&
    hass.states[entity].attributes.friendly_name === system.name
    ? { name: hass.localize(`component.${domain}.entity_component._.name`) || undefined }
    : {};
}

/** A name of a zone's entity with the zone's own in it, so that two of one name are told apart. */
const withZone = ({ name, toldApart }) => [
  toldApart ? { type: "text", text: name } : { type: "device" },
  { type: "entity" },
];

/** The tiles of zones: one below its thermostat where three stand side by side. */
function zoneTiles(zones, several, keys = Object.keys(ZONE_TILES)) {
  return keys.flatMap((key) =>
    zones
      .filter(({ entities }) => key in entities)
      .map((zone) =>
        zoneTile(key, zone, several ? COLUMNS : ZONE_TILES[key], several ? withZone(zone) : OWN_NAME),
      ),
  );
}

/** The tiles of many zones: two beside each other, by zone, under the name of what they are. */
function zoneGroups(hass, zones, width, keys = Object.keys(ZONE_TILES)) {
  return keys.flatMap((key) => {
    const those = zones.filter(({ entities }) => key in entities);
    if (!those.length) {
      return [];
    }
    const tiles = those.map((zone) =>
      zoneTile(key, zone, COLUMNS / 2, zone.toldApart ? zone.name : { type: "device" }),
    );
    fillRows(tiles, width);
    const [{ entities }] = those;
    return [
      {
        type: "heading",
        heading_style: "subtitle",
        heading: hass.formatEntityName(hass.states[entities[key]], { type: "entity" }),
      },
      ...tiles,
    ];
  });
}

const zoneTile = (key, zone, columns, name) => ({
  ...tile(zone.entities[key], columns, name),
  // The whole tile switches: an icon that does has no name for screen readers.
  ...(key === "automation"
    ? { tap_action: { action: "toggle" }, icon_tap_action: { action: "none" } }
    : {}),
});

const tile = (entity, columns = 6, name = OWN_NAME) => ({
  type: "tile",
  entity,
  name,
  ...size(columns, 1),
});

function systemCharts(hass, system) {
  const text = texts(hass);
  const { entities } = system;
  const charts = [];
  const byUse = [
    ["heating_energy", text.heating, HEAT],
    ["cooling_energy", text.cooling, COOL],
  ].filter(([key]) => key in entities);
  const energies = byUse.length ? byUse : [["energy", text.total, HEAT]];
  if (energies.every(([key]) => key in entities)) {
    charts.push({
      type: "statistics-graph",
      title: text.energy_by_day,
      chart_type: "bar-stack",
      period: "day",
      stat_types: ["change"],
      days_to_show: 14,
      entities: energies.map(([key, name, color]) => ({
        entity: entities[key],
        name,
        color,
      })),
      ...size(COLUMNS, ROWS),
    });
  }
  const any = entities.heat_pump_type ?? Object.values(entities)[0];
  if (any) {
    charts.push({
      type: PERFORMANCE,
      entity: any,
      ...size(COLUMNS, ROWS),
    });
  }
  const cops = [
    ["cop", "teal"],
    ["expected_cop", "grey"],
  ].filter(([key]) => key in entities);
  if (cops.length) {
    charts.push({
      type: "history-graph",
      title: text.cop_today,
      hours_to_show: 24,
      entities: cops.map(([key, color]) => ({
        entity: entities[key],
        name: OWN_NAME,
        color,
      })),
      ...size(COLUMNS, ROWS),
    });
  }
  if ("price" in entities) {
    charts.push(priceChart(text, entities.price));
  }
  return charts;
}

const priceChart = (text, entity) => ({
  type: "history-graph",
  title: text.price_today,
  hours_to_show: 24,
  entities: [{ entity, name: OWN_NAME, color: "purple" }],
  ...size(COLUMNS, ROWS),
});

function nothingToShow(hass, system, text) {
  const name = system.name;
  return {
    type: "empty-state",
    icon: "mdi:eye-off",
    title: name,
    content: fill(text.no_entities, { name }),
    ...(hass.user?.is_admin
      ? {
          buttons: [
            {
              text: text.open_device,
              appearance: "plain",
              tap_action: navigate(`/config/devices/device/${system.id}`),
            },
          ],
        }
      : {}),
    ...size(COLUMNS, 5),
  };
}

/** Whether a plan's price is that of a system, whose chart then shows it already. */
function samePrice(hass, plan, system) {
  const [a, b] = [plan, system].map(({ entities }) => parseFloat(hass.states[entities.price]?.state));
  return Math.abs(a - b) < 1e-5;
}

function planSection(hass, plan, withChart) {
  const { entities } = plan;
  const tiles = PLAN_TILES.filter((key) => key in entities).map((key) =>
    tile(entities[key]),
  );
  if (!tiles.length) {
    return undefined;
  }
  fillRows(tiles, COLUMNS);
  return {
    type: "grid",
    cards: [
      {
        type: "heading",
        heading_style: "title",
        heading: plan.name,
        icon: "mdi:transmission-tower",
        ...devicePage(hass, plan),
      },
      ...tiles,
      ...(withChart && "price" in entities ? [priceChart(texts(hass), entities.price)] : []),
    ],
  };
}

function weekSection(system) {
  const zones = system.zones.filter((zone) => zone.entities.thermostat);
  // The card of an only zone that is called as its system is says the name.
  const isNamed = zones.length === 1 && zones[0].name === system.name;
  return {
    type: "grid",
    column_span: 2,
    cards: [
      ...(isNamed
        ? []
        : [
            {
              type: "heading",
              heading_style: "title",
              heading: system.name,
              icon: "mdi:heat-pump",
            },
          ]),
      ...zones.map((zone) => weekCard(zone.entities.thermostat, "full", { title: zone.name })),
    ],
  };
}
