import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";
import { feature } from "topojson-client";
import { longitude, unwrap, unwrapGeometry, West } from "../src/map/rings.js";

// the widest stride above the lower edge of the map
const widest = (ring) =>
  Math.max(...ring.slice(1).map(([lon, lat], i) => (lat < -85 && ring[i][1] < -85 ? 0 : Math.abs(lon - ring[i][0]))));

test("a ring over the date line does not jump across the map", () => {
  const ring = unwrap([[178, -17], [-179, -16], [-179, -18], [178, -18], [178, -17]]);

  assert.deepEqual(ring.map(([lon]) => lon), [178, 181, 181, 178, 178]);
});

test("a ring that lies beyond the cut is moved to the other side", () => {
  const ring = unwrap([[-175, 52], [-174, 53], [-173, 52], [-175, 52]]);

  assert.deepEqual(ring.map(([lon]) => lon), [185, 186, 187, 185]);
});

test("no coast of the world runs across the map, but for the edge below Antarctica", async () => {
  const topology = JSON.parse(await readFile(new URL("../node_modules/world-atlas/countries-110m.json", import.meta.url)));
  const world = feature(topology, topology.objects.countries).features;

  for (const country of world)
    for (const [outline] of unwrapGeometry(country.geometry).coordinates) {
      const jump = widest(outline);
      assert.ok(jump < 90, `${country.properties.name}: ${jump}`);
    }
});

test("longitudes run eastwards from the cut", () => {
  assert.equal(longitude(-175), 185);
  assert.equal(longitude(West), West);
  assert.equal(longitude(10), 10);
});
