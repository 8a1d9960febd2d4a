//! Wires the rooms into one binary: configuration and commands.
//!
//! In: arguments and environment. Out: a running server, a demo, or an answer on the terminal.
//! Not here: decisions, SQL, vendor calls, pages.

pub mod cli;
pub mod demo;
mod doctor;
mod explain;
pub mod key;
pub mod serve;
mod staff;
pub mod wire;

use cli::{Cli, Command};

/// Runs one command.
///
/// # Errors
/// A sentence for the person at the terminal.
pub async fn run(cli: Cli) -> Result<(), String> {
    // One TLS library for vendors and mail; a second call only says that it is set already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    match cli.command {
        Command::Serve(args) => serve::run(args).await,
        Command::Demo(args) => demo::run(args).await,
        Command::Migrate(args) => serve::migrate(&args).await,
        Command::Doctor(args) => doctor::run(args).await,
        Command::Explain(args) => explain::run(args).await,
        Command::Staff(args) => staff::run(args).await,
    }
}
