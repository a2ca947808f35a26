//! The query language (contract 3.1): entities from constants only, text escaped, the whole statement percent-encoded.

use jiff::civil::Date;

/// Rows of one page, at most (contract 3.1).
pub const PAGE: usize = 1000;

/// What is asked for. Names come from here only (reliability.md, S15).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
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
    BillPayment,
    TaxCode,
    TaxRate,
    Term,
    Attachable,
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
            Entity::BillPayment => "BillPayment",
            Entity::TaxCode => "TaxCode",
            Entity::TaxRate => "TaxRate",
            Entity::Term => "Term",
            Entity::Attachable => "Attachable",
        }
    }

    /// Records that are posted.
    pub const POSTED: [Entity; 4] =
        [Entity::Bill, Entity::VendorCredit, Entity::Purchase, Entity::JournalEntry];

    /// The entity of this name among those that are posted.
    pub fn posted(name: &str) -> Option<Self> {
        Self::POSTED.into_iter().find(|e| e.name() == name)
    }

    /// The resource in a path: lower case (contract 2).
    pub fn path(self) -> String {
        self.name().to_ascii_lowercase()
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
    /// The API may not take this query: that is told instead of an error.
    pub lenient: bool,
}

impl Query {
    /// The one row of an entity.
    pub fn single(entity: Entity) -> Self {
        Self { lenient: true, paged: false, ..Self::rows(entity, String::new()) }
    }

    /// Every row, active or not (lists return active rows only, unless asked).
    pub fn list(entity: Entity) -> Self {
        Self::rows(entity, "Active in (true, false)".into())
    }

    /// Records dated on or after a day.
    pub fn since(entity: Entity, day: Date) -> Self {
        Self::rows(entity, format!("TxnDate >= '{day}'"))
    }

    /// Records with one of these numbers.
    pub fn numbered(entity: Entity, numbers: &[&str]) -> Self {
        let list: Vec<_> = numbers.iter().map(|n| quoted(n)).collect();
        Self::rows(entity, format!("DocNumber in ({})", list.join(", ")))
    }

    /// Rates of one day, for every currency.
    pub fn rates_of(day: Date) -> Self {
        let condition = format!("AsOfDate = '{day}'");
        Self { lenient: true, paged: false, ..Self::rows(Entity::ExchangeRate, condition) }
    }

    fn rows(entity: Entity, condition: String) -> Self {
        Self { entity, condition, paged: true, lenient: false }
    }

    /// Every row of a list that has no active flag, or whose query some companies do not take.
    pub fn optional(entity: Entity) -> Self {
        Self { lenient: true, ..Self::list(entity) }
    }

    /// Records dated within a span, both days included.
    pub fn between(entity: Entity, from: Date, to: Date) -> Self {
        Self::rows(entity, format!("TxnDate >= '{from}' and TxnDate <= '{to}'"))
    }

    /// Records by id.
    pub fn by_ids(entity: Entity, ids: &[&str]) -> Self {
        let list: Vec<_> = ids.iter().map(|i| quoted(i)).collect();
        Self::rows(entity, format!("Id in ({})", list.join(", ")))
    }

    /// Rows of a list by id, inactive ones too.
    pub fn listed(entity: Entity, ids: &[&str]) -> Self {
        let by_ids = Self::by_ids(entity, ids);
        Self { condition: format!("{} and Active in (true, false)", by_ids.condition), ..by_ids }
    }

    /// Names that are taken: exactly this one, inactive ones too.
    pub fn named(entity: Entity, name: &str) -> Self {
        Self::rows(entity, format!("DisplayName = {} and Active in (true, false)", quoted(name)))
    }

    /// Records that are not settled. Not every kind can be asked for its balance.
    pub fn open(entity: Entity) -> Self {
        Self { lenient: true, ..Self::rows(entity, "Balance > '0'".into()) }
    }

    /// Every record of a kind.
    pub fn every(entity: Entity) -> Self {
        Self::rows(entity, String::new())
    }

    /// Records changed since an instant.
    pub fn changed(entity: Entity, since: &str) -> Self {
        Self::rows(entity, format!("MetaData.LastUpdatedTime >= {}", quoted(since)))
    }

    /// The papers of one record (contract 7.11).
    pub fn papers(of: Entity, id: &str) -> Self {
        let (of, id) = (quoted(of.name()), quoted(id));
        let condition =
            format!("AttachableRef.EntityRef.Type = {of} and AttachableRef.EntityRef.value = {id}");
        Self::rows(Entity::Attachable, condition)
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
