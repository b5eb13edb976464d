import assert from "node:assert/strict";
import test from "node:test";
import { digitsOf, figure, fourSteps, scalesOf, timeStep, timeTicks, zoneOffset } from "../src/chart/scales.js";

const Hour = 3_600_000;

for (const [min, max] of [[0, 10], [2, 10.02], [-19.4, -18], [5, 5], [0, 0], [1e9, 1e9 + 1], [-3, 4], [0.0012, 0.0015], [-1.7e308, 1.7e308], [0, 5e-324]])
  test(`four round steps hold ${min} to ${max}`, () => {
    const { low, step } = fourSteps(min, max);

    assert.ok(Math.abs(min) > 1e300 || low <= min + step * 1e-6, `${low} is above`);
    assert.ok(max > 1e300 || low + 4 * step >= max - step * 1e-6, `${low + 4 * step} is below`);
    assert.ok(max - min < 1e-300 || max - min > step, `${step} is wasteful`);
  });

const axes = (...series) => {
  const { scales, left, right } = scalesOf(series.map(([unit, side]) => ({ unit, right: side === "right" })));
  return { count: scales.length, left: left?.unit, right: right?.unit };
};

test("series of one unit share the left axis", () => assert.deepEqual(axes(["°C"], ["°C"]), { count: 1, left: "°C", right: undefined }));

test("a second unit gets the right axis by itself", () => assert.deepEqual(axes(["°C"], ["W"], ["%"]), { count: 3, left: "°C", right: "W" }));

test("what is put on the right is drawn there, also in the same unit", () => {
  assert.deepEqual(axes(["°C"], ["°C", "right"]), { count: 2, left: "°C", right: "°C" });
  assert.deepEqual(axes(["°C"], ["%"], ["W", "right"]), { count: 3, left: "°C", right: "W" });
});

test("all may be on the right", () => assert.deepEqual(axes(["W", "right"]), { count: 1, left: undefined, right: "W" }));

test("a range without values is still an axis", () => assert.deepEqual(fourSteps(Infinity, -Infinity), { low: 0, step: 25 }));

test("labels have just the digits that tell them apart", () =>
  assert.deepEqual([25, 5, 2.5, 0.5, 0.25].map(digitsOf), [0, 0, 1, 1, 2]));

test("values are read with sensible decimals and a real minus", () =>
  assert.deepEqual([8.7, -19.4, 1234.5, 0.0123, 100, 20].map((value) => figure(value)), ["8.7", "−19.4", "1235", "0.0123", "100", "20"]));

test("ticks lie on round times of the zone, across the change to summer time", () => {
  const [from, to] = [Date.UTC(2026, 2, 28, 20), Date.UTC(2026, 2, 29, 8)];
  const ticks = timeTicks(from, to, 3 * Hour, zoneOffset("Europe/Berlin"));
  const clock = new Intl.DateTimeFormat("en", { timeZone: "Europe/Berlin", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

  assert.deepEqual(ticks.map((tick) => clock.format(tick)), ["21:00", "00:00", "03:00", "06:00", "09:00"]);
});

test("days begin at midnight of the zone", () => {
  const ticks = timeTicks(Date.UTC(2026, 9, 24), Date.UTC(2026, 9, 27), 24 * Hour, zoneOffset("Europe/Berlin"));

  assert.deepEqual(ticks.map((tick) => new Date(tick).toISOString().slice(8, 16)), ["24T22:00", "25T23:00", "26T23:00"]);
});

test("a step is the smallest that leaves room", () => assert.equal(timeStep(100 * 60_000), 2 * Hour));
