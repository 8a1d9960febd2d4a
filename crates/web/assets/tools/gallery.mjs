// Pictures of gallery.html with the built styles: phone and desk, light and dark, into screenshots/ at the root (not committed).
// Under the same content security policy as the product; whatever the browser complains about is printed and fails the run.
import { mkdirSync, readFileSync, existsSync } from "node:fs";
import { createServer } from "node:http";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const assets = join(dirname(fileURLToPath(import.meta.url)), "..");
const pictures = join(assets, "..", "..", "..", "screenshots");
const types = { ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".woff2": "font/woff2", ".html": "text/html" };
const policy = "default-src 'self'; script-src 'self' 'nonce-n0nce'; style-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'";

const server = createServer((request, answer) => {
  const { pathname } = new URL(request.url ?? "/", "http://gallery");
  const file = pathname.startsWith("/assets/") ? join(assets, "dist", pathname.slice("/assets/".length)) : join(assets, "gallery.html");
  if (!existsSync(file)) return answer.writeHead(404).end();
  answer.writeHead(200, { "content-type": types[extname(file)] ?? "text/plain", "content-security-policy": policy });
  answer.end(readFileSync(file));
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
mkdirSync(pictures, { recursive: true });

const complaints = [];
for (const [screen, viewport] of [["desk", { width: 1440, height: 900 }], ["phone", { width: 390, height: 844 }]]) {
  for (const colorScheme of ["light", "dark"]) {
    const page = await browser.newPage({ viewport, colorScheme, serviceWorkers: "block", reducedMotion: "reduce" });
    page.on("console", (line) => line.type() === "error" && complaints.push(`${screen} ${colorScheme}: ${line.text()}`));
    page.on("pageerror", (error) => complaints.push(`${screen} ${colorScheme}: ${error.message}`));
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    await page.evaluate(() => document.fonts.ready);
    const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (over > 0) complaints.push(`${screen} ${colorScheme}: the page is ${over} px wider than the screen`);
    await page.screenshot({ path: join(pictures, `gallery-${screen}-${colorScheme}.png`), fullPage: true });
    await page.close();
  }
}
await browser.close();
server.close();
if (complaints.length > 0) throw new Error(complaints.join("\n"));
console.log(`Four pictures in ${pictures}`);
