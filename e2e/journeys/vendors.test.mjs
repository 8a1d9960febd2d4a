// Three vendors in one house: connected by consent in the browser, opened from afar, opened by their own app, and left for another.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { fitsTheScreen, openHouse, screens, send, soundForEverybody, until } from "../house.mjs";

// 09:55 in Kiel, 03:55 in New York, 08:55 in Lisbon.
const START = "2026-03-02T08:55:00Z";

/** @type {Awaited<ReturnType<typeof openHouse>>} */
let house;
before(async () => {
  house = await openHouse(START);
});
after(() => house?.close());

/** What a simulated vendor remembers. */
async function state(vendor) {
  return (await fetch(`${house[vendor].url}/_sim/state`)).json();
}

/** The vendor's lock of this name. */
async function lock(name) {
  return (await state("salto")).locks.find((one) => one.name === name);
}

/** Opens the connect form of a vendor at Pier 3, sends it, and goes to the vendor. */
async function towards(operator, vendor, typed) {
  await operator.goto(`/admin/integrations/connect/${house.locations["Pier 3"]}/${vendor}`);
  await operator.locator("main code", { hasText: "/admin/integrations/consent" }).waitFor();
  await soundForEverybody(operator);
  await fitsTheScreen(operator);
  await send(operator, typed, "Check and go on");
  const leave = operator.getByRole("link", { name: /^Go to / });
  await leave.waitFor();
  await soundForEverybody(operator);
  await leave.click();
  await operator.waitForURL((url) => !url.href.startsWith(house.web));
}

/** Chooses the site that is offered, and waits for its doors. */
async function chosen(operator, site, door) {
  await operator.waitForURL((url) => url.pathname.endsWith("/choices"));
  await soundForEverybody(operator);
  assert.equal(await operator.getByRole("radio", { name: "All sites" }).count(), 0, "a location works with one site here");
  await operator.getByRole("radio", { name: site }).check();
  await operator.getByRole("main").getByRole("button").first().click();
  await operator.getByText(door, { exact: true }).first().waitFor();
  await soundForEverybody(operator);
}

test("Salto KS by consent: what is missing is said, a no keeps what was typed, a yes brings its doors", async () => {
  const operator = await house.windowOf("Nora");
  const { client_id, client_secret, email } = house.salto;

  await operator.goto(`/admin/integrations/connect/${house.locations["Pier 3"]}/salto`);
  await operator.getByText("If your client signs in without a browser").click();
  await operator.locator("#email").fill(email);
  await operator.locator("#client_id").fill(client_id);
  await operator.getByRole("button", { name: "Check and go on" }).click();
  await operator.locator("#password-error, .form-errors").first().waitFor();
  assert.equal(await operator.locator("#email").inputValue(), email, "an address without a password stays typed");

  await towards(operator, "salto", { client_id, client_secret });
  await operator.locator("select[name=email]").selectOption(email);
  await operator.getByRole("button", { name: "Deny" }).click();
  await operator.getByText("It was not allowed at Salto KS, so nothing was connected").waitFor();
  assert.equal(await operator.locator("#client_id").inputValue(), client_id);
  await soundForEverybody(operator);

  await send(operator, {}, "Check and go on");
  await operator.getByRole("link", { name: "Go to Salto KS" }).click();
  // A link that came from elsewhere: nothing is connected by it.
  const stranger = await house.windowOf("Nora");
  await stranger.goto("/admin/integrations/consent?code=abc&state=not-ours");
  await stranger.getByText("did not begin in this browser").waitFor();
  await soundForEverybody(stranger);

  await operator.locator("select[name=email]").selectOption(email);
  await operator.getByRole("button", { name: "Allow" }).click();
  await chosen(operator, "Hudson Loft", "Street door");
});

test("Somebody without a role at any site is told so, and nothing is connected", async () => {
  const operator = await house.windowOf("Nora");
  const { client_id, client_secret } = house.salto;
  const location = house.locations["Cais Verde"];
  await operator.goto(`/admin/integrations/connect/${location}/salto`);
  await send(operator, { client_id, client_secret }, "Check and go on");
  await operator.getByRole("link", { name: "Go to Salto KS" }).click();
  await operator.locator("select[name=email]").selectOption(house.emails["Lucas Pereira"]);
  await operator.getByRole("button", { name: "Allow" }).click();
  await operator.getByText("The account works, but it lacks a right we need").waitFor();
  assert.equal(await operator.locator("#client_id").inputValue(), client_id);
  await soundForEverybody(operator);
  await operator.goto("/admin/integrations");
  assert.equal(await operator.getByText(`Salto KS · Cais Verde`).count(), 0);
});

test("Tapkey by consent: a locking system is chosen, and its doors stand there", async () => {
  const operator = await house.windowOf("Nora");
  const { client_id, client_secret, email } = house.tapkey;
  await towards(operator, "tapkey", { client_id, client_secret });
  await operator.locator("select[name=sim_user]").selectOption(email);
  await operator.getByRole("button", { name: "Allow" }).click();
  await chosen(operator, "Cais Verde", "Gate");
  await operator.getByText("a phone that stays offline may open for up to 7 days more").first().waitFor();
});

test("A member opens a Salto door from afar; a door that is cut off and a person without a right are told so", async () => {
  const member = await house.windowOf("Lucas Pereira", screens.phone);
  await member.goto("/access");
  await fitsTheScreen(member);
  assert.equal((await lock("Street door")).state, "locked");
  await member.getByRole("button", { name: /Street door/ }).click();
  await member.locator('form.door[data-state="open"]').waitFor();
  assert.equal((await lock("Street door")).state, "unlocked", "the vendor's door is open");
  await soundForEverybody(member);

  const faults = (body) =>
    fetch(`${house.salto.url}/_sim/faults`, { method: "PUT", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  const forbidden = await faults([{ route: "PATCH /v1.2/sites/*/locks/*/locking", trouble: { kind: "status", status: 403 } }]);
  assert.ok(forbidden.ok, await forbidden.text());
  await member.getByRole("button", { name: /^Loft/ }).click();
  await member.locator('form.door[data-state="refused"]').waitFor();
  await soundForEverybody(member);
  await faults([]);

  // Her plan begins tomorrow: no button, and her page says when; the operator reads why.
  const early = await house.windowOf("", screens.phone);
  await house.signInByMail(early, house.emails["Mei Lin Chow"]);
  const told = early.getByRole("region", { name: "Why doors stay closed" });
  await told.getByText("Opens from tomorrow 00:00. Your plan Loft.").waitFor();
  await told.getByText("Loft and Street door").waitFor();
  assert.equal(await early.locator("form.door").count(), 0, "no door to press");
  await soundForEverybody(early);
  await fitsTheScreen(early);
  const operator = await house.windowOf("Nora");
  await operator.goto(`/admin/people/${house.people["Mei Lin Chow"]}/why?door=${house.doors["Street door"]}`);
  await operator.locator(".verdict[data-state=refused]").waitFor();
});

test("A page that stood open past the end of a booking opens nothing any more, and says so", async () => {
  const member = await house.windowOf("Lucas Pereira", { ...screens.phone, serviceWorkers: "block" });
  // The phone slept: what the page would have asked for meanwhile never arrives.
  await member.route("**/access/now*", () => {});
  await member.goto("/access");
  const door = member.locator("form.door", { hasText: "Room Elm" });
  await door.getByText("until 04:30").waitFor();
  await house.clockTo({ advance_s: 40 * 60 });
  await door.getByRole("button").click();
  await member.locator('form.door[data-state="refused"]').waitFor();
  const says = "Not opened. You could come in by the booking of Room Elm, today 03:00–04:00, until today 04:30.";
  assert.equal(await door.locator(".door-says").innerText(), says);
  assert.equal((await lock("Room Elm")).state, "locked", "the vendor was not asked");
  await soundForEverybody(member);
  await fitsTheScreen(member);
  // Loaded again, the button is gone, and the doors of the plan are still theirs.
  await member.unroute("**/access/now*");
  await member.reload();
  await member.getByRole("button", { name: /Street door/ }).waitFor();
  assert.equal(await door.count(), 0);
});

test("A member of a Tapkey place reads what to install, and with which address", async () => {
  const member = await house.windowOf("Marta Pinto", screens.phone);
  await member.goto("/access");
  const told = member.getByRole("region", { name: "Doors that do not open from this page" });
  await told.getByText(`sign in there as ${house.emails["Marta Pinto"]}`).waitFor();
  await told.getByText(/Gate/).first().waitFor();
  // One plan, three vendors: the others are buttons.
  await member.getByRole("button", { name: /Front door/ }).waitFor();
  await member.getByRole("button", { name: /Street door/ }).waitFor();
  await fitsTheScreen(member);
  await soundForEverybody(member);
});

test("A location moves from Salto KS to Kisi: connect there, replace the groups, disconnect here", async () => {
  const operator = await house.windowOf("Nora");
  const hudson = house.locations["Hudson Loft"];
  const salto = `/admin/integrations/${house.integrations["Hudson Loft"]}`;
  const lucas = house.emails["Lucas Pereira"];
  const members = async () => (await state("salto")).groups.find((one) => one.name === "Loft members").members;
  assert.ok((await members()).includes(lucas));

  await operator.goto(`/admin/integrations/connect/${hudson}/kisi`);
  await send(operator, { domain: house.kisi.domain, email: house.kisi.email, password: house.kisi.password }, "Check and go on");
  await operator.waitForURL((url) => url.pathname.endsWith("/choices"));
  await operator.getByRole("radio", { name: "Hudson Loft" }).check();
  await operator.getByRole("main").getByRole("button").first().click();
  await operator.getByText("Loft members", { exact: true }).first().waitFor();

  for (const name of ["Loft members", "Room Elm", "Studio"]) {
    await operator.goto(salto);
    const row = operator.locator("li", { has: operator.getByText(name, { exact: true }) });
    await row.getByRole("link", { name: "Replace…" }).click();
    await soundForEverybody(operator);
    const option = await operator.locator("#by option", { hasText: `${name} (Kisi · Hudson Loft)` }).getAttribute("value");
    await send(operator, { by: option }, "Replace everywhere");
    await operator.waitForURL((url) => url.pathname === salto);
  }
  await until("the loft's members at Kisi", async () => {
    const { assignments, groups } = await house.vendor();
    const loft = groups.filter((one) => one.name === "Loft members").map((one) => one.id);
    return assignments.some((row) => row.email === lucas && loft.includes(row.group_id));
  });
  await until("Salto KS to have let go of them", async () => !(await members()).includes(lucas));

  await operator.goto(`${salto}/disconnect`);
  await soundForEverybody(operator);
  await operator.locator('[name="with"][value="revoke"]').check();
  await operator.getByRole("button", { name: "Disconnect", exact: true }).click();
  await operator.getByRole("main").getByText("Disconnecting. What we granted").waitFor();
  const member = await house.windowOf("Lucas Pereira", screens.phone);
  await member.goto("/access");
  await member.getByRole("button", { name: /Street door/ }).click();
  await member.locator('form.door[data-state="open"]').waitFor();
});
