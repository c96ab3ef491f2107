//! What a console shows of an object, as JSON: keys without quotes, names before brackets, lists of
//! bytes in their many forms. Nothing is understood here but the notation.

use std::fmt::Write as _;

/// Nested deeper than this is no credential.
const DEEPEST: usize = 32;

/// How many opening brackets are tried before a text counts as something else.
const TRIES: usize = 24;

/// The first object or list in the text as JSON; nothing where there is none.
pub(super) fn to_json(text: &str) -> Option<Shown> {
    let starts = text.char_indices().filter(|(_, character)| matches!(character, '{' | '['));
    let mut behind = 0;
    for (start, _) in starts.take(TRIES) {
        if start < behind {
            continue;
        }
        let mut reader = Reader { text, at: start, out: String::new(), elided: false };
        if reader.value(0).is_some() && reader.out.contains(':') {
            return Some(Shown { json: reader.out, elided: reader.elided });
        }
        behind = start + 1;
    }
    None
}

/// What a console showed.
pub(super) struct Shown {
    /// As JSON.
    pub(super) json: String,
    /// Did the console leave something out?
    pub(super) elided: bool,
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    out: String,
    elided: bool,
}

impl<'t> Reader<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// White space, comments and what consoles put for what they leave out.
    fn skip(&mut self) {
        loop {
            let rest = self.rest();
            let trimmed = rest.trim_start();
            self.at += rest.len() - trimmed.len();
            if trimmed.starts_with("//") {
                self.at += trimmed.find('\n').unwrap_or(trimmed.len());
            } else if let Some(comment) = trimmed.strip_prefix("/*") {
                self.at += comment.find("*/").map_or(trimmed.len(), |end| end + 4);
            } else {
                return;
            }
        }
    }

    fn eat(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        if found {
            self.at += wanted.len_utf8();
        }
        found
    }

    fn value(&mut self, depth: usize) -> Option<()> {
        if depth > DEEPEST {
            return None;
        }
        self.skip();
        match self.peek()? {
            '{' => self.object(depth),
            '[' => self.list(depth),
            '<' => self.dump(),
            quote @ ('"' | '\'' | '`') => {
                let text = self.string(quote)?;
                self.put(&text);
                Some(())
            }
            '-' | '+' | '0'..='9' => self.number(),
            character if is_word(character) => self.word(depth),
            _ => None,
        }
    }

    fn object(&mut self, depth: usize) -> Option<()> {
        self.at += 1;
        self.out.push('{');
        let mut first = true;
        loop {
            self.separators();
            if self.eat('}') {
                self.out.push('}');
                return Some(());
            }
            let key = self.key()?;
            if !first {
                self.out.push(',');
            }
            first = false;
            self.put(&key);
            self.out.push(':');
            self.skip();
            if !self.eat(':') {
                return None;
            }
            self.value(depth + 1)?;
        }
    }

    fn list(&mut self, depth: usize) -> Option<()> {
        self.at += 1;
        self.out.push('[');
        let mut first = true;
        loop {
            self.separators();
            if self.eat(']') {
                self.out.push(']');
                return Some(());
            }
            if !first {
                self.out.push(',');
            }
            first = false;
            self.value(depth + 1)?;
        }
    }

    /// Commas may be missing where lines end, and dots stand for what is not shown.
    fn separators(&mut self) {
        loop {
            self.skip();
            let rest = self.rest();
            if rest.starts_with(',') {
                self.at += 1;
            } else if rest.starts_with('…') {
                self.at += '…'.len_utf8();
                self.elided = true;
            } else if let Some(more) = rest.strip_prefix("...") {
                // Node says how many more items there are.
                let end = more.find([',', '\n', ']', '}']).unwrap_or(more.len());
                self.at += 3 + end;
                self.elided = true;
            } else {
                return;
            }
        }
    }

    fn key(&mut self) -> Option<String> {
        match self.peek()? {
            quote @ ('"' | '\'' | '`') => self.string(quote),
            '[' => {
                // [[Uint8Array]] of Chrome, [Uint8Contents] of Node, [Symbol(..)] of everybody
                let name: String = self.rest().chars().take(64).take_while(|character| *character != ':').collect();
                self.at += name.len();
                Some(name.trim().trim_matches(['[', ']']).to_owned())
            }
            _ => {
                let word = self.take_word();
                (!word.is_empty()).then(|| word.to_owned())
            }
        }
    }

    fn take_word(&mut self) -> &'t str {
        let rest = self.rest();
        let end = rest.find(|character| !is_word(character)).unwrap_or(rest.len());
        self.at += end;
        rest.get(..end).unwrap_or_default()
    }

    /// A name: a constant, or the type of what follows, such as `ArrayBuffer(32) {..}` or `new Uint8Array([..])`.
    fn word(&mut self, depth: usize) -> Option<()> {
        let word = self.take_word();
        match word {
            "true" | "false" | "null" => {
                self.out.push_str(word);
                return Some(());
            }
            "undefined" | "NaN" | "Infinity" => {
                self.out.push_str("null");
                return Some(());
            }
            _ => {}
        }
        self.blanks();
        match self.peek() {
            Some('(') => {
                self.at += 1;
                self.skip();
                if !matches!(self.peek(), Some('[' | '{' | '"' | '\'' | '`')) {
                    let end = self.rest().find(')')?;
                    self.at += end + 1;
                    self.blanks();
                    return self.typed(depth);
                }
                self.value(depth + 1)?;
                self.skip();
                // Further arguments say nothing that is needed.
                let end = self.rest().find(')')?;
                self.at += end + 1;
                Some(())
            }
            _ => self.typed(depth),
        }
    }

    /// Behind the name of a type: its value, or nothing, where the console shows none.
    fn typed(&mut self, depth: usize) -> Option<()> {
        match self.peek() {
            Some('{' | '[' | '<') => self.value(depth + 1),
            Some(character) if is_word(character) => self.value(depth + 1),
            _ => {
                self.out.push_str("{}");
                Some(())
            }
        }
    }

    /// White space on this line.
    fn blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches([' ', '\t']).len();
    }

    /// `<Buffer 01 02>` and `<01 02>`
    fn dump(&mut self) -> Option<()> {
        let rest = self.rest();
        let end = rest.find('>')?;
        self.at += end + 1;
        self.out.push('[');
        let mut first = true;
        for byte in rest.get(1..end)?.split_ascii_whitespace() {
            let Ok(byte) = u8::from_str_radix(byte, 16) else { continue };
            let comma = if first { "" } else { "," };
            first = false;
            write!(self.out, "{comma}{byte}").ok()?;
        }
        self.out.push(']');
        Some(())
    }

    fn number(&mut self) -> Option<()> {
        let rest = self.rest();
        let end = rest
            .find(|character: char| !(character.is_ascii_alphanumeric() || matches!(character, '+' | '-' | '.' | '_')))
            .unwrap_or(rest.len());
        self.at += end;
        let text = rest.get(..end)?.trim_start_matches('+').replace('_', "");
        match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
            Some(digits) => write!(self.out, "{}", u64::from_str_radix(digits, 16).ok()?).ok()?,
            None => {
                let number: f64 = text.trim_end_matches('n').parse().ok()?;
                self.out.push_str(&serde_json::to_string(&number).ok()?.replace(".0", ""));
            }
        }
        Some(())
    }

    fn string(&mut self, quote: char) -> Option<String> {
        self.at += quote.len_utf8();
        let mut text = String::new();
        let mut characters = self.rest().char_indices();
        while let Some((at, character)) = characters.next() {
            match character {
                '\\' => match characters.next()?.1 {
                    'n' => text.push('\n'),
                    'r' => text.push('\r'),
                    't' => text.push('\t'),
                    'u' => {
                        let digits: String = characters.by_ref().take(4).map(|(_, digit)| digit).collect();
                        text.push(char::from_u32(u32::from_str_radix(&digits, 16).ok()?).unwrap_or('\u{fffd}'));
                    }
                    other => text.push(other),
                },
                end if end == quote => {
                    self.at += at + end.len_utf8();
                    return Some(text);
                }
                other => text.push(other),
            }
        }
        None
    }

    fn put(&mut self, text: &str) {
        self.out.push_str(&serde_json::Value::from(text).to_string());
    }
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '$' | '.' | '-' | '%')
}
