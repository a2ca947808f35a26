//! What a delivery of Concur's Event Subscription Service says (contract, 7.2).

use serde_json::Value;

use crate::inbound::schemes::{Said, short, usable_id};
use crate::transport::receive::too_deep;

/// Topics whose events name the company that has news of documents.
const TOPICS: [&str; 2] = ["concur.expense.report", "concur.financialintegration"];

/// Reads one event. What is no event, or one of a topic that we do not know, says no company: everything is looked at.
pub fn read(body: &[u8]) -> Said {
    let unread = || Said { text: "not an event that is understood".into(), ..Said::default() };
    if too_deep(body) {
        return unread();
    }
    let Ok(event) = serde_json::from_slice::<Value>(body) else { return unread() };
    if !event.is_object() {
        return unread();
    }
    let text = |pointer: &str| event.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    let topic = text("/topic");
    let known = TOPICS.contains(&topic.strip_prefix("public.").unwrap_or(topic))
        || topic.trim_start_matches("public.").starts_with("concur.invoice");
    let company = text("/facts/companyId");
    let companies = (known && !company.is_empty()).then(|| vec![company.to_string()]);
    Said {
        event_id: usable_id(text("/id")),
        text: short(format!("{topic} {} {}", text("/eventType"), text("/facts/documentId")).trim()),
        companies,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_names_its_company_and_a_foreign_topic_does_not() {
        let body = br#"{"id":"7d1f","eventType":"expense.readyForIntegration",
            "topic":"public.concur.financialintegration","data":null,
            "facts":{"companyId":"11111111-2222","documentId":"A1B2","href":"https://us2.example/x"}}"#;
        let said = read(body);
        assert_eq!(said.event_id.as_deref(), Some("7d1f"));
        assert_eq!(said.companies, Some(vec!["11111111-2222".to_string()]));
        assert_eq!(said.text, "public.concur.financialintegration expense.readyForIntegration A1B2");
        let other = br#"{"id":"8","topic":"public.concur.request","facts":{"companyId":"11111111-2222"}}"#;
        assert_eq!(read(other).companies, None);
    }

    #[test]
    fn what_is_no_event_says_nothing() {
        let deep = format!("{}1{}", "[".repeat(500), "]".repeat(500));
        for body in [&b"{"[..], b"", b"[]", b"\xff\xfe", b"null", deep.as_bytes()] {
            let said = read(body);
            assert_eq!((said.event_id, said.companies), (None, None), "{body:?}");
        }
        for id in [
            r#"{"id":7}"#.to_string(),
            r#"{"id":"a b"}"#.into(),
            format!(r#"{{"id":"{}"}}"#, "x".repeat(300)),
        ] {
            assert_eq!(read(id.as_bytes()).event_id, None, "{id}");
        }
    }
}
