use std::sync::atomic::{AtomicU32, Ordering};

use super::*;

async fn call(faults: &Faults, seen: &AtomicU32) -> (u16, Result<Bytes, axum::Error>) {
    let response = faults
        .apply("ledger", "bill", async {
            seen.fetch_add(1, Ordering::SeqCst);
            Response::new(Body::from("0123456789"))
        })
        .await;
    (response.status().as_u16(), to_bytes(response.into_body(), 1000).await)
}

#[tokio::test]
async fn a_dropped_reply_comes_after_the_effect() {
    let (faults, seen) = (Faults::new(), AtomicU32::new(0));
    faults.arm(Fault::once("ledger", "*", What::DropReply, When::Before)).unwrap();
    assert!(call(&faults, &seen).await.1.is_err());
    assert_eq!(seen.load(Ordering::SeqCst), 1);
    assert_eq!(call(&faults, &seen).await.1.unwrap(), "0123456789");
    assert_eq!(faults.fired().get("ledger/bill/drop_reply"), Some(&1));
    assert_eq!((faults.list()[0].fired, faults.list()[0].left), (1, Some(0)));
}

#[tokio::test]
async fn a_reset_before_keeps_the_call_from_happening() {
    let (faults, seen) = (Faults::new(), AtomicU32::new(0));
    faults.arm(Fault::once("ledger", "bill", What::Reset, When::Before)).unwrap();
    faults.arm(Fault::once("ledger", "query", What::Reset, When::Before)).unwrap();
    assert!(call(&faults, &seen).await.1.is_err());
    assert_eq!(seen.load(Ordering::SeqCst), 0);
    assert!(call(&faults, &seen).await.1.is_ok(), "the fault of another operation does not strike");
}

#[tokio::test]
async fn truncation_gives_half_and_then_an_error() {
    let (faults, seen) = (Faults::new(), AtomicU32::new(0));
    faults.arm(Fault::once("ledger", "bill", What::Truncate, When::After)).unwrap();
    let response = faults
        .apply("ledger", "bill", async {
            seen.fetch_add(1, Ordering::SeqCst);
            Response::new(Body::from("0123456789"))
        })
        .await;
    assert_eq!(response.headers()[CONTENT_LENGTH], "10");
    let mut parts = response.into_body().into_data_stream();
    assert_eq!(parts.next().await.unwrap().unwrap(), "01234");
    assert!(parts.next().await.unwrap().is_err());
}

#[tokio::test]
async fn a_status_carries_its_headers_and_body() {
    let (faults, seen) = (Faults::new(), AtomicU32::new(0));
    let fault = r#"{"system":"ledger","operation":"bill","what":"status","when":"before","status":503,
        "headers":{"Retry-After":"7"},"body":{"no":1},"count":2}"#;
    faults.arm(serde_json::from_str(fault).unwrap()).unwrap();
    for _ in 0..2 {
        let (status, body) = call(&faults, &seen).await;
        assert_eq!((status, body.unwrap()), (503, Bytes::from(r#"{"no":1}"#)));
    }
    assert_eq!(call(&faults, &seen).await.0, 200);
    assert_eq!(seen.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_rate_is_the_same_for_the_same_seed() {
    let mut runs = Vec::new();
    for _ in 0..2 {
        let (faults, seen) = (Faults::new(), AtomicU32::new(0));
        let mut fault = Fault::once("ledger", "bill", What::DropReply, When::After);
        (fault.rate, fault.seed) = (Some(0.2), Some(7));
        faults.arm(fault).unwrap();
        let mut struck = Vec::new();
        for _ in 0..200 {
            struck.push(call(&faults, &seen).await.1.is_err());
        }
        assert_eq!(seen.load(Ordering::SeqCst), 200);
        runs.push(struck);
    }
    let hits = runs[0].iter().filter(|hit| **hit).count();
    assert!((20..=60).contains(&hits), "{hits} of 200");
    assert_eq!(runs[0], runs[1]);
}

#[tokio::test]
async fn a_delay_without_end_strikes_each_call_once() {
    let (faults, seen) = (Faults::new(), AtomicU32::new(0));
    for when in [When::Before, When::After] {
        let delay =
            Fault { delay_ms: Some(1), rate: Some(1.0), ..Fault::once("ledger", "*", What::Delay, when) };
        faults.arm(delay).unwrap();
    }
    assert!(call(&faults, &seen).await.1.is_ok());
    assert!(call(&faults, &seen).await.1.is_ok());
    assert_eq!(faults.fired().get("ledger/bill/delay"), Some(&4));
}

#[test]
fn faults_that_make_no_sense_are_refused() {
    let base = Fault::once("ledger", "bill", What::Status, When::Before);
    let faults = Faults::new();
    assert!(faults.arm(base.clone()).is_err());
    assert!(faults.arm(Fault { status: Some(42), ..base.clone() }).is_err());
    assert!(faults.arm(Fault { what: What::Delay, ..base.clone() }).is_err());
    assert!(faults.arm(Fault { what: What::Reset, rate: Some(1.5), ..base.clone() }).is_err());
    assert!(faults.arm(Fault { what: What::Reset, count: Some(0), ..base.clone() }).is_err());
    assert!(faults.arm(Fault { what: What::Reset, operation: String::new(), ..base }).is_err());
    assert!(serde_json::from_str::<Fault>(r#"{"system":"l","operation":"*","what":"melt"}"#).is_err());
    assert!(faults.list().is_empty());
}

#[test]
fn every_kind_has_the_word_that_is_read() {
    for what in What::ALL {
        assert_eq!(serde_json::to_value(what).unwrap(), what.word());
    }
}
