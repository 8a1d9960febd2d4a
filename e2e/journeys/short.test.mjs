// Shorter journeys: a company's person, the answer to "why can't they", a taken room, somebody suspended, a browser without
// JavaScript, booking by dragging. Each in a window of its own, in one house.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { fitsTheScreen, openHouse, screens, send, soundForEverybody, until } from "../house.mjs";

// 09:55 in Kiel, 03:55 in New York.
const START = "2026-03-02T08:55:00Z";

/** @type {Awaited<ReturnType<typeof openHouse>>} */
let house;
before(async () => {
  house = await openHouse(START);
});
after(() => house?.close());

async function unlocksOf(email) {
  return (await house.vendor()).unlocks.filter((one) => one.email === email).length;
}

test("A company's person sees the company's doors; leaving the company shuts them", async () => {
  const email = house.emails["Jonas Weidner"];
  const member = await house.windowOf("", screens.phone);
  await house.signInByMail(member, email);
  await member.getByRole("button", { name: /Office 12/ }).waitFor();
  await soundForEverybody(member);
  await member.goto("/membership");
  await member.getByRole("heading", { name: "Northlight Studio" }).waitFor();
  await fitsTheScreen(member);

  const operator = await house.windowOf("Nora");
  await operator.goto(`/admin/companies/${house.companies["Northlight Studio"]}`);
  const row = operator.locator("li", { hasText: "Jonas Weidner" });
  await row.getByRole("button", { name: "Remove", exact: true }).click();
  const dialog = operator.getByRole("dialog");
  await dialog.getByRole("heading").waitFor();
  assert.match(await dialog.innerText(), /door|access|get in|lose/i, "says what will happen");
  await dialog.getByRole("button", { name: "Remove now" }).click();
  await until("the vendor to forget the office for Jonas", async () => {
    const { assignments, groups } = await house.vendor();
    const office = groups.find((one) => one.name === "Office 12").id;
    return assignments.every((one) => one.email !== email || one.group_id !== office);
  });
  await member.goto("/access");
  assert.equal(await member.getByRole("button", { name: /Office 12/ }).count(), 0);
});

test("Why? names the broken link and leads to where it is mended", async () => {
  const operator = await house.windowOf("Nora");
  await operator.goto(`/admin/people/${house.people["Johanna Kruse"]}`);
  await operator.getByRole("link", { name: "Why?", exact: true }).first().click();
  await send(operator, {}, "Ask why");
  await operator.locator("select[name=door]:invalid, .error").first().waitFor();
  await operator.locator("#door").selectOption(house.doors["Front door"]);
  await operator.getByRole("button", { name: "Ask why" }).click();
  await operator.locator(".verdict[data-state=refused]").waitFor();
  await soundForEverybody(operator);
  const cure = operator.locator(".reasons a").first();
  await cure.click();
  await operator.waitForURL((url) => !url.pathname.endsWith("/why"));
  await operator.getByRole("heading", { level: 1 }).waitFor();
});

test("A taken room is refused with the time of the other booking, and everything typed stays", async () => {
  const operator = await house.windowOf("Nora");
  await operator.goto("/admin/bookings/new");
  const typed = { resource: house.resources["Room Beacon"], on: "2026-03-02", from: "10:00", until: "11:00", booker: house.emails["Felix Dorn"], title: "Overlap" };
  await send(operator, typed, "Book it");
  await operator.locator(".note[data-state=refused], .error, .form-errors").first().waitFor();
  for (const [name, value] of Object.entries(typed)) assert.equal(await operator.locator(`main [name="${name}"]`).inputValue(), value);
  await soundForEverybody(operator);
  await send(operator, { from: "16:00", until: "15:00" }, "Book it");
  await operator.locator(".error, .form-errors").first().waitFor();
  await send(operator, { from: "16:00", until: "17:00" }, "Book it");
  await operator.waitForURL(/\/admin\/bookings\/boo_/);

  const member = await house.windowOf("Felix", screens.phone);
  await member.goto(`/book/${house.resources["Room Beacon"]}`);
  const own = { on: "2026-03-02", from: "16:30", until: "17:30", title: "Mine" };
  await send(member, own, "Book");
  await member.locator(".error, .form-errors").first().waitFor();
  for (const [name, value] of Object.entries(own)) assert.equal(await member.locator(`main [name="${name}"]`).inputValue(), value);
  await fitsTheScreen(member);
  await soundForEverybody(member);
});

test("Somebody suspended sees why, and no door", async () => {
  const email = house.emails["Wanjiru Kamau"];
  const member = await house.windowOf("", screens.phone);
  await house.signInByMail(member, email);
  await member.getByRole("button", { name: /Front door/ }).waitFor();
  const operator = await house.windowOf("Nora");
  await operator.goto(`/admin/people/${house.people["Wanjiru Kamau"]}`);
  await operator.getByRole("button", { name: /^Suspend/ }).click();
  const dialog = operator.getByRole("dialog");
  await dialog.getByRole("button", { name: /^Suspend/ }).click();
  await operator.getByText("Suspended").first().waitFor();
  await until("the vendor to forget her", async () => (await house.vendor()).assignments.every((one) => one.email !== email));
  // Suspending ends sessions; whoever signs in again is told.
  await member.goto("/access");
  await member.waitForURL("**/sign-in?**");
  await house.signInByMail(member, email);
  assert.equal(await member.locator("form.door").count(), 0);
  assert.match(await member.getByRole("main").innerText(), /suspended/i);
  await soundForEverybody(member);
});

test("Without JavaScript: sign in, book, open a door", async () => {
  const email = house.emails["Simon Keller"];
  const member = await house.windowOf("", { ...screens.phone, javaScriptEnabled: false });
  await house.signInByMail(member, email);
  const before = await unlocksOf(email);
  await member.getByRole("button", { name: /Front door/ }).click();
  await member.getByText(/Front door is open|Open\./).first().waitFor();
  assert.equal(await unlocksOf(email), before + 1);
  await member.goto("/book");
  await member.getByRole("button", { name: "Show free times" }).click();
  await member.goto(`/book/${house.resources["Room Lagoon"]}`);
  await send(member, { on: "2026-03-04", from: "10:00", until: "11:00", title: "By hand" }, "Book");
  await member.waitForURL(/\/bookings\/boo_/);
  await member.getByText("By hand").first().waitFor();
});

test("Dragging over free time in the calendar begins a booking of it", async () => {
  const operator = await house.windowOf("Nora");
  await operator.goto("/admin/bookings/calendar");
  await operator.locator(".ec-event", { hasText: "Quarterly planning" }).first().waitFor();
  await soundForEverybody(operator);
  // Across the day after the running bookings: the room's row, and the column of a free hour.
  const row = await operator.locator(".ec-event", { hasText: "Quarterly planning" }).first().boundingBox();
  const x = row.x + row.width + 8;
  const y = row.y + row.height / 2;
  await operator.mouse.move(x, y);
  await operator.mouse.down();
  await operator.mouse.move(x + 30, y, { steps: 4 });
  await operator.mouse.move(x + 56, y, { steps: 4 });
  await operator.mouse.up();
  await operator.waitForURL("**/admin/bookings/new?**");
  assert.equal(await operator.locator("#resource").inputValue(), house.resources["Room Lagoon"]);
  assert.equal(await operator.locator("#on").inputValue(), "2026-03-02");
  const from = await operator.locator("#from").inputValue();
  assert.match(from, /^1[12]:/, `${from} is right after the booking that ends at 11:30`);
  await send(operator, { booker: house.emails["Felix Dorn"], title: "Dragged" }, "Book it");
  await operator.waitForURL(/\/admin\/bookings\/boo_/);
  await operator.goto("/admin/bookings/calendar");
  await operator.locator(".ec-event", { hasText: "Dragged" }).first().waitFor();
});
