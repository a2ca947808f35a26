//! The book `fq-us` of the sample firm: what its administrator would have entered at set-up.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::cli::seed::{BOOK, CONCUR, LEDGER};
use crate::model::book::{
    Book, BookSettings, CardPolicy, CardProgramme, DatePolicy, DimensionSetting, Flow, IntercompanyPolicy,
    Mode, OpeningAdvance, RatePolicy, RoleAccounts, WhoPays,
};
use crate::model::entry::Named;
use crate::model::rule::{DimensionKind, Gives, Key, Rule, RuleKind, RuleSet};
use crate::model::{BookId, ConnectionId, Currency, DocumentKind, LedgerFacts};

/// Concur's field of the cost centre.
const COST_CENTRE: &str = "custom1";
/// Concur's field of the project.
const PROJECT: &str = "custom2";
/// Concur's field of the employee's location.
const LOCATION: &str = "employeeOrgUnit2";
/// Concur's field of an invoice's location.
const INVOICE_LOCATION: &str = "orgUnit2";

/// The book, over the ledger's own ids.
pub fn book(facts: &LedgerFacts, opening_advances: Vec<OpeningAdvance>) -> Result<Book, String> {
    let account = |number: &str| {
        facts
            .account_numbered(number)
            .map(crate::model::ledger::Account::named)
            .ok_or_else(|| format!("the ledger has no account {number}"))
    };
    let vendor = |name: &str| {
        facts
            .vendors_named(name)
            .first()
            .map(|v| Named::new(&v.id, &v.name))
            .ok_or_else(|| format!("the ledger has no vendor {name}"))
    };
    let by_currency = |usd: &str, eur: Option<&str>| -> Result<BTreeMap<Currency, Named>, String> {
        let mut map = BTreeMap::from([(Currency::USD, account(usd)?)]);
        if let Some(eur) = eur {
            map.insert(Currency::EUR, account(eur)?);
        }
        Ok(map)
    };
    let accounts = RoleAccounts {
        employee_payable: by_currency("2010", Some("2015"))?,
        supplier_payable: by_currency("2000", Some("2005"))?,
        paid_by_concur: by_currency("2020", None)?,
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
        invoice_field: (field == LOCATION).then(|| INVOICE_LOCATION.into()),
    };
    let flow = |kind| (kind, Flow::new(Flow::BILL, DatePolicy::Approval));
    let settings = BookSettings {
        company: "Fernhill Quay Advisory".into(),
        time_zone: "America/New_York".into(),
        home_currency: Currency::USD,
        ledger_codes: vec!["FQUS".into()],
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
        individual_cards: Some(CardProgramme {
            policy: CardPolicy::IssuerBill,
            account: account("2000")?,
            issuer: Some(vendor("Crescent Card Services")?),
        }),
        individual_cards_paid_by: WhoPays::Ledger,
        accounts,
        dimensions: vec![
            dimension(DimensionKind::Class, COST_CENTRE, true),
            dimension(DimensionKind::Customer, PROJECT, false),
            dimension(DimensionKind::Department, LOCATION, false),
        ],
        employee_due_days: 7,
        lock_date: "2026-09-30".parse().ok(),
        rate: RatePolicy::LedgerDecides,
        rate_table: BTreeMap::new(),
        intercompany: IntercompanyPolicy::Block,
        personal_offset: false,
        card_payee: Some(vendor("Card merchants")?),
        match_merchants: false,
        opening_advances,
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
        id: BookId::from(BOOK),
        source: ConnectionId::from(CONCUR),
        ledger: ConnectionId::from(LEDGER),
        mode: Mode::Live,
        paused: false,
        settings,
    })
}

/// Its rules: classes, projects, locations, tax. CC450 has none: that is the demo's first lesson.
pub fn rules(facts: &LedgerFacts) -> Result<RuleSet, String> {
    let mut set = RuleSet::default();
    let mut add = |kind, keys: &[(Key, &str)], gives: Gives, billable| {
        set.set(Rule {
            id: 0,
            kind,
            document: None,
            party: None,
            keys: keys.iter().map(|(k, v)| (k.clone(), (*v).to_string())).collect(),
            gives,
            author: "Sam Ortiz".into(),
            reason: None,
            billable,
        });
    };
    let field = |f: &str| Key::Field(f.into());
    let value = |kind: DimensionKind, name: &str| {
        let found = facts
            .dimension_list(kind)
            .iter()
            .find(|d| d.name == name || d.name == format!("{name} (deleted)"));
        found
            .map(|d| Gives::Record(Named::new(&d.id, name)))
            .ok_or_else(|| format!("the ledger has no {} {name}", kind.word()))
    };
    for (code, class) in [
        ("CC100", "100 Strategy"),
        ("CC200", "200 Operations"),
        ("CC300", "300 Technology"),
        ("CC400", "400 People and Change"),
        ("CC800", "800 Business Development"),
        ("CC900", "900 Administration"),
    ] {
        add(RuleKind::Class, &[(field(COST_CENTRE), code)], value(DimensionKind::Class, class)?, false);
    }
    add(RuleKind::Class, &[(field(COST_CENTRE), "UK210")], Gives::OtherBook("fq-uk".into()), false);
    for (code, project, billable) in [
        ("P2599", "Tidewater Utilities:Wharf close-out", true),
        ("P2601", "Aldgate Bank:Core review", true),
        ("P2602", "Merrow Health:Rollout", true),
        ("P2603", "Ostrava Rail:Timetable", true),
        ("P2604", "Tidewater Utilities:Assessment", true),
        ("P2605", "Fernhill Quay:Green practice", false),
    ] {
        add(
            RuleKind::Customer,
            &[(field(PROJECT), code)],
            value(DimensionKind::Customer, project)?,
            billable,
        );
    }
    for place in ["Boston", "Chicago", "Dublin"] {
        add(
            RuleKind::Department,
            &[(field(LOCATION), place)],
            value(DimensionKind::Department, place)?,
            false,
        );
    }
    let vat = facts.account_numbered("1310").ok_or("the ledger has no account 1310")?.named();
    for (code, reclaim, gives) in [
        ("IE-23", "R", Gives::Record(vat.clone())),
        ("DE-7", "R", Gives::Record(vat.clone())),
        ("DE-19", "R", Gives::Record(vat)),
        ("IE-23", "N", Gives::Cost),
    ] {
        add(RuleKind::Tax, &[(Key::TaxCode, code), (Key::ReclaimCode, reclaim)], gives, false);
    }
    // invoices come without reclaim codes
    add(RuleKind::Tax, &[(Key::TaxCode, "MA-6.25")], Gives::Cost, false);
    Ok(set)
}
