import uPlot from "uplot";
import { colour } from "../colours.js";
import { now } from "../clock.js";
import { Rows } from "./rows.js";
import { Tip } from "./tip.js";
import { drawBands, drawLimits } from "./layers.js";
import { digitsOf, fourSteps, number, scalesOf, timeLabels, timeStep, timeTicks, zoneOffset } from "./scales.js";

const Family = "'Inter Variable', system-ui, sans-serif";

/** One chart in its element; options are those of TimeChart.razor. */
export class TimeChart {
  constructor(host, dotnet, options) {
    this.host = host;
    this.dotnet = dotnet;
    this.options = options;
    this.zoomed = false;
    this.visible = true;
    this.hidden = new Set();
    this.rows = new Rows(options.series.length, options.gap);
    this.build();
    this.resize = new ResizeObserver(() => this.fit());
    this.resize.observe(host);
    this.seen = new IntersectionObserver(([entry]) => {
      this.visible = entry.isIntersecting;
      if (this.visible) this.redraw();
    });
    this.seen.observe(host);
    this.themed = () => this.plot.redraw(true);
    document.addEventListener("iot:theme", this.themed);
    // the window of a live chart moves on although nothing comes
    this.clock = setInterval(() => this.options.window && !this.zoomed && this.redraw(), 1000);
  }

  build() {
    this.plot?.destroy();
    this.plot = new uPlot(this.plotOptions(), this.rows.data, this.host);
    this.tip = new Tip(this.plot.over, this.options);
    this.touch();
    this.setRange();
  }

  update(options) {
    const same = JSON.stringify(options.series) === JSON.stringify(this.options.series);
    const moved = options.from !== this.options.from || options.to !== this.options.to || options.window !== this.options.window;
    this.options = options;
    if (moved) this.zoomed = false;
    if (same) {
      this.setRange();
      this.plot.redraw(false, true);
    } else {
      this.rows = new Rows(options.series.length, options.gap);
      this.hidden.clear();
      this.build();
    }
  }

  load(doubles) {
    this.rows = new Rows(this.options.series.length, this.options.gap);
    this.rows.load(doubles);
    this.host.toggleAttribute("data-filled", this.rows.times.length > 0);
    this.draw(); // out of sight as well: a page may be printed
  }

  add(series, time, value) {
    this.rows.add(series, time, value);
    this.host.dataset.filled = "";
  }

  drawn() {
    this.redraw();
  }

  redraw() {
    if (this.pending || !this.visible) return;
    this.pending = requestAnimationFrame(() => {
      this.pending = 0;
      this.draw();
    });
  }

  draw() {
    const { window } = this.options;
    if (window && !this.zoomed) this.rows.dropBefore(now() - 1.2 * window);
    this.plot.setData(this.rows.data, false);
    this.setRange();
  }

  setRange() {
    if (this.zoomed) {
      const { min, max } = this.plot.scales.x;
      return this.plot.setScale("x", { min, max });
    }
    const { window, from, to } = this.options;
    const end = window ? now() : to;
    this.plot.setScale("x", { min: window ? end - window : from, max: end });
  }

  showSeries(index, visible) {
    if (visible) this.hidden.delete(index);
    else this.hidden.add(index);
    this.plot.setSeries(index + 1, { show: visible });
  }

  fit() {
    const { clientWidth: width, clientHeight: height } = this.host;
    if (width > 0 && height > 0 && (width !== this.plot.width || height !== this.plot.height)) this.plot.setSize({ width, height });
  }

  destroy() {
    clearInterval(this.clock);
    cancelAnimationFrame(this.pending);
    document.removeEventListener("iot:theme", this.themed);
    this.resize.disconnect();
    this.seen.disconnect();
    this.plot.destroy();
  }

  // a limit stands on the scale of the first series with its unit
  scaleOf = (unit) => this.axes.scales.find((scale) => scale.unit === (unit ?? ""))?.key;

  plotOptions() {
    const { series, sync } = this.options;
    this.axes = scalesOf(series);
    const { scales, left, right } = this.axes;
    return {
      width: this.host.clientWidth || 300,
      height: this.host.clientHeight || 200,
      ms: 1,
      padding: [8, right ? 0 : 10, 0, left || scales.length === 0 ? 0 : 10],
      legend: { show: false },
      cursor: {
        x: true,
        y: false,
        drag: { x: true, y: false, setScale: false, dist: 6 },
        points: { size: 7, width: 2, fill: () => colour("surface") },
        dataIdx: (u, index, row) => (index === 0 ? row : this.rows.nearest(index - 1, row)),
        sync: sync ? { key: sync } : undefined,
        bind: { dblclick: () => () => this.zoom(null) },
      },
      scales: { x: { time: true, auto: false }, ...Object.fromEntries(scales.map((scale) => [scale.key, this.scale(scale)])) },
      axes: [this.timeAxis(), ...(left ? [this.valueAxis(left, 3, true)] : []), ...(right ? [this.valueAxis(right, 1, !left)] : [])],
      series: [{}, ...series.map((one, index) => this.line(one, index))],
      hooks: {
        drawClear: [(u) => drawBands(u, this.options.bands)],
        draw: [(u) => drawLimits(u, this.options.limits, this.scaleOf, Family)],
        setCursor: [(u) => this.tip?.show(u, this.rows, u.cursor.left)],
        setSelect: [(u) => this.selected(u)],
      },
    };
  }

  line(one, index) {
    return {
      label: one.name,
      scale: this.axes.of(one),
      show: !this.hidden.has(index),
      stroke: () => colour(`series-${one.color}`),
      width: 1.8,
      dash: one.dashed ? [6, 4] : undefined,
      points: { show: (u, _, first, last) => this.isSparse(u, index, first, last), size: 5 },
      paths: one.step ? uPlot.paths.stepped({ align: 1 }) : undefined,
    };
  }

  // a handful of samples far apart: without dots nobody sees where they are
  isSparse(u, index, first, last) {
    const { times, columns } = this.rows;
    const known = [];
    for (let row = Math.max(0, first); row <= last && known.length <= 24; row++) if (columns[index][row] != null) known.push(times[row]);
    if (known.length < 2 || known.length > 24) return known.length === 1;
    return (u.valToPos(known.at(-1), "x") - u.valToPos(known[0], "x")) / known.length > 14;
  }

  scale({ key, unit }) {
    return {
      auto: true,
      range: (_, min, max) => {
        const limits = this.options.limits.filter((limit) => (limit.unit ?? "") === unit && this.scaleOf(unit) === key).map((limit) => limit.value);
        const { low, step } = fourSteps(Math.min(min ?? Infinity, ...limits), Math.max(max ?? -Infinity, ...limits));
        return [low, low + 4 * step];
      },
    };
  }

  timeAxis() {
    const labels = timeLabels(this.options.zone);
    const offset = zoneOffset(this.options.zone);
    const step = (u) => timeStep(((u.scales.x.max - u.scales.x.min) / Math.max(72, u.bbox.width / devicePixelRatio)) * 72);
    return {
      stroke: () => colour("muted"),
      font: `12px ${Family}`,
      size: 26,
      gap: 8,
      grid: { show: false },
      ticks: { show: false },
      splits: (u, _, min, max) => timeTicks(min, max, step(u), offset),
      values: (u, splits) => labels(splits, step(u), u.scales.x.max - u.scales.x.min),
    };
  }

  valueAxis({ key, unit }, side, grid) {
    const step = (u) => (u.scales[key].max - u.scales[key].min) / 4;
    return {
      scale: key,
      side,
      stroke: () => colour("muted"),
      font: `12px ${Family}`,
      gap: 8,
      size: (u, texts) => widest(texts) + 12,
      grid: { show: grid, stroke: () => colour("line"), width: 1 },
      ticks: { show: false },
      splits: (u, _, min) => Array.from({ length: 5 }, (__, i) => min + i * step(u)),
      values: (u, splits) => splits.map((value, i) => number(round(value, step(u)), digitsOf(step(u))) + (i === 4 && unit ? ` ${unit}` : "")),
    };
  }

  selected(u) {
    const { left, width } = u.select;
    if (width < 6) return;
    const [from, to] = [u.posToVal(left, "x"), u.posToVal(left + width, "x")];
    u.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
    this.zoom({ from, to });
  }

  /** Shows a part of the range and tells the page, which may fetch it finer; null: the whole again. */
  zoom(range) {
    if (!range && !this.zoomed) return;
    this.zoomed = range !== null;
    if (range) this.plot.setScale("x", { min: range.from, max: range.to });
    else this.setRange();
    this.dotnet?.invokeMethodAsync("Zoomed", range && Math.round(range.from), range && Math.round(range.to)).catch(() => {});
  }

  // a finger moves the cross-hair; up and down still scrolls the page
  touch() {
    const { over } = this.plot;
    over.style.touchAction = "pan-y";
    const move = (event) => {
      if (event.pointerType !== "touch") return;
      const box = over.getBoundingClientRect();
      this.plot.setCursor({ left: event.clientX - box.left, top: event.clientY - box.top });
    };
    over.addEventListener("pointerdown", move);
    over.addEventListener("pointermove", move);
    this.host.onkeydown = (event) => this.key(event);
    this.host.onblur = () => this.plot.setCursor({ left: -10, top: -10 });
  }

  // arrows walk along the samples
  key(event) {
    const { plot, rows } = this;
    if (event.key === "Escape") return this.zoomed ? this.zoom(null) : plot.setCursor({ left: -10, top: -10 });
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step || rows.times.length === 0) return;
    event.preventDefault();
    const [first, last] = [rows.rowOf(plot.scales.x.min), rows.rowOf(plot.scales.x.max) - 1];
    const stride = Math.max(1, Math.round((last - first) / 100)) * step;
    const row = Math.min(last, Math.max(first, (plot.cursor.idx ?? last + step) + stride));
    plot.setCursor({ left: plot.valToPos(rows.times[row], "x"), top: plot.over.clientHeight / 2 });
  }
}

const round = (value, step) => Math.round(value / step) * step;

const pen = document.createElement("canvas").getContext("2d");

function widest(texts) {
  pen.font = `12px ${Family}`;
  return Math.ceil(Math.max(8, ...(texts ?? []).map((text) => pen.measureText(text).width)));
}
