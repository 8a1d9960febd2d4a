//! `POST /portal/key/{integration}/issue`: this phone becomes a key, or its key is renewed. Asked by our script, in JSON.
//!
//! In: the phone's lasting id, its name and its public key. Out: what the phone keeps, or the word of a refusal's screen.
//! Always: what is for the phone alone goes out in this answer and stays nowhere here.

use access::Instant;
use access::id::IntegrationId;
use access::may::Action;
use access::vendor::{KeyAct, KeyRefusal, KeySeen};
use axum::Json;
use axum::extract::{FromRequest, Request};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::journey::Journey;
use super::screens;
use crate::body::{Body, Id};
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::registry::Route;

/// A phone's lasting id has at most so many letters.
const DEVICE_MOST: usize = 64;
/// A phone's name is cut after so many.
const NAME_MOST: usize = 50;
/// A P-256 key in base64 has 124 letters; nothing that is one is longer.
const KEY_MOST: usize = 400;

/// The script's question.
pub fn route() -> Route {
    Route::portal_form("/portal/key/{integration}/issue", Action::OpenOwnDoor).to(issue)
}

#[derive(Deserialize, JsonSchema)]
struct Phone {
    device: String,
    device_name: String,
    public_key: String,
}

/// What the script gets.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Answer {
    Key { id: String, key: String, until: Instant },
    Refused(String),
}

async fn issue(ctx: Ctx, Id(id): Id<IntegrationId>, request: Request) -> Result<Response, Problem> {
    let journey = Journey::load(&ctx, id).await?;
    // Read only now, so that what is not theirs is not found, whatever comes along.
    let Body(phone) = Body::<Phone>::from_request(request, &()).await?;
    let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.');
    if phone.device.is_empty() || phone.device.len() > DEVICE_MOST || !phone.device.chars().all(plain) {
        let say = "The phone's id is 1 to 64 letters, digits, dots, dashes or underscores.";
        return Err(Problem::field("device", say));
    }
    if phone.public_key.len() > KEY_MOST {
        return Ok(refused(KeyRefusal::PhoneKey));
    }
    let named: String = phone
        .device_name
        .trim()
        .chars()
        .filter(|one| !one.is_control())
        .take(NAME_MOST)
        .collect();
    let act = KeyAct::Issue {
        device: phone.device,
        device_name: if named.is_empty() { "Phone".to_owned() } else { named },
        public_key: phone.public_key,
    };
    Ok(match (ctx.outside().key)(journey.owner(&ctx), act).await {
        KeySeen::Key { key_id, data, until } => answer(&Answer::Key {
            id: key_id,
            key: data.reveal().to_owned(),
            until,
        }),
        KeySeen::Refused { why, .. } => refused(why),
        KeySeen::Go { .. } | KeySeen::Linked | KeySeen::Unlinked => refused(KeyRefusal::VendorError),
    })
}

fn refused(why: KeyRefusal) -> Response {
    answer(&Answer::Refused(screens::code(why)))
}

fn answer(answer: &Answer) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], Json(answer)).into_response()
}
