//! The commands and their options, as people type them.
//!
//! In: arguments and environment. Out: one closed [`Command`]. Why so: configuration is read here and nowhere else.

use std::net::SocketAddr;
use std::path::PathBuf;

use access::Instant;
use clap::{Args, Parser, Subcommand};

/// Vestibule stands between a coworking business and its doors.
#[derive(Parser, Debug)]
#[command(name = "vestibule", version, about, max_term_width = 100)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What the binary can do.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Run the server. On an empty database it opens with a first-run page.
    Serve(Serve),
    /// Run a whole coworking space on this machine: server, simulated vendor, mail inbox, people and bookings.
    Demo(Demo),
    /// Bring a database to this version's tables, then stop.
    Migrate(Database),
    /// Walk everything the server depends on and say what to mend.
    Doctor(Serve),
    /// Say whether a person may open a door at an instant, and why.
    Explain(Explain),
    /// Help staff back in.
    Staff(Staff),
}

/// Which database, and the key that seals secrets in it.
#[derive(Args, Debug, Clone)]
pub struct Database {
    /// Where facts are kept: `sqlite:FILE` or `postgres://…`.
    #[arg(long, env = "VESTIBULE_DATABASE", default_value = "sqlite:vestibule.sqlite")]
    pub database: String,
    /// File with the key that seals vendor secrets (32 bytes as hex). Made on first start when missing.
    #[arg(long, env = "VESTIBULE_KEY_FILE", default_value = "vestibule.key")]
    pub key_file: PathBuf,
}

/// How to serve.
#[derive(Args, Debug, Clone)]
pub struct Serve {
    /// Database and key.
    #[command(flatten)]
    pub database: Database,
    /// Address to listen on.
    #[arg(long, env = "VESTIBULE_LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// The address people type, as in `https://doors.example.org`. Links in mails and vendor webhooks use it.
    #[arg(long, env = "VESTIBULE_PUBLIC_URL")]
    pub public_url: Option<String>,
    /// Outgoing mail: `smtp://[user:password@]host:port` or `smtps://…`.
    #[arg(long, env = "VESTIBULE_MAIL")]
    pub mail: Option<String>,
    /// Sender of mails, as in `Harbor Works <doors@example.org>`.
    #[arg(long, env = "VESTIBULE_MAIL_FROM", default_value = "Vestibule <vestibule@localhost>")]
    pub mail_from: String,
    /// Kisi's address; only ever changed to try things out.
    #[arg(long, env = "VESTIBULE_KISI_URL", default_value = "https://api.kisi.io")]
    pub kisi_url: String,
    /// Salto KS's identity server, Connect API and event stream; other regions have other addresses.
    #[arg(
        long,
        env = "VESTIBULE_SALTO_IDENTITY_URL",
        default_value = "https://identity.eu.my-clay.com"
    )]
    pub salto_identity_url: String,
    /// See --salto-identity-url.
    #[arg(long, env = "VESTIBULE_SALTO_API_URL", default_value = "https://connect.my-clay.com")]
    pub salto_api_url: String,
    /// See --salto-identity-url.
    #[arg(
        long,
        env = "VESTIBULE_SALTO_STREAM_URL",
        default_value = "https://eventstreaming-connect-production.saltoks.com"
    )]
    pub salto_stream_url: String,
    /// Where people sign in at Tapkey; only ever changed to try things out.
    #[arg(long, env = "VESTIBULE_TAPKEY_LOGIN_URL", default_value = "https://login.tapkey.com")]
    pub tapkey_login_url: String,
    /// Tapkey's API; only ever changed to try things out.
    #[arg(long, env = "VESTIBULE_TAPKEY_URL", default_value = "https://my.tapkey.com/api/v1/")]
    pub tapkey_url: String,
    /// Put people in Tapkey's user groups? Their calls are not published: confirm them with Tapkey first.
    #[arg(long, env = "VESTIBULE_TAPKEY_USER_GROUPS")]
    pub tapkey_user_groups: bool,
}

/// How to run the demo.
#[derive(Args, Debug, Clone)]
pub struct Demo {
    /// Where the demo keeps its database; made when missing. Without it, a fresh temporary folder is used.
    #[arg(long)]
    pub data: Option<PathBuf>,
    /// Port of the pages; 0 takes a free one.
    #[arg(long, default_value_t = 8080)]
    pub port: u16,
    /// The demo clock's start, as in `2026-03-10T08:55:00Z`. Without it, the demo starts now.
    #[arg(long)]
    pub at: Option<Instant>,
    /// Print one line of JSON with every address, a token and ids, for scripts.
    #[arg(long)]
    pub json: bool,
}

/// What to explain.
#[derive(Args, Debug, Clone)]
pub struct Explain {
    /// Database and key.
    #[command(flatten)]
    pub database: Database,
    /// The person: e-mail or id.
    #[arg(long)]
    pub person: String,
    /// The door: name or id.
    #[arg(long)]
    pub door: String,
    /// The instant, as in `2026-03-10T08:55:00Z`; now when left out.
    #[arg(long)]
    pub at: Option<Instant>,
    /// Answer with what was known at that instant instead of what is known today.
    #[arg(long)]
    pub as_known: bool,
}

/// Which staff, and what to do for them.
#[derive(Args, Debug, Clone)]
pub struct Staff {
    /// Database and key.
    #[command(flatten)]
    pub database: Database,
    /// The address people type, as in `https://doors.example.org`; the link begins with it.
    #[arg(long, env = "VESTIBULE_PUBLIC_URL")]
    pub public_url: Option<String>,
    /// What to do.
    #[command(subcommand)]
    pub what: StaffWhat,
}

/// What can be done for staff from the terminal.
#[derive(Subcommand, Debug, Clone)]
pub enum StaffWhat {
    /// Forget a lost password and authenticator app, and print a link that signs in once to set new ones.
    Reset {
        /// The address they sign in with.
        email: String,
    },
}
