// Round axes: four stripes between round numbers, and times as people write them.

const Steps = [1, 1.5, 2, 2.5, 3, 4, 5, 10];

/** The smallest range of four round steps that holds both; at least something for a flat line. */
export function fourSteps(min, max) {
  if (!Number.isFinite(min) || !Number.isFinite(max)) return { low: 0, step: 25 };
  // devices send what they like, to the ends of what a double holds
  [min, max] = [Math.max(min, -1e300), Math.min(max, 1e300)];
  if (max - min <= Math.max(Math.abs(min), Math.abs(max), 1e-280) * 1e-12) {
    const room = Math.abs(max) * 0.1 || 1; // a flat line runs through the middle
    return fourSteps(min - room, max + room);
  }
  const span = max - min;
  for (let power = 10 ** (Math.floor(Math.log10(span / 4)) - 1); ; power *= 10)
    for (const factor of Steps) {
      const step = factor * power;
      const low = Math.floor(min / step + 1e-9) * step;
      if (low + 4 * step >= max - step * 1e-9) return { low, step };
    }
}

const keyOf = (series) => `${series.right ? "right" : "y"}:${series.unit ?? ""}`;

/**
 * The value scales of a chart: one a unit, and one more for those of the unit that are put on the right. On the left is
 * drawn the first that was not put right, on the right the first that was, else the second; others have no axis.
 */
export function scalesOf(series) {
  const scales = [...new Map(series.map((one) => [keyOf(one), { key: keyOf(one), unit: one.unit ?? "", right: !!one.right }])).values()];
  const left = scales.find((scale) => !scale.right);
  const right = scales.find((scale) => scale.right) ?? scales.filter((scale) => scale !== left)[0];
  return { scales, left, right, of: keyOf };
}

/** Digits after the point that tell steps apart. */
export const digitsOf = (step) => Math.max(0, Math.min(8, -Math.floor(Math.log10(step) + 1e-9) + (isRound(step) ? 0 : 1)));

function isRound(step) {
  const scaled = step / 10 ** Math.floor(Math.log10(step) + 1e-9);
  return Math.abs(scaled - Math.round(scaled)) < 1e-6;
}

const language = globalThis.document?.documentElement.lang || undefined;

/** Numbers in this page's language with a real minus. */
export const number = (value, digits) =>
  value
    .toLocaleString(language, { minimumFractionDigits: digits, maximumFractionDigits: digits, useGrouping: Math.abs(value) >= 10_000 })
    .replace("-", "−");

/** A value as a person reads it: digits as its size deserves. */
export function figure(value, digits) {
  if (digits !== null && digits !== undefined) return number(value, digits);
  const size = Math.abs(value);
  return number(value, size >= 1000 ? 0 : size >= 100 ? 1 : size >= 1 || size === 0 ? 2 : 4).replace(/([.,]\d*?)0+$/, "$1").replace(/[.,]$/, "");
}

const Second = 1000;
const Minute = 60 * Second;
const Hour = 60 * Minute;
const Day = 24 * Hour;

const timeSteps = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * Second),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * Minute),
  ...[1, 2, 3, 6, 12].map((n) => n * Hour),
  ...[1, 2, 7, 14, 28, 56, 91, 182, 364, 728, 1820].map((n) => n * Day),
];

/** The smallest round step that leaves at least this many milliseconds between ticks. */
export const timeStep = (least) => timeSteps.find((step) => step >= least) ?? timeSteps.at(-1);

/** Milliseconds that a zone (undefined: the browser's) is ahead of UTC at a moment. */
export function zoneOffset(zone) {
  if (!zone) return (time) => -new Date(time).getTimezoneOffset() * Minute;
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  return (time) => {
    const part = Object.fromEntries(format.formatToParts(time).map(({ type, value }) => [type, Number(value)]));
    return Date.UTC(part.year, part.month - 1, part.day, part.hour, part.minute, part.second) - Math.floor(time / 1000) * 1000;
  };
}

/** Round times of the zone's clock between two moments, across changes of summer time. */
export function timeTicks(min, max, step, offset) {
  const ticks = [];
  let local = Math.ceil((min + offset(min)) / step) * step;
  for (; ticks.length < 100; local += step) {
    let time = local - offset(local - offset(min));
    // the guess of the offset may lie on the other side of a change
    time = local - offset(time);
    if (time > max) break;
    if (time >= min) ticks.push(time);
  }
  return ticks;
}

/** Labels of a time axis in a zone (undefined: the browser's). */
export function timeLabels(zone) {
  const make = (options) => new Intl.DateTimeFormat(language, { timeZone: zone ?? undefined, hourCycle: "h23", ...options });
  const clock = make({ hour: "2-digit", minute: "2-digit" });
  const seconds = make({ hour: "2-digit", minute: "2-digit", second: "2-digit" });
  const weekday = make({ weekday: "short" });
  const date = make({ day: "numeric", month: "short" });
  return (times, step, range) => {
    const day = range <= 8 * Day ? weekday : date;
    return times.map((time) => {
      if (step >= Day) return day.format(time);
      const text = clock.format(time);
      if (text === "00:00" && step >= Minute) return day.format(time);
      return step < Minute ? seconds.format(time) : text;
    });
  };
}

export const fullTime = (zone) =>
  new Intl.DateTimeFormat(language, {
    timeZone: zone ?? undefined,
    hourCycle: "h23",
    weekday: "short",
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
