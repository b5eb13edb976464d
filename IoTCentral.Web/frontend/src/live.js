// Live samples of a page: one typed array a frame for all its charts and values.
import { targets } from "./targets.js";

/** @param {Uint8Array} bytes quadruples of doubles: target, series, milliseconds, value */
export function frame(bytes) {
  // a copy where the doubles do not lie on their boundary
  const doubles =
    bytes.byteOffset % 8 === 0
      ? new Float64Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 8)
      : new Float64Array(bytes.slice().buffer);
  const touched = new Set();
  for (let i = 0; i + 3 < doubles.length; i += 4) {
    const target = targets.get(doubles[i]);
    if (!target) continue;
    target.add(doubles[i + 1], doubles[i + 2], doubles[i + 3]);
    touched.add(target);
  }
  for (const target of touched) target.drawn();
}

let tell = null;

/** Tells .NET whether anybody looks, now and whenever it changes. */
export function watchVisibility(dotnet) {
  stopWatching();
  tell = () => dotnet.invokeMethodAsync("Look", document.visibilityState === "visible").catch(() => {});
  document.addEventListener("visibilitychange", tell);
  tell();
}

export function stopWatching() {
  if (tell) document.removeEventListener("visibilitychange", tell);
  tell = null;
}

/** A <iot-value> takes the samples of this target. */
export function bindValue(target, element) {
  targets.set(target, {
    add: (_, time, value) => (element.sample = { time, value }),
    drawn: () => element.show(),
  });
}

export const release = (target) => targets.delete(target);
