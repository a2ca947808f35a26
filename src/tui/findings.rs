//! Findings in words: what tells two of them apart, and which ones a mapping rule mends.

use crate::model::finding::{Finding, FindingCode, Mend};
use crate::store::FindingGroup;
use crate::tui::text::clean;

/// What a finding is about, as people know it: a record by its number, never by its internal id.
pub fn about(f: &Finding) -> String {
    match &f.mend {
        Mend::Adopt { number, .. } if !number.is_empty() => clean(number),
        Mend::Adopt { .. } => clean(&f.brief),
        _ => clean(&f.value.replace('_', " ")),
    }
}

/// A group in a few words, told apart from others of the same brief: `no flow for invoices`.
pub fn words(g: &FindingGroup, all: &[FindingGroup]) -> String {
    let mut brief = if g.brief.is_empty() { g.code.label().to_string() } else { clean(&g.brief) };
    if g.code == FindingCode::CostObjectUnmapped && brief.starts_with(g.value.as_str()) {
        // the brief of the list begins with the code
        let object = if brief.ends_with("customer") { "project" } else { "cost centre" };
        brief = format!("{object} {brief}");
    }
    let value = clean(&g.value.replace('_', " "));
    if value.is_empty() || g.code == FindingCode::MaybeInLedger {
        return brief;
    }
    if g.code == FindingCode::FlowMissing {
        return format!("{brief} for {value}s");
    }
    let alike = all.iter().filter(|o| o.code == g.code && o.brief == g.brief).count() > 1;
    if alike && !brief.contains(&value) { format!("{brief}: {value}") } else { brief }
}

/// What `f` does with a group, where it does something.
pub fn mends(code: FindingCode) -> Option<&'static str> {
    use FindingCode::*;
    match code {
        c if c.maps() => Some("{key:fix} mends them all"),
        MaybeInLedger => Some("{key:fix} adopts it, or says that it is another one"),
        PeriodClosed | ReopenedDelta => Some("{key:fix} decides, one document after the other"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(code: FindingCode, value: &str, brief: &str) -> FindingGroup {
        FindingGroup { code, value: value.into(), brief: brief.into(), count: 1, sums: vec![] }
    }

    #[test]
    fn groups_of_one_brief_are_told_apart() {
        let all = [
            group(FindingCode::FlowMissing, "invoice", "no flow"),
            group(FindingCode::FlowMissing, "cash_advance", "no flow"),
            group(FindingCode::MaybeInLedger, "146", "in ledger: CL 2217"),
            group(FindingCode::NameClash, "E1", "name taken by a customer"),
            group(FindingCode::NameClash, "E2", "name taken by a customer"),
            group(FindingCode::CostObjectUnmapped, "CC450", "CC450 has no class"),
        ];
        let said: Vec<String> = all.iter().map(|g| words(g, &all)).collect();
        assert_eq!(
            said,
            [
                "no flow for invoices",
                "no flow for cash advances",
                "in ledger: CL 2217",
                "name taken by a customer: E1",
                "name taken by a customer: E2",
                "cost centre CC450 has no class"
            ]
        );
        assert!(mends(FindingCode::FlowMissing).is_none());
    }
}
