// Moving and resizing the tiles of a dashboard. Blazor owns the elements: it adds, removes and fills them; here they are
// only placed while somebody edits. Without editing the grid is plain CSS and this module is not even fetched.
import { GridStack } from "gridstack";

const Columns = 12;
const wide = matchMedia("(min-width: 700px)");
const grids = new WeakMap();

/** Starts editing; .NET hears of every move as Placed([{ n, x, y, w, h }]). */
export function edit(host, dotnet, options) {
  finish(host);
  const editor = { host, dotnet, options, tiles: new Set() };
  editor.adapt = () => (wide.matches ? start(editor) : stop(editor));
  editor.key = (event) => key(editor, event);
  wide.addEventListener("change", editor.adapt);
  host.addEventListener("keydown", editor.key);
  grids.set(host, editor);
  editor.adapt();
}

/** Takes in what Blazor has added or removed since. */
export function sync(host) {
  const editor = grids.get(host);
  if (!editor?.grid) return;
  for (const tile of editor.tiles) {
    if (tile.isConnected) continue;
    editor.grid.removeWidget(tile, false, false);
    editor.tiles.delete(tile);
  }
  for (const tile of tilesOf(host)) {
    if (editor.tiles.has(tile)) continue;
    editor.tiles.add(tile);
    tile.classList.add("grid-stack-item");
    editor.grid.makeWidget(tile);
  }
}

export function finish(host) {
  const editor = grids.get(host);
  if (!editor) return;
  wide.removeEventListener("change", editor.adapt);
  host.removeEventListener("keydown", editor.key);
  stop(editor);
  grids.delete(host);
}

const tilesOf = (host) => [...host.children].filter((child) => child.hasAttribute("data-n"));

function start(editor) {
  if (editor.grid) return;
  const { host, options } = editor;
  host.classList.add("grid-stack");
  for (const tile of tilesOf(host)) {
    tile.classList.add("grid-stack-item");
    editor.tiles.add(tile);
  }
  editor.grid = GridStack.init(
    {
      column: Columns,
      cellHeight: options.row + options.gap,
      margin: options.gap / 2,
      float: false,
      animate: !matchMedia("(prefers-reduced-motion: reduce)").matches,
      draggable: { handle: ".iot-tile__cover", appendTo: "parent", scroll: true },
      resizable: { handles: "e,s,se" },
      alwaysShowResizeHandle: true,
    },
    host,
  );
  editor.grid.on("change", (_, nodes) => report(editor, nodes ?? []));
}

function stop(editor) {
  if (!editor.grid) return;
  editor.grid.destroy(false);
  editor.grid = null;
  for (const element of [editor.host, ...editor.tiles]) {
    element.removeAttribute("style");
    for (const name of [...element.classList]) if (/^(grid-stack|ui-|gs-)/.test(name)) element.classList.remove(name);
    for (const handle of element.querySelectorAll(":scope > .ui-resizable-handle, :scope > .grid-stack-placeholder")) handle.remove();
  }
  editor.tiles.clear();
}

function report(editor, nodes) {
  const moved = nodes.filter((node) => node.el?.isConnected).map(({ el, x, y, w, h }) => ({ n: Number(el.dataset.n), x, y, w, h }));
  if (moved.length > 0) editor.dotnet.invokeMethodAsync("Placed", moved).catch(() => {});
}

// arrows move the focused tile, with Shift they resize it
function key(editor, event) {
  const tile = event.target;
  const node = tile.gridstackNode;
  const [dx, dy] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] ?? [0, 0];
  if (!editor.grid || !node || (dx === 0 && dy === 0)) return;
  event.preventDefault();
  const { x, y, w, h, minW = 1, minH = 1 } = node;
  const within = (value, low, high) => Math.min(Math.max(value, low), high);
  editor.grid.update(
    tile,
    event.shiftKey
      ? { w: within(w + dx, minW, Columns - x), h: Math.max(minH, h + dy) }
      : { x: within(x + dx, 0, Columns - w), y: Math.max(0, y + dy) },
  );
  tile.scrollIntoView({ block: "nearest" });
}
