//! The JSON API, as a program with the owner's token uses it. Every answer is held against the published document.
//!
//! In: method, path, body. Out: the answer's body. Always: a success has the schema its operation promises, a refusal is a problem.

use std::time::Duration;

use access::id::*;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use serde_json::{Value, json};
use store::Tx;
use store::account::{self, Role};
use store::api_token;
use store::record::Act;

use super::House;

/// No answer takes longer.
const PATIENCE: Duration = Duration::from_secs(60);

/// A program that talks to the API.
pub struct Program {
    http: reqwest::Client,
    url: String,
    token: String,
    document: Value,
}

impl Program {
    /// With the owner's token; where the server is is said by [`Program::moves_to`].
    pub fn new(token: String) -> Self {
        let http = reqwest::Client::builder().timeout(PATIENCE).no_proxy().build();
        Self {
            http: http.expect("a client for loopback"),
            url: String::new(),
            token,
            document: web::openapi::document(),
        }
    }

    /// Where the server is.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The owner's token.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// The server answers there from now on.
    pub fn moves_to(&mut self, url: String) {
        self.url = url;
    }

    /// Asks; answers status and body, whatever they are. With a key, asking again is answered the same.
    ///
    /// # Errors
    /// When no whole answer came.
    pub async fn ask(
        &self,
        method: &str,
        path: &str,
        body: &Value,
        key: Option<&str>,
    ) -> Result<(u16, Value), reqwest::Error> {
        let request = self
            .http
            .request(method.parse().expect("a method"), format!("{}{path}", self.url));
        let mut request = request.header(AUTHORIZATION, format!("Bearer {}", self.token));
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        if !body.is_null() {
            request = request.header(CONTENT_TYPE, "application/json").body(body.to_string());
        }
        let answer = request.send().await?;
        let status = answer.status().as_u16();
        let text = answer.text().await?;
        let body = if text.is_empty() {
            Value::Null
        } else {
            serde_json::from_str(&text).expect("answers are JSON")
        };
        self.check(method, path, status, &body);
        Ok((status, body))
    }

    /// Holds an answer against the document.
    fn check(&self, method: &str, path: &str, status: u16, body: &Value) {
        let operation = self.operation(method, path);
        let answer = &operation["responses"][status.to_string()];
        assert!(
            !answer.is_null(),
            "{method} {path} answers {status}, which the document does not know: {body}"
        );
        let Some(content) = answer["content"].as_object() else {
            assert!(body.is_null(), "{method} {path} promises no body but has one: {body}");
            return;
        };
        let mut schema = content.values().next().expect("a content has a type")["schema"].clone();
        schema["components"] = self.document["components"].clone();
        let validator = jsonschema::validator_for(&schema).expect("the document holds sound schemas");
        let wrong: Vec<String> = validator.iter_errors(body).map(|error| error.to_string()).collect();
        assert!(wrong.is_empty(), "{method} {path}: {wrong:?} in {body}");
    }

    fn operation(&self, method: &str, path: &str) -> &Value {
        let path = path.split('?').next().expect("there is a first part");
        let paths = self.document["paths"].as_object().expect("the document has paths");
        let fits = |template: &str| {
            let (wanted, given): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
            wanted.len() == given.len()
                && wanted
                    .iter()
                    .zip(&given)
                    .all(|(wanted, given)| wanted == given || wanted.starts_with('{'))
        };
        let found = paths
            .iter()
            .filter(|(template, _)| fits(template))
            .min_by_key(|(template, _)| template.matches('{').count());
        let operation = &found.unwrap_or_else(|| panic!("the document has no {path}")).1[method.to_lowercase()];
        assert!(!operation.is_null(), "the document has no {method} {path}");
        operation
    }
}

impl House {
    /// Asks; answers status and body, whatever they are.
    pub async fn ask(&self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let asked = self.program.ask(method, path, body, None).await;
        asked.expect("the server answers")
    }

    /// Asks for something that must succeed; the worker has followed when it returns.
    pub async fn api(&self, method: &str, path: &str, body: Value) -> Value {
        let (status, answer) = self.ask(method, path, &body).await;
        assert!(
            (200..300).contains(&status),
            "{method} {path} with {body} answered {status}: {answer}"
        );
        self.settle().await;
        answer
    }

    /// Makes something; answers its id.
    pub async fn make<T: std::str::FromStr>(&self, path: &str, body: Value) -> T {
        let made = self.api("POST", path, body).await;
        let id = made["id"].as_str().unwrap_or_else(|| panic!("no id in {made}"));
        id.parse().unwrap_or_else(|_| panic!("{id} is another kind of id"))
    }
}

/// The owner, and a token that acts for them.
pub async fn owner(tx: &mut Tx, act: &Act) -> String {
    let details = account::Details {
        person: None,
        email: "operator@harbor.example".to_owned(),
        name: "Olga Operator".to_owned(),
        role: Role::Owner,
        permissions: json!(null),
    };
    let owner: AccountId = account::create(tx, act, &details).await.expect("the account is kept");
    let made = api_token::create(tx, act, owner, "scenes", None).await;
    made.expect("the token is kept").1.reveal().to_owned()
}
