//! Lists that come and go: currencies, employees, merges (contract sections 7.1, 7.8, 7.10).

use super::*;

#[tokio::test]
async fn a_currency_can_be_put_in_use_and_out_of_it() {
    let desk = Desk::new().await;
    let vendor = |name: &str| json!({"DisplayName": name, "CurrencyRef": {"value": "GBP"}});
    assert_eq!(desk.post("vendor", vendor("A")).await.fault().1, "2220");
    let made = desk.post("companycurrency", json!({"Code": "GBP"})).await.json()["CompanyCurrency"].clone();
    assert_eq!((&made["Name"], &made["Active"]), (&json!("British Pound Sterling"), &json!(true)));
    assert_eq!(desk.post("vendor", vendor("A")).await.status, 200);
    for (body, code) in [
        (json!({"Code": "GBP"}), "6240"),
        (json!({"Code": "EUR"}), "6240"),
        (json!({"Code": "USD"}), "2220"),
        (json!({"Code": "POUND"}), "2220"),
        (json!({}), "2020"),
    ] {
        assert_eq!(desk.post("companycurrency", body.clone()).await.fault().1, code, "{body}");
    }
    let off = json!({"Id": made["Id"], "SyncToken": "0", "sparse": true, "Active": false});
    assert_eq!(desk.post("companycurrency", off).await.status, 200);
    assert_eq!(desk.post("vendor", vendor("B")).await.fault().1, "2220");
    assert_eq!(desk.rows("select * from CompanyCurrency", "CompanyCurrency").await.len(), 1);
    desk.switch("multicurrency", json!("off"));
    assert_eq!(desk.post("companycurrency", json!({"Code": "CHF"})).await.fault().1, "6000");
}

#[tokio::test]
async fn an_employee_shares_the_space_of_names_and_is_no_vendor() {
    let desk = Desk::new().await;
    let made = desk.post("employee", json!({"GivenName": "Nora", "FamilyName": "Feld"})).await.json();
    let made = &made["Employee"];
    assert_eq!(made["DisplayName"], "Nora Feld");
    for kind in ["vendor", "customer"] {
        assert_eq!(desk.post(kind, json!({"DisplayName": "nora feld"})).await.fault().1, "6240", "{kind}");
    }
    let bill = with(desk.bill("A"), "/VendorRef/value", made["Id"].clone());
    assert_eq!(desk.post("bill", bill).await.fault().1, "2500", "an employee cannot be billed");
    let off = json!({"Id": made["Id"], "SyncToken": "0", "sparse": true, "Active": false});
    assert_eq!(desk.post("employee", off).await.json()["Employee"]["DisplayName"], "Nora Feld (deleted)");
    let shown = desk.rows("select * from Employee where Active in (true, false)", "Employee").await;
    assert_eq!(shown.len(), 1);
    let changes = desk.get("cdc?entities=Employee&changedSince=2026-11-01").await.json();
    assert_eq!(changes["CDCResponse"][0]["QueryResponse"][0]["Employee"][0]["Active"], false);
}

#[tokio::test]
async fn lists_are_made_changed_and_made_inactive_over_http() {
    let desk = Desk::new().await;
    let parent = desk.id("Customer", "Aldgate Bank");
    for (kind, body, edit) in [
        ("vendor", json!({"DisplayName": "New One"}), json!({"DisplayName": "Newer One"})),
        (
            "customer",
            json!({"DisplayName": "New job", "Job": true, "ParentRef": {"value": parent}}),
            json!({"DisplayName": "Newer job"}),
        ),
        ("class", json!({"Name": "450 Sustainability"}), json!({"Name": "451 Sustainability"})),
        ("department", json!({"Name": "Worcester"}), json!({"Name": "Springfield"})),
        ("term", json!({"Name": "Net 45", "DueDays": 45}), json!({"Name": "Net 46", "DueDays": 46})),
        ("account", json!({"Name": "Gifts", "AccountType": "Expense"}), json!({"Name": "Presents"})),
    ] {
        let entity =
            |got: Got| got.json().as_object().unwrap().values().find(|one| one.is_object()).unwrap().clone();
        let made = entity(desk.post(kind, body.clone()).await);
        assert_eq!(made["SyncToken"], "0", "{kind}: {made}");
        assert_eq!(desk.post(kind, body).await.fault().1, "6240", "{kind}");
        let to = |token: &str, fields: &Value| {
            let mut all = json!({"Id": made["Id"], "SyncToken": token, "sparse": true});
            all.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
            all
        };
        let changed = entity(desk.post(kind, to("0", &edit)).await);
        let name = if edit.get("Name").is_some() { "Name" } else { "DisplayName" };
        assert_eq!((&changed[name], &changed["SyncToken"]), (&edit[name], &json!("1")), "{kind}");
        assert_eq!(desk.post(kind, to("0", &edit)).await.fault().1, "5010", "{kind}");
        let without = with(to("1", &edit), "/SyncToken", Value::Null);
        assert_eq!(desk.post(kind, without).await.fault().1, "2020", "{kind}");
        let off = entity(desk.post(kind, to("1", &json!({"Active": false}))).await);
        let shown = format!("{} (deleted)", edit[name].as_str().unwrap());
        assert_eq!((&off[name], &off["Active"]), (&json!(shown), &json!(false)), "{kind}");
        let again = json!({name: edit[name], "AccountType": "Expense", "DueDays": 46});
        let again = match kind {
            "account" => with(again, "/DueDays", Value::Null),
            "term" => with(again, "/AccountType", Value::Null),
            _ => with(with(again, "/DueDays", Value::Null), "/AccountType", Value::Null),
        };
        let again =
            if kind == "customer" { with(again, "/ParentRef", json!({"value": parent})) } else { again };
        assert_eq!(desk.post(kind, again).await.fault().1, "6240", "{kind}: an inactive one keeps its name");
        let on = entity(desk.post(kind, to("2", &json!({"Active": true}))).await);
        assert_eq!(on[name], edit[name], "{kind}: the name comes back");
    }
}

#[tokio::test]
async fn the_loser_of_a_merge_disappears_and_its_bills_move() {
    let desk = Desk::new().await;
    let okafor = desk.id("Vendor", "Okafor, Amara");
    let other = desk.id("Vendor", "Raman, Dev");
    let bill = desk.post("bill", desk.bill("M")).await.json()["Bill"].clone();
    let merged = desk.company.by_hand("merge", "Vendor", &json!({"Id": okafor, "Into": other})).unwrap();
    assert_eq!(merged["Vendor"]["Id"], other.as_str());
    assert_eq!(desk.get(&format!("vendor/{okafor}")).await.fault(), (400, "610".to_owned()));
    let moved = desk.get(&format!("bill/{}", bill["Id"].as_str().unwrap())).await.json()["Bill"].clone();
    assert_eq!(moved["VendorRef"], json!({"value": other, "name": "Raman, Dev"}));
    assert_eq!(moved["SyncToken"], "1");
    assert_eq!(
        desk.post("vendor", json!({"DisplayName": "Okafor, Amara"})).await.status,
        200,
        "the name is free"
    );
    let euro = desk.id("Vendor", "Müller, Grace");
    assert!(
        desk.company
            .by_hand("merge", "Vendor", &json!({"Id": euro, "Into": other}))
            .unwrap_err()
            .starts_with("6000")
    );
    assert!(
        desk.company
            .by_hand("merge", "Bill", &json!({"Id": "1", "Into": "2"}))
            .unwrap_err()
            .starts_with("500")
    );
}
