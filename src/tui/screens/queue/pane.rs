//! The lower pane: the entry set of the document under the cursor, or what the marked documents come to.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use crate::model::entry::{Entry, EntryKind, EntrySet, Line as EntryLine, Side};
use crate::model::ids::DocumentId;
use crate::model::money::{Currency, shown};
use crate::tui::app::Model;
use crate::tui::findings::{mends, words};
use crate::tui::format::{amount, state_long};
use crate::tui::keys::ActionId;
use crate::tui::msg::Sheet;
use crate::tui::text::{clean, left, right, width, wrap};
use crate::tui::theme::Meaning;
use crate::tui::widgets::{put, rule};

use super::view::marked;

/// One line of the pane.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PaneLine {
    /// Slot of the entry, on its first line.
    pub slot: String,
    /// Account.
    pub account: String,
    /// Classes.
    pub class: String,
    /// Project or party.
    pub party: String,
    /// Debit.
    pub debit: String,
    /// Credit.
    pub credit: String,
}

/// A document, formatted when it arrived.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pane {
    /// Which; none when reading failed.
    pub id: Option<DocumentId>,
    /// Number and title.
    pub title: String,
    /// Receipts, revision.
    pub right: String,
    /// The lines.
    pub lines: Vec<PaneLine>,
    /// Debits equal credits.
    pub balanced: bool,
    /// Two lines for small terminals.
    pub short: [String; 2],
}

impl Pane {
    /// When it could not be read.
    pub fn failed(why: String) -> Self {
        Self { title: "cannot be read".into(), short: [why, String::new()], ..Self::default() }
    }

    /// Formats a document.
    pub fn of(sheet: &Sheet) -> Self {
        let row = &sheet.card.row;
        let approved = approved(sheet);
        let receipts = if row.receipts.1 > 0 {
            Some(format!("receipts {} of {}", row.receipts.0, row.receipts.1))
        } else {
            None
        };
        let revision = format!("revision {}", row.revisions);
        let right: Vec<String> =
            [approved.clone(), receipts.clone(), Some(revision)].into_iter().flatten().collect();
        let below: Vec<String> = [receipts, approved].into_iter().flatten().collect();
        let number = if row.number.is_empty() { row.id.to_string() } else { clean(&row.number) };
        let title = if row.title.is_empty() { number } else { format!("{number} · {}", clean(&row.title)) };
        let (lines, balanced) = set_of(sheet).map_or((Vec::new(), false), lines_of);
        Self {
            id: Some(row.id),
            title,
            lines,
            balanced,
            short: [summary(sheet), findings(sheet, &below)],
            right: right.join(" · "),
        }
    }
}

/// `approved by Romero, Lucia 2026-10-28`, where the source says who; the day is that of the source's final approval.
fn approved(sheet: &Sheet) -> Option<String> {
    let row = &sheet.card.row;
    if row.approver.is_empty() {
        return None;
    }
    let day = sheet.card.derived.as_ref().and_then(|d| d.original_date).or(row.posting_date);
    let day = if row.kind == crate::model::DocumentKind::ExpenseReport { day } else { None };
    let day = day.map(|d| format!(" {d}")).unwrap_or_default();
    Some(format!("approved by {}{day}", clean(&row.approver)))
}

/// The set that counts: the approved one, else the derived one.
pub fn set_of(sheet: &Sheet) -> Option<&EntrySet> {
    let card = &sheet.card;
    let approved = card.approval.as_ref().map(|a| &a.set);
    approved.or(card.derived.as_ref().map(|d| &d.set)).filter(|s| !s.entries.is_empty())
}

fn summary(sheet: &Sheet) -> String {
    if let Some(u) = &sheet.card.unreadable {
        return format!("unreadable at {}: {}", clean(&u.path), clean(&u.message));
    }
    let Some(set) = set_of(sheet) else { return "nothing would be posted".into() };
    let mut parts = Vec::new();
    for kind in EntryKind::ALL {
        let of: Vec<&Entry> = set.entries.iter().filter(|e| e.kind == kind).collect();
        let Some(first) = of.first() else { continue };
        let total = shown(of.iter().map(|e| e.total()).sum(), first.currency);
        parts.push(if of.len() == 1 {
            let party = first.party.as_ref().map(|p| format!(" {}", clean(&p.name))).unwrap_or_default();
            format!("{} {total}{party}", kind.words())
        } else {
            format!("{} {}s {total}", of.len(), kind.words())
        });
    }
    if let Some(due) = set.entries.iter().find_map(|e| e.due) {
        parts.push(format!("due {}", due.strftime("%m-%d")));
    }
    parts.push(if set.balanced() { "balanced".into() } else { "! not balanced".into() });
    parts.join(" · ")
}

fn findings(sheet: &Sheet, right: &[String]) -> String {
    if sheet.card.unreadable.is_some() {
        return "{key:close} close with a note · {key:raw} what Concur sent".into();
    }
    let mut parts = Vec::new();
    let all = sheet.card.derived.as_ref().map(|d| d.findings.as_slice()).unwrap_or_default();
    match all.first() {
        None => parts.push("no findings".into()),
        Some(f) => {
            let sign = if f.blocks() { "!" } else { "·" };
            let more = if all.len() > 1 { format!(" +{}", all.len() - 1) } else { String::new() };
            parts.push(format!("{sign} {}{more}", clean(&f.sentence)));
        }
    }
    parts.extend(right.iter().cloned());
    parts.join(" · ")
}

/// Entries as debits and credits: lines of one account summed, their classes listed; the offsets of card entries that
/// follow each other on one account summed too.
fn lines_of(set: &EntrySet) -> (Vec<PaneLine>, bool) {
    let mut out: Vec<PaneLine> = Vec::new();
    let mut offsets: Vec<(&EntryLine, Currency, usize)> = Vec::new();
    for (i, e) in set.entries.iter().enumerate() {
        let start = out.len();
        let mut accounts: Vec<(&EntryLine, Vec<&EntryLine>)> = Vec::new();
        for l in e.lines.iter().filter(|l| !l.is_offset()) {
            match accounts.iter_mut().find(|(a, _)| a.account == l.account && a.side == l.side) {
                Some((_, v)) => v.push(l),
                None => accounts.push((l, vec![l])),
            }
        }
        for (first, lines) in accounts {
            let sum = lines.iter().map(|l| l.amount).sum();
            let named = |f: fn(&EntryLine) -> Option<&str>| {
                let mut v: Vec<&str> = lines.iter().filter_map(|l| f(l)).collect();
                v.dedup();
                v
            };
            let classes = named(|l| l.dimensions.class.as_ref().map(|c| c.name.as_str()));
            let class = match classes.as_slice() {
                [one] => clean(one),
                many => many
                    .iter()
                    .map(|c| clean(c.split(' ').next().unwrap_or(c)))
                    .collect::<Vec<_>>()
                    .join(", "),
            };
            let party = named(|l| l.dimensions.customer.as_ref().map(|c| c.name.as_str()));
            out.push(line(first, sum, e.currency, class, clean(&party.join(", "))));
        }
        for l in e.lines.iter().filter(|l| l.is_offset()) {
            offsets.push((l, e.currency, i));
        }
        if let Some(l) = out.get_mut(start) {
            l.slot = clean(&e.slot.to_string());
        }
        let next_same = set.entries.get(i + 1).is_some_and(|n| {
            n.kind == e.kind
                && matches!(e.kind, EntryKind::CardPurchase | EntryKind::CardRefund)
                && n.offset_account == e.offset_account
                && n.currency == e.currency
        });
        if !next_same {
            flush(&mut out, &mut offsets, e);
        }
    }
    (out, set.balanced())
}

fn flush(out: &mut Vec<PaneLine>, offsets: &mut Vec<(&EntryLine, Currency, usize)>, e: &Entry) {
    let entries = offsets.iter().map(|(_, _, i)| i).collect::<std::collections::BTreeSet<_>>().len();
    let party = if entries > 1 {
        format!("{entries} card transactions")
    } else {
        e.party.as_ref().map(|p| clean(&p.name)).unwrap_or_default()
    };
    while let Some((first, currency, _)) = offsets.first().copied() {
        let same = |l: &EntryLine| l.account == first.account && l.side == first.side;
        let sum = offsets.iter().filter(|(l, ..)| same(l)).map(|(l, ..)| l.amount).sum();
        out.push(line(first, sum, currency, String::new(), party.clone()));
        offsets.retain(|(l, ..)| !same(l));
    }
}

fn line(
    first: &EntryLine,
    sum: rust_decimal::Decimal,
    currency: Currency,
    class: String,
    party: String,
) -> PaneLine {
    let text = shown(sum, currency);
    let (debit, credit) = match first.side {
        Side::Debit => (text, String::new()),
        Side::Credit => (String::new(), text),
    };
    PaneLine { slot: String::new(), account: clean(&first.account.name), class, party, debit, credit }
}

/// Draws the rule and the lines.
pub fn draw(model: &Model, buf: &mut Buffer, area: Rect) {
    let queue = &model.queue;
    let theme = &model.look.theme;
    if queue.grouped {
        return draw_group(model, buf, area);
    }
    if !queue.marks.is_empty() {
        return draw_batch(model, buf, area);
    }
    let Some(row) = queue.current() else { return };
    let waits = model.waits_for(&row.row);
    let small = area.height <= 4;
    let other = queue.pane.as_ref().is_some_and(|p| p.id.is_some_and(|id| id != row.row.id));
    // Until the document under the cursor is read, the one before it stays, under its own number: no flicker, and half
    // the bytes. Where there is no room for a number, or the list is another one, nothing stays.
    let stays = |p: &&Pane| !small && queue.rows.iter().any(|r| p.id == Some(r.row.id));
    match queue.pane.as_ref().filter(|p| !other || stays(p)) {
        None => {
            rule(buf, area, 0, &format!("{} · {}", row.number, row.title), "…", theme);
        }
        Some(p) if small => {
            rule(buf, area, 0, "", "", theme);
            for (i, text) in p.short.iter().enumerate() {
                let text = if i == 1 { waits.as_ref().unwrap_or(text) } else { text };
                let text = left(&model.worded(text), usize::from(area.width));
                put(buf, area, 1 + i as u16, Line::styled(text, theme.style(Meaning::Text)));
            }
        }
        Some(p) => {
            let title = if other { format!("{} …", p.title) } else { p.title.clone() };
            let fits = |t: &&String| width(t) + width(&title) + 12 <= usize::from(area.width);
            let right = waits.as_ref().filter(fits).unwrap_or(&p.right);
            rule(buf, area, 0, &title, right, theme);
            if p.lines.is_empty() {
                let w = usize::from(area.width).saturating_sub(2);
                let state = state_long(row.row.state);
                let texts = p.short.iter().filter(|t| !t.is_empty()).flat_map(|t| wrap(&model.worded(t), w));
                let state = (!other).then_some((state, Meaning::Muted));
                let lines = texts.map(|t| (t, Meaning::Text)).chain(state);
                for (i, (text, meaning)) in lines.enumerate().take(usize::from(area.height) - 1) {
                    put(buf, area, 1 + i as u16, Line::styled(format!(" {text}"), theme.style(meaning)));
                }
            } else {
                draw_lines(model, buf, area, p);
            }
        }
    }
}

fn draw_lines(model: &Model, buf: &mut Buffer, area: Rect, pane: &Pane) {
    let theme = &model.look.theme;
    let w = usize::from(area.width);
    let spare = w.saturating_sub(1 + 15 + 28 + 21 + 26 + 14 + 14 + 1);
    let party_w = 26 + spare.min(40);
    let text = |l: &PaneLine| {
        format!(
            " {} {} {} {}{}{}",
            left(&l.slot, 14),
            left(&l.account, 27),
            left(&l.class, 20),
            left(&l.party, party_w),
            right(&l.debit, 14),
            right(&l.credit, 14)
        )
    };
    let head = PaneLine {
        slot: "will post".into(),
        account: "account".into(),
        class: "class".into(),
        party: "project or party".into(),
        debit: "debit".into(),
        credit: "credit".into(),
    };
    put(buf, area, 1, Line::styled(text(&head), theme.style(Meaning::Muted)));
    let room = usize::from(area.height.saturating_sub(3));
    let fits = pane.lines.len() <= room;
    let visible = if fits { room } else { room.saturating_sub(1) };
    for (i, l) in pane.lines.iter().take(visible).enumerate() {
        put(buf, area, 2 + i as u16, Line::styled(text(l), theme.style(Meaning::Text)));
    }
    let mut row = 2 + pane.lines.len().min(visible) as u16;
    if !fits {
        let more = format!(" … {} more lines, Enter opens the document", pane.lines.len() - visible);
        put(buf, area, row, Line::styled(more, theme.style(Meaning::Muted)));
        row += 1;
    }
    let Some((debit, credit)) = totals(model) else { return };
    let word = if pane.balanced { "balanced" } else { "! not balanced" };
    let total = PaneLine { slot: word.into(), debit, credit, ..PaneLine::default() };
    let meaning = if pane.balanced { Meaning::Ok } else { Meaning::Error };
    put(buf, area, row, Line::styled(text(&total), theme.style(meaning)));
}

fn totals(model: &Model) -> Option<(String, String)> {
    let sheet = model.queue.sheet.as_ref()?;
    let set = set_of(sheet)?;
    let currency = set.entries.first()?.currency;
    Some((shown(set.debits(), currency), shown(set.credits(), currency)))
}

fn draw_batch(model: &Model, buf: &mut Buffer, area: Rect) {
    let queue = &model.queue;
    let theme = &model.look.theme;
    rule(buf, area, 0, &marked(queue, model.home()), "Esc clears the marks", theme);
    let Some(batch) = &queue.batch else {
        put(buf, area, 1, Line::styled(" adding up…", theme.style(Meaning::Busy)));
        return;
    };
    // the columns are named where that costs no account
    let head = u16::from(area.height >= 6 && !batch.effect.is_empty());
    if head > 0 {
        let text =
            format!(" {} {:3} {} {}", left("account", 40), "", right("debit", 14), right("credit", 14));
        put(buf, area, 1, Line::styled(text, theme.style(Meaning::Muted)));
    }
    let room = usize::from(area.height.saturating_sub(2 + head)).max(1);
    let fits = batch.effect.len() <= room;
    let visible = if fits { room } else { room.saturating_sub(1) };
    for (i, (currency, account, debit, credit)) in batch.effect.iter().take(visible).enumerate() {
        let Some(c) = batch.currencies.get(*currency).copied() else { continue };
        let part = |m: i64| if m == 0 { String::new() } else { amount(m, c) };
        let text = format!(
            " {} {c} {} {}",
            left(&clean(account), 40),
            right(&part(*debit), 14),
            right(&part(*credit), 14)
        );
        put(buf, area, 1 + head + i as u16, Line::styled(text, theme.style(Meaning::Text)));
    }
    let mut row = 1 + head + batch.effect.len().min(visible) as u16;
    if !fits {
        let word = if visible == 0 { "accounts" } else { "more accounts" };
        let more = format!(
            " … {} {word}, {} shows them all",
            batch.effect.len() - visible,
            model.key(ActionId::Approve)
        );
        put(buf, area, row, Line::styled(more, theme.style(Meaning::Muted)));
        row += 1;
    }
    if !batch.left_out.is_empty() {
        let names: Vec<String> =
            batch.left_out.iter().map(|(n, why)| format!("{} ({})", clean(n), clean(why))).collect();
        let all = format!("left out: {}", names.join(", "));
        let lines = crate::tui::text::wrap(&all, usize::from(area.width).saturating_sub(2));
        let room = usize::from(area.height.saturating_sub(row)).max(1);
        let count = lines.len();
        for (i, text) in lines.into_iter().take(room).enumerate() {
            let text = if i + 1 == room && count > room { cut_with_mark(&text) } else { text };
            put(buf, area, row + i as u16, Line::styled(format!(" {text}"), theme.style(Meaning::Warn)));
        }
    }
}

/// The last line of several that do not all fit.
fn cut_with_mark(text: &str) -> String {
    format!("{}…", text.trim_end_matches([',', ' ']))
}

fn draw_group(model: &Model, buf: &mut Buffer, area: Rect) {
    let theme = &model.look.theme;
    let Some(g) = model.queue.current_group() else { return };
    rule(buf, area, 0, g.code.name(), "", theme);
    let groups = model.queue.groups.as_deref().unwrap_or_default();
    put(buf, area, 1, Line::styled(format!(" {}", words(g, groups)), theme.style(Meaning::Text)));
    let keys: Vec<&str> =
        mends(g.code).into_iter().chain(["Enter shows the documents", "Esc back"]).collect();
    let keys = model.worded(&keys.join(" · "));
    put(buf, area, 2, Line::styled(format!(" {keys}"), theme.style(Meaning::Muted)));
}
