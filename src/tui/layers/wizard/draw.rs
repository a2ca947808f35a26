//! The wizard on the screen.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::{Clear, Widget};
use secrecy::ExposeSecret as _;

use crate::engine::connect::Connected;
use crate::tui::layers::confirm::buttons;
use crate::tui::text::{clean, left, width, wrap};
use crate::tui::theme::{Meaning, Theme};
use crate::tui::widgets::{boxed, put, rule};

use super::{Page, Stage, Wizard};

impl Wizard {
    fn title(&self, what: &str) -> String {
        let (at, of) = self.step();
        format!("{what} · step {at} of {of}")
    }

    /// Draws it.
    pub fn draw(&self, buf: &mut Buffer, area: Rect, theme: &Theme) {
        match &self.stage {
            Stage::Way(form) | Stage::Passphrase(form) | Stage::System(form) | Stage::Questions(form, _) => {
                let mut form = form.clone();
                form.title = self.title(&form.title);
                form.draw(buf, area, theme);
            }
            Stage::Waiting => {
                let mut lines = Vec::new();
                if let Some(busy) = &self.busy {
                    lines.push((format!("… {busy}"), Meaning::Busy));
                }
                if let Some(why) = &self.error {
                    for (n, line) in why.lines().enumerate() {
                        let (lead, meaning) =
                            if n == 0 { ("! ", Meaning::Error) } else { ("", Meaning::Text) };
                        lines.push((format!("{lead}{line}"), meaning));
                    }
                }
                let inner = Self::boxed(buf, area, theme, &self.heading(), &lines);
                let hint = Line::styled("Esc Cancel: nothing is stored", theme.style(Meaning::Muted));
                put(buf, inner, inner.height.saturating_sub(1), hint);
            }
            Stage::Consent(page) => self.consent(page, buf, area, theme),
            Stage::Company(c) if c.handed.is_some() => self.draw_settled(c, buf, area, theme),
            Stage::Done(c) if c.handed.is_some() => self.draw_handed(c, buf, area, theme),
            Stage::Company(c) => {
                let mut lines = Self::company(c);
                lines.push((String::new(), Meaning::Text));
                match (&self.busy, &self.error) {
                    (Some(busy), _) => lines.push((format!("… {busy}"), Meaning::Busy)),
                    (None, Some(why)) => lines.push((format!("! {why}"), Meaning::Error)),
                    (None, None) => lines.push(("Is this your company?".into(), Meaning::Title)),
                }
                let inner = Self::boxed(buf, area, theme, &self.heading(), &lines);
                buttons(buf, inner, theme, "y yes, keep it", "n no, nothing is stored");
            }
            Stage::Done(c) => {
                let mut lines =
                    vec![(format!("✓ {} is connected.", clean(c.connection.as_str())), Meaning::Ok)];
                lines.extend(Self::company(c));
                lines.push((String::new(), Meaning::Text));
                let next = if self.again.is_some() {
                    "Books that were paused stay so until you let them go on, on the connections screen."
                } else if self.setting.can_pair {
                    "Next: p ties Concur and the ledger into a book. The book begins as a preview: it reads and shows, and posts nothing."
                } else {
                    "Next: n connects the other side. A book needs SAP Concur and a ledger."
                };
                lines.push((next.into(), Meaning::Text));
                let inner = Self::boxed(buf, area, theme, &self.heading(), &lines);
                let pair = if self.setting.can_pair { "p pair   " } else { "" };
                let hint = format!("{pair}n connect another   Esc close");
                put(
                    buf,
                    inner,
                    inner.height.saturating_sub(1),
                    Line::styled(hint, theme.style(Meaning::Accent)),
                );
            }
        }
    }

    pub(super) fn heading(&self) -> String {
        let what = match &self.again {
            Some(name) if self.calls_us() => format!("New password: {}", clean(name)),
            Some(name) => format!("Sign in again: {}", clean(name)),
            None => format!("Connect {}", self.system),
        };
        self.title(&what)
    }

    pub(super) fn boxed(
        buf: &mut Buffer,
        area: Rect,
        theme: &Theme,
        title: &str,
        lines: &[(String, Meaning)],
    ) -> Rect {
        let w = area.width.min(86);
        let inside = usize::from(w).saturating_sub(4);
        let wrapped: Vec<(String, Meaning)> = lines
            .iter()
            .flat_map(|(l, m)| {
                let parts = if l.is_empty() { vec![String::new()] } else { wrap(l, inside) };
                parts.into_iter().map(|p| (p, *m))
            })
            .collect();
        let inner = boxed(buf, area, w, wrapped.len() as u16 + 4, title, theme, theme.style(Meaning::Focus));
        for (y, (text, meaning)) in wrapped.into_iter().enumerate() {
            put(buf, inner, y as u16, Line::styled(text, theme.style(meaning)));
        }
        inner
    }

    fn company(c: &Connected) -> Vec<(String, Meaning)> {
        let day = |at: jiff::Timestamp| at.strftime("%Y-%m-%d").to_string();
        let name = c.company_name.as_deref().map(clean).unwrap_or_else(|| "its name was not told".into());
        let scopes = if c.scopes.is_empty() { "not told".into() } else { clean(&c.scopes.join(" ")) };
        let mut lines = vec![
            (fact("company", &name), Meaning::Title),
            (fact("identity", &clean(&c.company)), Meaning::Text),
            (fact("system", &clean(&c.system)), Meaning::Text),
            (fact("reached at", &clean(&c.region)), Meaning::Text),
            (fact("may", &scopes), Meaning::Text),
        ];
        if let Some(until) = c.sign_in_until {
            let text = format!("until {}; you are warned 30 and 7 days ahead", day(until));
            lines.push((fact("signed in", &text), Meaning::Text));
        }
        lines.extend(c.notes.iter().map(|n| (format!("! {}", clean(n)), Meaning::Warn)));
        lines
    }

    /// The address stands at the left edge, whole, without a frame: it can be selected with the mouse.
    fn consent(&self, page: &Page, buf: &mut Buffer, area: Rect, theme: &Theme) {
        Clear.render(area.intersection(buf.area), buf);
        buf.set_style(area.intersection(buf.area), theme.style(Meaning::Text));
        rule(buf, area, 0, &self.heading(), "", theme);
        let w = usize::from(area.width).max(1);
        let mut lines: Vec<(String, Meaning)> = Vec::new();
        let mut say = |text: String, meaning| {
            lines.extend(wrap(&text, w.saturating_sub(2)).into_iter().map(|l| (format!(" {l}"), meaning)));
        };
        say(
            format!("Open this page in a browser, sign in to {} there, and consent:", self.system),
            Meaning::Text,
        );
        let mut rows: Vec<(String, Meaning)> = std::mem::take(&mut lines);
        rows.push((String::new(), Meaning::Text));
        let url: Vec<char> = clean(&page.consent.url).chars().collect();
        rows.extend(url.chunks(w).map(|c| (c.iter().collect::<String>(), Meaning::Accent)));
        rows.push((String::new(), Meaning::Text));
        let mut say = |text: String, meaning| {
            rows.extend(wrap(&text, w.saturating_sub(2)).into_iter().map(|l| (format!(" {l}"), meaning)));
        };
        let opens = if self.setting.browser { "   o opens it in the browser" } else { "" };
        say(format!("y copies the address{opens}"), Meaning::Text);
        let until = page.consent.until.strftime("%H:%M UTC");
        if page.listens && !self.setting.remote {
            say(format!("… waiting for the browser, until {until}. It goes on by itself."), Meaning::Busy);
            say(
                "If the browser is on another machine: paste here the address that the page led to.".into(),
                Meaning::Muted,
            );
        } else {
            say(
                format!(
                    "The page then leads to {}. Copy the whole address from the browser, whatever the page shows, \
                     and paste it here before {until}.",
                    clean(&page.consent.redirect)
                ),
                Meaning::Text,
            );
        }
        let dots = "•".repeat(page.pasted.expose_secret().chars().count().min(w.saturating_sub(14)));
        let label = "> address: ";
        rows.push((
            left(&format!("{label}{dots}"), w.saturating_sub(width(label)).max(width(label))),
            Meaning::Focus,
        ));
        match (&self.error, page.taken) {
            (_, true) => rows.push((" … looking at the address".into(), Meaning::Busy)),
            (Some(why), _) => rows.extend(
                wrap(&format!("! {why}"), w.saturating_sub(2))
                    .into_iter()
                    .map(|l| (format!(" {l}"), Meaning::Error)),
            ),
            _ => {}
        }
        for (y, (text, meaning)) in rows.into_iter().enumerate() {
            put(buf, area, y as u16 + 2, Line::styled(text, theme.style(meaning)));
        }
        let hint = " Enter takes the pasted address   Esc Cancel: nothing is stored";
        put(buf, area, area.height.saturating_sub(1), Line::styled(hint, theme.style(Meaning::Muted)));
    }
}

/// A fact in two columns.
pub fn fact(label: &str, value: &str) -> String {
    format!("{} {value}", left(label, 11))
}
