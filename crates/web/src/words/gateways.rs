//! What is said about gateways that have to be activated (P-32).

use access::vendor::GatewayState;

/// The PIN was not the one that was sent.
pub const WRONG_PIN: &str =
    "This is not the PIN that was sent last, or it is too old. Look for the newest mail, or have a new one sent.";

/// What the page is for.
pub fn about(vendor: &str) -> String {
    format!(
        "{vendor} opens a door from here only through a gateway that was activated once for our account. Press “Send a PIN”: {vendor} mails \
         it to the account’s mailbox. Type it here, and it is done. Never activate the same account in {vendor}’s own app: that would \
         undo it here."
    )
}

/// A gateway's state and its word.
pub const fn state(state: GatewayState) -> (&'static str, &'static str) {
    match state {
        GatewayState::Off => ("quiet", "Not activated"),
        GatewayState::AwaitsPin => ("scheduled", "Waits for its PIN"),
        GatewayState::Ready => ("open", "Ready"),
        GatewayState::Broken => ("refused", "Must be reset"),
    }
}

/// What it means, and what to do.
pub fn detail(state: GatewayState, online: bool) -> String {
    let means = match state {
        GatewayState::Off => "Its doors do not open from our pages yet.",
        GatewayState::AwaitsPin => "A PIN was mailed to the account’s mailbox.",
        GatewayState::Ready => "Its doors open from our pages.",
        GatewayState::Broken => {
            "It no longer accepts what we hold: the account was activated elsewhere, or the gateway was reset. Let a site administrator reset \
             the account’s PIN there, then begin anew."
        }
    };
    if online {
        means.to_owned()
    } else {
        format!("{means} It is offline just now.")
    }
}

/// After a step that went well.
pub fn after(gateway: &str, state: GatewayState, vendor: &str) -> String {
    match state {
        GatewayState::Ready => format!("{gateway} is ready: its doors open from our pages."),
        GatewayState::AwaitsPin => format!("{vendor} mailed a PIN for {gateway}. Type it below."),
        GatewayState::Off | GatewayState::Broken => format!("{gateway}: {}", self::state(state).1),
    }
}
