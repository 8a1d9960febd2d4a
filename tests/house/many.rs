//! Many people at once, for figures: made in one transaction, through the store's own functions.

use access::facts::{ItemAccess, ItemOf, MembershipKind, PersonState, Reach, Subscriber};
use jiff::civil::Date;
use store::subscription::{NewItem, NewSubscription};
use store::{Page, person, subscription};

use super::House;

impl House {
    /// So many people, each subscribed to a plan from a day on; those who are not known yet are made. Nothing is waited for.
    pub async fn subscribe_many(&self, count: usize, name: impl Fn(usize) -> String, plan: &str, from: &str) {
        let ItemOf::Plan(plan) = self.item_of(plan).await else {
            panic!("“{plan}” is no plan");
        };
        let starts_on: Date = from.parse().expect("a day");
        let act = self.act();
        let mut tx = self.tx().await;
        let known = person::list(&mut tx, self.network, &person::Filter::default(), &Page::longest()).await;
        let known = known.expect("people can be listed").rows;
        for number in 0..count {
            let name = name(number);
            let id = match known.iter().find(|one| one.details.name == name) {
                Some(one) => one.id,
                None => {
                    let details = person::Details {
                        email: self.email(&name),
                        name,
                        phone: String::new(),
                        cards: Vec::new(),
                        state: PersonState::Active,
                    };
                    let id = person::create(&mut tx, &act, &details).await.expect("a new person");
                    let member = Some(MembershipKind::Member);
                    let belongs = person::set_membership(&mut tx, &act, id, self.location, member).await;
                    belongs.expect("they belong here");
                    id
                }
            };
            let new = NewSubscription {
                location: self.location,
                of: Subscriber::Person(id),
                starts_on,
                ends_on: None,
                items: vec![NewItem {
                    of: ItemOf::Plan(plan),
                    access: ItemAccess::Inherited,
                    reach: Reach::Everyone,
                }],
            };
            subscription::create(&mut tx, &act, &new).await.expect("a subscription");
        }
        tx.commit().await.expect("it is durable");
    }
}
