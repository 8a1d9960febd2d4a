// A whole coworking space for one journey: the real binary, its simulated vendor, its mail inbox, and a browser.
// In: where the binary is (VESTIBULE_BIN, else the usual build folders). Out: addresses, a token, pages.
// Always: every process and folder made here is gone afterwards, also when a journey fails.

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
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

/**
 * Starts the demo.
 * @param {string} at instant the demo clock starts at
 */
export async function openHouse(at) {
  const data = await mkdtemp(path.join(tmpdir(), "vestibule-e2e-"));
  const child = spawn(binary(), ["demo", "--data", data, "--port", "0", "--at", at, "--json"], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  child.stderr.on("data", (part) => (said = (said + part).slice(-8000)));
  const line = await new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).once("line", resolve);
    child.once("exit", (code) => reject(new Error(`vestibule demo ended with ${code}:\n${said}`)));
  });
  const house = JSON.parse(line);
  const browser = await chromium.launch({
    executablePath: browserPath(),
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"],
  });
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
    /** The simulated vendor's state. */
    async vendor() {
      return (await fetch(`${house.kisi.url}/_sim/state`)).json();
    },
    async close() {
      await browser.close();
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      await ended;
      await rm(data, { recursive: true, force: true });
    },
  };
}

/** A phone's and a desk's screen. */
export const screens = {
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
  desk: { viewport: { width: 1440, height: 900 } },
};

/**
 * Fails when axe finds something serious or critical on the page.
 * @param {import("playwright-core").Page} page
 */
export async function soundForEverybody(page) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const serious = violations.filter((one) => ["serious", "critical"].includes(one.impact ?? ""));
  if (serious.length > 0) {
    const lines = serious.map((one) => `${one.id}: ${one.help}\n    ${one.nodes.map((node) => node.html).join("\n    ")}`);
    throw new Error(`${page.url()} is not accessible:\n  ${lines.join("\n  ")}`);
  }
}
