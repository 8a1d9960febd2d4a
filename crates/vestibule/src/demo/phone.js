// The demo's stand-in for a native app: implements `window.vestibuleKey` (docs/digital-key.md) in a browser's tab. The key pair is a real
// P-256 one; "Bluetooth" is a call to the demo, which holds the key to a simulated reader. A small panel plays what a phone would do.
// @ts-check

const remembered = (/** @type {string} */ name) => localStorage.getItem(`vestibule-demo-phone ${name}`);
const remember = (/** @type {string} */ name, /** @type {string} */ text) => localStorage.setItem(`vestibule-demo-phone ${name}`, text);
/** One browser plays everybody's phone: each member has one of their own. */
const own = (/** @type {string} */ name) => `${name} ${document.getElementById("key")?.dataset.slot ?? ""}`;

/** The reader that the phone is waiting for, if it is. @type {((outcome: "sent" | "refused" | "none") => void) | null} */
let waiting = null;
/** @type {((why: Error) => void) | null} */
let breaking = null;

const base64 = (/** @type {ArrayBuffer} */ bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)));

async function publicKey() {
  const known = remembered(own("public-key"));
  if (known) return known;
  // The private half is dropped: what the simulated vendor encrypts for it, nobody reads.
  const pair = await crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, false, ["deriveBits"]);
  const made = base64(await crypto.subtle.exportKey("spki", pair.publicKey));
  remember(own("public-key"), made);
  return made;
}

function deviceId() {
  const known = remembered(own("device")) ?? crypto.randomUUID();
  remember(own("device"), known);
  return known;
}

/** @type {any} */ (window).vestibuleKey = {
  version: 1,
  deviceName: () => "The demo's phone",
  deviceId,
  publicKey,
  keep: (/** @type {{ id: string }} */ key) => remember(own("key"), key.id),
  bluetooth: () => remembered("bluetooth") ?? "on",
  tap() {
    panel?.toggleAttribute("data-waiting", true);
    return new Promise((resolve, reject) => {
      waiting?.("none");
      waiting = resolve;
      breaking = reject;
    });
  },
};

// A tab is no installed app; the demo may say that it were one.
if (remembered("installed") === "yes") Object.defineProperty(navigator, "standalone", { value: true, configurable: true });

const panel = drawn();

function drawn() {
  const key = document.getElementById("key");
  if (!key || !("offered" in key.dataset)) return null;
  const panel = document.createElement("section");
  panel.className = "card key-screen key-demo";
  panel.setAttribute("aria-label", "The demo's phone");
  const says = document.createElement("p");
  says.setAttribute("role", "status");
  says.textContent = "The demo's phone: press Unlock above, then hold it to a reader.";
  const readers = document.createElement("div");
  readers.className = "key-ways";
  panel.append(says, readers);
  key.after(panel);
  void fetch("/demo/phone/readers")
    .then((answer) => answer.json())
    .then((/** @type {{ id: string, name: string, place: string }[]} */ all) => {
      for (const reader of all) readers.append(button(`Hold to: ${reader.name}, ${reader.place}`, () => hold(reader.id, reader.name, says)));
      readers.append(
        button("Hold to nothing", () => end("none")),
        button("Walk away in the middle", () => {
          breaking?.(new Error("walked away"));
          waiting = breaking = null;
        }),
        choice("Bluetooth", "bluetooth", ["on", "off", "denied"]),
        choice("Shown as", "installed", ["a page", "yes"], ["a page in the browser", "the installed app"], true),
      );
    });
  return panel;
}

function button(/** @type {string} */ label, /** @type {() => void} */ press) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "btn";
  made.dataset.kind = "plain";
  made.textContent = label;
  made.addEventListener("click", press);
  return made;
}

/** Something of the phone that one can choose. */
function choice(/** @type {string} */ label, /** @type {string} */ name, /** @type {string[]} */ values, labels = values, again = false) {
  const made = document.createElement("label");
  const select = document.createElement("select");
  select.className = "select";
  select.name = name;
  values.forEach((value, index) => select.add(new Option(labels[index], value, false, remembered(name) === value)));
  select.addEventListener("change", () => {
    remember(name, select.value);
    if (again) location.reload();
  });
  made.append(label, " ", select);
  return made;
}

async function hold(/** @type {string} */ reader, /** @type {string} */ name, /** @type {HTMLElement} */ says) {
  if (!waiting) {
    says.textContent = "The phone is not ready: press Unlock first.";
    return;
  }
  const body = JSON.stringify({ reader, key: remembered(own("key")) ?? "" });
  const answer = await fetch("/demo/phone/tap", { method: "POST", body }).catch(() => null);
  if (!answer?.ok) {
    says.textContent = "The demo did not answer.";
    return end("none");
  }
  const light = await answer.json();
  says.textContent = light.green ? `${name}: green light.` : `${name}: red light (${light.why}).`;
  says.dataset.light = light.green ? "green" : "red";
  end(light.green ? "sent" : "refused");
}

function end(/** @type {"sent" | "refused" | "none"} */ outcome) {
  panel?.toggleAttribute("data-waiting", false);
  waiting?.(outcome);
  waiting = breaking = null;
}
