import assert from "node:assert/strict";
import test from "node:test";
import { Rows } from "../src/chart/rows.js";

test("series with times of their own share one axis", () => {
  const rows = new Rows(2, 0);
  rows.load(Float64Array.of(2, 2, 10, 30, 1, 3, 2, 20, 30, 2, 4));

  assert.deepEqual(rows.data, [
    [10, 20, 30],
    [1, undefined, 3],
    [undefined, 2, 4],
  ]);
});

test("a missing value is a gap and not a hole to draw over", () => {
  const rows = new Rows(1, 0);
  rows.load(Float64Array.of(1, 3, 10, 20, 30, 1, NaN, 3));

  assert.deepEqual(rows.columns[0], [1, null, 3]);
});

test("a long silence becomes a gap", () => {
  const rows = new Rows(1, 5000);
  rows.add(0, 1000, 1);
  rows.add(0, 2000, 2);
  rows.add(0, 9000, 3);

  assert.deepEqual(rows.data, [
    [1000, 2000, 2001, 9000],
    [1, 2, null, 3],
  ]);
});

test("a late sample goes to the place of its time", () => {
  const rows = new Rows(2, 0);
  rows.add(0, 10, 1);
  rows.add(0, 30, 3);
  rows.add(1, 20, 2);

  assert.deepEqual(rows.data, [
    [10, 20, 30],
    [1, undefined, 3],
    [undefined, 2, undefined],
  ]);
});

test("a sample of the same time replaces the one before", () => {
  const rows = new Rows(1, 0);
  rows.add(0, 10, 1);
  rows.add(0, 10, 2);

  assert.deepEqual(rows.data, [[10], [2]]);
});

test("the oldest samples go when there are too many, and the newest stays", () => {
  const rows = new Rows(1, 0);
  for (let i = 0; i < 50_000; i++) rows.add(0, i, i);

  assert.ok(rows.times.length <= 20_000);
  assert.equal(rows.columns[0].at(-1), 49_999);
  assert.equal(rows.times.length, rows.columns[0].length);
});

test("what lies before the window is dropped but for one sample, so that the line enters from the edge", () => {
  const rows = new Rows(1, 0);
  for (let i = 0; i < 1000; i++) rows.add(0, i, i);
  rows.dropBefore(500);

  assert.equal(rows.times[0], 499);
});

test("the cross-hair finds the nearest sample of each series and nothing in a gap", () => {
  const rows = new Rows(3, 0);
  rows.load(Float64Array.of(3, 3, 10, 20, 40, 1, 1, 1, 1, 12, 2, 2, 10, 30, 3, NaN));

  assert.equal(rows.nearest(1, rows.rowOf(20)), rows.rowOf(12));
  assert.equal(rows.nearest(2, rows.rowOf(40)), null);
});
