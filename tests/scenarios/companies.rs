//! A company's subscription reaches its people while they belong to it (P-21, P-25).

use access::facts::Reach;
use suite::House;
use suite::house::items::line;

const TWELVE: [&str; 12] = [
    "Mira", "Jonas", "Aylin", "Theo", "Sofia", "Emil", "Noor", "Lena", "Piotr", "Clara", "Idris", "Hanna",
];

#[tokio::test]
async fn all_twelve_people_of_a_company_are_in_once_it_subscribes_and_out_once_it_cancels() {
    let house = House::open().await;
    let northlight = house.company("Northlight Studio").await;
    for name in TWELVE {
        house.join(northlight, name, "2026-03-01").await;
    }
    let subscription = house.subscribe_company(northlight, "Flex desk", "2026-03-10").await;
    assert!(TWELVE.iter().all(|name| house.may_open(name, "Front door")));
    house.cancel_subscription(subscription).await;
    assert!(TWELVE.iter().all(|name| !house.may_open(name, "Front door")));
}

#[tokio::test]
async fn who_joins_is_in_from_their_first_day_and_who_leaves_is_out_after_their_last() {
    let house = House::open().await;
    let northlight = house.company("Northlight Studio").await;
    let jonas = house.join(northlight, "Jonas", "2026-03-01").await;
    house.subscribe_company(northlight, "Flex desk", "2026-03-01").await;
    house.join(northlight, "Mira", "2026-03-12").await;
    house.leaves_after(northlight, jonas, "2026-03-11").await;
    house.clock_to("2026-03-11 23:59").await;
    assert!(house.may_open("Jonas", "Front door") && !house.may_open("Mira", "Front door"));
    house.clock_to("2026-03-12 00:00").await;
    assert!(!house.may_open("Jonas", "Front door") && house.may_open("Mira", "Front door"));
}

#[tokio::test]
async fn who_is_taken_out_of_a_company_is_out_at_once_and_the_others_stay() {
    let house = House::open().await;
    let northlight = house.company("Northlight Studio").await;
    let mira = house.join(northlight, "Mira", "2026-03-01").await;
    house.join(northlight, "Jonas", "2026-03-01").await;
    house.subscribe_company(northlight, "Flex desk", "2026-03-01").await;
    house.leave(northlight, mira).await;
    assert!(!house.may_open("Mira", "Front door"));
    assert!(house.may_open("Jonas", "Front door"));
}

#[tokio::test]
async fn an_item_for_chosen_people_reaches_only_them() {
    let house = House::open().await;
    let northlight = house.company("Northlight Studio").await;
    for name in ["Mira", "Jonas"] {
        house.join(northlight, name, "2026-03-01").await;
    }
    let only_mira = line("Parking A").reaching(Reach::Chosen(vec![house.person("Mira").await]));
    house.subscribe_company_to(northlight, only_mira, "2026-03-01").await;
    assert!(house.may_open("Mira", "Garage"));
    assert!(!house.may_open("Jonas", "Garage"));
}

#[tokio::test]
async fn an_item_for_people_who_booked_opens_on_the_day_of_their_booking() {
    let house = House::open().await;
    let rotor = house.company("Rotor Labs").await;
    house.join(rotor, "Mira", "2026-03-01").await;
    let booked = line("Flex desk").reaching(Reach::BookedToday);
    house.subscribe_company_to(rotor, booked, "2026-03-01").await;
    assert!(!house.may_open("Mira", "Front door"));
    house
        .book("Lagoon", "Mira", "2026-03-12 12:00", "2026-03-12 13:00")
        .await;
    house
        .lets_in_exactly("Mira", "Front door", "2026-03-12 00:00", "2026-03-13 00:00")
        .await;
}

#[tokio::test]
async fn twelve_new_people_are_let_in_without_one_call_more_than_the_vendor_permits() {
    let house = House::open_at_the_vendors_pace().await;
    let northlight = house.company("Northlight Studio").await;
    for name in TWELVE {
        house.join(northlight, name, "2026-03-01").await;
    }
    house.subscribe_company(northlight, "Flex desk", "2026-03-10").await;
    let refused = house.calls().iter().filter(|call| call.status == 429).count();
    assert_eq!(refused, 0, "the vendor never had to say that it is too much");
    assert_eq!(house.calls().len(), 36, "a search, a record and a grant for each");
    assert!(TWELVE.iter().all(|name| house.may_open(name, "Front door")));
}
