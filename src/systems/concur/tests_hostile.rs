//! Hostile payloads: limits, mutated bytes, and amounts that keep every digit.

use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::json;

use super::read::read;
use super::testing::SAMPLE;
use super::tests_read::{expense, sample, with};
use crate::model::document::DocumentKind;

#[test]
fn a_message_about_a_hostile_value_is_short_and_harmless() {
    let u = expense(&with("/report/reportUserDefinedDate", json!("\u{1b}[2J".repeat(5000)))).unwrap_err();
    assert!(u.message.chars().count() < 400 && !u.message.contains('\u{1b}'), "{}", u.message);
}

#[test]
fn limits_of_a_payload() {
    let mut deep = sample();
    deep["new"] = serde_json::from_str(&format!("{}{}", "[".repeat(62), "]".repeat(62))).unwrap();
    assert!(expense(&deep).is_ok(), "63 levels");
    deep["new"] = serde_json::from_str(&format!("{}{}", "[".repeat(64), "]".repeat(64))).unwrap();
    assert!(expense(&deep).unwrap_err().message.contains("nested"), "65 levels");
    let bottomless = format!("{{\"report\":{}", "[".repeat(1_000_000));
    assert!(read(DocumentKind::ExpenseReport, "x", bottomless.as_bytes()).is_err());
    let brackets = with("/report/reportName", json!("[".repeat(200) + "\"\\"));
    assert!(expense(&brackets).is_ok(), "brackets in a text are no depth");
    let large = vec![b' '; 16 * 1024 * 1024 + 1];
    assert!(read(DocumentKind::Invoice, "x", &large).unwrap_err().message.contains("limit"));
}

#[test]
fn what_is_no_document() {
    for bytes in [&b""[..], b"null", b"[]", b"5", b"{", b"\xff\xfe", b"{} trailing", b"\"text\"", b"{}"] {
        for kind in DocumentKind::ALL {
            assert!(read(kind, "x", bytes).is_err(), "{kind:?} {bytes:?}");
        }
    }
    let twice = SAMPLE.replacen("\"amountGross\":26.88", "\"amountGross\":26.88,\"amountGross\":99", 1);
    assert!(read(DocumentKind::ExpenseReport, "x", twice.as_bytes()).is_err(), "two amounts are no amount");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn mutated_bytes_never_panic(edits in proptest::collection::vec((0_usize..4000, any::<u8>(), 0_u8..4), 1..12)) {
        for (kind, text) in [
            (DocumentKind::ExpenseReport, SAMPLE.to_owned()),
            (DocumentKind::Invoice, super::tests_kinds::invoice().to_string()),
            (DocumentKind::CashAdvance, super::tests_kinds::advance().to_string()),
        ] {
            let mut bytes = text.into_bytes();
            for (at, byte, how) in &edits {
                let at = at % bytes.len().max(1);
                match how {
                    0 => bytes[at] = *byte,
                    1 => bytes.insert(at, *byte),
                    2 if bytes.len() > 1 => drop(bytes.remove(at)),
                    _ => bytes.insert(at, b"0123456789.-eE\"{}[],:"[usize::from(*byte) % 21]),
                }
            }
            if let Ok(doc) = read(kind, "x", &bytes) {
                let _ = (doc.approved(), doc.personal(), doc.reclaimed());
            }
            prop_assert_eq!(super::material::material(&bytes).len(), 64);
        }
    }

    #[test]
    fn exact_amounts_survive(minor in -99_999_999_999_999_i64..99_999_999_999_999, scale in 0_u32..9) {
        let amount = Decimal::new(minor, scale);
        let text = SAMPLE.replacen("\"amountGross\":26.88", &format!("\"amountGross\":{amount}"), 1);
        prop_assert_eq!(read(DocumentKind::ExpenseReport, "x", text.as_bytes()).unwrap().approved(), amount);
    }
}
