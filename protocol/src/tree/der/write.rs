//! Writing DER, piece by piece; nothing here keeps anybody from writing nonsense on purpose.

/// A value with this identifier octet.
pub fn tagged(identifier: u8, content: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(content.len() + 6);
    out.push(identifier);
    match u8::try_from(content.len()) {
        Ok(short @ 0..=0x7f) => out.push(short),
        _ => {
            let length = content.len().to_be_bytes();
            let zeros = length.iter().take_while(|byte| **byte == 0).count();
            let length = length.get(zeros..).unwrap_or_default();
            out.push(0x80 | u8::try_from(length.len()).unwrap_or(0x7f));
            out.extend_from_slice(length);
        }
    }
    out.extend_from_slice(content);
    out
}

/// SEQUENCE of parts that are DER already.
pub fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
    tagged(0x30, &parts.concat())
}

/// SET of parts that are DER already, in the order of SET OF.
pub fn set(parts: &[Vec<u8>]) -> Vec<u8> {
    let mut parts = parts.to_vec();
    parts.sort();
    tagged(0x31, &parts.concat())
}

/// INTEGER from an unsigned big-endian number of any length.
pub fn integer(unsigned: &[u8]) -> Vec<u8> {
    let zeros = unsigned.iter().take_while(|byte| **byte == 0).count();
    let significant = unsigned.get(zeros..).unwrap_or_default();
    let mut content = Vec::with_capacity(significant.len() + 1);
    if significant.first().is_none_or(|first| *first >= 0x80) {
        content.push(0);
    }
    content.extend_from_slice(significant);
    tagged(0x02, &content)
}

/// INTEGER from a signed number.
pub fn small_integer(value: i64) -> Vec<u8> {
    let bytes = value.to_be_bytes();
    let mut content = bytes.as_slice();
    while let [first, rest @ ..] = content {
        let sign = match rest.first() {
            Some(next) if *next < 0x80 => 0x00,
            Some(_) => 0xff,
            None => break,
        };
        if *first != sign {
            break;
        }
        content = rest;
    }
    tagged(0x02, content)
}

/// ENUMERATED.
pub fn enumerated(value: i64) -> Vec<u8> {
    retag(0x0a, small_integer(value))
}

/// OBJECT IDENTIFIER from its arcs.
pub fn oid(arcs: &[u64]) -> Vec<u8> {
    let mut content = Vec::new();
    let (head, tail) = match arcs {
        [first, second, tail @ ..] => (first.saturating_mul(40).saturating_add(*second), tail),
        [first] => (first.saturating_mul(40), [].as_slice()),
        [] => return tagged(0x06, &[]),
    };
    for arc in std::iter::once(&head).chain(tail) {
        let groups = (64 - arc.leading_zeros()).div_ceil(7).max(1);
        for group in (0..groups).rev() {
            let bits = u8::try_from((arc >> (group * 7)) & 0x7f).unwrap_or_default();
            content.push(if group > 0 { bits | 0x80 } else { bits });
        }
    }
    tagged(0x06, &content)
}

/// OCTET STRING.
pub fn octet_string(bytes: &[u8]) -> Vec<u8> {
    tagged(0x04, bytes)
}

/// BIT STRING of whole bytes.
pub fn bit_string(bytes: &[u8]) -> Vec<u8> {
    tagged(0x03, &[&[0], bytes].concat())
}

/// BIT STRING of named bits, the first one the highest of the first byte; trailing zeros go, as DER wants it.
pub fn named_bits(bytes: &[u8]) -> Vec<u8> {
    let used = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |at| at + 1);
    let used = bytes.get(..used).unwrap_or_default();
    let unused = used.last().map_or(0, |last| last.trailing_zeros());
    let unused = u8::try_from(unused).unwrap_or_default();
    tagged(0x03, &[&[unused], used].concat())
}

/// BOOLEAN.
pub fn boolean(value: bool) -> Vec<u8> {
    tagged(0x01, &[if value { 0xff } else { 0x00 }])
}

/// NULL.
pub fn null() -> Vec<u8> {
    tagged(0x05, &[])
}

/// UTF8String.
pub fn utf8_string(text: &str) -> Vec<u8> {
    tagged(0x0c, text.as_bytes())
}

/// PrintableString; its alphabet is the caller's care.
pub fn printable_string(text: &str) -> Vec<u8> {
    tagged(0x13, text.as_bytes())
}

/// IA5String; its alphabet is the caller's care.
pub fn ia5_string(text: &str) -> Vec<u8> {
    tagged(0x16, text.as_bytes())
}

/// `[tag]` EXPLICIT around DER; tags up to 30.
pub fn explicit(tag: u8, content: &[u8]) -> Vec<u8> {
    tagged(0xa0 | (tag & 0x1f), content)
}

/// `[tag]` IMPLICIT in place of a primitive value's own tag: `content` is bare.
pub fn implicit(tag: u8, content: &[u8]) -> Vec<u8> {
    tagged(0x80 | (tag & 0x1f), content)
}

/// `[tag]` IMPLICIT in place of a constructed value's own tag: `content` is bare.
pub fn implicit_constructed(tag: u8, content: &[u8]) -> Vec<u8> {
    explicit(tag, content)
}

/// UTCTime from 1950 to 2049, GeneralizedTime else (RFC 5280 4.1.2.5), from seconds since 1970.
pub fn utc_or_generalized_time(unix_seconds: i64) -> Vec<u8> {
    // The years 0 to 9999 are all that the form can say.
    let seconds = unix_seconds.clamp(-62_167_219_200, 253_402_300_799);
    let (year, month, day) = civil(seconds.div_euclid(86_400));
    let of_day = seconds.rem_euclid(86_400);
    let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
    let rest = format!("{month:02}{day:02}{hour:02}{minute:02}{second:02}Z");
    match year {
        1950..=2049 => tagged(0x17, format!("{:02}{rest}", year % 100).as_bytes()),
        _ => tagged(0x18, format!("{year:04}{rest}").as_bytes()),
    }
}

/// Year, month and day of the Gregorian calendar from days since 1970-01-01. The calendar repeats
/// every 400 years of 146097 days; counting years from March puts the leap day last.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

fn retag(identifier: u8, mut der: Vec<u8>) -> Vec<u8> {
    if let Some(first) = der.first_mut() {
        *first = identifier;
    }
    der
}

#[cfg(test)]
mod tests;
