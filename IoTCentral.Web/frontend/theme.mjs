// The one place where colours are written down. The build turns this into theme.css: our own variables (--iot-…) and
// MudBlazor's (--mud-…), once for light and once for dark, so that the first paint needs no script and no server-side
// knowledge of the system's preference. A test compares the list of variables with the one MudBlazor itself writes.

const light = {
  page: "#f5f6f8",
  surface: "#ffffff",
  sunken: "#eef0f4",
  line: "#e2e5ea",
  "line-strong": "#c3c9d3",
  text: "#18202b",
  muted: "#586374",
  accent: "#3454d1",
  "accent-soft": "#e9edfd",
  "on-accent": "#ffffff",
  good: "#12805c",
  "good-soft": "#e3f4ed",
  "good-text": "#0e6f50",
  warning: "#9a6200",
  "warning-soft": "#fdf1d8",
  "warning-text": "#8a5700",
  critical: "#c0322a",
  "critical-soft": "#fce8e6",
  "critical-text": "#b32d26",
  idle: "#e2e5ea",
  band: "#fce8e6",
  land: "#e4e7ec",
  sea: "#f8f9fb",
  shade: "rgba(24, 32, 43, 0.4)",
  series: ["#3454d1", "#d9730d", "#12805c", "#a3219a", "#0b7a94", "#8a6d3b", "#6b7280", "#b5456f"],
};

const dark = {
  page: "#0e131a",
  surface: "#161d27",
  sunken: "#111821",
  line: "#263040",
  "line-strong": "#3d4a5e",
  text: "#e6ebf2",
  muted: "#9aa7b8",
  accent: "#8ea4ff",
  "accent-soft": "#1f2a4d",
  "on-accent": "#0e131a",
  good: "#4cc79a",
  "good-soft": "#12342a",
  "good-text": "#4cc79a",
  warning: "#e6b450",
  "warning-soft": "#3a2d10",
  "warning-text": "#e6b450",
  critical: "#ff8a80",
  "critical-soft": "#43201d",
  "critical-text": "#ff8a80",
  idle: "#263040",
  band: "#43201d",
  land: "#222c3a",
  sea: "#121923",
  shade: "rgba(0, 0, 0, 0.6)",
  series: ["#8ea4ff", "#f2a154", "#4cc79a", "#e08ad9", "#59c2dd", "#d4b483", "#a6b0bf", "#f29bb7"],
};

const triplet = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16)).join(",");

function own(tokens) {
  const { series, ...plain } = tokens;
  return [
    ...Object.entries(plain).map(([name, value]) => [`--iot-${name}`, value]),
    ...series.map((value, i) => [`--iot-series-${i + 1}`, value]),
  ];
}

function mudColour(name, colour, on) {
  const rgb = triplet(colour);
  return [
    [`--mud-palette-${name}`, colour],
    [`--mud-palette-${name}-rgb`, rgb],
    [`--mud-palette-${name}-text`, on],
    [`--mud-palette-${name}-darken`, `color-mix(in srgb, ${colour} 88%, ${on === "#ffffff" ? "black" : "white"})`],
    [`--mud-palette-${name}-lighten`, `color-mix(in srgb, ${colour} 82%, white)`],
    [`--mud-palette-${name}-hover`, `rgba(${rgb},0.08)`],
  ];
}

function mud(t, scheme) {
  const on = t["on-accent"];
  const withRgb = (name, value) => [
    [`--mud-palette-${name}`, value],
    [`--mud-palette-${name}-rgb`, triplet(value)],
  ];
  return [
    ["--mud-palette-black", "#18202b"],
    ["--mud-palette-white", "#ffffff"],
    ...mudColour("primary", t.accent, on),
    ...mudColour("secondary", t.muted, on),
    ...mudColour("tertiary", t.series[4], on),
    ...mudColour("info", t.accent, on),
    ...mudColour("success", t.good, on),
    ...mudColour("warning", t.warning, on),
    ...mudColour("error", t.critical, on),
    ...mudColour("dark", t.text, t.surface),
    ...withRgb("text-primary", t.text),
    ...withRgb("text-secondary", t.muted),
    ...withRgb("text-disabled", t["line-strong"]),
    ["--mud-palette-action-default", t.muted],
    ["--mud-palette-action-default-hover", `rgba(${triplet(t.muted)},0.1)`],
    ["--mud-palette-action-disabled", t["line-strong"]],
    ["--mud-palette-action-disabled-background", t.sunken],
    ...withRgb("surface", t.surface),
    ["--mud-palette-background", t.page],
    ["--mud-palette-background-gray", t.sunken],
    ["--mud-palette-drawer-background", t.surface],
    ["--mud-palette-drawer-text", t.text],
    ["--mud-palette-drawer-icon", t.muted],
    ["--mud-palette-appbar-background", t.surface],
    ["--mud-palette-appbar-text", t.text],
    ["--mud-palette-lines-default", t.line],
    ["--mud-palette-lines-inputs", t["line-strong"]],
    ["--mud-palette-table-lines", t.line],
    ["--mud-palette-table-striped", "transparent"],
    ["--mud-palette-table-hover", t.sunken],
    ...withRgb("divider", t.line),
    ["--mud-palette-divider-light", t.line],
    ["--mud-palette-skeleton", t.sunken],
    ["--mud-palette-gray-default", t.muted],
    ["--mud-palette-gray-light", t["line-strong"]],
    ["--mud-palette-gray-lighter", t.line],
    ["--mud-palette-gray-dark", t.muted],
    ["--mud-palette-gray-darker", t.text],
    ["--mud-palette-overlay-dark", t.shade],
    ["--mud-palette-overlay-light", `rgba(${triplet(t.surface)},0.6)`],
    ["--mud-palette-border-opacity", "1"],
    ["--mud-native-html-color-scheme", scheme],
  ];
}

// name → [size, weight, line height, letter spacing]; LOOK: 14/20 body, 12.5 notes, 13/18 card titles, 22/28 page title, 30/36 key figures
const typography = {
  default: ["0.875rem", 400, 1.4286, "normal"],
  h1: ["1.375rem", 680, 1.2727, "-0.01em"],
  h2: ["1.125rem", 650, 1.3333, "-0.005em"],
  h3: ["0.9375rem", 620, 1.3333, "normal"],
  h4: ["0.8125rem", 620, 1.3846, "normal"],
  h5: ["0.8125rem", 620, 1.3846, "normal"],
  h6: ["0.8125rem", 620, 1.3846, "normal"],
  subtitle1: ["0.875rem", 600, 1.4286, "normal"],
  subtitle2: ["0.8125rem", 600, 1.3846, "normal"],
  body1: ["0.875rem", 400, 1.4286, "normal"],
  body2: ["0.8125rem", 400, 1.3846, "normal"],
  button: ["0.875rem", 600, 1.4286, "normal"],
  caption: ["0.78125rem", 400, 1.44, "normal"],
  overline: ["0.6875rem", 600, 1.4545, "0.05em"],
};

function fixed() {
  const family = "var(--iot-font)";
  return [
    ["--iot-font", "'Inter Variable', system-ui, -apple-system, 'Segoe UI', sans-serif"],
    ["--iot-mono", "ui-monospace, 'SF Mono', 'Cascadia Mono', 'DejaVu Sans Mono', Menlo, Consolas, monospace"],
    ["--mud-ripple-color", "var(--mud-palette-text-primary)"],
    ["--mud-ripple-opacity", "0.06"],
    ["--mud-ripple-opacity-secondary", "0.1"],
    ...Array.from({ length: 26 }, (_, i) => [`--mud-elevation-${i}`, "none"]),
    ["--mud-default-borderradius", "8px"],
    ["--mud-drawer-width-left", "224px"],
    ["--mud-drawer-width-right", "320px"],
    ["--mud-drawer-width-mini-left", "56px"],
    ["--mud-drawer-width-mini-right", "56px"],
    ["--mud-appbar-height", "52px"],
    ...Object.entries(typography).flatMap(([name, [size, weight, line, spacing]]) => [
      [`--mud-typography-${name}-family`, family],
      [`--mud-typography-${name}-size`, size],
      [`--mud-typography-${name}-weight`, weight],
      [`--mud-typography-${name}-lineheight`, line],
      [`--mud-typography-${name}-letterspacing`, spacing],
      [`--mud-typography-${name}-text-transform`, "none"],
    ]),
    ["--mud-zindex-drawer", 1100],
    ["--mud-zindex-appbar", 1300],
    ["--mud-zindex-dialog", 1400],
    ["--mud-zindex-popover", 1450],
    ["--mud-zindex-snackbar", 1500],
    ["--mud-zindex-tooltip", 1600],
  ];
}

const block = (selector, pairs) => `${selector} {\n${pairs.map(([k, v]) => `  ${k}: ${v};`).join("\n")}\n}\n`;

export function themeCss() {
  const darkPairs = [["color-scheme", "dark"], ...own(dark), ...mud(dark, "dark")];
  return [
    block(":root", [["color-scheme", "light"], ...fixed(), ...own(light), ...mud(light, "light")]),
    block(':root[data-theme="dark"]', darkPairs),
    `@media (prefers-color-scheme: dark) {\n${block(':root:not([data-theme="light"])', darkPairs)}}\n`,
  ].join("\n");
}
