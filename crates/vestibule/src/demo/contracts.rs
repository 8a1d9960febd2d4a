//! Who holds what in the demo, and today's bookings, as data.
//!
//! Why so: like the building, easier to read and change as tables; `seed` walks them. Days count from the demo's today at
//! the location; minutes from the half-hour that began last, so that whenever the demo starts, something runs.
//! Always: names are those of the building; everybody who is not in a company is in one of these tables.

/// What somebody subscribes to.
pub enum Holds {
    /// A plan.
    Plan(&'static str),
    /// The rental of a resource.
    Rental(&'static str),
}

/// One person's own subscription.
pub struct Contract {
    /// Whose.
    pub person: &'static str,
    /// Which location.
    pub site: usize,
    /// Its items.
    pub holds: &'static [Holds],
    /// First day.
    pub starts: i64,
    /// Last day, if it has one.
    pub ends: Option<i64>,
}

const fn running(person: &'static str, site: usize, starts: i64, holds: &'static [Holds]) -> Contract {
    Contract {
        person,
        site,
        holds,
        starts,
        ends: None,
    }
}

/// Personal subscriptions: running, starting tomorrow and in a week, ending, ended yesterday.
pub const CONTRACTS: [Contract; 25] = [
    running("Lucas Pereira", 1, -210, &[Holds::Plan("Loft")]),
    running("Zoe Whitman", 1, -30, &[Holds::Plan("Loft night owl")]),
    running("Andre Baptiste", 1, -10, &[Holds::Plan("Loft")]),
    running("Mei Lin Chow", 1, 1, &[Holds::Plan("Loft")]),
    running("Daniel Kim", 1, -75, &[Holds::Plan("Loft")]),
    running("Rosa Delgado", 1, -160, &[Holds::Plan("Loft night owl")]),
    running("Rita Sousa", 2, -40, &[Holds::Plan("Yard")]),
    running("Tiago Lopes", 2, 1, &[Holds::Plan("Yard")]),
    running("Marta Pinto", 0, -12, &[Holds::Plan("Nomad")]),
    running("Karin Ahlers", 0, -420, &[Holds::Plan("Resident")]),
    running("Felix Dorn", 0, -95, &[Holds::Plan("Flex desk")]),
    Contract {
        person: "Johanna Kruse",
        site: 0,
        holds: &[Holds::Plan("Flex desk")],
        starts: -61,
        ends: Some(-1),
    },
    running("Milan Horvat", 0, 1, &[Holds::Plan("Flex desk")]),
    running("Eva Szabó", 0, -130, &[Holds::Rental("Desk 3")]),
    running("Tarek Mansour", 0, -45, &[Holds::Plan("Flex desk")]),
    running("Lotte Vermeer", 0, -300, &[Holds::Plan("Resident")]),
    running("Arne Petersen", 0, -20, &[Holds::Plan("Club")]),
    running(
        "Bianca Rossi",
        0,
        -80,
        &[Holds::Plan("Flex desk"), Holds::Rental("Parking A")],
    ),
    running("Wanjiru Kamau", 0, -15, &[Holds::Plan("Flex desk")]),
    Contract {
        person: "Olga Ivanova",
        site: 0,
        holds: &[Holds::Plan("Flex desk")],
        starts: -180,
        ends: Some(14),
    },
    running("Simon Keller", 0, -365, &[Holds::Plan("Resident")]),
    running("Alba Moreno", 0, -50, &[Holds::Plan("Club")]),
    running("Jakob Thorsen", 0, 7, &[Holds::Plan("Flex desk")]),
    running("Nadia Benali", 0, -33, &[Holds::Plan("Flex desk")]),
    Contract {
        person: "Tessa van Dijk",
        site: 0,
        holds: &[Holds::Plan("Resident")],
        starts: -240,
        ends: Some(0),
    },
];

/// Suspended today; what they hold opens nothing.
pub const SUSPENDED: &str = "Tarek Mansour";

/// Nonmembers: name and location.
pub const GUESTS: [(&str, usize); 4] = [
    ("Samuel Ortiz", 1),
    ("Finn O'Brien", 0),
    ("Kofi Mensah", 0),
    ("Duarte Reis", 2),
];

/// The person who runs the space: name and address.
pub const OPERATOR: (&str, &str) = ("Nora Albrecht", "nora@harbor-works.example");

/// Members with a sign-in link: name, and what to see with it.
pub const MEMBERS: [(&str, &str); 4] = [
    ("Felix Dorn", "a member whose plan opens doors now"),
    ("Alba Moreno", "a member whose booked room opens soon"),
    ("Lucas Pereira", "a member at Salto KS, who can have a digital key"),
    ("Marta Pinto", "a member whose plan opens doors at all three vendors"),
];

/// A booking of the demo's day.
pub struct Booked {
    /// What.
    pub thing: &'static str,
    /// By whom.
    pub booker: &'static str,
    /// In their words.
    pub title: &'static str,
    /// Minutes from the half-hour that began last.
    pub from: i64,
    /// Minutes.
    pub length: i64,
    /// Who comes along.
    pub invitees: &'static [&'static str],
}

const fn booked(
    thing: &'static str,
    booker: &'static str,
    title: &'static str,
    (from, length): (i64, i64),
    invitees: &'static [&'static str],
) -> Booked {
    Booked {
        thing,
        booker,
        title,
        from,
        length,
        invitees,
    }
}

/// Running, soon, later today, and tomorrow.
pub const BOOKINGS: [Booked; 19] = [
    booked("Room Beacon", "Karin Ahlers", "Interview", (-30, 90), &["Kofi Mensah"]),
    booked(
        "Room Lagoon",
        "Alba Moreno",
        "Quarterly planning",
        (60, 60),
        &["Felix Dorn", "Finn O'Brien"],
    ),
    booked(
        "Room Lagoon",
        "Mira Lund",
        "Design review",
        (180, 60),
        &["Jonas Weidner", "Aylin Demir", "Theo Marchetti"],
    ),
    booked("Room Beacon", "Greta Lindqvist", "Call with Oslo", (120, 30), &[]),
    booked("Desk 1", "Ruben Castillo", "", (-120, 360), &[]),
    booked("Desk 2", "Freya Holm", "", (120, 180), &[]),
    booked("Laser cutter", "Felix Dorn", "Signs for the front door", (150, 60), &[]),
    booked("Parking B", "Simon Keller", "", (-60, 480), &[]),
    booked("Room Elm", "Lucas Pereira", "Stand-up", (-30, 60), &["Zoe Whitman"]),
    booked("Room Elm", "Samuel Ortiz", "Pitch", (90, 60), &["Daniel Kim"]),
    booked("Studio", "Rosa Delgado", "Podcast", (240, 60), &["Andre Baptiste"]),
    booked("Loft desk", "Ruth Abrams", "", (-60, 240), &[]),
    booked(
        "Room Lagoon",
        "Nadia Benali",
        "Workshop",
        (1440, 120),
        &["Wanjiru Kamau", "Olga Ivanova"],
    ),
    booked("Room Beacon", "Lotte Vermeer", "One to one", (1500, 30), &["Eva Szabó"]),
    booked("Laser cutter", "Emil Sandberg", "Model parts", (1530, 120), &[]),
    booked("Camera kit", "Zoe Whitman", "Product shots", (1440, 240), &[]),
    booked(
        "Room Elm",
        "Hugo Lefèvre",
        "Board meeting",
        (1560, 90),
        &["Maya Iyer", "Oskar Nyberg"],
    ),
    booked("Parking B", "Bianca Rossi", "", (1440, 480), &[]),
    booked("Room Cork", "Rita Sousa", "Tasting", (60, 60), &["Duarte Reis"]),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::demo::building::{COMPANIES, PEOPLE, PLANS, THINGS};

    #[test]
    fn every_name_is_one_of_the_building() {
        let people: BTreeSet<&str> = PEOPLE.into_iter().collect();
        let things: BTreeSet<&str> = THINGS.iter().map(|thing| thing.1).collect();
        for contract in CONTRACTS {
            assert!(people.contains(contract.person), "{}", contract.person);
            for holds in contract.holds {
                match holds {
                    Holds::Plan(name) => assert!(
                        PLANS.iter().any(|plan| plan.1 == *name && plan.0 == contract.site),
                        "{name}"
                    ),
                    Holds::Rental(name) => assert!(things.contains(name), "{name}"),
                }
            }
        }
        for booking in BOOKINGS {
            assert!(things.contains(booking.thing), "{}", booking.thing);
            assert!(people.contains(booking.booker), "{}", booking.booker);
            assert!(
                booking.invitees.iter().all(|name| people.contains(name)),
                "{:?}",
                booking.invitees
            );
        }
        assert!(people.contains(SUSPENDED) && MEMBERS.iter().all(|(name, _)| people.contains(name)));
    }

    #[test]
    fn everybody_is_in_a_company_or_a_table() {
        let in_companies: usize = COMPANIES.iter().map(|(_, _, _, people)| people).sum();
        for name in &PEOPLE[in_companies..] {
            let known =
                CONTRACTS.iter().any(|one| one.person == *name) || GUESTS.iter().any(|(guest, _)| guest == name);
            assert!(known, "{name} is nobody");
        }
    }

    #[test]
    fn bookings_of_a_thing_keep_apart() {
        for (i, one) in BOOKINGS.iter().enumerate() {
            for other in &BOOKINGS[i + 1..] {
                let apart = one.from + one.length + 15 <= other.from || other.from + other.length + 15 <= one.from;
                assert!(one.thing != other.thing || apart, "{} and {}", one.title, other.title);
            }
        }
    }
}
