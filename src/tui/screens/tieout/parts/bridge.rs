//! The bridge, read downwards like a bank reconciliation: one block of columns for each currency (screens.md, section 5).

use crate::engine::reconcile::ReadingStep;
use crate::model::money::Currency;
use crate::tieout::{Amounts, BridgeLine, BridgeRow, Period, Report};
use crate::tui::format::amount;
use crate::tui::screens::tieout::sheet::{Row, Section, Target};
use crate::tui::text::{clean, cut, left, right, width, wrap};
use crate::tui::theme::Meaning;

use super::{Made, TWO_CURRENCIES, widest};

/// Columns of the words, with and without room for the kinds.
const WORDS: (usize, usize) = (49, 44);

/// The columns of one currency.
struct Block {
    currency: Currency,
    n: usize,
    /// Reports, invoices, advances; none: the total alone.
    kinds: Option<[usize; 3]>,
    total: usize,
}

impl Block {
    fn of(r: &Report, currency: Currency, first: bool, split: bool) -> Self {
        let rows = || r.bridge.rows.iter().map(move |row| row.of(currency));
        let of = |f: fn(&Amounts) -> i64, least: usize| {
            widest(rows().map(|a| (f(&a), currency)), least.saturating_sub(2)) + 2
        };
        let least = if first || split { 13 } else { 11 };
        let kinds = split.then(|| [of(|a| a.reports, 13), of(|a| a.invoices, 13), of(|a| a.advances, 10)]);
        let n = rows().map(|a| a.n.to_string().len() + 2).fold(5, usize::max);
        Self { currency, n, kinds, total: of(Amounts::total, least) }
    }

    fn width(&self) -> usize {
        self.n + self.kinds.map_or(0, |k| k.iter().sum()) + self.total
    }

    fn head(&self) -> String {
        let c = self.currency;
        let mut out = right("n", self.n);
        if let Some([a, b, d]) = self.kinds {
            out += &right(&format!("{c} reports"), a);
            out += &right("invoices", b);
            out += &right("advances", d);
        }
        out + &right(&format!("{c} total"), self.total)
    }
}

/// The blocks that fit, and the width of the words.
fn blocks(made: &Made<'_>) -> (Vec<Block>, usize) {
    let r = &made.done.report;
    let room = made.columns.saturating_sub(1);
    let all = &r.bridge.currencies;
    let chosen = made.split.filter(|c| all.contains(c)).unwrap_or(r.home);
    if made.columns < TWO_CURRENCIES {
        // one page for each currency
        let at = made.page.min(all.len().saturating_sub(1));
        let block = Block::of(r, all.get(at).copied().unwrap_or(r.home), true, false);
        let words = WORDS.1.min(room.saturating_sub(block.width()));
        return (vec![block], words);
    }
    let words = match (made.wide(), chosen == r.home) {
        (true, true) => WORDS.0,
        (true, false) => WORDS.0 - 3,
        (false, _) => WORDS.1,
    };
    let mut split_home = made.wide();
    loop {
        let mut out =
            vec![Block::of(r, r.home, true, split_home && (chosen == r.home || made.columns >= 160))];
        let mut used = words + out.iter().map(Block::width).sum::<usize>();
        for c in all.iter().skip(1 + made.page) {
            let mut block = Block::of(r, *c, false, made.wide() && *c == chosen);
            if used + block.width() > room {
                block = Block::of(r, *c, false, false);
            }
            if used + block.width() > room {
                break;
            }
            used += block.width();
            out.push(block);
        }
        // figures are never cut: without room for the kinds the total stands alone
        if used > room && split_home {
            split_home = false;
            continue;
        }
        return (out, words.min(room.saturating_sub(used - words)));
    }
}

/// How many pages `>` walks through.
pub fn pages(columns: usize, currencies: usize) -> usize {
    if columns < TWO_CURRENCIES { currencies } else { currencies.saturating_sub(1) }.max(1)
}

fn meaning(row: &BridgeRow, r: &Report) -> Meaning {
    match row.line {
        BridgeLine::Unexplained if !r.bridge.explained() => Meaning::Error,
        BridgeLine::Unexplained => Meaning::Ok,
        BridgeLine::Expected | BridgeLine::LedgerNow => Meaning::Accent,
        BridgeLine::InDoubt | BridgeLine::UnknownInLedger => Meaning::Error,
        l if l.is_difference() => Meaning::Warn,
        _ => Meaning::Text,
    }
}

fn cells(mut row: Row, blocks: &[Block], of: &dyn Fn(Currency) -> Amounts, zeros: bool, m: Meaning) -> Row {
    for b in blocks {
        let a = of(b.currency);
        let shown = |minor: i64| if minor == 0 && !zeros { String::new() } else { amount(minor, b.currency) };
        let n = if a.n == 0 && !zeros { String::new() } else { a.n.to_string() };
        row = row.right(m, &n, b.n);
        if let Some(kinds) = b.kinds {
            for (w, minor) in kinds.into_iter().zip([a.reports, a.invoices, a.advances]) {
                row = row.right(m, &shown(minor), w);
            }
        }
        row = row.right(m, &shown(a.total()), b.total);
    }
    row
}

/// The bridge of a report.
pub fn section(made: &Made<'_>) -> Section {
    let r = &made.done.report;
    let (blocks, words) = blocks(made);
    let mut rows = Vec::new();
    let shown = |row: &&BridgeRow| r.checked.ok || row.line != BridgeLine::Unexplained;
    for row in r.bridge.rows.iter().filter(shown) {
        let m = meaning(row, r);
        let mut label = clean(&row.label);
        if row.line == BridgeLine::Unexplained {
            let mark = if r.bridge.explained() { "✓" } else { "!" };
            label = format!("{label} {mark} {}", clean(&r.checked.text));
        }
        let sign = row.line.sign();
        let label = if row.line == BridgeLine::SourceApproved { label } else { format!("{sign} {label}") };
        let line = Row::of(Target::Line(row.line)).left(
            m,
            &format!(" {}", cut(&label, words.saturating_sub(1))),
            words,
        );
        let zeros =
            matches!(row.line, BridgeLine::Expected | BridgeLine::LedgerNow | BridgeLine::Unexplained);
        rows.push(cells(line, &blocks, &|c| row.of(c), zeros, m));
    }
    if !r.checked.ok {
        if !r.bridge.compared {
            let line = Row::of(Target::Line(BridgeLine::LedgerNow));
            let line = line.left(Meaning::Muted, " = in the ledger now", words);
            rows.push(blocks.iter().fold(line, |l, b| l.right(Meaning::Muted, "not read", b.width())));
        }
        let text = format!("unexplained: {}", clean(&r.checked.text));
        for (i, l) in wrap(&text, made.columns.saturating_sub(4)).into_iter().enumerate() {
            let target = if i == 0 { Target::Line(BridgeLine::Unexplained) } else { Target::None };
            rows.push(Row::of(target).put(Meaning::Error, format!("   {l}")));
        }
    }
    let head = blocks.iter().fold(left("", words), |h, b| h + &b.head());
    let hidden = r.bridge.currencies.len().saturating_sub(blocks.len());
    let least = rows.len();
    Section {
        title: title(made.columns, &made.zone_name()),
        right: if hidden == 0 { String::new() } else { format!("> < {hidden} more currencies") },
        head,
        rows,
        least,
        ..Section::default()
    }
}

fn title(columns: usize, zone: &str) -> String {
    if columns >= 80 && width(zone) + 83 <= columns {
        format!("from what Concur approved to what the ledger holds · by posting date, {zone}")
    } else {
        "from what Concur approved to what the ledger holds".into()
    }
}

impl Made<'_> {
    fn zone_name(&self) -> String {
        self.zone.iana_name().map(clean).unwrap_or_else(|| "UTC".into())
    }
}

/// The lines while both sides are read: no figure is shown before it is whole.
pub fn reading(period: Period, home: Option<Currency>, columns: usize, step: Option<ReadingStep>) -> Section {
    let words = if columns >= super::WIDE { WORDS.0 } else { WORDS.1.min(columns.saturating_sub(16)) };
    let rows = BridgeLine::ALL.into_iter().filter(|l| l.always()).map(|l| {
        let label = l.words(period);
        let label = if l == BridgeLine::SourceApproved { label } else { format!("{} {label}", l.sign()) };
        Row::of(Target::None)
            .left(Meaning::Muted, &format!(" {}", cut(&label, words.saturating_sub(1))), words)
            .right(Meaning::Muted, "…", 5)
            .right(Meaning::Muted, "…", 13)
    });
    let head =
        left("", words) + &right("n", 5) + &right(&home.map_or("total".into(), |c| format!("{c} total")), 13);
    let rows: Vec<Row> = rows.collect();
    let least = rows.len();
    Section {
        title: "from what Concur approved to what the ledger holds".into(),
        right: words_of(step),
        head,
        rows,
        least,
        ..Section::default()
    }
}

/// The step in words.
pub fn words_of(step: Option<ReadingStep>) -> String {
    match step {
        None | Some(ReadingStep::Source) => "reading Concur's lists…".into(),
        Some(ReadingStep::Ledger { records: 1 }) => "reading the ledger, 1 record of ours…".into(),
        Some(ReadingStep::Ledger { records }) => {
            format!("reading the ledger, {} records of ours…", crate::tui::format::count(records))
        }
        Some(ReadingStep::Comparing) => "comparing both sides…".into(),
    }
}
