// Text areas for JSON and PEM (data-paste) with a file input beside them (data-text names the area): what is typed, pasted or
// dropped is handed to the file input, which sends it in chunks; a chosen file's text is shown in the area.

const pause = 400; // ms after the last key
const timers = new WeakMap();

const inputOf = (area) => document.querySelector(`input[type=file][data-text="${area.id}"]`);

function send(area) {
  const input = inputOf(area);
  if (!input) return;
  const data = new DataTransfer();
  data.items.add(new File([area.value], "pasted.json", { type: "application/json" }));
  input.files = data.files;
  input.dispatchEvent(new CustomEvent("change", { bubbles: true, detail: "pasted" }));
}

document.addEventListener("input", (event) => {
  const area = event.target;
  if (!area.matches?.("textarea[data-paste]")) return;
  clearTimeout(timers.get(area));
  timers.set(area, setTimeout(() => send(area), event.inputType === "insertFromPaste" ? 0 : pause));
});

// What is no text (a certificate as DER) is shown as base64, in lines as PEM has them.
async function textOf(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")).replace(/.{64}/g, "$&\n");
  }
}

async function show(file, area) {
  area.value = await textOf(file);
  area.scrollTop = 0;
}

document.addEventListener("change", async (event) => {
  const input = event.target;
  if (event.detail === "pasted" || !input.matches?.("input[type=file][data-text]") || !input.files?.length) return;
  const area = document.getElementById(input.dataset.text);
  if (area) await show(input.files[0], area);
});

const areaAt = (event) => event.target.closest?.("textarea[data-paste]");

document.addEventListener("dragover", (event) => {
  if (areaAt(event) && event.dataTransfer?.types.includes("Files")) event.preventDefault();
});

document.addEventListener("drop", async (event) => {
  const area = areaAt(event);
  const file = event.dataTransfer?.files?.[0];
  if (!area || !file) return;
  event.preventDefault();
  await show(file, area);
  send(area);
});

// "line 12" of a report: selects that line
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-line]");
  const area = link && document.getElementById(link.dataset.of);
  if (!area) return;
  const lines = area.value.split("\n");
  const line = Number(link.dataset.line) - 1;
  const start = lines.slice(0, line).reduce((sum, text) => sum + text.length + 1, 0);
  area.focus();
  area.setSelectionRange(start, start + (lines[line]?.length ?? 0));
  area.scrollTop = Math.max(0, (line - 3) * parseFloat(getComputedStyle(area).lineHeight));
  area.scrollLeft = 0;
});
