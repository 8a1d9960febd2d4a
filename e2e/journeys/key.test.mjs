// The digital key as its owner goes through it (P-32): every screen from the browser's tab to the green light, and back to red.
// The demo plays the phone; readers are those of the simulated Salto KS.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { fitsTheScreen, openHouse, screens, soundForEverybody } from "../house.mjs";

// 03:55 in New York.
const START = "2026-03-02T08:55:00Z";
const OWNER = "Lucas Pereira";

/** @type {Awaited<ReturnType<typeof openHouse>>} */
let house;
before(async () => {
  house = await openHouse(START);
});
after(() => house?.close());

/** Waits for a screen by its heading; it must be sound, and fit a phone. */
async function sees(page, heading) {
  await page.locator(".key-screen:visible").getByRole("heading", { name: heading }).waitFor();
  await soundForEverybody(page);
  await fitsTheScreen(page);
}

const press = (page, name) => page.locator("#key").getByRole("button", { name, exact: true }).click();
const phone = (page) => page.getByRole("region", { name: "The demo's phone" });
const hold = (page, to) => phone(page).getByRole("button", { name: to }).click();

/** What the reader of a door showed last. */
async function light(door) {
  const state = await (await fetch(`${house.salto.url}/_sim/state`)).json();
  return state.locks.find((one) => one.name === door).light;
}

/** At the vendor's own page, where the app leads by itself, somebody allows it or not. */
async function atTheVendor(page, who, decision) {
  await page.waitForURL((url) => !url.href.startsWith(house.web));
  await page.locator("select[name=email]").selectOption(who);
  await page.getByRole("button", { name: decision }).click();
}

test("Get a key, unlock, tap: green; every refusal on the way has its own screen; suspended it is red", async () => {
  // Doors learn of the day's members some seconds after the demo's start.
  await house.clockTo({ advance_s: 60 });
  const page = await house.windowOf(OWNER, screens.phone);
  await page.goto("/access");
  await page.getByRole("region", { name: "Digital key" }).getByRole("link").first().click();

  // In a browser's tab there is no key.
  await sees(page, /The digital key lives/);
  assert.equal(await page.getByRole("button", { name: "Get digital key" }).isVisible(), false);
  await phone(page).getByLabel("Shown as").selectOption("the installed app");

  await sees(page, "Get your digital key");
  await press(page, "Get digital key");
  await atTheVendor(page, house.emails[OWNER], "Deny");
  await sees(page, "You did not allow it");
  await press(page, "Begin again");
  await atTheVendor(page, house.salto.email, "Allow");
  await sees(page, "That was somebody else's account");
  await press(page, "Begin again");
  await atTheVendor(page, house.emails[OWNER], "Allow");
  await sees(page, "Your phone is a key");

  // What a phone can do wrong.
  const bluetooth = phone(page).getByLabel("Bluetooth");
  await bluetooth.selectOption("off");
  await press(page, "Unlock");
  await sees(page, "Bluetooth is off");
  await bluetooth.selectOption("denied");
  await press(page, "Try again");
  await sees(page, "This app may not use Bluetooth");
  await bluetooth.selectOption("on");
  await press(page, "Try again");
  await sees(page, "Ready to unlock.");
  await hold(page, "Hold to nothing");
  await sees(page, "No lock answered");
  await press(page, "Try again");
  await page.getByRole("heading", { name: "Ready to unlock." }).waitFor();
  await hold(page, "Walk away in the middle");
  await sees(page, "Nobody can say what the lock did");

  await press(page, "Try again");
  await page.getByRole("heading", { name: "Ready to unlock." }).waitFor();
  await hold(page, "Hold to: Street door, Hudson Loft");
  await sees(page, "Signal sent.");
  assert.equal((await light("Street door")).light, "green");

  // A door that is not theirs.
  await page.goto(page.url());
  await sees(page, "Your phone is a key");
  await press(page, "Unlock");
  await page.getByRole("heading", { name: "Ready to unlock." }).waitFor();
  await hold(page, "Hold to: Studio, Hudson Loft");
  await sees(page, "Red light.");
  assert.equal((await light("Studio")).light, "red");
  await page.getByText(/These open for you now: .*Street door/).waitFor();

  // Suspended: the key is still on the phone, and opens nothing.
  await house.api("PATCH", `/people/${house.people[OWNER]}`, { state: "suspended" });
  // The clock answers when it is worked; from then on doors have 45 seconds to learn of it.
  await house.clockTo({ advance_s: 1 });
  await house.clockTo({ advance_s: 60 });
  await press(page, "Try again");
  await page.getByRole("heading", { name: "Ready to unlock." }).waitFor();
  await hold(page, "Hold to: Street door, Hudson Loft");
  await sees(page, "Red light.");
  assert.equal((await light("Street door")).light, "red");
});

test("Somebody whose plan begins tomorrow is not offered one yet, and reads from when", async () => {
  const page = await house.windowOf("", screens.phone);
  await house.signInByMail(page, house.emails["Mei Lin Chow"]);
  assert.equal(await page.getByRole("region", { name: "Digital key" }).getByText("Get digital key").count(), 0);
  await page.goto(`/portal/key/${house.integrations["Hudson Loft"]}`);
  await sees(page, "Your digital key is not ready yet");
});
