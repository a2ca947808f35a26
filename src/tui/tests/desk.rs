//! A console without a terminal: the model, a fake engine that answers effects from the sample, and a screen.

use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use crate::engine::{Candidate, Freed};
use crate::model::entry::Named;
use crate::tui::app::{Look, Model, update};
use crate::tui::effect::{CardFor, Effect, Part, PreviewFor};
use crate::tui::msg::{Msg, Now, WindowPage};
use crate::tui::view::view;

use super::sample;

pub struct Desk {
    pub model: Model,
    /// Everything that was asked, oldest first.
    pub effects: Vec<Effect>,
    pub since: Duration,
    pub type_total: bool,
    pub empty: bool,
}

impl Desk {
    /// Another one that stands where this one does.
    pub fn clone_of(&self) -> Self {
        Self { model: self.model.clone(), effects: self.effects.clone(), ..*self }
    }

    /// Not open yet.
    pub fn closed(w: u16, h: u16) -> Self {
        let look = Look::default();
        let model = Model::new(look, "DEMO".into(), (w, h));
        let mut desk =
            Self { model, effects: vec![], since: Duration::ZERO, type_total: false, empty: false };
        desk.send(Msg::Resize(w, h));
        desk
    }

    /// Open, with the sample on the screen and the cursor on B4Q7TN.
    pub fn open(w: u16, h: u16) -> Self {
        let mut desk = Self::closed(w, h);
        desk.send(Msg::Opened(sample::opened()));
        desk.on("B4Q7TN");
        desk
    }

    /// Moves the cursor to a document.
    pub fn on(&mut self, number: &str) {
        self.press("g g");
        let at = self.model.queue.rows.iter().position(|r| r.number == number).unwrap();
        for _ in 0..at {
            self.press("j");
        }
        assert_eq!(self.model.queue.current().unwrap().number, number);
    }

    fn now(&self) -> Now {
        Now { at: Some(sample::now()), since: self.since }
    }

    /// A message, and the answers to what it asks.
    pub fn send(&mut self, msg: Msg) -> Vec<Effect> {
        let mut waiting = vec![msg];
        let mut all = Vec::new();
        while let Some(msg) = waiting.pop() {
            let now = self.now();
            for e in update(&mut self.model, msg, now) {
                waiting.extend(self.answer(&e));
                all.push(e);
            }
        }
        self.effects.extend(all.iter().cloned());
        all
    }

    /// The fake engine's answer to one effect.
    pub fn reply(&mut self, effect: &Effect) {
        if let Some(msg) = self.answer(effect) {
            self.send(msg);
        }
    }

    /// Keys by name, separated by spaces.
    pub fn press(&mut self, keys: &str) -> Vec<Effect> {
        keys.split(' ').flat_map(|k| self.send(Msg::Key(key(k)))).collect()
    }

    pub fn type_text(&mut self, text: &str) -> Vec<Effect> {
        text.chars().flat_map(|c| self.send(Msg::Key(KeyEvent::from(KeyCode::Char(c))))).collect()
    }

    fn answer(&self, effect: &Effect) -> Option<Msg> {
        let rows = || if self.empty { vec![] } else { sample::rows() };
        Some(match effect {
            Effect::Facts => Msg::Facts(Ok(sample::facts())),
            Effect::Window { generation, query, part, .. } => {
                let rows: Vec<_> = rows()
                    .into_iter()
                    .filter(|r| query.states.contains(&r.state))
                    .filter(|r| {
                        let all = format!("{} {} {}", r.payee, r.number, r.finding_brief).to_lowercase();
                        query.search.iter().all(|w| all.contains(&w.to_lowercase()))
                    })
                    .filter(|r| super::queue::passes(&query.filter, r))
                    .filter(|r| query.finding.as_ref().is_none_or(|(c, _)| r.finding == Some(*c)))
                    .collect();
                let rows = if matches!(part, Part::After(..) | Part::Before(..)) { vec![] } else { rows };
                let page = WindowPage { part: part.clone(), rows, before: false, after: false, split: 0 };
                Msg::Window(*generation, Ok(page))
            }
            Effect::Count { generation, .. } => Msg::Count(*generation, Ok(3)),
            Effect::Totals { generation, .. } => {
                Msg::Totals(*generation, Ok(if self.empty { vec![] } else { sample::totals() }))
            }
            Effect::Groups { generation, .. } => Msg::Groups(*generation, Ok(sample::groups())),
            Effect::Card { generation, id, purpose } => {
                let row = rows().into_iter().find(|r| r.id == *id)?;
                Msg::Card(*generation, purpose.clone(), Ok(Box::new(sample::sheet(&row))))
            }
            Effect::FixGroup { generation, code, value, .. } => {
                let row = rows().into_iter().find(|r| r.finding == Some(*code))?;
                let purpose = CardFor::Fix(*code, value.clone());
                Msg::Card(*generation, purpose, Ok(Box::new(sample::sheet(&row))))
            }
            Effect::Preview { generation, ids, purpose } => {
                Msg::Preview(*generation, *purpose, Ok(Box::new(sample::preview(ids, self.type_total))))
            }
            Effect::PostFigures { generation, ids, .. } => {
                Msg::Preview(*generation, PreviewFor::Post, Ok(Box::new(sample::preview(ids, false))))
            }
            Effect::MarkAll { generation, .. } => Msg::MarkedAll(*generation, Ok((rows(), false))),
            Effect::Candidates { serial, typed, .. } => {
                let c = |id: &str, name: &str, score, note: &str| Candidate {
                    record: Named::new(id, name),
                    score,
                    note: note.into(),
                };
                let all = vec![
                    c("1", "100 Strategy", 20, "class"),
                    c("2", "200 Operations", 20, "class"),
                    c("4", "450 Sustainability", 90, "same words"),
                ];
                let kept =
                    all.into_iter().filter(|c| c.record.name.to_lowercase().contains(&typed.to_lowercase()));
                Msg::Candidates(*serial, typed.clone(), Ok(kept.collect()))
            }
            Effect::SetRule { .. } => {
                Msg::RuleSet(Ok(Freed { version: 8, derived: 3, ready: vec![sample::id(15)] }))
            }
            Effect::RequestText { target } => {
                Msg::Text(format!("Request of {}", target.number), Ok("POST /v3/company/1/batch\n{}".into()))
            }
            Effect::Audit { generation, more, .. } => Msg::Audit(*generation, *more, Ok(sample::audit())),
            Effect::QueueRoom(e) => Msg::QueueRoom(super::queue::answer(e)),
            Effect::TieoutRoom(e) => Msg::TieoutRoom(super::tieout_desk::answer(e)),
            Effect::Rules { generation, .. } => Msg::Rules(*generation, Ok(sample::rules())),
            Effect::LookRoom(e) => Msg::LookRoom(super::look_office::answer(e)?),
            Effect::DocumentRoom(e) => super::document::answer(e),
            Effect::MappingRoom(e) => super::mappings::answer(self, e),
            Effect::AuditRoom(e) => return super::trail::answer(e),
            Effect::ActivityRoom(e) => return super::engine::answer(e),
            _ => return None,
        })
    }

    /// The screen as text.
    pub fn screen(&self) -> Terminal<TestBackend> {
        let (w, h) = self.model.size;
        let mut t = Terminal::new(TestBackend::new(w, h)).unwrap();
        t.draw(|f| view(&self.model, f)).unwrap();
        t
    }

    pub fn text(&self) -> String {
        self.screen().backend().to_string()
    }
}

pub fn key(name: &str) -> KeyEvent {
    let (name, mods) = match name.strip_prefix("ctrl-") {
        Some(rest) => (rest, KeyModifiers::CONTROL),
        None => (name, KeyModifiers::NONE),
    };
    let code = match name {
        "enter" => KeyCode::Enter,
        "esc" => KeyCode::Esc,
        "space" => KeyCode::Char(' '),
        "tab" => KeyCode::Tab,
        "backtab" => KeyCode::BackTab,
        "backspace" => KeyCode::Backspace,
        "home" => KeyCode::Home,
        "end" => KeyCode::End,
        "pgup" => KeyCode::PageUp,
        "pgdn" => KeyCode::PageDown,
        "up" => KeyCode::Up,
        "down" => KeyCode::Down,
        "left" => KeyCode::Left,
        "right" => KeyCode::Right,
        c => KeyCode::Char(c.chars().next().unwrap()),
    };
    KeyEvent::new(code, mods)
}
