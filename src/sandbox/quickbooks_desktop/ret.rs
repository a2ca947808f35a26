//! Answers in the making.

use std::fmt::Display;

use super::xml::escaped;

/// One `…Ret` element: its children in order, so that a query can ask for some of them only.
#[derive(Debug)]
pub struct Ret {
    name: &'static str,
    children: Vec<(&'static str, String)>,
}

impl Ret {
    /// An empty one.
    pub fn new(name: &'static str) -> Self {
        Self { name, children: Vec::new() }
    }

    /// Adds an element with text.
    pub fn text(&mut self, name: &'static str, value: impl Display) -> &mut Self {
        let value = escaped(&value.to_string());
        self.children.push((name, format!("<{name}>{value}</{name}>")));
        self
    }

    /// Adds an element with text unless there is none.
    pub fn some(&mut self, name: &'static str, value: Option<impl Display>) -> &mut Self {
        if let Some(value) = value.map(|value| value.to_string()).filter(|value| !value.is_empty()) {
            self.text(name, value);
        }
        self
    }

    /// Adds a reference.
    pub fn reference(&mut self, name: &'static str, target: Option<(&str, &str)>) -> &mut Self {
        if let Some((id, full_name)) = target {
            let full_name = escaped(full_name);
            let body = format!("<{name}><ListID>{id}</ListID><FullName>{full_name}</FullName></{name}>");
            self.children.push((name, body));
        }
        self
    }

    /// Adds another element whole.
    pub fn group(&mut self, inner: &Ret) -> &mut Self {
        let mut body = String::new();
        inner.write(&mut body, &[]);
        self.children.push((inner.name, body));
        self
    }

    /// Adds an element that is written already.
    pub fn raw(&mut self, name: &'static str, xml: String) -> &mut Self {
        if !xml.is_empty() {
            self.children.push((name, xml));
        }
        self
    }

    /// Writes it; with `wanted`, only those children.
    pub fn write(&self, out: &mut String, wanted: &[&str]) {
        let name = self.name;
        out.push_str(&format!("<{name}>"));
        for (child, xml) in &self.children {
            if wanted.is_empty() || wanted.contains(child) {
                out.push_str(xml);
            }
        }
        out.push_str(&format!("</{name}>"));
    }

    /// All of it.
    pub fn whole(&self) -> String {
        let mut out = String::new();
        self.write(&mut out, &[]);
        out
    }
}

/// Cents as an amount with two decimals.
pub fn amount(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    let cents = cents.unsigned_abs();
    format!("{sign}{}.{:02}", cents / 100, cents % 100)
}

/// An amount that fits AMTTYPE as cents.
pub fn cents(text: &str) -> Option<i64> {
    let negative = text.starts_with('-');
    let digits = text.trim_start_matches(['+', '-']);
    let (whole, rest) = digits.split_once('.').unwrap_or((digits, "00"));
    let value = whole.parse::<i64>().ok()?.checked_mul(100)?.checked_add(rest.parse::<i64>().ok()?)?;
    Some(if negative { -value } else { value })
}

/// Text as QuickBooks stores it: what is above U+00FF is lost (contract, 4.2).
pub fn stored(text: &str) -> String {
    text.chars().map(|c| if c > '\u{FF}' { '?' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_go_both_ways() {
        for text in ["0.00", "12.30", "-0.05", "1234567890123.99"] {
            assert_eq!(amount(cents(text).unwrap()), text);
        }
        assert_eq!(cents("7"), Some(700));
        assert_eq!(cents("+7.10"), Some(710));
    }

    #[test]
    fn what_is_not_latin_is_lost() {
        assert_eq!(stored("Łódź, Müller – ß"), "?ód?, Müller ? ß");
    }
}
