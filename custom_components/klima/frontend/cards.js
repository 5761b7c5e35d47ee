// The cards, and what Home Assistant's dialogs offer of Klima.

import { KlimaPerformanceCard } from "./performance-card.js";
import { texts } from "./text.js";
import { KlimaWeekCard } from "./week-card.js";

const documentationURL =
  "https://github.com/klima-founders/klima/blob/main/docs/dashboard.md";

for (const [name, card] of Object.entries({
  "klima-performance-card": KlimaPerformanceCard,
  "klima-week-card": KlimaWeekCard,
})) {
  if (!customElements.get(name)) {
    customElements.define(name, card);
  }
}

/** Add an entry to one of the frontend's lists, once, in the language of the reader. */
function offer(list, prefix, entry) {
  window[list] ??= [];
  const known = window[list].some(
    (other) => other.type === entry.type && other.strategyType === entry.strategyType,
  );
  if (!known) {
    window[list].push(
      Object.defineProperties(
        { ...entry, documentationURL },
        {
          name: { enumerable: true, get: () => texts()[`${prefix}_name`] },
          description: { enumerable: true, get: () => texts()[`${prefix}_description`] },
        },
      ),
    );
  }
}

offer("customStrategies", "strategy", { type: "klima", strategyType: "dashboard" });
offer("customStrategies", "strategy", { type: "klima", strategyType: "view" });
offer("customCards", "performance", { type: "klima-performance-card", preview: true });
offer("customCards", "week", { type: "klima-week-card", preview: true });
