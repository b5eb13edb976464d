// A picture that cannot be drawn leaves its place to what lies behind it, not to the browser's sign for it.
document.addEventListener(
  "error",
  (event) => {
    if (event.target instanceof HTMLImageElement) event.target.dataset.broken = "";
  },
  true,
);
