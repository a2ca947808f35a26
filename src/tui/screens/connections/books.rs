//! The books: one row each, and all that the firm decided for the one under the cursor.

use std::collections::BTreeMap;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::engine::connect_look::BookLook;
use crate::model::Mode;
use crate::model::book::{AutoApproval, Book, ClosedPeriod, DatePolicy, Flow, Grouping, Policy};
use crate::model::document::DocumentKind;
use crate::model::money::{Currency, shown};
use crate::store::RunTotal;
use crate::tieout::Stage;
use crate::tui::app::{Model, system_title};
use crate::tui::format::{ago, count, minute, money_of};
use crate::tui::keys::ActionId;
use crate::tui::text::{clean, left, wrap};
use crate::tui::theme::Meaning;
use crate::tui::widgets::{put, rule};

use super::fact_lines;
use super::list::room;

/// What people call a kind of documents.
pub fn kind_words(kind: DocumentKind) -> &'static str {
    match kind {
        DocumentKind::ExpenseReport => "expense reports",
        DocumentKind::Invoice => "invoices",
        DocumentKind::CashAdvance => "cash advances",
        DocumentKind::LedgerBill => "bills of the ledger",
        DocumentKind::LedgerInvoice => "invoices of the ledger",
        DocumentKind::LedgerExpense => "expenses of the ledger",
        DocumentKind::Correction => "corrections",
    }
}

/// The date policy in words.
pub fn date_words(date: DatePolicy) -> &'static str {
    match date {
        DatePolicy::Approval => "day of the final approval",
        DatePolicy::Submit => "day of submission",
        DatePolicy::ReportDate => "the report's own date",
        DatePolicy::LastExpense => "day of the last expense",
        DatePolicy::PostingDay => "day on which it is prepared",
        DatePolicy::InvoiceDate => "the invoice's own date",
    }
}

/// The grouping in words.
pub fn grouping_words(grouping: Grouping) -> &'static str {
    match grouping {
        Grouping::DocumentLine => "a line for each line of Concur",
        Grouping::Expense => "a line for each expense",
        Grouping::Day => "a line for each day",
    }
}

/// The recipe in words.
pub fn recipe_words(recipe: &str) -> String {
    match recipe {
        Flow::BILL => "bills, cards as purchases".into(),
        Flow::JOURNAL => "journals only".into(),
        other => clean(other),
    }
}

/// The policy in a sentence.
pub fn policy_words(policy: &Policy, book: &Book) -> String {
    match policy.auto {
        AutoApproval::Off => "a person approves everything".into(),
        AutoApproval::Clean => {
            let currency = book.settings.home_currency;
            let limit = match policy.limit {
                Some(limit) => format!("up to {} {currency} a document", shown(limit, currency)),
                None => "of any amount".into(),
            };
            format!(
                "documents without any finding, {limit}, are approved by the policy (version {}, signed off by {})",
                policy.version,
                clean(&policy.signed_off_by)
            )
        }
    }
}

/// A mode in a word, with its sign.
pub fn mode_words(book: &Book) -> String {
    match (book.paused, book.mode) {
        (true, _) => "= paused".into(),
        (false, Mode::Preview) => "○ preview".into(),
        (false, Mode::Live) => "✓ live".into(),
    }
}

fn flow_words(kind: DocumentKind, flow: &Flow) -> String {
    let closed = match flow.closed {
        ClosedPeriod::Wait => "closed period: waits".to_string(),
        ClosedPeriod::NextOpenDay { days } => format!("closed period: next open day, {days} days at most"),
    };
    let from = flow.cut_over.map(|d| format!(" · from {d}")).unwrap_or_default();
    format!(
        "{}: {} · {} · {closed} · {}{from}",
        kind_words(kind),
        recipe_words(&flow.recipe),
        date_words(flow.date),
        grouping_words(flow.grouping)
    )
}

fn totals(run: &[RunTotal], stages: &[Stage]) -> String {
    // what came of the run: the stages before and between stand with the runs on the activity screen
    let mut sums: BTreeMap<(Stage, Option<Currency>), (i64, i64)> = BTreeMap::new();
    for t in run.iter().filter(|t| t.count > 0 && stages.contains(&t.stage)) {
        let sum = sums.entry((t.stage, t.currency)).or_default();
        *sum = (sum.0 + t.count, sum.1.saturating_add(t.minor));
    }
    let mut parts: Vec<String> = Vec::new();
    for stage in stages {
        for ((_, currency), (n, minor)) in sums.iter().filter(|((s, _), _)| s == stage) {
            let money = currency.map(|c| format!(", {}", money_of(*minor, c))).unwrap_or_default();
            parts.push(format!("{} {}{money}", count(n.unsigned_abs()), stage.name().replace('_', " ")));
        }
    }
    if parts.is_empty() { "nothing of this book".into() } else { parts.join(" · ") }
}

/// Draws it.
pub fn draw(model: &Model, buf: &mut Buffer, area: Rect) {
    let theme = &model.look.theme;
    let rows = &model.books;
    let at = model.connection_list.book_cursor.at;
    let w = usize::from(area.width);
    rule(
        buf,
        area,
        0,
        "books",
        &format!(
            "{} · {}: connections {}",
            rows.len(),
            model.key(ActionId::AccountsPart),
            model.connections.len()
        ),
        theme,
    );
    if rows.is_empty() {
        let words = if super::room::pairable(model).is_ok() {
            format!(
                "No book yet. {} ties SAP Concur and a ledger into one; it begins as a preview and posts nothing.",
                model.key(ActionId::PairBook)
            )
        } else {
            format!(
                "No book yet. It needs SAP Concur and a ledger: {}, then {} connects them.",
                model.key(ActionId::AccountsPart),
                model.key(ActionId::NewConnection)
            )
        };
        for (i, l) in wrap(&words, w.saturating_sub(4)).iter().enumerate() {
            put(buf, area, 2 + i as u16, Line::styled(format!("  {l}"), theme.style(Meaning::Text)));
        }
        return;
    }
    let (name_w, mode_w) = (16, 11);
    let side = w.saturating_sub(2 + name_w + mode_w + 4);
    let (company_w, ends_w) = (side / 2, side - side / 2);
    let head = format!(
        "  {} {} {} {}",
        left("book", name_w),
        left("company", company_w),
        left("mode", mode_w),
        left("from → to", ends_w)
    );
    put(buf, area, 1, Line::styled(head, theme.style(Meaning::Muted)));
    let count = room(area, rows.len());
    let top = at.saturating_sub(count.saturating_sub(1)).min(rows.len().saturating_sub(count));
    for (i, b) in rows.iter().enumerate().skip(top).take(count) {
        let here = i == at;
        let base = theme.style(if here { Meaning::Selection } else { Meaning::Text });
        let lead = if here { "> " } else { "  " };
        let text = format!(
            "{lead}{} {} ",
            left(&clean(b.id.as_str()), name_w),
            left(&clean(&b.settings.company), company_w)
        );
        let meaning = match (b.paused, b.mode) {
            (true, _) => Meaning::Warn,
            (false, Mode::Live) => Meaning::Ok,
            (false, Mode::Preview) => Meaning::Text,
        };
        let ends = format!("{} → {}", clean(b.source.as_str()), clean(b.ledger.as_str()));
        let mode = if here { base } else { theme.style(meaning) };
        let spans = vec![
            Span::styled(text, base),
            Span::styled(left(&mode_words(b), mode_w), mode),
            Span::styled(format!(" {}", left(&ends, ends_w)), base),
        ];
        put(buf, area, 2 + (i - top) as u16, Line::from(spans));
    }
    let Some(b) = rows.get(at) else { return };
    let y = 2 + count as u16;
    if y + 1 >= area.height {
        return;
    }
    let below = Rect { y: area.y + y, height: area.height - y, ..area };
    rule(buf, below, 0, &clean(b.id.as_str()), "", theme);
    super::facts(model, buf, below, lines(model, b, w));
}

fn lines(model: &Model, b: &Book, w: usize) -> Vec<(String, Meaning)> {
    let look: Option<&BookLook> = model.connection_list.book_look_of(&b.id);
    let s = &b.settings;
    let mut out = Vec::new();
    let mut say = |label: &str, value: String, meaning| out.extend(fact_lines(label, &value, meaning, w));
    let key = |id| model.key(id);
    let mode = match (b.paused, b.mode) {
        (true, Mode::Preview) => {
            format!("= paused, and a preview: {} lets it go on", key(ActionId::RestBook))
        }
        (true, Mode::Live) => {
            format!("= paused: nothing is read, told or posted; {} lets it go on", key(ActionId::RestBook))
        }
        (false, Mode::Preview) => format!(
            "○ preview: it reads and shows; it neither acknowledges nor posts. {} goes live",
            key(ActionId::LiveBook)
        ),
        (false, Mode::Live) => "✓ live: it acknowledges, and posts what is approved".into(),
    };
    say("mode", mode, if b.paused { Meaning::Warn } else { Meaning::Text });
    let title = |id| {
        let system = model.connections.iter().find(|c| c.id == id).map_or("", |c| c.system.as_str());
        system_title(system)
    };
    say(
        "ends",
        format!(
            "{} ({}) → {} ({}), {} in {}",
            title(b.source.clone()),
            clean(b.source.as_str()),
            title(b.ledger.clone()),
            clean(b.ledger.as_str()),
            clean(&s.company),
            s.home_currency
        ),
        Meaning::Text,
    );
    if s.flows.is_empty() {
        say("flows", format!("none: nothing is moved. {} chooses", key(ActionId::FlowBook)), Meaning::Warn);
    }
    for (i, (kind, flow)) in s.flows.iter().enumerate() {
        say(if i == 0 { "flows" } else { "" }, flow_words(*kind, flow), Meaning::Text);
    }
    let codes = if s.ledger_codes.is_empty() {
        format!(
            "no ledger code: no document belongs to this book until {} names them",
            key(ActionId::EditBook)
        )
    } else {
        format!("ledger codes {}", clean(&s.ledger_codes.join(", ")))
    };
    let routed = if s.ledger_codes.is_empty() { Meaning::Warn } else { Meaning::Text };
    say("routing", codes, routed);
    let every = format!("read every {} min", s.poll_minutes);
    let next = match look.and_then(|l| l.next_read) {
        _ if b.paused => "not while it is paused".to_string(),
        Some(at) if model.now.at.is_some_and(|now| at <= now) => "due now".into(),
        Some(at) => format!("next {}", minute(at, &model.zone)),
        None => "not read yet".into(),
    };
    say("schedule", format!("{every} · {next}"), Meaning::Text);
    match look {
        Some(l) => say("approval", policy_words(&l.policy, b), Meaning::Text),
        None => say("approval", "being read…".into(), Meaning::Muted),
    }
    let lock =
        s.lock_date.map_or_else(|| "no period is closed here".into(), |d| format!("closed through {d}"));
    say(
        "time zone",
        format!("{} · {lock} · employees are due {} days after", clean(&s.time_zone), s.employee_due_days),
        Meaning::Text,
    );
    let Some(look) = look else { return out };
    let run = |of: &Option<(jiff::Timestamp, Vec<RunTotal>)>, stages: &[Stage]| match (of, model.now.at) {
        (Some((at, t)), Some(now)) => {
            format!("{} ({}): {}", ago(*at, now), minute(*at, &model.zone), totals(t, stages))
        }
        _ => "none in the last day".into(),
    };
    say("last read", run(&look.fetched, &[Stage::Listed, Stage::Stored]), Meaning::Text);
    if b.mode == Mode::Live {
        say("last post", run(&look.posted, &[Stage::Recorded, Stage::Confirmed]), Meaning::Text);
    }
    let states: Vec<String> =
        look.states.iter().map(|(s, n)| format!("{} {}", count(*n), s.name().replace('_', " "))).collect();
    say("documents", if states.is_empty() { "none yet".into() } else { states.join(" · ") }, Meaning::Text);
    out
}
