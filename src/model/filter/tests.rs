//! What a filter reads, and what it says about what it cannot read.

use super::*;

fn one(text: &str) -> (bool, Want) {
    let f = Filter::read(text).unwrap();
    assert_eq!(f.terms.len(), 1, "{text}: {f:?}");
    (f.terms[0].not, f.terms[0].want.clone())
}

fn text(t: &str) -> Want {
    Want::Text(t.into())
}

#[test]
fn fields_and_words() {
    use Compare::*;
    let day = |t: &str| t.parse::<Date>().unwrap();
    let dec = |t: &str| t.parse::<Decimal>().unwrap();
    let table: Vec<(&str, bool, Want)> = vec![
        ("candor", false, text("candor")),
        ("-candor", true, text("candor")),
        ("\"Legal Fees\"", false, text("legal fees")),
        ("-\"Legal Fees\"", true, text("legal fees")),
        ("\"-minus\"", false, text("-minus")),
        ("\"vendor:x\"", false, text("vendor:x")),
        ("CL-2217", false, text("cl-2217")),
        ("10:30", false, text("10:30")),
        ("50%_'", false, text("50%_'")),
        ("vendor:Candor", false, Want::Payee("candor".into())),
        ("payee:\"Candor Legal\"", false, Want::Payee("candor legal".into())),
        ("-vendor:Müller", true, Want::Payee("müller".into())),
        ("VENDOR=x", false, Want::Payee("x".into())),
        ("number:CL-2217", false, Want::Number("cl-2217".into())),
        ("cost:CC450", false, Want::Cost("cc450".into())),
        ("amount>500", false, Want::Amount(Above, dec("500"))),
        ("amount>=1,250.50", false, Want::Amount(AtLeast, dec("1250.50"))),
        ("amount<-10", false, Want::Amount(Below, dec("-10"))),
        ("amount<=0", false, Want::Amount(AtMost, dec("0"))),
        ("amount=12", false, Want::Amount(Equal, dec("12"))),
        ("amount:12", false, Want::Amount(Equal, dec("12"))),
        ("state:blocked", false, Want::State(vec![State::Blocked])),
        ("state:needs-human", false, Want::State(vec![State::NeedsHuman])),
        ("state:Posted", false, Want::State(vec![State::Posted, State::ConfirmFailed])),
        ("kind:inv", false, Want::Kind(vec![DocumentKind::Invoice])),
        ("kind:expense_report", false, Want::Kind(vec![DocumentKind::ExpenseReport])),
        ("kind:COR", false, Want::Kind(vec![DocumentKind::Correction])),
        ("ccy:eur", false, Want::Currency(Currency::EUR)),
        ("date>2026-10-01", false, Want::Date(Above, day("2026-10-01"))),
        ("date:2026-10", false, Want::Between(day("2026-10-01"), day("2026-10-31"))),
        ("date>2026-02", false, Want::Date(Above, day("2026-02-28"))),
        ("date>=2026-02", false, Want::Date(AtLeast, day("2026-02-01"))),
        ("finding:duplicate_invoice", false, Want::Finding(vec![FindingCode::DuplicateInvoice])),
        ("finding:no_", false, Want::Finding(vec![FindingCode::NoBook, FindingCode::NoEffect])),
    ];
    for (typed, not, want) in table {
        assert_eq!(one(typed), (not, want), "{typed}");
    }
    assert!(Filter::read("  \t ").unwrap().is_empty());
    let f = Filter::read("a  b\u{3000}c").unwrap();
    assert_eq!(f.terms.len(), 3, "any kind of space separates");
}

#[test]
fn what_cannot_be_read_is_said_with_what_to_write() {
    let long = "a ".repeat(40);
    let huge = "x".repeat(10_000);
    let table: Vec<(&str, &str)> = vec![
        ("vender:x", "vender: is not a field of the filter. Did you mean vendor: ?"),
        (
            "zebra:x",
            "zebra: is not a field of the filter. There are vendor, payee, number, amount, state, cost, kind, ccy, \
             date, finding. Put it into quotation marks to look for it as text.",
        ),
        ("vendor:", "vendor: needs a name behind it, such as vendor:candor."),
        ("-amount>", "amount> needs an amount behind it, such as amount>500."),
        (
            "amount>abc",
            "\"abc\" is not an amount. Write it with digits, such as amount>500 or amount>=1,250.50.",
        ),
        (
            "amount>12,5",
            "\"12,5\" is not an amount. Write it with digits, such as amount>500 or amount>=1,250.50.",
        ),
        (
            "date>2026-13-01",
            "\"2026-13-01\" is not a date. Write year-month-day, such as date>2026-10-01, or a month: date:2026-10.",
        ),
        ("state:blockd", "There is no state \"blockd\". Did you mean state:blocked ?"),
        ("state:blo", "There is no state \"blo\". Did you mean state:blocked ?"),
        ("ccy:EURO", "There is no currency \"EURO\". Write its three letters, such as ccy:EUR."),
        (
            "finding:duplicte_invoice",
            "There is no finding \"duplicte_invoice\". Did you mean finding:duplicate_invoice ?",
        ),
        ("vendor>x", "vendor takes a colon: write vendor:… in place of vendor>…"),
        ("\"open", "A quotation mark is open: put another one behind the words that belong together."),
        ("-", "A minus needs a word right behind it, such as -state:held."),
        (&long, "A filter has at most 24 words and 500 characters."),
        (&huge, "A filter has at most 24 words and 500 characters."),
    ];
    for (typed, said) in table {
        assert_eq!(Filter::read(typed).unwrap_err().to_string(), said, "{typed}");
    }
    for hostile in [
        "amount>1e99",
        "amount>.",
        "amount>--1",
        "amount>1.2.3",
        "amount>99999999999999999999999999",
        "amount>NaN",
    ] {
        assert!(matches!(Filter::read(hostile), Err(FilterError::BadAmount(_))), "{hostile}");
    }
    // whatever is typed, there is an answer
    for hostile in ["'; DROP TABLE document; --", "\u{202e}:x", "a\u{0}b", "\"\"", "::::", "<<>>", "e\u{301}"]
    {
        let _answer = Filter::read(hostile);
    }
}

#[test]
fn states_are_met() {
    let f = Filter::read("state:Blocked -state:failed").unwrap();
    assert_eq!(f.states(&[]), [State::Stored, State::Unreadable, State::Blocked, State::NeedsHuman]);
    assert_eq!(f.states(&[State::Blocked, State::Ready]), [State::Blocked]);
    assert!(Filter::read("state:ready state:held").unwrap().states(&[]).is_empty());
}
