use super::*;

fn d(s: &str) -> Decimal {
    s.parse().unwrap()
}

#[test]
fn amounts_in_every_form() {
    for (json, want) in [
        ("125.50000000", Some("125.5")),
        ("0E-8", Some("0")),
        ("-0.0", Some("0")),
        ("1.5e2", Some("150")),
        ("15E-1", Some("1.5")),
        ("\"57.80\"", Some("57.80")),
        ("\" -57.80 \"", Some("-57.80")),
        ("90071992547409.93", Some("90071992547409.93")),
        ("0.00000000000000000000000000000000000000", Some("0")),
        ("null", None),
        ("\"\"", None),
    ] {
        let a: Amount = serde_json::from_str(json).unwrap();
        assert_eq!(a.0, want.map(d), "{json}");
    }
}

#[test]
fn what_is_no_amount_is_refused() {
    for json in [
        "\"57,80\"",
        "\"1.234,56\"",
        "\"1e3\"",
        "\"12.\"",
        "\".5\"",
        "\"- 5\"",
        "\"12 USD\"",
        "true",
        "[]",
        "{}",
        "1e400",
        "1e-400",
        "1e99999999999999999999",
        "1000000000000000",
        "0.0000000000001",
        "\"\u{661}\"",
    ] {
        assert!(serde_json::from_str::<Amount>(json).is_err(), "{json}");
    }
}

#[test]
fn codes_are_text_or_numbers_without_padding() {
    for (json, want) in
        [("\"TAXI \"", "TAXI"), ("474210", "474210"), ("null", ""), ("\"\"", ""), ("[]", ""), ("4.0", "4.0")]
    {
        assert_eq!(serde_json::from_str::<Text>(json).unwrap().0, want, "{json}");
    }
    assert!(serde_json::from_str::<Text>("{\"a\":1}").is_err());
    assert!(serde_json::from_str::<Text>("[1]").is_err());
}

#[test]
fn flags() {
    for (json, want) in
        [("\"Y\"", true), ("\"N\"", false), ("\"y\"", true), ("true", true), ("null", false), ("\"\"", false)]
    {
        assert_eq!(serde_json::from_str::<Flag>(json).unwrap().0, want, "{json}");
    }
    assert!(serde_json::from_str::<Flag>("\"maybe\"").is_err());
}

#[test]
fn revision_numbers_are_text_or_numbers() {
    for (json, want) in [("\"1\"", Some(1)), ("2", Some(2)), ("3.00000000", Some(3)), ("null", None)] {
        assert_eq!(serde_json::from_str::<Whole>(json).unwrap().0, want, "{json}");
    }
    for json in ["-1", "1.5", "\"one\"", "9999999999"] {
        assert!(serde_json::from_str::<Whole>(json).is_err(), "{json}");
    }
}

#[test]
fn calendar_dates_are_cut_and_never_day_first() {
    for (json, want) in [
        ("\"2026-08-30T00:00:00.000Z\"", "2026-08-30"),
        ("\"2026-08-30\"", "2026-08-30"),
        ("\"08/30/2026\"", "2026-08-30"),
        ("\"04/05/2026\"", "2026-04-05"),
    ] {
        assert_eq!(serde_json::from_str::<Day>(json).unwrap().0.unwrap().to_string(), want);
    }
    for json in
        ["\"30/08/2026\"", "\"8/3/2026\"", "\"2026-13-01\"", "\"yesterday\"", "\"08/30/2026/1\"", "20260830"]
    {
        assert!(serde_json::from_str::<Day>(json).is_err(), "{json}");
    }
}

#[test]
fn instants_are_utc() {
    for json in
        ["\"2026-09-02T08:00:00.260Z\"", "\"2026-09-02T08:00:00.26\"", "\"2026-09-02T10:00:00.260+02:00\""]
    {
        let at = serde_json::from_str::<Instant>(json).unwrap().0.unwrap();
        assert_eq!(at.to_string(), "2026-09-02T08:00:00.26Z");
    }
    assert!(serde_json::from_str::<Instant>("\"2026-09-02\"").is_err());
}

#[test]
fn a_date_in_place_of_an_instant_is_noon() {
    for (json, want) in [
        ("\"2026-10-02\"", "2026-10-02T12:00:00Z"),
        ("\"2026-10-02T00:00:00.000Z\"", "2026-10-02T12:00:00Z"),
        ("\"10/02/2026\"", "2026-10-02T12:00:00Z"),
        ("\"2026-10-02T15:00:00Z\"", "2026-10-02T15:00:00Z"),
    ] {
        assert_eq!(serde_json::from_str::<DayOrInstant>(json).unwrap().0.unwrap().to_string(), want);
    }
}

#[test]
fn an_unknown_currency_is_refused() {
    assert_eq!(serde_json::from_str::<Iso>("\"USD\"").unwrap().0, Some(Currency::USD));
    assert_eq!(serde_json::from_str::<Iso>("\"\"").unwrap().0, None);
    assert!(serde_json::from_str::<Iso>("\"ZZZ\"").is_err());
    assert!(serde_json::from_str::<Iso>("840").is_err());
}
