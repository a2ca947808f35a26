//! The pacer against a clock that is moved by hand.

use super::*;
use crate::transport::ticks::ManualTicks;

const MINUTE: Duration = Duration::from_mins(1);

fn pacer(change: impl FnOnce(&mut PaceConfig)) -> (Arc<ManualTicks>, Arc<Pacer>) {
    let ticks = Arc::new(ManualTicks::new());
    let mut config = PaceConfig::new("The ledger");
    change(&mut config);
    (ticks.clone(), Arc::new(Pacer::new(config, ticks)))
}

async fn call(pacer: &Pacer, kind: &'static str, heard: Heard) -> Result<(), PaceError> {
    pacer.acquire(kind).await?;
    pacer.report(kind, heard);
    Ok(())
}

#[tokio::test]
async fn calls_wait_for_their_own_bucket_and_the_common_one() {
    let (ticks, pacer) = pacer(|c| c.buckets = vec![(ANY, MINUTE, 600), ("batch", MINUTE, 6)]);
    let many = |kind, times| {
        let pacer = pacer.clone();
        async move {
            for _ in 0..times {
                call(&pacer, kind, Heard::Fine).await.unwrap();
            }
        }
    };
    ticks.drive(many("query", 61)).await;
    let queries = ticks.now();
    assert!(queries > Duration::from_secs(4) && queries < Duration::from_secs(6), "{queries:?}");
    ticks.drive(many("batch", 7)).await;
    let batches = ticks.now().saturating_sub(queries);
    assert!(batches > Duration::from_mins(1) && batches < Duration::from_secs(64), "{batches:?}");
}

#[tokio::test]
async fn without_buckets_nothing_waits() {
    let (ticks, pacer) = pacer(|_| {});
    for _ in 0..1000 {
        call(&pacer, "query", Heard::Fine).await.unwrap();
    }
    assert_eq!((ticks.now(), ticks.next_alarm()), (Duration::ZERO, None));
    assert_eq!(pacer.time_for("query", 1000), Duration::ZERO);
}

#[tokio::test]
async fn the_cap_holds_and_a_report_frees_a_place() {
    let (_ticks, pacer) = pacer(|c| c.concurrency = 2);
    pacer.acquire("a").await.unwrap();
    pacer.acquire("b").await.unwrap();
    let mut third = pacer.acquire("a");
    assert!(futures::poll!(&mut third).is_pending());
    assert_eq!(pacer.health().in_flight, 2);
    pacer.report("b", Heard::Fine);
    assert!(futures::poll!(&mut third).is_ready());
    assert_eq!(pacer.health().in_flight, 2);
}

#[tokio::test]
async fn a_cancelled_wait_takes_no_place_and_a_lost_call_frees_it_in_time() {
    let (ticks, pacer) = pacer(|c| {
        c.concurrency = 1;
        c.buckets = vec![("a", MINUTE, 1)];
    });
    call(&pacer, "a", Heard::Fine).await.unwrap();
    let mut waiting = pacer.acquire("a");
    assert!(futures::poll!(&mut waiting).is_pending());
    drop(waiting);
    assert_eq!((pacer.health().in_flight, ticks.next_alarm()), (0, None));
    // Acquired and never reported.
    pacer.acquire("b").await.unwrap();
    ticks.drive(pacer.acquire("b")).await.unwrap();
    assert_eq!(ticks.now(), Duration::from_mins(5));
}

#[tokio::test]
async fn a_throttle_stops_calls_until_its_time_and_halves_the_rate() {
    let (ticks, pacer) = pacer(|c| c.buckets = vec![(ANY, MINUTE, 600)]);
    let before = pacer.time_for("x", 100);
    for _ in 0..5 {
        pacer.acquire("x").await.unwrap();
    }
    for _ in 0..5 {
        pacer.report("x", Heard::Throttled(Some(30)));
    }
    let health = pacer.health();
    assert_eq!((health.throttled_until, health.learned_percent), (Some(Duration::from_secs(30)), 50));
    let refused = pacer.acquire("x").await;
    assert_eq!(refused, Err(PaceError::Wait("The ledger asked to wait: next call in 30 s".into())));
    assert!(pacer.time_for("x", 100) > before * 2);
    // Close to the end it is waited out.
    ticks.advance(Duration::from_secs(29));
    ticks.drive(pacer.acquire("x")).await.unwrap();
    assert!(ticks.now() >= Duration::from_secs(30), "{:?}", ticks.now());
    // 5 % every 10 s: from 50 % back to full in 100 s.
    ticks.advance(Duration::from_secs(20));
    let partly = pacer.health().learned_percent;
    assert!((55..80).contains(&partly), "{partly}");
    ticks.advance(Duration::from_secs(100));
    assert_eq!((pacer.health().learned_percent, pacer.health().throttled_until), (100, None));
}

#[tokio::test]
async fn a_throttle_without_a_time_backs_off_further_each_time() {
    let (ticks, pacer) = pacer(|c| c.patience = Duration::ZERO);
    let mut waits = Vec::new();
    for _ in 0..4 {
        pacer.acquire("x").await.unwrap();
        pacer.report("x", Heard::Throttled(None));
        let until = pacer.health().throttled_until.unwrap();
        waits.push(until.saturating_sub(ticks.now()));
        assert!(pacer.acquire("x").await.is_err());
        ticks.advance(until.saturating_sub(ticks.now()));
    }
    for (wait, b) in waits.iter().zip([2, 4, 8, 16]) {
        let b = Duration::from_secs(b);
        assert!(*wait >= b / 2 && *wait <= b, "{waits:?}");
    }
    assert!(pacer.health().learned_percent < 20);
}

#[tokio::test]
async fn the_breaker_refuses_and_lets_one_read_probe() {
    let (ticks, pacer) = pacer(|c| c.writes = vec!["batch"]);
    for _ in 0..10 {
        call(&pacer, "batch", Heard::Failed).await.unwrap();
    }
    let refused = pacer.acquire("query").await.unwrap_err();
    let sentence = "The ledger does not answer: 10 of the last 10 calls failed; next try in 30 s";
    assert_eq!(refused, PaceError::Open(sentence.into()));
    assert_eq!(pacer.health().breaker, BreakerState::Open { since: Duration::ZERO });
    ticks.advance(Duration::from_secs(30));
    assert!(pacer.acquire("batch").await.is_err());
    pacer.acquire("query").await.unwrap();
    assert!(pacer.acquire("query").await.is_err());
    assert_eq!(pacer.health().breaker, BreakerState::HalfOpen);
    pacer.report("query", Heard::Fine);
    assert_eq!(pacer.health().breaker, BreakerState::Closed);
    call(&pacer, "batch", Heard::Fine).await.unwrap();
    assert_eq!(pacer.health().in_flight, 0);
}

#[tokio::test]
async fn a_throttle_is_no_failure() {
    let (ticks, pacer) = pacer(|c| c.patience = Duration::ZERO);
    for _ in 0..30 {
        ticks.advance(Duration::from_secs(1000));
        call(&pacer, "x", Heard::Throttled(None)).await.unwrap();
    }
    assert_eq!(pacer.health().breaker, BreakerState::Closed);
}
