//! The typed side of the simulator: seeding an account, and changing it behind our back as somebody in Tapkey's portal,
//! or with a phone at a door, would. Everything acts at once and under the same lock as the HTTP calls.

use super::TapkeySim;
use super::encoding::physical_id;
use super::rows::{
    Card, Client, Contact, Flow, Grant, GrantState, Grantee, Joining, LockGroup, Role, SimLock, Target, UserGroup,
};
use super::state::World;
use super::{contacts, doors, grants, login, phones, user_groups};

/// The redirect URI of the seeded clients.
pub const SEED_REDIRECT: &str = "http://127.0.0.1/callback/tapkey";

/// What [`TapkeySim::seed`] made (contract §10.3); ids unless said otherwise.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[expect(missing_docs, reason = "each is the id of what its name says")]
pub struct Seed {
    pub harbour_loft: String,
    pub old_yard: String,
    /// E-mail of the administrator who signs in.
    pub admin: String,
    pub front_door: String,
    pub alder: String,
    pub birch: String,
    pub desk_zone: String,
    pub server_room: String,
    pub ground_floor: String,
    pub members_group: String,
    pub alder_group: String,
    pub foreign_group: String,
    /// OAuth clients; the secret of both that have one is in `secret`.
    pub code_client: String,
    pub pkce_client: String,
    pub service_client: String,
    pub secret: String,
    pub redirect_uri: String,
}

/// Seeding and changing, as somebody in Tapkey's own pages would.
impl TapkeySim {
    /// The house of contract §10.3: two owner accounts, five locks, groups, three OAuth clients, one administrator.
    pub fn seed(&self) -> Seed {
        let admin = "keys@harbour.example".to_owned();
        let secret = "let me in".to_owned();
        let loft = self.add_owner("Harbour Loft", &admin);
        let yard = self.add_owner("Old Yard", &admin);
        self.close_owner(&yard);
        let [front_door, alder, birch, desk_zone, server_room] =
            ["Front door", "Room Alder", "Room Birch", "Desk zone", "Server room"]
                .map(|title| self.add_lock(&loft, title));
        self.set_schedules(&server_room, false);
        let ground_floor = self.add_lock_group(&loft, "Ground floor", &[&front_door, &desk_zone]);
        let members_group = self.add_user_group(&loft, "Members", &[&front_door, &desk_zone]);
        let alder_group = self.add_user_group(&loft, "Alder", &[&front_door, &alder]);
        let foreign_group = self.add_user_group(&loft, "Foreign app", &[&front_door]);
        let stranger = self.add_contact_of_other_app(&loft, "house-app", "guest-7");
        self.add_member(&foreign_group, &stranger);
        self.add_code_client("spaces-prod", Some(&secret), &[SEED_REDIRECT]);
        self.add_code_client("spaces-pkce", None, &[SEED_REDIRECT]);
        let service = self.add_service_client("spaces-service", &secret);
        self.add_admin(&loft, &service, Role::Admin);
        Seed {
            harbour_loft: loft,
            old_yard: yard,
            admin,
            front_door,
            alder,
            birch,
            desk_zone,
            server_room,
            ground_floor,
            members_group,
            alder_group,
            foreign_group,
            code_client: "spaces-prod".to_owned(),
            pkce_client: "spaces-pkce".to_owned(),
            service_client: "spaces-service".to_owned(),
            secret,
            redirect_uri: SEED_REDIRECT.to_owned(),
        }
    }

    /// Forgets everything but clock and faults; switches stand at their defaults again.
    pub fn reset(&self) {
        self.shared.world().reset();
    }

    /// Registers a client for signing people in: with a secret, or with PKCE alone. It may ask for every scope.
    pub fn add_code_client(&self, id: &str, secret: Option<&str>, redirect_uris: &[&str]) {
        let flow = secret.map_or(Flow::CodeWithPkce, |_| Flow::CodeWithSecret);
        let client = client(id, secret, flow, redirect_uris);
        self.shared.world().clients.insert(id.to_owned(), client);
    }

    /// Registers a client-credentials client. Returns the e-mail of its service account, which manages nothing yet.
    pub fn add_service_client(&self, id: &str, secret: &str) -> String {
        let mut world = self.shared.world();
        let email = format!("{id}@service.tapkey.example");
        let mut client = client(id, Some(secret), Flow::ClientCredentials, &[]);
        client.service_user = Some(world.user_of(&email));
        world.clients.insert(id.to_owned(), client);
        email
    }

    /// Registers a client for these scopes only.
    pub fn narrow_client(&self, id: &str, scopes: &[&str]) {
        if let Some(client) = self.shared.world().clients.get_mut(id) {
            client.scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        }
    }

    /// Kills every access and refresh token; also `POST /_sim/tokens/revoke`.
    pub fn revoke_tokens(&self) {
        let mut world = self.shared.world();
        world.access_tokens.clear();
        world.refresh_tokens.clear();
    }

    /// Gives somebody a Tapkey login that the consent page offers. Returns the user id.
    pub fn add_user(&self, email: &str) -> String {
        let mut world = self.shared.world();
        let id = world.user_of(email);
        if let Some(user) = world.users.get_mut(&id) {
            user.signs_in = true;
        }
        id
    }

    /// Adds an active owner account; its owner can sign in.
    pub fn add_owner(&self, name: &str, owner_email: &str) -> String {
        self.add_user(owner_email);
        let id = self.shared.world().found_owner(name);
        self.add_admin(&id, owner_email, Role::Owner);
        id
    }

    /// Leaves so many ids out, so that none of an earlier start comes back.
    pub fn skip_ids(&self, count: u64) {
        self.shared.world().last_id += count;
    }

    /// Closes an owner account; it stays in lists as inactive.
    pub fn close_owner(&self, owner: &str) {
        if let Some(owner) = self.shared.world().owners.get_mut(owner) {
            owner.active = false;
        }
    }

    /// Gives somebody a role on an owner account.
    pub fn add_admin(&self, owner: &str, email: &str, role: Role) {
        let contact = self.add_contact(owner, email, None);
        self.shared.world().permit(owner, &contact, role);
    }

    /// Takes every role on an owner account away from somebody.
    pub fn remove_admin(&self, owner: &str, email: &str) {
        let mut world = self.shared.world();
        let contact = world.contact_by_email(owner, email).map(|contact| contact.id.clone());
        world
            .permissions
            .retain(|_, row| Some(&row.contact) != contact.as_ref());
    }

    /// Adds a bound lock with hardware of its own.
    pub fn add_lock(&self, owner: &str, title: &str) -> String {
        let mut world = self.shared.world();
        let number = u32::try_from(world.locks.len()).unwrap_or(u32::MAX);
        let physical = physical_id(&(0x0a1b_2c3d_u32.wrapping_add(number)).to_be_bytes());
        world.bind_lock(owner, title, physical)
    }

    /// Whether a lock's hardware understands recurring schedules.
    pub fn set_schedules(&self, lock: &str, supported: bool) {
        if let Some(lock) = self.shared.world().locks.get_mut(lock) {
            lock.supports_schedules = supported;
        }
    }

    /// Takes a lock out of its account and binds the same hardware again, under the new id that is returned.
    pub fn rebind_lock(&self, lock: &str) -> Option<String> {
        let mut world = self.shared.world();
        doors::unbind(&mut world, lock);
        let SimLock {
            owner, title, physical, ..
        } = world.locks.get(lock)?.clone();
        Some(world.bind_lock(&owner, &title, physical))
    }

    /// Adds a lock group whose locks have all joined.
    pub fn add_lock_group(&self, owner: &str, title: &str, locks: &[&str]) -> String {
        let mut world = self.shared.world();
        let id = world.new_id("lg");
        let group = LockGroup {
            id: id.clone(),
            owner: owner.to_owned(),
            title: title.to_owned(),
            description: None,
            locks: locks.iter().map(|lock| ((*lock).to_owned(), Joining::Joined)).collect(),
        };
        world.lock_groups.insert(id.clone(), group);
        id
    }

    /// Puts a lock into a group, or takes it out, as far as Tapkey is concerned; the lock follows when it is synced.
    pub fn plan_lock_in_group(&self, group: &str, lock: &str, member: bool) {
        let mut world = self.shared.world();
        let Some(group) = world.lock_groups.get_mut(group) else {
            return;
        };
        let planned = if member {
            Joining::JoinPending
        } else {
            Joining::UnjoinPending
        };
        match group.locks.iter_mut().find(|(id, _)| id == lock) {
            Some((_, state)) => *state = planned,
            None => group.locks.push((lock.to_owned(), planned)),
        }
    }

    /// Adds a user group that opens these locks or lock groups at any time.
    pub fn add_user_group(&self, owner: &str, title: &str, targets: &[&str]) -> String {
        let mut world = self.shared.world();
        let id = world.new_id("ug");
        let group = UserGroup {
            id: id.clone(),
            owner: owner.to_owned(),
            title: title.to_owned(),
            description: None,
            members: std::collections::BTreeMap::new(),
        };
        world.user_groups.insert(id.clone(), group);
        for target in targets {
            portal_grant(&mut world, owner, Grantee::UserGroup(id.clone()), target, None, None);
        }
        id
    }

    /// Deletes a user group; its members' keys are revoked.
    pub fn delete_user_group(&self, group: &str) {
        let mut world = self.shared.world();
        let members = world.user_groups.get(group).map(|group| group.members.clone());
        for member in members.unwrap_or_default().keys() {
            user_groups::remove(&mut world, group, member);
        }
        world.user_groups.remove(group);
        world
            .grants
            .retain(|_, grant| grant.grantee != Grantee::UserGroup(group.to_owned()));
    }

    /// Puts a contact into a user group. Returns the membership's id.
    pub fn add_member(&self, group: &str, contact: &str) -> String {
        user_groups::join(&mut self.shared.world(), group, contact)
    }

    /// Takes a member out of a user group, by the membership's id.
    pub fn remove_member(&self, group: &str, member: &str) -> bool {
        user_groups::remove(&mut self.shared.world(), group, member)
    }

    /// Adds a contact of the Tapkey app, or finds the one there is.
    pub fn add_contact(&self, owner: &str, email: &str, title: Option<&str>) -> String {
        let mut world = self.shared.world();
        let user = world.user_of(email);
        let id = contacts::of_user(&mut world, owner, &user);
        if let (Some(contact), Some(title)) = (world.contacts.get_mut(&id), title) {
            contact.title = Some(title.to_owned());
        }
        id
    }

    /// Adds a contact of somebody's own app, whom Tapkey's app does not know.
    pub fn add_contact_of_other_app(&self, owner: &str, ip: &str, ip_user: &str) -> String {
        let mut world = self.shared.world();
        let (id, user) = (world.new_id("c"), world.user_of(&format!("{ip_user}@{ip}")));
        let contact = Contact {
            id: id.clone(),
            owner: owner.to_owned(),
            user,
            ip_id: ip.to_owned(),
            ip_user_id: Some(ip_user.to_owned()),
            title: None,
            comment: None,
        };
        world.contacts.insert(id.clone(), contact);
        id
    }

    /// Deletes a contact with its grants and memberships.
    pub fn delete_contact(&self, contact: &str) {
        let mut world = self.shared.world();
        contacts::revoke_all(&mut world, contact);
        let mut memberships = Vec::new();
        for (group, row) in &world.user_groups {
            let own = row.members.iter().filter(|(_, member)| *member == contact);
            memberships.extend(own.map(|(id, _)| (group.clone(), id.clone())));
        }
        for (group, member) in memberships {
            user_groups::remove(&mut world, &group, &member);
        }
        world.permissions.retain(|_, row| row.contact != contact);
        world.contacts.remove(contact);
    }

    /// The person changes the address in the app; every contact of theirs follows.
    pub fn change_email(&self, contact: &str, email: &str) -> bool {
        let mut world = self.shared.world();
        let user = world.contacts.get(contact).map(|contact| contact.user.clone());
        let user = user.and_then(|user| world.users.get_mut(&user));
        user.map(|user| user.email = email.to_owned()).is_some()
    }

    /// Adds a transponder.
    pub fn add_card(&self, owner: &str, title: &str) -> String {
        let mut world = self.shared.world();
        let (id, bound_ms) = (world.new_id("card"), world.now());
        let card = Card {
            id: id.clone(),
            owner: owner.to_owned(),
            label: format!("TK-{:05}", world.cards.len() + 417),
            title: title.to_owned(),
            uid: vec![4, 0x78, 0x76, 0x5a, 0x92, 0xa0, 0x80],
            bound_ms,
        };
        world.cards.insert(id.clone(), card);
        id
    }

    /// A grant that somebody made in the portal, on a lock or a lock group. Unix ms, `None` is unbounded.
    pub fn foreign_grant(&self, contact: &str, target: &str, from_ms: Option<i64>, before_ms: Option<i64>) -> String {
        let mut world = self.shared.world();
        let owner = world
            .contacts
            .get(contact)
            .map(|contact| contact.owner.clone())
            .unwrap_or_default();
        let grantee = Grantee::Contact(contact.to_owned());
        portal_grant(&mut world, &owner, grantee, target, from_ms, before_ms)
    }

    /// Revokes a grant in the portal.
    pub fn revoke_grant(&self, grant: &str) {
        grants::end(&mut self.shared.world(), grant);
    }

    /// Somebody holds their phone to a lock, with or without a connection. `Err` is the reason of the refusal.
    pub fn trigger(&self, contact: &str, lock: &str, phone_online: bool) -> Result<(), &'static str> {
        doors::trigger(&mut self.shared.world(), contact, lock, phone_online)
    }

    /// A phone in touch with Tapkey stands at the lock: log out, revocation list in.
    pub fn sync_lock(&self, lock: &str) -> bool {
        doors::sync(&mut self.shared.world(), lock)
    }

    /// The contact's phone leaves the net, or comes back and fetches its keys.
    pub fn set_phone_reachable(&self, contact: &str, reachable: bool) {
        phones::set_reachable(&mut self.shared.world(), contact, reachable);
    }
}

fn client(id: &str, secret: Option<&str>, flow: Flow, redirect_uris: &[&str]) -> Client {
    Client {
        id: id.to_owned(),
        secret: secret.map(str::to_owned),
        redirect_uris: redirect_uris.iter().map(|uri| (*uri).to_owned()).collect(),
        flow,
        scopes: login::SCOPES.iter().map(|scope| (*scope).to_owned()).collect(),
        service_user: None,
    }
}

fn portal_grant(
    world: &mut World,
    owner: &str,
    grantee: Grantee,
    target: &str,
    from_ms: Option<i64>,
    before_ms: Option<i64>,
) -> String {
    let id = world.new_id("g");
    let is_group = world.lock_groups.contains_key(target);
    let target = target.to_owned();
    let grant = Grant {
        id: id.clone(),
        owner: owner.to_owned(),
        grantee,
        target: if is_group {
            Target::Group(target)
        } else {
            Target::Lock(target)
        },
        from_ms,
        before_ms,
        ical: None,
        state: GrantState::Ok,
        over_api: false,
        unlearnt: Vec::new(),
    };
    grants::keep(world, grant);
    id
}
