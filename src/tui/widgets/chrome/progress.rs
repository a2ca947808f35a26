//! The running work in one line above the footer: what, how far, how fast, how to stop.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Widget};

use crate::engine::Progress;
use crate::tui::app::Model;
use crate::tui::format::count;
use crate::tui::keys::{ActionId, Context};
use crate::tui::text::{clean, cut, width};
use crate::tui::theme::Meaning;
use crate::tui::widgets::put;

/// One turn of the sign that shows that something moves.
pub const TURN: Duration = Duration::from_millis(250);

/// A rate is told once so much time has passed: before, it is chance.
const SETTLED: Duration = Duration::from_secs(2);

/// Progress of the running work in one line: what, how far, how fast, how to stop.
pub fn progress(model: &Model, buf: &mut Buffer, area: Rect) {
    let p = &model.progress;
    if !p.running {
        return;
    }
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
    let mut figures =
        if p.of > 0 { format!("{} of {}", count(p.done), count(p.of)) } else { format!("{} s", elapsed.as_secs()) };
    if let Some(pace) = pace(p, elapsed).filter(|pace| {
        width(&clean(&p.what)) + width(&sign) + width(&figures) + width(pace) + width(&stop) + 8 <= w
    }) {
        figures.push_str(&pace);
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

/// ` · 3.2/s · 12 s left`
fn pace(p: &Progress, elapsed: Duration) -> Option<String> {
    if elapsed < SETTLED || p.done == 0 || p.of == 0 {
        return None;
    }
    // tenths a second, without a float
    let tenths = u128::from(p.done) * 10_000 / elapsed.as_millis().max(1);
    let left = u128::from(p.of.saturating_sub(p.done)) * elapsed.as_millis() / u128::from(p.done) / 1000;
    let left = if left >= 120 { format!("{} min", left / 60) } else { format!("{left} s") };
    Some(format!(" · {}.{}/s · {left} left", tenths / 10, tenths % 10))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pace_is_told_once_it_is_known() {
        let p = |done, of| Progress { done, of, running: true, ..Progress::default() };
        assert_eq!(pace(&p(7, 37), Duration::from_millis(500)), None);
        assert_eq!(pace(&p(0, 37), Duration::from_secs(9)), None);
        assert_eq!(pace(&p(8, 20), Duration::from_secs(4)).as_deref(), Some(" · 2.0/s · 6 s left"));
        assert_eq!(pace(&p(1, 1000), Duration::from_secs(4)).as_deref(), Some(" · 0.2/s · 66 min left"));
    }
}
