//! What every answer carries and every write must show: headers, the origin check, the form token.
//!
//! In: request headers. Out: response headers; yes or no for a write from a browser.
//! Why so: cookies are sent by the browser whoever made the page, so a write must prove that the page was ours.
//! Always: no script or style from elsewhere; scripts only with this answer's nonce; GET never comes here.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::words::validation;

/// Cookie of the form token.
pub const FORM_COOKIE: &str = "vestibule_form";

/// Text of random bits: letters and digits only.
pub fn text_of(bits: &[u8]) -> String {
    use std::fmt::Write;
    bits.iter()
        .fold(String::with_capacity(bits.len() * 2), |mut text, byte| {
            write!(text, "{byte:02x}").expect("writing to a text cannot fail");
            text
        })
}

/// Two secrets are compared without telling where they differ.
pub fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && a.bytes().zip(b.bytes()).fold(0, |apart, (x, y)| apart | (x ^ y)) == 0
}

/// Did our own page send this? Browsers say so in one of two headers; a program that sends neither has no cookies to abuse
/// and still needs the form token.
pub fn same_origin(headers: &HeaderMap, base: Option<&str>) -> bool {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text(HeaderName::from_static("sec-fetch-site")) {
        return site == "same-origin";
    }
    let Some(origin) = text(header::ORIGIN) else {
        return true;
    };
    if base.is_some_and(|base| base.trim_end_matches('/') == origin) {
        return true;
    }
    let host = text(header::HOST).unwrap_or_default();
    !host.is_empty() && origin.split_once("://").is_some_and(|(_, authority)| authority == host)
}

/// A cookie's value by name.
pub fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(known, _)| *known == name)
        .map(|(_, value)| value.to_owned())
}

/// A cookie's name: with the prefix that ties it to this host when the connection is encrypted.
pub fn cookie_name(plain: &str, https: bool) -> String {
    if https {
        format!("__Host-{plain}")
    } else {
        plain.to_owned()
    }
}

/// A `Set-Cookie` line; `None` seconds end it with the browser, zero forgets it.
pub fn set_cookie(plain: &str, value: &str, https: bool, max_age_s: Option<i64>) -> HeaderValue {
    let secure = if https { "; Secure" } else { "" };
    let age = max_age_s.map_or(String::new(), |seconds| format!("; Max-Age={seconds}"));
    let line = format!(
        "{}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{age}",
        cookie_name(plain, https)
    );
    HeaderValue::from_str(&line).expect("names and values are letters, digits, _ and -")
}

/// The headers every answer carries; pages add their policy with the nonce.
pub fn onto(headers: &mut HeaderMap, nonce: &str, https: bool) {
    let mut fixed = |name: &'static str, value: &'static str| {
        headers
            .entry(HeaderName::from_static(name))
            .or_insert(HeaderValue::from_static(value));
    };
    fixed("x-content-type-options", "nosniff");
    fixed("x-frame-options", "DENY");
    fixed("referrer-policy", "same-origin");
    fixed("cross-origin-opener-policy", "same-origin");
    fixed("cross-origin-resource-policy", "same-origin");
    fixed(
        "permissions-policy",
        "camera=(), microphone=(), geolocation=(), bluetooth=(self)",
    );
    if https {
        fixed("strict-transport-security", "max-age=31536000");
    }
    let policy = format!(
        "default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
         connect-src 'self'; object-src 'none'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'"
    );
    let policy = HeaderValue::from_str(&policy).expect("a nonce is letters and digits");
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(policy);
}

/// Where to go after signing in: only a path of ours, never another host.
pub fn safe_next(next: &str) -> Option<&str> {
    let ours = next.starts_with('/')
        && !next.starts_with("//")
        && !next.contains('\\')
        && next.len() <= 2000
        && !next.chars().any(char::is_control);
    ours.then_some(next)
}

/// An e-mail address with its middle hidden, for pages anybody may see.
pub fn veiled(email: &str) -> String {
    match email.split_once('@') {
        Some((name, domain)) if validation::looks_like_email(email) => {
            let first: String = name.chars().take(1).collect();
            format!("{first}…@{domain}")
        }
        _ => "…".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect()
    }

    #[test]
    fn a_write_from_elsewhere_is_told_apart() {
        assert!(same_origin(&headers(&[("sec-fetch-site", "same-origin")]), None));
        assert!(!same_origin(&headers(&[("sec-fetch-site", "cross-site")]), None));
        assert!(!same_origin(&headers(&[("sec-fetch-site", "same-site")]), None));
        assert!(same_origin(
            &headers(&[("origin", "http://a:1"), ("host", "a:1")]),
            None
        ));
        assert!(!same_origin(
            &headers(&[("origin", "http://b:1"), ("host", "a:1")]),
            None
        ));
        assert!(!same_origin(&headers(&[("origin", "null"), ("host", "a:1")]), None));
    }

    #[test]
    fn nobody_is_sent_to_another_host_after_signing_in() {
        assert_eq!(safe_next("/portal?x=1"), Some("/portal?x=1"));
        for elsewhere in [
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "javascript:1",
            "",
        ] {
            assert_eq!(safe_next(elsewhere), None);
        }
    }
}
