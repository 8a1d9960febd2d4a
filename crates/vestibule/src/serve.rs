//! `vestibule serve`, `migrate` and the way to a database that all commands share.
//!
//! Always: a database and its key are checked before anything listens; everything that can be wrong is a sentence.

use std::path::Path;
use std::sync::Arc;

use connectors::Connectors;
use store::{Clock, SealKey, Store};
use worker::StoreVault;
use worker::post::Post;

use crate::cli::{Database, Serve};
use crate::key;
use crate::wire::{self, House, Parts};

/// Runs the server until it is asked to stop.
///
/// # Errors
/// A sentence for the person who runs it.
pub async fn run(args: Serve) -> Result<(), String> {
    let store = open(&args.database).await?;
    let listener = wire::bind(args.listen).await?;
    let connectors = connectors(&args, &store)?;
    let parts = Parts {
        store,
        clock: Clock::system(),
        connectors,
        post: post(&args)?,
        public_url: args.public_url.clone(),
        behind_proxy: args
            .public_url
            .as_deref()
            .is_some_and(|url| url.starts_with("https://")),
    };
    if parts.post.is_none() {
        tracing::warn!("no mail server is set (--mail), so members cannot be sent sign-in codes");
    }
    let house = House::start(parts);
    let at = args
        .public_url
        .clone()
        .unwrap_or_else(|| format!("http://{}", args.listen));
    tracing::info!("Vestibule answers at {at}");
    web::serve(listener, house.app(None), wire::asked_to_stop())
        .await
        .map_err(|why| format!("serving broke off: {why}"))?;
    house.stop().await;
    Ok(())
}

/// Brings a database up to date.
///
/// # Errors
/// A sentence for the person who runs it.
pub async fn migrate(args: &Database) -> Result<(), String> {
    open(args).await?.close().await;
    println!("The database is up to date.");
    Ok(())
}

/// Opens a database with its key, and brings its tables up to date.
///
/// # Errors
/// A sentence for the person who runs it.
pub async fn open(args: &Database) -> Result<Store, String> {
    let key = seal_key(&args.key_file)?;
    Store::open(&args.database, key)
        .await
        .map_err(|why| format!("The database {} cannot be used: {why}", shown(&args.database)))
}

/// The key that seals secrets, made when missing.
///
/// # Errors
/// A sentence for the person who runs it.
pub fn seal_key(file: &Path) -> Result<SealKey, String> {
    key::read_or_make(file)
}

/// The way to the vendors.
///
/// # Errors
/// When a base URL is none.
pub fn connectors(args: &Serve, store: &Store) -> Result<Connectors, String> {
    let mut settings = connectors::Settings::default();
    settings.kisi.base_url.clone_from(&args.kisi_url);
    settings.salto.identity_url.clone_from(&args.salto_identity_url);
    settings.salto.api_url.clone_from(&args.salto_api_url);
    settings.salto.stream_url.clone_from(&args.salto_stream_url);
    settings.tapkey.issuer_url.clone_from(&args.tapkey_login_url);
    settings.tapkey.api_base_url.clone_from(&args.tapkey_url);
    if args.tapkey_user_groups {
        settings.tapkey.user_groups = connectors::tapkey::UserGroups::On;
    }
    let vault = Arc::new(StoreVault::new(store.clone()));
    Connectors::new(settings, Some(vault)).map_err(|why| why.to_string())
}

/// The mail server, if one is set.
///
/// # Errors
/// A sentence about its address.
pub fn post(args: &Serve) -> Result<Option<Post>, String> {
    args.mail
        .as_deref()
        .map(|address| Post::new(address, &args.mail_from))
        .transpose()
}

/// A database address without its password.
pub fn shown(address: &str) -> String {
    match (address.split_once("://"), address.rsplit_once('@')) {
        (Some((kind, _)), Some((_, place))) => format!("{kind}://…@{place}"),
        _ => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_address_is_shown_without_its_password() {
        assert_eq!(shown("postgres://me:secret@db:5432/v"), "postgres://…@db:5432/v");
        assert_eq!(shown("sqlite:here.sqlite"), "sqlite:here.sqlite");
    }
}
