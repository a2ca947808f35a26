//! The query language (contract 3.1): entities from constants only, text escaped, the whole statement percent-encoded.

use jiff::civil::Date;

/// Rows of one page, at most (contract 3.1).
pub const PAGE: usize = 1000;

/// What is asked for. Names come from here only (reliability.md, S15).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Entity {
    CompanyInfo,
    Preferences,
    CompanyCurrency,
    ExchangeRate,
    Account,
    Vendor,
    Class,
    Department,
    Customer,
    Employee,
    Bill,
    VendorCredit,
    Purchase,
    JournalEntry,
}

impl Entity {
    /// The API's name.
    pub fn name(self) -> &'static str {
        match self {
            Entity::CompanyInfo => "CompanyInfo",
            Entity::Preferences => "Preferences",
            Entity::CompanyCurrency => "CompanyCurrency",
            Entity::ExchangeRate => "ExchangeRate",
            Entity::Account => "Account",
            Entity::Vendor => "Vendor",
            Entity::Class => "Class",
            Entity::Department => "Department",
            Entity::Customer => "Customer",
            Entity::Employee => "Employee",
            Entity::Bill => "Bill",
            Entity::VendorCredit => "VendorCredit",
            Entity::Purchase => "Purchase",
            Entity::JournalEntry => "JournalEntry",
        }
    }

    /// The entity of this name among those that are posted.
    pub fn posted(name: &str) -> Option<Self> {
        [Entity::Bill, Entity::VendorCredit, Entity::Purchase, Entity::JournalEntry]
            .into_iter()
            .find(|e| e.name() == name)
    }
}

/// One statement, without its page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// What is asked for.
    pub entity: Entity,
    /// The condition after `where`, escaped; empty: none.
    pub condition: String,
    /// One row by nature (`CompanyInfo`), or rows in pages.
    pub paged: bool,
}

impl Query {
    /// The one row of an entity.
    pub fn single(entity: Entity) -> Self {
        Self { entity, condition: String::new(), paged: false }
    }

    /// Every row, active or not (lists return active rows only, unless asked).
    pub fn list(entity: Entity) -> Self {
        Self { entity, condition: "Active in (true, false)".into(), paged: true }
    }

    /// Records dated on or after a day.
    pub fn since(entity: Entity, day: Date) -> Self {
        Self { entity, condition: format!("TxnDate >= '{day}'"), paged: true }
    }

    /// Records with one of these numbers.
    pub fn numbered(entity: Entity, numbers: &[&str]) -> Self {
        let list: Vec<_> = numbers.iter().map(|n| quoted(n)).collect();
        Self { entity, condition: format!("DocNumber in ({})", list.join(", ")), paged: true }
    }

    /// Rates of one day, for every currency.
    pub fn rates_of(day: Date) -> Self {
        Self { entity: Entity::ExchangeRate, condition: format!("AsOfDate = '{day}'"), paged: false }
    }

    /// The statement for the page that starts at `start` (1-based).
    pub fn text(&self, start: usize) -> String {
        let mut text = format!("select * from {}", self.entity.name());
        if !self.condition.is_empty() {
            text.push_str(" where ");
            text.push_str(&self.condition);
        }
        if self.paged {
            text.push_str(&format!(" orderby Id startposition {start} maxresults {PAGE}"));
        }
        text
    }
}

/// Text in quotes: the backslash is escaped first, then the quote (contract 3.1; reliability.md, S15).
pub fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

/// Percent-encoded for a URL: everything but unreserved characters.
pub fn percent(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for b in text.bytes() {
        if b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(b));
        } else {
            out.push_str(&format!("%{b:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backslash_first_then_the_quote() {
        for (text, want) in [
            ("O'Brien", r"'O\'Brien'"),
            (r"a\b", r"'a\\b'"),
            (r"a\'b", r"'a\\\'b'"),
            ("x') or Id in ('1", r"'x\') or Id in (\'1'"),
            ("plain", "'plain'"),
        ] {
            assert_eq!(quoted(text), want);
        }
    }

    #[test]
    fn the_whole_statement_is_encoded() {
        assert_eq!(percent("a&b+c#d%e 'f'"), "a%26b%2Bc%23d%25e%20%27f%27");
        assert_eq!(percent("Müller~1.2-3_4"), "M%C3%BCller~1.2-3_4");
    }

    #[test]
    fn statements_name_entity_condition_order_and_page() {
        assert_eq!(
            Query::numbered(Entity::Bill, &["TO7F3A91C2K", "IN'1"]).text(1),
            r"select * from Bill where DocNumber in ('TO7F3A91C2K', 'IN\'1') orderby Id startposition 1 maxresults 1000"
        );
        assert_eq!(
            Query::list(Entity::Vendor).text(1001),
            "select * from Vendor where Active in (true, false) orderby Id startposition 1001 maxresults 1000"
        );
        assert_eq!(Query::single(Entity::Preferences).text(1), "select * from Preferences");
        assert_eq!(
            Query::since(Entity::JournalEntry, "2026-07-24".parse().unwrap()).text(1),
            "select * from JournalEntry where TxnDate >= '2026-07-24' orderby Id startposition 1 maxresults 1000"
        );
    }
}
