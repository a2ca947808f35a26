//! Text from outside that would turn, hide, move or break what is on the screen: in the names, memos, codes, numbers and
//! errors of documents. Every screen is drawn on a real terminal: nothing raw is written, and every column stays where
//! it is.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test fails by panicking and reports by printing"
)]

#[path = "common/process.rs"]
mod process;
mod terminal;

use std::time::Duration;

use process::Served;
use serde_json::{Value, json};
use terminal::{Screen, strange};

const PATIENCE: Duration = Duration::from_mins(1);

/// The texts, each with a word for what it is.
fn texts() -> Vec<(&'static str, String)> {
    let of = |name, text: &str| (name, text.to_string());
    vec![
        of("an erased screen", "Red\u{1b}[2J\u{1b}[31m\u{1b}[1;1Hgone"),
        of("a clipboard", "Clip\u{1b}]52;c;QUJD\u{7}\u{1b}]0;title\u{1b}\\\u{1b}P1$r\u{1b}\\"),
        of("C1", "One\u{9b}31m\u{90}q\u{9c}\u{85}\u{7f}\u{8}\u{8}\u{8}\u{c}\u{b}\u{e}"),
        of("turned text", "Invoice\u{202e}gpj.exe\u{202c}\u{2066}x\u{2069}\u{200f}\u{61c}"),
        of(
            "hidden signs",
            "ze\u{200b}ro\u{feff}wi\u{2060}dt\u{ad}h\u{200d}\u{2063}\u{180e}\u{e0041}\u{fff9}",
        ),
        ("ten thousand signs", "W".repeat(10_000)),
        of("wide signs", "株式会社日本語テスト広告代理店の請求書その一二三四五六七八九十"),
        of(
            "drawn signs",
            "👩\u{200d}👩\u{200d}👧\u{200d}👦 🇩🇪🇩 👍🏽 ❤\u{fe0f} 1\u{fe0f}\u{20e3} 🏴\u{e0067}\u{e0062}",
        ),
        ("marks on marks", format!("Z{} e\u{301}n\u{303}", "\u{351}\u{36b}\u{343}\u{327}".repeat(40))),
        of("rows and tabs", "a\tb\nc\r\nd\u{2028}e\u{2029}f\u{85}g"),
        of("letters from right to left", "שלום עולם سلام الآن لا ١٢٣"),
        of("odd widths", "ﾃｽﾄ 각 \u{1100}\u{1161} \u{3164} \u{fdfd} ⸻ \u{e000} \u{1f1e6} \u{34f} ａｂｃ"),
    ]
}

/// The sample's invoice and report with hostile words in them.
fn documents(served: &Served) -> usize {
    let truth = served.get("/truth/concur");
    let like = |number: &str| {
        let records = truth["records"].as_array().unwrap();
        let found = records.iter().find(|r| r["document"].to_string().contains(number));
        found.unwrap()["document"].clone()
    };
    let (invoice, report) = (like("DOI-7719"), like("B4Q7TN"));
    for (i, (_, text)) in texts().iter().enumerate() {
        let short: String = text.chars().take(60).collect();
        let mut d = invoice.clone();
        d["requestHeader"]["requestId"] = json!(format!("AA{i:018X}"));
        d["requestHeader"]["reqKey"] = json!(900_000 + i);
        d["requestHeader"]["vendorInvoiceNumber"] = json!(format!("ZQA{i:02}{short}"));
        d["requestHeader"]["requestTitle"] = json!(text);
        d["requestHeader"]["requestDescription"] = json!(text);
        d["vendor"]["vendorName"] = json!(text);
        d["lineItem"][0]["lineItemDescription"] = json!(text);
        d["lineItem"][0]["expenseTypeName"] = json!(text);
        if i % 2 == 1 {
            // codes that nobody knows: they stand in the findings
            d["vendor"]["vendorCode"] = json!(short);
            d["lineItem"][0]["allocation"][0]["allocationCustom1Code"] = json!(short);
            d["lineItem"][0]["allocation"][0]["allocationCustom1Value"] = json!(text);
        }
        add(served, "invoice", &d);
        let mut d = report.clone();
        d["report"]["reportId"] = json!(format!("BB{i:018X}"));
        d["report"]["reportKey"] = json!(910_000 + i);
        d["report"]["reportNumber"] = json!(format!("ZQB{i:02}{short}"));
        d["report"]["reportName"] = json!(text);
        d["employee"]["employeeFirstName"] = json!(text);
        d["employee"]["employeeLastName"] = json!(text);
        for entry in d["expenseEntry"].as_array_mut().unwrap() {
            entry["entryDescription"] = json!(text);
            entry["entryVendorDescription"] = json!(text);
            entry["expenseTypeName"] = json!(text);
            for a in entry["allocation"].as_array_mut().unwrap() {
                a["allocationCustom1Value"] = json!(text);
                if i % 2 == 0 {
                    a["allocationCustom1Code"] = json!(short);
                }
            }
        }
        add(served, "expense", &d);
        // one that cannot be read at all: its error holds the text
        let mut d = invoice.clone();
        d["requestHeader"]["requestId"] = json!(format!("CC{i:018X}"));
        d["requestHeader"]["vendorInvoiceNumber"] = json!(format!("ZQC{i:02}{short}"));
        d["requestHeader"]["currencyAlphaCode"] = json!(short);
        d["requestHeader"]["invoiceDate"] = json!(text);
        add(served, "invoice", &d);
    }
    texts().len()
}

fn add(served: &Served, doc_type: &str, document: &Value) {
    served.post("/documents", &json!({ "docType": doc_type, "document": document }));
}

/// Every line that parts two columns of the screen stands in one column.
fn parted(s: &Screen, name: &str) {
    let edges: Vec<usize> = s.edges("│").into_iter().map(|(_, column)| column).collect();
    assert!(edges.windows(2).all(|w| w[0] == w[1]), "{name}: {edges:?}\n{}", s.text());
}

fn clean(s: &Screen, name: &str) {
    let found = strange(&s.raw());
    assert!(found.is_empty(), "{name}: {found:?}\n{}", s.text());
}

fn look(columns: u16, rows: u16) {
    let served = Served::with(&[]);
    let n = documents(&served);
    let home = served.home();
    let mut s = Screen::start(&["--home", home.to_str().unwrap()], columns, rows, &[]);
    s.wait(&format!("Open {}", 47 + 3 * n));
    // the lists: the amounts of one kind end in one column
    for (tag, amount) in [("ZQA", "3,178.75"), ("ZQB", "1,290.15")] {
        s.press("/");
        s.clear_line();
        s.type_text(tag);
        s.press("\r");
        s.until("the filtered rows", |t| t.contains(&format!("· {n} of ")) && t.contains(tag));
        s.quiet(Duration::from_millis(300));
        let rows = s.edges(amount).into_iter().filter(|(row, _)| row.contains(tag) && !row.contains("──"));
        let edges: Vec<usize> = rows.map(|(_, column)| column).collect();
        assert!(edges.len() >= 5 && edges.windows(2).all(|w| w[0] == w[1]), "{tag}: {edges:?}\n{}", s.text());
        clean(&s, tag);
    }
    // each document: both halves, and its trail
    for kind in ["ZQA", "ZQB", "ZQC"] {
        s.press("/");
        s.clear_line();
        s.type_text(kind);
        s.press("\r");
        s.until("the filtered rows", |t| t.contains(&format!("· {n} of ")) && t.contains(kind));
        for i in 0..n {
            let name = format!("{kind}, row {i}");
            s.press("\r");
            s.until("the document", |t| t.contains("› Open ›") && t.contains("WHY"));
            s.quiet(Duration::from_millis(100));
            parted(&s, &name);
            clean(&s, &name);
            s.press("T");
            s.wait("audit trail of");
            s.quiet(Duration::from_millis(100));
            clean(&s, &name);
            s.press("\x1b");
            s.press("\x1b");
            s.wait("posting date ▲");
            s.press("j");
        }
    }
    s.press("\x1b");
    s.press("g");
    s.press("f");
    s.quiet(Duration::from_millis(300));
    clean(&s, "groups of findings");
    s.press("\x1b");
    for screen in ["2", "3", "4", "5", "6", "?"] {
        s.press(screen);
        s.quiet(Duration::from_millis(300));
        clean(&s, screen);
    }
    s.press("\x1b");
    s.press("1");
    s.wait("posting date ▲");
    s.press("q");
    assert!(s.end(PATIENCE).0.success());
}

#[test]
fn nothing_raw_is_written_and_columns_stay_at_120_columns() {
    look(120, 34);
}

#[test]
fn nothing_raw_is_written_and_columns_stay_at_80_columns() {
    look(80, 24);
}

#[test]
fn nothing_raw_is_written_and_columns_stay_at_200_columns() {
    look(200, 60);
}
