//! `Expires`: the tolerant date of RFC 6265bis 5.1.1.

/// Seconds since 1970, if the text has a day, a month, a year and a time of day in any order.
pub(super) fn parse(text: &str) -> Option<i64> {
    let (mut clock, mut day, mut month, mut year) = (None, None, None, None);
    for token in text.split(|c: char| !(c.is_ascii_alphanumeric() || c == ':')) {
        if token.is_empty() {
            continue;
        }
        if clock.is_none() && token.contains(':') {
            clock = time_of_day(token);
        } else if day.is_none() && matches!(token.len(), 1 | 2) {
            day = token.parse::<i64>().ok();
        } else if month.is_none() && month_number(token).is_some() {
            month = month_number(token);
        } else if year.is_none() && matches!(token.len(), 2 | 4) {
            year = token.parse::<i64>().ok();
        }
    }
    let (clock, day, month) = (clock?, day?, month?);
    let year = match year? {
        year @ 70..=99 => year + 1900,
        year @ 0..=69 => year + 2000,
        year => year,
    };
    if !(1..=31).contains(&day) || year < 1601 {
        return None;
    }
    Some(days_since_1970(year, month, day) * 86_400 + clock)
}

fn time_of_day(token: &str) -> Option<i64> {
    let mut parts = token.split(':').map(|part| part.parse::<i64>().ok());
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
    let valid = parts.next().is_none() && hour <= 23 && minute <= 59 && second <= 59;
    valid.then(|| hour * 3600 + minute * 60 + second)
}

fn month_number(token: &str) -> Option<i64> {
    let name = token.get(..3)?.to_ascii_lowercase();
    let at = "janfebmaraprmayjunjulaugsepoctnovdec".match_indices(&name).find(|(at, _)| at % 3 == 0)?.0;
    Some(i64::try_from(at / 3).ok()? + 1)
}

/// The civil calendar, counted from March so that the leap day is last.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}
