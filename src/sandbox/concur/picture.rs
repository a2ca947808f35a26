//! Small receipts made in code: real PNG and PDF files, the same for the same text and different for another.

use crate::sandbox::firm::digest_hex;

const WIDTH: usize = 96;
const HEIGHT: usize = 128;
/// Most bytes of one stored block of a deflate stream.
const BLOCK: usize = 0xffff;

/// A receipt as a grey picture: bars whose lengths follow from the text.
pub(super) fn png(text: &str) -> Vec<u8> {
    let marks = digest_hex(&["picture", text], 64);
    let lengths: Vec<usize> =
        marks.bytes().map(|b| usize::from(b.is_ascii_digit()) * 40 + usize::from(b % 16) * 2 + 4).collect();
    let mut raw = Vec::with_capacity((WIDTH + 1) * HEIGHT);
    for y in 0..HEIGHT {
        // each row begins with its filter: none
        raw.push(0);
        let length = lengths.get(y / 4).copied().unwrap_or(0);
        for x in 0..WIDTH {
            let border = x == 0 || y == 0 || x == WIDTH - 1 || y == HEIGHT - 1;
            let bar = y % 4 < 2 && (8..8 + length).contains(&x) && x < WIDTH - 8;
            raw.push(if border || bar { 0x20 } else { 0xf4 });
        }
    }
    let mut header = Vec::new();
    header.extend(u32::try_from(WIDTH).unwrap_or(0).to_be_bytes());
    header.extend(u32::try_from(HEIGHT).unwrap_or(0).to_be_bytes());
    // eight bits of grey, no interlace
    header.extend([8, 0, 0, 0, 0]);
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    chunk(&mut file, *b"IHDR", &header);
    chunk(&mut file, *b"IDAT", &stored(&raw));
    chunk(&mut file, *b"IEND", &[]);
    file
}

fn chunk(file: &mut Vec<u8>, kind: [u8; 4], body: &[u8]) {
    file.extend(u32::try_from(body.len()).unwrap_or(0).to_be_bytes());
    file.extend(kind);
    file.extend(body);
    let checked = kind.iter().chain(body).fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |c, _| if c & 1 == 1 { (c >> 1) ^ 0xedb8_8320 } else { c >> 1 })
    });
    file.extend((!checked).to_be_bytes());
}

/// A zlib stream that stores without compressing.
fn stored(raw: &[u8]) -> Vec<u8> {
    let mut stream = vec![0x78, 0x01];
    let blocks = raw.len().div_ceil(BLOCK);
    for (at, block) in raw.chunks(BLOCK).enumerate() {
        let length = u16::try_from(block.len()).unwrap_or(u16::MAX);
        stream.push(u8::from(at + 1 == blocks));
        stream.extend(length.to_le_bytes());
        stream.extend((!length).to_le_bytes());
        stream.extend(block);
    }
    let (a, b) = raw.iter().fold((1_u32, 0_u32), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65_521;
        (a, (b + a) % 65_521)
    });
    stream.extend(((b << 16) | a).to_be_bytes());
    stream
}

/// A page with some lines of text.
pub(super) fn pdf(lines: &[String]) -> Vec<u8> {
    let mut text = String::from("BT /F1 10 Tf 24 372 Td 14 TL\n");
    for line in lines {
        // one byte for each sign: others become a question mark
        let plain: String =
            line.chars().map(|c| if c.is_ascii() && !c.is_control() { c } else { '?' }).collect();
        let escaped = plain.replace('\\', "\\\\").replace('(', "\\(").replace(')', "\\)");
        text.push_str(&format!("({escaped}) Tj T*\n"));
    }
    text.push_str("ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 298 420] /Contents 4 0 R \
         /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{text}\nendstream", text.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>".to_owned(),
    ];
    let mut file = String::from("%PDF-1.4\n");
    let mut places = Vec::new();
    for (at, object) in objects.iter().enumerate() {
        places.push(file.len());
        file.push_str(&format!("{} 0 obj\n{object}\nendobj\n", at + 1));
    }
    let table = file.len();
    file.push_str(&format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1));
    for place in &places {
        file.push_str(&format!("{place:010} 00000 n \n"));
    }
    file.push_str(&format!(
        "trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n",
        objects.len() + 1
    ));
    file.into_bytes()
}
