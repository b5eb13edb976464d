// The countries of the world, from the files beside this module: coarse for the whole, finer for a single country.
import L from "leaflet";
import { feature } from "topojson-client";
import { unwrapGeometry } from "./rings.js";

const loaded = new Map();

async function countries(scale) {
  if (!loaded.has(scale)) {
    const answer = await fetch(new URL(`./countries-${scale}.json`, import.meta.url));
    if (!answer.ok) throw new Error(`The world map could not be fetched (${answer.status}).`);
    const topology = await answer.json();
    const world = feature(topology, topology.objects.countries);
    loaded.set(
      scale,
      world.features.filter((country) => country.geometry).map((country) => ({ ...country, geometry: unwrapGeometry(country.geometry) })),
    );
  }
  return loaded.get(scale);
}

// From here on coasts of the coarse world look like broken glass.
const FinerFrom = 4;

// Where a country's name goes: the middle of the box around its largest part (by that box).
function place(country) {
  let best = null;
  for (const [outline] of country.geometry.coordinates) {
    const box = L.latLngBounds(outline.map(([lon, lat]) => [lat, lon]));
    const size = (box.getEast() - box.getWest()) * (box.getNorth() - box.getSouth());
    if (!best || size > best.size) best = { box, size };
  }
  return { name: country.properties.name, box: best.box };
}

/** Writes the names of the countries that are wide enough on the screen for theirs. */
export async function nameCountries(map) {
  map.createPane("names").style.zIndex = 160;
  const layer = L.layerGroup().addTo(map);
  const places = (await countries("110m")).map(place);
  const draw = () => {
    layer.clearLayers();
    const view = map.getBounds();
    for (const { name, box } of places) {
      const width = map.latLngToContainerPoint(box.getNorthEast()).x - map.latLngToContainerPoint(box.getNorthWest()).x;
      if (width < 9 * name.length + 12 || !view.contains(box.getCenter())) continue;
      const text = document.createElement("span");
      text.textContent = name;
      const icon = L.divIcon({ className: "iot-country", html: text, iconSize: [0, 0] });
      layer.addLayer(L.marker(box.getCenter(), { icon, pane: "names", interactive: false, keyboard: false }));
    }
  };
  map.on("moveend", draw);
  draw();
}

/** Draws the world below everything and changes its scale with the zoom. */
export function drawWorld(map) {
  map.createPane("world").style.zIndex = 150;
  const renderer = L.svg({ pane: "world", padding: 0.5 });
  let shown = null;
  let layer = null;
  const draw = async () => {
    const scale = map.getZoom() >= FinerFrom ? "50m" : "110m";
    if (scale === shown) return;
    shown = scale;
    const data = await countries(scale);
    if (shown !== scale || !map.getContainer().isConnected) return;
    layer?.remove();
    layer = L.geoJSON(data, { pane: "world", renderer, interactive: false, style: { className: "iot-land", weight: 1, fillOpacity: 1 } }).addTo(map);
  };
  map.on("zoomend", draw);
  return draw();
}
