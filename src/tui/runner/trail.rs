//! Reading the audit trail by words, the number of the document among them.

use crate::store::{AuditQuery, AuditRow, Store, StoreError};

/// How many events are looked through at once.
const PART: u32 = 2000;

/// A page of the trail. The store looks at the sentence; the number of the document is looked at here.
pub async fn trail(store: &dyn Store, query: AuditQuery) -> Result<Vec<AuditRow>, StoreError> {
    let words: Vec<String> = query.search.iter().map(|w| w.to_lowercase()).collect();
    if words.is_empty() {
        return store.audit(query).await;
    }
    let mut out = Vec::new();
    let mut before = query.before;
    loop {
        let part = AuditQuery { before, limit: PART, search: Vec::new(), ..query.clone() };
        let rows = store.audit(part).await?;
        before = rows.last().map(|r| r.seq);
        out.extend(rows.into_iter().filter(|r| has_words(r, &words)));
        if before.is_none() || out.len() >= query.limit as usize {
            out.truncate(query.limit as usize);
            return Ok(out);
        }
    }
}

fn has_words(r: &AuditRow, words: &[String]) -> bool {
    let number = r.fields.iter().find(|(k, _)| k == "number").map_or("", |(_, v)| v.as_str());
    let text = format!("{}\n{}\n{}\n{}\n{number}", r.actor, r.action, r.subject, r.text).to_lowercase();
    words.iter().all(|w| text.contains(w.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::tests::sample;

    #[test]
    fn an_event_is_found_by_the_number_of_its_document() {
        let mut row = sample::audit().remove(0);
        row.fields.push(("number".into(), "B4Q7TN".into()));
        let has = |r: &AuditRow, words: &[&str]| {
            has_words(r, &words.iter().map(|w| (*w).to_string()).collect::<Vec<_>>())
        };
        assert!(has(&row, &["b4q7", "derived"]));
        assert!(!has(&row, &["b4q7", "posted"]));
        row.fields.retain(|(k, _)| k != "number");
        assert!(!has(&row, &["b4q7"]));
    }
}
