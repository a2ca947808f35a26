//! The account of a cost line (design.md: explicit rule, equal number, rule of the expense type, else blocked; there
//! is no catch-all account).

use crate::mapping::rules::{Asked, best, told};
use crate::mapping::work::{Work, unknown, why};
use crate::model::document::DocumentKind;
use crate::model::entry::{LineRole, Named, Why};
use crate::model::finding::{FindingCode, Mend};
use crate::model::ledger::{Account, AccountType};
use crate::model::rule::{Gives, Key, Rule, RuleKind};

/// What was chosen for a line.
pub(super) struct Chosen {
    pub account: Named,
    pub role: LineRole,
    /// Dimensions belong on it. True also for an account that is not known yet.
    pub profit_and_loss: bool,
    pub why: Why,
}

/// Chooses the account of a business journal line.
pub(super) fn choose(w: &mut Work<'_>, asked: Asked<'_>) -> Chosen {
    let code = asked.journal.map(|j| j.account_code.clone()).unwrap_or_default();
    let type_code = asked.expense.map(|e| e.type_code.clone()).unwrap_or_default();
    let mend = Mend::MapAccount { code: code.clone(), expense_type: type_code.clone() };
    let i = w.i;
    let rule = |with: fn(&Rule) -> bool| best(i, RuleKind::Account, asked, with);
    let by_code = rule(|r| r.document.is_some()).or_else(|| rule(|r| r.keys.contains_key(&Key::AccountCode)));
    let numbered = (!code.is_empty()).then(|| w.facts().account_numbered(&code)).flatten();
    let found = match (by_code, numbered) {
        (Some(r), _) => Some(by_rule(w, r, &mend)),
        (None, Some(a)) => {
            Some((Some(a), why("account", format!("{code}: {} sent {code}, exact", w.source()), None)))
        }
        (None, None) => {
            let by_type =
                rule(|r| r.keys.contains_key(&Key::ExpenseType) && !r.keys.contains_key(&Key::AccountCode));
            by_type.map(|r| by_rule(w, r, &mend))
        }
    };
    let place = if code.is_empty() { type_code.clone() } else { code.clone() };
    match found {
        Some((Some(account), because)) => {
            judge(w, account, &place, mend);
            let (role, profit_and_loss) = role_of(w, account);
            Chosen { account: account.named(), role, profit_and_loss, why: because }
        }
        Some((None, because)) => {
            Chosen { account: unknown(&place), role: LineRole::Cost, profit_and_loss: true, why: because }
        }
        None => {
            let because = missing(w, &code, &type_code, asked.expense.map_or("", |e| &e.type_name), mend);
            Chosen { account: unknown(&place), role: LineRole::Cost, profit_and_loss: true, why: because }
        }
    }
}

fn by_rule<'a>(w: &mut Work<'a>, rule: &'a Rule, mend: &Mend) -> (Option<&'a Account>, Why) {
    w.take(rule);
    let because = why("account", told(rule), Some(rule.id));
    let account = match &rule.gives {
        Gives::Record(n) => w.facts().account(&n.id),
        _ => None,
    };
    if account.is_none() {
        let sentence =
            format!("Rule {} gives {}, which is no account of {}.", rule.id, rule.gives, w.ledger());
        w.add(
            FindingCode::AccountUnmapped,
            &rule.condition(),
            format!("{} is gone", rule.gives),
            sentence,
            mend.clone(),
        );
    }
    (account, because)
}

fn missing(w: &mut Work<'_>, code: &str, type_code: &str, type_name: &str, mend: Mend) -> Why {
    let source = w.source().to_string();
    if code.is_empty() {
        let sentence = format!(
            "{source} sent no account code for {type_code} {type_name}, and no rule maps the expense type."
        );
        w.add(FindingCode::AccountMissing, type_code, format!("{type_code}: no account"), sentence, mend);
        return why("account", format!("none: {source} sent no code, no rule for {type_code}"), None);
    }
    let sentence =
        format!("{} has no account {code}, and no rule maps it or {type_code} {type_name}.", w.ledger());
    w.add(FindingCode::AccountUnmapped, code, format!("no account {code}"), sentence, mend);
    why("account", format!("none: no account {code} and no rule for it"), None)
}

/// Usable, and of a type that may take cost (accounting.md, section 5).
fn judge(w: &mut Work<'_>, a: &Account, place: &str, mend: Mend) {
    if !a.active {
        let sentence = format!("Account {} is inactive in {}.", a.label(), w.ledger());
        w.add(FindingCode::AccountInactive, place, format!("{place} is inactive"), sentence, mend.clone());
    }
    if !takes_cost(w, a) {
        let sentence = format!(
            "Account {} is of type {}; cost goes to expense and cost of sales, and to accounts that the book lists.",
            a.label(),
            a.kind.words()
        );
        w.add(FindingCode::AccountType, place, format!("{place} is {}", a.kind.words()), sentence, mend);
    }
}

fn takes_cost(w: &Work<'_>, a: &Account) -> bool {
    use AccountType::{AccountsPayable, AccountsReceivable, Bank, Equity};
    let never = matches!(a.kind, AccountsReceivable | Bank | Equity | AccountsPayable);
    let listed = || w.settings().accounts.also_allowed.iter().any(|n| n.id == a.id);
    // an advance is no cost: the book's own account of advances is its place
    let advances = w.settings().accounts.advances.as_ref().is_some_and(|n| n.id == a.id);
    let advance = w.doc().kind == DocumentKind::CashAdvance && advances;
    a.kind.takes_cost() || (!never && (advance || listed()))
}

fn role_of(w: &Work<'_>, a: &Account) -> (LineRole, bool) {
    let roles = &w.settings().accounts;
    let is = |n: &Option<Named>| n.as_ref().is_some_and(|n| n.id == a.id);
    let role = if is(&roles.advances) {
        LineRole::Advance
    } else if a.kind == AccountType::CurrentLiability {
        LineRole::Clearing
    } else {
        LineRole::Cost
    };
    (role, a.kind.is_profit_and_loss())
}
