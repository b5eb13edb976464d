// Markers and clusters: colour and shape by state, words in a popup. What people named is set as text, never as HTML.
import L from "leaflet";

const Tones = ["neutral", "accent", "good", "warning", "critical"];

/** How bad: the worst one colours its cluster. */
export const rank = (tone) => Math.max(0, Tones.indexOf(tone));

// the shapes of ToneShape.razor, in a box of 20
const Shapes = {
  neutral: '<circle cx="10" cy="10" r="6.5" fill="var(--iot-surface)" stroke-width="3"/>',
  accent: '<circle cx="10" cy="10" r="7.5"/>',
  good: '<circle cx="10" cy="10" r="7.5"/>',
  warning: '<path d="M10 1.5 19 17.5H1Z"/>',
  critical: '<path d="M10 .5 19.5 10 10 19.5.5 10Z"/>',
};

export function markerIcon(tone) {
  const known = Tones.includes(tone) ? tone : "neutral";
  return L.divIcon({
    className: `iot-sign iot-sign--${known}`,
    html: `<svg viewBox="0 0 20 20" aria-hidden="true">${Shapes[known]}</svg>`,
    iconSize: [32, 32],
  });
}

export function clusterIcon(count, worst) {
  const size = count < 10 ? 32 : count < 100 ? 38 : count < 1000 ? 44 : 52;
  const icon = L.divIcon({ className: `iot-cluster iot-cluster--${Tones[worst]}`, iconSize: [size, size] });
  const text = document.createElement("span");
  text.textContent = count < 1000 ? String(count) : `${(count / 1000).toFixed(count < 10_000 ? 1 : 0)}k`;
  icon.options.html = text;
  return icon;
}

export const MaxListed = 10;

/** What a popup says about these markers, of so many in all. */
export function popupOf(markers, total, more) {
  const box = document.createElement("div");
  box.className = "iot-popup";
  for (const marker of markers) {
    const row = box.appendChild(document.createElement("div"));
    const name = row.appendChild(document.createElement(isLocal(marker.href) ? "a" : "strong"));
    name.className = "iot-popup__name";
    name.textContent = marker.name;
    if (name.tagName === "A") name.href = marker.href;
    for (const [text, kind] of [[marker.state, `iot-chip${marker.tone === "neutral" ? "" : ` iot-chip--${marker.tone}`}`], [marker.note, "iot-note"]]) {
      if (!text) continue;
      const line = row.appendChild(document.createElement("div")).appendChild(document.createElement("span"));
      line.className = kind;
      line.textContent = text;
    }
  }
  if (total > markers.length) box.appendChild(document.createElement("div")).textContent = more.replace("{0}", String(total - markers.length));
  return box;
}

const isLocal = (href) => typeof href === "string" && /^\/(?!\/)/.test(href);
