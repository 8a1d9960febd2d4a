// Pictures of every page, phone and desk, light and dark, into screenshots/ (not committed), with a contact sheet to look at.
// Usage: npm run shots [-- words in names of pages…]. Needs VESTIBULE_BIN or a built binary, and Chromium.

import { mkdir, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { openEmpty, openHouse, screens, send } from "./house.mjs";
import { everyPage, lookers } from "./pages.mjs";

const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), "..", "screenshots");
const wanted = process.argv.slice(2);
const asked = (name) => wanted.length === 0 || wanted.some((word) => name.includes(word));
const schemes = ["light", "dark"];
let taken = 0;

async function shoot(page, name, screen) {
  for (const colorScheme of schemes) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
    const file = `${name}-${screen}-${colorScheme}.png`;
    // A dialog is drawn over the screen, not over the whole page.
    const fullPage = (await page.locator("dialog[open], [popover]:popover-open").count()) === 0;
    await page.screenshot({ path: path.join(folder, file), fullPage, scale: "css" });
    taken += 1;
  }
}

/** Waits for what pages fetch after loading: the calendar, and the font. */
async function settled(page) {
  await page.evaluate(() => document.fonts.ready.then(() => true));
  if (await page.locator("[data-calendar]").count()) await page.locator(".ec-event").first().waitFor();
}

await mkdir(folder, { recursive: true });
const house = await openHouse("2026-03-02T08:55:00Z");
try {
  const pages = (await everyPage(house)).filter((row) => asked(row.name));
  for (const screen of Object.keys(screens)) {
    for (const [who, name] of Object.entries(lookers)) {
      const own = pages.filter((row) => row.who === who);
      if (own.length === 0) continue;
      const page = await house.windowOf(name, screens[screen]);
      for (const row of own) {
        await page.goto(row.path);
        await settled(page);
        await shoot(page, row.name, screen);
      }
      await page.context().close();
    }
    // What only shows after doing something.
    const doings = {
      "does-door-opened": async () => {
        const page = await house.windowOf("Felix", screens[screen]);
        await page.goto("/access");
        await page.locator("form.door button").first().click();
        await page.locator("form.door[data-state]").first().waitFor();
        return page;
      },
      "does-booking-taken": async () => {
        const page = await house.windowOf("Nora", screens[screen]);
        await page.goto("/admin/bookings/new");
        await send(page, { resource: house.resources["Room Beacon"], on: "2026-03-02", from: "10:00", until: "11:00", booker: house.emails["Felix Dorn"] }, "Book it");
        await page.locator(".note[data-state=refused], .error").first().waitFor();
        return page;
      },
      "does-wizard-refused": async () => {
        const page = await house.windowOf("Nora", screens[screen]);
        await page.goto(`/admin/integrations/${house.integrations["Pier 3"]}/reconnect`);
        await send(page, { domain: house.kisi.domain, email: house.kisi.email, password: "wrong" }, "Check and go on");
        await page.locator("[aria-invalid=true], .form-errors").first().waitFor();
        return page;
      },
      "does-palette": async () => {
        const page = await house.windowOf("Nora", screens[screen]);
        await page.goto("/admin");
        await page.keyboard.press("Control+k");
        await page.locator("#palette input").fill("felix");
        await page.locator("#palette-found a", { hasText: "Felix" }).first().waitFor();
        return page;
      },
      "does-menu": async () => {
        const page = await house.windowOf("Nora", screens[screen]);
        await page.goto("/admin");
        const menu = page.getByRole("button", { name: "Menu" });
        if (await menu.isVisible()) await menu.click();
        return page;
      },
      "does-plan-preview": async () => {
        const page = await house.windowOf("Nora", screens[screen]);
        await page.goto(`/admin/plans/${house.plans["Flex desk"]}`);
        await page.locator("[data-groups] input[type=checkbox]").nth(1).check();
        await page.getByRole("button", { name: "See whom it reaches" }).click();
        await page.locator(".note").first().waitFor();
        return page;
      },
      "does-suspend-asks": async () => {
        const page = await house.windowOf("Nora", screens[screen]);
        await page.goto(`/admin/people/${house.people["Felix Dorn"]}`);
        await page.getByRole("button", { name: /^Suspend/ }).click();
        await page.getByRole("dialog").getByRole("heading").waitFor();
        return page;
      },
      "simulator-kisi": async () => {
        const page = await house.windowOf("", screens[screen]);
        await page.goto(house.kisi.url);
        return page;
      },
      "simulator-inbox": async () => {
        const page = await house.windowOf("", screens[screen]);
        await page.goto(house.mail);
        return page;
      },
    };
    for (const [name, doing] of Object.entries(doings)) {
      if (!asked(name)) continue;
      try {
        const page = await doing();
        await settled(page);
        await shoot(page, name, screen);
        await page.context().close();
      } catch (error) {
        console.error(`${name}, ${screen}: ${error.message}`);
      }
    }
  }

  // A business on its first day: the first-run page, the wizard's second step, and every list while it is empty.
  if (asked("empty")) {
    for (const screen of Object.keys(screens)) {
      const served = await openEmpty(house.kisi.url);
      const context = await house.browser.newContext({ baseURL: served.web, ...screens[screen] });
      const page = await context.newPage();
      await page.goto("/first-run");
      await shoot(page, "empty-first-run", screen);
      const password = "four small grey boats";
      const typed = { network: "Quay Nine", name: "Ida Berg", email: "ida@quay-nine.example", location: "Quay Nine", zone: "Europe/Berlin" };
      await send(page, { ...typed, password, password_again: password }, "Begin");
      await page.waitForURL("**/admin");
      for (const list of ["", "/people", "/companies", "/subscriptions", "/plans", "/resources", "/integrations", "/bookings", "/bookings/calendar", "/audit", "/plans/new", "/settings/locations"]) {
        await page.goto(`/admin${list}`);
        await shoot(page, `empty${list.replaceAll("/", "-") || "-today"}`, screen);
      }
      await page.goto("/admin/integrations");
      await page.getByRole("link", { name: "Connect" }).first().click();
      const { domain, email, password: secret } = house.kisi;
      await send(page, { domain, email, password: secret }, "Check and go on");
      await page.waitForURL((url) => url.pathname.endsWith("/choices"));
      await shoot(page, "empty-wizard-choices", screen);
      await page.getByRole("main").getByRole("button").first().click();
      await page.getByText("Front door", { exact: true }).first().waitFor();
      await shoot(page, "empty-wizard-doors", screen);
      await context.close();
      await served.close();
    }
  }
} finally {
  await house.close();
}

// Also those of earlier runs: after a few pages were taken anew, the sheet still shows all.
const files = (await readdir(folder)).filter((file) => /-(phone|desk)-(light|dark)\.png$/.test(file)).sort();
const nameOf = (file) => file.replace(/-(phone|desk)-(light|dark)\.png$/, "");
const names = [...new Set(files.map(nameOf))];
const figure = (file) => `<a href="${file}"><img src="${file}" alt="${file}" loading="lazy"></a>`;
const sections = names.map((name) => `<section><h2>${name}</h2><div>${files.filter((file) => nameOf(file) === name).map(figure).join("")}</div></section>`);
await writeFile(
  path.join(folder, "index.html"),
  `<!doctype html><meta charset="utf-8"><title>Every page</title><style>body{font:16px system-ui;margin:2rem;background:#ddd}div{display:flex;gap:1rem;align-items:start;overflow:auto}img{height:420px;border:1px solid #888;background:#fff}</style>${sections.join("\n")}\n`,
);
console.log(`${taken} pictures taken; ${names.length} pages on ${path.join(folder, "index.html")}`);
