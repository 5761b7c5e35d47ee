// The dashboard: views and sections of Home Assistant's own cards, made from the
// systems that there are. Only the two pictures that it has no card for are ours.

import { findHome } from "./home.js";
import { fill, texts } from "./text.js";

/** So many systems still get the whole width each; more stand side by side. */
const FEW = 3;
/** Columns of a section, and of a section that may take the whole width. */
const COLUMNS = 12;
const WIDE = 3;
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
/** What a zone's tiles have for their width: a reason is a sentence. */
const ZONE_TILES = { control_reason: 12, window_open: 6, automation: 6 };
const PLAN_TILES = [
  "price",
  "next_price",
  "period",
  "next_change",
  "tier",
  "tier_remaining",
];

const OWN_NAME = { type: "entity" };

const size = (columns, rows) => ({ grid_options: { columns, rows } });

/** Return a dashboard: all systems, and a week of each zone. */
export function makeDashboard(config, hass) {
  const text = texts(hass);
  const { systems } = chosen(config, hass);
  const strategy = { type: "custom:klima", ...pick(config, "systems") };
  return {
    title: config.title ?? text.view_home,
    views: [
      {
        title: text.view_home,
        path: "home",
        icon: "mdi:heat-pump",
        strategy: { ...strategy, view: "home" },
      },
      ...(systems.some((system) => system.zones.length)
        ? [
            {
              title: text.view_week,
              path: "week",
              icon: "mdi:calendar-week",
              strategy: { ...strategy, view: "week" },
            },
          ]
        : []),
    ],
  };
}

/** Return a view: of all systems, or with `view: week` of their weeks. */
export function makeView(config, hass) {
  const home = chosen(config, hass);
  const count = home.systems.length;
  if (!count) {
    return { type: "sections", max_columns: 1, sections: [noSystems(hass)] };
  }
  if (config.view === "week") {
    return {
      type: "sections",
      max_columns: 2,
      sections: home.systems.filter((s) => s.zones.length).map(weekSection),
    };
  }
  const wide = count <= FEW;
  const sections = home.systems.map((system) => systemSection(hass, system, wide));
  const plans = home.plans.map((plan) => planSection(hass, plan)).filter(Boolean);
  return {
    type: "sections",
    max_columns: wide ? WIDE : 4,
    sections: [...sections, ...plans],
  };
}

/** Keep to the systems that the configuration names, if it does, in its order. */
function chosen(config, hass) {
  const home = findHome(hass);
  if (!Array.isArray(config.systems)) {
    return home;
  }
  return {
    ...home,
    systems: config.systems
      .map((id) => home.systems.find((system) => system.id === id))
      .filter(Boolean),
  };
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

function systemSection(hass, system, wide) {
  const text = texts(hass);
  const { entities } = system;
  const zones = system.zones.filter((zone) => Object.keys(zone.entities).length);
  const thermostats = zones
    .filter((zone) => zone.entities.thermostat)
    .map((zone) => thermostat(hass, zone.entities.thermostat));
  const tiles = [
    ...zones.flatMap((zone) => zoneTiles(zone, zones.length > 1)),
    ...TILES.filter((key) => key in entities).map((key) => tile(entities[key])),
    ...("heat_pump_type" in entities ? [tile(entities.heat_pump_type, COLUMNS)] : []),
  ];
  const charts = systemCharts(hass, system);
  const cards = [...thermostats, ...tiles, ...charts];
  return {
    type: "grid",
    ...(wide ? { column_span: WIDE } : {}),
    cards: [
      heading(hass, system),
      ...(cards.length ? cards : [nothingToShow(hass, system, text)]),
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
    badges: ["running"]
      .filter((key) => key in entities)
      .map((key) => ({
        type: "entity",
        entity: entities[key],
        show_state: true,
        show_icon: true,
      })),
  };
}

/** A thermostat with the controls that the unit really has. */
function thermostat(hass, entity) {
  const { attributes } = hass.states[entity];
  const features = [];
  if (entity.startsWith("water_heater.")) {
    if (attributes.operation_list?.length) {
      features.push({ type: "water-heater-operation-modes" });
    }
  } else {
    if (attributes.hvac_modes?.length) {
      features.push({ type: "climate-hvac-modes", style: "icons" });
    }
    for (const [bit, type, list] of FEATURES) {
      if (attributes.supported_features & bit && attributes[list]?.length) {
        features.push({ type, style: "dropdown" });
      }
    }
  }
  return {
    type: "thermostat",
    entity,
    features,
    ...size(COLUMNS, 5 + Math.ceil((features.length * 2) / 3)),
  };
}

function zoneTiles(zone, several) {
  const { entities } = zone;
  return Object.entries(ZONE_TILES)
    .filter(([key]) => key in entities)
    .map(([key, columns]) => ({
      ...tile(
        entities[key],
        columns,
        several ? [{ type: "device" }, { type: "entity" }] : OWN_NAME,
      ),
      ...(key === "automation"
        ? { tap_action: { action: "toggle" }, icon_tap_action: { action: "toggle" } }
        : {}),
      // Of windows only what matters: that one pauses the zone now.
      ...(key === "window_open"
        ? {
            color: "amber",
            visibility: [{ condition: "state", entity: entities[key], state: "on" }],
          }
        : {}),
    }));
}

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
      ...size(COLUMNS, 6),
    });
  }
  const any = entities.heat_pump_type ?? Object.values(entities)[0];
  if (any) {
    charts.push({
      type: "custom:klima-performance-card",
      entity: any,
      ...size(COLUMNS, 6),
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
      ...size(COLUMNS, 5),
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
  ...size(COLUMNS, 5),
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
    ...size(COLUMNS, 4),
  };
}

function planSection(hass, plan) {
  const { entities } = plan;
  const tiles = PLAN_TILES.filter((key) => key in entities).map((key) =>
    tile(entities[key]),
  );
  if (!tiles.length) {
    return undefined;
  }
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
      ...("price" in entities ? [priceChart(texts(hass), entities.price)] : []),
    ],
  };
}

function weekSection(system) {
  return {
    type: "grid",
    column_span: 2,
    cards: [
      {
        type: "heading",
        heading_style: "title",
        heading: system.name,
        icon: "mdi:heat-pump",
      },
      ...system.zones
        .filter((zone) => zone.entities.thermostat)
        .map((zone) => ({
          type: "custom:klima-week-card",
          entity: zone.entities.thermostat,
          title: zone.name,
          ...size("full", 7),
        })),
    ],
  };
}
