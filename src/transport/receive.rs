//! What may come back: bodies are collected in chunks under a cap, and JSON may not nest without end (S12).

use crate::transport::exchange::NetError;

/// The longest body of an answer, after decompression, in bytes.
pub const MAX_BODY: usize = 16 * 1024 * 1024;

/// The deepest nesting of a JSON answer.
pub const MAX_DEPTH: usize = 64;

const TOO_DEEP: &str = "the answer nests deeper than";
const TOO_LONG: &str = "the answer is longer than";

/// Whether an answer was lost because it is too deep or too long to be taken: asked for again it would be the same, in
/// smaller parts it may do.
pub fn is_too_much(reason: &str) -> bool {
    reason.contains(TOO_DEEP) || reason.contains(TOO_LONG)
}

/// A body that is being received.
#[derive(Default)]
pub struct Collecting {
    body: Vec<u8>,
}

impl Collecting {
    /// Refuses an answer whose announced length is over the cap.
    pub fn announced(length: Option<u64>) -> Result<Self, NetError> {
        match length {
            Some(length) if length > MAX_BODY as u64 => Err(too_long()),
            _ => Ok(Self::default()),
        }
    }

    /// Adds a chunk.
    pub fn push(&mut self, chunk: &[u8]) -> Result<(), NetError> {
        if self.body.len().saturating_add(chunk.len()) > MAX_BODY {
            return Err(too_long());
        }
        self.body.extend_from_slice(chunk);
        Ok(())
    }

    /// The whole body. `content_type` tells whether its nesting counts.
    pub fn finish(self, content_type: Option<&str>) -> Result<Vec<u8>, NetError> {
        let is_json = content_type.is_some_and(|t| t.to_ascii_lowercase().contains("json"));
        if is_json && too_deep(&self.body) {
            return Err(lost(format!("{TOO_DEEP} {MAX_DEPTH} levels")));
        }
        Ok(self.body)
    }
}

/// No usable answer, although a byte may have left.
pub fn lost(reason: impl Into<String>) -> NetError {
    NetError::MaybeSent { reason: reason.into(), timed_out: false }
}

fn too_long() -> NetError {
    lost(format!("{TOO_LONG} {} MiB", MAX_BODY / (1024 * 1024)))
}

/// Whether JSON text nests deeper than [`MAX_DEPTH`]. Strings are skipped; nothing else is judged here.
pub fn too_deep(text: &[u8]) -> bool {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for byte in text {
        match (in_string, byte) {
            (true, _) if escaped => escaped = false,
            (true, b'\\') => escaped = true,
            (true, b'"') => in_string = false,
            (true, _) => {}
            (false, b'"') => in_string = true,
            (false, b'[' | b'{') => depth += 1,
            (false, b']' | b'}') => depth = depth.saturating_sub(1),
            (false, _) => {}
        }
        if depth > MAX_DEPTH {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nested(levels: usize) -> String {
        format!("{}{}", "[".repeat(levels), "]".repeat(levels))
    }

    #[test]
    fn the_cap_is_exact() {
        let mut body = Collecting::announced(Some(MAX_BODY as u64)).unwrap();
        body.push(&vec![b' '; MAX_BODY]).unwrap();
        assert!(matches!(body.push(b"x"), Err(NetError::MaybeSent { timed_out: false, .. })));
        assert!(Collecting::announced(Some(MAX_BODY as u64 + 1)).is_err());
        assert!(Collecting::announced(None).is_ok());
    }

    #[test]
    fn too_much_is_told_from_other_losses() {
        let reason = |e: NetError| match e {
            NetError::MaybeSent { reason, .. } | NetError::NotSent(reason) => reason,
        };
        assert!(is_too_much(&reason(too_long())));
        let mut body = Collecting::default();
        body.push(nested(MAX_DEPTH + 1).as_bytes()).unwrap();
        assert!(is_too_much(&reason(body.finish(Some("application/json")).unwrap_err())));
        assert!(!is_too_much(&reason(lost("connection reset"))));
    }

    #[test]
    fn nesting_counts_in_json_alone_and_outside_strings() {
        assert!(!too_deep(nested(MAX_DEPTH).as_bytes()));
        assert!(too_deep(nested(MAX_DEPTH + 1).as_bytes()));
        assert!(!too_deep(format!("[\"\\\"{}\"]", "[".repeat(100)).as_bytes()));
        let collect = |kind| {
            let mut body = Collecting::default();
            body.push(nested(100).as_bytes()).unwrap();
            body.finish(kind)
        };
        assert!(collect(Some("application/json;charset=utf-8")).is_err());
        assert!(collect(Some("text/plain")).is_ok());
        assert!(collect(None).is_ok());
    }
}
