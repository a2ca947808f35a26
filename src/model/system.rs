//! The systems by name, and what people call them: one table for the rooms that may not know the clients.

/// SAP Concur.
pub const CONCUR: &str = "concur";
/// QuickBooks Online.
pub const QUICKBOOKS_ONLINE: &str = "quickbooks_online";
/// QuickBooks Desktop.
pub const QUICKBOOKS_DESKTOP: &str = "quickbooks_desktop";
/// What people call SAP Concur.
pub const CONCUR_TITLE: &str = "SAP Concur";
/// What people call QuickBooks Online.
pub const ONLINE_TITLE: &str = "QuickBooks Online";
/// What people call QuickBooks Desktop.
pub const DESKTOP_TITLE: &str = "QuickBooks Desktop";
