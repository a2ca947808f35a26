//! One event in full: what changed, from what to what; the rest of what was recorded.

use jiff::tz::TimeZone;
use serde_json::Value;

use crate::model::ids::DocumentId;
use crate::store::AuditRow;
use crate::tui::text::{clean, left};

/// Something that an event changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// `lock date`, `rule 12 › gives`.
    pub field: String,
    /// What it was; empty: it was not there.
    pub before: String,
    /// What it is; empty: it is not there any more.
    pub after: String,
}

/// What an event is about, as people name it: the document's number, a book or connection, else the end of the id.
pub fn subject_words(r: &AuditRow) -> String {
    if r.action == "genesis" {
        return "the store".into();
    }
    let number = r.fields.iter().find(|(k, v)| k == "number" && !v.is_empty()).map(|(_, v)| clean(v));
    number.unwrap_or_else(|| match r.subject.parse::<DocumentId>() {
        Ok(_) => {
            let skip = r.subject.chars().count().saturating_sub(6);
            format!("…{}", r.subject.chars().skip(skip).collect::<String>())
        }
        Err(_) => clean(&r.subject),
    })
}

/// The document that an event is about.
pub fn document(r: &AuditRow) -> Option<DocumentId> {
    r.subject.parse().ok()
}

fn field<'a>(r: &'a AuditRow, name: &str) -> Option<&'a str> {
    r.fields.iter().find(|(k, _)| k == name).map(|(_, v)| v.as_str())
}

/// What an event changed: the fields of `before` and `after` that differ, and the state that it moved to.
pub fn changes(r: &AuditRow) -> Vec<Changed> {
    let mut out = Vec::new();
    if let (Some(from), Some(to)) = (field(r, "from"), field(r, "to")) {
        let words = |s: &str| clean(&s.replace('_', " "));
        out.push(Changed { field: "state".into(), before: words(from), after: words(to) });
    }
    if let (Some(before), Some(after)) = (field(r, "before"), field(r, "after")) {
        let (a, b) = (leaves(before), leaves(after));
        for (name, was) in &a {
            let is = b.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v.as_str());
            if is != was {
                out.push(Changed { field: name.clone(), before: was.clone(), after: is.into() });
            }
        }
        for (name, is) in b {
            if a.iter().all(|(n, _)| *n != name) {
                out.push(Changed { field: name, before: String::new(), after: is });
            }
        }
    }
    out
}

/// The values of a text: those of JSON by their names, or the text itself.
fn leaves(text: &str) -> Vec<(String, String)> {
    let mut out = Vec::new();
    match serde_json::from_str::<Value>(text) {
        Ok(v @ (Value::Object(_) | Value::Array(_))) => walk(&v, "", &mut out),
        _ if text.is_empty() => {}
        _ => out.push(("value".into(), clean(text))),
    }
    out
}

fn walk(v: &Value, path: &str, out: &mut Vec<(String, String)>) {
    let under = |name: &str| {
        let name = clean(&name.replace('_', " "));
        if path.is_empty() { name } else { format!("{path} › {name}") }
    };
    match v {
        Value::Object(map) => {
            for (k, v) in map {
                walk(v, &under(k), out);
            }
        }
        Value::Array(all) => {
            for (i, v) in all.iter().enumerate() {
                // what has an id of its own keeps its name wherever it stands
                let name = match v.get("id") {
                    Some(Value::Number(n)) => format!("no. {n}"),
                    Some(Value::String(s)) => s.clone(),
                    _ => (i + 1).to_string(),
                };
                walk(v, &under(&name), out);
            }
        }
        Value::Null => {}
        Value::String(s) if s.is_empty() => {}
        Value::String(s) => out.push((path.into(), clean(s))),
        Value::Bool(b) => out.push((path.into(), if *b { "yes" } else { "no" }.into())),
        Value::Number(n) => out.push((path.into(), n.to_string())),
    }
}

/// What else was recorded: nothing empty, nothing twice.
pub fn rest(r: &AuditRow) -> Vec<(String, String)> {
    let on = subject_words(r);
    let moved = field(r, "from").is_some() && field(r, "to").is_some();
    let changed = field(r, "before").is_some() && field(r, "after").is_some();
    let said = |k: &str, v: &str| {
        v.is_empty()
            || k == "number" && clean(v) == on
            || k == "actor" && v == r.actor
            || k == "via" && v == r.via
            || k == "subject" && v == r.subject
            || moved && (k == "from" || k == "to")
            || changed && (k == "before" || k == "after")
    };
    let kept = r.fields.iter().filter(|(k, v)| !said(k, v));
    kept.map(|(k, v)| (clean(&k.replace('_', " ")), clean(v))).collect()
}

/// The sentence, with who did it before it unless it names them already.
pub fn who_and_how(r: &AuditRow) -> String {
    if r.actor.is_empty() || r.text.contains(&r.actor) {
        r.text.clone()
    } else {
        format!("{}: {}", r.actor, r.text)
    }
}

/// All of an event, for the reader: the time in the book's zone, what changed, nothing empty and nothing twice.
pub fn detail(r: &AuditRow, zone: &TimeZone) -> String {
    let on = subject_words(r);
    let subject = if on == r.subject || r.subject.ends_with(on.trim_start_matches('…')) {
        r.subject.clone()
    } else {
        format!("{on} ({})", r.subject)
    };
    let when = r.at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S %Z").to_string();
    let seq = r.seq.to_string();
    let action = r.action.replace('_', " ");
    let head = [
        ("event", seq.as_str()),
        ("when", &when),
        ("who", &r.actor),
        ("via", &r.via),
        ("what", &action),
        ("on", &subject),
    ];
    let mut text = String::new();
    for (word, value) in head.into_iter().filter(|(_, v)| !v.is_empty()) {
        text.push_str(&format!("{} {}\n", left(word, 8), clean(value)));
    }
    text.push_str(&format!("\n{}\n", clean(&r.text)));
    let changes = changes(r);
    if !changes.is_empty() {
        text.push_str("\nbefore → after\n");
        for c in &changes {
            let or = |v: &str| if v.is_empty() { "nothing".to_string() } else { v.to_string() };
            text.push_str(&format!("{}: {} → {}\n", c.field, or(&c.before), or(&c.after)));
        }
    }
    text.push('\n');
    for (k, v) in rest(r) {
        text.push_str(&format!("{k}: {v}\n"));
    }
    text.push_str(&format!("\nhash {}", r.hash));
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::tests::sample;

    fn row(fields: &[(&str, &str)]) -> AuditRow {
        let mut r = sample::audit().remove(0);
        r.fields = fields.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect();
        r
    }

    #[test]
    fn only_what_differs_is_told_and_by_name() {
        let r = row(&[
            (
                "before",
                r#"{"mode":"preview","settings":{"lock_date":null,"rules":[{"id":12,"gives":"A"}],"paused":false}}"#,
            ),
            (
                "after",
                r#"{"mode":"live","settings":{"lock_date":"2026-09-30","rules":[{"id":3,"gives":"B"},{"id":12,"gives":"C"}],"paused":false}}"#,
            ),
        ]);
        let told: Vec<String> =
            changes(&r).iter().map(|c| format!("{}: {} → {}", c.field, c.before, c.after)).collect();
        assert_eq!(
            told,
            [
                "mode: preview → live",
                "settings › rules › no. 12 › gives: A → C",
                "settings › lock date:  → 2026-09-30",
                "settings › rules › no. 3 › gives:  → B",
                "settings › rules › no. 3 › id:  → 3",
            ]
            .map(String::from)
            .into_iter()
            .collect::<Vec<_>>()
        );
        assert!(rest(&r).is_empty());
    }

    #[test]
    fn plain_values_and_states_are_differences_too() {
        let r = row(&[
            ("from", "needs_human"),
            ("to", "posted"),
            ("before", "ok"),
            ("after", "offline"),
            ("why", "no route"),
        ]);
        let all = changes(&r);
        assert_eq!((all[0].before.as_str(), all[0].after.as_str()), ("needs human", "posted"));
        assert_eq!((all[1].before.as_str(), all[1].after.as_str()), ("ok", "offline"));
        assert_eq!(rest(&r), [("why".to_string(), "no route".to_string())]);
        assert!(detail(&r, &TimeZone::UTC).contains("state: needs human → posted"));
    }

    #[test]
    fn hostile_values_are_harmless() {
        let r =
            row(&[("before", "\u{1b}[2J"), ("after", "{\"a\u{1b}\":\"\u{202e}x\"}"), ("w\u{1b}", "\u{7}")]);
        let text = detail(&r, &TimeZone::UTC);
        assert!(!text.contains(['\u{1b}', '\u{202e}', '\u{7}']), "{text:?}");
    }
}
