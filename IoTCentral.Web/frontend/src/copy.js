// Copy buttons: <button data-copy="text"> or <button data-copy-from="id of an element">. Works without a circuit.

async function copy(text) {
  if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
  // plain http on a LAN address has no clipboard API
  const area = document.createElement("textarea");
  area.value = text;
  area.style.cssText = "position:fixed;opacity:0";
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  if (!done) throw new Error("The browser refused to copy.");
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-copy], [data-copy-from]");
  if (!button) return;
  const text = button.dataset.copy ?? document.getElementById(button.dataset.copyFrom)?.textContent ?? "";
  try {
    await copy(text);
    button.dataset.copied = "yes";
  } catch {
    button.dataset.copied = "no";
  }
  setTimeout(() => delete button.dataset.copied, 1600);
});
