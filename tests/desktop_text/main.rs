//! From a document to the bytes that QuickBooks Desktop gets: the book `fq-tax` of the sample firm, and texts that would
//! kill a message set or be lost in it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test fails by panicking and reports by printing"
)]

mod firm;
mod nowhere;

use firm::{NORA, codes, derived, document, facts, invoice};
use nowhere::client;
use tieout::mapping::Derivation;
use tieout::model::document::{Document, DocumentKind};
use tieout::systems::ItemKey;

/// Every entry's message set, each accepted by the check before.
fn sets(derivation: &Derivation) -> Vec<String> {
    let client = client();
    let encoded = derivation.set.entries.iter().map(|entry| {
        assert_eq!(client.check(entry, &facts()), Vec::<String>::new(), "{entry:?}");
        let key = ItemKey { reference: entry.reference.clone(), generation: 1 };
        let item = client.encode(entry, &key, &facts()).unwrap();
        let call = client.assemble(&[item], &[key], None);
        assert!(call.bytes.is_ascii());
        String::from_utf8(call.bytes).unwrap()
    });
    encoded.collect()
}

/// The texts of all elements of this name, as a parser reads them.
fn texts(set: &str, name: &str) -> Vec<String> {
    use quick_xml::events::Event;
    let mut reader = quick_xml::Reader::from_str(set);
    let (mut out, mut inside) = (Vec::new(), None::<String>);
    loop {
        match reader.read_event().unwrap() {
            Event::Start(e) if e.name().as_ref() == name => inside = Some(String::new()),
            Event::End(e) if e.name().as_ref() == name => out.extend(inside.take()),
            Event::Text(t) => {
                if let Some(s) = &mut inside {
                    s.push_str(&t);
                }
            }
            Event::GeneralRef(r) => {
                let c = match &*r {
                    "amp" => '&',
                    "lt" => '<',
                    "gt" => '>',
                    "quot" => '"',
                    code => char::from_u32(code.strip_prefix('#').unwrap().parse().unwrap()).unwrap(),
                };
                if let Some(s) = &mut inside {
                    s.push(c);
                }
            }
            Event::Eof => return out,
            _ => {}
        }
    }
}

fn amounts(set: &str) -> Vec<String> {
    texts(set, "Amount")
}

#[test]
fn the_documents_of_the_sample_become_their_requests() {
    let report =
        |who, number, day, rows: &[&str]| document(DocumentKind::ExpenseReport, who, number, day, rows);
    let d61 = derived(&report(
        NORA,
        "T1QW6C",
        "2026-10-27",
        &[
            "10-20|Hotel, Worcester|6020||COMP>EMPL|198.40|",
            "10-20|Air fare BOS-PHL|6010||COMP>CBCP|243.10|CT-9301",
        ],
    ));
    assert_eq!(codes(&d61), Vec::<&str>::new());
    let sent = sets(&d61);
    assert!(sent[0].contains("<BillAdd>") && sent[1].contains("<CreditCardChargeAdd>"), "{sent:?}");
    assert_eq!((amounts(&sent[0]), amounts(&sent[1])), (vec!["198.40".into()], vec!["243.10".into()]));

    let d62 = derived(&invoice("Research service Łódź edition"));
    assert_eq!(codes(&d62), ["text_substituted"]);
    let sent = sets(&d62);
    assert!(
        sent[0].contains("<RefNumber>LX-5540</RefNumber>") && amounts(&sent[0]) == ["1480.00"],
        "{sent:?}"
    );
    assert!(texts(&sent[0], "Memo")[1].contains("Research service Lodz edition"));

    let row = "10-28|Refund of course|6530||CBCP>COMP|-95.00|CT-9302";
    let d63 = derived(&report(NORA, "H5NB2V", "2026-10-30", &[row]));
    assert_eq!(codes(&d63), ["negative_document"]);
    let sent = sets(&d63);
    assert!(sent.len() == 1 && sent[0].contains("<CreditCardCreditAdd>") && amounts(&sent[0]) == ["95.00"]);

    let paul = ("E3002", "Iverson, Paul", "Paul Iverson");
    let d64 = derived(&report(
        paul,
        "Z3KD8M",
        "2026-10-30",
        &[
            "10-26|Fare, direct bill|6010|JOB-118|COMP>COPD|402.60|",
            "10-27|Lunch|6110|JOB-118|COMP>EMPL|31.75|",
        ],
    ));
    assert_eq!(codes(&d64), Vec::<&str>::new());
    let sent = sets(&d64);
    let journal = sent.iter().find(|s| s.contains("<JournalEntryAdd>")).unwrap();
    assert_eq!(amounts(journal), ["402.60", "402.60"]);
    assert!(texts(journal, "RefNumber").iter().all(|n| n.len() == 11));
    assert!(
        texts(journal, "Memo")
            .iter()
            .all(|m| m.ends_with(&format!("tieout:{}", texts(journal, "RefNumber")[0])))
    );
    let bill = sent.iter().find(|s| s.contains("<BillAdd>")).unwrap();
    assert_eq!(amounts(bill), ["31.75"]);
    for set in [journal, bill] {
        assert!(set.contains("80000118-1") && set.contains("80000700-1"), "{set}");
    }
}

/// What came, and what has to be read in the ledger; none: what came.
fn hostile() -> Vec<(&'static str, String, Option<&'static str>)> {
    let of = |name, text: &str, shown| (name, text.to_string(), shown);
    vec![
        of("markup", "AT&T <Bill/> ]]> <!-- x --> &#55357; \"q\" 'a'", None),
        of("a processing line", "<?qbxml version=\"16.0\"?>", None),
        of("Latin letters", "Müller, Chloé, Åsa, ½ £ ÿ", None),
        of("rows", "a\tb\r\nc\u{85}d\u{2028}e", Some("a b c d e")),
        of("control characters", "a\u{0}b\u{1b}[2Jc\u{7f}\u{9b}31m", Some("a b [2Jc 31m")),
        of("a Polish word", "Łódź café", Some("Lodz café")),
        of("apart accents", "Cafe\u{301}", Some("Café")),
        of("typographic signs", "“Q” – ‘x’ … € 5", Some("\"Q\" - 'x' ... EUR 5")),
        of("Russian", "Гостиница", Some("Gostinitsa")),
        of("Greek", "Αθήνα", Some("Athina")),
        of("Chinese", "出差 hotel", Some("[U+51FA U+5DEE] hotel")),
        of("pictures", "ok 👩\u{200d}🚀 ok", Some("ok [U+1F469 U+1F680] ok")),
        of("Hebrew", "של", Some("[U+05E9 U+05DC]")),
        of("turned", "gpj\u{202e}exe\u{200b}", Some("gpjexe")),
        of("private and none", "\u{e000}\u{fffe}", Some("[U+E000 U+FFFE]")),
    ]
}

#[test]
fn hostile_texts_are_shown_substituted_or_told_and_never_lost() {
    for (name, text, shown) in hostile() {
        let mut document = invoice("x");
        document.expenses[0].description = text.clone();
        document.title = text.clone();
        let derivation = derived(&document);
        let want = shown.unwrap_or(&text);
        for set in sets(&derivation) {
            let memos = texts(&set, "Memo");
            assert_eq!(memos.len(), 2, "{name}");
            assert!(memos.iter().all(|m| m.contains(want)), "{name}: {want:?} is not in {memos:?}");
            assert!(!memos.iter().any(|m| m.contains('?') && !text.contains('?')), "{name}: {memos:?}");
            assert_eq!(set.matches("<BillAdd>").count(), 1, "{name}");
        }
        let beyond = text.chars().any(|c| c > 'ÿ' && c != '\u{301}' && c != '\u{2028}');
        assert_eq!(codes(&derivation).contains(&"text_substituted"), beyond, "{name}");
        for finding in derivation.findings.iter().filter(|f| f.code.name() == "text_substituted") {
            assert!(finding.sentence.contains(want), "{name}: {}", finding.sentence);
            assert_eq!(finding.sentence.contains("code points"), want.contains("[U+"), "{name}");
        }
    }
}

#[test]
fn long_texts_are_cut_with_a_finding_and_keep_the_marker() {
    for long in ["x".repeat(5000), "日".repeat(5000), "&".repeat(5000)] {
        let mut document = invoice("x");
        (document.title, document.expenses[0].description) = (long.clone(), long.clone());
        let derivation = derived(&document);
        assert!(codes(&derivation).contains(&"text_cut"), "{:?}", codes(&derivation));
        let memos = texts(&sets(&derivation)[0], "Memo");
        assert_eq!(memos[0].chars().count(), 4095);
        assert!(memos[0].ends_with(&derivation.set.entries[0].reference.marker()));
        assert_eq!(memos[1].chars().count(), 4000);
    }
    // a journal's line has room for the marker
    let row = format!("10-26|{}|6010||COMP>COPD|402.60|", "y".repeat(5000));
    let paul = ("E3002", "Iverson, Paul", "Paul Iverson");
    let report = document(DocumentKind::ExpenseReport, paul, "Z3KD8M", "2026-10-30", &[&row]);
    let memos = texts(&sets(&derived(&report))[0], "Memo");
    assert!(memos.iter().all(|m| m.chars().count() <= 4095 && m.contains("tieout:TO")), "{memos:?}");
}

#[test]
fn a_suppliers_number_is_kept_whole_or_replaced_with_a_finding() {
    for (number, kept) in [
        ("12345678901234567890", true),
        ("A&B <7>", true),
        ("123456789012345678901", false),
        ("№ 7", false),
        ("Łódź 7", false),
        ("日本-1", false),
        ("7\u{202e}1", false),
        ("7\u{0}1", false),
    ] {
        let document = Document { number: number.into(), ..invoice("x") };
        let derivation = derived(&document);
        let entry = &derivation.set.entries[0];
        assert_eq!(codes(&derivation).contains(&"number_replaced"), !kept, "{number:?}");
        assert_eq!(entry.number, if kept { number.to_string() } else { entry.reference.to_string() });
        assert_eq!(texts(&sets(&derivation)[0], "RefNumber"), std::slice::from_ref(&entry.number));
    }
}
