// Elements made without a framework. Text is always set as text, so that a name
// with markup in it is shown as it is written.

const SVG = "http://www.w3.org/2000/svg";

function fillIn(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === undefined || value === null || value === false) {
      continue;
    }
    if (name.startsWith("on")) {
      element.addEventListener(name.slice(2), value);
    } else if (name === "style") {
      Object.entries(value).forEach(([key, v]) => element.style.setProperty(key, v));
    } else {
      element.setAttribute(name, value === true ? "" : value);
    }
  }
  element.append(...children.flat().filter((child) => child !== undefined && child !== null));
  return element;
}

/** Make an HTML element. */
export const h = (tag, attributes, ...children) =>
  fillIn(document.createElement(tag), attributes, children);

/** Make an SVG element. */
export const s = (tag, attributes, ...children) =>
  fillIn(document.createElementNS(SVG, tag), attributes, children);

/** Make a table: the column at `textAt` is of words, the others of figures. */
export const table = (caption, headers, textAt, rows) =>
  h(
    "table",
    null,
    h("caption", null, caption),
    h(
      "thead",
      null,
      h(
        "tr",
        null,
        ...headers.map((label, index) =>
          h("th", { scope: "col", class: index === textAt ? "text" : undefined }, label),
        ),
      ),
    ),
    h("tbody", null, ...rows),
  );

/** Make one of Material Design's icons, from its path. */
export const icon = (path) =>
  s("svg", { viewBox: "0 0 24 24", "aria-hidden": "true", class: "icon" }, s("path", { d: path }));

export const ICONS = {
  table:
    "M5,4H19A2,2 0 0,1 21,6V18A2,2 0 0,1 19,20H5A2,2 0 0,1 3,18V6A2,2 0 0,1 5,4M5,8V12H11V8H5M13,8V12H19V8H13M5,14V18H11V14H5M13,14V18H19V14H13Z",
  chart:
    "M2,2H4V20H22V22H2V2M7,10H17V13H7V10M11,15H21V18H11V15M6,4H22V8H20V6H8V8H6V4Z",
};
