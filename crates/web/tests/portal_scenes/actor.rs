//! Somebody with a browser: cookies, the form token, and words for looking at what came back.

use reqwest::header::{COOKIE, HeaderMap, LOCATION, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Response};

/// A signed-in browser.
pub struct Actor {
    pub client: Client,
    pub url: String,
    session: String,
}

/// What came back.
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    /// Does the page say this? Tags are left out, so that a sentence may run through them.
    pub fn says(&self, sentence: &str) -> bool {
        plain(&self.body).contains(sentence)
    }

    /// Where it leads.
    pub fn to(&self) -> &str {
        self.headers.get(LOCATION).map_or("", |to| to.to_str().unwrap())
    }

    /// Fails with the page's text when it does not say this.
    #[track_caller]
    pub fn must_say(&self, sentence: &str) {
        assert!(
            self.says(sentence),
            "“{sentence}” is not in the page ({}):\n{}",
            self.status,
            plain(&self.body)
        );
    }

    /// Fails with the page's text when it says this.
    #[track_caller]
    pub fn must_not_say(&self, sentence: &str) {
        assert!(
            !self.says(sentence),
            "“{sentence}” is in the page:\n{}",
            plain(&self.body)
        );
    }
}

impl Actor {
    pub fn new(url: &str, session: &str) -> Self {
        // Two tests may come here at once; the second finds a provider chosen, which is all that is wanted.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().redirect(Policy::none()).build().unwrap();
        Self {
            client,
            url: url.to_owned(),
            session: session.to_owned(),
        }
    }

    /// Looks at a page.
    pub async fn get(&self, path: &str) -> Answer {
        let request = self.client.get(format!("{}{path}", self.url));
        read(self.known(request, None).send().await.unwrap()).await
    }

    /// Sends a form as a browser without JavaScript would.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.send(path, fields, false).await
    }

    /// Sends a form as our script would.
    pub async fn press(&self, path: &str) -> Answer {
        self.send(path, &[], true).await
    }

    /// Sends a form, then follows to where it leads.
    pub async fn post_and_follow(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let sent = self.post(path, fields).await;
        assert_eq!(sent.status, 303, "{}", plain(&sent.body));
        let flash = cookie(&sent.headers, "vestibule_flash");
        let request = self.client.get(format!("{}{}", self.url, sent.to()));
        read(
            self.known(request, flash.map(|value| format!("vestibule_flash={value}")))
                .send()
                .await
                .unwrap(),
        )
        .await
    }

    async fn send(&self, path: &str, fields: &[(&str, &str)], script: bool) -> Answer {
        // Any page hands out the form token with its cookie.
        let page = self.get("/access").await;
        let token = cookie(&page.headers, "vestibule_form").expect("a page gives the form token");
        let mut body = vec![("csrf", token.as_str())];
        body.extend_from_slice(fields);
        let mut request = self
            .client
            .post(format!("{}{path}", self.url))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(encoded(&body));
        if script {
            request = request.header("hx-request", "true");
        }
        read(
            self.known(request, Some(format!("vestibule_form={token}")))
                .send()
                .await
                .unwrap(),
        )
        .await
    }

    /// With the session's cookie, and more of them.
    pub fn known(&self, request: RequestBuilder, more: Option<String>) -> RequestBuilder {
        let more = more.map_or_else(String::new, |more| format!("; {more}"));
        request.header(COOKIE, format!("vestibule_session={}{more}", self.session))
    }
}

/// What came back, read.
pub async fn read(response: Response) -> Answer {
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Answer {
        status,
        headers,
        body: response.text().await.unwrap(),
    }
}

/// A cookie that an answer sets.
pub fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get_all(SET_COOKIE).iter().find_map(|line| {
        let (known, value) = line.to_str().ok()?.split(';').next()?.split_once('=')?;
        (known == name).then(|| value.to_owned())
    })
}

fn encoded(fields: &[(&str, &str)]) -> String {
    let of = |text: &str| {
        let bytes = text.bytes();
        bytes
            .map(|byte| {
                if byte.is_ascii_alphanumeric() {
                    char::from(byte).to_string()
                } else {
                    format!("%{byte:02X}")
                }
            })
            .collect::<String>()
    };
    fields
        .iter()
        .map(|(name, value)| format!("{}={}", of(name), of(value)))
        .collect::<Vec<_>>()
        .join("&")
}

/// A page's text: no tags, no runs of white space.
fn plain(html: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for letter in html.chars() {
        match letter {
            '<' => inside = true,
            '>' if inside => {
                inside = false;
                text.push(' ');
            }
            letter if !inside => text.push(letter),
            _ => {}
        }
    }
    let text = text
        .replace("&#38;", "&")
        .replace("&#39;", "'")
        .replace("&quot;", "\"")
        .replace("&amp;", "&");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
