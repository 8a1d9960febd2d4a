//! Scenes with the whole product in one process. Each asks its last question at the simulated vendor.

mod bookings;
mod companies;
mod disconnecting;
mod fewest_calls;
mod long_runs;
mod mails;
mod oddities;
mod opening;
mod outages;
mod people;
mod postgres;
mod restarts;
mod subscriptions;
mod vendor_changes;
mod webhooks;
