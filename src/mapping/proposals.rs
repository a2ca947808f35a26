//! What would make the lists of the two systems agree: proposals with every field, never applied unasked
//! (accounting.md, section 4). Tax identifiers and bank details play no part.

use std::collections::{BTreeMap, BTreeSet};

use crate::mapping::suggest::likeness;
use crate::model::ledger::normal_name;
use crate::model::lists::{
    End, ItemRecord, Proposal, ProposedAction, ProposedRecord, SeenRecord, VendorRecord,
};

/// From this score two names are told to be nearly one.
const NEAR: u8 = 75;

/// What a comparison of vendors looks at.
#[derive(Debug, Clone, Default)]
pub struct VendorLists<'a> {
    /// Vendors of the system that leads.
    pub lead: &'a [VendorRecord],
    /// Vendors of the one that follows.
    pub follow: &'a [VendorRecord],
    /// Names that are taken in the following system by others (customers, employees), as compared, and by what.
    pub taken: BTreeMap<String, String>,
    /// Codes of vendors with documents under way or open items: they are not inactivated.
    pub busy: BTreeSet<String>,
    /// What was seen at the last comparison.
    pub seen: &'a [SeenRecord],
    /// Which system follows.
    pub end: Option<End>,
}

/// Vendors that are missing, renamed or out of use.
pub fn vendor_proposals(i: &VendorLists<'_>) -> Vec<Proposal> {
    let Some(end) = i.end else { return Vec::new() };
    let mut out = Vec::new();
    let by_code: BTreeMap<&str, &VendorRecord> =
        i.follow.iter().filter(|v| !v.code.is_empty()).map(|v| (v.code.as_str(), v)).collect();
    let mut by_name: BTreeMap<String, Vec<&VendorRecord>> = BTreeMap::new();
    for v in i.follow {
        by_name.entry(normal_name(&v.name)).or_default().push(v);
    }
    for lead in i.lead {
        let named = || match by_name.get(&normal_name(&lead.name)).map(Vec::as_slice) {
            // one name, one record: anything else is for a person
            Some([one]) if one.code.is_empty() || one.code == lead.code => Some(*one),
            _ => None,
        };
        match by_code.get(lead.code.as_str()).copied().or_else(named) {
            None if lead.active => out.push(create_vendor(i, end, lead, &by_name)),
            None => {}
            Some(there) => out.extend(follow_vendor(i, end, lead, there)),
        }
    }
    out
}

fn create_vendor(
    i: &VendorLists<'_>,
    end: End,
    lead: &VendorRecord,
    by_name: &BTreeMap<String, Vec<&VendorRecord>>,
) -> Proposal {
    let mut name = lead.name.split_whitespace().collect::<Vec<_>>().join(" ").replace(':', "-");
    let mut caution = None;
    let clash = i
        .taken
        .get(&normal_name(&name))
        .map(|who| format!("a {who}"))
        .or_else(|| by_name.contains_key(&normal_name(&name)).then(|| "another vendor".to_string()));
    if let Some(who) = clash {
        let free = format!("{name} ({})", lead.code);
        caution = Some(format!("{name} is the name of {who} already: it would be made as {free}"));
        name = free;
    } else if let Some((score, near)) = i
        .follow
        .iter()
        .filter(|v| v.active)
        .map(|v| (likeness(&name, &v.name), v))
        .max_by(|(a, x), (b, y)| a.cmp(b).then_with(|| y.name.cmp(&x.name)))
        .filter(|(score, _)| *score >= NEAR)
    {
        caution = Some(format!(
            "{} is nearly the same name ({score}): map it instead if it is the same",
            near.name
        ));
    }
    let mut record =
        VendorRecord { id: String::new(), version: String::new(), name, active: true, ..lead.clone() };
    if end == End::Source && record.address_code.is_empty() {
        // the source knows a vendor by code and address code; a ledger has one address
        record.address_code.clone_from(&record.code);
    }
    Proposal {
        end,
        list: "vendor".into(),
        action: ProposedAction::Create,
        subject: lead.code.clone(),
        fields: vendor_fields(end, &record),
        why: format!("{} {} has no vendor with this code or name", lead.code, lead.name),
        record: ProposedRecord::Vendor(record),
        caution,
        impossible: lead.code.is_empty(),
        maps: None,
    }
}

fn vendor_fields(end: End, v: &VendorRecord) -> Vec<(String, String, String)> {
    let days = v.terms_days.map(|d| format!("{d} days")).unwrap_or_default();
    let currency = v.currency.map(|c| c.code().to_string()).unwrap_or_default();
    [
        ("name", v.name.clone()),
        ("code", v.code.clone()),
        ("e-mail", v.email.clone().unwrap_or_default()),
        ("currency", currency),
        ("terms", days),
        ("address code", v.address_code.clone()),
        ("address", v.lines.join(", ")),
        ("city", v.city.clone()),
        ("region", v.region.clone()),
        ("postal code", v.postal_code.clone()),
        ("country", v.country.clone()),
    ]
    .into_iter()
    // a ledger has no address codes: what is shown is what is sent
    .filter(|(field, after)| !after.is_empty() && (end == End::Source || *field != "address code"))
    .map(|(field, after)| (field.to_string(), String::new(), after))
    .collect()
}

fn follow_vendor(i: &VendorLists<'_>, end: End, lead: &VendorRecord, there: &VendorRecord) -> Vec<Proposal> {
    let mut out = Vec::new();
    let was = i.seen.iter().find(|s| s.end == end.other() && s.list == "vendor" && s.id == lead.id);
    let base = |action, fields, record: VendorRecord, why: String| Proposal {
        end,
        list: "vendor".into(),
        action,
        subject: lead.code.clone(),
        fields,
        record: ProposedRecord::Vendor(record),
        why,
        caution: None,
        impossible: false,
        maps: None,
    };
    // a name that always differed is how the firm wants it; one that changed is followed
    if let Some(was) = was.filter(|w| normal_name(&w.name) != normal_name(&lead.name))
        && normal_name(&there.name) != normal_name(&lead.name)
    {
        let mut p = base(
            ProposedAction::Rename,
            vec![("name".into(), there.name.clone(), lead.name.clone())],
            VendorRecord { name: lead.name.clone(), ..there.clone() },
            format!("{} was renamed from {}", lead.code, was.name),
        );
        if let Some(who) = i.taken.get(&normal_name(&lead.name)) {
            p.caution = Some(format!("{} is the name of a {who} already", lead.name));
            p.impossible = true;
        }
        out.push(p);
    }
    if lead.active != there.active {
        let action = if lead.active { ProposedAction::Activate } else { ProposedAction::Inactivate };
        let word = |a: bool| if a { "active" } else { "inactive" }.to_string();
        let mut p = base(
            action,
            vec![("state".into(), word(there.active), word(lead.active))],
            there.clone(),
            format!("{} is {} where vendors are kept", lead.code, word(lead.active)),
        );
        if !lead.active && (i.busy.contains(&lead.code) || i.busy.contains(&there.id)) {
            p.caution = Some("it has open items or documents under way".into());
            p.impossible = true;
        }
        out.push(p);
    }
    out
}

/// What a comparison of a list with a dimension looks at.
#[derive(Debug, Clone, Default)]
pub struct ItemLists<'a> {
    /// Items of the system that leads.
    pub lead: &'a [ItemRecord],
    /// Items of the one that follows.
    pub follow: &'a [ItemRecord],
    /// The list of the one that follows.
    pub list: String,
    /// The source's field that holds the code: `custom1`.
    pub field: String,
    /// Code of the source -> id in the ledger, by the book's rules.
    pub mapped: BTreeMap<String, String>,
    /// Codes of the source and ids of the ledger that documents under way use.
    pub busy: BTreeSet<String>,
    /// What was seen at the last comparison.
    pub seen: &'a [SeenRecord],
    /// Which system follows.
    pub end: Option<End>,
}

/// Items that are missing, renamed or out of use.
pub fn item_proposals(i: &ItemLists<'_>) -> Vec<Proposal> {
    let Some(end) = i.end else { return Vec::new() };
    let mut out = Vec::new();
    for lead in i.lead {
        match counterpart(i, end, lead) {
            Some(there) => out.extend(follow_item(i, end, lead, there)),
            None if lead.active && unmapped(i, end, lead) => out.push(create_item(i, end, lead)),
            None => {}
        }
    }
    out
}

/// The item that a rule ties it to, else the one of the same code or name.
fn counterpart<'a>(i: &ItemLists<'a>, end: End, lead: &ItemRecord) -> Option<&'a ItemRecord> {
    let tied = match end {
        End::Ledger => i.mapped.get(&lead.code).and_then(|id| i.follow.iter().find(|f| f.id == *id)),
        End::Source => {
            let code = i.mapped.iter().find(|(_, id)| **id == lead.id).map(|(code, _)| code);
            code.and_then(|c| i.follow.iter().find(|f| f.code == *c))
        }
    };
    let called = |code: &str, name: &str| {
        let (code, name) = (code.to_string(), normal_name(name));
        let mut same = i
            .follow
            .iter()
            .filter(|f| (!f.code.is_empty() && f.code == code) || normal_name(&f.name) == name);
        same.next().filter(|_| same.next().is_none())
    };
    tied.or_else(|| called(&lead.code, &lead.name)).or_else(|| {
        // renamed since the last comparison: the other end still has the name from before
        let was = i.seen.iter().find(|s| s.end == end.other() && s.id == lead.id && s.list == lead.list)?;
        called(&was.code, &was.name).filter(|f| i.lead.iter().all(|l| l.code.is_empty() || l.code != f.code))
    })
}

fn unmapped(i: &ItemLists<'_>, end: End, lead: &ItemRecord) -> bool {
    match end {
        End::Ledger => !i.mapped.contains_key(&lead.code),
        End::Source => !i.mapped.values().any(|id| *id == lead.id),
    }
}

fn create_item(i: &ItemLists<'_>, end: End, lead: &ItemRecord) -> Proposal {
    let name = lead.name.split_whitespace().collect::<Vec<_>>().join(" ").replace(':', "-");
    let taken = i.follow.iter().any(|f| normal_name(&f.name) == normal_name(&name));
    let record = ItemRecord {
        list: i.list.clone(),
        code: if end == End::Source { code_of(&lead.name) } else { lead.code.clone() },
        name: name.clone(),
        active: true,
        ..ItemRecord::default()
    };
    let mut fields = vec![("name".to_string(), String::new(), name.clone())];
    if end == End::Source {
        fields.push(("code".into(), String::new(), record.code.clone()));
    }
    let maps = match end {
        End::Ledger => Some((i.field.clone(), lead.code.clone())),
        End::Source => Some((i.field.clone(), record.code.clone())),
    };
    Proposal {
        end,
        list: i.list.clone(),
        action: ProposedAction::Create,
        subject: if end == End::Ledger { lead.code.clone() } else { lead.name.clone() },
        fields,
        why: format!("{} {} has no counterpart", lead.code, lead.name),
        caution: taken.then(|| format!("there are several items named {name}: map one by hand")),
        impossible: taken,
        record: ProposedRecord::Item(record),
        maps,
    }
}

/// A code for a name: its letters and digits, as the source's short codes may hold them.
fn code_of(name: &str) -> String {
    let kept: String = name.chars().filter(|c| c.is_ascii_alphanumeric() || *c == ' ').collect();
    kept.split_whitespace().collect::<Vec<_>>().join("_")
}

fn follow_item(i: &ItemLists<'_>, end: End, lead: &ItemRecord, there: &ItemRecord) -> Vec<Proposal> {
    let mut out = Vec::new();
    let was = i.seen.iter().find(|s| s.end == end.other() && s.id == lead.id && s.list == lead.list);
    let base = |action, fields, record: ItemRecord, why: String| Proposal {
        end,
        list: i.list.clone(),
        action,
        subject: if lead.code.is_empty() { lead.name.clone() } else { lead.code.clone() },
        fields,
        record: ProposedRecord::Item(record),
        why,
        caution: None,
        impossible: false,
        maps: None,
    };
    if let Some(was) = was.filter(|w| normal_name(&w.name) != normal_name(&lead.name))
        && normal_name(&there.name) != normal_name(&lead.name)
    {
        out.push(base(
            ProposedAction::Rename,
            vec![("name".into(), there.name.clone(), lead.name.clone())],
            ItemRecord { name: lead.name.clone(), ..there.clone() },
            format!("it was renamed from {}", was.name),
        ));
    }
    // an item that is out of use where lists are kept is taken out of use; nothing is deleted
    let changed = was.is_some_and(|w| w.active != lead.active);
    if lead.active != there.active && changed {
        let word = |a: bool| if a { "active" } else { "inactive" }.to_string();
        let action = if lead.active { ProposedAction::Activate } else { ProposedAction::Inactivate };
        let mut p = base(
            action,
            vec![("state".into(), word(there.active), word(lead.active))],
            there.clone(),
            format!("{} is {} where the list is kept", lead.name, word(lead.active)),
        );
        if !lead.active
            && (i.busy.contains(&there.id) || i.busy.contains(&lead.code) || i.busy.contains(&there.code))
        {
            p.caution = Some("documents under way use it".into());
            p.impossible = true;
        }
        out.push(p);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vendor(code: &str, name: &str, active: bool) -> VendorRecord {
        VendorRecord {
            id: format!("id-{code}"),
            code: code.into(),
            name: name.into(),
            active,
            ..VendorRecord::default()
        }
    }

    fn seen(v: &VendorRecord, name: &str) -> SeenRecord {
        SeenRecord {
            end: End::Source,
            list: "vendor".into(),
            id: v.id.clone(),
            code: v.code.clone(),
            name: name.into(),
            active: true,
        }
    }

    #[test]
    fn missing_vendors_are_proposed_with_every_field_and_clashes_are_named_before_any_call() {
        let lead = [
            vendor("V1", "Hollis Property Trust", true),
            vendor("V2", "Iris Tan", true),
            vendor("V3", "PIER 9 COURIERS", true),
            vendor("V4", "Gone Ltd", false),
            vendor("V5", "Brightwater Hosting LLC", true),
        ];
        let mut five = vendor("", "brightwater  hosting llc", true);
        five.id = "59".into();
        let follow =
            [vendor("V1", "Hollis Property", true), vendor("V9", "Pier Nine Couriers LLC", true), five];
        let i = VendorLists {
            lead: &lead,
            follow: &follow,
            taken: [("iris tan".to_string(), "customer".to_string())].into(),
            end: Some(End::Ledger),
            ..VendorLists::default()
        };
        let got = vendor_proposals(&i);
        let keys: Vec<String> = got.iter().map(Proposal::key).collect();
        assert_eq!(keys, ["ledger/vendor/create/V2", "ledger/vendor/create/V3"]);
        assert_eq!(got[0].fields[0], ("name".into(), String::new(), "Iris Tan (V2)".into()));
        assert!(got[0].caution.as_ref().unwrap().contains("customer"));
        assert!(got[1].caution.as_ref().unwrap().contains("Pier Nine"));
    }

    #[test]
    fn a_rename_is_followed_only_when_the_name_changed() {
        let lead = [vendor("V1", "Hollis Trust", true)];
        let follow = [vendor("V1", "Hollis Property Trust", true)];
        let mut i =
            VendorLists { lead: &lead, follow: &follow, end: Some(End::Ledger), ..VendorLists::default() };
        assert!(vendor_proposals(&i).is_empty(), "how the firm wants it");
        let was = [seen(&lead[0], "Hollis Property Trust")];
        i.seen = &was;
        let got = vendor_proposals(&i);
        assert_eq!(got[0].action, ProposedAction::Rename);
        assert_eq!(got[0].fields, [("name".into(), "Hollis Property Trust".into(), "Hollis Trust".into())]);
        let ProposedRecord::Vendor(v) = &got[0].record else { panic!() };
        assert_eq!((v.id.as_str(), v.name.as_str()), ("id-V1", "Hollis Trust"));
    }

    #[test]
    fn a_vendor_with_open_items_is_not_inactivated() {
        let lead = [vendor("V1", "A", false), vendor("V2", "B", false), vendor("V3", "C", true)];
        let follow = [vendor("V1", "A", true), vendor("V2", "B", true), vendor("V3", "C", false)];
        let i = VendorLists {
            lead: &lead,
            follow: &follow,
            busy: ["V1".to_string()].into(),
            end: Some(End::Ledger),
            ..VendorLists::default()
        };
        let got = vendor_proposals(&i);
        let said: Vec<(&str, bool)> = got.iter().map(|p| (p.action.name(), p.impossible)).collect();
        assert_eq!(said, [("inactivate", true), ("inactivate", false), ("activate", false)]);
    }

    fn item(id: &str, code: &str, name: &str, active: bool) -> ItemRecord {
        ItemRecord {
            id: id.into(),
            list: "L".into(),
            code: code.into(),
            name: name.into(),
            active,
            ..ItemRecord::default()
        }
    }

    #[test]
    fn cost_centres_become_classes_and_are_mapped_in_the_same_step() {
        let lead = [item("a", "CC100", "Strategy", true), item("b", "CC450", "Sustainability", true)];
        let follow = [item("1", "100 Strategy", "100 Strategy", true)];
        let mut i = ItemLists {
            lead: &lead,
            follow: &follow,
            list: "class".into(),
            field: "custom1".into(),
            mapped: [("CC100".to_string(), "1".to_string())].into(),
            end: Some(End::Ledger),
            ..ItemLists::default()
        };
        let got = item_proposals(&i);
        assert_eq!(got.len(), 1);
        assert_eq!(got[0].key(), "ledger/class/create/CC450");
        assert_eq!(got[0].maps, Some(("custom1".into(), "CC450".into())));
        // mapped to something on purpose: nothing is proposed
        i.mapped.insert("CC450".into(), "gone".into());
        assert!(item_proposals(&i).is_empty());
    }

    #[test]
    fn classes_become_cost_centres_the_other_way() {
        let lead = [item("1", "", "100 Strategy", true), item("7", "", "450 Sustainability", true)];
        let follow = [item("a", "CC100", "Strategy", true)];
        let was = [SeenRecord {
            end: End::Ledger,
            list: "L".into(),
            id: "1".into(),
            code: String::new(),
            name: "100 Advice".into(),
            active: true,
        }];
        let i = ItemLists {
            lead: &lead,
            follow: &follow,
            list: "LIST".into(),
            field: "custom1".into(),
            mapped: [("CC100".to_string(), "1".to_string())].into(),
            seen: &was,
            end: Some(End::Source),
            ..ItemLists::default()
        };
        let got = item_proposals(&i);
        let keys: Vec<String> = got.iter().map(Proposal::key).collect();
        assert_eq!(keys, ["source/LIST/rename/100 Strategy", "source/LIST/create/450 Sustainability"]);
        let ProposedRecord::Item(made) = &got[1].record else { panic!() };
        assert_eq!(made.code, "450_Sustainability");
    }
}
