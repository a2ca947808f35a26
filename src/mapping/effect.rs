//! What a batch does to the ledger: by account for the pane, by group for the approve dialog (accounting.md, 10).

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::model::book::{BookSettings, WhoPays};
use crate::model::entry::{Entry, EntrySet, Line, LineRole, Named, Side, Slot};
use crate::model::money::Currency;

/// Debits and credits of one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountEffect {
    /// The account.
    pub account: Named,
    /// Σ debits.
    pub debit: Decimal,
    /// Σ credits.
    pub credit: Decimal,
}

/// The effect by account, for each currency by itself; accounts in the order of what people see.
pub fn effect(sets: &[&EntrySet]) -> Vec<(Currency, Vec<AccountEffect>)> {
    let mut sums: BTreeMap<Currency, BTreeMap<(String, String), AccountEffect>> = BTreeMap::new();
    for e in sets.iter().flat_map(|s| &s.entries) {
        for t in e.taxes.iter().filter(|t| !t.amount.is_zero()) {
            let name = format!("tax by code {}", t.code);
            let account = Named::new("", &name);
            let at = sums.entry(e.currency).or_default();
            let sum = at.entry((name, String::new())).or_insert_with(|| AccountEffect {
                account,
                debit: Decimal::ZERO,
                credit: Decimal::ZERO,
            });
            sum.debit += t.amount.max(Decimal::ZERO);
            sum.credit -= t.amount.min(Decimal::ZERO);
        }
        for l in &e.lines {
            let at = sums.entry(e.currency).or_default();
            let key = (l.account.name.clone(), l.account.id.clone());
            let sum = at.entry(key).or_insert_with(|| AccountEffect {
                account: l.account.clone(),
                debit: Decimal::ZERO,
                credit: Decimal::ZERO,
            });
            match l.side {
                Side::Debit => sum.debit += l.amount,
                Side::Credit => sum.credit += l.amount,
            }
        }
    }
    sums.into_iter().map(|(c, accounts)| (c, accounts.into_values().collect())).collect()
}

/// The groups of the approve dialog, in its order (screens.md, section 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EffectKind {
    /// Cost, recoverable tax, rounding.
    CostAndTax,
    /// Due from employees.
    DueFromEmployees,
    /// Due from affiliates.
    DueFromAffiliates,
    /// Employee advances, net.
    Advances,
    /// Payable by us to employees.
    PayableEmployees,
    /// Payable by us to suppliers and card issuers.
    PayableSuppliers,
    /// Cards and clearing accounts.
    CardAndClearing,
    /// Paid with the payroll.
    Payroll,
    /// Concur pays it once it hears success.
    ConcurPays,
}

impl EffectKind {
    /// The side on which the group is shown positive.
    pub fn side(self) -> Side {
        match self {
            EffectKind::CostAndTax | EffectKind::DueFromEmployees | EffectKind::DueFromAffiliates => {
                Side::Debit
            }
            _ => Side::Credit,
        }
    }

    /// The words of the dialog.
    pub fn label(self) -> &'static str {
        match self {
            EffectKind::CostAndTax => "cost and recoverable tax",
            EffectKind::DueFromEmployees => "due from employees",
            EffectKind::DueFromAffiliates => "due from affiliates",
            EffectKind::Advances => "employee advances (net)",
            EffectKind::PayableEmployees => "payable by us: employees",
            EffectKind::PayableSuppliers => "payable by us: suppliers, issuer",
            EffectKind::CardAndClearing => "card, clearing",
            EffectKind::Payroll => "payroll pays",
            EffectKind::ConcurPays => "Concur pays once confirmed",
        }
    }
}

/// One row of the dialog: amounts on the group's own side, negative when the other side is larger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EffectGroup {
    /// Which group.
    pub kind: EffectKind,
    /// The accounts in it, by what people see.
    pub accounts: Vec<String>,
    /// Of them, those of cards.
    pub cards: Vec<String>,
    /// Net amount by currency.
    pub amounts: BTreeMap<Currency, Decimal>,
}

impl EffectGroup {
    /// The words of the dialog with the numbers of the accounts: `card 2110, clearing 2130`.
    pub fn words(&self) -> String {
        use EffectKind::*;
        let number = |a: &String| a.split(' ').next().unwrap_or_default().to_string();
        let numbers = |of: &[String]| of.iter().map(number).collect::<Vec<_>>().join(", ");
        match self.kind {
            CostAndTax | PayableEmployees | PayableSuppliers | ConcurPays => self.kind.label().into(),
            DueFromEmployees | DueFromAffiliates | Payroll => {
                format!("{} {}", self.kind.label(), numbers(&self.accounts))
            }
            Advances => format!("employee advances {} (net)", numbers(&self.accounts)),
            CardAndClearing => {
                let clearing: Vec<String> =
                    self.accounts.iter().filter(|a| !self.cards.contains(a)).cloned().collect();
                let parts = [("card", numbers(&self.cards)), ("clearing", numbers(&clearing))];
                let parts = parts.iter().filter(|(_, n)| !n.is_empty()).map(|(w, n)| format!("{w} {n}"));
                parts.collect::<Vec<_>>().join(", ")
            }
        }
    }

    /// The side on which it stands, and the amounts on it. What is net on the other side in every currency is shown
    /// there: an advance that is paid out is a debit, whatever most batches do.
    pub fn shown(&self) -> (Side, BTreeMap<Currency, Decimal>) {
        let own = self.kind.side();
        let turned = self.amounts.values().any(|a| a.is_sign_negative() && !a.is_zero())
            && self.amounts.values().all(|a| a.is_zero() || a.is_sign_negative());
        if !turned {
            return (own, self.amounts.clone());
        }
        let other = if own == Side::Debit { Side::Credit } else { Side::Debit };
        (other, self.amounts.iter().map(|(c, a)| (*c, -*a)).collect())
    }
}

/// The effect by group; groups that nothing touches are left out. Σ debit groups − Σ credit groups = 0 per currency.
pub fn effect_groups(sets: &[&EntrySet], settings: &BookSettings) -> Vec<EffectGroup> {
    let mut groups: BTreeMap<EffectKind, EffectGroup> = BTreeMap::new();
    for e in sets.iter().flat_map(|s| &s.entries) {
        for l in &e.lines {
            let kind = kind_of(e, l, settings);
            let group = groups.entry(kind).or_insert_with(|| EffectGroup {
                kind,
                accounts: Vec::new(),
                cards: Vec::new(),
                amounts: BTreeMap::new(),
            });
            let signed = if kind.side() == Side::Debit { l.signed() } else { -l.signed() };
            *group.amounts.entry(e.currency).or_default() += signed;
            if !group.accounts.contains(&l.account.name) {
                group.accounts.push(l.account.name.clone());
                if l.role == LineRole::Card {
                    group.cards.push(l.account.name.clone());
                }
            }
        }
        let tax: Decimal = e.taxes.iter().map(|t| t.amount).sum();
        if !tax.is_zero() {
            let kind = EffectKind::CostAndTax;
            let group = groups.entry(kind).or_insert_with(|| EffectGroup {
                kind,
                accounts: Vec::new(),
                cards: Vec::new(),
                amounts: BTreeMap::new(),
            });
            *group.amounts.entry(e.currency).or_default() += tax;
        }
    }
    groups.into_values().collect()
}

fn kind_of(entry: &Entry, line: &Line, settings: &BookSettings) -> EffectKind {
    let in_map = |m: &BTreeMap<Currency, Named>| m.values().any(|n| n.id == line.account.id);
    match line.role {
        LineRole::Cost | LineRole::Tax | LineRole::Rounding => EffectKind::CostAndTax,
        LineRole::Receivable => EffectKind::DueFromEmployees,
        LineRole::Intercompany => EffectKind::DueFromAffiliates,
        LineRole::Advance => EffectKind::Advances,
        LineRole::Payable if in_map(&settings.accounts.paid_by_concur) => EffectKind::ConcurPays,
        LineRole::Payable if in_map(&settings.accounts.employee_payable) => EffectKind::PayableEmployees,
        LineRole::Payable if of_bill(&entry.slot) && !in_map(&settings.accounts.supplier_payable) => {
            EffectKind::PayableEmployees
        }
        LineRole::Payable => EffectKind::PayableSuppliers,
        LineRole::Card => EffectKind::CardAndClearing,
        LineRole::Clearing if !line.is_offset() => EffectKind::CardAndClearing,
        LineRole::Clearing if paid_by(entry, WhoPays::Concur) => EffectKind::ConcurPays,
        LineRole::Clearing if paid_by(entry, WhoPays::Payroll) => EffectKind::Payroll,
        LineRole::Clearing => EffectKind::CardAndClearing,
    }
}

/// The employee's or supplier's entry, or its other half.
fn of_bill(slot: &Slot) -> bool {
    match slot {
        Slot::Bill => true,
        Slot::Split(of) => of == "bill",
        _ => false,
    }
}

/// What the derivation wrote down about who pays this entry.
pub(super) fn paid_by(entry: &Entry, who: WhoPays) -> bool {
    let mut told = entry.why.iter().filter(|w| w.what == "who pays");
    told.any(|w| w.because.split(':').next() == Some(who.word()))
}
