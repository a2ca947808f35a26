//! Takes a `multipart/form-data` body apart.

/// One part.
#[derive(Debug, PartialEq, Eq)]
pub struct Part {
    /// `name` of the disposition.
    pub name: String,
    /// `filename` of the disposition.
    pub file_name: Option<String>,
    /// `Content-Type`, or an empty text.
    pub content_type: String,
    /// Whether the content says that it is base64.
    pub base64: bool,
    /// The content.
    pub body: Vec<u8>,
}

/// The parts of a body, or what is wrong with it.
pub fn parts(content_type: &str, body: &[u8]) -> Result<Vec<Part>, &'static str> {
    let boundary = parameter(content_type, "boundary").filter(|boundary| !boundary.is_empty());
    let boundary = boundary.ok_or("the request is no multipart/form-data")?;
    let mark = format!("--{boundary}").into_bytes();
    let mut parts = Vec::new();
    let mut left = after(body, &mark).ok_or("the boundary is not in the body")?;
    loop {
        if left.starts_with(b"--") {
            return Ok(parts);
        }
        let end = find(left, &mark).ok_or("the last part does not end")?;
        let (part, rest) = left.split_at(end);
        parts.push(one(part).ok_or("a part has no name")?);
        left = rest.get(mark.len()..).unwrap_or_default();
    }
}

fn one(part: &[u8]) -> Option<Part> {
    let part = part.strip_prefix(b"\r\n").or_else(|| part.strip_prefix(b"\n")).unwrap_or(part);
    let (head, body) = match find(part, b"\r\n\r\n") {
        Some(at) => (part.get(..at)?, part.get(at + 4..)?),
        None => {
            let at = find(part, b"\n\n")?;
            (part.get(..at)?, part.get(at + 2..)?)
        }
    };
    let body = body.strip_suffix(b"\r\n").or_else(|| body.strip_suffix(b"\n")).unwrap_or(body);
    let head = String::from_utf8_lossy(head);
    let header = |name: &str| {
        let lines = head.lines().filter_map(|line| line.split_once(':'));
        lines.filter(|(key, _)| key.trim().eq_ignore_ascii_case(name)).map(|(_, value)| value.trim()).next()
    };
    let disposition = header("content-disposition")?;
    Some(Part {
        name: parameter(disposition, "name")?,
        file_name: parameter(disposition, "filename"),
        content_type: header("content-type").unwrap_or_default().to_owned(),
        base64: header("content-transfer-encoding").is_some_and(|way| way.eq_ignore_ascii_case("base64")),
        body: body.to_vec(),
    })
}

/// A parameter of a header, with or without quotes.
fn parameter(header: &str, name: &str) -> Option<String> {
    header.split(';').skip(1).find_map(|one| {
        let (key, value) = one.split_once('=')?;
        key.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_matches('"').to_owned())
    })
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

fn after<'a>(bytes: &'a [u8], wanted: &[u8]) -> Option<&'a [u8]> {
    bytes.get(find(bytes, wanted)? + wanted.len()..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_keep_their_bytes() {
        let body = b"--B\r\nContent-Disposition: form-data; name=\"file_content_0\"; filename=\"a.pdf\"\r\n\
            content-type: application/pdf\r\n\r\n\x00\r\n--b\xff\r\n--B\r\nContent-Disposition: form-data; name=x\r\n\
            Content-Transfer-Encoding: BASE64\r\n\r\nQQ==\r\n--B--\r\n";
        let read = parts("multipart/form-data; boundary=\"B\"", body).unwrap();
        assert_eq!((read[0].name.as_str(), read[0].file_name.as_deref()), ("file_content_0", Some("a.pdf")));
        assert_eq!((read[0].body.as_slice(), read[0].base64), (b"\x00\r\n--b\xff".as_slice(), false));
        assert_eq!(
            (read[1].name.as_str(), read[1].base64, read[1].body.as_slice()),
            ("x", true, b"QQ==".as_slice())
        );
        assert!(parts("application/json", body).is_err());
        assert!(parts("multipart/form-data; boundary=C", body).is_err());
        assert!(parts("multipart/form-data; boundary=B", b"--B\r\n\r\nx\r\n--B--").is_err());
    }
}
