// Every screen of the digital key (P-32) that nobody reaches with a phone in order: what a member reads, that it is the only screen,
// and that its way on leads on. The shell is played by a stub, and the server's answer to "issue" by the row; key.test.mjs is the real way.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { fitsTheScreen, openHouse, screens, soundForEverybody } from "../house.mjs";

// 03:55 in New York.
const START = "2026-03-02T08:55:00Z";
const OWNER = "Lucas Pereira";
// The stub speaks for itself: neither the demo's phone nor a service worker may answer in its stead.
const PHONE = { ...screens.phone, serviceWorkers: /** @type {const} */ ("block") };

/** @type {Awaited<ReturnType<typeof openHouse>>} */
let house;
/** @type {import("playwright-core").BrowserContext} */
let context;
let path = "";
let slot = "";

/** Screens that key.test.mjs comes by. */
const ELSEWHERE = ["install", "get", "bluetooth-off", "bluetooth-denied", "ready", "sent", "red", "silent", "consent-refused"];

const inDays = (days) => new Date(Date.parse(START) + days * 86_400_000).toISOString();
const KEY = { key: { id: "key-1", key: "sealed", until: inDays(30) } };
const UNLOCK = "Your phone is a key";
const WAITS = [];
const [AGAIN, BACK, SIGN_IN] = [["Try again"], ["Back to Access"], ["Sign in again"]];
const [AGAIN_OR_BACK, BEGIN] = [[...AGAIN, ...BACK], ["Begin again", ...BACK]];
const [FAR, SOON, PAST] = [30, 3, -1];
const PHONE_FAILS = ["phone", "The phone's own key store did not answer", AGAIN];
const PERMISSION = ["permission", "May this app use Bluetooth?", WAITS, /Your phone asks you/, "Signal sent."];
const UNKNOWN = ["unknown", "Nobody can say what the lock did", AGAIN, /Try the door/, "Signal sent."];
const REST = ["unlock", UNLOCK, ["Unlock"], /press Unlock/, "Signal sent."];
const OFFLINE = ["offline", "There is no connection", AGAIN];

// Each row: when; what is so (parts of the shell that fail or wait, days that a key on this phone has left, the answer to "issue");
// the screen's name, its heading, its ways on; perhaps its sentence, and where the first way leads once all works again.
const STATES = [
  ["the app is only a page", { shell: false }, "no-shell", "This app cannot speak to the readers", BACK, /ask the team/i],
  // Waiting has no button, and says what for.
  ["the phone takes its time", { left: FAR, fault: { deviceId: "late" } }, "checking", "One moment", WAITS, /Looking for your key/],
  ["the vendor takes its time", { issue: "late" }, "activating", "Activating digital key…", WAITS, /few seconds/],
  ["the key soon runs out", { left: SOON, issue: "late" }, "renewing", "Renewing your digital key…", WAITS, /about to/],
  ["the key ran out", { left: PAST, issue: "late" }, "renewing", "Renewing your digital key…", WAITS, /has run out/],
  ["the phone asks its owner", { left: FAR, press: "Unlock", fault: { bluetooth: "late" } }, ...PERMISSION],
  // The phone's own part.
  ...["deviceId", "deviceName", "publicKey", "keep"].map((part) => [`${part} fails`, { fault: { [part]: "fails" } }, ...PHONE_FAILS]),
  ["bluetooth fails", { left: FAR, press: "Unlock", fault: { bluetooth: "fails" } }, ...PHONE_FAILS],
  ["tap fails", { left: FAR, press: "Unlock", fault: { tap: "fails" } }, ...UNKNOWN],
  // No new key: one that still opens stays in use.
  ["there is no connection", { issue: "cut" }, ...OFFLINE],
  ["the key ran out, and there is no connection", { left: PAST, issue: "cut" }, ...OFFLINE],
  ["the key is another phone's, and there is no connection", { left: FAR, of: "phone-0", issue: "cut" }, ...OFFLINE],
  ...["cut", "down", "too_many", "busy"].map((issue) => [`a key still opens, and the answer is: ${issue}`, { left: SOON, issue }, ...REST]),
  ["the server fails", { issue: 500 }, "refused-vendor_error", "That did not work out", AGAIN_OR_BACK],
  ["the vendor sends back an error", { said: "sent-back" }, "sent-back", "That did not work out", BEGIN, /sent you back without a key/],
  // Every word of the server's.
  ...[
    ["not_offered", "There is no digital key for you now", BACK],
    ["not_connected", "The doors are not connected just now", BACK, /The team has to connect/],
    ["not_linked", "You have not signed in there yet", SIGN_IN],
    ["consent_over", "That took a little too long", BEGIN],
    ["client_refused", "This space cannot give out keys yet", BACK, /tell them/],
    ["other_account", "That was somebody else's account", BEGIN, /as lucas\.pereira@/],
    ["login_over", "Your sign-in there is over", SIGN_IN],
    ["no_seat_or_role", "You have no place for a key yet", AGAIN_OR_BACK, /ask them/],
    ["phone_taken", "This phone is somebody else's key", AGAIN_OR_BACK],
    ["phone_key", "This phone makes keys that do not fit", AGAIN_OR_BACK, /Update the app/],
    ["busy", "Another phone of yours is being activated", AGAIN],
    ["too_many", "Too many people get keys just now", AGAIN],
    ["down", "The lock system does not answer", AGAIN_OR_BACK],
    ["vendor_error", "That did not work out", AGAIN_OR_BACK, /answered with an error/],
  ].map(([issue, ...row]) => [`the answer is: ${issue}`, { issue }, `refused-${issue}`, ...row]),
];

before(async () => {
  house = await openHouse(START);
  path = `/portal/key/${house.integrations["Hudson Loft"]}`;
  slot = `vestibule-key ${house.integrations["Hudson Loft"]} ${house.people[OWNER]}`;
  const first = await house.windowOf(OWNER, PHONE);
  context = first.context();
  await context.route("**/demo/phone.js", (route) => route.fulfill({ contentType: "text/javascript", body: "" }));
  // Signed in at the vendor once; every row begins after that.
  const { page } = await phone({});
  await page.getByRole("button", { name: "Get digital key" }).click();
  await page.locator("select[name=email]").selectOption(house.emails[OWNER]);
  await page.getByRole("button", { name: "Allow" }).click();
  await reads(page, UNLOCK);
  await page.close();
});
after(() => house?.close());

/** The key's page on a phone in a state; `mend` makes everything work again. */
async function phone({ fault = {}, shell = true, left, of = "phone-1", issue, said }) {
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  let answer = issue;
  /** @type {(() => void)[]} */
  const waiting = [];
  await page.route("**/issue", async (route) => {
    if (answer === "late") await new Promise((go) => waiting.push(() => go(undefined)));
    if (answer === "cut") return route.abort("internetdisconnected");
    if (typeof answer === "number") return route.fulfill({ status: answer, body: "" });
    return route.fulfill({ json: answer ? { refused: answer } : KEY });
  });
  await page.addInitScript(
    ({ fault, shell, slot, held }) => {
      Object.defineProperty(navigator, "standalone", { value: true });
      if (held) localStorage.setItem(slot, held);
      else localStorage.removeItem(slot);
      const place = /** @type {any} */ (window);
      place.faults = fault;
      if (!shell) return;
      const works = { deviceName: "A phone", deviceId: "phone-1", publicKey: "MFkw", keep: undefined, bluetooth: "on", tap: "sent" };
      const plays = async (part) => {
        if (place.faults[part] === "fails") throw new Error(`${part} fails`);
        if (place.faults[part] === "late") await new Promise((go) => (place.late = go));
        return works[part];
      };
      place.vestibuleKey = { version: 1, ...Object.fromEntries(Object.keys(works).map((part) => [part, () => plays(part)])) };
    },
    { fault, shell, slot, held: left === undefined ? null : JSON.stringify({ device: of, until: inDays(left) }) },
  );
  await page.goto(said ? `${path}?said=${said}` : path);
  const mend = async () => {
    answer = undefined;
    for (const go of waiting) go();
    await page.evaluate(() => {
      const place = /** @type {any} */ (window);
      place.faults = {};
      place.late?.();
    });
  };
  return { page, mend };
}

/** Waits for the only screen, by what a member reads. */
async function reads(page, heading) {
  await page.locator(".key-screen:visible").getByRole("heading", { name: heading, exact: true }).waitFor();
  assert.equal(await page.locator(".key-screen:visible").count(), 1, "one screen at a time");
}

/** What a way on must lead to, once whatever failed works again. */
async function leads(page, way, then) {
  await page.locator(".key-screen:visible").getByText(way, { exact: true }).click();
  if (way === "Back to Access") await page.waitForURL("**/access");
  else if (/again$/.test(way) && way !== "Try again") await page.waitForURL((url) => !url.href.startsWith(house.web));
  else await reads(page, then);
}

/** Kinds of screens that were looked at for everybody already: one of each is enough. */
const seen = new Set();

for (const [when, state, screen, heading, ways, says = /\w/, then = UNLOCK] of STATES) {
  test(`When ${when}: ${heading}`, async () => {
    const { page, mend } = await phone(state);
    const shown = page.locator(".key-screen:visible");
    if (state.press) await shown.getByRole("button", { name: state.press }).click();
    await reads(page, heading);
    assert.equal(await shown.getAttribute("data-screen"), screen);
    assert.match(await shown.locator("p").first().innerText(), says);
    assert.deepEqual(await shown.locator(".key-ways").locator("a, button").allInnerTexts(), ways);
    const kind = [await shown.getAttribute("data-state"), ...ways].join();
    if (!seen.has(kind)) {
      await soundForEverybody(page);
      await fitsTheScreen(page);
    }
    seen.add(kind);
    await mend();
    if (ways.length > 0) await leads(page, ways[0], then);
    else await reads(page, then);
    await page.close();
  });
}

test("No screen is forgotten", async () => {
  const { page } = await phone({ left: 30 });
  await reads(page, UNLOCK);
  const all = await page.locator("[data-screen]").evaluateAll((found) => found.map((one) => one.getAttribute("data-screen")));
  const looked = new Set([...ELSEWHERE, ...STATES.map(([, , screen]) => screen)]);
  assert.deepEqual(all.toSorted(), [...looked].toSorted());
  await page.close();
});

test("What comes back from the vendor is an error, or did not begin here: both say so, and begin again", async () => {
  const { page } = await phone({ issue: "not_linked" });
  await leads(page, "Sign in again", "");
  await page.goto(`/portal/key/linked?error=server_error&state=${new URL(page.url()).searchParams.get("state")}`);
  await reads(page, "That did not work out");
  assert.equal(new URL(page.url()).search, "", "loaded again, it is not said again");
  await page.goto("/portal/key/linked?code=abc&state=not-ours");
  await reads(page, "This sign-in is over");
  await soundForEverybody(page);
  await page.getByRole("link", { name: "Begin again" }).click();
  await page.waitForURL(`**${path}`);
  await page.close();
});

test("Signed out in between: the way leads through the sign-in, and back to the key", async () => {
  const { page } = await phone({ issue: "busy" });
  await reads(page, "Another phone of yours is being activated");
  const other = await context.newPage();
  await other.goto("/membership");
  await other.getByRole("main").getByRole("button", { name: "Sign out" }).click();
  await other.waitForURL("**/sign-in");
  await page.unroute("**/issue");
  await page.getByRole("button", { name: "Try again" }).click();
  await page.waitForURL(/\/sign-in\?next=/);
  await soundForEverybody(page);
  await page.route("**/issue", (route) => route.fulfill({ json: KEY }));
  await house.signInByMail(page, house.emails[OWNER], path);
  await reads(page, UNLOCK);
  await other.close();
  await page.close();
});

test("Without JavaScript it says what the key needs", async () => {
  const storageState = await context.storageState();
  const plain = await house.browser.newContext({ ...PHONE, baseURL: house.web, javaScriptEnabled: false, storageState });
  const page = await plain.newPage();
  await page.goto(path);
  await page.locator(".key-screen:visible").locator("noscript p", { hasText: "which needs JavaScript" }).waitFor();
  assert.equal(await page.locator(".key-screen:visible").count(), 1);
  await plain.close();
});

test("Where nothing comes with a key, and where it is over, a page says so and leads on", async () => {
  const none = await house.windowOf("Felix", PHONE);
  await none.goto("/portal/key");
  await reads(none, "There is no digital key for you here");
  await soundForEverybody(none);
  await leads(none, "Back to Access", "");

  // The last day of a plan, and the day after.
  const name = "Daniel Kim";
  const [own] = (await house.api("GET", `/subscriptions?person=${house.people[name]}`)).items;
  await house.api("PATCH", `/subscriptions/${own.id}`, { ends_on: START.slice(0, 10) });
  await house.clockTo({ advance_s: 86_400 });
  const member = await house.windowOf("", PHONE);
  await house.signInByMail(member, house.emails[name]);
  await member.goto(path);
  await reads(member, "Your access here is over");
  await member.getByText(/It ended today 00:00, so a digital key would open nothing/).waitFor();
  await soundForEverybody(member);
  await member.getByRole("link", { name: "Book a room or a desk" }).click();
  await member.waitForURL("**/book");
});
