//! How ids, instants and dates look in the API's schemas.
//!
//! In: nothing. Out: marker types for `#[schemars(with = "…")]`.
//! Why so: the value types live in `access`, which knows nothing of documents; the format named here is what
//! [`crate::validate`] checks and what the document tells.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident = $format:literal, $description:literal;)*) => {$(
        $(#[$doc])*
        pub struct $name;

        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "format": $format, "description": $description })
            }
        }
    )*};
}

texts! {
    /// An instant.
    At = "date-time", "An instant, RFC 3339 with an offset, as in 2026-03-01T09:30:00Z";
    /// A civil date.
    Day = "date", "A civil date in the location's zone, as in 2026-03-01";
    /// An e-mail address.
    Email = "email", "An e-mail address";
    /// A time zone.
    Zone = "zone", "An IANA time zone, as in Europe/Berlin";
    /// A network's id.
    NetworkRef = "id-net", "A network's id, net_…";
    /// A location's id.
    LocationRef = "id-loc", "A location's id, loc_…";
    /// A person's id.
    PersonRef = "id-per", "A person's id, per_…";
    /// A company's id.
    CompanyRef = "id-com", "A company's id, com_…";
    /// A company membership's id.
    CompanyMembershipRef = "id-cme", "A company membership's id, cme_…";
    /// A plan's id.
    PlanRef = "id-pla", "A plan's id, pla_…";
    /// A subscription's id.
    SubscriptionRef = "id-sub", "A subscription's id, sub_…";
    /// An item's id.
    ItemRef = "id-itm", "A subscription item's id, itm_…";
    /// A resource's id.
    ResourceRef = "id-res", "A resource's id, res_…";
    /// A booking's id.
    BookingRef = "id-boo", "A booking's id, boo_…";
    /// An integration's id.
    IntegrationRef = "id-int", "An integration's id, int_…";
    /// An access group's id.
    GroupRef = "id-grp", "An access group's id, grp_…";
    /// A door's id.
    DoorRef = "id-doo", "A door's id, doo_…";
    /// A finding's id.
    FindingRef = "id-fin", "A finding's id, fin_…";
    /// A round's id.
    RoundRef = "id-rou", "A round's id, rou_…";
    /// An audit entry's id.
    AuditRef = "id-aud", "An audit entry's id, aud_…";
    /// A door event's id.
    DoorEventRef = "id-dev", "A door event's id, dev_…";
    /// A token's id.
    TokenRef = "id-tok", "A token's id, tok_…";
    /// An account's id.
    AccountRef = "id-acc", "An account's id, acc_…";
}
