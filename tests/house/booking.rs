//! Bookings: made, moved, cancelled; people invited and uninvited.

use std::future::{Future, IntoFuture};
use std::pin::Pin;

use access::Window;
use access::facts::BookingState;
use access::id::*;
use store::booking::{self, Details};

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
        let details = Details {
            resource,
            booker,
            invitees,
            window: house.window(self.from, self.until),
            state: BookingState::Confirmed,
            title: String::new(),
        };
        let mut tx = house.tx().await;
        let id = booking::create(&mut tx, &house.act(), &details)
            .await
            .expect("the room is free");
        house.done(tx).await;
        id
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

    fn window(&self, from: &str, until: &str) -> Window {
        Window::new(self.at(from), self.at(until)).expect("a booking ends after it starts")
    }

    async fn change_booking(&self, id: BookingId, change: impl FnOnce(&mut Details)) {
        let mut tx = self.tx().await;
        let mut details = booking::read(&mut tx, self.network, id)
            .await
            .expect("it is known")
            .details;
        change(&mut details);
        booking::change(&mut tx, &self.act(), id, &details)
            .await
            .expect("the change is kept");
        self.done(tx).await;
    }

    /// Moves a booking to other hours.
    pub async fn rebook(&self, id: BookingId, from: &str, until: &str) {
        let window = self.window(from, until);
        self.change_booking(id, |details| details.window = window).await;
    }

    /// Lets somebody in through a booking.
    pub async fn invite(&self, id: BookingId, name: &str) {
        let person = self.nonmember(name).await;
        self.change_booking(id, |details| details.invitees.push(person)).await;
    }

    /// Takes an invitation back.
    pub async fn uninvite(&self, id: BookingId, name: &str) {
        let person = self.nonmember(name).await;
        self.change_booking(id, |details| details.invitees.retain(|invitee| *invitee != person))
            .await;
    }

    /// Cancels a booking.
    pub async fn cancel_booking(&self, id: BookingId) {
        let mut tx = self.tx().await;
        let cancelled = booking::set_state(&mut tx, &self.act(), id, BookingState::Cancelled).await;
        cancelled.expect("the cancellation is kept");
        self.done(tx).await;
    }
}
