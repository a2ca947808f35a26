use serde_json::json;

use super::*;

fn keys(url: &str) -> ClientKeys {
    ClientKeys { token_url: url.into(), client_id: "app 1".into(), client_secret: "s&cret".to_owned().into() }
}

fn now() -> Timestamp {
    "2026-09-02T08:00:00Z".parse().unwrap()
}

fn read(status: u16, body: &str) -> SignedIn {
    ConcurSignIn.read(Ok(Reply { status, headers: vec![], body: body.as_bytes().to_vec() }), now())
}

fn body(request: &Request) -> &str {
    std::str::from_utf8(&request.body).unwrap()
}

#[test]
fn the_form_of_a_refresh() {
    let r = ConcurSignIn
        .refresh(&keys("https://us2.api.concursolutions.com/oauth2/v0/token"), &"r+1".to_owned().into());
    assert_eq!(r.method, Method::Post);
    assert_eq!(r.url, "https://us2.api.concursolutions.com/oauth2/v0/token");
    assert_eq!(
        body(&r),
        "client_id=app%201&client_secret=s%26cret&grant_type=refresh_token&refresh_token=r%2B1"
    );
    assert!(r.headers.contains(&("Content-Type".into(), "application/x-www-form-urlencoded".into())));
}

#[test]
fn the_form_of_a_company_connect_says_authtoken() {
    let grant = Grant::Company { company: "uuid".into(), request_token: "at-1".to_owned().into() };
    let r = ConcurSignIn.first(&keys("https://glz.api.concursolutions.com"), &grant);
    assert_eq!(r.url, "https://glz.api.concursolutions.com/oauth2/v0/token", "a host alone gets the path");
    assert!(body(&r).ends_with("&grant_type=password&username=uuid&password=at-1&credtype=authtoken"));
    let grant = Grant::Code { code: "c".to_owned().into(), redirect: "http://127.0.0.1:9/x".into() };
    let r = ConcurSignIn.first(&keys("http://127.0.0.1:8/"), &grant);
    assert_eq!(r.url, "http://127.0.0.1:8/oauth2/v0/token");
    assert!(
        body(&r)
            .ends_with("&grant_type=authorization_code&code=c&redirect_uri=http%3A%2F%2F127.0.0.1%3A9%2Fx")
    );
}

#[test]
fn an_answer_with_tokens() {
    let answer = |expires: serde_json::Value, refresh: serde_json::Value, geo: &str| {
        json!({ "expires_in": expires, "access_token": "a", "refresh_token": "r", "refresh_expires_in": refresh,
                "geolocation": geo, "scope": "FISVC", "id_token": "x" })
        .to_string()
    };
    let until = json!(1_803_340_800);
    for (body, access, refresh, base) in [
        (
            answer(json!("3600"), until.clone(), "https://US2.api.concursolutions.com/oauth2/v0/token"),
            "2026-09-02T09:00:00Z",
            "2027-02-23T00:00:00Z",
            Some("https://us2.api.concursolutions.com"),
        ),
        (answer(json!(1800), json!("1803340800"), ""), "2026-09-02T08:30:00Z", "2027-02-23T00:00:00Z", None),
        (
            answer(json!(null), json!(null), "http://evil.test"),
            "2026-09-02T09:00:00Z",
            "2027-03-01T08:00:00Z",
            None,
        ),
        (
            answer(json!(3600), json!(15_552_000), "http://127.0.0.1:4/x"),
            "2026-09-02T09:00:00Z",
            "2027-03-01T08:00:00Z",
            Some("http://127.0.0.1:4"),
        ),
        (
            answer(json!(3600), until, "https://a@b.test"),
            "2026-09-02T09:00:00Z",
            "2027-02-23T00:00:00Z",
            None,
        ),
    ] {
        let SignedIn::Tokens { access: a, access_until, refresh: r, refresh_until, base_url } =
            read(200, &body)
        else {
            panic!("no tokens: {body}")
        };
        assert_eq!((a.expose_secret(), r.expose_secret()), ("a", "r"));
        assert_eq!(
            (access_until.to_string().as_str(), refresh_until.to_string().as_str()),
            (access, refresh)
        );
        assert_eq!(base_url.as_deref(), base);
    }
}

#[test]
fn an_answer_without_tokens_is_tried_later_and_repeats_no_secret() {
    for body in [
        "",
        "[]",
        "{}",
        r#"{"access_token":"hidden"}"#,
        r#"{"access_token":"hidden","refresh_token":""}"#,
        r#"{"access_token":"hidden" x"#,
        r#"{"access_token":["hidden"]}"#,
    ] {
        let SignedIn::Later(why) = read(200, body) else { panic!("{body}") };
        assert!(!why.contains("hidden"), "{why}");
    }
}

#[test]
fn the_table_of_codes() {
    let person = [
        5, 10, 11, 12, 13, 14, 19, 20, 21, 51, 52, 53, 54, 55, 58, 59, 60, 61, 62, 63, 64, 65, 80, 85, 100,
        101, 102, 103, 104, 105, 106, 107, 109, 115, 120, 121, 123, 124, 135, 136, 139, 999,
    ];
    for code in person {
        for status in [400, 401, 403, 404] {
            let body =
                json!({ "code": code, "error": "invalid_grant", "error_description": "made up" }).to_string();
            let SignedIn::Reauthorise(why) = read(status, &body) else { panic!("{code}") };
            assert!(why.contains(&code.to_string()) && why.contains("made up"), "{why}");
        }
    }
    let with = |code: i64, geo: &str| json!({ "code": code, "error": "x", "geolocation": geo }).to_string();
    assert!(
        matches!(read(400, &with(16, "https://eu2.api.concursolutions.com/x")), SignedIn::Moved(to) if to == "https://eu2.api.concursolutions.com")
    );
    assert!(matches!(read(400, &with(16, "")), SignedIn::Reauthorise(_)));
    assert!(matches!(read(400, &with(134, "")), SignedIn::Later(_)), "a 4xx that is maintenance");
    assert!(matches!(read(400, &with(108, "")), SignedIn::Stale(_)));
    assert!(
        matches!(read(403, r#"{"code":"108","error":"invalid_grant"}"#), SignedIn::Stale(_)),
        "code as text"
    );
}

#[test]
fn without_a_code() {
    assert!(matches!(read(400, r#"{"error":"invalid_grant"}"#), SignedIn::Stale(_)));
    assert!(matches!(read(401, r#"{"error":"invalid_client"}"#), SignedIn::Reauthorise(_)));
    for status in [400, 404, 429, 500, 503] {
        assert!(matches!(read(status, "<html/>"), SignedIn::Later(_)), "{status}");
    }
    let heard = Err(NetError::NotSent("dns".into()));
    assert!(matches!(ConcurSignIn.read(heard, now()), SignedIn::Later(why) if why.contains("dns")));
}

/// The sentence that a person sees.
fn sentence(code: i64, geolocation: &str) -> String {
    let body =
        json!({ "code": code, "error": "x", "error_description": "made up", "geolocation": geolocation });
    match read(400, &body.to_string()) {
        SignedIn::Reauthorise(why) | SignedIn::Stale(why) | SignedIn::Later(why) => why,
        SignedIn::Moved(to) => panic!("moved to {to}"),
        SignedIn::Tokens { .. } => panic!("tokens"),
    }
}

#[test]
fn code_16_moves_to_concurs_hosts_alone() {
    let moved = |geolocation: &str| {
        let body = json!({ "code": 16, "error": "invalid_request", "geolocation": geolocation }).to_string();
        match read(400, &body) {
            SignedIn::Moved(to) => Some(to),
            _ => None,
        }
    };
    for (geolocation, to) in [
        ("https://emea.api.concursolutions.com", "https://emea.api.concursolutions.com"),
        (
            "https://EU2.api.concursolutions.com:443/oauth2/v0/token",
            "https://eu2.api.concursolutions.com:443",
        ),
        ("https://cn.api.concurcdc.cn/", "https://cn.api.concurcdc.cn"),
        ("http://127.0.0.1:4100", "http://127.0.0.1:4100"),
        ("http://localhost:4100/x", "http://localhost:4100"),
    ] {
        assert_eq!(moved(geolocation).as_deref(), Some(to));
    }
    for elsewhere in [
        "https://evil.example",
        "https://evil.example:443",
        "https://api.concursolutions.com.evil.example",
        "https://evilapi.concursolutions.com",
        "https://us2.api.concursolutions.com:8443",
        "https://user@us2.api.concursolutions.com",
        "http://us2.api.concursolutions.com",
    ] {
        assert_eq!(moved(elsewhere), None, "{elsewhere}");
        assert!(sentence(16, elsewhere).contains("none of Concur's"), "{elsewhere}");
    }
    assert!(sentence(16, "").contains("did not say"));
}

#[test]
fn codes_that_need_a_new_request_token_say_how_long_things_last() {
    for code in [5, 19, 106, 108, 136] {
        let why = sentence(code, "");
        assert!(why.contains("company request token") && why.contains("24 hours"), "{why}");
        assert!(why.contains("Authentication Admin"), "{why}");
    }
    assert!(sentence(108, "").contains("six months"));
}

#[test]
fn code_64_asks_for_the_client_secret() {
    assert!(sentence(64, "").contains("client secret"));
    assert!(sentence(61, "").contains("client id"));
}

#[test]
fn codes_65_120_and_135_are_a_fault_of_the_form() {
    for code in [65, 120, 135] {
        assert!(sentence(code, "").contains("form of the sign-in"), "{code}");
    }
}

#[test]
fn code_134_waits() {
    let body = r#"{"code":134,"error":"invalid_request","error_description":"maintenance"}"#;
    assert!(matches!(read(400, body), SignedIn::Later(why) if why.contains("scheduled maintenance")));
}

#[test]
fn a_geolocation_that_is_none_of_concurs_is_not_kept() {
    for (geolocation, kept) in [
        ("https://eu2.api.concursolutions.com/oauth2/v0/token", Some("https://eu2.api.concursolutions.com")),
        ("https://evil.example", None),
    ] {
        let body =
            json!({ "access_token": "a", "refresh_token": "r", "geolocation": geolocation }).to_string();
        let SignedIn::Tokens { base_url, .. } = read(200, &body) else { panic!("no tokens") };
        assert_eq!(base_url.as_deref(), kept);
    }
}

#[test]
fn a_token_of_the_application() {
    let r = ConcurSignIn.application(&keys("https://us2.api.concursolutions.com")).unwrap();
    assert_eq!(r.url, "https://us2.api.concursolutions.com/oauth2/v0/token");
    assert_eq!(body(&r), "client_id=app%201&client_secret=s%26cret&grant_type=client_credentials");
    let read_application = |status: u16, body: &str| {
        ConcurSignIn
            .read_application(Ok(Reply { status, headers: vec![], body: body.as_bytes().to_vec() }), now())
    };
    let answer = r#"{"expires_in":"3600","access_token":"app","token_type":"Bearer","scope":"events.topic.read",
                     "geolocation":"https://us2.api.concursolutions.com"}"#;
    let SignedIn::Tokens { access, access_until, refresh, refresh_until, base_url } =
        read_application(200, answer)
    else {
        panic!("no tokens")
    };
    assert_eq!((access.expose_secret(), refresh.expose_secret()), ("app", ""));
    assert_eq!((access_until, refresh_until), (now() + SignedDuration::from_hours(1), access_until));
    assert_eq!(base_url.as_deref(), Some("https://us2.api.concursolutions.com"));
    assert!(
        matches!(read(200, answer), SignedIn::Later(_)),
        "a company's answer without a refresh token is none"
    );
    assert!(matches!(read_application(200, "{}"), SignedIn::Later(_)));
    assert!(matches!(
        read_application(401, r#"{"code":64,"error":"invalid_client"}"#),
        SignedIn::Reauthorise(_)
    ));
    assert!(matches!(read_application(503, ""), SignedIn::Later(_)));
}
