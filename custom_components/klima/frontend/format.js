// Figures and times as the user has set them in their profile.

/** ms */
export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

const NUMBER_LOCALES = {
  comma_decimal: ["en-US", "en"],
  decimal_comma: ["de", "es", "it"],
  space_comma: ["fr", "sv", "cs"],
  quote_decimal: ["de-CH"],
};

/** Return a function that writes numbers with so many decimals. */
export function numberFormat(hass, decimals) {
  const { language, number_format: format } = hass.locale;
  const locale =
    format === "system" ? undefined : (NUMBER_LOCALES[format] ?? language);
  const formatter = new Intl.NumberFormat(format === "none" ? "en-US" : locale, {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
    useGrouping: format !== "none",
  });
  // A typographic minus, as on every axis.
  return (value) => formatter.format(value).replace("-", "−");
}

/** Return a function that writes times in the user's time zone and clock. */
export function timeFormat(hass, options) {
  const { language, time_format: clock, time_zone: zone } = hass.locale;
  const hour12 =
    clock === "12" || clock === "24"
      ? { hourCycle: clock === "12" ? "h12" : "h23" }
      : {};
  const formatter = new Intl.DateTimeFormat(clock === "system" ? undefined : language, {
    ...options,
    ...(options.hour ? hour12 : {}),
    timeZone: zone === "server" ? hass.config.time_zone : undefined,
  });
  return (milliseconds) => formatter.format(milliseconds);
}

/** Return the start of each day, in the user's time zone, between two times. */
export function days(hass, start, end) {
  const zone = hass.locale.time_zone === "server" ? hass.config.time_zone : undefined;
  const parts = new Intl.DateTimeFormat("en-CA", {
    timeZone: zone,
    hourCycle: "h23",
    hour: "2-digit",
    minute: "2-digit",
  });
  const found = [];
  // A quarter of an hour divides every offset of a time zone, and every change of it.
  let at = Math.ceil(start / (HOUR / 4)) * (HOUR / 4);
  while (at <= end) {
    if (parts.format(at) === "00:00") {
      found.push(at);
      at += 22 * HOUR;
    } else {
      at += HOUR / 4;
    }
  }
  return found;
}

/** Return a value as a number, undefined if it is none. */
export const figure = (value) =>
  value === null || value === undefined || !Number.isFinite(Number(value))
    ? undefined
    : Number(value);

export const celsiusOf = (fahrenheit) => (fahrenheit - 32) / 1.8;
export const fahrenheitOf = (celsius) => celsius * 1.8 + 32;

/** Whether the home measures in °F. */
export const isFahrenheit = (hass) => hass.config.unit_system.temperature === "°F";

/** °C to the home's unit. */
export const fromCelsius = (hass, celsius) =>
  isFahrenheit(hass) ? fahrenheitOf(celsius) : celsius;

/** The home's unit to °C. */
export const toCelsius = (hass, value) =>
  isFahrenheit(hass) ? celsiusOf(value) : value;

/** Return round numbers between two, as near to so many as round steps allow. */
export function ticks(low, high, about) {
  const span = Math.max(high - low, 1e-9);
  const power = 10 ** Math.floor(Math.log10(span / Math.max(about, 1)));
  const within = (step) => {
    const found = [];
    for (let n = Math.ceil(low / step - 1e-9); n * step <= high + step * 1e-9; n++) {
      found.push(Number((n * step).toFixed(6)));
    }
    return found;
  };
  const found = [1, 2, 5, 10].map((n) => within(n * power));
  // One figure alone does not tell how far apart two are.
  const several = found.filter(({ length }) => length > 1);
  return (several.length ? several : found).reduce((best, marks) =>
    Math.abs(marks.length - about) < Math.abs(best.length - about) ? marks : best,
  );
}
