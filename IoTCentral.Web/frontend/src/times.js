// Times as this browser's person reads them. The elements draw into a shadow root: Blazor keeps its own text inside
// (UTC, for readers without script), and a tick here costs the server nothing.

import { now } from "./clock.js";

const page = document.documentElement.dataset;

/** "4 s ago" in the words of the page's language: now | s | min | h | d. */
export function ageText(milliseconds) {
  const words = (page.ages ?? "now|{0} s ago|{0} min ago|{0} h ago|{0} d ago").split("|");
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  const [word, count] =
    seconds < 1
      ? [0, 0]
      : seconds < 60
        ? [1, seconds]
        : seconds < 3600
          ? [2, Math.floor(seconds / 60)]
          : seconds < 86400
            ? [3, Math.floor(seconds / 3600)]
            : [4, Math.floor(seconds / 86400)];
  return words[word].replace("{0}", String(count));
}

const formats = {
  time: { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" },
  short: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  date: { day: "numeric", month: "short", year: "numeric" },
  datetime: { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" },
  zoned: {
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
    timeZoneName: "short",
  },
  full: { dateStyle: "full", timeStyle: "long", hourCycle: "h23" },
};

const language = document.documentElement.lang || undefined;
const formatters = new Map();

function format(name, date) {
  if (!formatters.has(name)) formatters.set(name, new Intl.DateTimeFormat(language, formats[name] ?? formats.datetime));
  return formatters.get(name).format(date);
}

function datetime(date) {
  const today = new Date(now());
  const sameDay = date.toDateString() === today.toDateString();
  const sameYear = date.getFullYear() === today.getFullYear();
  return format(sameDay ? "time" : "datetime", date) + (sameDay || sameYear ? "" : ` ${date.getFullYear()}`);
}

const ticking = new Set();

class Moment extends HTMLElement {
  static observedAttributes = ["at", "format", "stale"];

  connectedCallback() {
    if (!this.shadowRoot) {
      this.attachShadow({ mode: "open" }).innerHTML = this.frame;
      this.text = this.shadowRoot.querySelector("[part=text]");
    }
    this.draw();
    if (this.ticks) ticking.add(this);
  }

  disconnectedCallback() {
    ticking.delete(this);
  }

  attributeChangedCallback(name, before, after) {
    if (!this.shadowRoot || before === after) return;
    this.draw();
    if (name === "at") this.arrived?.();
  }

  get moment() {
    const at = this.getAttribute("at");
    return at ? new Date(at) : null;
  }

  get frame() {
    return '<span part="text"></span>';
  }

  draw() {
    const moment = this.moment;
    if (!moment || Number.isNaN(moment.getTime())) {
      this.text.replaceChildren(document.createElement("slot"));
      this.removeAttribute("title");
      return;
    }
    const words = this.words(moment);
    if (this.text.textContent !== words) this.text.textContent = words;
    this.title = format("full", moment);
  }
}

class TimeElement extends Moment {
  words(moment) {
    const name = this.getAttribute("format") ?? "datetime";
    return name === "datetime" ? datetime(moment) : format(name, moment);
  }
}

class AgeElement extends Moment {
  ticks = true;

  words(moment) {
    return ageText(now() - moment.getTime());
  }
}

// A dot that pulses while values come, and the age of the last one; grey once it is older than "stale" seconds.
class LiveElement extends AgeElement {
  get frame() {
    return `<style>
      :host { display: inline-flex; align-items: center; gap: 7px; }
      i { position: relative; flex: none; width: 8px; height: 8px; border-radius: 50%; background: var(--iot-good); }
      i::after { position: absolute; inset: 0; border-radius: 50%; background: inherit; content: ""; animation: pulse 2s ease-out infinite; }
      i.beat::after { animation: beat 600ms ease-out; }
      :host([data-stale]) { color: var(--iot-muted); }
      :host([data-stale]) i { background: none; box-shadow: inset 0 0 0 2px var(--iot-line-strong); }
      :host([data-stale]) i::after { content: none; }
      @keyframes pulse { 0% { transform: none; opacity: 0.5; } 60%, 100% { transform: scale(2); opacity: 0; } }
      @keyframes beat { 0% { transform: none; opacity: 0.8; } 100% { transform: scale(2.6); opacity: 0; } }
      @media (prefers-reduced-motion: reduce) { i::after, i.beat::after { animation: none; } }
    </style><i aria-hidden="true"></i><span part="text"></span>`;
  }

  draw() {
    super.draw();
    const moment = this.moment;
    const limit = Number(this.getAttribute("stale") ?? 0) * 1000;
    this.toggleAttribute("data-stale", !moment || (limit > 0 && now() - moment.getTime() > limit));
  }

  arrived() {
    const dot = this.shadowRoot.querySelector("i");
    dot.classList.remove("beat");
    requestAnimationFrame(() => dot.classList.add("beat"));
  }
}

customElements.define("iot-time", TimeElement);
customElements.define("iot-age", AgeElement);
customElements.define("iot-live", LiveElement);

setInterval(() => {
  if (document.visibilityState === "visible") for (const element of ticking) element.draw();
}, 1000);

// The server forms absolute ranges and mails in this zone.
document.cookie = `zone=${Intl.DateTimeFormat().resolvedOptions().timeZone}; path=/; max-age=31536000; samesite=lax`;
