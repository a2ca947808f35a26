use super::*;
use crate::sandbox::faults::{Fault, What, When};

fn fault(operation: &str, what: What, when: When) -> Fault {
    Fault::once("quickbooks_online", operation, what, when)
}

fn text(got: &Got, key: &str) -> String {
    got.json()[key].as_str().unwrap_or_else(|| panic!("no {key} in {:?}", got.body)).to_owned()
}

#[tokio::test]
async fn a_refresh_gives_the_same_token_for_a_day() {
    let desk = Desk::new().await;
    let first = text(&desk.refresh(desk.signed_in["refresh_token"].as_str().unwrap()).await, "refresh_token");
    assert_eq!(desk.signed_in["refresh_token"], first.as_str());
    desk.company.set_clock("2026-11-05T14:30:00Z".parse().unwrap());
    let second = desk.refresh(&first).await;
    assert_eq!(
        (second.json()["expires_in"].clone(), second.json()["token_type"].clone()),
        (json!(3600), json!("bearer"))
    );
    let second = text(&second, "refresh_token");
    assert_ne!(first, second);
    assert_eq!(text(&desk.refresh(&first).await, "refresh_token"), second, "the old one is good for a day");
    desk.company.set_clock("2026-11-06T14:29:00Z".parse().unwrap());
    assert_eq!(desk.refresh(&first).await.status, 200);
    desk.company.set_clock("2026-11-06T14:30:00Z".parse().unwrap());
    let dead = desk.refresh(&first).await;
    assert_eq!((dead.status, text(&dead, "error").as_str()), (400, "invalid_grant"));
    assert!(dead.json()["error_description"].is_string());
    desk.switch("bare_invalid_grant", json!("without"));
    assert_eq!(desk.refresh(&first).await.json(), json!({"error": "invalid_grant"}));
}

#[tokio::test]
async fn rotation_follows_its_switches() {
    let desk = Desk::new().await;
    let seed = desk.signed_in["refresh_token"].as_str().unwrap();
    desk.switch("rotate_every", json!("every refresh"));
    desk.switch("old_refresh_valid_for", json!("0s"));
    let next = text(&desk.refresh(seed).await, "refresh_token");
    assert_eq!(desk.refresh(seed).await.status, 400, "stale at once");
    assert_eq!(desk.refresh(&next).await.status, 200, "a stale use does not end the chain");
    desk.switch("rotate_every", json!("never"));
    let last = text(&desk.refresh(&text_of_last(&desk)).await, "refresh_token");
    desk.company.set_clock("2026-12-05T14:30:00Z".parse().unwrap());
    assert_eq!(text(&desk.refresh(&last).await, "refresh_token"), last);
    desk.faults.arm(fault("token", What::Rotate, When::Before)).unwrap();
    assert_ne!(text(&desk.refresh(&last).await, "refresh_token"), last);
    desk.company.set_clock("2027-06-05T14:30:00Z".parse().unwrap());
    assert_eq!(desk.refresh(&text_of_last(&desk)).await.status, 400, "unused for more than 101 days");
}

fn text_of_last(desk: &Desk) -> String {
    desk.company.bound(&[])["refresh_token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn two_refreshes_at_once_are_one_too_many() {
    for (setting, survives) in [("invalid_grant", true), ("revoke", false)] {
        let desk = Desk::new().await;
        let token = desk.signed_in["refresh_token"].as_str().unwrap().to_owned();
        desk.switch("concurrent_refresh", json!(setting));
        let slow = Fault { delay_ms: Some(50), ..fault("token", What::Delay, When::After) };
        desk.faults.arm(slow).unwrap();
        let (first, second) = tokio::join!(desk.refresh(&token), desk.refresh(&token));
        assert_eq!((first.status, second.status), (200, 400));
        assert_eq!(desk.refresh(&token).await.status == 200, survives);
    }
}

#[tokio::test]
async fn tokens_expire_after_an_hour() {
    let desk = Desk::new().await;
    assert_eq!(desk.get("preferences").await.status, 200);
    desk.company.set_clock("2026-11-04T15:30:00Z".parse().unwrap());
    let got = desk.get("preferences").await;
    let body = got.json();
    assert_eq!((got.status, &body["fault"]["error"][0]["code"]), (401, &json!("3200")));
    assert!(body["time"].is_number() && body["fault"]["type"] == "AUTHENTICATION");
    assert!(got.headers["www-authenticate"].to_str().unwrap().contains("invalid_token"));
    desk.switch("fault_401_case", json!("upper"));
    assert_eq!(code(&desk.get("preferences").await.json()), "3200");
}

#[tokio::test]
async fn the_company_opens_for_its_own_token_alone() {
    let desk = Desk::new().await;
    let bare = Request::get(format!("/v3/company/{REALM}/preferences")).body(Body::empty()).unwrap();
    let got = desk.send(bare).await.unwrap();
    assert_eq!((got.status, got.json()["fault"]["error"][0]["code"].clone()), (401, json!("3202")));
    let foreign = Request::get("/v3/company/9999/preferences")
        .header("authorization", format!("Bearer {}", desk.token))
        .body(Body::empty())
        .unwrap();
    let got = desk.send(foreign).await.unwrap();
    assert_eq!((got.status, got.json()["fault"]["error"][0]["code"].clone()), (401, json!("3201")));
    let elsewhere = Request::get("/nowhere").body(Body::empty()).unwrap();
    assert_eq!(desk.send(elsewhere).await.unwrap().status, 404);
}

#[tokio::test]
async fn token_faults_can_be_armed() {
    let desk = Desk::new().await;
    desk.faults.arm(fault("bill", What::ExpireToken, When::Before)).unwrap();
    assert_eq!(desk.post("bill", desk.bill("A")).await.status, 401);
    assert_eq!(desk.count("Bill"), 2, "a 401 rejects the call before any processing");
    let token = desk.signed_in["refresh_token"].as_str().unwrap();
    assert_eq!(desk.refresh(token).await.status, 200);
    desk.faults.arm(fault("token", What::Revoke, When::Before)).unwrap();
    assert_eq!(desk.refresh(token).await.status, 400);
    assert_eq!(desk.faults.fired().get("quickbooks_online/token/revoke"), Some(&1));
}

#[tokio::test]
async fn wrong_keys_and_wrong_forms_are_told_apart() {
    let desk = Desk::new().await;
    let request = Request::post("/oauth2/v1/tokens/bearer").header("authorization", "Basic bm86bm8=");
    let got = desk
        .send(request.body(Body::from("grant_type=refresh_token&refresh_token=x")).unwrap())
        .await
        .unwrap();
    assert_eq!((got.status, got.json()), (401, json!({"error": "invalid_client"})));
    for (form, error) in [
        ("grant_type=password", "unsupported_grant_type"),
        ("grant_type=refresh_token", "invalid_request"),
        ("refresh_token=x", "invalid_request"),
        ("grant_type=refresh_token&refresh_token=x", "invalid_grant"),
    ] {
        assert_eq!(text(&desk.token_call(form.to_owned()).await, "error"), error, "{form}");
    }
    assert_eq!(desk.calls("api"), 0);
}

#[tokio::test]
async fn consent_gives_a_code_that_works_once() {
    let desk = Desk::new().await;
    let id = desk.signed_in["client_id"].as_str().unwrap();
    let path = format!(
        "/connect/oauth2?client_id={id}&response_type=code&scope=com.intuit.quickbooks.accounting\
                        &redirect_uri=http%3A%2F%2Flocalhost%3A1%2Fcb&state=a%26b"
    );
    let ask = || Request::get(&path).body(Body::empty()).unwrap();
    let got = desk.send(ask()).await.unwrap();
    let to = got.headers["location"].to_str().unwrap().to_owned();
    assert_eq!(got.status, 302);
    assert!(
        to.starts_with("http://localhost:1/cb?code=") && to.contains(&format!("realmId={REALM}")),
        "{to}"
    );
    assert!(to.ends_with("state=a%26b"), "{to}");
    let code = to.split_once("code=").unwrap().1.split('&').next().unwrap().to_owned();
    let form =
        format!("grant_type=authorization_code&code={code}&redirect_uri=http%3A%2F%2Flocalhost%3A1%2Fcb");
    let granted = desk.token_call(form.clone()).await;
    assert_eq!(granted.status, 200);
    assert_eq!(text(&desk.token_call(form).await, "error"), "invalid_grant");
    assert_eq!(desk.refresh(&text(&granted, "refresh_token")).await.status, 200);
    desk.switch("authorize", json!("deny"));
    let to = desk.send(ask()).await.unwrap().headers["location"].to_str().unwrap().to_owned();
    assert!(to.contains("error=access_denied"), "{to}");
}

#[tokio::test]
async fn revoking_ends_the_connection() {
    let desk = Desk::new().await;
    let revoke = |body: String| {
        let request = Request::post("/v2/oauth2/tokens/revoke").header("authorization", desk.basic());
        request.body(Body::from(body)).unwrap()
    };
    assert_eq!(desk.send(revoke(json!({"token": "unknown"}).to_string())).await.unwrap().status, 400);
    let token = desk.signed_in["refresh_token"].as_str().unwrap();
    let got = desk.send(revoke(format!("token={token}"))).await.unwrap();
    assert_eq!((got.status, got.body.len()), (200, 0));
    assert_eq!(desk.get("preferences").await.status, 401);
    assert_eq!(desk.refresh(token).await.status, 400);
    desk.company.reset();
    assert_eq!(desk.refresh(token).await.status, 200, "back to the seed");
    assert_eq!(desk.get("preferences").await.status, 401, "an access token of before the reset is not valid");
}

#[tokio::test]
async fn the_discovery_document_names_the_endpoints() {
    let desk = Desk::new().await;
    let request = Request::get("/.well-known/openid_configuration/").body(Body::empty()).unwrap();
    let body = desk.send(request).await.unwrap().json();
    assert_eq!(body["token_endpoint"], desk.signed_in["token_url"]);
    assert_eq!(body["revocation_endpoint"], "http://qbo.test/v2/oauth2/tokens/revoke");
}

#[tokio::test]
async fn a_code_is_good_for_five_minutes_and_once() {
    let desk = Desk::new().await;
    let scope = "com.intuit.quickbooks.accounting";
    let client = desk.signed_in["client_id"].as_str().unwrap();
    // the contract has no proof key: one that is sent is taken and not looked at
    let page = format!(
        "/connect/oauth2?client_id={client}&response_type=code&scope={scope}&redirect_uri=http://localhost:1/cb&state=s\
         &code_challenge=x&code_challenge_method=S256"
    );
    let code = async || {
        let got = desk.send(Request::get(&page).body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(got.status, 302);
        let to = got.headers["location"].to_str().unwrap().to_owned();
        to.split_once("code=").unwrap().1.split('&').next().unwrap().to_owned()
    };
    let exchange = async |code: &str| {
        let form =
            format!("grant_type=authorization_code&code={code}&redirect_uri=http%3A%2F%2Flocalhost%3A1%2Fcb");
        desk.token_call(form + "&code_verifier=y").await
    };
    let late = code().await;
    desk.company.set_clock("2026-11-04T14:35:00Z".parse().unwrap());
    assert_eq!(text(&exchange(&late).await, "error"), "invalid_grant");
    let good = code().await;
    desk.company.set_clock("2026-11-04T14:39:59Z".parse().unwrap());
    let refresh = text(&exchange(&good).await, "refresh_token");
    assert_eq!(text(&exchange(&good).await, "error"), "invalid_grant", "a code works once");
    assert_eq!(desk.refresh(&refresh).await.status, 200);
    desk.switch("code_reuse", json!("revoke"));
    assert_eq!(exchange(&good).await.status, 400);
    assert_eq!(text(&desk.refresh(&refresh).await, "error"), "invalid_grant", "and its connection is gone");
}

#[tokio::test]
async fn keys_and_the_person_who_consented_are_served() {
    let desk = Desk::new().await;
    let open = async |path: &str, bearer: &str| {
        let request = Request::get(path).header("authorization", format!("Bearer {bearer}"));
        desk.send(request.body(Body::empty()).unwrap()).await.unwrap()
    };
    assert_eq!(open("/op/v1/jwks", "").await.json()["keys"][0]["kty"], "RSA");
    assert_eq!(open("/v1/openid_connect/userinfo", "none").await.status, 401);
    assert_eq!(open("/v1/openid_connect/userinfo", &desk.token).await.json()["givenName"], "Sam");
}
