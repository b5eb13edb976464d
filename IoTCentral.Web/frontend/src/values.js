// <iot-value value unit decimals>: a number that live samples change without the server drawing the page anew.
import { figure } from "./chart/scales.js";

class ValueElement extends HTMLElement {
  static observedAttributes = ["value", "decimals"];

  connectedCallback() {
    if (!this.shadowRoot) {
      this.attachShadow({ mode: "open" }).innerHTML = '<span part="text"></span>';
      this.text = this.shadowRoot.querySelector("[part=text]");
    }
    this.show();
  }

  attributeChangedCallback() {
    // the server has drawn it anew and knows best
    this.sample = null;
    if (this.shadowRoot) this.show();
  }

  show() {
    const written = this.getAttribute("value");
    const value = this.sample ? this.sample.value : written === null || written === "" ? NaN : Number(written);
    const decimals = this.getAttribute("decimals");
    this.text.textContent = Number.isFinite(value) ? figure(value, decimals === null ? null : Number(decimals)) : "–";
    const age = this.getAttribute("age");
    if (this.sample && age) document.getElementById(age)?.setAttribute("at", new Date(this.sample.time).toISOString());
  }
}

customElements.define("iot-value", ValueElement);
