//! The vendors of these scenes, as values: one that takes an address and a password, and one that asks for consent and has a gateway.

use std::sync::Arc;

use access::vendor::{
    Abilities, ConnectForm, ConnectRefusal, Connected, Consent, Field, FieldKind, Gateway, GatewayAct, GatewayState,
    GatewaysSeen, KeyRefusal, KeySeen, NewLogin, Opened, Secret, Site,
};
use web::Outside;

/// What the vendor with a password asks for.
static FIELDS: [Field; 2] = [
    Field {
        key: "email",
        label: "E-mail",
        hint: "The owner's.",
        kind: FieldKind::Email,
        optional: false,
        only_if: "",
    },
    Field {
        key: "password",
        label: "Password",
        hint: "The owner's.",
        kind: FieldKind::Password,
        optional: false,
        only_if: "",
    },
];

/// What the vendor with consent asks for.
static AWAY_FIELDS: [Field; 2] = [
    Field {
        key: "client_id",
        label: "Client ID",
        hint: "From the vendor",
        kind: FieldKind::Text,
        optional: false,
        only_if: "",
    },
    Field {
        key: "client_secret",
        label: "Client secret",
        hint: "From the vendor",
        kind: FieldKind::Password,
        optional: false,
        only_if: "",
    },
];

/// The ways out.
pub fn outside() -> Outside {
    Outside {
        open: Arc::new(|_| Box::pin(async { Opened::Open })),
        gateways: Arc::new(|_, _, act| Box::pin(async move { gateways(&act) })),
        connect: Arc::new(|form| {
            Box::pin(async move {
                match form.vendor.as_str() {
                    "away" => far_away(&form),
                    _ => nearby(&form),
                }
            })
        }),
        key: Arc::new(|_, _| Box::pin(async { KeySeen::refused(KeyRefusal::NotOffered, "") })),
        vendors: vec![
            Abilities {
                vendor: "test",
                name: "Test Locks",
                native_windows: true,
                several_windows: true,
                remote_open: true,
                revocation_lag_s: 60,
                offline: "Nothing opens while it is offline.",
                lease_s: 14 * 86_400,
                calls_per_s: 5.0,
                fields: FIELDS.to_vec(),
                ..Abilities::default()
            },
            Abilities {
                vendor: "away",
                name: "Faraway Locks",
                consent: true,
                gateways: true,
                fields: AWAY_FIELDS.to_vec(),
                ..Abilities::default()
            },
        ],
    }
}

/// The vendor with a password: "right" is right.
fn nearby(form: &ConnectForm) -> Connected {
    let right = |(key, typed): &(String, Secret)| key == "password" && typed.reveal() == "right";
    if !form.fields.iter().any(right) {
        return Connected::No(ConnectRefusal::WrongCredentials);
    }
    Connected::Yes(NewLogin {
        account: "harbor/1".into(),
        shown: "owner@harbor".into(),
        secret: Secret::new("vendor secret"),
        sites: vec![Site {
            external: "7".into(),
            name: "Pier 3".into(),
            zone: None,
        }],
        warnings: Vec::new(),
    })
}

/// The vendor with consent: sends the browser away, and takes the code "good" of whoever comes back with what was typed.
fn far_away(form: &ConnectForm) -> Connected {
    let typed = |key: &str| {
        let found = form.fields.iter().find(|(known, _)| known == key);
        found.map(|(_, typed)| typed.reveal())
    };
    match &form.consent {
        Consent::Impossible => Connected::No(ConnectRefusal::ConsentNeeded),
        Consent::Possible { back, state, verifier } => {
            assert!(verifier.reveal().len() >= 43);
            let url = format!("https://far.example/authorize?redirect_uri={back}&state={state}");
            Connected::ConsentNeeded { url }
        }
        Consent::Given { code, .. } if code.reveal() != "good" => Connected::No(ConnectRefusal::ConsentOver),
        Consent::Given { .. } => {
            let as_before = form.like.is_some();
            assert!(as_before || (typed("client_id"), typed("client_secret")) == (Some("spaces"), Some("s e cret")));
            Connected::Yes(NewLogin {
                account: "spaces".into(),
                shown: "Faraway client spaces".into(),
                secret: Secret::new("tokens"),
                sites: Vec::new(),
                warnings: Vec::new(),
            })
        }
    }
}

/// One gateway: its PIN is 4821, and while somebody types 9999 its vendor is down.
fn gateways(act: &GatewayAct) -> GatewaysSeen {
    let all = |state| {
        GatewaysSeen::All(vec![Gateway {
            external: "g1".into(),
            name: "Loft hub".into(),
            online: true,
            state,
        }])
    };
    match act {
        GatewayAct::Look | GatewayAct::Begin { .. } => all(GatewayState::AwaitsPin),
        GatewayAct::Finish { pin, .. } => match pin.reveal() {
            "4821" => all(GatewayState::Ready),
            "9999" => GatewaysSeen::No {
                say: "The vendor is not working at the moment.".into(),
            },
            _ => GatewaysSeen::WrongPin,
        },
    }
}
