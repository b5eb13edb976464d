// The box beside the cross-hair: the time and the value of every series there. Names are set as text, never as HTML.
import { colour } from "../colours.js";
import { figure, fullTime } from "./scales.js";

export class Tip {
  constructor(over, options) {
    this.format = fullTime(options.zone);
    this.box = document.createElement("div");
    this.box.className = "iot-tip";
    this.box.hidden = true;
    this.time = document.createElement("div");
    this.time.className = "iot-tip__time";
    this.box.append(this.time);
    this.lines = options.series.map((series) => this.line(series));
    over.append(this.box);
    this.over = over;
  }

  line(series) {
    const row = document.createElement("div");
    row.className = "iot-tip__row";
    const [dot, name, value] = ["i", "span", "b"].map((tag) => row.appendChild(document.createElement(tag)));
    name.textContent = series.name;
    this.box.append(row);
    return { row, dot, value, series };
  }

  hide() {
    this.box.hidden = true;
  }

  show(u, rows, left) {
    const row = u.cursor.idx;
    if (row == null || left < 0) return this.hide();
    this.time.textContent = this.format.format(rows.times[row]);
    let any = false;
    this.lines.forEach((line, index) => {
      const at = u.series[index + 1].show ? u.cursor.idxs[index + 1] : null;
      const value = at == null ? null : rows.columns[index][at];
      line.row.hidden = value == null;
      if (value == null) return;
      any = true;
      line.dot.style.background = colour(`series-${line.series.color}`);
      line.value.textContent = figure(value, line.series.decimals) + (line.series.unit ? ` ${line.series.unit}` : "");
    });
    this.box.hidden = !any;
    if (!any) return;
    const width = this.box.offsetWidth;
    const room = this.over.clientWidth;
    const right = left + 14 + width <= room;
    this.box.style.left = `${right ? left + 14 : Math.max(0, left - 14 - width)}px`;
  }
}
