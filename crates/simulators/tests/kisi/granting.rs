//! Role assignments and their switches: contract §4.7 and §8.

use serde_json::json;
use simulators::kisi::switches::{CreateForm, Duplicates, GroupDelete, PatchWindow};

use crate::kit::{HOUR, MINUTE, MIRA, NOON, at, house};

#[tokio::test]
async fn an_assignment_keeps_its_window_and_names_its_maker() {
    let house = house().await;
    let got = house.grant(Some(NOON + HOUR), Some(NOON + 5 * HOUR)).await;
    assert_eq!(got.status, 200);
    assert_eq!(got.body["valid_from"], at(NOON + HOUR));
    assert_eq!(got.body["valid_until"], at(NOON + 5 * HOUR));
    assert_eq!(got.body["created_by_id"], house.owner);
    assert_eq!(
        (&got.body["user_id"], &got.body["group_id"]),
        (&json!(house.mira), &json!(house.members))
    );
    assert_eq!(
        house.get(&format!("/role_assignments/{}", got.id())).await.body,
        got.body
    );
}

#[tokio::test]
async fn the_window_decides_to_the_millisecond_who_may_open() {
    let house = house().await;
    house.grant(Some(NOON + HOUR), Some(NOON + 2 * HOUR)).await;
    let may = |at_ms| house.sim.may_open_at(MIRA, house.front, at_ms);
    assert!(may(NOON + HOUR - 1).unwrap_err().contains("f358de"));
    assert_eq!(may(NOON + HOUR), Ok(()));
    assert_eq!(may(NOON + 2 * HOUR - 1), Ok(()));
    assert!(may(NOON + 2 * HOUR).unwrap_err().contains("f35ade"));
}

#[tokio::test]
async fn any_offset_is_understood_and_nonsense_is_422() {
    let house = house().await;
    let mut body = house.new_form(None, None);
    body["role_assignment"]["valid_from"] = "2025-03-10T13:30:00+01:00".into();
    assert_eq!(
        house.post("/role_assignments", body.clone()).await.body["valid_from"],
        "2025-03-10T12:30:00Z"
    );
    body["role_assignment"]["valid_from"] = "tomorrow".into();
    assert_eq!(house.post("/role_assignments", body).await.status, 422);
}

#[tokio::test]
async fn a_start_in_the_past_is_fine_an_end_in_the_past_or_before_the_start_is_422() {
    let house = house().await;
    assert_eq!(house.grant(Some(NOON - HOUR), None).await.status, 200);
    assert_eq!(house.grant(None, Some(NOON - MINUTE)).await.status, 422);
    assert_eq!(house.grant(Some(NOON + HOUR), Some(NOON + HOUR)).await.status, 422);
}

#[tokio::test]
async fn an_unknown_group_or_user_is_404_an_unknown_role_422() {
    let house = house().await;
    let mut body = house.new_form(None, None);
    body["role_assignment"]["applies_to_id"] = 1.into();
    assert_eq!(house.post("/role_assignments", body).await.status, 404);
    let mut body = house.new_form(None, None);
    body["role_assignment"]["role_id"] = "king".into();
    assert_eq!(house.post("/role_assignments", body).await.status, 422);
}

#[tokio::test]
async fn the_older_form_works_too_and_can_be_the_only_one() {
    let house = house().await;
    let legacy =
        json!({ "role_assignment": { "user_id": house.mira, "group_id": house.members, "role_id": "group_basic" } });
    assert_eq!(house.post("/role_assignments", legacy.clone()).await.status, 200);
    house
        .sim
        .set_switches(|switches| switches.create_form = CreateForm::LegacyOnly);
    let refused = house.grant(None, None).await;
    assert_eq!(refused.status, 422);
    assert!(refused.body["errors"]["user"].is_array() && refused.body["errors"]["group"].is_array());
    assert_eq!(house.post("/role_assignments", legacy).await.status, 200);
}

#[tokio::test]
async fn a_duplicate_adds_a_row_or_is_409_or_422_and_never_changes_anything_else() {
    let house = house().await;
    house.grant(None, None).await;
    assert_eq!(house.grant(None, None).await.status, 200);
    house
        .sim
        .set_switches(|switches| switches.duplicate_assignments = Duplicates::Conflict);
    assert_eq!(house.grant(None, None).await.status, 409);
    house
        .sim
        .set_switches(|switches| switches.duplicate_assignments = Duplicates::Unprocessable);
    assert_eq!(house.grant(None, None).await.status, 422);
    assert_eq!(house.sim.assignments().len(), 2);
}

#[tokio::test]
async fn access_is_the_union_of_all_rows() {
    let house = house().await;
    house.grant(Some(NOON - 2 * HOUR), Some(NOON + HOUR)).await;
    house.grant(Some(NOON + HOUR), Some(NOON + 2 * HOUR)).await;
    assert_eq!(house.sim.may_open_at(MIRA, house.front, NOON + HOUR - 1), Ok(()));
    assert_eq!(house.sim.may_open_at(MIRA, house.front, NOON + HOUR), Ok(()));
}

#[tokio::test]
async fn a_patched_window_is_honoured_ignored_or_refused() {
    let house = house().await;
    let id = house.grant(None, Some(NOON + HOUR)).await.id();
    let path = format!("/role_assignments/{id}");
    let longer = |hours: i64| json!({ "role_assignment": { "valid_until": at(NOON + hours * HOUR) } });
    assert_eq!(house.patch(&path, longer(2)).await.status, 204);
    assert_eq!(house.get(&path).await.body["valid_until"], at(NOON + 2 * HOUR));
    house
        .sim
        .set_switches(|switches| switches.patch_window = PatchWindow::Ignore);
    assert_eq!(house.patch(&path, longer(3)).await.status, 204);
    assert_eq!(house.get(&path).await.body["valid_until"], at(NOON + 2 * HOUR));
    house
        .sim
        .set_switches(|switches| switches.patch_window = PatchWindow::Refuse);
    assert_eq!(house.patch(&path, longer(3)).await.status, 422);
    assert_eq!(
        house
            .patch(&path, json!({ "role_assignment": { "notify": true } }))
            .await
            .status,
        204
    );
}

#[tokio::test]
async fn a_kisi_that_drops_the_dates_returns_null_and_opens_at_once() {
    let house = house().await;
    house.sim.set_switches(|switches| switches.drop_window_on_create = true);
    let got = house.grant(Some(NOON + HOUR), Some(NOON + 2 * HOUR)).await;
    assert_eq!(
        (got.status, &got.body["valid_from"], &got.body["valid_until"]),
        (200, &json!(null), &json!(null))
    );
    assert_eq!(house.sim.may_open(MIRA, house.front), Ok(()));
}

#[tokio::test]
async fn assignments_are_filtered_by_group_and_user_in_both_forms() {
    let house = house().await;
    let row = house.grant(None, None).await.id();
    let other = house.sim.add_user("jon@example.org", "Jon", true);
    let foreign = house.sim.foreign_assignment(other, house.members, None, None);
    let group = house.members;
    let rows = house
        .get(&format!(
            "/role_assignments?applies_to_type=Group&applies_to_id={group}&limit=250"
        ))
        .await;
    assert_eq!(rows.ids(), [row, foreign]);
    assert_eq!(
        house
            .get(&format!("/role_assignments?assignee_type=User&assignee_id={other}"))
            .await
            .ids(),
        [foreign]
    );
    assert_eq!(
        house
            .get(&format!("/role_assignments?user_id={}&group_id={group}", house.mira))
            .await
            .ids(),
        [row]
    );
    assert_eq!(
        house
            .get(&format!("/role_assignments?applies_to_id={group}"))
            .await
            .status,
        400,
        "needs its type"
    );
}

#[tokio::test]
async fn deleting_an_assignment_ends_access_and_a_second_time_is_404() {
    let house = house().await;
    let path = format!("/role_assignments/{}", house.grant(None, None).await.id());
    assert_eq!(house.delete(&path).await.status, 204);
    assert!(house.sim.may_open(MIRA, house.front).unwrap_err().contains("fcd8ef"));
    assert_eq!(house.delete(&path).await.status, 404);
}

#[tokio::test]
async fn a_deleted_group_takes_its_assignments_along_or_leaves_them_dangling() {
    let house = house().await;
    house.grant(None, None).await;
    house
        .sim
        .set_switches(|switches| switches.group_delete = GroupDelete::Keep);
    let doomed = house.sim.add_group(None, "Doomed", &[house.front]);
    house.sim.foreign_assignment(house.mira, doomed, None, None);
    house.sim.delete_group(doomed);
    assert_eq!(house.sim.assignments().len(), 2);
    house
        .sim
        .set_switches(|switches| switches.group_delete = GroupDelete::Cascade);
    house.sim.delete_group(house.members);
    assert_eq!(house.sim.assignments().len(), 1);
    assert!(house.sim.may_open(MIRA, house.front).is_err());
}

#[tokio::test]
async fn roles_are_strings_with_what_they_apply_to() {
    let house = house().await;
    let roles = house.get("/roles").await;
    let basic = roles
        .body
        .as_array()
        .unwrap()
        .iter()
        .find(|role| role["id"] == "group_basic")
        .unwrap();
    assert_eq!(basic["applies_to"], "Group");
}
