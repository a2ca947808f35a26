//! Class, location and project of a line (accounting.md, section 5).

use crate::mapping::rules::{Asked, best, field_of, told};
use crate::mapping::work::{Work, why};
use crate::model::book::DimensionSetting;
use crate::model::entry::{Dimensions, Named, Why};
use crate::model::finding::{FindingCode, Mend};
use crate::model::rule::{DimensionKind, Gives, Rule};

/// What a line gets.
#[derive(Default)]
pub(super) struct Resolved {
    /// The department stands here until the entry is finished: in a header or on journal lines.
    pub dims: Dimensions,
    /// The cost object belongs to another book: its code and that book's name.
    pub other_book: Option<(String, String)>,
    /// The customer's rule says that its lines may be billed.
    pub may_be_billed: bool,
    pub why: Vec<Why>,
}

/// Resolves the dimensions of a line. Balance-sheet lines get the location alone.
pub(super) fn resolve(w: &mut Work<'_>, asked: Asked<'_>, profit_and_loss: bool) -> Resolved {
    let mut out = Resolved::default();
    for kind in [DimensionKind::Class, DimensionKind::Customer, DimensionKind::Department] {
        if kind != DimensionKind::Department && !profit_and_loss {
            continue;
        }
        let settings: Vec<DimensionSetting> =
            w.settings().dimensions.iter().filter(|s| s.dimension == kind).cloned().collect();
        if settings.is_empty() {
            continue;
        }
        let value = one(w, asked, kind, &settings, profit_and_loss, &mut out);
        match kind {
            DimensionKind::Class => out.dims.class = value,
            DimensionKind::Customer => out.dims.customer = value,
            DimensionKind::Department => out.dims.department = value,
        }
    }
    if out.other_book.is_some() {
        out.dims.class = None;
        out.dims.customer = None;
    }
    out
}

fn one(
    w: &mut Work<'_>,
    asked: Asked<'_>,
    kind: DimensionKind,
    settings: &[DimensionSetting],
    profit_and_loss: bool,
    out: &mut Resolved,
) -> Option<Named> {
    let doc = w.doc();
    let coded = settings.iter().find_map(|s| {
        let field = field_of(w.i, &s.field);
        let c = match (asked.expense, asked.allocation) {
            (Some(e), Some(a)) => doc.cost_object(e, a, field),
            _ => doc.fields.get(field).filter(|c| !c.code.is_empty()),
        };
        c.map(|c| (s.field.clone(), c.clone()))
    });
    let rule = best(w.i, kind.rule_kind(), asked, |_| true);
    match (rule, coded) {
        (Some(rule), coded) => {
            w.take(rule);
            out.may_be_billed |= kind == DimensionKind::Customer && rule.billable;
            out.why.push(why(kind.word(), told(rule), Some(rule.id)));
            let code = coded.map_or_else(|| rule.condition(), |(_, c)| c.code);
            by_rule(w, kind, rule, &code, out)
        }
        (None, Some((field, c))) => {
            let ledger = w.ledger().to_string();
            out.why.push(why(kind.word(), format!("none: no rule for {}", c.code), None));
            let mend =
                Mend::MapDimension { dimension: kind, field, code: c.code.clone(), value: c.value.clone() };
            let shown = if c.value.is_empty() || c.value == c.code {
                c.code.clone()
            } else {
                format!("{} {}", c.code, c.value)
            };
            let sentence = format!("{} {shown} has no {} in {ledger}.", object(kind), kind.word());
            w.add(
                FindingCode::CostObjectUnmapped,
                &c.code,
                format!("{} has no {}", c.code, kind.word()),
                sentence,
                mend,
            );
            None
        }
        (None, None) => {
            out.why.push(why(kind.word(), "none in the source", None));
            if profit_and_loss && let Some(s) = settings.iter().find(|s| s.required) {
                required(w, kind, s, asked);
            }
            None
        }
    }
}

fn required(w: &mut Work<'_>, kind: DimensionKind, setting: &DimensionSetting, asked: Asked<'_>) {
    let word = kind.word();
    let what = asked.expense.map_or(String::new(), |e| format!(" of {} {}", e.type_code, e.description));
    let mend = Mend::MapDimension {
        dimension: kind,
        field: setting.field.clone(),
        code: String::new(),
        value: String::new(),
    };
    let sentence = format!("The line{what} has no {word}: the source left {} empty.", setting.field);
    w.add(FindingCode::DimensionRequired, word, format!("no {word}"), sentence, mend);
}

fn by_rule(
    w: &mut Work<'_>,
    kind: DimensionKind,
    rule: &Rule,
    code: &str,
    out: &mut Resolved,
) -> Option<Named> {
    match &rule.gives {
        Gives::OtherBook(book) => {
            out.other_book = Some((code.into(), book.clone()));
            None
        }
        Gives::Record(n) => known(w, kind, n, code),
        _ => None,
    }
}

/// The value as the ledger has it now. One that the ledger cannot hold is named, not dropped in silence.
fn known(w: &mut Work<'_>, kind: DimensionKind, n: &Named, code: &str) -> Option<Named> {
    let word = kind.word();
    let held = match kind {
        DimensionKind::Class => w.facts().company.classes,
        DimensionKind::Department => w.facts().company.departments,
        DimensionKind::Customer => true,
    };
    if !held {
        let sentence =
            format!("{} does not hold a {word} in this company; {} is left out.", w.ledger(), n.name);
        w.add(FindingCode::DimensionDropped, word, format!("{word} not held"), sentence, Mend::Accept);
        return None;
    }
    let (name, trouble) = match w.facts().dimension(kind, &n.id) {
        Some(v) if v.active => return Some(Named::new(&v.id, &v.name)),
        Some(v) => (v.name.clone(), "inactive"),
        None => (n.name.clone(), "gone"),
    };
    let sentence = format!("{} {code} goes to {name}, which is {trouble} in {}.", object(kind), w.ledger());
    let mend = Mend::InLedger;
    w.add(FindingCode::DimensionInactive, code, format!("{code} is {trouble}"), sentence, mend);
    Some(Named::new(&n.id, name))
}

fn object(kind: DimensionKind) -> &'static str {
    match kind {
        DimensionKind::Class => "Cost centre",
        DimensionKind::Department => "Location",
        DimensionKind::Customer => "Project",
    }
}
