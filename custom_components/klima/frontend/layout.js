// How the cards of a system are arranged: so that their rows are full, whether there
// is room for one column, two or three.

/** Columns of a section, and of a section that may take the whole width. */
export const COLUMNS = 12;
export const WIDE = 3;
/** Rows of a chart, and of a week and of what stands beside it. */
export const ROWS = 6;
const WEEK_ROWS = 7;
/** px of a row and of the gap to the next, and of a feature of a tile. */
const ROW = 64;
const FEATURE = 54;

export const PERFORMANCE = "custom:klima-performance-card";

export const size = (columns, rows) => ({ grid_options: { columns, rows } });

export const weekCard = (entity, columns, more) => ({
  type: "custom:klima-week-card",
  entity,
  ...more,
  ...size(columns, WEEK_ROWS),
});

/** px of the least width of a column, and of the gaps of Home Assistant's view. */
const COLUMN = 320;
const GAPS = { narrow: 8, wide: 32 };
/** px of the sidebar where it stays open, and where it shows icons only. */
const SIDEBAR = { docked: 256, auto: 56 };

/** Return for how many columns there is room in this window, at most as many as are used. */
export function columnsOfWindow(hass) {
  const gap = window.innerWidth > 600 ? GAPS.wide : GAPS.narrow;
  const sidebar =
    window.innerWidth > 870 && !hass.kioskMode ? (SIDEBAR[hass.dockedSidebar] ?? 0) : 0;
  const room = window.innerWidth - sidebar - gap;
  return Math.min(Math.max(Math.floor(room / (COLUMN + gap)), 1), WIDE);
}

/** The columns that the view was laid out for, if it is one of systems over the whole width. */
let laidOutFor;

/** Begin another view. */
export function startLayout() {
  laidOutFor = undefined;
}

/** Whether the window has room for another number of columns than its view was made for. */
export const isTurned = (hass) =>
  laidOutFor !== undefined && columnsOfWindow(hass) !== laidOutFor;

/**
 * Arrange a system over the whole width, so that its rows are full where that is
 * three columns, two or one: thermostats first, the tiles in the room that their last
 * row leaves, the picture of the performance below the tiles beside a single
 * thermostat, then all others. Returns the charts in their order.
 *
 * Thermostats that share their row with tiles are as high as those, but not in one
 * column. Beside a single thermostat it depends on the window: with three columns the picture
 * stands below the tiles, with two the tiles alone are as high as the thermostat, or
 * below it where they are too few for that. Of `many` each kind has rows of its own.
 */
export function arrange(hass, thermostats, tiles, charts, many = false) {
  const columns = columnsOfWindow(hass);
  laidOutFor = columns;
  if (many) {
    for (const cards of [thermostats, tiles].filter(({ length }) => length)) {
      fillRows(cards, columns * COLUMNS);
    }
    return spread(charts);
  }
  if (thermostats.length === 1 && columns < WIDE) {
    const [{ entity, grid_options: options }] = thermostats;
    const rows = Math.max(options.rows, fillRows(tiles, COLUMNS));
    if (columns > 1 && fillTo(tiles, rows)) {
      options.rows = rows;
    } else {
      options.columns = "full";
      fillRows(tiles, columns * COLUMNS);
    }
    const first = charts.filter(({ type }) => type === PERFORMANCE);
    const others = charts.filter((chart) => !first.includes(chart));
    return [...spread(first), ...spread([...others, weekCard(entity, COLUMNS)])];
  }
  const beside = (WIDE - (thermostats.length % WIDE)) * COLUMNS;
  const tileRows = fillRows(tiles, beside);
  if (thermostats.length !== 1) {
    const last = thermostats.slice(thermostats.length - (thermostats.length % WIDE));
    // In one column nothing stands beside them.
    for (const card of columns > 1 ? last : []) {
      card.grid_options.rows = Math.max(card.grid_options.rows, tileRows);
    }
    return spread(charts);
  }
  const [card] = thermostats;
  const options = card.grid_options;
  const week = weekCard(card.entity, COLUMNS);
  const picture = charts.find(({ type }) => type === PERFORMANCE);
  options.rows = Math.max(options.rows, tileRows + (picture ? ROWS - 1 : 0));
  if (card.type === "tile" && options.rows * ROW - card.features.length * FEATURE > 2 * ROW) {
    // With room to spare, its name and state stand large above the controls.
    card.vertical = true;
  }
  if (!picture) {
    return spread([...charts, week]);
  }
  Object.assign(picture.grid_options, { columns: beside, rows: options.rows - tileRows });
  return [picture, ...spread([...charts.filter((chart) => chart !== picture), week])];
}

/** Widen charts so that their rows are full; four are so in two columns as in three. */
function spread(charts) {
  const columns = {
    1: ["full"],
    2: ["full", "full"],
    4: [2 * COLUMNS, COLUMNS, COLUMNS, 2 * COLUMNS],
  }[charts.length];
  const rows = Math.max(...charts.map((chart) => chart.grid_options.rows));
  charts.forEach((chart, index) => {
    chart.grid_options = { columns: columns?.[index] ?? COLUMNS, rows };
  });
  return charts;
}

/**
 * Widen narrow tiles from the last on, so that the last row is full, and is so too
 * where there is room for fewer columns; returns how many rows there are.
 */
export function fillRows(tiles, width) {
  const total = () => tiles.reduce((sum, { grid_options: { columns } }) => sum + columns, 0);
  let missing = (width - (total() % width)) % width;
  for (const { grid_options: options } of [...tiles].reverse()) {
    if (missing > 0 && options.columns < COLUMNS) {
      missing -= COLUMNS - options.columns;
      options.columns = COLUMNS;
    }
  }
  if (missing > 0) {
    tiles[tiles.length - 1].grid_options.columns += missing;
  }
  return total() / width;
}

/** Widen narrow tiles until a column of them is so many rows high; return whether it is. */
function fillTo(tiles, rows) {
  if (tiles.length < rows) {
    return false;
  }
  let missing = rows * COLUMNS - tiles.reduce((sum, tile) => sum + tile.grid_options.columns, 0);
  for (const { grid_options: options } of [...tiles].reverse()) {
    const more = Math.min(COLUMNS - options.columns, missing);
    options.columns += more;
    missing -= more;
  }
  return missing === 0;
}
