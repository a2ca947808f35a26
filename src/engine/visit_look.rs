//! What people see of a ledger that calls us: when it came, who answered, what waits for it, and what to do. Screens,
//! commands and `connections test` say the same, from the store alone: nothing is asked of anybody.

use jiff::Timestamp;
use serde_json::Value;

use crate::engine::connect_desktop::{FIRST_VISIT, NEW_PASSWORD};
use crate::model::book::Book;
use crate::model::ids::ConnectionId;
use crate::model::money::{Currency, from_minor, shown};
use crate::model::state::State;
use crate::store::{ConnectionRow, Health, Store, StoreError, VisitNote};
use crate::systems::registry;

/// What is known of one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VisitLook {
    /// Its visits.
    pub note: VisitNote,
    /// Approved documents that wait for it.
    pub documents: u64,
    /// Their approved amounts in minor units, by currency.
    pub amounts: Vec<(Currency, i64)>,
    /// Of them those that a person asked to post: they go out with the next visit.
    pub asked: u64,
    /// Readings that wait for it.
    pub readings: u64,
    /// The write set whose answer is outstanding: its key.
    pub outstanding: Option<String>,
}

/// How urgent a fact is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// As it should be.
    Plain,
    /// For reference.
    Quiet,
    /// To be watched.
    Warn,
    /// A person has to act.
    Bad,
}

/// A fact for people: a label, a value, how urgent it is.
pub type Fact = (&'static str, String, Tone);

/// Whether the system of a connection calls us.
pub fn calls_us(row: &ConnectionRow) -> bool {
    registry::named(&row.system).is_some_and(registry::Entry::calls_us)
}

/// The company's name as a person gave it at connecting; empty: not known.
pub fn asked_company(row: &ConnectionRow) -> &str {
    row.settings.get("company_name").and_then(Value::as_str).unwrap_or_default()
}

/// What is known of all ledgers that call us.
pub async fn looks(store: &dyn Store) -> Result<Vec<(ConnectionId, VisitLook)>, StoreError> {
    let rows: Vec<ConnectionRow> = store.connections().await?.into_iter().filter(calls_us).collect();
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let (notes, books) = (store.visits().await?, store.books().await?);
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        let note = notes.iter().find(|(id, _)| *id == row.id).map(|(_, n)| n.clone()).unwrap_or_default();
        let look = look(store, &row, note, &books).await?;
        all.push((row.id, look));
    }
    Ok(all)
}

async fn look(
    store: &dyn Store,
    row: &ConnectionRow,
    note: VisitNote,
    books: &[Book],
) -> Result<VisitLook, StoreError> {
    let mut out = VisitLook { note, ..VisitLook::default() };
    for book in books.iter().filter(|b| b.ledger == row.id) {
        for t in store.totals(Some(book.id.clone())).await?.into_iter().filter(|t| t.state == State::Approved)
        {
            out.documents += t.count;
            let Some(currency) = t.currency else { continue };
            match out.amounts.iter_mut().find(|(c, _)| *c == currency) {
                Some((_, sum)) => *sum = sum.saturating_add(t.minor),
                None => out.amounts.push((currency, t.minor)),
            }
        }
    }
    out.amounts.retain(|(_, minor)| *minor != 0);
    out.asked = store.asked_postings(row.id.clone()).await?.len() as u64;
    let wanted = store.readings(row.id.clone()).await?;
    let open = |at: Option<Timestamp>, asked: Timestamp| at.is_none_or(|at| at < asked);
    out.readings =
        wanted.iter().filter(|w| w.trouble.is_empty() && open(w.read_at, w.asked_at)).count() as u64;
    out.outstanding = store.last_call(row.id.clone()).await?.filter(|c| !c.settled).map(|c| c.request_key);
    Ok(out)
}

/// `12 documents`
fn counted(n: u64, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}

impl VisitLook {
    /// What waits for it: `12 documents, 8,410.00 USD, 3 of them asked to post; 1 reading`. Empty: nothing.
    pub fn waits(&self) -> String {
        let mut parts = Vec::new();
        if self.documents > 0 {
            let mut text = counted(self.documents, "approved document");
            for (currency, minor) in &self.amounts {
                text.push_str(&format!(", {} {currency}", shown(from_minor(*minor, *currency), *currency)));
            }
            if self.asked > 0 {
                let of = if self.asked >= self.documents { "asked to post" } else { "of them asked to post" };
                text.push_str(&format!(", {} {of}", self.asked));
            }
            parts.push(text);
        }
        if self.readings > 0 {
            parts.push(counted(self.readings, "reading"));
        }
        parts.join("; ")
    }

    /// The company that answered last, when it is not the one that was named.
    fn other_company(&self, row: &ConnectionRow) -> bool {
        row.health == Health::WrongCompany && !self.note.company.is_empty()
    }
}

/// What a person does about a ledger that calls us; none: nothing has to be done.
pub fn to_do(row: &ConnectionRow, look: &VisitLook) -> Option<String> {
    let asked = asked_company(row);
    let company = if asked.is_empty() { "the company" } else { asked };
    match row.health {
        Health::WrongCompany => Some(format!(
            "Open {company} in QuickBooks: nothing was written into the other company. For the other one make a \
             connection of its own; the same .qwc file is never used for two companies."
        )),
        Health::Reauthorise => Some(
            "Make a new password here and type it into the Web Connector: with another one nothing is let in.".into(),
        ),
        _ if row.health_reason == NEW_PASSWORD => Some(
            "Type the new password into the Web Connector on the Windows machine, and choose Update Selected.".into(),
        ),
        _ if look.note.came_at.is_none() || row.health_reason == FIRST_VISIT => Some(format!(
            "On the Windows machine open {company} in QuickBooks as Admin, single-user; add the .qwc file to the Web \
             Connector; allow access always; type the password and tick Auto-Run. tieout has to run meanwhile. QBWC1039 \
             there: this company file knows tieout already, see the README."
        )),
        Health::Offline | Health::BreakerOpen if look.note.trouble.is_empty() => Some(format!(
            "See that the Windows machine is on, that its Web Connector runs with Auto-Run ticked, and that {company} \
             can be opened there. What waits is not lost: it goes out when QuickBooks comes."
        )),
        Health::Offline | Health::BreakerOpen => Some(
            "Put that right on the Windows machine; the next visit goes on by itself, or choose Update Selected in the \
             Web Connector. What waits is not lost."
                .into(),
        ),
        Health::Paused if !look.note.other_file.is_empty() || look.note.other_restored.is_some() => Some(format!(
            "Compare with QuickBooks. If it is the right company file, confirm it: `tieout connections test {} \
             --accept-file`. Until then nothing is written; what waits is not lost.",
            row.id
        )),
        Health::Paused if !look.note.trouble.is_empty() => Some(
            "Put that right on the Windows machine, then choose Update Selected in its Web Connector, or wait for the next \
             visit. What waits is not lost; where a posting was refused, look at it and let the books on it go on."
                .into(),
        ),
        Health::Paused => Some("Look at what was refused, then let the books on it go on.".into()),
        _ => None,
    }
}

/// All that is known of its visits, the most urgent first. `when` writes an instant, `now` says how long ago it is.
pub fn facts(
    row: &ConnectionRow,
    look: &VisitLook,
    now: Timestamp,
    when: &dyn Fn(Timestamp) -> String,
) -> Vec<Fact> {
    let note = &look.note;
    let mut out: Vec<Fact> = Vec::new();
    let named = match asked_company(row) {
        "" => "its name is told at the first visit",
        name => name,
    };
    if look.other_company(row) {
        let file =
            if note.company_file.is_empty() { String::new() } else { format!(" ({})", note.company_file) };
        out.push(("answers", format!("{}{file}, in place of {named}", note.company), Tone::Bad));
    }
    if !note.trouble.is_empty() {
        let since = note.trouble_since.map(|at| format!(" · since {}", when(at))).unwrap_or_default();
        out.push(("trouble", format!("{}{since}", note.trouble), Tone::Bad));
    }
    let waits = look.waits();
    let tone = if waits.is_empty() { Tone::Quiet } else { Tone::Warn };
    out.push(("waiting", if waits.is_empty() { "nothing waits for it".into() } else { waits }, tone));
    if let Some(key) = &look.outstanding {
        let text = format!(
            "the answer to the write set {key}: the next visit finds out what became of it before anything else goes \
             out"
        );
        out.push(("outstanding", text, Tone::Warn));
    }
    let came = match (note.came_at, note.served_at) {
        (None, _) => "it has not come yet".to_string(),
        (Some(at), Some(served)) if served != at => {
            format!("{} ({}) · last served {}", ago(now, at), when(at), when(served))
        }
        (Some(at), _) => format!("{} ({})", ago(now, at), when(at)),
    };
    out.push(("last came", came, Tone::Plain));
    let minutes = row.settings.get("minutes").and_then(Value::as_u64).unwrap_or(5);
    let seen = note.came_at.zip(note.expected_at).map(|(came, next)| next.duration_since(came).as_secs());
    // as it came of late, where the person at that machine chose another interval
    let every = match seen {
        Some(s) if (s + 30) / 60 != i64::try_from(minutes).unwrap_or(i64::MAX) => {
            format!("judged by its last visits; its file says every {minutes} min")
        }
        _ => format!("every {minutes} min"),
    };
    let expected = match note.expected_at {
        Some(at) if at < now => format!("it was expected at {} · {every}", when(at)),
        Some(at) => format!("at {} · {every}", when(at)),
        None => format!("every {minutes} min, once the Web Connector runs"),
    };
    let late = note.expected_at.is_some_and(|at| at < now) && row.health != Health::Ok;
    out.push(("next visit", expected, if late { Tone::Warn } else { Tone::Plain }));
    let company = if note.company.is_empty() || look.other_company(row) || note.company == named {
        named.to_string()
    } else {
        format!("{} (connected as {named})", note.company)
    };
    out.push(("company", company, Tone::Plain));
    if !look.other_company(row) && !note.company_file.is_empty() {
        let mode = match note.file_mode.as_str() {
            "SingleUser" => " · single-user mode",
            "MultiUser" => " · multi-user mode",
            _ => "",
        };
        out.push(("company file", format!("{}{mode}", note.company_file), Tone::Plain));
    }
    let mut program: Vec<String> = Vec::new();
    for (lead, text) in [("", &note.product), ("qbXML ", &note.qbxml), ("Web Connector ", &note.connector)] {
        if !text.is_empty() {
            program.push(format!("{lead}{text}"));
        }
    }
    let program = if program.is_empty() { "told at the first visit".into() } else { program.join(" · ") };
    out.push(("program", program, Tone::Plain));
    let text = |key: &str| row.settings.get(key).and_then(Value::as_str).unwrap_or_default();
    out.push(("calls", format!("{} as {}", text("url"), text("user")), Tone::Plain));
    out.push(("identity", row.company.clone(), Tone::Quiet));
    out
}

/// `just now`, `12 min ago`, `3 h ago`, `4 d ago`
pub fn ago(now: Timestamp, at: Timestamp) -> String {
    match now.duration_since(at).as_mins().max(0) {
        0 => "just now".into(),
        m @ 1..60 => format!("{m} min ago"),
        m @ 60..1440 => format!("{} h ago", m / 60),
        m => format!("{} d ago", m / 1440),
    }
}

/// Why approved documents of this ledger wait, with since when as `when` writes it. None: the ledger is called, and
/// works.
pub fn waits_for(row: &ConnectionRow, when: &dyn Fn(Timestamp) -> String) -> Option<String> {
    let who = registry::named(&row.system).map_or(row.system.as_str(), |e| e.title);
    let who = if calls_us(row) { who.trim_end_matches(" Desktop") } else { who };
    match row.health {
        Health::Ok | Health::Expiring if calls_us(row) => Some(format!("waits for the next visit of {who}")),
        Health::Ok | Health::Expiring => None,
        _ => Some(format!("waits for {who} since {}: {}", when(row.health_since), reason(row))),
    }
}

/// The same for a narrow column: `away since 09:12`.
pub fn waits_briefly(row: &ConnectionRow, when: &dyn Fn(Timestamp) -> String) -> Option<String> {
    match row.health {
        Health::Ok | Health::Expiring => calls_us(row).then(|| "for next visit".into()),
        Health::Offline | Health::BreakerOpen => Some(format!("away since {}", when(row.health_since))),
        other => Some(format!("{}, {}", other.name().replace('_', " "), when(row.health_since))),
    }
}

fn reason(row: &ConnectionRow) -> String {
    if row.health_reason.is_empty() { row.health.name().replace('_', " ") } else { row.health_reason.clone() }
}

/// What `connections test` says: nothing can be asked of it, so when it came and what to do.
pub fn test_words(row: &ConnectionRow, look: &VisitLook, now: Timestamp) -> String {
    let name = match look.note.company.as_str() {
        "" => asked_company(row),
        answered => answered,
    };
    let came = match look.note.came_at {
        Some(at) => format!("last came {}", ago(now, at)),
        None => "has not come yet".into(),
    };
    let mut out = vec![
        format!("{} cannot be called: it calls tieout. It {came}", row.id),
        format!("Company: {name} ({})", row.company),
    ];
    if !matches!(row.health, Health::Ok | Health::Expiring) {
        out.push(format!(
            "{} since {:.0}: {}",
            row.health.name().replace('_', " "),
            row.health_since,
            reason(row)
        ));
    }
    if !look.note.trouble.is_empty() && look.note.trouble != row.health_reason {
        out.push(look.note.trouble.clone());
    }
    out.extend(to_do(row, look));
    let waits = look.waits();
    if !waits.is_empty() {
        out.push(format!("Waiting: {waits}"));
    }
    out.join("\n")
}

#[cfg(test)]
#[path = "visit_look_tests.rs"]
mod tests;
