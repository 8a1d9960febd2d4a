// The main job, as its people do it: an operator connects the doors, subscribes somebody, books; the member opens a door;
// afterwards it stays shut and the page says why. The last question is asked at the vendor.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { fitsTheScreen, openEmpty, openHouse, screens, send, soundForEverybody, until } from "../house.mjs";

// 09:55 in Kiel.
const START = "2026-03-02T08:55:00Z";
const PASSWORD = "four small grey boats";

/** @type {Awaited<ReturnType<typeof openHouse>>} */
let house;
before(async () => {
  house = await openHouse(START);
});
after(() => house?.close());

/** The vendor's lock of this name. */
async function lock(name) {
  return (await house.vendor()).locks.find((one) => one.name === name);
}

/** Ticks an access group in an editor's Access section, by its name. */
function tickGroup(page, name) {
  return page.locator("[data-groups] li").filter({ has: page.locator("b", { hasText: new RegExp(`^${name}$`) }) }).getByRole("checkbox").check();
}

async function connect(page, { domain, email, password }, button = "Check and go on") {
  await send(page, { domain, email, password }, button);
}

test("An empty database: name the business, connect the vendor, see its doors", async () => {
  const served = await openEmpty(house.kisi.url);
  try {
    const context = await house.browser.newContext({ baseURL: served.web, ...screens.desk });
    const page = await context.newPage();
    await page.goto("/");
    await page.waitForURL("**/first-run");
    await soundForEverybody(page);
    const typed = { network: "Quay Nine", name: "Ida Berg", email: "ida@quay-nine.example", location: "Quay Nine" };
    await send(page, { ...typed, password: "short", password_again: "short", zone: "Europe/Berlin" }, "Begin");
    await page.locator("#password-error").waitFor();
    for (const [name, value] of Object.entries(typed)) assert.equal(await page.locator(`[name="${name}"]`).inputValue(), value);
    assert.equal(await page.locator("#zone").inputValue(), "Europe/Berlin");
    await send(page, { password: PASSWORD, password_again: PASSWORD }, "Begin");
    await page.waitForURL((url) => url.pathname.startsWith("/admin"));

    await page.getByRole("link", { name: "Integrations" }).click();
    await soundForEverybody(page);
    await page.getByRole("link", { name: "Connect" }).first().click();

    // What does not work says what to mend, and keeps what was typed.
    await connect(page, { ...house.kisi, password: "not the password" });
    await page.locator("main [aria-invalid=true], .form-errors").first().waitFor();
    assert.equal(await page.locator("#domain").inputValue(), house.kisi.domain);
    assert.equal(await page.locator("#email").inputValue(), house.kisi.email);
    assert.equal(await page.locator("#password").inputValue(), "", "a password is not sent back");
    await connect(page, { ...house.kisi, domain: "no-such-place" });
    await page.locator("#domain-error, .form-errors").first().waitFor();
    assert.equal(await page.locator("#domain").inputValue(), "no-such-place");
    await soundForEverybody(page);

    await connect(page, house.kisi);
    await page.waitForURL((url) => url.pathname.endsWith("/choices"));
    await soundForEverybody(page);
    await page.getByRole("radio", { name: "Pier 3" }).check();
    await page.getByRole("radio", { name: "Members of this location" }).check();
    await page.getByRole("main").getByRole("button").first().click();
    await page.getByText("Front door", { exact: true }).first().waitFor();
    await page.getByText("Lift lobby", { exact: true }).first().waitFor();
    assert.equal(await page.getByText("Street door", { exact: true }).count(), 0, "another site's doors stay out");
    await soundForEverybody(page);
    await context.close();
  } finally {
    await served.close();
  }
});

test("Connect, map groups, subscribe, book; the member opens the door; after the end it stays shut and says why", async () => {
  const operator = await house.windowOf("");
  await operator.goto("/sign-in/password");
  await send(operator, { email: house.operator.email, password: "wrong all along" }, "Sign in");
  await operator.locator(".form-errors, [aria-invalid=true]").first().waitFor();
  assert.equal(await operator.locator("#email").inputValue(), house.operator.email);
  await send(operator, { email: house.operator.email, password: house.operator.password }, "Sign in");
  await operator.waitForURL((url) => url.pathname.startsWith("/admin"));

  // Pier 3's doors are disconnected, everything given taken back, and connected again by the wizard.
  const integration = `/admin/integrations/${house.integrations["Pier 3"]}`;
  await operator.goto(`${integration}/disconnect`);
  await soundForEverybody(operator);
  await operator.locator('[name="with"][value="revoke"]').check();
  await operator.getByRole("button", { name: "Disconnect", exact: true }).click();
  await operator.getByRole("main").getByText("Disconnecting. What we granted").waitFor();
  const group = (await house.vendor()).groups.find((group) => group.name === "Members").id;
  const held = async () =>
    (await house.vendor()).assignments.filter((row) => row.group_id === group && !row.email.endsWith("brightside.example"));
  await until("the members' rows to be gone", async () => (await held()).length === 0);
  const again = operator.getByRole("link", { name: "Connect again" });
  await until("the taking away to be finished", async () => {
    await operator.goto(integration);
    return again.count();
  });
  await again.click();
  await connect(operator, house.kisi);
  await operator.waitForURL((url) => url.pathname.endsWith("/choices"));
  await operator.getByRole("radio", { name: "Pier 3" }).check();
  await operator.getByRole("radio", { name: "Everybody who may open a door" }).check();
  await operator.getByRole("main").getByRole("button").first().click();
  await operator.getByText("Members", { exact: true }).first().waitFor();
  await until("the members to have their rows again", async () => (await held()).length > 0);

  // A plan and a room, each mapped to a group.
  const pier = house.locations["Pier 3"];
  await operator.goto("/admin/plans/new");
  await tickGroup(operator, "Members");
  await soundForEverybody(operator);
  await send(operator, { name: "Day at the pier", location: pier, price: "35", currency: "EUR" }, "Add the plan");
  await operator.waitForURL((url) => url.pathname === "/admin/plans" || /^\/admin\/plans\/pla_/.test(url.pathname));
  await operator.goto("/admin/resources/new");
  await tickGroup(operator, "Room Lagoon");
  await send(operator, { name: "Lagoon window seat", kind: "room", location: pier, capacity: "2" }, "Add the resource");
  await operator.waitForURL((url) => !url.pathname.endsWith("/new"));

  // Somebody new, subscribed for today and tomorrow, with a booking later this morning.
  await operator.goto("/admin/people/new");
  await send(operator, { name: "Ada Quist", email: "ada.quist@mail.example", [`at_${pier}`]: "member" }, "Add the person");
  await operator.waitForURL(/\/admin\/people\/per_/);
  const ada = operator.url();
  await operator.getByRole("link", { name: "Add", exact: true }).first().click();
  await send(operator, { location: pier, starts_on: "2026-03-02", ends_on: "2026-03-02" }, "Add the subscription");
  await operator.locator(".error").first().waitFor();
  assert.equal(await operator.locator("#ends_on").inputValue(), "2026-03-02", "the days stay typed");
  await operator.getByRole("checkbox", { name: /Day at the pier/ }).check();
  await operator.getByRole("button", { name: "Add the subscription" }).click();
  await operator.waitForURL(/\/admin\/subscriptions\/sub_/);
  await soundForEverybody(operator);

  await operator.goto("/admin/bookings/new");
  const seat = await operator.locator("#resource option", { hasText: "Lagoon window seat" }).getAttribute("value");
  await send(operator, { resource: seat, on: "2026-03-02", from: "10:30", until: "11:30", booker: "ada.quist@mail.example", title: "Reading" }, "Book it");
  await operator.waitForURL(/\/admin\/bookings\/boo_/);
  await soundForEverybody(operator);

  await until("Ada's rows at the vendor", async () =>
    (await house.vendor()).assignments.filter((row) => row.email === "ada.quist@mail.example").length >= 2,
  );

  // The member, on a phone.
  const member = await house.windowOf("", screens.phone);
  await member.goto("/access");
  await member.waitForURL("**/sign-in?**");
  await send(member, { email: "ada.quist@mail.example" }, "Mail me a code");
  const mail = await until("the mailed code", async () =>
    (await house.mails("ada.quist@mail.example")).find((one) => /\b\d{3} ?\d{3}\b/.test(one.text)),
  );
  await send(member, { code: "000000" }, "Sign in");
  await member.locator("#code-error, .form-errors").first().waitFor();
  const [code] = mail.text.match(/\b\d{3} ?\d{3}\b/);
  await send(member, { code }, "Sign in");
  await member.waitForURL("**/access");
  await fitsTheScreen(member);
  await soundForEverybody(member);
  await member.getByText("Opens later").waitFor();
  await member.getByText(/Lagoon window seat/).first().waitFor();
  assert.equal((await lock("Front door")).open_now, false);
  await member.getByRole("button", { name: /Front door/ }).click();
  await member.locator('form.door[data-state="open"]').waitFor();
  assert.equal((await lock("Front door")).open_now, true, "the vendor's door is open");
  await soundForEverybody(member);

  // The operator's Today shows it.
  await operator.goto("/admin");
  await operator.getByText(/Ada Quist.*Front door|Front door.*Ada Quist/s).first().waitFor();

  // Past the last day.
  await house.clockTo({ now: "2026-03-02T23:01:00Z" });
  await until("the vendor to forget her", async () =>
    (await house.vendor()).assignments.every((row) => row.email !== "ada.quist@mail.example"),
  );
  await member.goto("/access");
  await member.getByText("No door opens for you now").waitFor();
  const why = await member.locator("[data-why]").innerText();
  assert.match(why, /ended|last day|until|over/i, `plain words about the end, not: ${why}`);
  assert.equal(await member.getByRole("button", { name: /Front door/ }).count(), 0);
  await fitsTheScreen(member);
  await soundForEverybody(member);
  await operator.goto(`${ada}/why?door=${house.doors["Front door"]}`);
  await operator.locator(".verdict[data-state=refused]").waitFor();
  await soundForEverybody(operator);
});
