//! The second factor of staff: an authenticator app (TOTP, RFC 6238).
//!
//! In: a secret of 160 bits, a code, the instant. Out: which step matched, so that the store can refuse it a second time.
//! Why so: the secret is offered as a drawing and as text, and kept only once a code of it was shown; until then it lives in
//! the form alone. Always: SHA-1, 6 digits, 30 seconds, one step of slack: what every app understands.

use access::Instant;
use qrcode::QrCode;
use qrcode::render::svg;
use totp_rs::{Builder, Secret};

/// A new secret, as people type it.
pub fn new_secret() -> String {
    Secret::new_stack(store::chance::bytes::<20>()).to_base32()
}

/// The step a code belongs to; `None` when it is wrong, or the secret is none.
pub fn step_of(secret: &str, code: &str, now: Instant) -> Option<i64> {
    let secret = Secret::try_from_base32(secret).ok()?;
    let totp = Builder::new().with_secret(secret).build().ok()?;
    let seconds = u64::try_from(now.ms() / 1000).ok()?;
    let digits: String = code.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    totp.check(&digits, seconds).and_then(|step| i64::try_from(step).ok())
}

/// The drawing an app scans.
pub fn drawing(secret: &str, email: &str, network: &str) -> String {
    let escape = crate::page::escaped;
    let issuer = escape(network).replace('/', "%2F");
    let address = format!(
        "otpauth://totp/{issuer}:{}?secret={secret}&issuer={issuer}",
        escape(email)
    );
    match QrCode::new(address.as_bytes()) {
        Ok(code) => code
            .render::<svg::Color<'_>>()
            .min_dimensions(200, 200)
            .quiet_zone(true)
            .build()
            .replace("<?xml version=\"1.0\" standalone=\"yes\"?>", ""),
        // Longer than a drawing can hold: the text beside it still works.
        Err(_) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code_at(secret: &str, now: Instant) -> String {
        let totp = Builder::new()
            .with_secret(Secret::try_from_base32(secret).unwrap())
            .build()
            .unwrap();
        totp.generate(now.ms() as u64 / 1000).to_string()
    }

    #[test]
    fn the_app_s_code_is_taken_and_a_wrong_one_is_not() {
        let secret = new_secret();
        let now = Instant::from_ms(1_760_000_000_000);
        let code = code_at(&secret, now);
        assert!(step_of(&secret, &code, now).is_some());
        assert!(step_of(&secret, &code, now.plus_minutes(5)).is_none());
        assert!(step_of(&secret, "000", now).is_none());
        assert!(drawing(&secret, "a@b.c", "Harbor Works").contains("<svg"));
    }
}
