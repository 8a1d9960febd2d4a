// Builds dist/: everything a page loads, from pinned packages and our own sources. Nothing is fetched at run time from another host.
// Prints what a first visit weighs and fails when it is over the budget, when a template names an icon that does not exist, or when a
// pair of colours cannot be read.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import esbuild from "esbuild";
import { checkContrast } from "./contrast.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const published = join(here, "dist");
/** Built aside and published at the end, changed files only: who embeds dist/ never sees it half, nor anew without need. */
const dist = mkdtempSync(join(tmpdir(), "vestibule-pages-"));
const templates = join(here, "..", "templates");
const packages = join(here, "node_modules");
const FIRST_PAGE_BUDGET_BYTES = 60 * 1024;
/** What is left of the budget for the HTML itself, the largest page counted compressed. */
const HTML_ALLOWANCE_BYTES = 8 * 1024;

const read = (...path) => readFileSync(join(...path), "utf8");
const write = (name, text) => writeFileSync(join(dist, name), text);

// Styles
const looks = await esbuild.build({ entryPoints: [join(here, "css/key.css")], minify: true, write: false, logLevel: "warning" });
write("key.css", looks.outputFiles[0].text);
for (const sheet of ["app", "calendar"]) {
  execFileSync(join(packages, ".bin", "tailwindcss"), ["-i", join(here, "css", `${sheet}.css`), "-o", join(dist, `${sheet}.css`), "--minify"], {
    cwd: here,
    stdio: ["ignore", "ignore", "pipe"],
  });
}

// Programs
const bundled = { bundle: true, minify: true, target: "es2022", legalComments: "eof", write: false, logLevel: "warning" };
const app = await esbuild.build({ ...bundled, entryPoints: [join(here, "js/app.js")], format: "esm" });
write("app.js", app.outputFiles[0].text);
const key = await esbuild.build({ ...bundled, entryPoints: [join(here, "js/key.js")], format: "esm" });
write("key.js", key.outputFiles[0].text);
const calendar = await esbuild.build({ ...bundled, entryPoints: [join(here, "js/calendar.js")], format: "iife" });
const vendored = read(packages, "@event-calendar/build/dist/event-calendar.min.js").replace(/\/\/# sourceMappingURL=\S*\s*$/, "");
write("calendar.js", `${vendored}\n${calendar.outputFiles[0].text}`);

// Font, drawings
for (const subset of ["latin", "latin-ext"]) {
  cpSync(join(packages, `@fontsource-variable/figtree/files/figtree-${subset}-wght-normal.woff2`), join(dist, `figtree-${subset}.woff2`));
}
for (const name of readdirSync(join(here, "static"))) {
  if (name !== "glyph.svg") cpSync(join(here, "static", name), join(dist, name));
}
write("icons.svg", sprite());
write("licences.txt", licences());

// The version names this exact set of files; pages put it into addresses, the service worker into its cache's name.
const hash = createHash("sha256");
for (const name of readdirSync(dist).sort()) hash.update(name).update(readFileSync(join(dist, name)));
for (const name of ["js/sw.js"]) hash.update(readFileSync(join(here, name)));
const version = hash.digest("hex").slice(0, 12);
const worker = await esbuild.build({ ...bundled, entryPoints: [join(here, "js/sw.js")], bundle: false });
write("sw.js", worker.outputFiles[0].text.replaceAll("__VERSION__", version));
write("offline.html", read(dist, "offline.html").replaceAll("__VERSION__", version));
write("version.txt", version);

report();
publish();

/** One SVG with a <symbol> for each icon in icons.json, and our mark. */
function sprite() {
  const names = JSON.parse(read(here, "icons.json"));
  const used = new Set();
  for (const file of readdirSync(templates, { recursive: true }).filter((name) => String(name).endsWith(".html"))) {
    const text = read(templates, String(file));
    for (const [, name] of text.matchAll(/\bicon\("([a-z0-9-]+)"/g)) used.add(name);
    for (const [, name] of text.matchAll(/icons\.svg#([a-z0-9-]+)/g)) used.add(name);
  }
  const all = [...new Set([...names, ...used])].filter((name) => name !== "mark").sort();
  const symbols = all.map((name) => {
    const file = join(packages, "lucide-static/icons", `${name}.svg`);
    if (!existsSync(file)) throw new Error(`There is no icon "${name}" (see lucide-static/icons).`);
    return symbol(name, "0 0 24 24", readFileSync(file, "utf8"));
  });
  symbols.push(symbol("mark", "0 0 32 32", read(here, "static/glyph.svg")));
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>`;
}

function symbol(name, box, svg) {
  const inside = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"));
  return `<symbol id="${name}" viewBox="${box}">${inside.replace(/\s*\n\s*/g, "").replace(/ \/>/g, "/>")}</symbol>`;
}

/** The licences of what is inside the built files, as they ask. */
function licences() {
  return ["htmx.org", "basecoat-css", "tailwindcss", "lucide-static", "@event-calendar/build", "@fontsource-variable/figtree"]
    .map((name) => {
      const about = JSON.parse(read(packages, name, "package.json"));
      const file = readdirSync(join(packages, name)).find((entry) => /^licen[cs]e/i.test(entry));
      const text = file ? read(packages, name, file).trim() : `Licence: ${about.license}`;
      return `${name} ${about.version} (${about.license})\n\n${text}\n`;
    })
    .join("\n----------------------------------------\n\n");
}

function publish() {
  mkdirSync(published, { recursive: true });
  const names = readdirSync(dist);
  for (const name of names) {
    const [from, to] = [join(dist, name), join(published, name)];
    if (!existsSync(to) || !readFileSync(from).equals(readFileSync(to))) cpSync(from, to);
  }
  for (const old of readdirSync(published)) if (!names.includes(old)) rmSync(join(published, old), { recursive: true });
  rmSync(dist, { recursive: true });
}

function report() {
  const zipped = (name) => gzipSync(readFileSync(join(dist, name)), { level: 9 }).length;
  const raw = (name) => readFileSync(join(dist, name)).length;
  const first = { "app.css": zipped("app.css"), "app.js": zipped("app.js"), "icons.svg": zipped("icons.svg"), "figtree-latin.woff2": raw("figtree-latin.woff2") };
  const sum = Object.values(first).reduce((total, bytes) => total + bytes, 0);
  for (const [name, bytes] of Object.entries(first)) console.log(`${name.padEnd(22)} ${(bytes / 1024).toFixed(1).padStart(6)} kB`);
  console.log(`${"first page without HTML".padEnd(22)} ${(sum / 1024).toFixed(1).padStart(5)} kB of ${FIRST_PAGE_BUDGET_BYTES / 1024} kB`);
  console.log(`${"calendar (its page)".padEnd(22)} ${((zipped("calendar.js") + zipped("calendar.css")) / 1024).toFixed(1).padStart(6)} kB`);
  if (sum + HTML_ALLOWANCE_BYTES > FIRST_PAGE_BUDGET_BYTES) throw new Error("The first page is over its budget.");
  const faint = checkContrast(read(here, "css/tokens.css"));
  if (faint.length > 0) throw new Error(`Colours that cannot be read:\n${faint.join("\n")}`);
}
