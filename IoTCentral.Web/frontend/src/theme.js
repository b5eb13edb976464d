// Light, dark or as the system says. The choice is an attribute of <html> that the server renders from the cookie, so
// the first paint is right; here it is only changed. Canvas drawings listen to "iot:theme".

const root = document.documentElement;

export const themeOf = () => root.dataset.theme ?? "system";

export function setTheme(theme) {
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  else delete root.dataset.theme;
  document.cookie = `theme=${theme}; path=/; max-age=31536000; samesite=lax`;
  mark();
  announce();
}

const announce = () => document.dispatchEvent(new CustomEvent("iot:theme"));

function mark() {
  for (const choice of document.querySelectorAll("[data-theme-set]"))
    choice.setAttribute("aria-pressed", String(choice.dataset.themeSet === themeOf()));
}

document.addEventListener("click", (event) => {
  const choice = event.target.closest?.("[data-theme-set]");
  if (!choice) return;
  setTheme(choice.dataset.themeSet);
  choice.closest("[popover]")?.hidePopover();
});
document.addEventListener("toggle", mark, true);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", announce);
