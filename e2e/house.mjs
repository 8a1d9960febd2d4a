// A whole coworking space for one journey: the real binary, its simulated vendor, its mail inbox, and a browser.
// In: where the binary is (VESTIBULE_BIN, else the usual build folders). Out: addresses, a token, pages.
// Always: every process and folder made here is gone afterwards, also when a journey fails.

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { AxeBuilder } from "@axe-core/playwright";
import { chromium } from "playwright-core";

const here = path.dirname(fileURLToPath(import.meta.url));

/** @returns {string} the binary to try */
function binary() {
  const folder = process.env.CARGO_TARGET_DIR ?? path.join(here, "..", "target");
  const known = [process.env.VESTIBULE_BIN, path.join(folder, "debug", "vestibule"), path.join(folder, "release", "vestibule")];
  const found = known.find((file) => file && existsSync(file));
  if (!found) throw new Error("No vestibule binary: run `cargo build -p vestibule` first, or set VESTIBULE_BIN.");
  return found;
}

/** @returns {string} a browser of the system */
function browserPath() {
  const found = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(
    (file) => file && existsSync(file),
  );
  if (!found) throw new Error("No Chromium: `apt-get install chromium`, or set CHROMIUM.");
  return found;
}

/** Starts the binary in a folder of its own; both go with `end`. */
async function start(args) {
  const program = binary();
  const folder = await mkdtemp(path.join(tmpdir(), "vestibule-e2e-"));
  const child = spawn(program, args(folder), { stdio: ["ignore", "pipe", "pipe"] });
  const running = { said: "", child };
  child.stderr.on("data", (part) => (running.said = (running.said + part).slice(-8000)));
  const ended = new Promise((resolve) => child.once("exit", resolve));
  running.end = async () => {
    child.kill("SIGTERM");
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  return running;
}

/** A browser of the system, without its own errands on the network. */
export function openBrowser() {
  return chromium.launch({
    executablePath: browserPath(),
    args: ["--no-sandbox", "--lang=en-GB", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"],
  });
}

/**
 * Starts the demo.
 * @param {string} at instant the demo clock starts at
 */
export async function openHouse(at) {
  const demo = await start((folder) => ["demo", "--data", folder, "--port", "0", "--at", at, "--json"]);
  const line = await new Promise((resolve, reject) => {
    createInterface({ input: demo.child.stdout }).once("line", resolve);
    demo.child.once("exit", (code) => reject(new Error(`vestibule demo ended with ${code}:\n${demo.said}`)));
  });
  const house = JSON.parse(line);
  const browser = await openBrowser();
  return {
    ...house,
    browser,
    /** Moves the demo clock; answers when everything due has been worked. */
    async clockTo(change) {
      const answer = await fetch(house.clock, {
        method: "PUT",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(change),
      });
      if (!answer.ok) throw new Error(`the demo clock answered ${answer.status}: ${await answer.text()}`);
    },
    /** Calls the API as the owner. */
    async api(method, pathname, body) {
      const answer = await fetch(house.api + pathname, {
        method,
        headers: { authorization: `Bearer ${house.token}`, ...(body ? { "content-type": "application/json" } : {}) },
        body: body ? JSON.stringify(body) : undefined,
      });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${method} ${pathname} answered ${answer.status}: ${text}`);
      return text ? JSON.parse(text) : null;
    },
    /** Mails to one address, oldest first. */
    async mails(to) {
      return (await fetch(`${house.mail}/messages?to=${encodeURIComponent(to)}`)).json();
    },
    /** The next mail to one address after `seen` of them. */
    async mailTo(to, seen = 0) {
      return until(`a mail to ${to}`, async () => (await this.mails(to))[seen]);
    },
    /** The simulated vendor's state. */
    async vendor() {
      return (await fetch(`${house.kisi.url}/_sim/state`)).json();
    },
    /** The one-click link of somebody, by the first words of its label. */
    link(name) {
      const found = Object.entries(house.sign_in).find(([label]) => label.startsWith(name));
      if (!found) throw new Error(`no sign-in link of ${name}`);
      return found[1];
    },
    /** A new browser window of somebody who is signed in by the demo's link; without a name, of a stranger. */
    async windowOf(name, options = screens.desk) {
      const context = await browser.newContext({ baseURL: house.web, ...options });
      const page = await context.newPage();
      page.setDefaultTimeout(15_000);
      if (name) await page.goto(this.link(name));
      return page;
    },
    /** Signs in with the code that is mailed, from the sign-in page if it is shown; pages work the same without JavaScript. */
    async signInByMail(page, email, to = "/access") {
      const codes = async () => (await this.mails(email)).filter((one) => /is your code/.test(one.subject));
      const before = (await codes()).length;
      if (!page.url().includes("/sign-in")) await page.goto("/sign-in");
      await send(page, { email }, "Mail me a code");
      await page.locator("#code").waitFor();
      const mail = await until(`the code for ${email}`, async () => (await codes())[before]);
      await send(page, { code: mail.subject.match(/^\d+/)[0] }, "Sign in");
      await page.waitForURL(`**${to}`);
    },
    async close() {
      await browser.close();
      await demo.end();
    },
  };
}

/** @returns {Promise<number>} a port that was free just now */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/**
 * Starts the product on an empty database, as a new business would, with a simulated vendor.
 * @param {string} kisi the vendor's address
 */
export async function openEmpty(kisi) {
  const port = await freePort();
  const web = `http://127.0.0.1:${port}`;
  const served = await start((folder) => [
    "serve",
    ...["--database", `sqlite:${path.join(folder, "v.sqlite")}`, "--key-file", path.join(folder, "key")],
    ...["--listen", `127.0.0.1:${port}`, "--public-url", web, "--kisi-url", kisi],
  ]);
  await until(`${web} to answer`, async () => {
    if (served.child.exitCode !== null) throw new Error(`vestibule serve ended with ${served.child.exitCode}:\n${served.said}`);
    return fetch(web).catch(() => null);
  });
  return { web, close: served.end };
}

/**
 * Asks again until there is an answer: for what happens outside the browser, where its own waiting does not reach.
 * @template T
 * @param {string} what for the message when it never comes
 * @param {() => Promise<T>} ask
 * @returns {Promise<NonNullable<T>>}
 */
export async function until(what, ask) {
  const last = Date.now() + 15_000;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > last) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A phone's and a desk's screen. */
export const screens = {
  phone: { locale: "en-GB", viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
  desk: { locale: "en-GB", viewport: { width: 1440, height: 900 } },
};

/**
 * Fails when axe finds something serious or critical on the page.
 * @param {import("playwright-core").Page} page
 */
export async function soundForEverybody(page) {
  // One frame, and only what is wrong: the full report of a page takes three times as long.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ["violations"] }).analyze();
  const serious = violations.filter((one) => ["serious", "critical"].includes(one.impact ?? ""));
  if (serious.length > 0) {
    const lines = serious.map((one) => `${one.id}: ${one.help}\n    ${one.nodes.map((node) => node.html).join("\n    ")}`);
    throw new Error(`${page.url()} is not accessible:\n  ${lines.join("\n  ")}`);
  }
}

/**
 * Fails when the page is wider than the screen, as members and operators with phones would have to drag it sideways.
 * @param {import("playwright-core").Page} page
 */
export async function fitsTheScreen(page) {
  const { wide, screen } = await page.evaluate(() => ({
    wide: document.documentElement.scrollWidth,
    screen: document.documentElement.clientWidth,
  }));
  if (wide > screen) throw new Error(`${page.url()} is ${wide} px wide on a screen of ${screen}`);
}

/**
 * Types into the fields of a form, by their names, and presses its button.
 * @param {import("playwright-core").Page} page
 * @param {Record<string, string>} typed
 * @param {string} button
 */
export async function send(page, typed, button) {
  for (const [name, value] of Object.entries(typed)) {
    const field = page.locator(`main [name="${name}"]`).first();
    const kind = await field.evaluate((one) => (one instanceof HTMLInputElement ? one.type : one.tagName.toLowerCase()));
    if (kind === "select") await field.selectOption(value);
    else if (kind === "radio" || kind === "checkbox") await page.locator(`main [name="${name}"][value="${value}"]`).check();
    else await field.fill(value);
  }
  await page.getByRole("main").getByRole("button", { name: button, exact: true }).first().click();
}
