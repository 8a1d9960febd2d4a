//! Carries out one change: intent on disk, one step at the vendor, receipt on disk.
//!
//! In: a change from a comparison. Out: what came of it. It decides nothing: which change comes next, and whether to compare anew,
//! is the round's. Always: the intent is durable before the call; no transaction is open during it; a lost answer leaves the
//! row open, and an open row is looked up before anything else happens to it.

use access::causes::Source;
use access::change::{Change, Note, Observed};
use access::id::*;
use access::vendor::Learned;
use connectors::{Applied, LookedUp, Outcome, Repeat, Step, Trouble};
use store::Tx;
use store::finding::{self, Looked};
use store::grant;
use store::holder::{self, Holder};
use store::integration::{self, Status};
use store::record::Act;
use store::round::{self, ChangeState};

use crate::house::{Account, House};
use crate::outcome;
use crate::reconcile::journal::Journal;
use crate::reconcile::known::{self, Place};

/// What came of a change.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Carried {
    /// As asked.
    Done,
    /// The account was found to work otherwise than thought, or the row had changed: compare anew.
    CompareAnew,
    /// Somebody else's row lets the person in and bars ours; asking again would be answered the same.
    ForeignStands,
}

/// Why a change did not come through.
#[derive(Debug)]
pub(crate) enum Stopped {
    /// The vendor, or the way there.
    Vendor(Trouble),
    /// Our own database.
    Store(store::Error),
    /// The key was marked, worked or taken since it was read: it is read again.
    Changed,
    /// Another process works this integration.
    Elsewhere,
}

impl From<store::Error> for Stopped {
    fn from(error: store::Error) -> Self {
        Self::Store(error)
    }
}

/// Everything one change needs besides itself.
pub(crate) struct Hand<'a, 'b> {
    pub(crate) house: &'a House,
    pub(crate) account: &'a mut Account,
    pub(crate) journal: &'a mut Journal<'b>,
}

impl Hand<'_, '_> {
    fn act(&self) -> Act {
        self.house.act(self.account.network)
    }

    /// One change, from intent to receipt.
    pub(crate) async fn carry_out(
        &mut self,
        change: &Change,
        email: &str,
        causes: &[Source],
        holder: Option<&Holder>,
        known_rows: &[String],
    ) -> Result<Carried, Stopped> {
        let act = self.act();
        let (mut tx, round) = self.journal.begin().await?;
        intend(&mut tx, &act, self.account.id, change, causes).await?;
        let id = round::change_begun(&mut tx, &act, round, self.account.id, change).await?;
        self.journal.keep_round(tx, round).await?;

        let step = Step {
            holder: holder.and_then(|holder| holder.details.external.as_deref()),
            learned: self.account.learned,
            known: known_rows,
            repeat: Repeat::First,
        };
        let applied = self.account.connector.apply(change, &step).await;
        let act = self.act();
        let mut tx = self.house.store.write().await?;
        let carried = match &applied {
            Ok(applied) => {
                let carried = self.receive(&mut tx, &act, change, email, applied).await?;
                round::change_ended(
                    &mut tx,
                    &act,
                    round,
                    id,
                    ChangeState::Done,
                    Some(&applied.receipt),
                    None,
                )
                .await?;
                Ok(carried)
            }
            Err(trouble) if trouble.unknown => {
                let why = trouble.to_string();
                round::change_ended(&mut tx, &act, round, id, ChangeState::Unknown, None, Some(&why)).await?;
                Err(())
            }
            Err(trouble) => {
                let why = trouble.to_string();
                grant::undone(&mut tx, &act, change.grant(), Some(&why)).await?;
                let attempts = i64::from(self.journal.claimed().attempts);
                if outcome::is_refusal(trouble, attempts) {
                    refuse(
                        &mut tx,
                        &act,
                        self.account.id,
                        change.person(),
                        email,
                        Some(&trouble.say),
                    )
                    .await?;
                }
                round::change_ended(&mut tx, &act, round, id, ChangeState::Failed, None, Some(&why)).await?;
                Err(())
            }
        };
        tx.commit().await?;
        match (carried, applied) {
            (Ok(carried), _) => Ok(carried),
            (Err(()), Err(trouble)) => Err(Stopped::Vendor(trouble)),
            (Err(()), Ok(_)) => unreachable!("only troubles are carried as errors"),
        }
    }

    /// Looks for the traces of an open row, and closes it one way or the other. The key is held by now.
    pub(crate) async fn resolve(
        &mut self,
        row: &grant::Grant,
        place: &Place,
        holder: Option<&Holder>,
        known_rows: &[String],
        (email, name): (&str, &str),
    ) -> Result<(), Stopped> {
        let act = self.act();
        let Some(change) = known::change_of(row, place, holder, email, name) else {
            // Its group is not known any more, so there is nothing that could be looked for.
            let mut tx = self.house.store.write().await?;
            grant::end(&mut tx, &act, row.id).await?;
            tx.commit().await?;
            return Ok(());
        };
        let step = Step {
            holder: holder.and_then(|holder| holder.details.external.as_deref()),
            learned: self.account.learned,
            known: known_rows,
            repeat: Repeat::AfterUnknown {
                sent_at: row.sent_at.unwrap_or(row.intended_at),
            },
        };
        let found = self
            .account
            .connector
            .look_up(&change, &step)
            .await
            .map_err(Stopped::Vendor)?;
        let act = self.act();
        let mut tx = self.house.store.write().await?;
        match found {
            LookedUp::Done(applied) => {
                self.receive(&mut tx, &act, &change, email, &applied).await?;
            }
            LookedUp::NotDone => grant::undone(&mut tx, &act, row.id, row.last_error.as_deref()).await?,
            LookedUp::RowGone => grant::end(&mut tx, &act, row.id).await?,
        }
        tx.commit().await?;
        Ok(())
    }

    /// Journals what the vendor acknowledged.
    async fn receive(
        &mut self,
        tx: &mut Tx,
        act: &Act,
        change: &Change,
        email: &str,
        applied: &Applied,
    ) -> Result<Carried, store::Error> {
        let receipt = &applied.receipt;
        if applied.learned != self.account.learned {
            self.learn(tx, act, applied.learned).await?;
        }
        if let Some(seen) = &receipt.holder {
            let known = holder::Details {
                external: Some(seen.external.clone()),
                // The one it was found or made under: whoever changes theirs at the vendor stays the same person.
                email: if email.is_empty() {
                    seen.email.clone()
                } else {
                    email.to_lowercase()
                },
                unconfirmed: seen.unconfirmed,
                disabled: seen.disabled,
                card: seen.card.clone(),
                refused: None,
            };
            holder::keep(tx, act, self.account.id, change.person(), Some(&known)).await?;
        } else {
            refuse(tx, act, self.account.id, change.person(), email, None).await?;
        }
        let grant_id = change.grant();
        match (applied.outcome, &receipt.external, receipt.window) {
            (Outcome::Done, Some(external), Some(window)) => {
                grant::confirm(tx, act, grant_id, external, window).await?;
                Ok(Carried::Done)
            }
            (Outcome::Done, _, _) => {
                grant::end(tx, act, grant_id).await?;
                Ok(Carried::Done)
            }
            (Outcome::WindowsDropped, Some(external), Some(window)) => {
                grant::confirm(tx, act, grant_id, external, window).await?;
                Ok(Carried::CompareAnew)
            }
            (Outcome::RowGone, _, _) => {
                grant::end(tx, act, grant_id).await?;
                Ok(Carried::CompareAnew)
            }
            (Outcome::WindowsDropped | Outcome::OneRowOnly, _, _) => {
                grant::undone(tx, act, grant_id, None).await?;
                Ok(Carried::CompareAnew)
            }
            (Outcome::ForeignStands, _, _) => {
                grant::undone(tx, act, grant_id, None).await?;
                Ok(Carried::ForeignStands)
            }
        }
    }

    async fn learn(&mut self, tx: &mut Tx, act: &Act, learned: Learned) -> Result<(), store::Error> {
        let status = integration::status(tx, act.network, self.account.id).await?;
        integration::note_status(tx, act.network, self.account.id, &Status { learned, ..status }).await?;
        if learned.keeps_windows == Some(false) {
            finding::settle(tx, act, self.account.id, Looked::Partly, &[Note::WindowsIgnored]).await?;
        }
        self.account.learned = learned;
        Ok(())
    }
}

/// Journals what is about to be done.
async fn intend(
    tx: &mut Tx,
    act: &Act,
    integration: IntegrationId,
    change: &Change,
    causes: &[Source],
) -> Result<(), store::Error> {
    match change {
        Change::Give {
            grant,
            person,
            group,
            window,
            ..
        } => grant::plan_as(tx, act, *grant, integration, *person, *group, *window, causes.to_vec()).await,
        Change::Move { grant, to, .. } => grant::sent(tx, act.network, *grant, *to, act.now).await,
        Change::Take { grant, window, .. } => grant::sent(tx, act.network, *grant, *window, act.now).await,
    }
}

/// Keeps, or forgets, that the vendor refuses changes for a person.
async fn refuse(
    tx: &mut Tx,
    act: &Act,
    integration: IntegrationId,
    person: PersonId,
    email: &str,
    why: Option<&str>,
) -> Result<(), store::Error> {
    let refused = why.map(str::to_owned);
    if let Some(what) = refused.clone() {
        finding::settle(tx, act, integration, Looked::Partly, &[Note::Refused { person, what }]).await?;
    }
    let after = match holder::find(tx, act.network, integration, person).await? {
        Some(known) => holder::Details {
            refused,
            ..known.details
        },
        None if refused.is_none() => return Ok(()),
        None => holder::Details {
            external: None,
            email: email.to_owned(),
            unconfirmed: false,
            disabled: false,
            card: None,
            refused,
        },
    };
    holder::keep(tx, act, integration, person, Some(&after)).await
}

/// The vendor's ids of all rows known as ours.
pub(crate) fn externals(rows: &[Observed]) -> Vec<String> {
    rows.iter().map(|row| row.external.clone()).collect()
}
