//! Reads CSV strictly (RFC 4180, LF or CRLF), a row at a time. A reader that forgives would read
//! an unclosed quote as the end of the file and silently leave people out.

use std::io::BufRead;

use super::Refusal;

/// Bytes of the longest cell: memory stays bounded whatever the file holds.
const LONGEST_CELL: usize = 10_000;
/// Cells of the longest row.
const MOST_CELLS: usize = 10_000;

/// The rows of a CSV text.
pub(super) struct Rows<R> {
    input: R,
    line: u64,
    at_start: bool,
}

/// One row; reused, so that reading does not allocate.
#[derive(Debug, Default)]
pub(super) struct Row {
    /// The line on which it begins, from 1.
    pub(super) line: u64,
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Row {
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// A cell without the spaces around it.
    pub(super) fn cell(&self, index: usize) -> &[u8] {
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        self.bytes[start..self.ends[index]].trim_ascii()
    }

    /// Takes the next byte of the row; an error says what the RFC forbids.
    fn take(&mut self, place: Place, byte: u8) -> Result<Place, &'static str> {
        let next = match (place, byte) {
            (Place::Closing, b'"') | (Place::Quoted, 0..b'"' | b'#'..) => {
                self.bytes.push(byte);
                Place::Quoted
            }
            (Place::Quoted, b'"') | (Place::Closing, b'\r') => Place::Closing,
            (_, b',') => {
                self.ends.push(self.bytes.len());
                Place::Start
            }
            (_, b'\n') => {
                if place == Place::Plain && self.bytes.last() == Some(&b'\r') {
                    self.bytes.pop();
                }
                self.ends.push(self.bytes.len());
                Place::End
            }
            (Place::Start, b'"') => Place::Quoted,
            (Place::Plain, b'"') => return Err("a quote inside a cell without quotes"),
            (Place::Closing, _) => return Err("text after a closing quote"),
            _ => {
                self.bytes.push(byte);
                Place::Plain
            }
        };
        let start = self.ends.last().copied().unwrap_or(0);
        if self.bytes.len() > start + LONGEST_CELL || self.ends.len() > MOST_CELLS {
            return Err("this row is far too long");
        }
        Ok(next)
    }

    /// An empty line has one empty cell.
    fn is_blank(&self) -> bool {
        self.ends.len() == 1 && self.bytes.is_empty()
    }
}

/// Where in a cell the reader is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Start,
    Plain,
    Quoted,
    /// After a quote in a quoted cell: the end, or the first half of a doubled quote.
    Closing,
    /// After the end of the row.
    End,
}

impl<R: BufRead> Rows<R> {
    pub(super) fn new(input: R) -> Self {
        Self {
            input,
            line: 1,
            at_start: true,
        }
    }

    /// Reads the next row; false at the end. Empty lines at the end of the file are no rows.
    pub(super) fn read(&mut self, row: &mut Row) -> Result<bool, Refusal> {
        let found = self.read_line_of_cells(row)?;
        if !found || !row.is_blank() {
            return Ok(found);
        }
        let line = row.line;
        while self.read_line_of_cells(row)? {
            if !row.is_blank() {
                let message = "this line is empty: remove it".to_owned();
                return Err(Refusal::Line { line, message });
            }
        }
        Ok(false)
    }

    fn read_line_of_cells(&mut self, row: &mut Row) -> Result<bool, Refusal> {
        row.bytes.clear();
        row.ends.clear();
        row.line = self.line;
        self.skip_mark()?;
        let (mut place, mut any) = (Place::Start, false);
        while place != Place::End {
            let chunk = self.input.fill_buf()?;
            if chunk.is_empty() {
                if place == Place::Quoted {
                    return Err(refused(row.line, "a quote is opened here and never closed"));
                }
                if any {
                    row.ends.push(row.bytes.len());
                }
                return Ok(any);
            }
            any = true;
            let mut used = 0;
            for byte in chunk {
                used += 1;
                self.line += u64::from(*byte == b'\n');
                place = row
                    .take(place, *byte)
                    .map_err(|why| refused(self.line, why))?;
                if place == Place::End {
                    break;
                }
            }
            self.input.consume(used);
        }
        Ok(true)
    }

    /// The mark that some programs put before UTF-8.
    fn skip_mark(&mut self) -> Result<(), Refusal> {
        if std::mem::take(&mut self.at_start) {
            let mark = "\u{feff}".as_bytes();
            if self.input.fill_buf()?.starts_with(mark) {
                self.input.consume(mark.len());
            }
        }
        Ok(())
    }
}

fn refused(line: u64, message: &str) -> Refusal {
    Refusal::Line {
        line,
        message: message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::BufReader;

    fn all(text: &[u8], buffer: usize) -> Result<Vec<Vec<String>>, Refusal> {
        let mut rows = Rows::new(BufReader::with_capacity(buffer, text));
        let (mut row, mut read) = (Row::default(), Vec::new());
        while rows.read(&mut row)? {
            let cells = (0..row.len()).map(|at| String::from_utf8_lossy(row.cell(at)).into());
            read.push(cells.collect());
        }
        Ok(read)
    }

    #[test]
    fn quotes_marks_and_line_ends_are_read_as_the_rfc_says() {
        let text = "\u{feff}a, b ,\"c,\"\"d\"\"\"\r\n1,,\"x\ny\"\r\n\n";
        let expected = vec![vec!["a", "b", "c,\"d\""], vec!["1", "", "x\ny"]];
        assert_eq!(all(text.as_bytes(), 4096).unwrap(), expected);
        assert_eq!(all(b"a,b\n1,2", 4096).unwrap(), [["a", "b"], ["1", "2"]]);
        assert!(all(b"", 4096).unwrap().is_empty());
    }

    #[test]
    fn what_the_rfc_forbids_is_refused_with_its_line() {
        let table = [
            ("a\n\"b", "2: a quote is opened"),
            ("a\n\"b\"c\n", "2: text after"),
            ("a\nb\"c\n", "2: a quote inside"),
            ("a\n\nb\n", "2: this line is empty"),
            ("\"a\n\n\"\n\"b", "4: a quote is opened"),
        ];
        for (text, beginning) in table {
            let refusal = all(text.as_bytes(), 4096).unwrap_err().to_string();
            assert!(refusal.starts_with(beginning), "{text:?}: {refusal}");
        }
        assert!(all(&b"x".repeat(LONGEST_CELL + 1), 4096).is_err());
    }

    proptest! {
        #[test]
        fn the_size_of_the_buffer_changes_nothing(text in "[a,\"\r\n ]{0,40}", size in 3_usize..9) {
            let shown = |read: Result<Vec<Vec<String>>, Refusal>| match read {
                Ok(rows) => format!("{rows:?}"),
                Err(refusal) => refusal.to_string(),
            };
            let (small, large) = (all(text.as_bytes(), size), all(text.as_bytes(), 4096));
            prop_assert_eq!(shown(small), shown(large));
        }
    }
}
