//! A source file as tokens, without comments and the insides of strings. Enough of Rust to find names and braces.

use std::iter::Peekable;
use std::str::Chars;

pub struct Source {
    /// Below `src/`.
    pub path: String,
    pub tokens: Vec<Token>,
    lines: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// From 1.
    pub line: usize,
    /// A word, one character of punctuation, or `""` for any literal text.
    pub text: String,
}

pub struct Function {
    pub line: usize,
    pub name: String,
    /// Between the braces.
    pub body_lines: usize,
}

impl Source {
    pub fn new(path: &str, text: String) -> Self {
        Self { path: path.to_owned(), tokens: tokens(&text), lines: text.lines().map(str::to_owned).collect() }
    }

    /// The part of the house: `http` for `http.rs` and all below `http/`.
    pub fn floor(&self) -> &str {
        self.path.split(['/', '.']).next().unwrap_or_default()
    }

    /// Whether this is `place.rs`, the file `place`, or in the folder `place/`.
    pub fn is_below(&self, place: &str) -> bool {
        let rest = self.path.strip_prefix(place);
        rest.is_some_and(|rest| rest.is_empty() || rest == ".rs" || rest.starts_with('/'))
    }

    /// The modules at the root of the crate that are named, with their lines, however `use` groups them.
    pub fn imports_of_the_house(&self) -> Vec<(usize, String)> {
        let depth = self.path.split('/').count();
        let roots = (0..self.tokens.len()).filter(|&at| self.is_path_root(at));
        roots
            .flat_map(|at| {
                let path = &self.tokens[at..];
                let climbs = path.chunks(3).take_while(|step| starts_with(step, &["super", ":", ":"])).count();
                let from_root = match path[0].text.as_str() {
                    "crate" | "congdanso" => path.get(1..).filter(|rest| is_separator(rest)).map(|rest| &rest[2..]),
                    _ => (climbs >= depth).then(|| &path[3 * climbs..]),
                };
                from_root.map(heads).unwrap_or_default()
            })
            .collect()
    }

    /// Lines with a path that begins with these names.
    pub fn lines_with_path(&self, names: &[&str]) -> Vec<usize> {
        let roots = (0..self.tokens.len()).filter(|&at| self.is_path_root(at));
        let here = roots.filter(|&at| {
            let is_imported = at > 0 && self.tokens[at - 1].text == "use";
            is_path(&self.tokens[at..], names).is_some_and(|rest| is_imported || is_separator(rest))
        });
        here.map(|at| self.tokens[at].line).collect()
    }

    /// Whether a path may begin here: it neither goes on from another nor is a member.
    fn is_path_root(&self, at: usize) -> bool {
        let before = |back: usize| at.checked_sub(back).map_or("", |before| self.tokens[before].text.as_str());
        before(1) != "." && (before(1), before(2)) != (":", ":")
    }

    pub fn functions(&self) -> Vec<Function> {
        let starts = (0..self.tokens.len().saturating_sub(1)).filter(|&at| {
            self.tokens[at].text == "fn"
                && self.tokens[at + 1].text.starts_with(|first: char| first.is_alphabetic() || first == '_')
        });
        starts.filter_map(|at| self.function(at)).collect()
    }

    /// The function whose `fn` stands there; `None` where it has no body.
    fn function(&self, at: usize) -> Option<Function> {
        let signature = &self.tokens[at..];
        let open = signature.iter().position(|token| token.text == "{" || token.text == ";")?;
        let body = &signature[open..];
        let close = (body[0].text == "{").then(|| closing(body))??;
        let body_lines = body[close].line.saturating_sub(body[0].line + 1);
        Some(Function { line: signature[0].line, name: signature[1].text.clone(), body_lines })
    }

    /// Places of modules in other files that are compiled for tests alone: `domain/bank/fixture`.
    pub fn test_modules(&self) -> Vec<String> {
        let folder = self.path.trim_end_matches(".rs");
        let after = self.test_attributes().map(|end| &self.tokens[end..]);
        after
            .filter_map(|rest| {
                let at = rest.iter().take(6).position(|token| token.text == "mod")?;
                (rest.get(at + 2)?.text == ";").then(|| format!("{folder}/{}", rest[at + 1].text))
            })
            .collect()
    }

    /// Where each `#[cfg(test)]` ends.
    fn test_attributes(&self) -> impl Iterator<Item = usize> {
        const ATTRIBUTE: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];
        (0..self.tokens.len()).filter(|&at| starts_with(&self.tokens[at..], &ATTRIBUTE)).map(|at| at + ATTRIBUTE.len())
    }

    /// Lines with `.unwrap()` or `.expect(` outside what `#[cfg(test)]` marks.
    pub fn unwraps_outside_tests(&self) -> Vec<usize> {
        let tests: Vec<_> = self
            .test_attributes()
            .filter_map(|end| {
                let open = end + self.tokens[end..].iter().position(|token| token.text == "{" || token.text == ";")?;
                let close = if self.tokens[open].text == "{" { closing(&self.tokens[open..])? } else { 0 };
                Some(end..open + close)
            })
            .collect();
        let calls = (0..self.tokens.len()).filter(|&at| {
            let rest = &self.tokens[at..];
            starts_with(rest, &[".", "unwrap", "("]) || starts_with(rest, &[".", "expect", "("])
        });
        calls.filter(|at| !tests.iter().any(|test| test.contains(at))).map(|at| self.tokens[at].line).collect()
    }

    /// Whether a comment stands on this line or on one of the three above it.
    pub fn has_comment_beside(&self, line: usize) -> bool {
        self.lines[line.saturating_sub(4)..line].iter().any(|text| text.contains("//"))
    }
}

fn starts_with(tokens: &[Token], texts: &[&str]) -> bool {
    tokens.len() >= texts.len() && tokens.iter().zip(texts).all(|(token, text)| token.text == *text)
}

fn is_separator(tokens: &[Token]) -> bool {
    starts_with(tokens, &[":", ":"])
}

/// What follows the path of these names, where it stands here; the last name may be one of a group.
fn is_path<'a>(tokens: &'a [Token], names: &[&str]) -> Option<&'a [Token]> {
    let (first, others) = names.split_first()?;
    let rest = tokens.get(1..).filter(|_| tokens[0].text == *first)?;
    let Some((second, [])) = others.split_first() else { return Some(rest) };
    let after = rest.get(2..).filter(|_| is_separator(rest))?;
    heads(after).iter().any(|(_, name)| name == second).then(|| &after[1..])
}

/// The name that stands here, or the first names of the group that does.
fn heads(tokens: &[Token]) -> Vec<(usize, String)> {
    match tokens {
        [open, group @ ..] if open.text == "{" => heads_of_group(group),
        [name, ..] => vec![(name.line, name.text.clone())],
        [] => Vec::new(),
    }
}

/// The first names of a group of imports, up to its closing brace.
fn heads_of_group(group: &[Token]) -> Vec<(usize, String)> {
    let (mut heads, mut depth, mut is_head) = (Vec::new(), 0, true);
    for token in group {
        match token.text.as_str() {
            "{" => depth += 1,
            "}" if depth == 0 => break,
            "}" => depth -= 1,
            "," if depth == 0 => is_head = true,
            name if is_head => {
                heads.push((token.line, name.to_owned()));
                is_head = false;
            }
            _ => {}
        }
    }
    heads
}

/// Where the brace that opens here is closed.
fn closing(tokens: &[Token]) -> Option<usize> {
    let mut depth = 0;
    tokens.iter().position(|token| {
        match token.text.as_str() {
            "{" => depth += 1,
            "}" => depth -= 1,
            _ => {}
        }
        depth == 0
    })
}

fn tokens(text: &str) -> Vec<Token> {
    let mut reader = Reader { rest: text.chars().peekable(), line: 1 };
    let mut tokens = Vec::new();
    while let Some(&first) = reader.rest.peek() {
        let line = reader.line;
        if let Some(text) = reader.token(first) {
            tokens.push(Token { line, text });
        }
    }
    tokens
}

struct Reader<'a> {
    rest: Peekable<Chars<'a>>,
    line: usize,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<char> {
        let next = self.rest.next();
        self.line += usize::from(next == Some('\n'));
        next
    }

    /// The next token; `None` for spaces and comments.
    fn token(&mut self, first: char) -> Option<String> {
        if first.is_alphanumeric() || first == '_' {
            return Some(self.word());
        }
        self.next();
        match first {
            '/' if self.rest.peek() == Some(&'/') => {
                while self.rest.peek().is_some_and(|&next| next != '\n') {
                    self.next();
                }
                None
            }
            '/' if self.rest.peek() == Some(&'*') => self.block_comment(),
            '"' => Some(self.text('"')),
            '\'' => Some(self.character_or_lifetime()),
            _ if first.is_whitespace() => None,
            _ => Some(first.to_string()),
        }
    }

    fn word(&mut self) -> String {
        let mut word = String::new();
        while let Some(&next) = self.rest.peek().filter(|next| next.is_alphanumeric() || **next == '_') {
            word.push(next);
            self.next();
        }
        match (word.as_str(), self.rest.peek()) {
            ("b", Some('"')) => {
                self.next();
                self.text('"')
            }
            ("b", Some('\'')) => {
                self.next();
                self.text('\'')
            }
            ("r" | "br", Some('"' | '#')) => self.raw(),
            _ => word,
        }
    }

    /// The rest of a literal in which a backslash hides the next character.
    fn text(&mut self, end: char) -> String {
        while let Some(next) = self.next().filter(|&next| next != end) {
            if next == '\\' {
                self.next();
            }
        }
        "\"\"".to_owned()
    }

    /// The rest of `r"…"`, `r#"…"#`, or a raw name (`r#type`).
    fn raw(&mut self) -> String {
        let mut hashes = 0;
        while self.rest.peek() == Some(&'#') {
            self.next();
            hashes += 1;
        }
        if self.rest.peek() != Some(&'"') {
            return self.word();
        }
        self.next();
        let mut closing = None;
        while let Some(next) = self.next() {
            closing = match (next, closing) {
                ('"', _) => Some(0),
                ('#', Some(seen)) => Some(seen + 1),
                _ => None,
            };
            if closing == Some(hashes) {
                break;
            }
        }
        "\"\"".to_owned()
    }

    fn character_or_lifetime(&mut self) -> String {
        let first = self.rest.peek().copied();
        if first == Some('\\') {
            return self.text('\'');
        }
        let is_letter = first.is_some_and(|first| first.is_alphanumeric() || first == '_');
        let mut ahead = self.rest.clone();
        if is_letter && ahead.nth(1) != Some('\'') {
            return format!("'{}", self.word());
        }
        self.text('\'')
    }

    fn block_comment(&mut self) -> Option<String> {
        let mut depth = 0;
        while let Some(next) = self.next() {
            match (next, self.rest.peek()) {
                ('/', Some('*')) => depth += 1,
                ('*', Some('/')) if depth == 0 => {
                    self.next();
                    break;
                }
                ('*', Some('/')) => depth -= 1,
                _ => {}
            }
        }
        None
    }
}
