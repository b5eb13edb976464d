// Longitudes and coasts on a map that does not end at the date line.

// The map runs from here to 360° further, so that the cut lies in the Bering Sea and in no country.
export const West = -170;

/** A longitude as this map counts it. */
export const longitude = (value) => (value < West ? value + 360 : value);

// Rings that cross ±180° jump there: undo the jumps, then move the whole ring to where most of it lies.
export function unwrap(ring) {
  let shift = 0;
  let previous = ring[0][0];
  const points = ring.map(([lon, lat]) => {
    if (lon - previous > 180) shift -= 360;
    else if (lon - previous < -180) shift += 360;
    previous = lon;
    return [lon + shift, lat];
  });
  // around the pole (Antarctica): along the edge of the map instead of across
  if (Math.abs(points.at(-1)[0] - points[0][0]) > 180) points.push([points.at(-1)[0], -85.05], [points[0][0], -85.05], points[0]);
  const middle = points.reduce((sum, [lon]) => sum + lon, 0) / points.length;
  const move = middle < West ? 360 : middle > West + 360 ? -360 : 0;
  return move === 0 ? points : points.map(([lon, lat]) => [lon + move, lat]);
}

export function unwrapGeometry(geometry) {
  const polygons = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
  return { type: "MultiPolygon", coordinates: polygons.map((polygon) => polygon.map(unwrap)) };
}
