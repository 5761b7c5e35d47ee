// Lines through points, as the paths of SVG: with gaps where nothing is known.

import { HOUR } from "./format.js";

/**
 * Return the points of hours in parts: an hour that is missing parts them. An hour that
 * stands alone is as long as it was.
 */
export function unbroken(points) {
  const parts = [];
  points.forEach((point, index) => {
    if (!(point.at - points[index - 1]?.at <= 1.5 * HOUR)) {
      parts.push([]);
    }
    parts[parts.length - 1].push(point);
  });
  return parts.map((part) =>
    part.length > 1
      ? part
      : [-HOUR / 2, HOUR / 2].map((off) => ({ ...part[0], at: part[0].at + off })),
  );
}

/**
 * Return a line through points, at most two for each pixel; a point without a value
 * holds the one before it until then, and parts the line.
 */
export function thinned(points, x, y) {
  let path = "";
  let column;
  let last;
  let drawn = false;
  const draw = (command) => {
    path += `${command}${column},${y(last).toFixed(1)}`;
    drawn = true;
  };
  for (const { at, value } of points) {
    const px = Math.round(x(at) * 2) / 2;
    if (value === undefined) {
      if (last !== undefined) {
        column = px;
        draw("L");
        last = undefined;
      }
      continue;
    }
    if (last === undefined) {
      [column, last] = [px, value];
      draw("M");
      continue;
    }
    if (px !== column) {
      if (!drawn) {
        draw("L");
      }
      [column, last] = [px, value];
      draw("L");
    } else {
      last = value;
      drawn = false;
    }
  }
  if (last !== undefined && !drawn) {
    draw("L");
  }
  return path;
}

/** Return a line that holds each value until the next, with gaps where there is none. */
export function steps(points, x, y, end) {
  let path = "";
  let last;
  for (const { at, value } of points) {
    if (value === last) {
      continue;
    }
    const px = x(at).toFixed(1);
    if (last !== undefined) {
      path += `H${px}`;
    }
    if (value !== undefined) {
      path += last === undefined ? `M${px},${y(value).toFixed(1)}` : `V${y(value).toFixed(1)}`;
    }
    last = value;
  }
  return last === undefined ? path : `${path}H${x(end).toFixed(1)}`;
}
