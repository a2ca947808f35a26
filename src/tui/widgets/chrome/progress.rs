//! The running work in one line above the footer: what, how far, how fast, how to stop.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Widget};

use crate::tui::app::Model;
use crate::tui::format::count;
use crate::tui::keys::{ActionId, Context};
use crate::tui::text::{clean, cut, width};
use crate::tui::theme::Meaning;
use crate::tui::widgets::put;

/// One turn of the sign that shows that something moves.
pub const TURN: Duration = Duration::from_millis(250);

/// Progress of the running work in one line: what, how far, how fast, how to stop.
pub fn progress(model: &Model, buf: &mut Buffer, area: Rect) {
    let Some((p, pace)) = model.working() else { return };
    let theme = &model.look.theme;
    let w = usize::from(area.width);
    let elapsed = model.running_since.map_or(Duration::ZERO, |since| model.now.since.saturating_sub(since));
    let stop = if p.stopping {
        "stopping: what is on the wire is finished first".to_string()
    } else {
        format!("{} stop · Ctrl-c", model.look.keys.says(Context::Running, ActionId::StopRunning))
    };
    let sign = if model.look.reduced_motion {
        format!("working… {} s", elapsed.as_secs())
    } else {
        let turn = elapsed.as_millis() / TURN.as_millis();
        ["|", "/", "-", "\\"].get((turn % 4) as usize).copied().unwrap_or("|").to_string()
    };
    let mut figures = if p.of > 0 {
        format!("{} of {}", count(p.done), count(p.of))
    } else {
        format!("{} s", elapsed.as_secs())
    };
    let pace = pace.words(p.of);
    let room =
        width(&clean(&p.what)) + width(&sign) + width(&figures) + width(&pace) + width(&stop) + 11 <= w;
    if !pace.is_empty() && !p.stopping && room {
        figures.push_str(&format!(" · {pace}"));
    }
    let fixed = width(&sign) + width(&figures) + width(&stop) + 5;
    // how to stop and how far are never cut
    let what = cut(&clean(&p.what), w.saturating_sub(fixed)).into_owned();
    let bar_w = w.saturating_sub(fixed + width(&what) + 3).min(40);
    let filled = (bar_w as u64 * p.done.min(p.of)).checked_div(p.of).unwrap_or(0) as usize;
    let bar = if bar_w >= 6 && p.of > 0 {
        format!(" [{}{}]", "=".repeat(filled), " ".repeat(bar_w - filled))
    } else {
        String::new()
    };
    Clear.render(area.intersection(buf.area), buf);
    buf.set_style(area.intersection(buf.area), theme.style(Meaning::Text));
    put(
        buf,
        area,
        0,
        Line::from(vec![
            Span::styled(format!("{sign} {what}"), theme.style(Meaning::Busy)),
            Span::styled(bar, theme.style(Meaning::Bar)),
            Span::styled(format!(" {figures}"), theme.style(Meaning::Busy)),
            Span::styled(format!("  {stop}"), theme.style(Meaning::Muted)),
        ]),
    );
}
