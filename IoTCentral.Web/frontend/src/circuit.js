// Starts Blazor and tells people about a lost connection: it is tried again for as long as the page is open; when the
// server no longer knows this page (a restart), the page is loaded anew and what was typed is put back.
import { keepTyped, restoreTyped } from "./typed.js";

// quickly at first, then calmly; never giving up, because the server may be away for an hour
const retryInterval = (attempt) => (attempt < 8 ? 500 + attempt * 250 : 3000);

function watch(banner) {
  const show = (state) => {
    if (state) banner.dataset.state = state;
    else delete banner.dataset.state;
  };
  banner.addEventListener("components-reconnect-state-changed", (event) => {
    switch (event.detail.state) {
      case "show":
      case "retrying":
        return show("trying");
      case "hide":
        return show(null);
      case "rejected":
      case "failed":
      case "resume-failed":
        show("reloading");
        return reload();
    }
  });
}

async function reload() {
  keepTyped();
  // not into the browser's own error page: wait until somebody answers
  for (;;) {
    try {
      if ((await fetch(import.meta.url, { method: "HEAD", cache: "no-store" })).status < 500) break;
    } catch {
      // still away
    }
    await new Promise((resolve) => setTimeout(resolve, 2000));
  }
  location.reload();
}

export function startBlazor() {
  const banner = document.getElementById("components-reconnect-modal");
  if (banner) watch(banner);
  if (!window.Blazor) return;
  window.Blazor.start({
    circuit: { reconnectionOptions: { maxRetries: 1_000_000, retryIntervalMilliseconds: retryInterval } },
  });
  restoreTyped();
}
