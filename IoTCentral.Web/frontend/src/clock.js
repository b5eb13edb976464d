// The server's clock as far as this browser knows it.

const page = document.documentElement.dataset;

// The server's time when it wrote the page, against ours when its first byte came; small differences are latency.
function measure() {
  const server = Number(page.now);
  const [entry] = performance.getEntriesByType("navigation");
  if (!server || !entry) return 0;
  const difference = server - (performance.timeOrigin + entry.responseStart);
  return Math.abs(difference) > 2000 ? difference : 0;
}

const offset = measure();

/** Milliseconds since 1970 by the server's clock. */
export const now = () => Date.now() + offset;
