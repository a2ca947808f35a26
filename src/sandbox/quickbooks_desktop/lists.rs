//! The lists of a company file: accounts, classes, names, terms, currencies.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;

use super::texts::{self, Status};

/// Which list an element is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListKind {
    /// The chart of accounts.
    Account,
    /// Classes.
    Class,
    /// Vendors.
    Vendor,
    /// Customers and jobs.
    Customer,
    /// Employees.
    Employee,
    /// Other names.
    OtherName,
    /// Terms.
    Terms,
    /// Currencies.
    Currency,
}

/// The four kinds of names, which share one name space (contract, 8).
pub const NAMES: &[ListKind] =
    &[ListKind::Vendor, ListKind::Customer, ListKind::Employee, ListKind::OtherName];

impl ListKind {
    /// As in messages and in switches.
    pub fn word(self) -> &'static str {
        match self {
            Self::Account => "Account",
            Self::Class => "Class",
            Self::Vendor => "Vendor",
            Self::Customer => "Customer",
            Self::Employee => "Employee",
            Self::OtherName => "OtherName",
            Self::Terms => "Terms",
            Self::Currency => "Currency",
        }
    }

    /// The kind of a word.
    pub fn of(word: &str) -> Option<Self> {
        [Self::Account, Self::Class, Self::Terms, Self::Currency]
            .iter()
            .chain(NAMES)
            .find(|kind| kind.word() == word)
            .copied()
    }

    fn space(self) -> u8 {
        match self {
            Self::Account => 0,
            Self::Class => 1,
            Self::Terms => 2,
            Self::Currency => 3,
            Self::Vendor | Self::Customer | Self::Employee | Self::OtherName => 4,
        }
    }
}

/// One element of a list.
#[derive(Debug, Clone)]
pub struct Element {
    /// Its list.
    pub kind: ListKind,
    /// `ListID`.
    pub id: String,
    /// The name on its own level.
    pub name: String,
    /// The colon path.
    pub full_name: String,
    /// The element above.
    pub parent: Option<usize>,
    /// Whether it can be used.
    pub active: bool,
    /// When it was made.
    pub created: Timestamp,
    /// When it was changed last.
    pub modified: Timestamp,
    /// `EditSequence`.
    pub edit: i64,
    /// Plain fields by the names of the wire.
    pub fields: BTreeMap<&'static str, String>,
    /// References by the names of the wire.
    pub links: Vec<(&'static str, usize)>,
    /// Blocks such as addresses, written already.
    pub blocks: Vec<(&'static str, String)>,
    /// Balance in cents: of an account debits less credits, of a vendor what is owed to it.
    pub balance: i64,
}

impl Element {
    /// A plain field.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.get(name).map(String::as_str)
    }

    /// The first reference of a name.
    pub fn link(&self, name: &str) -> Option<usize> {
        self.links.iter().find(|(known, _)| *known == name).map(|(_, target)| *target)
    }

    /// Marks it as changed now: the edit sequence always changes, within one second too.
    pub fn touch(&mut self, now: Timestamp) {
        self.modified = now;
        self.edit = now.as_second().max(self.edit + 1);
    }
}

/// All lists.
#[derive(Debug, Clone, Default)]
pub struct Lists {
    /// Elements in the order of their making.
    pub all: Vec<Element>,
    by_id: HashMap<String, usize>,
    by_name: HashMap<(u8, String), usize>,
}

impl Lists {
    /// The element of an id.
    pub fn by_id(&self, id: &str) -> Option<usize> {
        self.by_id.get(&id.to_uppercase()).copied()
    }

    /// The element of a full name on one of several lists; names differ by more than case.
    pub fn by_name(&self, kinds: &[ListKind], full_name: &str) -> Option<usize> {
        let key = full_name.trim().to_lowercase();
        kinds
            .iter()
            .find_map(|kind| self.by_name.get(&(kind.space(), key.clone())))
            .copied()
            .filter(|at| self.all.get(*at).is_some_and(|element| kinds.contains(&element.kind)))
    }

    /// An element that is known to be there.
    pub fn get(&self, at: usize) -> &Element {
        &self.all[at]
    }

    /// Adds an element. Its name must be free on its level, hold no colon and not be empty.
    pub fn add(
        &mut self,
        kind: ListKind,
        name: &str,
        parent: Option<usize>,
        now: Timestamp,
    ) -> Result<usize, Status> {
        let full_name = self.free(kind, name, parent, None)?;
        let at = self.all.len();
        let id = format!("{:08X}-{}", 0x8000_0001_u32.saturating_add(at as u32), now.as_second());
        self.by_id.insert(id.clone(), at);
        self.by_name.insert((kind.space(), full_name.to_lowercase()), at);
        self.all.push(Element {
            kind,
            id,
            name: name.to_owned(),
            full_name,
            parent,
            active: true,
            created: now,
            modified: now,
            edit: now.as_second(),
            fields: BTreeMap::new(),
            links: Vec::new(),
            blocks: Vec::new(),
            balance: 0,
        });
        Ok(at)
    }

    fn free(
        &self,
        kind: ListKind,
        name: &str,
        parent: Option<usize>,
        own: Option<usize>,
    ) -> Result<String, Status> {
        let name = name.trim();
        if name.is_empty() {
            return Err(texts::missing("Name"));
        }
        if name.contains(':') {
            return Err(Status::new(3090, format!("The object name \"{name}\" is invalid.")));
        }
        let full_name = match parent {
            Some(parent) => format!("{}:{name}", self.get(parent).full_name),
            None => name.to_owned(),
        };
        match self.by_name.get(&(kind.space(), full_name.to_lowercase())) {
            Some(taken) if Some(*taken) != own => Err(texts::name_taken(name)),
            _ => Ok(full_name),
        }
    }

    /// Gives an element another name, and the paths of what is below it.
    pub fn rename(&mut self, at: usize, name: &str, now: Timestamp) -> Result<(), Status> {
        let (kind, parent) = (self.get(at).kind, self.get(at).parent);
        let full_name = self.free(kind, name, parent, Some(at))?;
        self.all[at].name = name.trim().to_owned();
        self.path(at, full_name);
        self.all[at].touch(now);
        Ok(())
    }

    fn path(&mut self, at: usize, full_name: String) {
        let space = self.get(at).kind.space();
        self.by_name.remove(&(space, self.get(at).full_name.to_lowercase()));
        self.by_name.insert((space, full_name.to_lowercase()), at);
        self.all[at].full_name = full_name;
        let below: Vec<usize> =
            (0..self.all.len()).filter(|child| self.all[*child].parent == Some(at)).collect();
        for child in below {
            let path = format!("{}:{}", self.get(at).full_name, self.get(child).name);
            self.path(child, path);
        }
    }

    /// How deep an element is.
    pub fn level(&self, at: usize) -> usize {
        self.get(at).parent.map_or(0, |parent| self.level(parent) + 1)
    }

    /// Whether an element is another one or below it.
    pub fn within(&self, at: usize, top: usize) -> bool {
        at == top || self.get(at).parent.is_some_and(|parent| self.within(parent, top))
    }
}

/// Whether a text can be an id at all: hexadecimal digits, a hyphen, digits.
pub fn well_formed(id: &str) -> bool {
    id.split_once('-').is_some_and(|(head, tail)| {
        !head.is_empty()
            && head.bytes().all(|b| b.is_ascii_hexdigit())
            && !tail.is_empty()
            && tail.bytes().all(|b| b.is_ascii_digit())
    })
}
