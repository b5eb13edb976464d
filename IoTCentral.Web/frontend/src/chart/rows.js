// The samples of a chart as uPlot wants them: one common time axis, a column per series. undefined: this series has no
// sample at this time (the line goes on); null: there is a gap (the line stops).

// Enough for 10 series at one sample a second over 15 minutes, each at its own millisecond; beyond it the oldest go.
const MaxRows = 20_000;

export class Rows {
  constructor(seriesCount, gap) {
    this.gap = gap;
    this.times = [];
    this.columns = Array.from({ length: seriesCount }, () => []);
    this.last = new Array(seriesCount).fill(-Infinity);
  }

  get data() {
    return [this.times, ...this.columns];
  }

  /** History: [series count, then for each: n, n times, n values]; NaN is a gap. */
  load(doubles) {
    const samples = [];
    let at = 1;
    for (let series = 0; series < doubles[0]; series++) {
      const count = doubles[at++];
      for (let i = 0; i < count; i++) samples.push([doubles[at + i], series, doubles[at + count + i]]);
      at += 2 * count;
    }
    samples.sort((a, b) => a[0] - b[0]);
    for (const [time, series, value] of samples) this.add(series, time, value);
  }

  add(series, time, value) {
    const column = this.columns[series];
    if (!column) return;
    const sample = Number.isFinite(value) ? value : null;
    if (this.gap > 0 && sample !== null && time - this.last[series] > this.gap && this.last[series] > -Infinity)
      this.put(series, this.last[series] + 1, null);
    this.put(series, time, sample);
    if (time > this.last[series]) this.last[series] = time;
  }

  put(series, time, sample) {
    const { times, columns } = this;
    let row = times.length;
    if (row > 0 && time <= times[row - 1]) {
      row = this.rowOf(time);
      if (times[row] === time) {
        columns[series][row] = sample;
        return;
      }
      times.splice(row, 0, time);
      for (const column of columns) column.splice(row, 0, undefined);
    } else {
      times.push(time);
      for (const column of columns) column.push(undefined);
    }
    columns[series][row] = sample;
    if (times.length > MaxRows) this.forget(MaxRows / 10);
  }

  /** First row that is not before this time. */
  rowOf(time) {
    let low = 0;
    let high = this.times.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.times[middle] < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Drops what lies before this time, in strides, since each costs a copy. */
  dropBefore(time) {
    const rows = this.rowOf(time);
    if (rows > 200) this.forget(rows - 1);
  }

  forget(rows) {
    this.times.splice(0, rows);
    for (const column of this.columns) column.splice(0, rows);
  }

  /** The row of the sample of this series that lies nearest to this row; null in a gap or without any. */
  nearest(series, row) {
    const column = this.columns[series];
    const back = scan(column, row, -1);
    const ahead = scan(column, row, 1);
    const found = [back, ahead].filter((r) => r !== null && column[r] !== null);
    if (found.length === 0) return null;
    const at = this.times[row];
    return found.reduce((a, b) => (Math.abs(this.times[a] - at) <= Math.abs(this.times[b] - at) ? a : b));
  }
}

function scan(column, from, step) {
  for (let row = from, looked = 0; row >= 0 && row < column.length && looked < 2000; row += step, looked++)
    if (column[row] !== undefined) return row;
  return null;
}
