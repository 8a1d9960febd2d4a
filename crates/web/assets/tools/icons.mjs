// Draws the installed app's PNG icons from static/mark.svg in Chromium. Run by hand when the mark changes; the results are committed.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const folder = join(dirname(fileURLToPath(import.meta.url)), "..", "static");
const mark = readFileSync(join(folder, "mark.svg"), "utf8");
const square = mark.replace('rx="7.5"', 'rx="0"');
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
/** @type {[string, number, string, number][]} name, pixels, drawing, margin in percent (a maskable icon is cut to a circle) */
const wanted = [
  ["icon-180", 180, square, 0],
  ["icon-192", 192, mark, 0],
  ["icon-512", 512, mark, 0],
  ["icon-maskable-512", 512, square, 8],
];
for (const [name, pixels, drawing, margin] of wanted) {
  const page = await browser.newPage({ viewport: { width: pixels, height: pixels } });
  await page.setContent(
    `<style>body{margin:0;background:${margin ? "#14565c" : "transparent"}}svg{display:block;position:absolute;inset:${margin}%;width:${100 - 2 * margin}%;height:${100 - 2 * margin}%}</style>${drawing}`,
  );
  await page.screenshot({ path: join(folder, `${name}.png`), omitBackground: true });
  await page.close();
}
await browser.close();
