use serde_json::json;

use super::super::testing::{client, ok};

fn user(number: &str) -> serde_json::Value {
    json!({ "id": "u-1", "userName": "amara@example.test", "active": true,
            "name": { "familyName": "Okafor", "givenName": "Amara", "formatted": "x" },
            "emails": [{ "type": "work", "value": "Amara@Example.test" }],
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": { "employeeNumber": number, "companyId": "c" } })
}

#[tokio::test]
async fn a_person_by_employee_number() {
    let (concur, fake) =
        client(vec![ok(&json!({ "Resources": [user("E\"1"), user("other")], "totalResults": 2 }))]);
    let found = concur.employees(Some("E\"1")).await.unwrap();
    assert_eq!(found.len(), 1, "only who carries the number");
    assert_eq!((found[0].last.as_str(), found[0].first.as_str()), ("Okafor", "Amara"));
    assert_eq!((found[0].email.as_deref(), found[0].active), (Some("amara@example.test"), true));
    assert_eq!(fake.paths(), ["/profile/identity/v4/Users?filter=employeeNumber%20eq%20%22E%5C%221%22"]);
}

#[tokio::test]
async fn everybody_by_cursor() {
    let (concur, fake) = client(vec![
        ok(&json!({ "Resources": [user("1")], "nextCursor": "c 1" })),
        ok(&json!({ "Resources": [{ "id": "u-2", "active": false }], "nextCursor": "c 1" })),
    ]);
    let found = concur.employees(None).await.unwrap();
    assert_eq!(found.len(), 2, "a cursor that repeats is the end");
    assert!(!found[1].active && found[1].number.is_empty());
    assert!(fake.paths()[1].ends_with("&cursor=c%201"), "{}", fake.paths()[1]);
}

#[tokio::test]
async fn the_login_is_the_fall_back() {
    let (concur, fake) =
        client(vec![ok(&json!({ "Resources": [user("1")] })), ok(&json!({ "Resources": [] }))]);
    let found = concur.employee_of_login("Amara@example.test").await.unwrap().unwrap();
    assert_eq!(found.id, "u-1");
    assert_eq!(
        fake.paths(),
        ["/profile/identity/v4/Users?filter=userName%20eq%20%22Amara%40example.test%22"]
    );
    assert_eq!(concur.employee_of_login("nobody").await.unwrap(), None);
}
