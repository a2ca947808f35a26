//! Any entry that the check accepts is written, and reads back as the same amounts, sides, references and texts.

use proptest::prelude::*;

use super::*;
use crate::systems::quickbooks_desktop::assemble::posting;
use crate::systems::quickbooks_desktop::check::check;
use crate::systems::quickbooks_desktop::encode::{encode, line_memo, positive_side};

#[derive(Debug, Clone)]
struct Part {
    account: usize,
    cents: i64,
    scale: u32,
    class: bool,
    customer: bool,
    billable: bool,
    party: bool,
    text: String,
}

fn part() -> impl Strategy<Value = Part> {
    let text = prop_oneof![
        4 => "[ -~]{0,40}",
        3 => "[ -~À-ÿ&<>\"'\\]]{0,40}",
        1 => "\\PC{0,10}",
    ];
    let flags =
        (prop::bool::ANY, prop::bool::weighted(0.4), prop::bool::weighted(0.3), prop::bool::weighted(0.1));
    (0..ACCOUNTS.len(), -500_000i64..5_000_000, 0..4u32, flags, text).prop_map(
        |(account, cents, scale, (class, customer, billable, party), text)| Part {
            account,
            cents,
            // three decimals now and then
            scale: if scale == 3 && cents % 7 == 0 { 3 } else { 2 },
            class,
            customer,
            billable: billable && customer,
            party,
            text,
        },
    )
}

fn any_entry(kind: EntryKind, parts: &[Part], number: &str, memo: &str) -> Entry {
    let (role, number_of_offset) = match kind {
        EntryKind::CardPurchase | EntryKind::CardRefund => (LineRole::Card, "2110"),
        EntryKind::Journal => (LineRole::Clearing, "2130"),
        _ => (LineRole::Payable, "2000"),
    };
    let positive = positive_side(kind);
    let mut lines: Vec<Line> = Vec::new();
    for p in parts {
        let side = if p.cents < 0 { positive.flipped() } else { positive };
        let mut line = line(ACCOUNTS[p.account].0, side, "0", &p.text);
        line.amount = Decimal::new(p.cents.abs(), p.scale);
        line.dimensions.class = line.dimensions.class.filter(|_| p.class);
        line.dimensions.customer = p.customer.then(|| Named::new(JOB, "Harbor Bakery:JOB-118"));
        line.billable = p.billable;
        line.party = Some(nora()).filter(|_| p.party && kind == EntryKind::Journal);
        lines.push(line);
    }
    let total: Decimal = lines.iter().map(Line::signed).sum();
    let side = if total < Decimal::ZERO { Side::Debit } else { Side::Credit };
    let mut last = offset(role, number_of_offset, side, "0", "offset");
    last.amount = total.abs();
    lines.push(last);
    let mut entry = entry(kind, "2026-10-30", Some(nora()), lines);
    if matches!(kind, EntryKind::Bill | EntryKind::VendorCredit) {
        entry.number = number.into();
    }
    entry.memo = format!("{memo} · {}", reference().marker());
    entry
}

/// What goes out has to come back, read by names and by other code than the writer's.
fn same(entry: &Entry, facts: &LedgerFacts) {
    let item = encode(entry, &key(), facts).unwrap();
    assert_eq!(item, encode(&entry.clone(), &key(), facts).unwrap());
    let call = posting(&[item], &[key()], None, Some("TO000000001002"));
    let set = parsed(&call.bytes);
    let request = set.at("QBXMLMsgsRq").unwrap().children[0].clone();
    let record = &request.children[0];
    assert_eq!(record.get("TxnDate"), "2026-10-30");
    assert_eq!(record.get("RefNumber"), entry.number);
    let journal = entry.kind == EntryKind::Journal;
    assert_eq!(record.get("Memo"), if journal { "" } else { &entry.memo });
    let wanted: Vec<&Line> = entry.lines.iter().filter(|l| journal || !l.is_offset()).collect();
    let lines: Vec<&Node> = record.children.iter().filter(|c| c.at("Amount").is_some()).collect();
    assert_eq!(lines.len(), wanted.len());
    for (node, line) in lines.iter().zip(&wanted) {
        assert_eq!(node.get("AccountRef/ListID"), line.account.id);
        let amount = d(node.get("Amount"));
        assert_eq!(node.get("Amount").split_once('.').unwrap().1.len(), 2);
        let signed = match node.name.as_str() {
            "JournalDebitLine" => amount,
            "JournalCreditLine" => -amount,
            _ if positive_side(entry.kind) == Side::Debit => amount,
            _ => -amount,
        };
        assert_eq!(signed, line.signed());
        let memo = if journal { line_memo(entry, line) } else { line.text.clone() };
        // a blank text alone is none
        assert_eq!(node.get("Memo"), if memo.trim().is_empty() { "" } else { &memo });
        assert_eq!(node.get("ClassRef/ListID"), line.dimensions.class.as_ref().map_or("", |c| &c.id));
        let customer = line.dimensions.customer.as_ref().map_or("", |c| &c.id);
        if journal {
            let party = line.party.as_ref().map_or("", |p| &p.id);
            let owed = line.account.id == account_id("2000");
            let name = if owed {
                NORA
            } else if customer.is_empty() {
                party
            } else {
                customer
            };
            assert_eq!(node.get("EntityRef/ListID"), name);
            assert!(memo.ends_with("tieout:TO7F3A91C2K"));
        } else {
            assert_eq!(node.get("CustomerRef/ListID"), customer);
        }
        let status = match (line.billable, customer.is_empty()) {
            (_, true) => "",
            _ if line.account.id == account_id("1200") => "",
            (true, _) => "Billable",
            (false, _) => "NotBillable",
        };
        assert_eq!(node.get("BillableStatus"), status);
    }
}

#[test]
fn what_the_check_accepts_is_written_and_reads_back() {
    use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let config = Config { cases: 3000, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, rng);
    let kinds = prop::sample::select(EntryKind::ALL.to_vec());
    let number = prop_oneof![4 => "[A-Z0-9-]{1,20}", 1 => "[ -~]{0,24}"];
    let memo = prop_oneof![5 => "[ -~À-ÿ]{0,60}", 1 => "\\PC{0,20}"];
    let all = (kinds, prop::collection::vec(part(), 1..6), number, memo);
    let facts = facts();
    let counted = std::cell::RefCell::new(std::collections::BTreeMap::new());
    runner
        .run(&all, |(kind, parts, number, memo)| {
            let entry = any_entry(kind, &parts, &number, &memo);
            let accepted = check(&entry, &facts).is_empty();
            if accepted {
                same(&entry, &facts);
            }
            *counted.borrow_mut().entry((accepted, kind.name())).or_insert(0u32) += 1;
            Ok(())
        })
        .unwrap();
    let counted = counted.into_inner();
    // both happen often, so that the test says something
    for kind in EntryKind::ALL {
        for accepted in [true, false] {
            assert!(counted.get(&(accepted, kind.name())).is_some_and(|n| *n > 20), "{counted:?}");
        }
    }
}
