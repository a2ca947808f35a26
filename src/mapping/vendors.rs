//! What is known of the supplier's vendor record: made here lately, without a tax form, or changed since its last posting
//! (accounting.md, sections 4.3, 4.5 and 4.7).

use jiff::SignedDuration;

use crate::mapping::party;
use crate::mapping::work::Work;
use crate::model::document::DocumentKind;
use crate::model::finding::{FindingCode, Mend};

/// How long a vendor that was made here is new.
const NEW: SignedDuration = SignedDuration::from_hours(30 * 24);

pub(super) fn judge(w: &mut Work<'_>) {
    let around = w.i.around;
    if around.made_vendors.is_empty() && around.last_posting.is_none() {
        return;
    }
    let Some(vendor) = party::find(w).map(|f| f.vendor) else { return };
    if let Some(made) = around.made_vendors.get(&vendor.id) {
        if w.i.now.duration_since(made.at) < NEW {
            let sentence = format!("Vendor {} was made here on {}, by {}.", vendor.name, made.at, made.by);
            w.add(FindingCode::NewVendor, &vendor.id, "new vendor", sentence, Mend::Accept);
        }
        let us = w.facts().company.country.to_uppercase().starts_with("US");
        if us && !made.tax_form && w.doc().kind == DocumentKind::Invoice {
            let sentence = format!("No tax form of {} is on file: ask for a W-9.", vendor.name);
            w.add(FindingCode::W9Missing, &vendor.id, "no tax form", sentence, Mend::Accept);
        }
    }
    let Some(before) = &around.last_posting else { return };
    let now = crate::mapping::seen(w.doc(), Some(vendor));
    let pairs = [
        ("name in the ledger", &before.vendor_name, &now.vendor_name),
        ("record", &before.vendor, &now.vendor),
        ("name", &before.name, &now.name),
        ("remit-to", &before.remit_to, &now.remit_to),
        ("currency", &before.currency, &now.currency),
    ];
    let changed: Vec<String> = pairs
        .into_iter()
        // what was not known then is no change
        .filter(|(_, was, is)| !was.is_empty() && was != is)
        .map(|(what, was, is)| format!("{what} {was} \u{2192} {is}"))
        .collect();
    if !changed.is_empty() {
        let sentence = format!("Changed since the last posting to {}: {}.", vendor.name, changed.join(", "));
        w.add(FindingCode::VendorChanged, &vendor.id, "vendor changed", sentence, Mend::Accept);
    }
}
