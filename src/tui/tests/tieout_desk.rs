//! October of the sample firm after a day's work, as the tie-out screen gets it, and the fake engine's answers.

use crate::engine::accruals::{AccrualMade, Accrued, LeftOut};
use crate::engine::reconcile::Reconciled;
use crate::model::entry::Named;
use crate::model::money::{Currency, Money};
use crate::store::{ItemComment, SignOff};
use crate::tieout::tests::data;
use crate::tieout::{ControlInput, Equation, Inputs, Record};
use crate::tui::screens::tieout::effect::{TieoutEffect, TieoutMsg};

use super::sample;

const ACCOUNTS: [(&str, &str); 8] = [
    ("1250", "1250 Employee Advances"),
    ("1260", "1260 Due from Employees"),
    ("2010", "2010 Employee Payables USD"),
    ("2020", "2020 Payables Paid by Concur"),
    ("2110", "2110 Corporate Visa"),
    ("2130", "2130 Company-Paid Travel Clearing"),
    ("2140", "2140 Expense Pay Clearing"),
    ("2150", "2150 Payroll Reimbursement Clearing"),
];
const CLASSES: [&str; 4] = ["100 Strategy", "200 Operations", "300 Technology", "800 Business Development"];
const COSTS: [&str; 3] = ["5010 Client Airfare", "6020 Lodging", "6510 Legal and Professional Fees"];

const BRIEFS: [(&str, &str); 5] = [
    ("MT-3051", "second approver: Joy Lin"),
    ("DOI-7802", "purchase order PO-1187: decide"),
    ("NA-00317", "vendor record is in USD"),
    ("J4XR7N", "280.00 belongs to fq-uk: decide"),
    ("C5KP8V", "project P2599 is inactive"),
];

fn name(account: &mut Named, n: usize) {
    if let Some((_, name)) = ACCOUNTS.iter().find(|(id, _)| *id == account.id) {
        account.name = (*name).into();
    } else if account.id.starts_with('6') {
        account.name = COSTS[n % COSTS.len()].into();
    }
}

fn dress(r: &mut Record, n: usize) {
    for l in &mut r.lines {
        name(&mut l.account, n);
        if l.class.is_some() {
            l.class = Some(Named::new(format!("c{}", n % 4), CLASSES[n % CLASSES.len()]));
        }
    }
}

/// The inputs of demo-firm.md section 9, with names, days of arrival and what to do.
pub fn inputs() -> Inputs {
    let mut i = data::inputs();
    let day = data::day;
    let mut at: std::collections::BTreeMap<String, usize> = std::collections::BTreeMap::new();
    for (n, d) in i.documents.iter_mut().enumerate() {
        for s in &mut d.slots {
            at.insert(s.remote_id.clone(), n);
            if let Some(e) = &mut s.entry {
                dress(e, n);
            }
        }
        if let Some((_, brief)) = BRIEFS.iter().find(|(number, _)| *number == d.number) {
            d.brief = (*brief).into();
        }
        d.arrived = match d.id.as_str() {
            "D01" | "D02" | "D03" | "D04" | "D05" => day("2026-10-09"),
            "D06" | "D07" | "D08" | "D09" => day("2026-10-16"),
            "D10" | "D11" | "D12" => day("2026-10-23"),
            "D59" => day("2026-10-30"),
            _ => day("2026-11-04"),
        };
        d.id = if d.number == "B4Q7TN" { sample::id(11) } else { sample::id(100 + n as u128) }.to_string();
    }
    if let Ok(held) = &mut i.held {
        for r in &mut held.records {
            dress(r, at.get(&r.id).copied().unwrap_or(0));
        }
    }
    for ControlInput { account, .. } in &mut i.accounts {
        name(account, 0);
    }
    i.arrived = i.documents.clone();
    let holds = |text: &str, n: i64| Equation { text: text.into(), left: (n, 0), right: (n, 0) };
    i.equations = vec![
        holds("listed = already known + stored", 60),
        holds("stored = sum over states", 60),
        holds("approved = recorded + waiting + in doubt", 41),
        holds("recorded = confirmed + to be confirmed", 43),
    ];
    i.changed_at = "2026-11-04T21:30:00Z".parse().ok();
    i.source_read = "2026-11-04T21:38:00Z".parse().ok();
    i.ledger_read = "2026-11-04T21:39:00Z".parse().ok();
    i
}

/// The reading that the screen gets.
pub fn reading() -> Reconciled {
    of(&inputs())
}

/// The reading of these inputs.
pub fn of(inputs: &Inputs) -> Reconciled {
    let mut done = Reconciled::of_inputs(inputs);
    done.lock.0 = Some(data::day("2026-09-30"));
    done.last_run = Some((23, "2026-11-04T21:38:00Z".parse().unwrap()));
    done.hash = "91c4aa07be91c4aa07be91c4aa07be91c4aa07be91c4aa07be91c4aa07be07be".into();
    done
}

/// A signature.
pub fn signature(role: &str, person: &str) -> SignOff {
    SignOff {
        role: role.into(),
        person: person.into(),
        single_person: true,
        signed_at: "2026-11-04T21:45:00Z".parse().unwrap(),
        documents_hash: String::new(),
        ledger_hash: String::new(),
        report_hash: reading().hash,
        documents: Default::default(),
        comments: Default::default(),
        audit_seq: 1310,
        reopened: None,
    }
}

/// Every item commented.
pub fn commented() -> Reconciled {
    let mut done = reading();
    for i in done.report.bridge.items.iter_mut().filter(|i| i.needs_action) {
        i.comment = "known".into();
    }
    done
}

fn money(text: &str, currency: Currency) -> Money {
    Money::new(text.parse().unwrap(), currency)
}

/// What the accrual journals would be, or are.
pub fn accrued(made: bool) -> Accrued {
    let usd = money("32859.60", Currency::USD);
    let left = |number: &str, amount: &str, why: &str| LeftOut {
        number: number.into(),
        amount: money(amount, Currency::USD),
        why: why.into(),
    };
    let one = AccrualMade {
        document: sample::id(90),
        number: "ACCR-2026-10-USD".into(),
        amount: usd,
        documents: 11,
    };
    Accrued {
        made: if made { vec![one] } else { Vec::new() },
        planned: if made { Vec::new() } else { vec![("ACCR-2026-10-USD".into(), usd, 11)] },
        there: Vec::new(),
        left_out: vec![left("B9VT2G", "57.80", "it cannot be read, so its costs are not known")],
    }
}

/// The fake engine's answer.
pub fn answer(effect: &TieoutEffect) -> TieoutMsg {
    match effect {
        TieoutEffect::Read { generation, .. } => TieoutMsg::Read(*generation, Ok(Box::new(reading()))),
        TieoutEffect::Comment { item, text, .. } => TieoutMsg::Commented(Ok(ItemComment {
            item: item.item.clone(),
            figures: item.figures(),
            text: text.clone(),
            person: "Theo Okonkwo".into(),
            at: sample::now(),
        })),
        TieoutEffect::Statement { .. } => TieoutMsg::Stated(Ok(())),
        TieoutEffect::Sign { book, period, reviewer, .. } => {
            let mut done = commented();
            done.signoffs.push(signature("preparer", "Theo Okonkwo"));
            done.signed.text = "prepared by Theo Okonkwo, not reviewed".into();
            if *reviewer {
                done.signoffs.push(signature("reviewer", "Theo Okonkwo"));
                done.signed.text = "signed by one person: Theo Okonkwo".into();
            }
            TieoutMsg::Signed(book.clone(), *period, Ok((Box::new(done), 1310)))
        }
        TieoutEffect::Reopen { .. } => TieoutMsg::Reopened(Ok(2)),
        TieoutEffect::Lock { book, period } => TieoutMsg::Locked(book.clone(), *period, Ok(period.to)),
        TieoutEffect::Plan { generation, book, period } => {
            TieoutMsg::Planned(*generation, book.clone(), *period, Ok(accrued(false)))
        }
        TieoutEffect::Accrue { .. } => TieoutMsg::Accrued(Ok(accrued(true))),
        TieoutEffect::ExportFolder => TieoutMsg::ExportFolder("/home/theo/closing".into()),
        TieoutEffect::Export { ask, .. } => {
            TieoutMsg::Exported(Ok(format!("{}/tieout-fq-us-2026-10", ask.folder)))
        }
    }
}
