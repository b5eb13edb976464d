// A map of devices: offline world below, tiles of a server when one is set, thousands of markers as clusters.
import L from "leaflet";
import Supercluster from "supercluster";
import { clusterIcon, markerIcon, MaxListed, popupOf, rank } from "./map/signs.js";
import { longitude, West } from "./map/rings.js";
import { drawWorld, nameCountries } from "./map/world.js";

const maps = new WeakMap();

export async function create(host, dotnet, options) {
  await styles();
  if (!host.isConnected || maps.has(host)) return;
  const map = L.map(host, {
    minZoom: 1,
    maxZoom: options.tiles ? 19 : 12,
    maxBounds: [
      [-85, West],
      [85, West + 360],
    ],
    maxBoundsViscosity: 1,
    zoomSnap: 0.5,
    worldCopyJump: false,
    attributionControl: Boolean(options.tiles),
    zoomAnimation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    fadeAnimation: false,
  });
  map.attributionControl?.setPrefix(false);
  const view = { map, dotnet, options, layer: L.layerGroup().addTo(map), index: null, markers: [], placed: false };
  maps.set(host, view);
  if (options.place) show(view, options.place);
  else map.fitWorld();
  map.on("moveend", () => draw(view));
  map.on("moveend", () => view.placed && tell(view));
  view.resize = new ResizeObserver(() => map.invalidateSize({ animate: false }));
  view.resize.observe(host);
  if (options.tiles) L.tileLayer(options.tiles, { attribution: options.attribution, maxZoom: 19 }).addTo(map);
  await drawWorld(map);
  if (!options.tiles) await nameCountries(map);
}

/** @param {{id, name, lat, lon, tone, state, note, href}[]} markers */
export function load(host, markers) {
  const view = maps.get(host);
  if (!view) return;
  view.markers = markers;
  view.index = new Supercluster({
    radius: 56,
    maxZoom: 11,
    map: ({ i }) => ({ worst: rank(markers[i].tone) }),
    reduce: (sum, one) => (sum.worst = Math.max(sum.worst, one.worst)),
  }).load(
    markers.map((marker, i) => ({
      type: "Feature",
      properties: { i },
      geometry: { type: "Point", coordinates: [longitude(marker.lon), marker.lat] },
    })),
  );
  if (!view.placed && !view.options.place && markers.length > 0) fit(view);
  view.placed = true;
  draw(view);
}

/** Moves to where all markers are. */
export const fitAll = (host) => maps.has(host) && fit(maps.get(host));

export function destroy(host) {
  const view = maps.get(host);
  if (!view) return;
  view.resize.disconnect();
  view.map.remove();
  maps.delete(host);
}

function fit({ map, markers }) {
  const bounds = L.latLngBounds(markers.map((marker) => [marker.lat, longitude(marker.lon)]));
  // room at the left for the zoom buttons
  map.fitBounds(bounds, { paddingTopLeft: [64, 36], paddingBottomRight: [36, 36], maxZoom: 8, animate: false });
}

const show = ({ map }, { lat, lon, zoom }) => map.setView([lat, longitude(lon)], zoom, { animate: false });

function tell({ map, dotnet }) {
  const { lat, lng } = map.getCenter();
  dotnet.invokeMethodAsync("Moved", lat, lng > 180 ? lng - 360 : lng, map.getZoom()).catch(() => {});
}

function draw(view) {
  const { map, layer, index } = view;
  if (!index) return;
  const bounds = map.getBounds().pad(0.2);
  // the index knows longitudes up to 180: what lies beyond is asked for on the other side
  const box = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
  layer.clearLayers();
  for (const found of index.getClusters(box, Math.floor(map.getZoom()))) layer.addLayer(sign(view, found));
}

function sign(view, { properties, geometry }) {
  const at = [geometry.coordinates[1], longitude(geometry.coordinates[0])];
  if (properties.cluster) return cluster(view, at, properties);
  const marker = view.markers[properties.i];
  const label = marker.state ? `${marker.name}: ${marker.state}` : marker.name;
  const made = L.marker(at, { icon: markerIcon(marker.tone), title: label, alt: label, zIndexOffset: 100 * rank(marker.tone) });
  made.bindPopup(() => popupOf([marker], 1, view.options.more), { closeButton: false, autoPanPadding: [16, 16] });
  made.on("click", () => view.dotnet.invokeMethodAsync("Chosen", marker.id).catch(() => {}));
  return made;
}

function cluster(view, at, { cluster_id: id, point_count: count, worst }) {
  const label = view.options.devices.replace("{0}", String(count));
  const made = L.marker(at, { icon: clusterIcon(count, worst), title: label, alt: label });
  made.on("click keypress", (event) => {
    if (event.type === "keypress" && event.originalEvent.key !== "Enter") return;
    const zoom = view.index.getClusterExpansionZoom(id);
    if (zoom <= Math.min(view.map.getMaxZoom(), 12) && zoom > view.map.getZoom()) return view.map.setView(at, zoom);
    // they stand on one spot: no zoom parts them
    const there = view.index.getLeaves(id, MaxListed).map((leaf) => view.markers[leaf.properties.i]);
    L.popup({ closeButton: false }).setLatLng(at).setContent(popupOf(there, count, view.options.more)).openOn(view.map);
  });
  return made;
}

let styled = null;

// Leaflet measures as soon as it is there, so its styles come first.
function styles() {
  styled ??= new Promise((resolve, reject) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = new URL("./map.css", import.meta.url);
    link.onload = resolve;
    link.onerror = () => reject(new Error("The styles of the map could not be fetched."));
    document.head.append(link);
  });
  return styled;
}
