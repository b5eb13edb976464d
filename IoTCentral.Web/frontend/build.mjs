// Bundles what the browser needs into ../wwwroot/dist. One small file for every page (app), and one for each heavy part
// that is loaded when a page first shows it (chart, grid, map).
import { copyFile, mkdir, rm } from "node:fs/promises";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import path from "node:path";
import * as esbuild from "esbuild";
import { themeCss } from "./theme.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const out = path.join(here, "../wwwroot/dist");
const entries = ["app", "live", "chart", "grid", "map"].map((name) => path.join(here, "src", `${name}.js`)).filter(existsSync);

const theme = {
  name: "theme",
  setup(build) {
    build.onResolve({ filter: /^virtual:theme$/ }, () => ({ path: "theme", namespace: "theme" }));
    build.onLoad({ filter: /.*/, namespace: "theme" }, () => ({ contents: themeCss(), loader: "css" }));
  },
};

// MudBlazor's files come with its NuGet package; bundled, they are one request less each, compressed, and cached for good.
const mudBlazor = {
  name: "mudblazor",
  setup(build) {
    const folder = process.env.MUDBLAZOR;
    if (!folder) throw new Error("MUDBLAZOR must name the folder of the MudBlazor package; dotnet build sets it.");
    build.onResolve({ filter: /^mudblazor\// }, (file) => ({
      path: path.join(folder, "staticwebassets", path.basename(file.path)),
    }));
  },
};

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
await esbuild.build({
  absWorkingDir: here,
  entryPoints: [...entries, path.join(here, "src/styles/app.css"), path.join(here, "src/styles/map.css")],
  entryNames: "[name]",
  chunkNames: "part-[hash]",
  assetNames: "[name]",
  outdir: out,
  bundle: true,
  splitting: true,
  format: "esm",
  target: ["chrome120", "firefox121", "safari17"],
  minify: true,
  legalComments: "linked",
  loader: { ".woff2": "file", ".png": "dataurl", ".svg": "dataurl" },
  plugins: [theme, mudBlazor],
});

// Countries of the world for the map, coarse for the whole world and finer for a single country; fetched when a map opens.
for (const scale of ["110m", "50m"])
  await copyFile(path.join(here, `node_modules/world-atlas/countries-${scale}.json`), path.join(out, `countries-${scale}.json`));
