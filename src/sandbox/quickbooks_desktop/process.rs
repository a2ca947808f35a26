//! ProcessRequest: one message set in, its answers out.

use super::removal;
use super::ret::Ret;
use super::state::State;
use super::texts::{self, Severity, Status, raise};
use super::transactions::TxnKind;
use super::validate::{self, Iterate, MessageSet, Refusal, Request, limits};
use super::xml::escaped;
use super::{
    Raised, Session, hcp, journal, list_queries, list_ret, overview, spending, txn_queries, txn_ret, vendors,
};

/// What a write made or changed, as `ErrorRecovery` tells it (contract, 6.1).
#[derive(Debug, Clone)]
struct Made {
    tag: &'static str,
    id: String,
    number: Option<u32>,
    edit: Option<i64>,
    guid: Option<String>,
}

/// The answer to one request.
#[derive(Debug, Clone)]
pub struct Answer {
    request: &'static str,
    id: Option<String>,
    status: Status,
    attributes: String,
    body: String,
    made: Option<Made>,
}

impl Answer {
    fn plain(request: &Request, status: Status) -> Self {
        Self {
            request: request.shape.name,
            id: request.id.clone(),
            status,
            attributes: String::new(),
            body: String::new(),
            made: None,
        }
    }

    fn write(&self, out: &mut String, bare: bool, recovered: bool) {
        let name = self.request;
        out.push_str(&format!("<{name}Rs"));
        if let Some(id) = &self.id {
            out.push_str(&format!(" requestID=\"{}\"", escaped(id)));
        }
        out.push_str(&format!(
            " statusCode=\"{}\" statusSeverity=\"{}\" statusMessage=\"{}\"",
            self.status.code,
            self.status.severity().word(),
            escaped(&self.status.message)
        ));
        if !recovered {
            out.push_str(&self.attributes);
        }
        out.push('>');
        if recovered {
            if let Some(made) = self.made.as_ref().filter(|_| self.status.fine()) {
                let mut ret = Ret::new("ErrorRecovery");
                ret.text(made.tag, &made.id)
                    .some("TxnNumber", made.number)
                    .some("EditSequence", made.edit)
                    .some("ExternalGUID", made.guid.as_ref());
                ret.write(out, &[]);
            }
        } else if !bare {
            out.push_str(&self.body);
        }
        out.push_str(&format!("</{name}Rs>"));
    }
}

/// Carries out one message set.
pub fn process(state: &mut State, session: &Session, text: &str) -> Result<String, Raised> {
    state.count("ProcessRequest");
    if !state.alive(session) {
        return Err(raise("0x8004040D"));
    }
    let known = hcp::versions(&state.open.books, &state.switches);
    let raw = state.switches.raw_text;
    let set = match validate::read(text, |version| known.iter().any(|one| one == version), raw) {
        Ok(set) => set,
        Err(Refusal::Version(_)) => return Err(raise("0x80040404")),
        Err(Refusal::Schema(why)) => {
            state.refused = Some(why);
            return Err(texts::unparsable());
        }
    };
    set.requests.iter().for_each(|request| state.count(request.shape.name));
    let verdict = state.open.books.memory.judge(&session.application, text, &set, &state.switches);
    let (answers, code, recovered) = match verdict {
        super::message_sets::Verdict::Status(code) => (Vec::new(), Some(code), false),
        super::message_sets::Verdict::Replay(answers) => (answers, Some(0), !state.switches.full_recovery),
        super::message_sets::Verdict::Run(keep) => {
            let writes = set.requests.iter().any(|request| request.shape.writes);
            if writes && let Some(raised) = state.crash(true) {
                return Err(raised);
            }
            let answers = run(state, &set);
            if let Some(id) = &keep {
                let lost = state.unstored();
                state.open.books.memory.keep(&session.application, id, text, &answers, lost);
            }
            if writes && let Some(raised) = state.crash(false) {
                return Err(raised);
            }
            (answers, keep.map(|_| 0), false)
        }
    };
    let mut out = String::from("<?xml version=\"1.0\" ?><QBXML><QBXMLMsgsRs");
    if let Some(id) = &set.new_id {
        out.push_str(&format!(" newMessageSetID=\"{}\"", escaped(id)));
    }
    if let Some(code) = code {
        out.push_str(&format!(" messageSetStatusCode=\"{code}\""));
    }
    out.push('>');
    for answer in &answers {
        answer.write(&mut out, set.bare, recovered);
    }
    out.push_str("</QBXMLMsgsRs></QBXML>");
    Ok(out)
}

fn run(state: &mut State, set: &MessageSet) -> Vec<Answer> {
    let mut answers = Vec::with_capacity(set.requests.len());
    let mut failed = false;
    for request in &set.requests {
        let answer = if failed && set.stops {
            Answer::plain(request, texts::not_processed())
        } else {
            one(state, request).unwrap_or_else(|status| Answer::plain(request, status))
        };
        failed |= answer.status.severity() == Severity::Error;
        answers.push(answer);
    }
    answers
}

fn one(state: &mut State, request: &Request) -> Result<Answer, Status> {
    limits(request)?;
    if request.shape.writes { write(state, request) } else { query(state, request) }
}

/// The element inside a request of an addition or modification.
fn inner(request: &Request) -> &super::xml::Node {
    request.node.children.first().unwrap_or(&request.node)
}

fn write(state: &mut State, request: &Request) -> Result<Answer, Status> {
    state.before_write(request)?;
    let name = request.shape.name;
    let books = &mut state.open.books;
    let mut answer = Answer::plain(request, Status::ok());
    if let "TxnDel" | "TxnVoid" = name {
        let node = &request.node;
        answer.body =
            if name == "TxnDel" { removal::delete(books, node)? } else { removal::void(books, node)? };
        let id = node.value("TxnID").unwrap_or_default().to_owned();
        answer.made = Some(Made { tag: "TxnID", id, number: None, edit: None, guid: None });
        return Ok(answer);
    }
    let node = inner(request);
    let ret = if name.starts_with("Vendor") && name != "VendorCreditAdd" {
        let at = if name == "VendorAdd" { vendors::add(books, node)? } else { vendors::change(books, node)? };
        let element = books.lists.get(at);
        let guid = element.field("ExternalGUID").map(str::to_owned);
        answer.made = Some(Made {
            tag: "ListID",
            id: element.id.clone(),
            number: None,
            edit: Some(element.edit),
            guid,
        });
        list_ret::ret(books, at)
    } else {
        let at = match name {
            "BillMod" => spending::change(books, node)?,
            "JournalEntryAdd" => journal::add(books, node)?,
            _ => {
                let word = name.strip_suffix("Add").unwrap_or(name);
                let kind =
                    TxnKind::of(word).ok_or_else(|| Status::new(1030, "The request is not supported."))?;
                spending::add(books, kind, node)?
            }
        };
        let txn = &books.txns.all[at];
        answer.made = Some(Made {
            tag: "TxnID",
            id: txn.id.clone(),
            number: Some(txn.number),
            edit: Some(txn.edit),
            guid: txn.guid.clone(),
        });
        txn_ret::ret(books, at, true, true)
    };
    let wanted: Vec<&str> = request.node.values("IncludeRetElement").collect();
    ret.write(&mut answer.body, &wanted);
    Ok(answer)
}

fn query(state: &mut State, request: &Request) -> Result<Answer, Status> {
    let (name, node) = (request.shape.name, &request.node);
    let (books, switches) = (&state.open.books, &state.switches);
    let wanted: Vec<&str> = node.values("IncludeRetElement").collect();
    let mut answer = Answer::plain(request, Status::ok());
    if let Some(ret) = hcp::about(books, switches, name, node) {
        ret.write(&mut answer.body, &wanted);
        return Ok(answer);
    }
    let direct = match name {
        "TxnDeletedQuery" => Some(removal::deleted(books, node)),
        "ListDeletedQuery" => Some(Vec::new()),
        "BillToPayQuery" => Some(overview::to_pay(books, node)?),
        _ => None,
    };
    if let Some(rets) = direct {
        told(&mut answer, request, rets.len(), None);
        if !request.count_only {
            for ret in &rets {
                ret.write(&mut answer.body, &wanted);
            }
        }
        return Ok(answer);
    }
    let numbers = switches.missing_numbers;
    let find = || match (list_queries::kinds(name), TxnKind::of(name.strip_suffix("Query").unwrap_or(name))) {
        (Some(kinds), _) => list_queries::run(books, name, kinds, node),
        (None, Some(kind)) => txn_queries::run(books, kind, node, numbers),
        (None, None) => overview::rows(books, node, numbers),
    };
    let most = node.value("MaxReturned").and_then(|text| text.parse::<usize>().ok());
    let lists = list_queries::kinds(name).is_some();
    let keys = match &request.iterate {
        None => {
            let mut found = find()?;
            found.keys.truncate(most.filter(|most| *most > 0).unwrap_or(usize::MAX));
            told(&mut answer, request, found.keys.len(), found.missing.as_deref());
            found.keys
        }
        Some(how) => {
            let gone = |at: usize| !lists && books.txns.all[at].gone;
            let page = state.open.iterators.page(state.sessions, name, how, most, find, gone)?;
            let empty = page.keys.is_empty() && matches!(how, Iterate::Start);
            if empty {
                answer.status = Status::nothing();
            }
            let count = page.keys.len();
            answer.attributes = format!(
                " retCount=\"{count}\" iteratorRemainingCount=\"{}\" iteratorID=\"{}\"",
                page.remaining, page.id
            );
            page.keys
        }
    };
    if request.count_only {
        return Ok(answer);
    }
    let yes = |name: &str| matches!(node.value(name), Some("true" | "1"));
    let (lines, linked) = (yes("IncludeLineItems"), yes("IncludeLinkedTxns"));
    for (at, row) in keys {
        let ret = match name {
            _ if lists => list_ret::ret(books, at),
            "TransactionQuery" => overview::row(books, at, row),
            _ => txn_ret::ret(books, at, lines, linked),
        };
        ret.write(&mut answer.body, &wanted);
    }
    Ok(answer)
}

fn told(answer: &mut Answer, request: &Request, count: usize, missing: Option<&str>) {
    if request.counted {
        answer.attributes = format!(" retCount=\"{count}\"");
    }
    answer.status = match missing {
        Some(named) => texts::incomplete(named),
        None if count == 0 && !request.count_only => Status::nothing(),
        None => Status::ok(),
    };
}
