//! The demo's coworking business, as data: three locations at three vendors, their doors, plans, things to book, companies and people.
//!
//! Why so: one page of plain tables is easier to read and change than code that makes them; `seed` walks it.
//! Always: everything here is invented; addresses end in `.example`; dates are days relative to the demo's today.

/// Which simulated vendor opens a site's doors.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum At {
    /// Kisi.
    Kisi,
    /// Salto KS.
    Salto,
    /// Tapkey.
    Tapkey,
}

impl At {
    /// The word its connector goes by.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Kisi => "kisi",
            Self::Salto => "salto",
            Self::Tapkey => "tapkey",
        }
    }
}

/// A site, and the twin of it at its simulated vendor.
pub struct Site {
    /// Who opens its doors.
    pub at: At,
    /// As people call it.
    pub name: &'static str,
    /// Where it stands.
    pub address: &'static str,
    /// IANA zone.
    pub zone: &'static str,
    /// Locks, by name.
    pub locks: &'static [&'static str],
    /// Access groups: name and the locks it opens.
    pub groups: &'static [(&'static str, &'static [&'static str])],
}

/// The three locations.
pub const SITES: [Site; 3] = [
    Site {
        at: At::Kisi,
        name: "Pier 3",
        address: "3 Pier Road, 24103 Kiel",
        zone: "Europe/Berlin",
        locks: &[
            "Front door",
            "Lift lobby",
            "Room Lagoon",
            "Room Beacon",
            "Office 12",
            "Office 14",
            "Garage",
            "Workshop",
        ],
        groups: &[
            ("Members", &["Front door", "Lift lobby"]),
            ("Room Lagoon", &["Front door", "Room Lagoon"]),
            ("Room Beacon", &["Front door", "Room Beacon"]),
            ("Office 12", &["Front door", "Lift lobby", "Office 12"]),
            ("Office 14", &["Front door", "Lift lobby", "Office 14"]),
            ("Garage", &["Garage"]),
            ("Workshop", &["Front door", "Workshop"]),
        ],
    },
    Site {
        at: At::Salto,
        name: "Hudson Loft",
        address: "210 West 11th Street, New York, NY 10014",
        zone: "America/New_York",
        locks: &["Street door", "Loft", "Room Elm", "Studio"],
        groups: &[
            ("Loft members", &["Street door", "Loft"]),
            ("Room Elm", &["Street door", "Room Elm"]),
            ("Studio", &["Street door", "Studio"]),
        ],
    },
    // At Tapkey every door is granted for itself, so each is a group of its own.
    Site {
        at: At::Tapkey,
        name: "Cais Verde",
        address: "Rua do Cais 12, 1200-109 Lisboa",
        zone: "Europe/Lisbon",
        locks: &["Gate", "Yard hall", "Room Cork"],
        groups: &[
            ("Gate", &["Gate"]),
            ("Yard hall", &["Yard hall"]),
            ("Room Cork", &["Room Cork"]),
        ],
    },
];

/// A plan: location index, name, price in cents, currency, what it says, groups.
pub type Plan = (
    usize,
    &'static str,
    i64,
    &'static str,
    &'static str,
    &'static [&'static str],
);

/// What can be subscribed to.
pub const PLANS: [Plan; 8] = [
    (
        0,
        "Flex desk",
        19_900,
        "EUR",
        "Any free desk, day and night.",
        &["Members"],
    ),
    (
        0,
        "Resident",
        34_900,
        "EUR",
        "Your own desk and the garage.",
        &["Members", "Garage"],
    ),
    (
        0,
        "Team office",
        149_000,
        "EUR",
        "An office for the whole company.",
        &["Members"],
    ),
    (
        0,
        "Club",
        9_900,
        "EUR",
        "Events and the bar; doors by booking only.",
        &[],
    ),
    (
        0,
        "Nomad",
        45_000,
        "EUR",
        "A seat at all three places.",
        &["Members", "Loft members", "Gate", "Yard hall"],
    ),
    (2, "Yard", 15_000, "EUR", "A seat in the yard.", &["Gate", "Yard hall"]),
    (1, "Loft", 42_000, "USD", "A seat in the loft.", &["Loft members"]),
    (
        1,
        "Loft night owl",
        29_000,
        "USD",
        "The loft and the studio.",
        &["Loft members", "Studio"],
    ),
];

/// A bookable thing: location index, name, kind, capacity, groups, own grace (before, after), buffer minutes.
pub type Thing = (
    usize,
    &'static str,
    &'static str,
    i64,
    &'static [&'static str],
    Option<(i64, i64)>,
    i64,
);

/// What can be booked or rented.
pub const THINGS: [Thing; 15] = [
    (0, "Room Lagoon", "room", 8, &["Room Lagoon"], None, 0),
    (0, "Room Beacon", "room", 4, &["Room Beacon"], Some((10, 10)), 5),
    (0, "Desk 1", "desk", 1, &["Members"], None, 0),
    (0, "Desk 2", "desk", 1, &["Members"], None, 0),
    (0, "Desk 3", "desk", 1, &["Members"], None, 0),
    (0, "Office 12", "office", 12, &["Office 12"], None, 0),
    (0, "Office 14", "office", 6, &["Office 14"], None, 0),
    (0, "Parking A", "parking", 1, &["Garage"], None, 0),
    (0, "Parking B", "parking", 1, &["Garage"], None, 0),
    (0, "Laser cutter", "equipment", 1, &["Workshop"], None, 15),
    (1, "Room Elm", "room", 10, &["Room Elm"], None, 0),
    (1, "Studio", "room", 3, &["Studio"], None, 15),
    (1, "Loft desk", "desk", 1, &["Loft members"], None, 0),
    (1, "Camera kit", "equipment", 1, &["Studio"], None, 0),
    (2, "Room Cork", "room", 6, &["Gate", "Room Cork"], None, 0),
];

/// A company: location index, name, what it holds, how many people.
pub type Company = (usize, &'static str, CompanyHolds, usize);

/// What a company's subscription holds.
pub enum CompanyHolds {
    /// A plan, for everybody.
    Plan(&'static str),
    /// The rental of a resource, for everybody.
    Rental(&'static str),
    /// A plan that reaches only who has a booking here that day.
    PlanWhenBooked(&'static str),
}

/// The six companies.
pub const COMPANIES: [Company; 6] = [
    (0, "Northlight Studio", CompanyHolds::Rental("Office 12"), 12),
    (0, "Tidewater Maps", CompanyHolds::Rental("Office 14"), 6),
    (0, "Fennel & Co", CompanyHolds::Plan("Flex desk"), 4),
    (0, "Rotor Labs", CompanyHolds::PlanWhenBooked("Flex desk"), 5),
    (1, "Copperline", CompanyHolds::Plan("Loft"), 5),
    (1, "Quill & Ink", CompanyHolds::Plan("Loft night owl"), 3),
];

/// Everybody, in the order companies take their people from; the rest subscribe for themselves or only book.
pub const PEOPLE: [&str; 64] = [
    "Mira Lund",
    "Jonas Weidner",
    "Aylin Demir",
    "Theo Marchetti",
    "Sofia Andrade",
    "Emil Sandberg",
    "Noor Haddad",
    "Lena Brandt",
    "Piotr Zieliński",
    "Clara Hoffmann",
    "Idris Okafor",
    "Hanna Virtanen",
    "Marek Novák",
    "Yuki Tanabe",
    "Bruno Costa",
    "Greta Lindqvist",
    "Omar Farouk",
    "Ella Janssen",
    "Viktor Sokolov",
    "Ines Carvalho",
    "Paul Reimers",
    "Amara Diallo",
    "Ruben Castillo",
    "Freya Holm",
    "Dana Levi",
    "Tomás Rivera",
    "Nina Petrov",
    "Hugo Lefèvre",
    "Maya Iyer",
    "Oskar Nyberg",
    "Leila Rahimi",
    "Ben Carter",
    "Ruth Abrams",
    "Caleb Monroe",
    "Priya Nair",
    "Lucas Pereira",
    "Zoe Whitman",
    "Andre Baptiste",
    "Mei Lin Chow",
    "Samuel Ortiz",
    "Karin Ahlers",
    "Felix Dorn",
    "Johanna Kruse",
    "Milan Horvat",
    "Eva Szabó",
    "Tarek Mansour",
    "Lotte Vermeer",
    "Arne Petersen",
    "Bianca Rossi",
    "Daniel Kim",
    "Wanjiru Kamau",
    "Olga Ivanova",
    "Simon Keller",
    "Alba Moreno",
    "Jakob Thorsen",
    "Nadia Benali",
    "Rosa Delgado",
    "Finn O'Brien",
    "Tessa van Dijk",
    "Kofi Mensah",
    "Rita Sousa",
    "Tiago Lopes",
    "Marta Pinto",
    "Duarte Reis",
];

/// Who has a card at Hudson Loft, with the number printed on it; of the second, only the vendor knows.
pub const CARDS: [(&str, &str); 2] = [("Daniel Kim", "02300417"), ("Rosa Delgado", "02300533")];

/// The card of somebody's that is written down.
pub fn card(name: &str) -> Option<&'static str> {
    let (whose, number) = CARDS[0];
    (name == whose).then_some(number)
}

/// The address a name goes by: lower-case letters joined by a dot.
pub fn email(name: &str) -> String {
    let plain: String = name
        .to_lowercase()
        .chars()
        .filter_map(|letter| match letter {
            'a'..='z' | ' ' => Some(letter),
            'ń' | 'ñ' => Some('n'),
            'á' | 'à' | 'ä' => Some('a'),
            'è' | 'é' => Some('e'),
            'ó' | 'ö' => Some('o'),
            _ => None,
        })
        .collect();
    format!(
        "{}@members.example",
        plain.split_whitespace().collect::<Vec<_>>().join(".")
    )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_address_and_every_reference_is_unique_and_known() {
        let addresses: BTreeSet<String> = PEOPLE.iter().map(|name| email(name)).collect();
        assert_eq!(addresses.len(), PEOPLE.len());
        let groups = |site: usize| {
            SITES[site]
                .groups
                .iter()
                .map(|(name, _)| *name)
                .collect::<BTreeSet<_>>()
        };
        // A plan may open doors at several places.
        let anywhere: BTreeSet<&str> = (0..SITES.len()).flat_map(groups).collect();
        assert_eq!(
            anywhere.len(),
            SITES.iter().map(|site| site.groups.len()).sum::<usize>()
        );
        for (_, name, _, _, _, opens) in PLANS {
            assert!(opens.iter().all(|group| anywhere.contains(group)), "{name}");
        }
        for (site, name, _, _, opens, _, _) in THINGS {
            assert!(opens.iter().all(|group| groups(site).contains(group)), "{name}");
        }
        for site in SITES {
            for (group, locks) in site.groups {
                assert!(locks.iter().all(|lock| site.locks.contains(lock)), "{group}");
            }
        }
        assert!(COMPANIES.iter().map(|(_, _, _, people)| people).sum::<usize>() < PEOPLE.len());
    }
}
