//! QuickBooks as the Web Connector sees it: it is opened on a company file, takes message sets and is closed again.

/// QuickBooks raised an exception.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raised {
    /// `0x80040400`; empty: it took the Web Connector down with it.
    pub hresult: String,
    /// Its text.
    pub message: String,
}

/// What the first call of an update brings (contract, section 3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Greeting {
    /// Host, company and preferences, as QuickBooks answered.
    pub answer: String,
    /// Path of the company file.
    pub company_file: String,
    /// `US`
    pub country: String,
    /// The newest version of qbXML that it speaks: major, minor.
    pub version: (u32, u32),
}

/// QuickBooks on the same PC.
pub trait Desktop: Send + Sync {
    /// Opens a session on the company file at this path; empty: the one that is open.
    ///
    /// # Errors
    /// QuickBooks cannot be opened.
    fn open(&self, path: &str) -> Result<(), Raised>;

    /// Pairs the company file with an application (section 2): its FileID becomes private data of the file.
    ///
    /// # Errors
    /// The file is paired with another FileID of this application (QBWC1039).
    fn pair(&self, owner_id: &str, file_id: &str) -> Result<(), String>;

    /// What the first call brings.
    ///
    /// # Errors
    /// QuickBooks raised an exception.
    fn greeting(&self, owner_id: &str) -> Result<Greeting, Raised>;

    /// Carries out a message set.
    ///
    /// # Errors
    /// QuickBooks raised an exception.
    fn process(&self, request: &str) -> Result<String, Raised>;

    /// The session ends.
    fn close(&self);
}
