//! Answers about the program, the company and its preferences (contract, 3).

use super::books::Books;
use super::ret::Ret;
use super::switches::Switches;
use super::xml::Node;

/// `HostRet`.
pub fn host(books: &Books, switches: &Switches) -> Ret {
    let (major, minor) = books.file.program;
    let mut ret = Ret::new("HostRet");
    ret.text("ProductName", &books.file.product)
        .text("MajorVersion", major)
        .text("MinorVersion", minor)
        .text("Country", "US");
    for version in versions(books, switches) {
        ret.text("SupportedQBXMLVersion", version);
    }
    ret.text("IsAutomaticLogin", false).text("QBFileMode", &switches.file_mode);
    ret
}

/// Versions of qbXML that are known.
pub fn versions(books: &Books, switches: &Switches) -> Vec<String> {
    if !switches.supports.is_empty() {
        return switches.supports.clone();
    }
    const PAST: &[&str] =
        &["1.0", "1.1", "2.0", "2.1", "3.0", "4.0", "4.1", "5.0", "6.0", "7.0", "8.0", "9.0"];
    let later = (10..=books.file.qbxml.0).map(|major| format!("{major}.0"));
    PAST.iter().map(|version| (*version).to_owned()).chain(later).collect()
}

/// `CompanyRet` with the private fields of some owners; of all for the Web Connector's own query.
pub fn company(books: &Books, owners: Option<&[&str]>) -> Ret {
    let file = &books.file;
    let mut ret = Ret::new("CompanyRet");
    ret.text("IsSampleCompany", false)
        .text("CompanyName", &file.name)
        .text("LegalCompanyName", &file.legal_name)
        .text("FirstMonthFiscalYear", "January")
        .text("FirstMonthIncomeTaxYear", "January")
        .text("CompanyType", "Accounting/Bookkeeping")
        .text("TaxForm", "Form1065");
    let mut copy = Ret::new("AccountantCopy");
    copy.text("AccountantCopyExists", file.dividing_date.is_some()).some("DividingDate", file.dividing_date);
    ret.group(&copy);
    let wanted =
        |owner: &str| owners.is_none_or(|owners| owners.iter().any(|one| one.eq_ignore_ascii_case(owner)));
    for stamp in books.stamps.iter().filter(|stamp| wanted(&stamp.owner)) {
        let mut ext = Ret::new("DataExtRet");
        ext.text("OwnerID", &stamp.owner)
            .text("DataExtName", stamp.name)
            .text("DataExtType", "STR255TYPE")
            .text("DataExtValue", &stamp.value);
        ret.group(&ext);
    }
    ret
}

/// `PreferencesRet`.
pub fn preferences(books: &Books) -> Ret {
    let file = &books.file;
    let mut ret = Ret::new("PreferencesRet");
    let mut accounting = Ret::new("AccountingPreferences");
    accounting
        .text("IsUsingAccountNumbers", file.account_numbers)
        .text("IsRequiringAccounts", true)
        .text("IsUsingClassTracking", file.class_tracking)
        .text("AssignClassesTo", if file.class_tracking { "Names" } else { "None" })
        .text("IsUsingAuditTrail", true)
        .text("IsAssigningJournalEntryNumbers", file.journal_numbers)
        .some("ClosingDate", file.closing_date);
    ret.group(&accounting);
    let mut currencies = Ret::new("MultiCurrencyPreferences");
    currencies.text("IsMultiCurrencyOn", books.multicurrency());
    if let Some(home) = books.currency(None).map(|at| books.lists.get(at)) {
        currencies.reference("HomeCurrencyRef", Some((home.id.as_str(), home.full_name.as_str())));
    }
    ret.group(&currencies);
    let mut rights = Ret::new("CurrentAppAccessRights");
    rights.text("IsAutomaticLoginAllowed", true).text("IsPersonalDataAccessAllowed", false);
    ret.group(&rights);
    ret
}

/// `CompanyActivityRet`: shows a restored backup.
pub fn activity(books: &Books) -> Ret {
    let mut ret = Ret::new("CompanyActivityRet");
    ret.some("LastRestoreTime", books.restored.map(|at| books.local.told(at)));
    ret
}

/// The three answers as the Web Connector passes them on, requests 0, 1 and 2.
pub fn first(books: &Books, switches: &Switches) -> String {
    let answers = [
        ("HostQueryRs", host(books, switches)),
        ("CompanyQueryRs", company(books, None)),
        ("PreferencesQueryRs", preferences(books)),
    ];
    let mut out = String::from("<?xml version=\"1.0\" ?><QBXML><QBXMLMsgsRs>");
    for (id, (name, ret)) in answers.iter().enumerate() {
        out.push_str(&format!(
            "<{name} requestID=\"{id}\" statusCode=\"0\" statusSeverity=\"Info\" statusMessage=\"Status OK\">{}</{name}>",
            ret.whole()
        ));
    }
    out.push_str("</QBXMLMsgsRs></QBXML>");
    out
}

/// Answers to requests about the company as a whole.
pub fn about(books: &Books, switches: &Switches, query: &str, node: &Node) -> Option<Ret> {
    Some(match query {
        "HostQuery" => host(books, switches),
        "CompanyQuery" => {
            let owners: Vec<&str> = node.values("OwnerID").collect();
            company(books, Some(&owners))
        }
        "PreferencesQuery" => preferences(books),
        "CompanyActivityQuery" => activity(books),
        _ => return None,
    })
}
