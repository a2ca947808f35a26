//! One English sentence for each event.

use crate::audit::body::Event;
use crate::model::money::{Currency, from_minor, shown};

/// What happened, for people: `approved by Theo Okonkwo: 3 ledger records, 1,290.15 USD`.
pub fn sentence(e: &Event) -> String {
    let what = head(e);
    let rest = tail(e);
    if rest.is_empty() { what } else { format!("{what}: {rest}") }
}

fn head(e: &Event) -> String {
    let by = |verb: &str| format!("{verb} by {}", e.actor);
    match e.action.as_str() {
        "genesis" => "the store was made".into(),
        "arrived" if e.field("kind") == "correction" => "made here as a document of its own".into(),
        "arrived" => "arrived from the source".into(),
        "correction_made" => by(&format!("a {} was made", e.field("what"))),
        "revised" => "a new revision arrived".into(),
        "revised_later" => "a new revision arrived after posting began; nothing is sent again".into(),
        "routed" => format!("routed to the book {}", e.field("book")),
        "derived" => match e.field("to") {
            "ready" => "checked: ready for approval".into(),
            "blocked" => "checked: blocked".into(),
            "held" => "checked: held".into(),
            "" => "checked again".into(),
            other => format!("checked: {other}"),
        },
        "endorsed" => by("approved as the first of two"),
        "withdrawn" => by("the approval was withdrawn"),
        "planned" if !e.field("taker").is_empty() => "handed out to the caller, written down first".into(),
        "posting_asked" => format!("{}; it goes out with the next visit", by("posting asked")),
        "planned" => "written down before the call to the ledger".into(),
        "posted" => "in the ledger".into(),
        "adopted" => by("linked to what is in the ledger"),
        "ambiguous" => "the outcome of a call is unknown: looking it up".into(),
        "found" => "found in the ledger".into(),
        "continued" => "the records that are left go to the ledger".into(),
        "refusal_told" => "the source took the refusal".into(),
        "refusal_not_taken" => "the source did not take the refusal".into(),
        "confirm_again" => by("the confirmation is sent again, asked for"),
        "company_file_accepted" => by("the company file, or its restored backup, was confirmed"),
        "absence_proved" => "looked up and not found in the ledger: the same goes again".into(),
        "not_sent" => "nothing was sent; it waits for the next call".into(),
        "failed" => "the ledger refused it".into(),
        "needs_human" => "stopped: a person decides".into(),
        "confirmed" => "confirmed to the source".into(),
        "confirm_failed" => "in the ledger, but the source did not take the confirmation".into(),
        "acknowledged" => "acknowledged to the source".into(),
        "acknowledge_refused" => "the source refused the acknowledgement".into(),
        "taken" => "another system has acknowledged it".into(),
        "recalled" => "recalled in the source".into(),
        "recalled_later" => "the source recalled it after posting began; nothing changed".into(),
        "superseded" => "replaced by a newer document of the same report".into(),
        "refused_move" => format!("refused: {} cannot become {}", e.field("from"), e.field("to")),
        "rules_changed" => by(&format!("rules of {} changed to version {}", e.subject, e.field("version"))),
        "policy_changed" => by(&format!("policy of {} changed to version {}", e.subject, e.field("version"))),
        "book_changed" => by(&format!("book {} changed", e.subject)),
        "connection_changed" => by(&format!("connection {} changed", e.subject)),
        "health" => format!("connection {} is {}", e.subject, e.field("after")),
        "secret_rotated" => format!("a secret of {} was replaced", e.subject),
        "engine_started" => format!("the engine began to work, in process {}", e.field("holder")),
        other => by(&other.replace('_', " ")),
    }
}

fn tail(e: &Event) -> String {
    let mut parts = Vec::new();
    match e.field("records") {
        "" => {}
        "1" => parts.push("1 ledger record".to_string()),
        n => parts.push(format!("{n} ledger records")),
    }
    if let Some(money) = money(e) {
        parts.push(money);
    }
    if e.action == "planned" && !e.field("taker").is_empty() {
        parts.push(e.field("references").to_string());
        parts.push(format!("for {}", e.field("taker")));
    }
    for name in ["numbers", "reason", "note", "why"] {
        if !e.field(name).is_empty() {
            parts.push(e.field(name).to_string());
        }
    }
    parts.join(", ")
}

fn money(e: &Event) -> Option<String> {
    let currency: Currency = e.field("currency").parse().ok()?;
    let minor: i64 = e.field("minor").parse().ok()?;
    Some(format!("{} {currency}", shown(from_minor(minor, currency), currency)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(action: &str, fields: &[(&str, &str)]) -> Event {
        Event {
            seq: 1,
            at: jiff::Timestamp::UNIX_EPOCH,
            actor: "Theo Okonkwo".into(),
            via: "console".into(),
            action: action.into(),
            subject: "x".into(),
            fields: fields.iter().map(|(n, v)| ((*n).into(), (*v).into())).collect(),
        }
    }

    #[test]
    fn people_read_sentences() {
        for (action, fields, want) in [
            (
                "approved",
                &[("records", "3"), ("minor", "129015"), ("currency", "USD")][..],
                "approved by Theo Okonkwo: 3 ledger records, 1,290.15 USD",
            ),
            ("rejected", &[("reason", "receipt is missing")], "rejected by Theo Okonkwo: receipt is missing"),
            (
                "refused_move",
                &[("from", "posted"), ("to", "approved")],
                "refused: posted cannot become approved",
            ),
            ("posted", &[("records", "1"), ("numbers", "TO1")], "in the ledger: 1 ledger record, TO1"),
            ("derived", &[("to", "ready")], "checked: ready for approval"),
            ("something_new", &[], "something new by Theo Okonkwo"),
        ] {
            assert_eq!(sentence(&event(action, fields)), want);
        }
    }
}
