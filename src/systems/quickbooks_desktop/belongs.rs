//! Which message set an answer belongs to (contract 1.4, 6.1 and 6.2, step 6): an answer may be brought twice, or after
//! the next set was handed out.

use std::collections::BTreeSet;

use super::xml::{Pull, Step, Tag};

/// What tells a message set and its answer apart from others.
struct Ids {
    /// `newMessageSetID`
    set: Option<String>,
    /// `requestID`s.
    requests: BTreeSet<String>,
}

/// Whether an answer can be the one to these bytes: the set's id is the same where both have one, and its first response
/// is to a request of the set. An answer without ids (cut off early, or no qbXML) proves nothing of either and counts as
/// one: the set is in doubt with it. An answer without responses fits a write, or a set without requests (clearing what
/// is recorded).
pub fn answers(asked: &[u8], answer: &[u8]) -> bool {
    let (Some(asked), Some(got)) = (ids(asked, "QBXMLMsgsRq", usize::MAX), ids(answer, "QBXMLMsgsRs", 1))
    else {
        return true;
    };
    let same_set = match (&asked.set, &got.set) {
        (Some(asked), Some(got)) => asked == got,
        // reads have none, so that this is the answer to a write
        (None, Some(_)) => false,
        (_, None) => true,
    };
    let spoken = asked.set.is_some() || asked.requests.is_empty() == got.requests.is_empty();
    same_set && spoken && got.requests.is_subset(&asked.requests)
}

/// The ids of a message set, or of what there is of its answer, with so many requests at most. None: there is no such
/// thing in it.
fn ids(text: &[u8], holder: &str, most: usize) -> Option<Ids> {
    let mut pull = Pull::new(std::str::from_utf8(text).ok()?).ok()?;
    opened(&mut pull, "QBXML")?;
    let set = opened(&mut pull, holder)?;
    let mut out = Ids { set: set.attribute("newMessageSetID").map(Into::into), requests: BTreeSet::new() };
    let mut depth = 0_usize;
    while out.requests.len() < most {
        match pull.next() {
            Ok(Step::Open(tag)) => {
                if depth == 0 {
                    out.requests.extend(tag.attribute("requestID").map(str::to_string));
                }
                depth += 1;
            }
            Ok(Step::Close) if depth > 0 => depth -= 1,
            // what was read tells whose it is, cut off or not
            Ok(Step::Close | Step::End) | Err(_) => break,
        }
    }
    Some(out)
}

fn opened(pull: &mut Pull<'_>, name: &str) -> Option<Tag> {
    match pull.next() {
        Ok(Step::Open(tag)) if tag.name == name => Some(tag),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::answers;

    fn asked(attributes: &str, requests: &[&str]) -> String {
        let each = requests.iter().map(|r| format!("<BillQueryRq requestID=\"{r}\"></BillQueryRq>"));
        format!(
            "<?xml version=\"1.0\"?><?qbxml version=\"13.0\"?><QBXML><QBXMLMsgsRq onError=\"stopOnError\" \
             {attributes}>{}</QBXMLMsgsRq></QBXML>",
            each.collect::<String>()
        )
    }

    fn got(attributes: &str, requests: &[&str]) -> String {
        let each = requests.iter().map(|r| {
            format!("<BillQueryRs requestID=\"{r}\" statusCode=\"0\"><BillRet><TxnID>1</TxnID></BillRet></BillQueryRs>")
        });
        format!(
            "<?xml version=\"1.0\" ?><QBXML><QBXMLMsgsRs {attributes}>{}</QBXMLMsgsRs></QBXML>",
            each.collect::<String>()
        )
    }

    fn fits(asked: &str, got: &str) -> bool {
        answers(asked.as_bytes(), got.as_bytes())
    }

    const ONE: &str = "newMessageSetID=\"TO7F3K2Q9D4001\"";
    const TWO: &str = "newMessageSetID=\"TO8F3K2Q9D4001\"";

    #[test]
    fn the_answer_to_a_posting_has_its_id() {
        let one = asked(ONE, &["TO7F3K2Q9D4001"]);
        let status = |attributes: &str| format!("{attributes} messageSetStatusCode=\"0\"");
        assert!(fits(&one, &got(&status(ONE), &["TO7F3K2Q9D4001"])));
        assert!(!fits(&one, &got(&status(TWO), &["TO8F3K2Q9D4001"])), "another posting's");
        assert!(!fits(&one, &got("", &["TO8F3K2Q9D4001"])), "another posting's without the set's id");
        assert!(!fits(&one, &got("", &["look-bill-0"])), "a read's");
        // QuickBooks refuses the set as a whole
        assert!(fits(&one, &got(&format!("{ONE} messageSetStatusCode=\"9001\""), &[])));
        assert!(!fits(&one, &got(&format!("{TWO} messageSetStatusCode=\"9001\""), &[])));
        assert!(fits(&one, &got("messageSetStatusCode=\"9002\"", &[])));
    }

    #[test]
    fn the_answer_to_reads_speaks_of_them_alone() {
        let reads = asked("", &["host-3", "company-3"]);
        assert!(fits(&reads, &got("", &["host-3", "company-3"])));
        assert!(fits(&reads, &got("", &["company-3"])), "the reading itself says what is missing");
        assert!(!fits(&reads, &got("", &["host-2", "company-2"])));
        assert!(!fits(&reads, &got("", &["page-4", "host-3"])));
        assert!(!fits(&reads, &got(ONE, &["TO7F3K2Q9D4001"])), "a posting's");
        assert!(!fits(&reads, &got("", &[])));
        let clears = asked("oldMessageSetID=\"TO7F3K2Q9D4001\"", &[]);
        assert!(fits(&clears, &got("messageSetStatusCode=\"0\"", &[])));
        assert!(!fits(&clears, &got("", &["page-4"])));
        assert!(!fits(&reads, &got("messageSetStatusCode=\"0\"", &[])), "the clearing's");
    }

    #[test]
    fn what_has_no_ids_is_a_doubt_of_what_is_out_and_what_is_cut_off_still_has_them() {
        let one = asked(ONE, &["TO7F3K2Q9D4001"]);
        for none in ["", "garbage", "<QBXML>", "<html/>", "\u{0}"] {
            assert!(fits(&one, none), "{none}");
        }
        let whole = got(&format!("{TWO} messageSetStatusCode=\"0\""), &["TO8F3K2Q9D4001"]);
        assert!(!fits(&one, &whole[..whole.len() - 40]));
        let whole = got(&format!("{ONE} messageSetStatusCode=\"0\""), &["TO7F3K2Q9D4001"]);
        assert!(fits(&one, &whole[..whole.len() - 40]));
        assert!(!answers(one.as_bytes(), got(TWO, &[]).as_bytes()));
    }
}
