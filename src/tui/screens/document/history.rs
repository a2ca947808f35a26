//! What happened to the document, at its source and here, in few lines.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::model::document::DocumentKind;
use crate::model::state::open_states;
use crate::store::AuditRow;
use crate::tui::format::{minute, money_of};
use crate::tui::msg::Sheet;
use crate::tui::text::{clean, left, width};

use super::effect::Extras;

/// Events that the short history leaves out or says in other words.
const TOLD: [&str; 5] = ["arrived", "routed", "acknowledged", "derived", "planned"];

/// Every step, oldest first.
pub fn steps(sheet: &Sheet, extras: &Extras, zone: &TimeZone) -> Vec<String> {
    let mut out = at_source(sheet, extras);
    let oldest = |action: &str| sheet.history.iter().rev().find(|e| e.action == action);
    if let Some(e) = oldest("arrived") {
        let words = match (&sheet.source, sheet.card.row.kind) {
            (Some(d), DocumentKind::Correction) => format!("made here: {}", clean(&d.title)),
            (None, DocumentKind::Correction) => "made here".into(),
            _ if oldest("acknowledged").is_some() => "fetched, stored, acknowledged".into(),
            _ => "fetched, stored".into(),
        };
        out.push((e.at, words));
    }
    if let (Some(e), Some(d)) = (sheet.history.iter().find(|e| e.action == "derived"), &sheet.card.derived) {
        let state = d.state.name().replace('_', " ");
        out.push((e.at, format!("derived with mappings version {}: {state}", d.rules_version)));
    }
    for e in sheet.history.iter().rev().filter(|e| !TOLD.contains(&e.action.as_str())) {
        out.push((e.at, words(e)));
    }
    out.sort_by_key(|(at, _)| *at);
    let dated = out.into_iter().map(|(at, text)| format!("{}  {text}", minute(at, zone)));
    dated.chain(afterwards(sheet)).collect()
}

/// What happened in few words: amount and numbers stand above.
fn words(e: &AuditRow) -> String {
    match e.action.as_str() {
        "approved" => format!("approved here by {}", clean(&e.actor)),
        "confirmed" => "confirmed to Concur".into(),
        _ => clean(&e.text),
    }
}

/// What happened to it in Concur.
fn at_source(sheet: &Sheet, extras: &Extras) -> Vec<(Timestamp, String)> {
    let Some(source) = sheet.source.as_ref().filter(|d| d.kind != DocumentKind::Correction) else {
        return Vec::new();
    };
    let mut out = Vec::new();
    if let Some(at) = source.submitted_at {
        // a supplier is paid, and submits nothing
        let by =
            if source.payee.employee { format!(" by {}", clean(&source.payee.name)) } else { String::new() };
        out.push((at, format!("submitted{by}")));
    }
    if let Some(at) = source.processed_at {
        out.push((at, format!("approved in Concur{}", by(sheet, extras))));
    }
    out
}

/// ` by Romero, Lucia (E1008)`
pub fn by(sheet: &Sheet, extras: &Extras) -> String {
    let number = sheet.source.as_ref().and_then(|d| d.approver.as_deref()).map(clean);
    match (&extras.approver, number) {
        (Some(name), Some(number)) => format!(" by {} ({number})", clean(name)),
        (None, Some(number)) => format!(" by {number}"),
        _ => ", approver not given by Concur".into(),
    }
}

/// What confirming will set going, while it still can.
fn afterwards(sheet: &Sheet) -> Option<String> {
    let card = &sheet.card;
    let open = open_states().contains(&card.row.state) || card.row.state == crate::model::State::Approved;
    let d = card.derived.as_ref().filter(|_| open && card.row.kind != DocumentKind::Correction)?;
    let currency = card.row.currency?;
    if d.concur_pays > 0 {
        return Some(format!("after confirmation Concur pays {}", money_of(d.concur_pays, currency)));
    }
    let who = match d.who_pays.as_str() {
        "" => return None,
        "nobody" => "nothing is owed".to_string(),
        who => format!("the {} pays", clean(who)),
    };
    Some(format!("after confirmation Concur pays nothing: {who}"))
}

/// At most `rows` lines of `w` columns: where there are more steps, two stand in one line, the newest below.
pub fn lines(steps: &[String], rows: usize, w: usize) -> Vec<String> {
    if rows == 0 {
        return Vec::new();
    }
    if steps.len() <= rows || w < 100 {
        return steps.iter().skip(steps.len().saturating_sub(rows)).cloned().collect();
    }
    let kept: Vec<&String> = steps.iter().skip(steps.len().saturating_sub(2 * rows)).collect();
    let single = (2 * rows).saturating_sub(kept.len());
    let pairs = || kept.iter().skip(single).step_by(2).zip(kept.iter().skip(single + 1).step_by(2));
    let column = pairs().map(|(a, _)| width(a)).max().unwrap_or(0).min(w / 2 + 4);
    let mut out: Vec<String> = kept.iter().take(single).map(|s| (*s).clone()).collect();
    out.extend(pairs().map(|(a, b)| {
        // where the whole would not fit, the year of the second goes, then the column
        let long = width(a) + 5 + width(b) > w;
        let b = if long { b.get(5..).filter(|_| b.get(..5) == a.get(..5)).unwrap_or(b) } else { b };
        let room = w.saturating_sub(width(b) + 5);
        format!("{}  ·  {b}", left(a, column.min(room.max(width(a)))))
    }));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_steps_than_lines_stand_in_pairs_and_the_oldest_goes_first() {
        let steps: Vec<String> = (1..=5).map(|n| format!("step {n}")).collect();
        assert_eq!(lines(&steps, 5, 120).len(), 5);
        assert_eq!(lines(&steps, 3, 120), ["step 1", "step 2  ·  step 3", "step 4  ·  step 5"]);
        assert_eq!(lines(&steps, 2, 120), ["step 2  ·  step 3", "step 4  ·  step 5"]);
        assert_eq!(lines(&steps, 2, 80), ["step 4", "step 5"]);
        assert!(lines(&steps, 0, 120).is_empty());
    }
}
