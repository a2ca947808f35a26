//! The token endpoint: flows, codes, data centres, rotation.

use super::*;

#[tokio::test]
async fn the_company_signs_in_with_its_request_token() {
    let mut bench = Bench::new(FIRST_LOOK).await;
    let answer = bench.sign_in().await;
    assert_eq!(answer["expires_in"], "3600");
    assert_eq!(answer["token_type"], "Bearer");
    assert_eq!(answer["geolocation"], "http://127.0.0.1:1");
    let ends = answer["refresh_expires_in"].as_i64().unwrap();
    assert_eq!(ends, at(FIRST_LOOK).as_second() + 180 * 86_400);
    assert_eq!(bench.bound["token_url"], "http://127.0.0.1:1/oauth2/v0/token");
}

#[tokio::test]
async fn what_is_wrong_with_a_sign_in_has_its_code() {
    let bench = Bench::new(FIRST_LOOK).await;
    let foreign = bench.bound["foreign_request_token"].as_str().unwrap().to_owned();
    for (changes, status, code) in [
        (vec![("client_id", "")], 400, 62),
        (vec![("client_secret", "")], 400, 63),
        (vec![("grant_type", "")], 400, 65),
        (vec![("client_id", "unknown")], 401, 61),
        (vec![("client_secret", "wrong")], 401, 64),
        (vec![("grant_type", "magic")], 400, 60),
        (vec![("username", "")], 400, 51),
        (vec![("password", "")], 400, 52),
        (vec![("password", "at-wrong")], 400, 19),
        (vec![("password", foreign.as_str())], 400, 136),
        (vec![("credtype", "")], 400, 100),
        (vec![("credtype", "other")], 400, 120),
        (vec![("grant_type", "refresh_token")], 400, 106),
        (vec![("grant_type", "refresh_token"), ("refresh_token", "gone")], 400, 108),
        (vec![("grant_type", "authorization_code")], 400, 101),
    ] {
        let (found, answer) = bench.token(0, &bench.sign_in_form(&changes)).await;
        assert_eq!((found, answer["code"].as_u64()), (status, Some(code)), "{changes:?}");
    }
    let json = Request::post("/oauth2/v0/token").header("content-type", "application/json");
    let (status, answer) = bench.send(0, json.body(Body::from("{}")).unwrap()).await;
    assert_eq!((status, answer["code"].as_u64()), (400, Some(135)));
}

#[tokio::test]
async fn a_request_token_lives_for_a_day() {
    let bench = Bench::new(FIRST_LOOK).await;
    bench.concur.set_clock(at("2026-11-05T14:30:00Z"));
    let (_, answer) = bench.token(0, &bench.sign_in_form(&[])).await;
    assert_eq!(answer["code"], 19);
    bench.concur.switch("issue_request_token", &json!(true)).unwrap();
    assert_eq!(bench.token(0, &bench.sign_in_form(&[])).await.0, 200);
}

#[tokio::test]
async fn maintenance_answers_134_and_503() {
    let bench = Bench::new(FIRST_LOOK).await;
    bench.concur.switch("maintenance", &json!(true)).unwrap();
    assert_eq!(bench.token(0, &bench.sign_in_form(&[])).await.1["code"], 134);
    assert_eq!(bench.get(EXPENSES).await.0, 503);
    bench.concur.switch("maintenance", &json!(false)).unwrap();
    assert_eq!(bench.get(EXPENSES).await.0, 200);
}

#[tokio::test]
async fn a_moved_company_answers_in_its_new_data_centre_only() {
    let mut bench = Bench::new(FIRST_LOOK).await;
    let signed = bench.sign_in().await;
    bench.concur.switch("move_company", &json!(true)).unwrap();
    assert_eq!(bench.get(EXPENSES).await.0, 401);
    let refresh = signed["refresh_token"].as_str().unwrap();
    let form = bench.sign_in_form(&[("grant_type", "refresh_token"), ("refresh_token", refresh)]);
    let (status, answer) = bench.token(0, &form).await;
    assert_eq!((status, answer["code"].as_u64()), (400, Some(16)));
    assert_eq!(answer["geolocation"], "http://127.0.0.1:2");
    let (status, answer) = bench.token(1, &form).await;
    assert_eq!(status, 200);
    assert_eq!(answer["geolocation"], "http://127.0.0.1:2");
    bench.token = answer["access_token"].as_str().unwrap().to_owned();
    let request = bench.request(EXPENSES).body(Body::empty()).unwrap();
    assert_eq!(bench.send(1, request).await.0, 200);
}

#[tokio::test]
async fn refresh_tokens_stay_or_rotate_as_switched() {
    let mut bench = Bench::new(FIRST_LOOK).await;
    let first = bench.sign_in().await["refresh_token"].as_str().unwrap().to_owned();
    let form =
        |token: &str, b: &Bench| b.sign_in_form(&[("grant_type", "refresh_token"), ("refresh_token", token)]);
    let (_, kept) = bench.token(0, &form(&first, &bench)).await;
    assert_eq!(kept["refresh_token"], *first);
    bench.concur.switch("rotate_refresh_token", &json!(true)).unwrap();
    let (status, rotated) = bench.token(0, &form(&first, &bench)).await;
    assert_eq!(status, 200);
    let second = rotated["refresh_token"].as_str().unwrap();
    assert_ne!(second, first);
    assert_eq!(bench.token(0, &form(&first, &bench)).await.1["code"], 108);
    assert_eq!(bench.token(0, &form(second, &bench)).await.0, 200);
}

#[tokio::test]
async fn an_app_token_has_no_refresh_token_and_reads_no_documents() {
    let mut bench = Bench::new(FIRST_LOOK).await;
    let (_, app) = bench.token(0, &bench.sign_in_form(&[("grant_type", "client_credentials")])).await;
    assert!(app.get("refresh_token").is_none());
    bench.token = app["access_token"].as_str().unwrap().to_owned();
    assert_eq!(bench.get(EXPENSES).await.0, 403);
    let password = bench.bound["user_password"].as_str().unwrap().to_owned();
    let form = bench.sign_in_form(&[
        ("username", "amara.okafor@fernhillquay.example"),
        ("password", &password),
        ("credtype", "password"),
    ]);
    let (status, user) = bench.token(0, &form).await;
    assert_eq!(status, 200);
    bench.token = user["access_token"].as_str().unwrap().to_owned();
    assert_eq!(bench.get(EXPENSES).await.0, 403);
    assert_eq!(bench.get("/api/v3.0/expense/reports?user=ALL").await.0, 200);
}

#[tokio::test]
async fn access_ends_after_an_hour_and_when_the_connection_is_cut() {
    let mut bench = Bench::new(FIRST_LOOK).await;
    bench.concur.set_clock(at("2026-11-04T15:29:59Z"));
    assert_eq!(bench.get(EXPENSES).await.0, 200);
    bench.concur.set_clock(at("2026-11-04T15:30:00Z"));
    assert_eq!(bench.get(EXPENSES).await.0, 401);
    let signed = bench.sign_in().await;
    let cut = bench.request("/app-mgmt/v0/connections").method("DELETE").body(Body::empty()).unwrap();
    assert_eq!(bench.send(0, cut).await.0, 200);
    assert_eq!(bench.get(EXPENSES).await.0, 401);
    let refresh = signed["refresh_token"].as_str().unwrap();
    let form = bench.sign_in_form(&[("grant_type", "refresh_token"), ("refresh_token", refresh)]);
    assert_eq!(bench.token(0, &form).await.1["code"], 108);
}
