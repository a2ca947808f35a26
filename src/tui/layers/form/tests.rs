use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use secrecy::ExposeSecret as _;

use super::*;
use crate::tui::theme::{Depth, Theme};

fn form() -> Form {
    let fields = vec![
        Field::text("name", "Name", "").needed().help("What you call it."),
        Field::secret("secret", "Client secret"),
        Field::choice("region", "Region", vec![("us".into(), "US".into()), ("eu".into(), "EU".into())], "eu"),
        Field::tick("live", "Live", false),
    ];
    Form::new(FormFor::Test, "Connect", vec!["One line.".into()], fields, "connect")
}

fn text(form: &Form) -> String {
    let mut buf = Buffer::empty(Rect::new(0, 0, 90, 16));
    form.draw(&mut buf, Rect::new(0, 0, 90, 16), &Theme::dark(Depth::True));
    buf.content.chunks(90).map(|r| r.iter().map(|c| c.symbol()).collect::<String>() + "\n").collect()
}

#[test]
fn a_form_asks_for_what_is_missing_and_hands_the_rest_over() {
    let mut f = form();
    let press = |f: &mut Form, code| f.key(KeyEvent::from(code));
    assert!(matches!(f.key(KeyEvent::new(KeyCode::Char('s'), KeyModifiers::CONTROL)), Out::Stay));
    assert!(text(&f).contains("! needed"), "{}", text(&f));
    f.paste("Main\nledger");
    press(&mut f, KeyCode::Enter);
    f.paste("s3cret ");
    press(&mut f, KeyCode::Enter);
    press(&mut f, KeyCode::Right);
    press(&mut f, KeyCode::Enter);
    press(&mut f, KeyCode::Char(' '));
    let Out::Submit(_, a) = press(&mut f, KeyCode::Enter) else { panic!("not handed over") };
    assert_eq!((a.text("name"), a.text("region"), a.ticked("live")), ("Main ledger", "us", true));
    assert_eq!(a.secret("secret").unwrap().expose_secret(), "s3cret");
    assert!(a.get("nothing").is_none());
}

#[test]
fn a_secret_is_dots_on_the_screen_and_nothing_in_a_print() {
    let mut f = form();
    f.at = 1;
    f.paste("hunter2");
    assert!(text(&f).contains("•••••••") && !text(&f).contains("hunter2"));
    assert!(!format!("{f:?}").contains("hunter2"));
}

#[test]
fn while_it_is_worked_on_only_leaving_is_possible() {
    let mut f = form();
    f.busy = Some("asking".into());
    assert!(matches!(f.key(KeyEvent::from(KeyCode::Char('x'))), Out::Stay));
    assert!(matches!(f.key(KeyEvent::from(KeyCode::Esc)), Out::Close));
    f.refuse("name", "is taken".into());
    assert!(f.busy.is_none() && text(&f).contains("! is taken"));
}
