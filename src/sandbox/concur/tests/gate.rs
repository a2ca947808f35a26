//! The gate surrounds every operation: it can keep the effect away, or spoil the answer afterwards.

use std::sync::Mutex;

use super::*;

/// Refuses one operation, before or after it took effect, and notes what passes.
struct Refusing {
    operation: &'static str,
    effect: bool,
    seen: Mutex<Vec<&'static str>>,
}

impl FaultGate for Refusing {
    fn around<'a>(
        &'a self,
        operation: &'static str,
        run: BoxFuture<'a, Response>,
    ) -> BoxFuture<'a, Response> {
        self.seen.lock().unwrap().push(operation);
        if operation != self.operation {
            return run;
        }
        Box::pin(async move {
            if self.effect {
                run.await;
            }
            let mut response = Response::new(Body::empty());
            *response.status_mut() = axum::http::StatusCode::SERVICE_UNAVAILABLE;
            response.headers_mut().insert("concur-correlationid", "none".parse().unwrap());
            response
        })
    }
}

async fn acknowledged_through(effect: bool) -> (u64, Vec<&'static str>) {
    let gate = Arc::new(Refusing { operation: "acknowledge", effect, seen: Mutex::new(Vec::new()) });
    let concur =
        Concur::new(Firm::sample().unwrap(), Arc::clone(&gate) as Arc<dyn FaultGate>, at(FIRST_LOOK));
    let bound = concur.bound(&["http://127.0.0.1:1".to_owned()]);
    let mut bench = Bench { concur, bound, token: String::new() };
    bench.sign_in().await;
    let id = bench.id("B4Q7TN");
    let body = json!({"ids": [id], "systemId": "TIEOUT"});
    assert_eq!(bench.post(&format!("{EXPENSES}/acknowledgements"), &body).await.0, 503);
    let seen = gate.seen.lock().unwrap().clone();
    (bench.truth(&id)["acknowledgements"].as_u64().unwrap(), seen)
}

#[tokio::test]
async fn a_fault_before_has_no_effect_and_one_after_has() {
    assert_eq!(acknowledged_through(false).await, (0, vec!["token", "acknowledge"]));
    assert_eq!(acknowledged_through(true).await.0, 1);
}

#[tokio::test]
async fn counted_kinds_are_operations() {
    let bench = Bench::new(FIRST_LOOK).await;
    for path in [
        EXPENSES,
        "/api/v3.0/expense/reports",
        "/api/v3.1/invoice/vendors",
        "/list/v4/lists",
        "/list/v4/items/x",
        "/profile/identity/v4.1/Users",
        "/api/v3.0/expense/reports/x",
    ] {
        bench.get(path).await;
    }
    bench.acknowledge(&[], "TIEOUT").await;
    bench.confirm(Vec::new(), "TIEOUT").await;
    let calls = bench.concur.calls();
    assert_eq!((calls["api"], calls["token"]), (9, 1));
    let known = bench.concur.operations();
    assert!(calls.keys().all(|kind| kind == "api" || known.contains(&kind.as_str())));
}
