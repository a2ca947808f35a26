//! Odd answers by switch: tokens, scopes, payloads.

use super::*;

async fn document(bench: &Bench, kind: &str, number: &str) -> Value {
    let path = EXPENSES.replace("expense", kind);
    let id = bench.business(number);
    let (_, page) = bench.get(&format!("{path}?docId={id}&ignoreDocumentStatus=yes")).await;
    page["content"][0]["document"].clone()
}

#[tokio::test]
async fn payloads_come_in_odd_shapes() {
    let bench = Bench::new(FIRST_LOOK).await;
    bench.set("decimals", json!("eight"));
    let report = document(&bench, "expense", "B4Q7TN").await;
    assert_eq!(report["report"]["totalApprovedAmount"].to_string(), "1290.15000000");
    assert!(report["report"]["reportKey"].to_string().bytes().all(|b| b.is_ascii_digit()));
    bench.set("decimals", json!("short"));
    let report = document(&bench, "expense", "B4Q7TN").await;
    assert_eq!(report["expenseEntry"][1]["entryApprovedAmount"].to_string(), "538");
    bench.set("decimals", json!("sample"));
    for (word, date) in [("american", "10/09/2026"), ("iso", "2026-10-09")] {
        bench.set("invoice_dates", json!(word));
        assert_eq!(document(&bench, "invoice", "CL-2188").await["requestHeader"]["invoiceDate"], date);
    }
    let entry = async |bench: &Bench| document(bench, "expense", "B4Q7TN").await["expenseEntry"][0].clone();
    bench.set("padded_codes", json!(true));
    bench.set("digit_payment_types", json!(true));
    let padded = entry(&bench).await;
    assert_eq!(
        (&padded["expenseTypeCode"], &padded["reportEntryPatKey"]),
        (&json!("AIRFR   "), &json!("1001"))
    );
    assert_eq!(padded["allocation"][0]["allocationCustom1Code"], "CC100   ");
    assert!(padded["clearingAccountCode"].is_null() && padded.get("clearingAccountCode").is_some());
    bench.set("empty_fields", json!("absent"));
    assert!(entry(&bench).await.get("clearingAccountCode").is_none());
    bench.set("empty_fields", json!("blank"));
    assert_eq!(entry(&bench).await["clearingAccountCode"], "");
    bench.set("empty_fields", json!("null"));
    let account = "/expenseEntry/0/allocation/0/journal/0/journalAccountCode";
    assert!(document(&bench, "expense", "W2FQ9M").await.pointer(account).unwrap().is_null());
    assert!(bench.concur.switch("decimals", &json!("nine")).is_err());
    // the ground truth stays as it is
    assert_eq!(bench.truth(&bench.id("W2FQ9M"))["document"].pointer(account), Some(&json!("")));
}

#[tokio::test]
async fn token_answers_come_in_odd_shapes() {
    let mut bench = Bench::new(FIRST_LOOK).await;
    for (switch, value) in [
        ("expires_in_number", json!(true)),
        ("hide_refresh_expiry", json!(true)),
        ("geolocation_with_path", json!(true)),
        ("access_minutes", json!(5)),
    ] {
        bench.set(switch, value);
    }
    let answer = bench.sign_in().await;
    assert_eq!(answer["expires_in"], 300);
    assert!(answer.get("refresh_expires_in").is_none() && answer["refresh_token"].is_string());
    assert_eq!(answer["geolocation"], "http://127.0.0.1:1/oauth2/v0/token");
    bench.concur.set_clock(at("2026-11-04T14:34:59Z"));
    assert_eq!(bench.get(EXPENSES).await.0, 200);
    bench.concur.set_clock(at("2026-11-04T14:35:00Z"));
    assert_eq!(bench.get(EXPENSES).await.0, 401);
}

#[tokio::test]
async fn a_token_without_the_scope_is_refused() {
    let mut bench = Bench::new(FIRST_LOOK).await;
    bench.set("scopes", json!("EXPRPT openid"));
    assert_eq!(bench.sign_in().await["scope"], "EXPRPT openid");
    assert_eq!(bench.get("/api/v3.0/expense/reports").await.0, 200);
    for path in [EXPENSES, "/api/v3.1/invoice/vendors", "/list/v4/lists", "/api/image/v1.0/report/x"] {
        assert_eq!(bench.get(path).await.0, 403, "{path}");
    }
    bench.set("scopes", Value::Null);
    bench.sign_in().await;
    assert_eq!(bench.get(EXPENSES).await.0, 200);
}

/// Strikes one operation with one kind of fault.
struct Striking(&'static str, What);

impl FaultGate for Striking {
    fn around<'a>(&'a self, _: &'static str, run: BoxFuture<'a, Response>) -> BoxFuture<'a, Response> {
        run
    }

    fn strikes(&self, operation: &'static str, what: What, when: When) -> bool {
        operation == self.0 && what == self.1 && when == When::After
    }
}

#[tokio::test]
async fn token_faults_of_the_plan_take_effect() {
    for (what, code) in [(What::ExpireToken, 200), (What::Revoke, 400)] {
        let gate = Arc::new(Striking("vendors", what));
        let concur = Concur::new(Firm::sample().unwrap(), gate, at(FIRST_LOOK));
        let bound = concur.bound(&["http://127.0.0.1:1".to_owned()]);
        let mut bench = Bench { concur, bound, token: String::new() };
        let signed = bench.sign_in().await;
        assert_eq!(bench.get("/api/v3.1/invoice/vendors").await.0, 200);
        assert_eq!(bench.get(EXPENSES).await.0, 401);
        let refresh = signed["refresh_token"].as_str().unwrap();
        let form = bench.sign_in_form(&[("grant_type", "refresh_token"), ("refresh_token", refresh)]);
        assert_eq!(bench.token(0, &form).await.0, code);
    }
}

#[tokio::test]
async fn the_payroll_document_is_listed_and_the_unreadable_one_has_its_amount_in_the_reports() {
    let bench = Bench::new(FIRST_LOOK).await;
    let (_, page) = bench.get(&EXPENSES.replace("expense", "payroll")).await;
    assert_eq!(page["page"]["totalElements"], 1);
    let employee = &page["content"][0]["document"]["employee"];
    assert_eq!(employee["employeeLastName"], "Okonkwo");
    let reports = async |id: &str, login: &str| {
        let path = format!("/api/v3.0/expense/reports/{id}?user={login}@fernhillquay.example");
        bench.get(&path).await.1
    };
    let unreadable = reports(&bench.business("B9VT2G"), "dev.raman").await;
    assert_eq!(unreadable["TotalApprovedAmount"].to_string(), "57.80");
    // D59 was recalled and came again as D32: one report
    let again = reports(&bench.business("S6QJ9T"), "chloe.lindqvist").await;
    assert_eq!(
        (&again["TotalApprovedAmount"].to_string(), &again["ApprovalStatusCode"]),
        (&"288.40".to_owned(), &json!("A_APPR"))
    );
    let (_, waiting) = bench.get("/api/v3.0/expense/reports?user=ALL&approvalStatusCode=A_PEND").await;
    let mut owners: Vec<(&str, String)> = waiting["Items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| (r["OwnerName"].as_str().unwrap(), r["TotalClaimedAmount"].to_string()))
        .collect();
    owners.sort_unstable();
    let expected = [
        ("Castellano, Ben", "212.40"),
        ("Haddad, Farid", "1034.60"),
        ("Lindqvist, Chloé", "488.15"),
        ("Müller, Grace", "176.00"),
        ("Romero, Lucia", "329.75"),
    ];
    assert_eq!(owners, expected.map(|(name, amount)| (name, amount.to_owned())));
}
