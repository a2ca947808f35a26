//! The editor of a memo template: several lines, with what a real document makes of it while it is typed.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;
use tui_textarea::TextArea;

use crate::engine::mapping::{Edit, EditWhat, Sample};
use crate::mapping::{Change, MEMO_WORDS, memo_of, text_limits, unknown_words};
use crate::model::DocumentKind;
use crate::model::ids::BookId;
use crate::tui::effect::Effect;
use crate::tui::format::count;
use crate::tui::layers::Out;
use crate::tui::msg::Said;
use crate::tui::screens::mappings::effect::MappingEffect;
use crate::tui::text::{clean, wrap};
use crate::tui::theme::{Meaning, Theme};
use crate::tui::widgets::{boxed, put};

/// Lines of the field.
const LINES: u16 = 4;
/// Characters of a template, at most: more than any ledger keeps.
const MOST: usize = 4_000;

/// The editor.
#[derive(Debug, Clone)]
pub struct MemoEditor {
    book: BookId,
    version: u32,
    kind: Option<DocumentKind>,
    before: String,
    area: TextArea<'static>,
    sample: Option<Said<Option<Box<Sample>>>>,
    leaving: bool,
    busy: Option<&'static str>,
    error: Option<String>,
    /// What people call the book's ledger.
    ledger: String,
}

impl MemoEditor {
    /// Over the template of a kind; none: of every kind without its own.
    pub fn new(book: BookId, version: u32, kind: Option<DocumentKind>, template: &str) -> Self {
        let lines: Vec<String> = template.lines().map(clean).collect();
        let mut area = TextArea::new(if lines.is_empty() { vec![String::new()] } else { lines });
        area.move_cursor(tui_textarea::CursorMove::Bottom);
        area.move_cursor(tui_textarea::CursorMove::End);
        let before = template.into();
        let (sample, busy, error, ledger) = (None, None, None, String::new());
        Self { book, version, kind, before, area, sample, leaving: false, busy, error, ledger }
    }

    /// Shows what this ledger keeps of it.
    #[must_use]
    pub fn kept_by(self, ledger: String) -> Self {
        Self { ledger, ..self }
    }

    /// How much the book's ledger keeps; of one whose limit is not known all that are.
    fn limits(&self) -> Vec<(&'static str, usize)> {
        let all = text_limits();
        let own: Vec<_> = all.iter().filter(|(title, _)| *title == self.ledger).copied().collect();
        if own.is_empty() { all.to_vec() } else { own }
    }

    /// The document to show it with arrived.
    pub fn arrived(&mut self, sample: Said<Option<Box<Sample>>>) {
        self.sample = Some(sample);
    }

    /// What it says is being tried or saved, or no longer: meanwhile it takes no text.
    pub fn wait(&mut self, busy: Option<&'static str>) {
        self.busy = busy;
    }

    /// What it says is being tried or saved.
    pub fn waits(&self) -> bool {
        self.busy.is_some()
    }

    fn text(&self) -> String {
        self.area.lines().join("\n")
    }

    /// A key.
    pub fn key(&mut self, key: KeyEvent) -> Out {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            // what is on its way is not waited for any more
            KeyCode::Esc if self.busy.take().is_some() => return Out::Stay,
            _ if self.busy.is_some() => return Out::Stay,
            KeyCode::Esc if self.text() == self.before || self.leaving => return Out::Close,
            KeyCode::Esc => {
                self.leaving = true;
                return Out::Stay;
            }
            KeyCode::Char('s') if control => return self.save(),
            KeyCode::Tab | KeyCode::BackTab => return Out::Stay,
            KeyCode::Char('c' | 'v' | 'x' | 'y') if control => return Out::Stay,
            _ => {
                self.area.input(key);
            }
        }
        self.leaving = false;
        self.error = None;
        Out::Stay
    }

    /// A paste, as text.
    pub fn paste(&mut self, text: &str) -> Out {
        if self.busy.is_some() {
            return Out::Stay;
        }
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let lines: Vec<String> = text.split('\n').map(clean).collect();
        self.area.insert_str(lines.join("\n"));
        self.error = None;
        Out::Stay
    }

    fn save(&mut self) -> Out {
        let text = self.text();
        let unknown = unknown_words(&text);
        if let Some(first) = unknown.first() {
            let known: Vec<&str> = MEMO_WORDS.iter().map(|(w, _)| *w).collect();
            self.error = Some(format!("{} is no word of a template: {}", clean(first), known.join(" ")));
            return Out::Stay;
        }
        if text.chars().count() > MOST {
            self.error = Some(format!("a template has {MOST} characters at most"));
            return Out::Stay;
        }
        if text.trim() == self.before.trim() {
            self.error = Some("nothing is changed yet".into());
            return Out::Stay;
        }
        let change = Change::Memo { kind: self.kind, before: self.before.clone(), after: text };
        let edit = Edit { expected: self.version, what: EditWhat::Changes(vec![change]) };
        let effect = MappingEffect::Try { book: self.book.clone(), edit: Box::new(edit), guard: None };
        // it stays open below what it changes: Esc there comes back here
        Out::Run(vec![Effect::MappingRoom(effect)])
    }

    fn below(&self, inside: usize) -> Vec<Line<'static>> {
        let mut out: Vec<Line<'static>> = Vec::new();
        let words: Vec<String> = MEMO_WORDS.iter().map(|(w, what)| format!("{w} {what}")).collect();
        out.extend(wrap(&words.join("   "), inside).into_iter().map(Line::raw));
        out.push(Line::default());
        match &self.sample {
            None => out.push(Line::raw("reading a document to show it with…")),
            Some(Err(why)) => {
                out.extend(wrap(&format!("No sample: {}", clean(why)), inside).into_iter().map(Line::raw));
            }
            Some(Ok(None)) => {
                out.push(Line::raw("There is no document of this kind yet to show it with."));
            }
            Some(Ok(Some(s))) => {
                out.push(Line::raw(format!(
                    "{} {} as the ledger will show it:",
                    s.document.kind.words(),
                    clean(&s.document.number)
                )));
            }
        }
        out
    }

    /// Draws it.
    pub fn draw(&self, buf: &mut Buffer, area: Rect, theme: &Theme) {
        let w = area.width.saturating_sub(2).min(96);
        let inside = usize::from(w).saturating_sub(4);
        let below = self.below(inside);
        let mut sample: Vec<Line<'static>> = Vec::new();
        if let Some(Ok(Some(s))) = &self.sample {
            for (ledger, limit) in self.limits() {
                let memo = memo_of(&self.text(), &s.document, &s.marker, limit);
                let kept = wrap(&clean(&memo.kept), inside.saturating_sub(2));
                sample.extend(
                    kept.into_iter().map(|l| Line::styled(format!("  {l}"), theme.style(Meaning::Accent))),
                );
                let used = format!(
                    "{ledger}: {} of {} characters",
                    count(memo.used.0 as u64),
                    count(memo.used.1 as u64)
                );
                if memo.cut.is_empty() {
                    sample.push(Line::styled(format!("{used}, nothing is cut"), theme.style(Meaning::Ok)));
                } else {
                    let n = memo.cut.chars().count();
                    sample.push(Line::styled(
                        format!("! {used}: {n} characters are cut off"),
                        theme.style(Meaning::Error),
                    ));
                    let lost = wrap(&format!("cut: {}", clean(&memo.cut)), inside).into_iter().take(2);
                    sample.extend(lost.map(|l| Line::styled(l, theme.style(Meaning::Error))));
                }
            }
        }
        let h = LINES + 2 + below.len() as u16 + sample.len() as u16 + 5;
        let title = match self.kind {
            None => "Memo of every kind without its own".to_string(),
            Some(kind) => format!("Memo of {}s", kind.words()),
        };
        let inner = boxed(buf, area, w, h, &title, theme, theme.style(Meaning::Focus));
        let field = Rect { height: LINES.min(inner.height), ..inner };
        let mut text = self.area.clone();
        text.set_style(theme.style(Meaning::Text));
        text.set_cursor_line_style(Style::new());
        text.set_cursor_style(theme.style(Meaning::Text).add_modifier(Modifier::REVERSED));
        text.set_wrap_mode(tui_textarea::WrapMode::Glyph);
        text.render(field.intersection(buf.area), buf);
        let empty = self.text().trim().is_empty();
        let state = match (&self.error, self.leaving, empty) {
            _ if self.busy.is_some() => {
                Span::styled(format!("{}…", self.busy.unwrap_or_default()), theme.style(Meaning::Busy))
            }
            (Some(why), ..) => Span::styled(format!("! {why}"), theme.style(Meaning::Error)),
            (None, true, _) => {
                Span::styled("! not saved: Esc again leaves without saving", theme.style(Meaning::Warn))
            }
            (None, false, true) => Span::styled("empty: the standard memo", theme.style(Meaning::Muted)),
            (None, false, false) => {
                Span::styled("lines become one line in the ledger", theme.style(Meaning::Muted))
            }
        };
        let mut y = LINES;
        for l in wrap(&state.content, inside) {
            put(buf, inner, y, Line::styled(l, state.style));
            y += 1;
        }
        y += 1;
        for line in below {
            put(buf, inner, y, line.style(theme.style(Meaning::Muted)));
            y += 1;
        }
        for line in sample {
            put(buf, inner, y, line);
            y += 1;
        }
        let hint = "Ctrl-s shows what it changes   Enter new line   Esc leaves";
        put(buf, inner, inner.height.saturating_sub(1), Line::styled(hint, theme.style(Meaning::Muted)));
    }
}
