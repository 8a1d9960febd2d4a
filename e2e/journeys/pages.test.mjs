// Every page, for everybody: axe finds nothing serious, nothing is wider than a phone or a desk, nothing breaks the content
// security policy or throws. Pages take turns between a desk in daylight and a phone at night; those people see most are
// looked at in all four ways.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { fitsTheScreen, openHouse, screens, soundForEverybody } from "../house.mjs";
import { everyPage, lookers } from "../pages.mjs";

const OFTEN = ["today", "person", "portal-access", "sign-in", "booking"];

/** @type {Awaited<ReturnType<typeof openHouse>>} */
let house;
before(async () => {
  house = await openHouse("2026-03-02T08:55:00Z");
});
after(() => house?.close());

for (const who of Object.keys(lookers)) {
  test(`Pages of the ${who}`, async () => {
    const wrong = [];
    const windows = {};
    for (const screen of ["desk", "phone"]) {
      const page = await house.windowOf(lookers[who], screens[screen]);
      page.on("pageerror", (error) => wrong.push(`${page.url()}: ${error.message}`));
      page.on("console", (line) => line.type() === "error" && !/status of 4\d\d/.test(line.text()) && wrong.push(`${page.url()}: ${line.text()}`));
      windows[screen] = page;
    }
    const rows = (await everyPage(house)).filter((row) => row.who === who);
    for (const [index, { name, path }] of rows.entries()) {
      const often = OFTEN.includes(name);
      const look = async (screen) => {
        const page = windows[screen];
        const answer = await page.goto(path);
        if (name !== "no-such-page" && answer.status() >= 400) {
          wrong.push(`${name} (${path}) answers ${answer.status()}`);
          return;
        }
        const turn = often || screen === ["desk", "phone"][index % 2];
        for (const colorScheme of often ? ["light", "dark"] : [screen === "desk" ? "light" : "dark"]) {
          await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
          for (const check of turn ? [fitsTheScreen, soundForEverybody] : [fitsTheScreen]) {
            await check(page).catch((error) => wrong.push(`${name}, ${screen}, ${colorScheme}: ${error.message}`));
          }
        }
      };
      await Promise.all(["desk", "phone"].map(look));
    }
    assert.deepEqual(wrong, []);
  });
}
