//! The port: what every connector answers, as closed enums instead of a trait.
//!
//! In and out: `access`'s words (desired, observed, changes, receipts). Why an enum: there are few vendors, all known here; a `match` that
//! misses one does not compile, and a connector is a value that can be kept and sent.
//! Always: `compare` asks nobody; `apply` does one step and may be repeated; `open` is never retried and ends within five seconds.

use access::change::{Change, Comparison, Desired, Observation, Receipt};
use access::id::{AccessGroupId, DoorId, GrantId, PersonId};
use access::vendor::{Abilities, ConnectForm, ConnectRefusal, Connected, Learned, Opened, Secret, Site};
use access::{Instant, Window};

use crate::http::Http;
use crate::kisi::{self, Kisi};
use crate::limiter::{Lane, Limiters};
use crate::trouble::{Kind, Trouble};

/// What an operator of the server may set; the defaults are the real vendors.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Kisi's address and how we introduce ourselves there.
    pub kisi: kisi::Settings,
}

/// Makes connectors; one per process, since logins share limiters and connections. Clones share them too.
#[derive(Clone, Debug)]
pub struct Connectors {
    settings: Settings,
    http: Http,
    limiters: Limiters,
}

/// One vendor account, ready to be asked.
#[derive(Clone, Debug)]
pub enum Connector {
    /// Kisi.
    Kisi(Kisi),
}

/// What [`Connector::compare`] wants to know. Nothing else enters its answer.
#[derive(Clone, Debug)]
pub struct Question<'a> {
    /// What should hold; for [`Scope::Person`] only that person's grants matter.
    pub desired: &'a [Desired],
    /// What holds as far as is known: a fresh reading, or what our receipts add up to. Rows of ours carry `ours` and `person`.
    pub observed: &'a Observation,
    /// Every group of the integration that is mapped or has rows of ours.
    pub groups: &'a [KnownGroup],
    /// Every door of the integration.
    pub doors: &'a [KnownDoor],
    /// What this account was found to do.
    pub learned: Learned,
    /// The moment.
    pub now: Instant,
    /// How far to look.
    pub scope: Scope,
    /// To which end.
    pub aim: Aim,
}

/// What the vendor is brought to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Aim {
    /// Exactly what should hold, long access as a lease that is renewed.
    Keep,
    /// What was granted, each with its real end, since nobody renews it from now on; nothing new (P-37).
    Leave,
}

/// One person's rows, or everything.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scope {
    /// Only this person; rows that ended are left alone.
    Person(PersonId),
    /// All of it: also notes about groups and doors, foreign rows, and tidying of rows that ended.
    Integration,
}

/// A group of ours and the vendor's.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KnownGroup {
    /// Our id.
    pub id: AccessGroupId,
    /// The vendor's id.
    pub external: String,
    /// Does any plan, resource or item point to it? Notes are only made about those.
    pub mapped: bool,
}

/// A door of ours and the vendor's lock.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KnownDoor {
    /// Our id.
    pub id: DoorId,
    /// The vendor's id.
    pub external: String,
}

/// Circumstances of one step.
#[derive(Clone, Debug)]
pub struct Step<'a> {
    /// The vendor's record of the person with their present e-mail, where known; saves the search.
    pub holder: Option<&'a str>,
    /// What this account was found to do.
    pub learned: Learned,
    /// The vendor's ids of the person's rows that receipts made known as ours.
    pub known: &'a [String],
    /// Was it tried before?
    pub repeat: Repeat,
}

/// Was a step tried before?
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Repeat {
    /// No, or it surely had no effect.
    First,
    /// It may have taken effect: look before doing it again.
    AfterUnknown {
        /// When the intent was journalled; rows made earlier are not its.
        sent_at: Instant,
    },
}

/// What came of a step.
#[derive(Clone, PartialEq, Debug)]
pub struct Applied {
    /// What the vendor acknowledged.
    pub receipt: Receipt,
    /// What is known of the account now; keep it when it differs.
    pub learned: Learned,
    /// How it ended.
    pub outcome: Outcome,
}

/// How a step ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// As asked.
    Done,
    /// The vendor answered with other dates than were sent. The row was removed at once (`receipt.external` is `None`), or could
    /// not be (it names the row, with the window the vendor gave it: it is ours and must go). Compare again with `learned`.
    WindowsDropped,
    /// The vendor holds one row per person and group, and one of ours is there already. Nothing was made; compare again with `learned`.
    OneRowOnly,
    /// The row to be moved no longer exists: somebody removed it. Nothing was made; its grant has ended, compare again.
    RowGone,
    /// The vendor holds one row per person and group, and somebody else made it. It lets the person in and is never touched.
    ForeignStands,
}

/// What looking for the traces of an unanswered step found.
#[derive(Clone, PartialEq, Debug)]
pub enum LookedUp {
    /// It had taken effect (a half-done one was completed).
    Done(Applied),
    /// It had not.
    NotDone,
    /// It had not, and the row it was about no longer exists: its grant has ended.
    RowGone,
}

/// Something that happened at a vendor's door.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SeenEvent {
    /// The vendor's id of the event; the same event may come several times.
    pub external: String,
    /// When.
    pub at: Instant,
    /// The vendor's id of the lock.
    pub lock: Option<String>,
    /// The vendor's id of the person's record.
    pub holder: Option<String>,
    /// The actor's name as the vendor shows it.
    pub who: Option<String>,
    /// What.
    pub what: SeenWhat,
    /// Why refused, in the vendor's words.
    pub vendor_says: Option<String>,
}

/// What happened at a door.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SeenWhat {
    /// It opened for somebody.
    Opened,
    /// It did not.
    Refused,
    /// It was opened by force.
    Forced,
    /// It stays open too long.
    HeldOpen,
}

/// What the vendor says happened between two instants.
#[derive(Clone, PartialEq, Debug)]
pub struct DoorEvents {
    /// Oldest first.
    pub events: Vec<SeenEvent>,
    /// Everything before this was read; ask from here next time (overlapping a little is harmless).
    pub read_until: Instant,
}

/// What a webhook hints at. A hint only: state is always read (P-30).
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum WebhookHint {
    /// At a door.
    Door(SeenEvent),
    /// A row of a group came, changed or went.
    Row {
        /// The vendor's id.
        external: String,
    },
    /// A group came, changed or went: compare everything.
    Group,
    /// A person's record came, changed or went.
    Holder {
        /// The vendor's id.
        external: String,
    },
    /// Of no concern.
    Other,
}

/// How our webhook fares at the vendor.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WebhookState {
    /// It delivers.
    Works,
    /// It was switched off after failures and is on again now: catch up by reading events.
    WasOff,
    /// It is no longer there: register anew.
    Missing,
}

impl Connectors {
    /// The one of this process.
    ///
    /// # Errors
    /// When TLS cannot start at all, or a base URL is none.
    pub fn new(settings: Settings) -> Result<Self, Trouble> {
        settings.kisi.base()?;
        Ok(Self {
            settings,
            http: Http::new()?,
            limiters: Limiters::default(),
        })
    }

    /// One row per vendor.
    pub fn vendors() -> Vec<Abilities> {
        vec![kisi::ABILITIES.clone()]
    }

    /// The abilities of a vendor by its word; `None` for an unknown word.
    pub fn abilities(vendor: &str) -> Option<&'static Abilities> {
        (vendor == kisi::ABILITIES.vendor).then_some(&kisi::ABILITIES)
    }

    /// A connector for a stored login. `account` is [`access::vendor::NewLogin::account`], `site` the chosen site (`None`: all of the account).
    ///
    /// # Errors
    /// [`Kind::Invalid`] when there is no such vendor or the account is none of its.
    pub fn connector(
        &self,
        vendor: &str,
        account: &str,
        secret: Secret,
        site: Option<&str>,
    ) -> Result<Connector, Trouble> {
        if vendor != kisi::ABILITIES.vendor {
            return Err(Trouble::new(
                format!("reach {vendor}"),
                Kind::Invalid,
                "there is no connector for it",
            ));
        }
        let kisi = Kisi::new(&self.settings.kisi, &self.http, &self.limiters, account, secret, site)?;
        Ok(Connector::Kisi(kisi))
    }

    /// Signs in with what the operator typed, live. Each success makes a new key at the vendor: when the account is known already,
    /// keep one of the two and let [`Connector::disconnect`] delete the other.
    pub async fn connect(&self, form: &ConnectForm) -> Connected {
        if form.vendor != kisi::ABILITIES.vendor {
            let say = "There is no such vendor.".to_owned();
            return Connected::No(ConnectRefusal::Field {
                key: "vendor".to_owned(),
                say,
            });
        }
        kisi::connect(&self.settings.kisi, &self.http, &self.limiters, form).await
    }

    /// Is this request from the vendor, signed with `key`? `header` answers a request header by its lower-case name.
    pub fn verify_webhook(
        vendor: &str,
        body: &[u8],
        header: impl Fn(&str) -> Option<String>,
        key: &Secret,
    ) -> Option<WebhookHint> {
        (vendor == kisi::ABILITIES.vendor)
            .then(|| kisi::verify_webhook(body, header, key))
            .flatten()
    }
}

impl Connector {
    /// What the vendor can do.
    pub fn abilities(&self) -> &'static Abilities {
        match self {
            Self::Kisi(_) => &kisi::ABILITIES,
        }
    }

    /// What must be done so that the vendor holds what should hold. Pure; `mint` gives the id of each new grant.
    pub fn compare(&self, question: &Question<'_>, mint: &mut dyn FnMut() -> GrantId) -> Comparison {
        match self {
            Self::Kisi(_) => kisi::compare(question, mint),
        }
    }

    /// Reads groups and locks of the site, and the rows and people of the groups asked for (vendor's ids).
    ///
    /// # Errors
    /// When nothing useful could be read; a reading with holes comes back with `complete: false`.
    pub async fn observe(&self, groups: &[String]) -> Result<Observation, Trouble> {
        match self {
            Self::Kisi(kisi) => kisi.observe(groups).await,
        }
    }

    /// Does one step.
    ///
    /// # Errors
    /// See [`Trouble`]; when `unknown` is set, look up or repeat with [`Repeat::AfterUnknown`].
    pub async fn apply(&self, change: &Change, step: &Step<'_>) -> Result<Applied, Trouble> {
        match self {
            Self::Kisi(kisi) => kisi.apply(change, step).await,
        }
    }

    /// Looks for the traces of a step whose outcome is unknown, without doing it; a half-done one is completed.
    /// With [`Repeat::First`] there is nothing to look for: [`LookedUp::NotDone`].
    ///
    /// # Errors
    /// As [`Connector::apply`].
    pub async fn look_up(&self, change: &Change, step: &Step<'_>) -> Result<LookedUp, Trouble> {
        match self {
            Self::Kisi(kisi) => kisi.look_up(change, step).await,
        }
    }

    /// Opens a door on a person's behalf, once. `login` is the person's kept device login; when it changes, keep the new one.
    pub async fn open(&self, lock: &str, email: &str, login: &mut Option<Secret>) -> Opened {
        match self {
            Self::Kisi(kisi) => kisi.open(lock, email, login).await,
        }
    }

    /// What happened at the doors of the site within a span.
    ///
    /// # Errors
    /// When it could not be read.
    pub async fn door_events(&self, span: Window) -> Result<DoorEvents, Trouble> {
        match self {
            Self::Kisi(kisi) => kisi.door_events(span).await,
        }
    }

    /// Sites of the account.
    ///
    /// # Errors
    /// When they could not be read.
    pub async fn sites(&self) -> Result<Vec<Site>, Trouble> {
        match self {
            Self::Kisi(kisi) => kisi.sites().await,
        }
    }

    /// Does the credential still work? The cheapest call there is.
    ///
    /// # Errors
    /// [`Kind::SignInNeeded`] when not; others when nobody can say.
    pub async fn check(&self) -> Result<(), Trouble> {
        match self {
            Self::Kisi(kisi) => kisi.check().await,
        }
    }

    /// Registers our webhook, replacing one with the same address; answers the vendor's id of it.
    ///
    /// # Errors
    /// When it could not be made.
    pub async fn watch(&self, url: &str, key: &Secret) -> Result<String, Trouble> {
        match self {
            Self::Kisi(kisi) => kisi.watch(url, key).await,
        }
    }

    /// Looks after our webhook: switches it on again when the vendor switched it off.
    ///
    /// # Errors
    /// When nobody can say.
    pub async fn check_watch(&self, webhook: &str) -> Result<WebhookState, Trouble> {
        match self {
            Self::Kisi(kisi) => kisi.check_watch(webhook).await,
        }
    }

    /// Leaves the account: deletes our webhook and, with `last`, our key. What was granted stays. Repeating is harmless.
    ///
    /// # Errors
    /// When something of ours may still be there.
    pub async fn disconnect(&self, webhook: Option<&str>, last: bool) -> Result<(), Trouble> {
        match self {
            Self::Kisi(kisi) => kisi.disconnect(webhook, last).await,
        }
    }
}

/// Which lane a change goes in: taking away goes before giving.
pub(crate) fn lane(change: &Change) -> Lane {
    match change {
        Change::Take { .. } => Lane::Revoke,
        Change::Move { from, to, .. } if to.until < from.until || to.from > from.from => Lane::Revoke,
        Change::Give { .. } | Change::Move { .. } => Lane::Give,
    }
}
