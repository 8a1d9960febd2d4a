// Every page there is, for pictures and for the accessibility check: name, who looks, address.
// In: a running house. Out: rows { name, who, path }. Why so: a page that is forgotten here is forgotten twice, and easy to find.

/**
 * @param {Awaited<ReturnType<import("./house.mjs").openHouse>>} house
 * @returns {Promise<{ name: string, who: "stranger" | "operator" | "member" | "booker" | "loft" | "nomad", path: string }[]>}
 */
export async function everyPage(house) {
  const { people, companies, plans, resources, bookings, integrations, groups, doors, locations } = house;
  const subscriptions = (await house.api("GET", `/subscriptions?person=${people["Felix Dorn"]}`)).items;
  const own = await house.api("GET", `/subscriptions/${subscriptions[0].id}`);
  const ofCompany = (await house.api("GET", `/subscriptions?company=${companies["Northlight Studio"]}`)).items[0];
  const felix = `/admin/people/${people["Felix Dorn"]}`;
  const kisi = `/admin/integrations/${integrations["Pier 3"]}`;
  const salto = `/admin/integrations/${integrations["Hudson Loft"]}`;
  const tapkey = `/admin/integrations/${integrations["Cais Verde"]}`;
  const planning = bookings["Quarterly planning"];
  const rows = {
    stranger: {
      "sign-in": "/sign-in",
      "sign-in-code": "/sign-in/code?email=felix.dorn@harbor-works.example",
      "sign-in-password": "/sign-in/password",
      "sign-in-link": "/sign-in/link?token=none",
      "no-such-page": "/nothing-here",
    },
    operator: {
      today: "/admin",
      people: "/admin/people",
      "people-none": "/admin/people?q=nobody-by-this-name",
      "people-new": "/admin/people/new",
      person: felix,
      "person-company": `/admin/people/${people["Jonas Weidner"]}`,
      "person-cards": `/admin/people/${people["Daniel Kim"]}`,
      "person-card-to-write-down": `/admin/people/${people["Rosa Delgado"]}`,
      "person-suspended": `/admin/people/${people["Tarek Mansour"]}`,
      "person-edit": `${felix}/edit`,
      "person-timeline": `${felix}/timeline`,
      "person-why-ask": `${felix}/why`,
      "person-why-no": `${felix}/why?door=${doors["Room Lagoon"]}`,
      "person-why-yes": `${felix}/why?door=${doors["Front door"]}`,
      "person-history": `${felix}/audit`,
      companies: "/admin/companies",
      "companies-new": "/admin/companies/new",
      company: `/admin/companies/${companies["Northlight Studio"]}`,
      "company-edit": `/admin/companies/${companies["Northlight Studio"]}/edit`,
      plans: "/admin/plans",
      "plans-new": "/admin/plans/new",
      plan: `/admin/plans/${plans.Resident}`,
      resources: "/admin/resources",
      "resources-new": "/admin/resources/new",
      resource: `/admin/resources/${resources["Room Beacon"]}`,
      subscriptions: "/admin/subscriptions",
      "subscriptions-new": "/admin/subscriptions/new",
      subscription: `/admin/subscriptions/${own.id}`,
      "subscription-item": `/admin/subscriptions/${own.id}/items/${own.items[0].id}`,
      "subscription-company": `/admin/subscriptions/${ofCompany.id}`,
      "subscription-company-item": `/admin/subscriptions/${ofCompany.id}/items/${ofCompany.items[0].id}`,
      bookings: "/admin/bookings",
      "bookings-calendar": "/admin/bookings/calendar",
      "bookings-new": "/admin/bookings/new",
      booking: `/admin/bookings/${planning}`,
      "booking-edit": `/admin/bookings/${planning}/edit`,
      integrations: "/admin/integrations",
      integration: kisi,
      "integration-rounds": `${kisi}?tab=rounds`,
      "integration-events": `${kisi}?tab=events`,
      "integration-reconnect": `${kisi}/reconnect`,
      "integration-choices": `${kisi}/choices`,
      "integration-replace": `${kisi}/groups/${groups.Members}/replace`,
      "integration-disconnect": `${kisi}/disconnect`,
      "integration-left": `${kisi}/left`,
      "integration-without-dates": salto,
      "integration-gateways": `${salto}/gateways`,
      "integration-without-dates-rounds": `${salto}?tab=rounds`,
      "integration-without-dates-disconnect": `${salto}/disconnect`,
      "integration-one-site": `${salto}/choices`,
      "integration-by-app": tapkey,
      "connect-by-consent": `/admin/integrations/connect/${locations["Cais Verde"]}/salto`,
      "connect-by-consent-or-not": `/admin/integrations/connect/${locations["Pier 3"]}/tapkey`,
      audit: "/admin/audit",
      "settings-network": "/admin/settings",
      "settings-locations": "/admin/settings/locations",
      "settings-location": `/admin/settings/locations/${locations["Pier 3"]}`,
      "settings-location-new": "/admin/settings/locations/new",
      "settings-administrators": "/admin/settings/administrators",
      "settings-administrator-new": "/admin/settings/administrators/new",
      "settings-tokens": "/admin/settings/tokens",
      sessions: "/account/sessions",
      "second-factor": "/account/second-factor",
      password: "/account/password",
      "sign-in-again": "/sign-in/again",
    },
    member: {
      access: "/access",
      book: "/book",
      "book-room": `/book/${resources["Room Lagoon"]}`,
      bookings: "/bookings",
      booking: `/bookings/${planning}`,
      membership: "/membership",
    },
    loft: {
      "access-loft": "/access",
      "digital-key-places": "/portal/key",
      "digital-key": `/portal/key/${integrations["Hudson Loft"]}`,
    },
    nomad: {
      "access-everywhere": "/access",
    },
    booker: {
      "access-none": "/access",
      "booking-own": `/bookings/${planning}`,
    },
  };
  return Object.entries(rows).flatMap(([who, pages]) =>
    Object.entries(pages).map(([name, path]) => ({ name: who === "stranger" || who === "operator" ? name : `portal-${name}`, who, path })),
  );
}

/** Whose link opens the pages of each kind. */
export const lookers = { stranger: "", operator: "Nora", member: "Felix", booker: "Alba", loft: "Lucas", nomad: "Marta" };
