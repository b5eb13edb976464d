// Time charts over uPlot: history in one array, live samples in frames, drawn at most once a screen frame.
import { TimeChart } from "./chart/timechart.js";
import { targets } from "./targets.js";

export function create(target, host, dotnet, options) {
  targets.set(target, new TimeChart(host, dotnet, options));
}

/** New series, limits, bands or range; keeps the samples when the series are the same. */
export const update = (target, options) => targets.get(target)?.update(options);

/** @param {Uint8Array} bytes see Rows.load */
export const load = (target, bytes) => targets.get(target)?.load(new Float64Array(bytes.slice().buffer));

export const showSeries = (target, index, visible) => targets.get(target)?.showSeries(index, visible);

/** The whole range again after a zoom. */
export const wholeRange = (target) => targets.get(target)?.zoom(null);

export function destroy(target) {
  targets.get(target)?.destroy();
  targets.delete(target);
}
