//! A browser for scenes: keeps cookies, sends the form token it was shown, follows no redirect.

use std::collections::HashMap;

use reqwest::header::{HeaderMap, LOCATION, SET_COOKIE};
use reqwest::{Client, Method};

/// An answer, read whole.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    /// Where it sends the browser.
    pub fn to(&self) -> &str {
        self.headers.get(LOCATION).map_or("", |value| value.to_str().unwrap())
    }
}

/// A browser: keeps cookies, sends the form token it was shown, says where a request comes from.
pub struct Browser {
    pub(crate) client: Client,
    pub(crate) base: String,
    pub cookies: HashMap<String, String>,
}

impl Browser {
    /// Opens a page.
    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, &[], "same-origin").await
    }

    /// Sends a form with the token of this browser.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        if !self.cookies.contains_key("vestibule_form") {
            self.get("/sign-in").await;
        }
        let token = self.cookies["vestibule_form"].clone();
        let fields: Vec<(&str, &str)> = fields.iter().copied().chain([("csrf", token.as_str())]).collect();
        self.send(Method::POST, path, &fields, "same-origin").await
    }

    /// Sends exactly this.
    pub async fn send(&mut self, method: Method, path: &str, fields: &[(&str, &str)], site: &str) -> Answer {
        let jar: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let mut request = self
            .client
            .request(method.clone(), format!("{}{path}", self.base))
            .header("sec-fetch-site", site);
        if !jar.is_empty() {
            request = request.header("cookie", jar.join("; "));
        }
        if method != Method::GET {
            let text: Vec<String> = fields
                .iter()
                .map(|(name, value)| format!("{name}={}", web::page::escaped(value)))
                .collect();
            request = request
                .header("content-type", "application/x-www-form-urlencoded")
                .body(text.join("&"));
        }
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        for cookie in headers.get_all(SET_COOKIE) {
            let (name, rest) = cookie.to_str().unwrap().split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            if rest.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.into(), value.into());
            }
        }
        // A stream of events has no end to wait for.
        let live = headers
            .get("content-type")
            .is_some_and(|kind| kind == "text/event-stream");
        let text = if live {
            String::new()
        } else {
            response.text().await.unwrap()
        };
        Answer { status, headers, text }
    }
}
