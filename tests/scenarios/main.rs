//! Scenes with the whole product in one process. Each asks its last question at the simulated vendor.

mod bookings;
mod subscriptions;
