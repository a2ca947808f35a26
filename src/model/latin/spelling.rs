//! Single characters: accents, plain letters of Latin, Greek and Cyrillic, signs.

/// A letter of Latin-1 with its accent.
pub fn with_accent(base: char, mark: char) -> Option<char> {
    const BASES: &str = "AEIOUYaeiouyNnCc";
    let row = match mark {
        '\u{300}' => "ÀÈÌÒÙ_àèìòù_____",
        '\u{301}' => "ÁÉÍÓÚÝáéíóúý____",
        '\u{302}' => "ÂÊÎÔÛ_âêîôû_____",
        '\u{303}' => "Ã__Õ__ã__õ__Ññ__",
        '\u{308}' => "ÄËÏÖÜ_äëïöüÿ____",
        '\u{30a}' => "Å_____å_________",
        '\u{327}' => "______________Çç",
        _ => return None,
    };
    let at = BASES.chars().position(|b| b == base)?;
    row.chars().nth(at).filter(|c| *c != '_')
}

/// Letters of ranges, each by its plain one; `_` has none, or one below.
const RANGES: [(u32, &str); 4] = [
    (0xc0, "AAAAAA_CEEEEIIIIDNOOOOO_OUUUUY__aaaaaa_ceeeeiiiidnooooo_ouuuuy_y"),
    (
        0x100,
        "AaAaAaCcCcCcCcDdDdEeEeEeEeEeGgGgGgGgHhHhIiIiIiIiIi__JjKkkLlLlLlLlLlNnNnNn_NnOoOoOo__RrRrRrSsSsSsSsTtTtTt\
         UuUuUuUuUuUuWwYyYZzZzZzs",
    ),
    (
        0x180,
        "bBBb__OCcDDDd_EAEFfGG_IIKkl_MNnOOo__Pp_____tTtTUuUVYyZz______________________AaIiOoUuUuUuUuUueAaAa__GgGg\
         KkOoOo__j___Gg__NnAa__OoAaAaEeEeIiIiOoOoRrRrUuUuSsTt__HhNd__ZzAaEeOoOoOoOoYylntj__ACcLTsz__BUVEeJjQqRrYy",
    ),
    (
        0x1e00,
        "AaBbBbBbCcDdDdDdDdDdEeEeEeEeEeFfGgHhHhHhHhHhIiIiKkKkKkLlLlLlLlMmMmMmNnNnNnNnOoOoOoOoPpPpRrRrRrRrSsSsSsSs\
         SsTtTtTtTtUuUuUuUuUuVvVvWwWwWwWwWwXxXxYyZzZzZzhtwyasss_dAaAaAaAaAaAaAaAaAaAaAaAaEeEeEeEeEeEeEeEeIiIiOoOo\
         OoOoOoOoOoOoOoOoOoOoUuUuUuUuUuUuUuYyYyYyYy____Yy",
    ),
];

/// ASCII from `!` on: what the wide forms of East Asia stand for.
const WIDE: &str =
    "!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~";

fn at(table: &'static str, first: u32, c: char) -> Option<&'static str> {
    let n = usize::try_from(u32::from(c).checked_sub(first)?).ok()?;
    table.get(n..=n)
}

/// A letter's plain spelling.
pub fn letter(c: char) -> Option<String> {
    if c.is_ascii_alphabetic() {
        return Some(c.to_string());
    }
    let simple = RANGES.iter().find_map(|(first, table)| at(table, *first, c)).filter(|s| *s != "_");
    let wide = || at(WIDE, 0xff01, c).filter(|s| s.bytes().all(|b| b.is_ascii_alphabetic()));
    if let Some(found) = simple.or_else(wide) {
        return Some(found.into());
    }
    let small = c.to_lowercase().next()?;
    let found = several(small).or_else(|| greek(small)).or_else(|| cyrillic(small))?;
    let mut letters = found.chars();
    Some(match letters.next() {
        Some(first) if c != small => format!("{}{}", first.to_ascii_uppercase(), letters.as_str()),
        _ => found.into(),
    })
}

/// Latin letters that are spelled with several.
fn several(small: char) -> Option<&'static str> {
    Some(match small {
        'æ' | 'ǽ' | 'ǣ' => "ae",
        'œ' => "oe",
        'þ' => "th",
        'ß' => "ss",
        'ĳ' => "ij",
        'ŉ' => "'n",
        'ǆ' | 'ǳ' => "dz",
        'ǉ' => "lj",
        'ǌ' => "nj",
        'ﬀ' => "ff",
        'ﬁ' => "fi",
        'ﬂ' => "fl",
        'ﬃ' => "ffi",
        'ﬄ' => "ffl",
        'ﬅ' | 'ﬆ' => "st",
        _ => return None,
    })
}

fn greek(small: char) -> Option<&'static str> {
    Some(match small {
        'α' | 'ά' => "a",
        'β' => "v",
        'γ' => "g",
        'δ' => "d",
        'ε' | 'έ' => "e",
        'ζ' => "z",
        'η' | 'ή' | 'ι' | 'ί' | 'ϊ' | 'ΐ' => "i",
        'θ' => "th",
        'κ' => "k",
        'λ' => "l",
        'μ' => "m",
        'ν' => "n",
        'ξ' => "x",
        'ο' | 'ό' | 'ω' | 'ώ' => "o",
        'π' => "p",
        'ρ' => "r",
        'σ' | 'ς' => "s",
        'τ' => "t",
        'υ' | 'ύ' | 'ϋ' | 'ΰ' => "y",
        'φ' => "f",
        'χ' => "ch",
        'ψ' => "ps",
        _ => return None,
    })
}

fn cyrillic(small: char) -> Option<&'static str> {
    Some(match small {
        'а' => "a",
        'б' => "b",
        'в' => "v",
        'г' | 'ґ' => "g",
        'д' => "d",
        'ђ' => "dj",
        'е' | 'э' => "e",
        'ё' => "yo",
        'є' => "ye",
        'ж' => "zh",
        'з' => "z",
        'и' | 'і' => "i",
        'й' => "y",
        'ї' => "yi",
        'ј' => "j",
        'к' => "k",
        'ќ' => "kj",
        'л' => "l",
        'љ' => "lj",
        'м' => "m",
        'н' => "n",
        'њ' => "nj",
        'о' => "o",
        'п' => "p",
        'р' => "r",
        'с' => "s",
        'т' => "t",
        'ћ' => "c",
        'у' => "u",
        'ў' => "w",
        'ѓ' => "gj",
        'ф' => "f",
        'х' => "kh",
        'ц' => "ts",
        'ч' => "ch",
        'џ' => "dz",
        'ѕ' => "dz",
        'ш' => "sh",
        'щ' => "shch",
        'ъ' => "\"",
        'ы' => "y",
        'ь' => "'",
        'ю' => "yu",
        'я' => "ya",
        _ => return None,
    })
}

/// A sign's nearest one on a typewriter.
pub fn sign(c: char) -> Option<&'static str> {
    Some(match c {
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{2043}' | '\u{fe58}' | '\u{fe63}' => "-",
        '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{2032}' | '\u{2bc}' | '\u{2bb}' => "'",
        '\u{201a}' => ",",
        '\u{201c}'..='\u{201f}' | '\u{2033}' => "\"",
        '\u{2039}' => "<",
        '\u{203a}' => ">",
        '\u{2022}' | '\u{2023}' | '\u{25aa}' | '\u{25cf}' | '\u{2219}' => "*",
        '\u{2026}' => "...",
        '\u{2044}' | '\u{2215}' => "/",
        '\u{2116}' => "No.",
        '\u{2122}' => "(TM)",
        '\u{2120}' => "(SM)",
        '\u{2190}' => "<-",
        '\u{2192}' => "->",
        '\u{2194}' => "<->",
        '\u{21d2}' => "=>",
        '\u{2248}' => "~",
        '\u{2260}' => "!=",
        '\u{2264}' => "<=",
        '\u{2265}' => ">=",
        '\u{2030}' => "o/oo",
        '\u{20a8}' | '\u{20b9}' => "INR",
        '\u{20a9}' => "KRW",
        '\u{20aa}' => "ILS",
        '\u{20ab}' => "VND",
        '\u{20ac}' => "EUR",
        '\u{20b1}' => "PHP",
        '\u{20b4}' => "UAH",
        '\u{20ba}' => "TRY",
        '\u{20bd}' => "RUB",
        '\u{20bf}' => "BTC",
        '\u{2000}'..='\u{200a}' | '\u{2028}' | '\u{2029}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => " ",
        '\u{3001}' => ",",
        '\u{3002}' => ".",
        c => return at(WIDE, 0xff01, c),
    })
}

/// Joiners, marks of direction, variants: nothing to see.
pub fn shapeless(c: char) -> bool {
    matches!(c,
        '\u{61c}' | '\u{feff}'
        | '\u{180b}'..='\u{180e}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{e0000}'..='\u{e01ef}')
}
