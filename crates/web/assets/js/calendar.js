// The bookings calendar: resources down, time across; drag over a free span to book, drag a booking to move it.
// The page gives addresses and times in data attributes of [data-calendar]; the server decides, this only asks and draws.
// All times are civil times of the location, without offset: the calendar runs in "UTC" so that no browser zone shifts them.
// @ts-check

/** @typedef {{ id: string, title: string, detail?: string }} FeedResource */
/** @typedef {{ id: string, resource: string, from: string, until: string, title: string, state: string, word: string, href: string, movable?: boolean }} FeedBooking */

/** The vendored bundle stands before this code in the built file and defines this name. */
const Calendar = /** @type {any} */ (globalThis).EventCalendar;

for (const place of document.querySelectorAll("[data-calendar]")) draw(/** @type {HTMLElement} */ (place));

function draw(/** @type {HTMLElement} */ place) {
  const { feed, new: newHref, move, csrf, date, now, zone, firstHour = "06", lastHour = "24" } = place.dataset;
  /** @type {{ resources: FeedResource[], bookings: FeedBooking[] }} */
  let known = { resources: [], bookings: [] };

  const load = async (/** @type {{ startStr: string, endStr: string }} */ span) => {
    const address = new URL(feed ?? "", location.href);
    address.searchParams.set("from", span.startStr.slice(0, 10));
    address.searchParams.set("until", span.endStr.slice(0, 10));
    const answer = await fetch(address, { headers: { Accept: "application/json" }, credentials: "same-origin" });
    if (!answer.ok) throw new Error(`The bookings could not be read (${answer.status}).`);
    known = await answer.json();
    calendar.setOption("resources", known.resources.map(({ id, title, detail }) => ({ id, title, extendedProps: { detail } })));
    return [...known.bookings.map(drawn), ...line()];
  };

  const drawn = (/** @type {FeedBooking} */ booking) => ({
    id: booking.id,
    resourceIds: [booking.resource],
    start: booking.from,
    end: booking.until,
    title: booking.title,
    editable: booking.movable ?? false,
    extendedProps: { state: booking.state, word: booking.word, href: booking.href },
  });

  /** The present moment, as a hair-thin background on every row. */
  const line = () => {
    if (!now) return [];
    const until = new Date(Date.parse(`${now.slice(0, 16)}:00Z`) + 120_000).toISOString().slice(0, 19);
    return [{ id: "now", resourceIds: known.resources.map(({ id }) => id), start: now, end: until, display: "background", extendedProps: { state: "now" } }];
  };

  const changed = async (/** @type {any} */ info) => {
    const { event } = info;
    const body = new URLSearchParams({
      csrf: csrf ?? "",
      resource: event.resourceIds[0],
      from: civil(event.start),
      until: civil(event.end),
    });
    const answer = await fetch((move ?? "").replace("{id}", encodeURIComponent(event.id)), {
      method: "POST",
      body,
      credentials: "same-origin",
      headers: { Accept: "application/json", "X-CSRF-Token": csrf ?? "" },
    }).catch(() => null);
    if (answer?.ok) {
      say("open", `Moved: ${event.title}, ${civil(event.start).slice(11)} to ${civil(event.end).slice(11)}.`);
      return;
    }
    info.revert();
    const problem = await answer?.json().catch(() => null);
    say("refused", problem?.detail ?? problem?.title ?? "The server could not be reached. The booking stays where it was.");
  };

  const calendar = Calendar.create(place, {
    view: "resourceTimelineDay",
    timeZone: "UTC",
    date,
    locale: "en-GB",
    height: "auto",
    headerToolbar: { start: "prev,next", center: "title", end: "resourceTimelineDay,resourceTimelineWeek" },
    buttonText: { resourceTimelineDay: "Day", resourceTimelineWeek: "Week", prev: "Earlier", next: "Later" },
    titleFormat: { weekday: "short", day: "numeric", month: "long", year: "numeric" },
    eventTimeFormat: { hour: "2-digit", minute: "2-digit", hour12: false },
    slotLabelFormat: { hour: "2-digit", minute: "2-digit", hour12: false },
    slotMinTime: `${firstHour}:00:00`,
    slotMaxTime: `${lastHour}:00:00`,
    scrollTime: `${String(Math.max(0, Number((now ?? "T08").slice(-8, -6).replace("T", "") || 8) - 1)).padStart(2, "0")}:00:00`,
    slotDuration: "01:00:00",
    snapDuration: "00:15:00",
    slotWidth: 96,
    selectable: true,
    selectMinDistance: 6,
    editable: true,
    resources: [],
    eventSources: [{ events: load }],
    lazyFetching: false,
    resourceLabelContent: ({ resource }) => {
      const name = document.createElement("span");
      name.className = "cal-resource";
      const title = document.createElement("b");
      title.textContent = resource.title;
      name.append(title);
      if (resource.extendedProps?.detail) {
        const detail = document.createElement("small");
        detail.textContent = resource.extendedProps.detail;
        name.append(detail);
      }
      return { domNodes: [name] };
    },
    eventContent: ({ event }) => {
      if (event.display === "background") return "";
      const box = document.createElement("span");
      box.className = "cal-booking";
      const title = document.createElement("b");
      title.textContent = event.title;
      const when = document.createElement("small");
      when.textContent = `${civil(event.start).slice(11)}–${civil(event.end).slice(11)} · ${event.extendedProps.word}`;
      box.append(title, when);
      return { domNodes: [box] };
    },
    eventClassNames: ({ event }) => [`cal-${event.extendedProps.state}`],
    eventDidMount: ({ event, el }) => {
      if (event.display !== "background") el.setAttribute("title", `${event.title}, ${event.extendedProps.word}`);
    },
    eventClick: ({ event }) => {
      if (event.extendedProps.href) location.assign(event.extendedProps.href);
    },
    eventDrop: changed,
    eventResize: changed,
    select: (info) => {
      const address = new URL(newHref ?? "", location.href);
      address.searchParams.set("resource", info.resource?.id ?? "");
      address.searchParams.set("from", info.startStr.slice(0, 16));
      address.searchParams.set("until", info.endStr.slice(0, 16));
      location.assign(address);
    },
    loading: (busy) => place.setAttribute("aria-busy", String(busy)),
  });
  place.setAttribute("role", "group");
  plain(place);
  new MutationObserver(() => plain(place)).observe(place, { childList: true, subtree: true });
  place.setAttribute("aria-label", `Bookings by resource and time${zone ? `, in ${zone}` : ""}`);
}

/** "2026-03-02T11:30" of a date whose UTC fields hold the civil time. */
function civil(/** @type {Date} */ date) {
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** The library calls its drawing a table without giving it rows; a group of buttons is what it truly is. */
function plain(/** @type {HTMLElement} */ place) {
  for (const part of place.querySelectorAll(":is([role='table'], [role='rowheader'], [role='columnheader'], [role='row'], [role='cell'], [role='rowgroup'])")) {
    part.removeAttribute("role");
  }
  for (const part of place.querySelectorAll("[aria-colindex], [aria-rowindex], [aria-colcount], [aria-rowcount]")) {
    for (const name of ["aria-colindex", "aria-rowindex", "aria-colcount", "aria-rowcount"]) part.removeAttribute(name);
  }
}

/** The page's own message corner belongs to app.js; it listens for this. */
function say(/** @type {string} */ state, /** @type {string} */ text) {
  document.dispatchEvent(new CustomEvent("vestibule:say", { detail: { state, text } }));
}
