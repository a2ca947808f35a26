//! The statement of a query, contract section 3.1, taken apart. What it means is checked in `query`.

use super::fault::ApiFault;

/// A parsed statement.
#[derive(Debug, PartialEq, Eq)]
pub struct Statement {
    /// What is selected.
    pub columns: Columns,
    /// The entity as written.
    pub entity: String,
    /// Conditions, all of which must hold.
    pub filters: Vec<Filter>,
    /// Property and whether descending.
    pub order: Vec<(String, bool)>,
    /// `STARTPOSITION`.
    pub start: Option<u64>,
    /// `MAXRESULTS`.
    pub most: Option<u64>,
}

/// What is selected.
#[derive(Debug, PartialEq, Eq)]
pub enum Columns {
    /// `*`
    All,
    /// `COUNT(*)`
    Count,
    /// A list of properties.
    Some(Vec<String>),
}

/// One condition.
#[derive(Debug, PartialEq, Eq)]
pub struct Filter {
    /// The property as written.
    pub property: String,
    /// The comparison.
    pub operator: Operator,
    /// One value, or several for `IN`.
    pub values: Vec<String>,
}

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    Equal,
    Less,
    Greater,
    AtMost,
    AtLeast,
    In,
    Like,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Word(String),
    Text(String),
    Sign(&'static str),
}

fn broken(what: &str) -> ApiFault {
    ApiFault::of("4000", format!("QueryParserError: {what}"), "")
}

/// Reads a statement; what does not follow the grammar is fault 4000.
pub fn parse(statement: &str) -> Result<Statement, ApiFault> {
    let mut tokens = Tokens { left: tokens(statement)?.into_iter().peekable() };
    tokens.keyword("select")?;
    let columns = columns(&mut tokens)?;
    tokens.keyword("from")?;
    let entity = tokens.word()?;
    let mut filters = Vec::new();
    if tokens.skip("where") {
        filters.push(filter(&mut tokens)?);
        while tokens.skip("and") {
            filters.push(filter(&mut tokens)?);
        }
    }
    let mut order = Vec::new();
    let ordered = tokens.skip("orderby")
        || tokens.skip("order") && {
            tokens.keyword("by")?;
            true
        };
    if ordered {
        loop {
            let property = tokens.word()?;
            let descending = tokens.skip("desc") || {
                tokens.skip("asc");
                false
            };
            order.push((property, descending));
            if !tokens.sign(",") {
                break;
            }
        }
    }
    let start = tokens.skip("startposition").then(|| tokens.number()).transpose()?;
    let most = tokens.skip("maxresults").then(|| tokens.number()).transpose()?;
    match tokens.left.next() {
        None => Ok(Statement { columns, entity, filters, order, start, most }),
        Some(token) => Err(broken(&format!("Encountered {token:?} after the end of the statement"))),
    }
}

fn columns(tokens: &mut Tokens) -> Result<Columns, ApiFault> {
    if tokens.sign("*") {
        return Ok(Columns::All);
    }
    let first = tokens.word()?;
    if first.eq_ignore_ascii_case("count") && tokens.sign("(") {
        if tokens.sign("*") && tokens.sign(")") {
            return Ok(Columns::Count);
        }
        return Err(broken("COUNT takes * alone"));
    }
    let mut names = vec![first];
    while tokens.sign(",") {
        names.push(tokens.word()?);
    }
    Ok(Columns::Some(names))
}

fn filter(tokens: &mut Tokens) -> Result<Filter, ApiFault> {
    let property = tokens.word()?;
    if tokens.skip("in") {
        let mut values = Vec::new();
        if !tokens.sign("(") {
            return Err(broken("IN needs a list in parentheses"));
        }
        loop {
            values.push(tokens.value()?);
            if tokens.sign(")") {
                return Ok(Filter { property, operator: Operator::In, values });
            }
            if !tokens.sign(",") {
                return Err(broken("the list of IN does not end"));
            }
        }
    }
    let operator = if tokens.skip("like") {
        Operator::Like
    } else {
        match tokens.left.next() {
            Some(Token::Sign("=")) => Operator::Equal,
            Some(Token::Sign("<")) => Operator::Less,
            Some(Token::Sign(">")) => Operator::Greater,
            Some(Token::Sign("<=")) => Operator::AtMost,
            Some(Token::Sign(">=")) => Operator::AtLeast,
            other => return Err(broken(&format!("Encountered {other:?} where an operator is needed"))),
        }
    };
    let value = tokens.value()?;
    Ok(Filter { property, operator, values: vec![value] })
}

struct Tokens {
    left: std::iter::Peekable<std::vec::IntoIter<Token>>,
}

impl Tokens {
    fn skip(&mut self, keyword: &str) -> bool {
        let here = matches!(self.left.peek(), Some(Token::Word(word)) if word.eq_ignore_ascii_case(keyword));
        if here {
            self.left.next();
        }
        here
    }

    fn keyword(&mut self, keyword: &str) -> Result<(), ApiFault> {
        if self.skip(keyword) { Ok(()) } else { Err(broken(&format!("{keyword} is missing"))) }
    }

    fn sign(&mut self, sign: &str) -> bool {
        let here = matches!(self.left.peek(), Some(Token::Sign(one)) if *one == sign);
        if here {
            self.left.next();
        }
        here
    }

    fn word(&mut self) -> Result<String, ApiFault> {
        match self.left.next() {
            Some(Token::Word(word)) => Ok(word),
            other => Err(broken(&format!("Encountered {other:?} where a name is needed"))),
        }
    }

    fn value(&mut self) -> Result<String, ApiFault> {
        match self.left.next() {
            Some(Token::Word(text) | Token::Text(text)) => Ok(text),
            other => Err(broken(&format!("Encountered {other:?} where a value is needed"))),
        }
    }

    fn number(&mut self) -> Result<u64, ApiFault> {
        let word = self.value()?;
        word.parse().map_err(|_| broken(&format!("{word} is no number")))
    }
}

fn tokens(statement: &str) -> Result<Vec<Token>, ApiFault> {
    let mut found = Vec::new();
    let mut chars = statement.chars().peekable();
    while let Some(c) = chars.next() {
        let token = match c {
            c if c.is_whitespace() => continue,
            '\'' => {
                let mut text = String::new();
                loop {
                    match chars.next() {
                        Some('\'') => break Token::Text(text),
                        Some('\\') => text.push(chars.next().ok_or_else(|| broken("a text does not end"))?),
                        Some(c) => text.push(c),
                        None => return Err(broken("a text does not end")),
                    }
                }
            }
            '*' => Token::Sign("*"),
            '(' => Token::Sign("("),
            ')' => Token::Sign(")"),
            ',' => Token::Sign(","),
            '=' => Token::Sign("="),
            '<' if chars.next_if_eq(&'=').is_some() => Token::Sign("<="),
            '<' => Token::Sign("<"),
            '>' if chars.next_if_eq(&'=').is_some() => Token::Sign(">="),
            '>' => Token::Sign(">"),
            c if is_word(c) => {
                let mut word = String::from(c);
                while let Some(c) = chars.next_if(|c| is_word(*c)) {
                    word.push(c);
                }
                Token::Word(word)
            }
            other => return Err(broken(&format!("Lexical error, encountered {other:?}"))),
        };
        found.push(token);
    }
    Ok(found)
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '+' | ':')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_grammar_is_read() {
        let read = parse(
            "select * FROM bill where DocNumber in ('A','O\\'B', 'b\\\\') AND TotalAmt>=10.5 and DisplayName like 'x%' \
             Order By TxnDate desc, Id STARTPOSITION 11 maxresults 30",
        )
        .unwrap();
        assert_eq!(read.columns, Columns::All);
        assert_eq!(read.entity, "bill");
        assert_eq!(read.filters[0].values, ["A", "O'B", "b\\"]);
        assert_eq!(
            (read.filters[1].operator, read.filters[1].values[0].as_str()),
            (Operator::AtLeast, "10.5")
        );
        assert_eq!(read.filters[2].operator, Operator::Like);
        assert_eq!(read.order, [("TxnDate".to_owned(), true), ("Id".to_owned(), false)]);
        assert_eq!((read.start, read.most), (Some(11), Some(30)));
        assert_eq!(parse("SELECT COUNT(*) FROM Vendor ORDERBY Id").unwrap().columns, Columns::Count);
        let some = Columns::Some(vec!["Id".to_owned(), "DocNumber".to_owned()]);
        assert_eq!(parse("select Id, DocNumber from Bill").unwrap().columns, some);
    }

    #[test]
    fn what_is_not_of_the_grammar_is_4000() {
        for statement in [
            "",
            "select",
            "select * from",
            "delete from Bill",
            "select * from Bill where",
            "select * from Bill where Id",
            "select * from Bill where Id = ",
            "select * from Bill where Id != '1'",
            "select * from Bill where Id = '1' or Id = '2'",
            "select * from Bill where not Id = '1'",
            "select * from Bill where Id in '1'",
            "select * from Bill where Id in ('1'",
            "select * from Bill where DocNumber = 'x",
            "select * from Bill, Vendor",
            "select count(Id) from Bill",
            "select * from Bill maxresults x",
            "select * from Bill maxresults 5 startposition 1",
        ] {
            assert_eq!(parse(statement).unwrap_err().code, "4000", "{statement}");
        }
    }
}
