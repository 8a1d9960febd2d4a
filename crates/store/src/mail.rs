//! The outbox: mails that were promised in the transaction that caused them.
//!
//! In: a mail, beside the row that led to it. Out: claims for the worker, fenced by a token.
//! Always: an id that stays the same over all attempts; a mail that cannot go is kept with why.

use access::Instant;
use access::id::*;
use serde::Serialize;

use crate::chance;
use crate::error::Result;
use crate::sql::{Row, Tx, args};
use crate::wakeup::{LEASE_MS, lease_now, token_text};

/// A mail to send.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewMail {
    /// To whom.
    pub to: String,
    /// Its subject.
    pub subject: String,
    /// As plain text.
    pub text: String,
    /// As HTML, if it has a second form.
    pub html: Option<String>,
    /// A calendar entry that goes with it: iCalendar text with a `METHOD`.
    pub calendar: Option<String>,
}

/// A claimed mail.
#[derive(Clone, PartialEq, Debug)]
pub struct ClaimedMail {
    /// The tenant.
    pub network: NetworkId,
    /// Its id.
    pub id: MailId,
    /// What it says.
    pub mail: NewMail,
    /// When it was promised.
    pub made_at: Instant,
    /// Failures so far.
    pub attempts: i64,
    token: String,
}

/// A mail as pages show it; never its text, which may hold a sign-in code.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct MailRow {
    /// Its id.
    pub id: MailId,
    /// To whom.
    pub to: String,
    /// Its subject.
    pub subject: String,
    /// `queued`, `sent` or `given_up`.
    pub state: String,
    /// Failures so far.
    pub attempts: i64,
    /// Written at.
    pub made_at: Instant,
    /// Why it failed last.
    pub last_error: Option<String>,
}

/// Puts a mail into the outbox.
pub async fn queue(tx: &mut Tx, network: NetworkId, now: Instant, mail: &NewMail) -> Result<MailId> {
    let id = MailId::new(now, chance::for_id(now));
    tx.execute(
        "INSERT INTO mail (network_id, id, recipient, subject, body_text, body_html, body_calendar, state, attempts, due_at_ms, leased_until_ms, token, made_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'queued', 0, $8, 0, '', $9)",
        args![
            network,
            id,
            &mail.to,
            &mail.subject,
            &mail.text,
            mail.html.clone(),
            mail.calendar.clone(),
            now,
            now
        ],
    )
    .await?;
    tx.wakes();
    Ok(id)
}

/// Claims the mail that is due longest and that nobody holds.
pub async fn claim(tx: &mut Tx, now: Instant) -> Result<Option<ClaimedMail>> {
    const CLAIM: &str = "SELECT * FROM mail WHERE state = 'queued' AND due_at_ms <= $1 AND leased_until_ms <= $2
         ORDER BY due_at_ms, network_id, id LIMIT 1";
    const CLAIM_SKIPPING: &str =
        "SELECT * FROM mail WHERE state = 'queued' AND due_at_ms <= $1 AND leased_until_ms <= $2
         ORDER BY due_at_ms, network_id, id LIMIT 1 FOR UPDATE SKIP LOCKED";
    let lease_now = lease_now(tx).await?;
    let sql = if tx.is_postgres() { CLAIM_SKIPPING } else { CLAIM };
    let Some(row) = tx.fetch_optional(sql, args![now, lease_now]).await? else {
        return Ok(None);
    };
    let claimed = ClaimedMail {
        network: row.id("network_id")?,
        id: row.id("id")?,
        mail: NewMail {
            to: row.text("recipient")?,
            subject: row.text("subject")?,
            text: row.text("body_text")?,
            html: row.text_opt("body_html")?,
            calendar: row.text_opt("body_calendar")?,
        },
        made_at: row.at("made_at_ms")?,
        attempts: row.int("attempts")?,
        token: token_text(),
    };
    tx.execute(
        "UPDATE mail SET leased_until_ms = $3, token = $4 WHERE network_id = $1 AND id = $2",
        args![
            claimed.network,
            claimed.id,
            lease_now.plus_ms(LEASE_MS),
            claimed.token.as_str()
        ],
    )
    .await?;
    Ok(Some(claimed))
}

/// It went out. Its text is forgotten: it may hold a code.
pub async fn sent(tx: &mut Tx, claimed: &ClaimedMail, now: Instant) -> Result<()> {
    tx.execute(
        "UPDATE mail SET state = 'sent', sent_at_ms = $4, leased_until_ms = 0, token = '', body_text = '', body_html = NULL, body_calendar = NULL, last_error = NULL
         WHERE network_id = $1 AND id = $2 AND token = $3",
        args![claimed.network, claimed.id, claimed.token.as_str(), now],
    )
    .await?;
    tx.wakes();
    Ok(())
}

/// It did not go out; again at `again_at`, or never when `None`.
pub async fn failed(tx: &mut Tx, claimed: &ClaimedMail, again_at: Option<Instant>, why: &str) -> Result<()> {
    let state = if again_at.is_some() { "queued" } else { "given_up" };
    tx.execute(
        "UPDATE mail SET state = $4, due_at_ms = $5, attempts = attempts + 1, leased_until_ms = 0, token = '', last_error = $6
         WHERE network_id = $1 AND id = $2 AND token = $3",
        args![claimed.network, claimed.id, claimed.token.as_str(), state, again_at.unwrap_or(Instant::MAX), why],
    )
    .await?;
    tx.wakes();
    Ok(())
}

/// Is any mail due by `by`, held or not?
pub async fn any_due(tx: &mut Tx, by: Instant) -> Result<bool> {
    let row = tx
        .fetch_optional(
            "SELECT 1 AS one FROM mail WHERE state = 'queued' AND due_at_ms <= $1 LIMIT 1",
            args![by],
        )
        .await?;
    Ok(row.is_some())
}

/// The newest mails of a network; at most 100.
pub async fn newest(tx: &mut Tx, network: NetworkId) -> Result<Vec<MailRow>> {
    let rows = tx
        .fetch_all(
            "SELECT * FROM mail WHERE network_id = $1 ORDER BY id DESC LIMIT 100",
            args![network],
        )
        .await?;
    rows.iter().map(from_row).collect()
}

fn from_row(row: &Row) -> Result<MailRow> {
    Ok(MailRow {
        id: row.id("id")?,
        to: row.text("recipient")?,
        subject: row.text("subject")?,
        state: row.text("state")?,
        attempts: row.int("attempts")?,
        made_at: row.at("made_at_ms")?,
        last_error: row.text_opt("last_error")?,
    })
}
