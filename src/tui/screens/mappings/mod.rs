//! What is not mapped yet, and the mapping rules of the book; `f` on what is open makes a rule.

pub mod effect;
pub mod room;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use crate::model::ids::BookId;
use crate::model::rule::{Rule, RuleSet};
use crate::store::FindingGroup;
use crate::tui::app::Model;
use crate::tui::effect::Effect;
use crate::tui::findings::{maps, words};
use crate::tui::format::{documents, sums_words};
use crate::tui::msg::Said;
use crate::tui::text::{clean, left, width};
use crate::tui::theme::Meaning;
use crate::tui::widgets::{Cursor, put, rule};

/// The rules.
#[derive(Debug, Clone, Default)]
pub struct Mappings {
    /// The set, once read.
    pub rules: Option<RuleSet>,
    /// Cursor.
    pub cursor: Cursor,
    /// What went wrong.
    pub error: Option<String>,
    counter: u64,
}

impl Mappings {
    /// Reads the rules.
    pub fn ask(&mut self, book: BookId) -> Effect {
        self.counter += 1;
        Effect::Rules { generation: self.counter, book }
    }

    /// They arrived.
    pub fn arrived(&mut self, generation: u64, answer: Said<RuleSet>) {
        if generation != self.counter {
            return;
        }
        match answer {
            Ok(rules) => {
                self.rules = Some(rules);
                self.error = None;
            }
            Err(why) => self.error = Some(why),
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.rules.as_ref().map_or(0, |r| r.rules.len())
    }

    /// None.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Model {
    /// What is not mapped yet: findings that a rule would mend. They stand above the rules.
    pub fn unmapped(&self) -> impl Iterator<Item = &FindingGroup> {
        self.queue.groups.iter().flatten().filter(|g| maps(g.code))
    }

    /// The one under the cursor of the mappings screen.
    pub fn unmapped_here(&self) -> Option<&FindingGroup> {
        self.unmapped().nth(self.mappings.cursor.at)
    }

    /// Lines of the mappings screen.
    pub fn mapping_rows(&self) -> usize {
        self.unmapped().count() + self.mappings.len()
    }
}

/// Draws the list.
pub fn draw(model: &Model, buf: &mut Buffer, area: Rect) {
    let theme = &model.look.theme;
    let screen = &model.mappings;
    let version = screen.rules.as_ref().map(|r| format!("version {}", r.version)).unwrap_or_default();
    let n = model.mapping_rows();
    let at = format!("{} of {n}", if n == 0 { 0 } else { screen.cursor.at + 1 });
    let open = match model.unmapped().count() {
        0 => String::new(),
        n => format!(" · {n} not mapped yet: f"),
    };
    rule(buf, area, 0, &format!("mapping rules · {version}{open}"), &at, theme);
    let w = usize::from(area.width);
    let text = |r: [&str; 5]| {
        let wide = w.saturating_sub(2 + 5 + 13 + 1);
        let (c, g) = (wide * 4 / 10, wide * 4 / 10);
        format!(
            "  {} {} {} {} {}",
            left(r[0], 5),
            left(r[1], 12),
            left(r[2], c),
            left(r[3], g),
            left(r[4], wide.saturating_sub(c + g + 2))
        )
    };
    put(
        buf,
        area,
        1,
        Line::styled(text(["rule", "decides", "when", "gives", "by"]), theme.style(Meaning::Muted)),
    );
    if let Some(why) = &screen.error {
        put(
            buf,
            area,
            3,
            Line::styled(format!("  The rules cannot be read: {why}"), theme.style(Meaning::Error)),
        );
        return;
    }
    let Some(set) = &screen.rules else {
        put(buf, area, 3, Line::styled("  reading…", theme.style(Meaning::Busy)));
        return;
    };
    if n == 0 {
        let words = "  No rule yet. On a blocked document of the queue, f makes one. 1 queue";
        put(buf, area, 3, Line::styled(words, theme.style(Meaning::Text)));
    }
    let rows = usize::from(area.height.saturating_sub(2));
    let groups = model.queue.groups.as_deref().unwrap_or_default();
    let open = model.unmapped().map(|g| {
        let sums = sums_words(g.sums.iter().copied(), model.home());
        let all = format!("{}, {}", documents(g.count), sums.join(", "));
        // sums are shown whole or not at all
        let affects = if width(&all) + 36 <= w { all } else { documents(g.count) };
        let room = w.saturating_sub(2 + 6 + 13 + 1 + width(&affects));
        let (label, what) = (left(g.code.label(), 12), left(&words(g, groups), room));
        (format!("  {} {label} {what} {affects}", left("!", 5)), Meaning::Error)
    });
    let made = set.rules.iter().map(|r| {
        let (when, gives) = (clean(&condition(r)), clean(&r.gives.to_string()));
        (text([&r.id.to_string(), r.kind.name(), &when, &gives, &clean(&r.author)]), Meaning::Text)
    });
    for (i, (mut line, meaning)) in open.chain(made).enumerate().skip(screen.cursor.top).take(rows) {
        let here = i == screen.cursor.at;
        if here {
            line.replace_range(0..1, ">");
        }
        let style = theme.style(if here { Meaning::Selection } else { meaning });
        put(buf, area, 2 + (i - screen.cursor.top) as u16, Line::styled(line, style));
    }
}

fn condition(r: &Rule) -> String {
    match &r.reason {
        Some(reason) => format!("{} ({reason})", r.condition()),
        None => r.condition(),
    }
}
