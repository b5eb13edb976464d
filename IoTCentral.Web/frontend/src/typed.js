// Keeps what was typed over a forced reload. Passwords, hidden fields and untouched fields are left alone.

const key = () => `typed:${location.pathname}`;
const selector = "main input, main textarea, .mud-dialog input, .mud-dialog textarea";
const wanted = (field) =>
  field.matches("textarea, input:not([type]), input[type=text], input[type=search], input[type=email], input[type=number], input[type=url], input[type=tel]");

const touched = new WeakSet();
document.addEventListener("input", (event) => event.isTrusted && touched.add(event.target), true);

const fields = () => [...document.querySelectorAll(selector)].filter(wanted);

export function keepTyped() {
  const all = fields();
  const values = all.flatMap((field, index) => (touched.has(field) ? [[index, field.value]] : []));
  if (values.length > 0) sessionStorage.setItem(key(), JSON.stringify({ count: all.length, values }));
}

export function restoreTyped() {
  const kept = sessionStorage.getItem(key());
  if (!kept) return;
  sessionStorage.removeItem(key());
  const { count, values } = JSON.parse(kept);
  let tries = 0;
  const timer = setInterval(() => {
    const all = fields();
    const ready = document.querySelector("[data-ready]") && all.length === count;
    if (!ready && ++tries < 100) return;
    clearInterval(timer);
    if (!ready) return;
    for (const [index, value] of values) {
      all[index].value = value;
      all[index].dispatchEvent(new Event("input", { bubbles: true }));
      all[index].dispatchEvent(new Event("change", { bubbles: true }));
    }
  }, 100);
}
