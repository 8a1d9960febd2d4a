//! Ids of another network: whatever would be written by them is `NotFound`, and nothing changes on either side.

use access::Window;
use access::change::Change;
use access::facts::*;
use access::id::*;
use access::vendor::Secret;
use serde_json::Value;
use store::facts::{self, As};
use store::finding::Looked;
use store::round::ChangeState;
use store::subscription::{NewItem, NewSubscription};
use store::*;

use crate::house::{House, START, account, date, human, offer, place, read, room, seen, span, write};

macro_rules! strange {
    ($($call:expr;)*) => {$(
        let why = $call.await.map(drop).expect_err(stringify!($call));
        assert_eq!(why.kind, Kind::NotFound, "{}: {why:?}", stringify!($call));
    )*};
}

/// `theirs` acts, and names what belongs to `house`.
pub async fn another_networks_ids_are_not_found(store: &Store, house: &House, theirs: &House) {
    let ours = Ours::make(store, house).await;
    let before = everything(store, house, theirs).await;
    let mut tx = write(store).await;
    people(&mut tx, house, theirs, &ours).await;
    things(&mut tx, house, theirs, &ours).await;
    accounts(&mut tx, house, theirs, &ours).await;
    worker(&mut tx, house, theirs, &ours).await;
    tx.commit().await.unwrap();
    assert_eq!(everything(store, house, theirs).await, before);
}

/// One of each of what the house does not have by itself.
struct Ours {
    company: CompanyId,
    belonging: CompanyMembershipId,
    contract: SubscriptionId,
    item: ItemId,
    booking: BookingId,
    login: VendorLoginId,
    account: AccountId,
    session: SessionId,
    token: TokenId,
    grant: GrantId,
    round: RoundId,
    change: ChangeId,
}

impl Ours {
    async fn make(store: &Store, house: &House) -> Self {
        let act = house.act(START.plus_s(500));
        let mut open = write(store).await;
        let tx = &mut open;
        let company = company::create(tx, &act, &tide(house.location)).await.unwrap();
        let belonging = company::join(tx, &act, company, house.people[0], date("2026-09-01"), None)
            .await
            .unwrap();
        let new = contract(house.location, Subscriber::Company(company), plan_line(house.plan));
        let contract = subscription::create(tx, &act, &new).await.unwrap();
        let item = subscription::read(tx, house.network, contract).await.unwrap().items[0].id;
        let booking = booking::create(tx, &act, &house.booked(0, 9_000, 9_060)).await.unwrap();
        let login = vendor_login::keep(tx, &act, "kisi", "boathouse", "owner", &Secret::new("key"))
            .await
            .unwrap();
        let account = account::create(tx, &act, &owner(None)).await.unwrap();
        let (session, _) = session::create(tx, house.network, &browser(account), act.now)
            .await
            .unwrap();
        let (token, _) = api_token::create(tx, &act, account, "export", None).await.unwrap();
        let (integration, person, group) = (house.integration, house.people[0], house.groups[0]);
        let grant = grant::plan(tx, &act, integration, person, group, Window::ALWAYS, Vec::new())
            .await
            .unwrap();
        let round = round::begin(tx, &act, integration, None, "reading").await.unwrap();
        let change = round::change_begun(tx, &act, round, integration, &take(grant, person, group))
            .await
            .unwrap();
        open.commit().await.unwrap();
        Self {
            company,
            belonging,
            contract,
            item,
            booking,
            login,
            account,
            session,
            token,
            grant,
            round,
            change,
        }
    }
}

async fn people(tx: &mut Tx, house: &House, theirs: &House, ours: &Ours) {
    let act = &theirs.act(START.plus_s(501));
    let (ada, their) = (house.people[0], theirs.people[0]);
    let (joined, member) = (date("2026-09-01"), Some(MembershipKind::Member));
    let theirs_too = company::create(tx, act, &tide(theirs.location)).await.unwrap();
    strange! {
        location::change(tx, act, house.location, &place());
        person::change(tx, act, ada, &human(70));
        person::set_state(tx, act, ada, PersonState::Removed);
        person::set_membership(tx, act, ada, theirs.location, member);
        person::set_membership(tx, act, their, house.location, member);
        company::create(tx, act, &tide(house.location));
        company::rename(tx, act, ours.company, "Ebb");
        company::join(tx, act, ours.company, their, joined, None);
        company::join(tx, act, theirs_too, ada, joined, None);
        company::change_dates(tx, act, ours.belonging, joined, None);
        company::remove(tx, act, ours.belonging);
    }
}

async fn things(tx: &mut Tx, house: &House, theirs: &House, ours: &Ours) {
    let act = &theirs.act(START.plus_s(502));
    let (their, here, there) = (theirs.people[0], house.location, theirs.location);
    let person = Subscriber::Person(their);
    let own = |access: ItemAccess| NewItem {
        access,
        ..plan_line(theirs.plan)
    };
    let rental = NewItem {
        of: ItemOf::Rental(house.room),
        ..plan_line(theirs.plan)
    };
    let chosen = NewItem {
        reach: Reach::Chosen(vec![house.people[0]]),
        ..plan_line(theirs.plan)
    };
    let groups = || house.groups.clone();
    let contract_there = |of, item| contract(there, of, item);
    let wanted = theirs.booked(0, 9_000, 9_060);
    strange! {
        plan::create(tx, act, &offer(here, Vec::new()));
        plan::create(tx, act, &offer(there, groups()));
        plan::change(tx, act, house.plan, &offer(there, Vec::new()));
        plan::change(tx, act, theirs.plan, &offer(there, groups()));
        resource::create(tx, act, &room(here, Vec::new()));
        resource::create(tx, act, &room(there, groups()));
        resource::change(tx, act, house.room, &room(there, Vec::new()));
        resource::change(tx, act, theirs.room, &room(there, groups()));
        subscription::create(tx, act, &contract(here, person, plan_line(theirs.plan)));
        subscription::create(tx, act, &contract_there(Subscriber::Person(house.people[0]), plan_line(theirs.plan)));
        subscription::create(tx, act, &contract_there(Subscriber::Company(ours.company), plan_line(theirs.plan)));
        subscription::create(tx, act, &contract_there(person, plan_line(house.plan)));
        subscription::create(tx, act, &contract_there(person, rental));
        subscription::create(tx, act, &contract_there(person, chosen));
        subscription::create(tx, act, &contract_there(person, own(ItemAccess::Set(groups()))));
        subscription::change_dates(tx, act, ours.contract, date("2026-09-01"), None);
        subscription::cancel(tx, act, ours.contract, Some(act.now));
        subscription::add_item(tx, act, ours.contract, &plan_line(theirs.plan));
        subscription::change_item(tx, act, ours.contract, ours.item, &plan_line(theirs.plan));
        subscription::remove_item(tx, act, ours.contract, ours.item);
        booking::create(tx, act, &booking::Details { resource: house.room, ..wanted.clone() });
        booking::create(tx, act, &booking::Details { booker: house.people[0], ..wanted.clone() });
        booking::create(tx, act, &booking::Details { invitees: vec![house.people[0]], ..wanted.clone() });
        booking::change(tx, act, ours.booking, &wanted);
        booking::set_state(tx, act, ours.booking, BookingState::Cancelled);
    }
}

async fn accounts(tx: &mut Tx, house: &House, theirs: &House, ours: &Ours) {
    let act = &theirs.act(START.plus_s(503));
    let (network, id, secret) = (theirs.network, ours.account, Secret::new("x"));
    let details = integration::Details {
        login: Some(ours.login),
        ..account(theirs.location)
    };
    let status = integration::status(tx, theirs.network, theirs.integration)
        .await
        .unwrap();
    strange! {
        integration::create(tx, act, &account(house.location));
        integration::create(tx, act, &details);
        integration::change(tx, act, house.integration, &account(theirs.location));
        integration::set_state(tx, act, house.integration, IntegrationState::Disconnected);
        integration::wake(tx, network, house.integration, wakeup::Lane::Tidy, act.now);
        integration::set_reading_due(tx, network, house.integration, act.now);
        integration::note_status(tx, network, house.integration, &status);
        integration::set_hook_secret(tx, network, house.integration, Some(&secret));
        vendor_login::forget(tx, act, ours.login);
        vendor_login::sites(tx, act.network, ours.login);
        vendor_login::keep_sites(tx, act.network, ours.login, &[]);
        store::account::create(tx, act, &owner(Some(house.people[0])));
        store::account::change(tx, act, id, &owner(None));
        store::account::end(tx, act, id);
        store::account::set_password(tx, act, id, "hash");
        store::account::set_totp(tx, act, id, Some(&secret));
        store::account::reset(tx, act, id);
        store::account::note_failure(tx, network, id, None);
        store::account::note_success(tx, network, id);
        session::create(tx, network, &browser(id), act.now);
        session::note_fresh(tx, network, ours.session, act.now);
        api_token::create(tx, act, id, "theft", None);
        api_token::end(tx, act, ours.token);
    }
    // These end what is there to end; there is nothing.
    assert!(!store::account::spend_totp_step(tx, network, id, 9).await.unwrap());
    session::note_seen(tx, network, ours.session, act.now).await.unwrap();
    session::end(tx, network, ours.session).await.unwrap();
    session::end_of_account(tx, network, id).await.unwrap();
    api_token::note_used(tx, network, ours.token, act.now).await.unwrap();
}

async fn worker(tx: &mut Tx, house: &House, theirs: &House, ours: &Ours) {
    let act = &theirs.act(START.plus_s(504));
    let (network, at, ada, group) = (theirs.network, house.integration, house.people[0], house.groups[0]);
    let (there, their, group_there) = (theirs.integration, theirs.people[0], theirs.groups[0]);
    let (always, id) = (Window::ALWAYS, ours.grant);
    let known = holder::Details {
        external: None,
        email: String::new(),
        unconfirmed: false,
        disabled: false,
        card: None,
        refused: None,
    };
    let secret = Secret::new("x");
    let event = door_event::NewDoorEvent {
        external: "1".to_owned(),
        integration: at,
        door: None,
        person: None,
        kind: door_event::DoorEventKind::Forced,
        detail: String::new(),
        at: act.now,
    };
    let begun = round::begin(tx, act, there, None, "reading").await.unwrap();
    strange! {
        grant::plan(tx, act, at, their, group_there, always, Vec::new());
        grant::plan(tx, act, there, ada, group_there, always, Vec::new());
        grant::plan(tx, act, there, their, group, always, Vec::new());
        grant::sent(tx, network, id, always, act.now);
        grant::confirm(tx, act, id, "row", always);
        grant::end(tx, act, id);
        grant::refuse(tx, act, id, "no");
        grant::undone(tx, act, id, None);
        grant::observe(tx, act, id, always);
        grant::set_causes(tx, network, id, &[]);
        holder::keep(tx, act, at, their, Some(&known));
        holder::keep(tx, act, there, ada, Some(&known));
        holder::keep_secret(tx, network, at, their, Some(&secret), act.now);
        holder::keep_secret(tx, network, there, ada, Some(&secret), act.now);
        group::observe(tx, act, at, &seen());
        group::read(tx, network, group);
        finding::settle(tx, act, at, Looked::Everything, &[]);
        round::begin(tx, act, at, None, "reading");
        round::end(tx, act, ours.round, true, None);
        round::change_ended(tx, act, ours.round, ours.change, ChangeState::Done, None, None);
        round::change_ended(tx, act, begun, ours.change, ChangeState::Done, None, None);
        door_event::keep(tx, network, &event);
        inbox::keep(tx, network, at, &[], "", act.now);
    }
}

/// All that decisions look at, in both networks, and the one thing of each kind that they do not.
async fn everything(store: &Store, house: &House, theirs: &House) -> (Facts, Facts, usize) {
    let mut tx = read(store).await;
    let how = As::Known { now: START };
    let here = facts::load_network(&mut tx, house.network, how).await.unwrap();
    let there = facts::load_network(&mut tx, theirs.network, how).await.unwrap();
    let staff = store::account::staff(&mut tx, house.network).await.unwrap();
    (here, there, staff.len())
}

fn tide(location: LocationId) -> company::Details {
    company::Details {
        location,
        name: "Tide".to_owned(),
    }
}

fn plan_line(plan: PlanId) -> NewItem {
    NewItem {
        of: ItemOf::Plan(plan),
        access: ItemAccess::Inherited,
        reach: Reach::Everyone,
    }
}

fn contract(location: LocationId, of: Subscriber, item: NewItem) -> NewSubscription {
    NewSubscription {
        location,
        of,
        starts_on: date("2026-09-01"),
        ends_on: None,
        items: vec![item],
    }
}

fn owner(person: Option<PersonId>) -> store::account::Details {
    store::account::Details {
        person,
        email: "keeper@boathouse.example".to_owned(),
        name: "Kim".to_owned(),
        role: store::account::Role::Owner,
        permissions: Value::Null,
    }
}

fn browser(account: AccountId) -> session::NewSession {
    session::NewSession {
        account,
        ends_at: START.plus_s(9_999),
        device: String::new(),
        address: String::new(),
    }
}

fn take(grant: GrantId, person: PersonId, group: AccessGroupId) -> Change {
    Change::Take {
        grant,
        person,
        group,
        external: "row".to_owned(),
        window: span(0, 60),
    }
}
