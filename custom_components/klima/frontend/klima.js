// Klima in the frontend: Home Assistant loads this module in every page.
//
// It needs no other to tell that the strategies are there, since a dashboard waits
// five seconds for its strategy and no longer. What they and the cards are made of
// comes meanwhile.

/** A strategy: Home Assistant finds it by its element's name. */
function strategy(make) {
  return class extends HTMLElement {
    static noEditor = true;

    static async generate(config, hass) {
      const made = await import("./strategy.js");
      return made[make](config, hass);
    }
  };
}

for (const [type, make] of Object.entries({
  dashboard: "makeDashboard",
  view: "makeView",
  section: "makeSection",
})) {
  const name = `ll-strategy-${type}-klima`;
  // A page that stayed open over an update has the old ones: they serve on.
  if (!customElements.get(name)) {
    customElements.define(name, strategy(make));
  }
}

import("./cards.js");
