// What is drawn around the lines: alert bands below everything, limits above.
import { colour } from "../colours.js";
import { now } from "../clock.js";
import { figure } from "./scales.js";

/** Soft bands, such as the times of alerts. */
export function drawBands(u, bands) {
  const { ctx, bbox } = u;
  const edge = (time) => Math.min(Math.max(u.valToPos(time, "x", true), bbox.left), bbox.left + bbox.width);
  ctx.save();
  for (const band of bands) {
    const left = edge(band.from);
    const right = edge(band.to ?? now());
    // even the shortest alert is seen
    const width = Math.max(right - left, band.to === null || band.to >= u.scales.x.min ? 2 * devicePixelRatio : 0);
    if (band.from > u.scales.x.max || (band.to !== null && band.to < u.scales.x.min)) continue;
    ctx.fillStyle = colour(band.tone === "critical" ? "band" : `${band.tone}-soft`);
    ctx.fillRect(left, bbox.top, width, bbox.height);
  }
  ctx.restore();
}

/** Dashed lines with their names, such as a rule's limit. */
export function drawLimits(u, limits, scaleOf, family) {
  const { ctx, bbox } = u;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.font = `${12 * ratio}px ${family}`;
  ctx.textAlign = "right";
  const written = [];
  for (const limit of limits) {
    const scale = scaleOf(limit.unit);
    if (u.scales[scale]?.min == null) continue;
    const y = u.valToPos(limit.value, scale, true);
    if (y < bbox.top - 1 || y > bbox.top + bbox.height + 1) continue;
    ctx.strokeStyle = ctx.fillStyle = colour(limit.tone);
    ctx.lineWidth = 1.2 * ratio;
    ctx.setLineDash([5 * ratio, 4 * ratio]);
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
    const text = `${limit.name} ${figure(limit.value)}${limit.unit ? ` ${limit.unit}` : ""}`;
    // below the line when there is no room above it, before the name of a limit that is too near
    const above = y - bbox.top > 16 * ratio;
    ctx.textBaseline = above ? "bottom" : "top";
    const right = bbox.left + bbox.width - 3 * ratio;
    const taken = written.filter((other) => Math.abs(other.y - y) < 20 * ratio).reduce((sum, other) => sum + other.width, 0);
    ctx.fillText(text, right - taken, y + (above ? -4 : 4) * ratio);
    written.push({ y, width: ctx.measureText(text).width + 10 * ratio });
  }
  ctx.restore();
}
