// The drawer and the menus of the top bar are popovers; choosing something in them closes them.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[popover] a[href]");
  link?.closest("[popover]")?.hidePopover?.();
});
