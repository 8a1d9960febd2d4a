//! Reading: groups with their locks, locks in order, rows and people, and what keeps the Access page from working.

use access::change::Note;

use crate::house::{House, group_id, w};
use crate::scenes;

const MIRA: &str = "mira.lund@example.org";

scenes! {
    groups_of_the_site_and_of_the_whole_account_are_read_with_their_locks(house) {
        let building = house.building();
        let seen = house.connector.observe(&[]).await.expect("the vendor answers");
        assert!(seen.complete);
        let mut groups: Vec<_> = seen.groups.iter().map(|group| (&group.external, group.locks.len(), &group.site)).collect();
        groups.sort();
        let site = Some(building.site.clone());
        // Where a location uses exactly one site, no group spans the account.
        let spans = if house.connector.abilities().site_needed { &site } else { &None };
        let mut expected = vec![(&building.members, 1, &site), (&building.room, house.stage.room_locks().len(), spans)];
        expected.sort();
        assert_eq!(groups, expected);
        assert!(seen.locks.iter().all(|lock| lock.external != building.gate), "the other site's is not shown");
        let locks: Vec<_> = seen.locks.iter().map(|lock| &lock.external).collect();
        assert_eq!(locks, [&building.front, &building.room_door], "in the vendor's order");
    }

    a_group_of_another_site_is_read_when_it_is_asked_for(house) {
        let building = house.building();
        let seen = house.connector.observe(std::slice::from_ref(&building.elsewhere)).await.expect("the vendor answers");
        assert!(seen.complete);
        let is_seen = seen.groups.iter().any(|group| group.external == building.elsewhere);
        // Where a location uses exactly one site, another site's group is none of it.
        let is_gone = seen.gone_groups == [building.elsewhere];
        let one_site = house.connector.abilities().site_needed;
        assert_eq!((is_seen, is_gone), (!one_site, one_site));
    }

    rows_show_whose_they_are_and_when_they_hold(house) {
        let building = house.building();
        let (wanted, shown) = house.shown(w(60, 300));
        house.give(MIRA, &building.members, &[wanted]).await;
        let seen = house.connector.observe(std::slice::from_ref(&building.members)).await.expect("the vendor answers");
        assert_eq!(seen.rows.len(), 1);
        let row = &seen.rows[0];
        assert_eq!((&*row.email, &row.external_group, row.window), (MIRA, &building.members, shown));
        assert_eq!((row.ours, row.person), (None, None), "whose it is, only the journal knows");
        assert_eq!(seen.holders.len(), 1);
        assert_eq!((&seen.holders[0].external, &*seen.holders[0].email), (&row.external_holder, MIRA));
        assert!(!seen.holders[0].unconfirmed && !seen.holders[0].disabled);
    }

    a_group_that_is_gone_is_named_in_the_reading(house) {
        let building = house.building();
        house.stage.delete_group(&building.room);
        let asked = [building.members.clone(), building.room.clone()];
        let seen = house.connector.observe(&asked).await.expect("the vendor answers");
        assert!(seen.complete);
        assert_eq!(seen.gone_groups, [building.room]);
    }

    a_healthy_building_gives_no_notes(house) {
        let building = house.building();
        house.give(MIRA, &building.members, &[w(-10, 300)]).await;
        assert_eq!(house.round().await.expect("the vendor answers"), []);
    }

    the_sites_of_the_account_are_listed(house) {
        let sites = house.connector.sites().await.expect("the vendor answers");
        let names: Vec<_> = sites.iter().map(|site| (&*site.name, site.zone.as_deref())).collect();
        let zone = |zone| house.stage.tells_zones().then_some(zone);
        assert_eq!(names, [("Pier 3", zone("Europe/Berlin")), ("Pier 4", zone("Europe/Lisbon"))]);
        assert_eq!(sites[0].external, house.building().site);
    }

    a_connector_says_what_it_can_do(house) {
        let abilities = house.connector.abilities();
        assert_eq!(connectors::Connectors::abilities(abilities.vendor), Some(abilities));
        assert_eq!(abilities.lease_s > 0, abilities.native_windows, "only what has dates can be leased");
        assert!(abilities.calls_per_s > 0.0 && !abilities.fields.is_empty());
        assert!(connectors::Connectors::vendors().contains(abilities));
        refuses_a_vendor_that_is_none(&house);
    }

    notes_name_groups_by_our_ids(house) {
        let building = house.building();
        house.stage.delete_group(&building.members);
        let notes = house.round().await.expect("the vendor answers");
        assert_eq!(notes, [Note::GroupGone { group: group_id(&building.members) }]);
    }
}

fn refuses_a_vendor_that_is_none(house: &House) {
    let none = house.stage.connectors().connector(
        "none",
        &connectors::Login::passing("a/1", access::vendor::Secret::new("x")),
        None,
    );
    assert_eq!(
        none.expect_err("there is no such vendor").kind,
        connectors::Kind::Invalid
    );
}
