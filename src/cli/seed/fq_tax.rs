//! The book `fq-tax` of the sample firm, over QuickBooks Desktop: what its administrator would have entered at set-up.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::cli::seed::{CONCUR, DESKTOP, TAX_BOOK};
use crate::model::book::{
    Book, BookSettings, CardPolicy, CardProgramme, DatePolicy, DimensionSetting, Flow, IntercompanyPolicy,
    Mode, RatePolicy, RoleAccounts, WhoPays,
};
use crate::model::entry::Named;
use crate::model::rule::{DimensionKind, Gives, Key, Rule, RuleKind, RuleSet};
use crate::model::{BookId, ConnectionId, Currency, DocumentKind, LedgerFacts};

/// Concur's field of the cost centre.
const COST_CENTRE: &str = "custom1";
/// Concur's field of the project.
const PROJECT: &str = "custom2";

/// The book, over the ledger's own ids.
pub fn book(facts: &LedgerFacts) -> Result<Book, String> {
    let account = |number: &str| {
        facts
            .account_numbered(number)
            .map(crate::model::ledger::Account::named)
            .ok_or_else(|| format!("the company file has no account {number}"))
    };
    let vendor = |name: &str| {
        facts
            .vendors_named(name)
            .first()
            .map(|v| Named::new(&v.id, &v.name))
            .ok_or_else(|| format!("the company file has no vendor {name}"))
    };
    let dollars = |number: &str| -> Result<BTreeMap<Currency, Named>, String> {
        Ok(BTreeMap::from([(Currency::USD, account(number)?)]))
    };
    let accounts = RoleAccounts {
        employee_payable: dollars("2010")?,
        supplier_payable: dollars("2000")?,
        paid_by_concur: dollars("2020")?,
        expense_pay_clearing: Some(account("2140")?),
        payroll_clearing: Some(account("2150")?),
        company_paid_clearing: Some(account("2130")?),
        advances: Some(account("1250")?),
        advance_returns: None,
        due_from_employees: Some(account("1260")?),
        due_from_affiliates: Some(account("1350")?),
        rounding: Some(account("6905")?),
        accrued: Some(account("2200")?),
        also_allowed: vec![account("2130")?, account("1250")?],
    };
    let dimension = |dimension, field: &str, required| DimensionSetting {
        dimension,
        field: field.into(),
        required,
        invoice_field: None,
    };
    let flow = |kind| (kind, Flow::new(Flow::BILL, DatePolicy::Approval));
    let settings = BookSettings {
        company: "Fernhill Quay Tax".into(),
        time_zone: "America/New_York".into(),
        home_currency: Currency::USD,
        ledger_codes: vec!["FQTAX".into()],
        flows: BTreeMap::from([
            flow(DocumentKind::ExpenseReport),
            flow(DocumentKind::Invoice),
            flow(DocumentKind::CashAdvance),
        ]),
        who_pays: BTreeMap::from([
            ("APCHECK".into(), WhoPays::Ledger),
            ("CNQRPAY".into(), WhoPays::Concur),
            ("ADPPAYR".into(), WhoPays::Payroll),
        ]),
        card_programmes: BTreeMap::from([(
            "CORP".into(),
            CardProgramme { policy: CardPolicy::CardAccount, account: account("2110")?, issuer: None },
        )]),
        individual_cards: None,
        individual_cards_paid_by: WhoPays::Ledger,
        accounts,
        dimensions: vec![
            dimension(DimensionKind::Class, COST_CENTRE, true),
            dimension(DimensionKind::Customer, PROJECT, false),
        ],
        employee_due_days: 7,
        lock_date: "2026-09-30".parse().ok(),
        rate: RatePolicy::LedgerDecides,
        rate_table: BTreeMap::new(),
        intercompany: IntercompanyPolicy::Block,
        personal_offset: false,
        card_payee: Some(vendor("Card merchants")?),
        match_merchants: false,
        opening_advances: Vec::new(),
        accept_unlisted_advances: false,
        second_approver_above: Some(Decimal::from(10_000)),
        old_expense_days: 90,
        memo: "{number} {name}, {title}".into(),
        approvers: BTreeMap::from([("Theo Okonkwo".into(), Some("E1009".into())), ("Joy Lin".into(), None)]),
        fiscal_year_start: 1,
        fiscal_year_named_by_end: true,
        invoices: Default::default(),
        home_lines: Default::default(),
        receipts: Default::default(),
        reference: Default::default(),
        payments_to_source: false,
        poll_minutes: 10,
    };
    Ok(Book {
        id: BookId::from(TAX_BOOK),
        source: ConnectionId::from(CONCUR),
        ledger: ConnectionId::from(DESKTOP),
        mode: Mode::Live,
        paused: false,
        settings,
    })
}

/// Its rules: the class of its one cost centre, and the job of its project.
pub fn rules(facts: &LedgerFacts) -> Result<RuleSet, String> {
    let mut set = RuleSet::default();
    for (kind, dimension, field, code, name) in [
        (RuleKind::Class, DimensionKind::Class, COST_CENTRE, "CC700", "700"),
        (RuleKind::Customer, DimensionKind::Customer, PROJECT, "JOB-118", "Wachusett Mills:JOB-118"),
    ] {
        let found = facts.dimension_list(dimension).iter().find(|d| d.name == name);
        let found = found.ok_or_else(|| format!("the company file has no {} {name}", dimension.word()))?;
        set.set(Rule {
            id: 0,
            kind,
            document: None,
            party: None,
            keys: BTreeMap::from([(Key::Field(field.into()), code.to_string())]),
            gives: Gives::Record(Named::new(&found.id, name)),
            author: "Sam Ortiz".into(),
            reason: None,
            billable: false,
        });
    }
    Ok(set)
}
