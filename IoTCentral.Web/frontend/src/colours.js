// Colours of the theme for canvas drawings, which cannot read CSS variables themselves.

let cache = new Map();
document.addEventListener("iot:theme", () => (cache = new Map()));

/** The value of --iot-{name} now, e.g. "series-1". */
export function colour(name) {
  if (!cache.has(name)) {
    const value = getComputedStyle(document.documentElement).getPropertyValue(`--iot-${name}`).trim();
    if (!value) return "#888888"; // styles still loading
    cache.set(name, value);
  }
  return cache.get(name);
}
