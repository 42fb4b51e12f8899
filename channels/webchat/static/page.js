/* Small helpers for the panel's page: nodes, icons, colours, what the loader asked for. */

const SVG = "http://www.w3.org/2000/svg";
const ICONS = {
  sending: "M12 5.5v6.5l4 2.3M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18z",
  sent: "m5 12.5 4.5 4.5L19 7.5",
  seen: "m2.5 12.5 4.5 4.5L16.5 7.5M12 16l1 1 9.5-9.5",
  failed: "M12 7.5v5.5m0 3.5v.01M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18z",
  chat: "M12 4c4.7 0 8.5 3.3 8.5 7.4s-3.8 7.4-8.5 7.4c-1.1 0-2.2-.2-3.2-.5L4 20l1.4-3.9a6.9 6.9 0 0 1-1.9-4.7C3.5 7.3 7.3 4 12 4z",
  star: "m12 3.6 2.6 5.3 5.8.8-4.2 4.1 1 5.8-5.2-2.7-5.2 2.7 1-5.8L3.6 9.7l5.8-.8z",
};

export const byId = (id) => document.getElementById(id);

/** A node with properties and children: make("p", {className: "by"}, "text", node). */
export function make(tag, properties = {}, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
}

/** A line drawing; with a name it is an image to a screen reader, without one it is nothing. */
export function icon(shape, name = "") {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  if (name) {
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", name);
  } else svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", ICONS[shape]);
  svg.append(path);
  return svg;
}

/** Wear the shop's colour and theme; what stands on the colour is black or white, whichever reads better. */
export function dress(theme, color) {
  const root = document.documentElement;
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  if (!color || !CSS.supports("color", color)) return;
  root.style.setProperty("--accent", color);
  const probe = document.body.appendChild(make("span", { className: "probe" }));
  const [red, green, blue] = getComputedStyle(probe).backgroundColor.match(/[\d.]+/g).map((part) => linear(part / 255));
  probe.remove();
  root.style.setProperty("--on-accent", 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.18 ? "#000" : "#fff");
}

function linear(part) {
  return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4; // WCAG 2.2, relative luminance
}

/** An id that nobody else makes; `randomUUID` exists only on https and on this machine's own addresses. */
export function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
