//! Bookings: made, moved, cancelled; people invited and uninvited.

use std::future::{Future, IntoFuture};
use std::pin::Pin;

use access::id::*;
use serde_json::{Value, json};

use super::House;

/// A booking about to be made; awaiting it makes it.
pub struct Wish<'a> {
    house: &'a House,
    room: &'a str,
    booker: &'a str,
    from: &'a str,
    until: &'a str,
    invitees: Vec<&'a str>,
}

impl<'a> Wish<'a> {
    /// Lets somebody else in too.
    pub fn inviting(mut self, name: &'a str) -> Self {
        self.invitees.push(name);
        self
    }
}

impl<'a> IntoFuture for Wish<'a> {
    type Output = BookingId;
    type IntoFuture = Pin<Box<dyn Future<Output = BookingId> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.made())
    }
}

impl Wish<'_> {
    async fn made(self) -> BookingId {
        let house = self.house;
        let booker = house.nonmember(self.booker).await;
        let mut invitees = Vec::new();
        for name in self.invitees {
            invitees.push(house.nonmember(name).await);
        }
        let resource = house.resource_named(self.room).await.expect("the room is known").id;
        let mut booking = house.hours(self.from, self.until);
        booking["resource"] = json!(resource);
        booking["booker"] = json!(booker);
        booking["invitees"] = json!(invitees);
        house.make("/api/v1/bookings", booking).await
    }
}

impl House {
    /// Books a room for somebody, today where only hours are said.
    pub fn book<'a>(&'a self, room: &'a str, booker: &'a str, from: &'a str, until: &'a str) -> Wish<'a> {
        Wish {
            house: self,
            room,
            booker,
            from,
            until,
            invitees: Vec::new(),
        }
    }

    /// From when until when, as the API takes it.
    fn hours(&self, from: &str, until: &str) -> Value {
        json!({ "from": self.at(from), "until": self.at(until) })
    }

    /// Moves a booking to other hours.
    pub async fn rebook(&self, id: BookingId, from: &str, until: &str) {
        self.api("POST", &format!("/api/v1/bookings/{id}/move"), self.hours(from, until))
            .await;
    }

    /// Lets somebody in through a booking.
    pub async fn invite(&self, id: BookingId, name: &str) {
        let who = json!({ "person": self.nonmember(name).await });
        self.api("POST", &format!("/api/v1/bookings/{id}/invitees"), who).await;
    }

    /// Takes an invitation back.
    pub async fn uninvite(&self, id: BookingId, name: &str) {
        let person = self.nonmember(name).await;
        self.api(
            "DELETE",
            &format!("/api/v1/bookings/{id}/invitees/{person}"),
            Value::Null,
        )
        .await;
    }

    /// Cancels a booking.
    pub async fn cancel_booking(&self, id: BookingId) {
        self.api("POST", &format!("/api/v1/bookings/{id}/cancel"), Value::Null)
            .await;
    }
}
