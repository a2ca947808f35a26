//! The last pages for a ledger that calls us: what will be made, and then the password, once, with the steps on the
//! other machine.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use crate::engine::connect::Connected;
use crate::tui::layers::confirm::buttons;
use crate::tui::text::clean;
use crate::tui::theme::{Meaning, Theme};
use crate::tui::widgets::put;

use super::Wizard;
use super::draw::fact;

impl Wizard {
    /// Before anything is stored.
    pub(super) fn draw_settled(&self, c: &Connected, buf: &mut Buffer, area: Rect, theme: &Theme) {
        let Some(handed) = &c.handed else { return };
        let name = c.company_name.as_deref().map(clean).unwrap_or_default();
        let again = self.again.is_some();
        let mut lines = vec![
            (fact("company", &name), Meaning::Title),
            (fact("identity", &clean(&c.company)), Meaning::Muted),
            (fact("address", &clean(&handed.url)), Meaning::Text),
            (fact("user name", &clean(&handed.user)), Meaning::Text),
            (fact("visits", &format!("every {} minutes", handed.minutes)), Meaning::Text),
        ];
        if let Some(file) = &handed.file {
            lines.push((fact("file", &clean(&file.display().to_string())), Meaning::Text));
        }
        lines.extend(c.notes.iter().map(|n| (format!("! {}", clean(n)), Meaning::Warn)));
        lines.push((String::new(), Meaning::Text));
        let asks = if again {
            "Make a new password? The old one ends at once: nothing comes in until the new one is typed."
        } else {
            "Make the password and write the file? The password is shown once, on the next page."
        };
        match (&self.busy, &self.error) {
            (Some(busy), _) => lines.push((format!("… {busy}"), Meaning::Busy)),
            (None, Some(why)) => lines.push((format!("! {why}"), Meaning::Error)),
            (None, None) => lines.push((asks.into(), Meaning::Title)),
        }
        let inner = Self::boxed(buf, area, theme, &self.heading(), &lines);
        let yes = if again { "y make it" } else { "y make both" };
        buttons(buf, inner, theme, yes, "n no, nothing is stored");
    }

    /// The password, and what is done with it.
    pub(super) fn draw_handed(&self, c: &Connected, buf: &mut Buffer, area: Rect, theme: &Theme) {
        let Some(handed) = &c.handed else { return };
        let password = handed.password.as_ref().map(|p| p.text()).unwrap_or_default();
        let mut lines = vec![
            (fact("user name", &clean(&handed.user)), Meaning::Text),
            (fact("password", &format!("{password}   shown now and never again")), Meaning::Title),
        ];
        if let Some(file) = &handed.file {
            lines.push((fact("file", &clean(&file.display().to_string())), Meaning::Text));
        }
        lines.push((String::new(), Meaning::Text));
        for (n, step) in handed.steps.iter().enumerate() {
            lines.push((format!("{}. {}", n + 1, clean(step)), Meaning::Text));
        }
        lines.extend(c.notes.iter().map(|n| (format!("! {}", clean(n)), Meaning::Warn)));
        if let Some(why) = &self.error {
            lines.push((format!("! {why}"), Meaning::Warn));
        }
        let title = format!("✓ {}", self.heading());
        let inner = Self::boxed(buf, area, theme, &title, &lines);
        let hint = "y I have the password: close";
        put(buf, inner, inner.height.saturating_sub(1), Line::styled(hint, theme.style(Meaning::Accent)));
    }
}
