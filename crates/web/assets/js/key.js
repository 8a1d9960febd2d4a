// The digital key's journey on the phone: from screen to screen, between our server, which decides, and the native shell, which speaks
// to the locks (docs/digital-key.md describes the shell's half, `window.vestibuleKey`). All words are in the page already.
// @ts-check

/**
 * What a native shell offers; version 1.
 * @typedef {object} Bridge
 * @property {number} version
 * @property {() => string | Promise<string>} deviceName as its owner calls the phone
 * @property {() => string | Promise<string>} deviceId lasting for this installation of the app
 * @property {() => string | Promise<string>} publicKey EC P-256, SubjectPublicKeyInfo, base64
 * @property {(key: { id: string, key: string, until: string }) => void | Promise<void>} keep
 * @property {() => "on" | "off" | "denied" | Promise<"on" | "off" | "denied">} bluetooth
 * @property {() => "sent" | "refused" | "none" | Promise<"sent" | "refused" | "none">} tap
 */
/** @typedef {{ device: string, until: string }} Held what this phone remembers of its key: nothing that opens */

const DAY_MS = 24 * 60 * 60 * 1000;
/** A key with less to live is renewed. */
const RENEW_MS = 7 * DAY_MS;
/** The vendor is asked up to five times for a key, each for at most fifteen seconds; later than this nothing comes. */
const ISSUE_MS = 90_000;

// On the way to the vendor: at once, and in this page's stead, so that "back" does not lead here.
const onward = /** @type {HTMLAnchorElement | null} */ (document.querySelector("a[data-go]"));
if (onward) location.replace(onward.href);
const place = document.getElementById("key");
if (place) begin(place);

function begin(/** @type {HTMLElement} */ place) {
  const { href = "", slot = "", again = "0" } = place.dataset;
  if (Number(again) > 0) setTimeout(() => location.reload(), Number(again) * 1000);
  if (!("offered" in place.dataset)) return;

  const began = performance.now();
  /** The server's time: a phone's clock may be anything. */
  const now = () => Number(place.dataset.now) + (performance.now() - began);
  /** The address must not say it again when the page is loaded again. */
  let said = place.dataset.said ?? "";
  if (said) history.replaceState(null, "", href);
  /** Which attempt is under way; what an earlier one still brings is not shown any more. */
  let attempt = 0;

  const bridge = () => /** @type {Bridge | undefined} */ (/** @type {any} */ (window).vestibuleKey);
  const memory = {
    name: `vestibule-key ${slot}`,
    /** @returns {Held | null} */
    get() {
      try {
        return JSON.parse(localStorage.getItem(this.name) ?? "null");
      } catch {
        return null;
      }
    },
    set(/** @type {Held | null} */ held) {
      try {
        if (held) localStorage.setItem(this.name, JSON.stringify(held));
        else localStorage.removeItem(this.name);
      } catch (error) {
        console.warn("This phone remembers nothing, so the key is fetched each time:", error);
      }
    },
  };

  function show(/** @type {string} */ name, focus = true) {
    const screens = /** @type {HTMLElement[]} */ ([...place.querySelectorAll("[data-screen]")]);
    // A server that is newer than this page may say a word that has no screen here.
    const named = (/** @type {string} */ name) => screens.find((screen) => screen.dataset.screen === name);
    const wanted = named(name) ?? named("refused-vendor_error") ?? screens[0];
    for (const screen of screens) screen.hidden = screen !== wanted;
    place.dataset.first = wanted.dataset.screen;
    if (focus) /** @type {HTMLElement | null} */ (wanted.querySelector("h2"))?.focus();
  }

  async function start(focus = true) {
    const mine = ++attempt;
    if (!isInstalled()) return show("install", focus);
    const shell = bridge();
    if (!shell) return show("no-shell", focus);
    if (said) {
      show(said, focus);
      said = "";
      return;
    }
    if (!("linked" in place.dataset)) {
      memory.set(null);
      return show("get", focus);
    }
    let device;
    try {
      device = await shell.deviceId();
    } catch (error) {
      console.warn("The shell could not name the phone:", error);
      return show("phone", focus);
    }
    if (mine !== attempt) return;
    const held = memory.get();
    const left = held?.device === device ? Date.parse(held.until) - now() : null;
    if (left !== null && left >= RENEW_MS) return show("unlock", focus);
    show(left === null ? "activating" : "renewing", focus);
    const end = await issue(shell, device);
    if (mine !== attempt) return;
    // A key that still opens is worth more than a reason why there is no newer one, unless the reason is that it is theirs no more.
    const over = ["refused-not_offered", "refused-login_over", "refused-not_linked", "refused-other_account", "refused-phone_taken"];
    const opens = left !== null && left > 0 && !over.includes(end) && end !== "checking";
    show(opens ? "unlock" : end);
  }

  /** Asks for this phone's key and has the shell keep it; answers the screen that comes next. */
  async function issue(/** @type {Bridge} */ shell, /** @type {string} */ device) {
    /** @type {{ key?: { id: string, key: string, until: string }, refused?: string }} */
    let answer;
    let body;
    try {
      body = JSON.stringify({ device, device_name: await shell.deviceName(), public_key: await shell.publicKey() });
    } catch (error) {
      console.warn("The shell gave no public key:", error);
      return "phone";
    }
    try {
      const csrf = /** @type {HTMLMetaElement | null} */ (document.querySelector('meta[name="csrf"]'))?.content ?? "";
      const headers = { "Content-Type": "application/json", "X-CSRF-Token": csrf };
      const response = await fetch(`${href}/issue`, { method: "POST", body, headers, signal: AbortSignal.timeout(ISSUE_MS) });
      // Signed out meanwhile: loading again leads to the sign-in page.
      if (response.status === 401 || response.redirected) return reload();
      if (!response.ok) return "refused-vendor_error";
      answer = await response.json();
    } catch (error) {
      console.warn("No answer came back, or it broke off:", error);
      return "offline";
    }
    if (!answer.key) {
      if (["login_over", "not_linked"].includes(answer.refused ?? "")) memory.set(null);
      return `refused-${answer.refused}`;
    }
    try {
      await shell.keep(answer.key);
    } catch (error) {
      console.warn("The shell could not keep the key:", error);
      return "phone";
    }
    memory.set({ device, until: answer.key.until });
    return "unlock";
  }

  function reload() {
    location.reload();
    return "checking";
  }

  async function unlock() {
    const mine = ++attempt;
    const shell = bridge();
    if (!shell) return show("no-shell");
    // Most phones know already; only one that asks its owner takes longer than a blink.
    const asks = setTimeout(() => mine === attempt && show("permission"), 150);
    try {
      const bluetooth = await shell.bluetooth();
      clearTimeout(asks);
      if (mine !== attempt) return;
      if (bluetooth !== "on") return show(bluetooth === "off" ? "bluetooth-off" : "bluetooth-denied");
    } catch (error) {
      clearTimeout(asks);
      console.warn("The shell could not look at Bluetooth:", error);
      return mine === attempt ? show("phone") : undefined;
    }
    show("ready");
    let tapped;
    try {
      tapped = await shell.tap();
    } catch (error) {
      console.warn("The tap broke off:", error);
    }
    if (mine !== attempt) return;
    if (tapped === "sent") return show("sent");
    if (tapped === "none") return show("silent");
    if (tapped !== "refused") return show("unknown");
    const why = place.querySelector("[data-why]");
    if (why) why.textContent = "";
    show("red");
    const answer = await fetch(`${href}/why`).then((response) => (response.ok ? response.json() : null)).catch(() => null);
    if (why && answer && mine === attempt) why.textContent = answer.says;
  }

  place.addEventListener("click", (event) => {
    const pressed = /** @type {Element} */ (event.target).closest("[data-do]");
    const what = /** @type {HTMLElement | null} */ (pressed)?.dataset.do;
    if (what === "unlock") void unlock();
    else if (what === "start") void start();
    else if (what === "rest") {
      attempt += 1;
      show("unlock");
    }
  });
  void start(false);
}

/** Opened from the home screen, or inside a shell that says so. Nobody but this page relies on it. */
function isInstalled() {
  const modes = ["standalone", "fullscreen", "minimal-ui"];
  return modes.some((mode) => matchMedia(`(display-mode: ${mode})`).matches) || /** @type {any} */ (navigator).standalone === true;
}
