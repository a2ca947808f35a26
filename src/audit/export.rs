//! The trail for other programs: CSV that a spreadsheet may open, and JSON lines.

use crate::audit::body::Event;
use crate::audit::sentence::sentence;
use crate::model::text::{csv_cell, harmless};

/// The header of the CSV.
pub const CSV_HEADER: &str = "seq,at,actor,via,action,subject,text,fields,hash\r\n";

/// One row of CSV (RFC 4180), text cells harmless and defused (reliability.md, S16 and S18).
pub fn csv_line(event: &Event, hash: &str) -> String {
    let fields: Vec<String> = event.fields.iter().map(|(n, v)| format!("{n}={v}")).collect();
    let texts = [
        &event.actor,
        &event.via,
        &event.action,
        &event.subject,
        &sentence(event),
        &fields.join("; "),
        &hash.to_string(),
    ];
    let cells: Vec<String> = texts.into_iter().map(|t| quoted(&csv_cell(&harmless(t)))).collect();
    format!("{},{},{}\r\n", event.seq, event.at, cells.join(","))
}

fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\r', '\n']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.into()
    }
}

/// One JSON line. Fields stay a list of pairs: their order is part of what was recorded.
pub fn json_line(event: &Event, hash: &str) -> String {
    let mut line = serde_json::json!({
        "seq": event.seq,
        "at": event.at.to_string(),
        "actor": event.actor,
        "via": event.via,
        "action": event.action,
        "subject": event.subject,
        "number": event.fields.iter().find(|(n, _)| n == "number").map(|(_, v)| v),
        "text": sentence(event),
        "fields": event.fields,
        "hash": hash,
    })
    .to_string();
    line.push('\n');
    line
}

/// The last line of the CSV, in the same columns: how many events, and what all lines above hash to.
pub fn csv_end(events: u64, sha256: &str) -> String {
    format!(",,,,,,{events} events; SHA-256 of all lines above: {sha256},,\r\n")
}

/// The last line of the JSON.
pub fn json_end(events: u64, sha256: &str) -> String {
    format!("{{\"events\":{events},\"sha256\":\"{sha256}\"}}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(actor: &str) -> Event {
        Event {
            seq: 3,
            at: "2026-10-30T12:00:00Z".parse().unwrap(),
            actor: actor.into(),
            via: "command".into(),
            action: "exported".into(),
            subject: "fq-us".into(),
            fields: vec![("file".into(), "a, \"b\"".into())],
        }
    }

    #[test]
    fn a_spreadsheet_reads_no_formula() {
        let line = csv_line(&event("=cmd()"), "00ff");
        assert!(line.starts_with("3,2026-10-30T12:00:00Z,'=cmd(),command,"), "{line}");
        assert!(line.contains("\"file=a, \"\"b\"\"\""), "{line}");
        assert_eq!(line.matches("\r\n").count(), 1);
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(line.as_bytes());
        assert_eq!(reader.records().next().unwrap().unwrap().len(), CSV_HEADER.split(',').count());
        assert_eq!(csv_end(3, "00ff").split(',').count(), CSV_HEADER.split(',').count());
    }

    #[test]
    fn text_from_outside_commands_no_terminal_and_breaks_no_line() {
        let line = csv_line(&event("Theo\u{1b}[2J\u{202e}\r\n4,forged"), "00");
        assert!(!line.contains(['\u{1b}', '\u{202e}']), "{line:?}");
        assert_eq!(line.matches('\n').count(), 1, "{line:?}");
    }

    #[test]
    fn a_json_line_is_one_line() {
        let line = json_line(&event("Theo\nOkonkwo"), "00");
        assert_eq!(line.lines().count(), 1);
        let v: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(v["actor"], "Theo\nOkonkwo");
    }
}
