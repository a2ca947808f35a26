//! The forms of books, and what their answers make of the settings.

use jiff::civil::Date;
use serde_json::{Map, Value, json};

use crate::engine::connect_book::{Difference, settings, table};
use crate::model::book::{
    AutoApproval, Book, BookSettings, ClosedPeriod, DatePolicy, Flow, Grouping, Policy,
};
use crate::model::document::DocumentKind;
use crate::systems::registry;
use crate::tui::app::Model;
use crate::tui::layers::{Answers, Field, Form, FormFor};
use crate::tui::text::clean;

use super::books::{date_words, grouping_words, kind_words, recipe_words};
use super::effect::ConnectionForm;

fn purpose(form: ConnectionForm) -> FormFor {
    FormFor::Connections(form)
}

fn options(all: &[(&str, String)]) -> Vec<(String, String)> {
    all.iter().map(|(k, w)| ((*k).to_string(), w.clone())).collect()
}

/// A new book.
pub fn pair(model: &Model) -> Form {
    let side = |fits: fn(&registry::Entry) -> bool| -> Vec<(String, String)> {
        let rows = model.connections.iter();
        let rows = rows.filter(|c| registry::named(&c.system).is_some_and(fits));
        rows.map(|c| {
            let look = model.connection_list.look_of(&c.id).and_then(|l| l.sign_in.as_ref());
            let company = look.map_or_else(|| clean(&c.company), |s| clean(&s.company_name));
            (c.id.0.clone(), format!("{} · {company}", clean(c.id.as_str())))
        })
        .collect()
    };
    let name =
        if model.books.is_empty() { "books".to_string() } else { format!("books-{}", model.books.len() + 1) };
    let lines = vec![
        "A book ties one Concur company to one ledger. It begins as a preview: it reads and shows, and neither \
         acknowledges nor posts until you type the ledger's name."
            .into(),
    ];
    let fields = vec![
        Field::text("name", "Name of the book", &name).needed().help("Lower-case letters, digits and hyphens."),
        Field::choice("source", "From", side(|e| e.source.is_some()), "").needed().help("← and → choose."),
        Field::choice("ledger", "To", side(|e| e.push.is_some()), "").needed().help("← and → choose."),
        Field::text("time_zone", "Time zone", "")
            .needed()
            .help("Of the books: instants become dates in it. For instance America/New_York."),
        Field::text("ledger_codes", "Ledger codes", "")
            .help("Concur's ledger codes that belong to this book, with commas between. Documents of others stay out."),
        Field::text("poll_minutes", "Read every", "10").needed().help("Minutes between two readings, 1 to 1440."),
    ];
    Form::new(purpose(ConnectionForm::Pair), "A new book", lines, fields, "make the preview")
}

/// The settings that a new book is given.
pub fn given(answers: &Answers) -> Result<Map<String, Value>, (&'static str, String)> {
    let mut given = Map::new();
    given.insert("time_zone".into(), json!(answers.text("time_zone")));
    given.insert("ledger_codes".into(), json!(list(answers.text("ledger_codes"))));
    given.insert("poll_minutes".into(), json!(number(answers, "poll_minutes")?));
    Ok(given)
}

fn list(text: &str) -> Vec<String> {
    text.split(',').map(|c| c.trim().to_string()).filter(|c| !c.is_empty()).collect()
}

fn number(answers: &Answers, name: &'static str) -> Result<u16, (&'static str, String)> {
    let text = answers.text(name);
    text.parse().map_err(|_| (name, format!("{text:?} is no whole number")))
}

fn day(answers: &Answers, name: &'static str) -> Result<Option<Date>, (&'static str, String)> {
    let text = answers.text(name);
    if text.is_empty() || text == "none" {
        return Ok(None);
    }
    let said = || (name, format!("{text:?} is no date: write for instance 2026-10-31"));
    text.parse().map(Some).map_err(|_| said())
}

/// The settings that a person changes here; the rest is changed with the mappings or by the command.
pub fn edit(book: &Book) -> Form {
    let s = &book.settings;
    let fields = vec![
        Field::text("time_zone", "Time zone", &s.time_zone).needed().help("For instance America/New_York."),
        Field::text("ledger_codes", "Ledger codes", &s.ledger_codes.join(", "))
            .help("Concur's ledger codes that belong to this book, with commas between. A code of two books belongs to none."),
        Field::text("poll_minutes", "Read every", &s.poll_minutes.to_string()).needed().help("Minutes, 1 to 1440."),
        Field::text("lock_date", "Closed through", &s.lock_date.map(|d| d.to_string()).unwrap_or_default())
            .help("The last closed day, for instance 2026-10-31. Empty: no period is closed here."),
        Field::text("employee_due_days", "Employees due", &s.employee_due_days.to_string())
            .needed()
            .help("Days from the posting date of an employee's bill to its due date."),
        Field::text("old_expense_days", "Old expenses", &s.old_expense_days.to_string())
            .needed()
            .help("Expenses older than this many days at the posting date are warned of."),
        Field::text(
            "second_approver_above",
            "Second approver",
            &s.second_approver_above.map(|d| d.to_string()).unwrap_or_default(),
        )
        .help("Above this amount in home currency a second person has to approve. Empty: never."),
    ];
    let lines = vec!["What differs is shown before anything is saved.".into()];
    let for_it = ConnectionForm::Settings(book.id.clone(), Box::new(s.clone()));
    Form::new(purpose(for_it), format!("Settings of {}", clean(book.id.as_str())), lines, fields, "compare")
}

/// The last closed day alone.
pub fn lock(book: &Book) -> Form {
    let s = &book.settings;
    let text = s.lock_date.map(|d| d.to_string()).unwrap_or_default();
    let fields = vec![
        Field::text("lock_date", "Closed through", &text)
            .help("The last closed day, for instance 2026-10-31. Empty: no period is closed here."),
    ];
    let lines = vec![
        "Nothing is posted on this day or before it, whatever the ledger itself allows. What is dated in it waits, or \
         takes the next open day where its flow says so."
            .into(),
    ];
    let for_it = ConnectionForm::Settings(book.id.clone(), Box::new(s.clone()));
    Form::new(purpose(for_it), format!("Lock date of {}", clean(book.id.as_str())), lines, fields, "compare")
}

/// The settings after an edit.
pub fn edited(seen: &BookSettings, answers: &Answers) -> Result<BookSettings, (&'static str, String)> {
    let mut change = Map::new();
    if answers.get("time_zone").is_some() {
        change.insert("time_zone".into(), json!(answers.text("time_zone")));
        change.insert("ledger_codes".into(), json!(list(answers.text("ledger_codes"))));
        for name in ["poll_minutes", "employee_due_days", "old_expense_days"] {
            change.insert(name.into(), json!(number(answers, name)?));
        }
        let above = answers.text("second_approver_above");
        change.insert(
            "second_approver_above".into(),
            if above.is_empty() { Value::Null } else { json!(above) },
        );
    }
    change.insert("lock_date".into(), json!(day(answers, "lock_date")?));
    made(seen, &change)
}

fn made(seen: &BookSettings, change: &Map<String, Value>) -> Result<BookSettings, (&'static str, String)> {
    let base = table(seen).map_err(|e| ("", e.to_string()))?;
    settings(&base, change).map_err(|e| {
        let why = e.to_string();
        // the sentence begins with the setting's name, or is about the time zone
        let names =
            ["poll_minutes", "employee_due_days", "old_expense_days", "second_approver_above", "lock_date"];
        let field = names.into_iter().find(|n| why.starts_with(n));
        (field.unwrap_or(if why.contains("time zone") { "time_zone" } else { "" }), why)
    })
}

/// Which flow.
pub fn flow_kind(book: &Book) -> Form {
    let kinds = [DocumentKind::ExpenseReport, DocumentKind::Invoice, DocumentKind::CashAdvance];
    let all: Vec<(&str, String)> = kinds
        .iter()
        .map(|k| {
            let moved = if book.settings.flows.contains_key(k) { "moved" } else { "not moved" };
            (k.name(), format!("{} ({moved})", kind_words(*k)))
        })
        .collect();
    let fields = vec![Field::choice("kind", "Documents", options(&all), "").help("← and → choose.")];
    let title = format!("Flows of {}", clean(book.id.as_str()));
    let lines = vec!["Each kind of document is moved by a flow of its own.".into()];
    Form::new(purpose(ConnectionForm::FlowKind(book.id.clone())), title, lines, fields, "go on")
}

const DATES: [(&str, DatePolicy); 6] = [
    ("approval", DatePolicy::Approval),
    ("submit", DatePolicy::Submit),
    ("report_date", DatePolicy::ReportDate),
    ("last_expense", DatePolicy::LastExpense),
    ("posting_day", DatePolicy::PostingDay),
    ("invoice_date", DatePolicy::InvoiceDate),
];
const GROUPINGS: [(&str, Grouping); 3] =
    [("document_line", Grouping::DocumentLine), ("expense", Grouping::Expense), ("day", Grouping::Day)];

/// A flow.
pub fn flow(book: &Book, kind: DocumentKind) -> Form {
    let there = book.settings.flows.get(&kind);
    let date = if kind == DocumentKind::Invoice { DatePolicy::InvoiceDate } else { DatePolicy::Approval };
    let flow = there.cloned().unwrap_or_else(|| Flow::new(Flow::BILL, date));
    let dates: Vec<_> = DATES.iter().map(|(k, d)| (*k, date_words(*d).to_string())).collect();
    let groupings: Vec<_> = GROUPINGS.iter().map(|(k, g)| (*k, grouping_words(*g).to_string())).collect();
    let at = |all: &[(&'static str, DatePolicy)]| {
        all.iter().find(|(_, d)| *d == flow.date).map_or("", |(k, _)| *k)
    };
    let grouping = GROUPINGS.iter().find(|(_, g)| *g == flow.grouping).map_or("", |(k, _)| *k);
    let (closed, days) = match flow.closed {
        ClosedPeriod::Wait => ("wait", String::new()),
        ClosedPeriod::NextOpenDay { days } => ("next_open_day", days.to_string()),
    };
    let recipes: Vec<_> = [Flow::BILL, Flow::JOURNAL].map(|r| (r, recipe_words(r))).to_vec();
    let closed_options = [
        ("wait", "it waits for a person".to_string()),
        ("next_open_day", "it takes the next open day".into()),
    ];
    let fields = vec![
        Field::tick("moved", "Moved", there.is_some())
            .help("Space turns it. A kind that is not moved blocks as 'no flow'."),
        Field::choice("recipe", "Becomes", options(&recipes), &flow.recipe).help("← and → choose."),
        Field::choice("date", "Posting date", options(&dates), at(&DATES)),
        Field::choice("closed", "Closed period", options(&closed_options), closed),
        Field::text("days", "At most", &days).help(
            "Days from its own date to the next open day, at most. Only where it takes the next open day.",
        ),
        Field::choice("grouping", "Lines", options(&groupings), grouping)
            .help("Always inside one document: documents are never merged."),
        Field::text("cut_over", "From", &flow.cut_over.map(|d| d.to_string()).unwrap_or_default())
            .help("Documents dated before belong to the old process. Empty: all."),
    ];
    let title = format!("{} of {}", kind_words(kind), clean(book.id.as_str()));
    let lines =
        vec!["Before it is saved you see what differs, and what it makes of the documents that wait.".into()];
    let for_it = ConnectionForm::Flow(book.id.clone(), kind, Box::new(book.settings.clone()));
    Form::new(purpose(for_it), title, lines, fields, "compare")
}

/// The settings with a changed flow.
pub fn with_flow(
    seen: &BookSettings,
    kind: DocumentKind,
    answers: &Answers,
) -> Result<BookSettings, (&'static str, String)> {
    let mut after = seen.clone();
    if !answers.ticked("moved") {
        after.flows.remove(&kind);
        return Ok(after);
    }
    let mut flow =
        seen.flows.get(&kind).cloned().unwrap_or_else(|| Flow::new(Flow::BILL, DatePolicy::Approval));
    flow.recipe = answers.text("recipe").into();
    let date = DATES.iter().find(|(k, _)| *k == answers.text("date"));
    flow.date = date.map_or(flow.date, |(_, d)| *d);
    let grouping = GROUPINGS.iter().find(|(k, _)| *k == answers.text("grouping"));
    flow.grouping = grouping.map_or(flow.grouping, |(_, g)| *g);
    flow.closed = match answers.text("closed") {
        "next_open_day" => ClosedPeriod::NextOpenDay { days: number(answers, "days")? },
        _ => ClosedPeriod::Wait,
    };
    flow.cut_over = day(answers, "cut_over")?;
    after.flows.insert(kind, flow);
    Ok(after)
}

/// Who approves.
pub fn policy(book: &Book, policy: &Policy) -> Form {
    let auto = match policy.auto {
        AutoApproval::Off => "off",
        AutoApproval::Clean => "clean",
    };
    let all = [
        ("off", "a person approves everything".to_string()),
        ("clean", "documents without any finding are approved by the policy".into()),
    ];
    let fields = vec![
        Field::choice("auto", "Approval", options(&all), auto)
            .help("← and → choose. A warning is a finding too."),
        Field::text("limit", "Up to", &policy.limit.map(|l| l.to_string()).unwrap_or_default()).help(
            format!(
                "The most that one document may be, in {}. Empty: any amount.",
                book.settings.home_currency
            ),
        ),
    ];
    let lines = vec![
        "The policy works while tieout runs unattended. In this console nothing is approved or posted until you do it.".into(),
    ];
    let title = format!("Approval in {}", clean(book.id.as_str()));
    Form::new(purpose(ConnectionForm::Policy(book.id.clone())), title, lines, fields, "compare")
}

/// The ledger's name before the book goes live.
pub fn live(book: &Book, environment: &str, states: &str) -> Form {
    let company = clean(&book.settings.company);
    let real = match environment {
        "DEMO" | "SANDBOX" => format!("This is {environment}: no real ledger is written to."),
        _ => "These are real books.".to_string(),
    };
    let lines = vec![
        format!(
            "From now on {} acknowledges its documents in SAP Concur and may post into {company} ({}).",
            clean(book.id.as_str()),
            clean(book.ledger.as_str())
        ),
        format!("Documents now: {states}. Nothing is posted before it is approved. {real}"),
        format!("Type the ledger's name to go live: {company}"),
    ];
    let fields = vec![Field::text("name", "Ledger", "").needed()];
    let title = format!("Go live: {}", clean(book.id.as_str()));
    Form::new(purpose(ConnectionForm::Live(book.id.clone())), title, lines, fields, "go live")
}

/// The days of a trial: the month before.
pub fn trial(book: &Book, today: Option<Date>) -> Form {
    let month = today.and_then(|d| {
        let last = d.first_of_month().yesterday().ok()?;
        Some((last.first_of_month().to_string(), last.to_string()))
    });
    let (from, to) = month.unwrap_or_default();
    let fields = vec![Field::text("from", "From", &from).needed(), Field::text("to", "To", &to).needed()];
    let lines = vec![
        "Shows what the book would post between two days beside what people posted by hand in the ledger. Nothing is \
         written."
            .into(),
    ];
    let title = format!("Trial of {}", clean(book.id.as_str()));
    Form::new(purpose(ConnectionForm::Trial(book.id.clone())), title, lines, fields, "compare")
}

/// The days that were typed.
pub fn trial_days(answers: &Answers) -> Result<(Date, Date), (&'static str, String)> {
    let needed = |name, d: Option<Date>| d.ok_or((name, "needed".to_string()));
    let from = needed("from", day(answers, "from")?)?;
    let to = needed("to", day(answers, "to")?)?;
    if to < from { Err(("to", "it is before the first day".into())) } else { Ok((from, to)) }
}

/// A difference as a line for people.
pub fn difference(d: &Difference) -> String {
    let setting = d.setting.replace('_', " ").replace('.', " · ");
    format!("{}: {} → {}", clean(&setting), words(&d.before), words(&d.after))
}

/// A value of the settings in words: names lose their underscores, what has parts is listed.
fn words(json: &str) -> String {
    match serde_json::from_str::<Value>(json) {
        Ok(value) => of_value(&value),
        Err(_) => "not set".into(),
    }
}

fn of_value(value: &Value) -> String {
    let is_name = |s: &str| s.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    match value {
        Value::Null => "not set".into(),
        Value::Bool(b) => if *b { "yes" } else { "no" }.into(),
        Value::String(s) if is_name(s) => s.replace('_', " "),
        Value::String(s) => clean(s),
        Value::Array(all) if all.is_empty() => "none".into(),
        Value::Array(all) => all.iter().map(of_value).collect::<Vec<_>>().join(", "),
        Value::Object(all) => {
            let parts = all.iter().filter(|(_, v)| !v.is_null());
            parts
                .map(|(k, v)| format!("{} {}", clean(&k.replace('_', " ")), of_value(v)))
                .collect::<Vec<_>>()
                .join(", ")
        }
        Value::Number(n) => clean(&n.to_string()),
    }
}
