//! The chain: `SHA-256("tieout.audit.v1" ‖ prev ‖ be64(seq) ‖ be64(len) ‖ body)`.

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::audit::body::Event;
use crate::model::canonical::hex;

/// What the first row chains to.
pub const ZERO: [u8; 32] = [0; 32];

/// The action of the first row; its subject is the store's instance id.
pub const GENESIS: &str = "genesis";

/// The hash of one row.
pub fn hash(prev: &[u8], seq: u64, body: &[u8]) -> [u8; 32] {
    let mut h = Sha256::new();
    h.update(b"tieout.audit.v1");
    h.update(prev);
    h.update(seq.to_be_bytes());
    h.update((body.len() as u64).to_be_bytes());
    h.update(body);
    h.finalize().into()
}

/// The index columns of a row, as the table has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: String,
    /// How.
    pub via: String,
    /// What.
    pub action: String,
    /// On what.
    pub subject: String,
}

/// One stored row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Gapless, from 1.
    pub seq: u64,
    /// The stored bytes.
    pub body: Vec<u8>,
    /// The hash of the row before.
    pub prev: Vec<u8>,
    /// The row's own hash.
    pub hash: Vec<u8>,
    /// The columns beside the bytes.
    pub columns: Columns,
}

/// The row of an event after `prev`.
pub fn link(prev: &[u8], event: &Event) -> Link {
    let body = event.encode();
    let own = hash(prev, event.seq, &body);
    Link {
        seq: event.seq,
        prev: prev.to_vec(),
        hash: own.to_vec(),
        body,
        columns: Columns {
            at: event.at,
            actor: event.actor.clone(),
            via: event.via.clone(),
            action: event.action.clone(),
            subject: event.subject.clone(),
        },
    }
}

/// A checkpoint that was kept outside the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    /// Row.
    pub seq: u64,
    /// Its hash.
    pub hash: Vec<u8>,
}

/// The first bad row and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("row {seq}: {why}")]
pub struct Broken {
    /// The row; one after the last for a missing tail.
    pub seq: u64,
    /// The reason, for people.
    pub why: String,
}

/// Verifies rows one after the other, in constant memory.
#[derive(Debug, Clone)]
pub struct Verifier {
    instance: String,
    anchors: Vec<Anchor>,
    seq: u64,
    hash: [u8; 32],
}

impl Verifier {
    /// For the chain of this instance, with the anchors that it must meet.
    pub fn new(instance: &str, anchors: Vec<Anchor>) -> Self {
        Self { instance: instance.into(), anchors, seq: 0, hash: ZERO }
    }

    /// The next row.
    pub fn row(&mut self, row: &Link) -> Result<(), Broken> {
        let want = self.seq + 1;
        let bad = |why: String| Err(Broken { seq: want, why });
        if row.seq > want {
            return bad(format!("deleted: the next row is {}", row.seq));
        }
        if row.seq < want {
            return bad(format!("reordered: row {} stands in its place", row.seq));
        }
        if row.prev != self.hash {
            return bad("reordered or edited: it does not follow the row before".into());
        }
        let own = hash(&self.hash, row.seq, &row.body);
        if row.hash != own {
            return bad("edited: its bytes do not give its hash".into());
        }
        let event = match Event::decode(&row.body) {
            Ok(e) => e,
            Err(e) => return bad(format!("edited: {e}")),
        };
        if event.seq != row.seq {
            return bad(format!("reordered: its bytes say row {}", event.seq));
        }
        if let Some(column) = differs(&event, &row.columns) {
            return bad(format!("edited: the column {column} differs from the bytes"));
        }
        if row.seq == 1 && (event.action != GENESIS || event.subject != self.instance) {
            return bad("the first row is that of another store".into());
        }
        if self.anchors.iter().any(|a| a.seq == row.seq && a.hash != own) {
            return bad("rewritten: an anchor has another hash".into());
        }
        self.seq = row.seq;
        self.hash = own;
        Ok(())
    }

    /// The end: nothing that an anchor knows may be missing. Gives the number of rows.
    pub fn end(self) -> Result<u64, Broken> {
        match self.anchors.iter().map(|a| a.seq).max() {
            Some(last) if last > self.seq => Err(Broken {
                seq: self.seq + 1,
                why: format!("truncated: rows up to {last} were there ({} is the last)", self.seq),
            }),
            _ => Ok(self.seq),
        }
    }

    /// The hash of the last row, hex.
    pub fn head(&self) -> String {
        hex(&self.hash)
    }
}

fn differs(event: &Event, columns: &Columns) -> Option<&'static str> {
    [
        ("at", event.at == columns.at),
        ("actor", event.actor == columns.actor),
        ("via", event.via == columns.via),
        ("action", event.action == columns.action),
        ("subject", event.subject == columns.subject),
    ]
    .into_iter()
    .find_map(|(name, same)| (!same).then_some(name))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn chain(n: u64) -> Vec<Link> {
        let mut prev = ZERO.to_vec();
        (1..=n)
            .map(|seq| {
                let event = Event {
                    seq,
                    at: Timestamp::from_microsecond(1_000_000 * i64::try_from(seq).unwrap()).unwrap(),
                    actor: "Theo Okonkwo".into(),
                    via: "console".into(),
                    action: if seq == 1 { GENESIS.into() } else { "approved".into() },
                    subject: if seq == 1 { "instance".into() } else { format!("doc {seq}") },
                    fields: vec![("minor".into(), "129015".into())],
                };
                let l = link(&prev, &event);
                prev.clone_from(&l.hash);
                l
            })
            .collect()
    }

    fn verify(rows: &[Link], anchors: Vec<Anchor>) -> Result<u64, Broken> {
        let mut v = Verifier::new("instance", anchors);
        rows.iter().try_for_each(|r| v.row(r))?;
        v.end()
    }

    fn last(rows: &[Link]) -> Vec<Anchor> {
        rows.last().map(|l| Anchor { seq: l.seq, hash: l.hash.clone() }).into_iter().collect()
    }

    #[test]
    fn an_untouched_chain_verifies() {
        let rows = chain(6);
        assert_eq!(verify(&rows, last(&rows)), Ok(6));
        assert_eq!(Verifier::new("other", vec![]).row(&rows[0]).unwrap_err().seq, 1);
    }

    #[test]
    fn a_rewritten_chain_fails_at_its_anchor() {
        let rows = chain(6);
        let anchor = Anchor { seq: 4, hash: vec![7; 32] };
        assert_eq!(verify(&rows, vec![anchor]).unwrap_err().seq, 4);
    }

    #[test]
    fn a_column_that_differs_from_the_bytes_is_found() {
        let rows = chain(3);
        let changes: [fn(&mut Columns); 5] = [
            |c| c.at = Timestamp::UNIX_EPOCH,
            |c| c.actor = "Somebody".into(),
            |c| c.via = "else".into(),
            |c| c.action = "posted".into(),
            |c| c.subject = "x".into(),
        ];
        for change in changes {
            let mut rows = rows.clone();
            change(&mut rows[1].columns);
            let e = verify(&rows, vec![]).unwrap_err();
            assert_eq!(e.seq, 2);
            assert!(e.why.contains("column"), "{e}");
        }
    }

    proptest! {
        #[test]
        fn any_edit_of_one_byte_is_found(row in 0usize..8, part in 0u8..3, at in any::<prop::sample::Index>(), flip in 1u8..) {
            let whole = chain(8);
            let mut rows = whole.clone();
            let bytes = match part {
                0 => &mut rows[row].body,
                1 => &mut rows[row].prev,
                _ => &mut rows[row].hash,
            };
            let i = at.index(bytes.len());
            bytes[i] ^= flip;
            prop_assert_eq!(verify(&rows, last(&whole)).unwrap_err().seq, row as u64 + 1);
        }

        #[test]
        fn any_deletion_is_found(row in 0usize..8) {
            let whole = chain(8);
            let mut rows = whole.clone();
            rows.remove(row);
            prop_assert_eq!(verify(&rows, last(&whole)).unwrap_err().seq, row as u64 + 1);
        }

        #[test]
        fn any_swap_is_found(a in 0usize..8, b in 0usize..8) {
            prop_assume!(a != b);
            let whole = chain(8);
            let mut rows = whole.clone();
            rows.swap(a, b);
            prop_assert_eq!(verify(&rows, last(&whole)).unwrap_err().seq, a.min(b) as u64 + 1);
        }

        #[test]
        fn a_missing_tail_is_found(keep in 0usize..8) {
            let whole = chain(8);
            let e = verify(&whole[..keep], last(&whole)).unwrap_err();
            prop_assert_eq!(e.seq, keep as u64 + 1);
        }
    }
}
