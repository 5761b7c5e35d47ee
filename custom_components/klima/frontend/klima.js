// Klima in the frontend: Home Assistant loads this module in every page, so it
// only tells what there is. What a strategy or a card needs comes with it.

import { KlimaPerformanceCard } from "./performance-card.js";
import { KlimaWeekCard } from "./week-card.js";
import { makeDashboard, makeView } from "./strategy.js";
import { texts } from "./text.js";

/** A strategy that Home Assistant finds by its element's name. */
function strategy(make) {
  return class extends HTMLElement {
    static noEditor = true;

    static async generate(config, hass) {
      return make(config, hass);
    }
  };
}

function define(name, element) {
  // A page that stayed open over an update has the old ones: they serve on.
  if (!customElements.get(name)) {
    customElements.define(name, element);
  }
}

define("ll-strategy-dashboard-klima", strategy(makeDashboard));
define("ll-strategy-view-klima", strategy(makeView));
define("klima-performance-card", KlimaPerformanceCard);
define("klima-week-card", KlimaWeekCard);

/** Add an entry to one of the frontend's lists, once. */
function offer(list, entry) {
  window[list] ??= [];
  if (!window[list].some((other) => other.type === entry.type)) {
    window[list].push(entry);
  }
}

const documentationURL =
  "https://github.com/klima-founders/klima/blob/main/docs/dashboard.md";

// The lists are read when a dialog opens, in the language that the user has then.
const translated = (entry, prefix) =>
  Object.defineProperties(entry, {
    name: { enumerable: true, get: () => texts()[`${prefix}_name`] },
    description: { enumerable: true, get: () => texts()[`${prefix}_description`] },
  });

for (const strategyType of ["dashboard", "view"]) {
  window.customStrategies ??= [];
  if (
    !window.customStrategies.some(
      (other) => other.type === "klima" && other.strategyType === strategyType,
    )
  ) {
    window.customStrategies.push(
      translated({ type: "klima", strategyType, documentationURL }, "strategy"),
    );
  }
}
offer(
  "customCards",
  translated(
    { type: "klima-performance-card", preview: true, documentationURL },
    "performance",
  ),
);
offer(
  "customCards",
  translated({ type: "klima-week-card", preview: true, documentationURL }, "week"),
);
