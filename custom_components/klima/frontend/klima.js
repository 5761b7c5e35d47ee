// Klima in the frontend: Home Assistant loads this module in every page.
//
// It may run before Home Assistant's own modules, which put another registry of
// custom elements (and another HTMLElement) in the browser's place: whatever was
// defined before that is never found. So all of it waits for Home Assistant's first
// element. A dashboard waits five seconds for its strategy and no longer: it needs
// no other module to be found, and the others are fetched meanwhile. All of them, and
// at once: later they would stand in line behind a hundred of Home Assistant's own, and
// each behind the one that imports it.

const MODULES = [
  "strategy",
  "home",
  "layout",
  "text",
  "cards",
  "card",
  "data",
  "dom",
  "format",
  "lines",
  "measured",
  "performance-card",
  "week-card",
];

for (const module of MODULES) {
  const link = document.createElement("link");
  link.rel = "modulepreload";
  link.href = new URL(`${module}.js`, import.meta.url).href;
  document.head.append(link);
}

/** What Home Assistant makes a strategy anew for that says nothing of it. */
const REGISTRIES = ["entities", "devices", "areas", "floors"];

let loaded;

/** A strategy: Home Assistant finds it by its element's name. */
function strategy(make) {
  return class extends HTMLElement {
    static noEditor = true;

    static async generate(config, hass) {
      loaded = await import("./strategy.js");
      return loaded[make](config, hass);
    }

    /** Asked whenever anything changes: a view is laid out for the window, which may be turned. */
    static shouldRegenerate(config, before, now) {
      return (
        REGISTRIES.some((registry) => before[registry] !== now[registry]) ||
        Boolean(make === "makeView" && loaded?.isTurned(now))
      );
    }
  };
}

customElements.whenDefined("home-assistant").then(() => {
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
  return import("./cards.js");
});
