//! Canonical bytes of an entry set and their digest: what was approved is what is posted (reliability.md, 2.3).

use sha2::{Digest as _, Sha256};

use crate::model::entry::{Entry, EntrySet, Line, Named};
use crate::model::money::{self, MoneyError};

/// SHA-256 as lower-case hex.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut s, b| {
        s.push(char::from_digit(u32::from(b >> 4), 16).unwrap_or('0'));
        s.push(char::from_digit(u32::from(b & 15), 16).unwrap_or('0'));
        s
    })
}

/// The digest of an entry set for one ledger (`identity` = system and company id). It covers all that has money, time
/// or direction in it; display names, reasons and versions are outside. An amount that has no exact minor units has no
/// digest.
pub fn digest(set: &EntrySet, identity: &str) -> Result<String, MoneyError> {
    let mut w = Writer::default();
    w.text("tieout.entry.v1");
    w.text(identity);
    w.count(set.entries.len());
    for e in &set.entries {
        entry(&mut w, e)?;
    }
    Ok(sha256_hex(&w.0))
}

fn entry(w: &mut Writer, e: &Entry) -> Result<(), MoneyError> {
    w.text(&e.slot.to_string());
    w.text(e.kind.name());
    w.text(&e.date.to_string());
    w.text(e.currency.code());
    w.named(e.party.as_ref());
    w.text(&e.number);
    w.text(e.reference.as_str());
    w.text(&e.memo);
    w.text(&e.due.map(|d| d.to_string()).unwrap_or_default());
    w.named(e.offset_account.as_ref());
    w.named(e.location.as_ref());
    w.text(&e.rate.map(|r| r.normalize().to_string()).unwrap_or_default());
    w.count(e.lines.len());
    for l in &e.lines {
        line(w, e, l)?;
    }
    // written only where there is one, under a name that no slot or role has: older sets keep their digest
    if !e.taxes.is_empty() {
        w.text("+taxes");
        w.count(e.taxes.len());
        for t in &e.taxes {
            w.text(&t.code);
            w.text(&money::to_minor(t.net, e.currency)?.to_string());
            w.text(&money::to_minor(t.amount, e.currency)?.to_string());
        }
    }
    Ok(())
}

fn line(w: &mut Writer, e: &Entry, l: &Line) -> Result<(), MoneyError> {
    w.text(l.role.name());
    w.text(&l.account.id);
    w.text(if l.billable { "billable" } else { "" });
    w.text(&money::to_minor(l.signed(), e.currency)?.to_string());
    w.named(l.dimensions.class.as_ref());
    w.named(l.dimensions.department.as_ref());
    w.named(l.dimensions.customer.as_ref());
    w.text(l.tax_code.as_deref().unwrap_or_default());
    w.text(&l.text);
    if l.party.is_some() {
        w.text("+party");
        w.named(l.party.as_ref());
    }
    Ok(())
}

#[derive(Default)]
struct Writer(Vec<u8>);

impl Writer {
    fn text(&mut self, s: &str) {
        self.count(s.len());
        self.0.extend_from_slice(s.as_bytes());
    }

    fn count(&mut self, n: usize) {
        self.0.extend_from_slice(&(n as u64).to_be_bytes());
    }

    fn named(&mut self, n: Option<&Named>) {
        self.text(n.map_or("", |n| n.id.as_str()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::entry::{Dimensions, EntryKind, LineRole, Side, Slot, TaxTotal};
    use crate::model::money::Currency;
    use crate::model::reference::{Reference, ReferenceParts};

    fn set() -> EntrySet {
        let reference = Reference::of(&ReferenceParts {
            source_system: "concur",
            source_company: "c",
            kind: "expense_report",
            source_id: "1",
            target_system: "quickbooks_online",
            target_company: "r",
            slot: &Slot::Bill,
            draw: 0,
        });
        let line = |side, account: &str, role, source| Line {
            role,
            side,
            account: Named::new(account, "shown"),
            amount: "12.50".parse().unwrap(),
            dimensions: Dimensions::default(),
            billable: false,
            tax_code: None,
            party: None,
            text: "Taxi".into(),
            source,
            why: vec![],
        };
        EntrySet {
            entries: vec![Entry {
                slot: Slot::Bill,
                kind: EntryKind::Bill,
                date: "2026-10-28".parse().unwrap(),
                due: Some("2026-11-04".parse().unwrap()),
                currency: Currency::USD,
                rate: None,
                party: Some(Named::new("56", "Okafor, Amara")),
                offset_account: Some(Named::new("33", "2010")),
                location: None,
                number: reference.to_string(),
                memo: reference.marker(),
                reference,
                taxes: vec![],
                lines: vec![
                    line(Side::Debit, "58", LineRole::Cost, None),
                    line(Side::Credit, "33", LineRole::Payable, None),
                ],
                why: vec![],
            }],
        }
    }

    #[test]
    fn display_names_are_outside_and_everything_with_money_or_time_is_inside() {
        let base = digest(&set(), "q").unwrap();
        let mut renamed = set();
        renamed.entries[0].party = Some(Named::new("56", "renamed"));
        renamed.entries[0].lines[0].account.name = "renamed".into();
        assert_eq!(digest(&renamed, "q").unwrap(), base);
        assert_ne!(digest(&set(), "other ledger").unwrap(), base);
        let changes: [fn(&mut Entry); 11] = [
            |e| e.date = "2026-10-29".parse().unwrap(),
            |e| e.due = None,
            |e| e.rate = Some("1.1".parse().unwrap()),
            |e| e.lines[0].amount = "12.51".parse().unwrap(),
            |e| e.lines[0].side = Side::Credit,
            |e| e.lines[0].billable = true,
            |e| e.lines[0].account.id = "59".into(),
            |e| e.offset_account = None,
            |e| e.lines[0].dimensions.class = Some(Named::new("1", "")),
            |e| e.lines[1].party = Some(Named::new("56", "Okafor, Amara")),
            |e| {
                e.taxes = vec![TaxTotal {
                    code: "4".into(),
                    net: "10".parse().unwrap(),
                    amount: "2".parse().unwrap(),
                }]
            },
        ];
        for (i, change) in changes.iter().enumerate() {
            let mut s = set();
            change(&mut s.entries[0]);
            assert_ne!(digest(&s, "q").unwrap(), base, "change {i}");
        }
    }

    #[test]
    fn trailing_zeros_are_no_change() {
        let mut s = set();
        s.entries[0].lines[0].amount = "12.50000000".parse().unwrap();
        assert_eq!(digest(&s, "q").unwrap(), digest(&set(), "q").unwrap());
    }
}
