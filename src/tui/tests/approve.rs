//! The approve dialog where there is little room: nothing that matters is out of sight when it is decided.

use crate::model::money::Currency;
use crate::tui::effect::Effect;
use crate::tui::format::amount;
use crate::tui::layers::Layer;
use crate::tui::msg::Msg;

use super::desk::Desk;

#[test]
fn nothing_is_approved_before_the_last_line_was_in_sight() {
    let mut desk = Desk::open(60, 16);
    desk.press("a");
    let text = desk.text();
    for words in ["Left out: Q9BK2L", "2 carry warnings you have not read", "↓ shows the rest"] {
        assert!(text.contains(words), "{words}\n{text}");
    }
    assert!(!text.contains("y approve") && !text.contains("Concur pays once"), "{text}");
    assert!(desk.press("y").is_empty(), "not all of it was seen");
    assert!(matches!(desk.model.layers.last(), Some(Layer::Approve(_))));
    while !desk.text().contains("Concur pays once") {
        let before = desk.text();
        desk.press("down");
        assert_ne!(desk.text(), before, "it ends before the end");
    }
    assert!(desk.text().contains("y approve"), "{}", desk.text());
    // seen is seen, also on a smaller screen
    desk.send(Msg::Resize(60, 14));
    assert!(desk.press("y").iter().any(|e| matches!(e, Effect::Approve(_))));

    // the typed total does not go around it
    let mut desk = Desk::open(60, 16);
    desk.type_total = true;
    desk.press("a");
    desk.type_text("21,609.71");
    assert!(desk.press("enter").is_empty());
    desk.press("pgdn pgdn pgdn pgdn");
    assert!(desk.press("enter").iter().any(|e| matches!(e, Effect::Approve(_))));
}

#[test]
fn no_amount_is_cut_by_many_currencies_or_a_narrow_screen() {
    let currencies: Vec<Currency> =
        ["USD", "EUR", "GBP", "CHF", "SEK", "NOK", "DKK"].iter().map(|c| c.parse().unwrap()).collect();
    let minor = |i: usize| 1_234_567_890 + i as i64;
    for (w, h) in [(60, 16), (80, 24), (120, 34)] {
        let mut desk = Desk::open(w, h);
        desk.press("a");
        let Some(Layer::Approve(dialog)) = desk.model.layers.last_mut() else { panic!() };
        let p = dialog.preview.as_mut().unwrap();
        p.currencies.clone_from(&currencies);
        let all: Vec<i64> = (0..currencies.len()).map(minor).collect();
        p.counts = vec![1; currencies.len()];
        p.records = vec![1; currencies.len()];
        for line in &mut p.lines {
            line.amounts.clone_from(&all);
        }
        p.totals.clone_from(&all);
        p.effect =
            (0..currencies.len()).map(|i| (i, "5010 Client Airfare".into(), minor(i), minor(i))).collect();
        for page in ["figures", "p"] {
            let mut seen = String::new();
            desk.press(if page == "p" { "p" } else { "up" });
            for _ in 0..90 {
                seen.push_str(&desk.text());
                desk.press("down");
            }
            for (i, c) in currencies.iter().enumerate() {
                assert!(seen.contains(&amount(minor(i), *c)), "{c} {page} at {w}x{h}");
            }
        }
    }
}
