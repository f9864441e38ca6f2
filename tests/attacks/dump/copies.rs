//! What a reader of the storage holds after one day: every file with its free pages and its log,
//! and every row of every table, all columns and the engine's own ones among them.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use sqlx::{AssertSqlSafe, Connection, PgConnection, Row, SqliteConnection};

/// One column of one row, as bytes that sort as the values do.
pub type Cell = Option<Vec<u8>>;

/// A table with its rows in the order in which the engine has them.
#[derive(Default)]
pub struct Table {
    pub columns: Vec<String>,
    pub rows: Vec<Vec<Cell>>,
}

impl Table {
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column == name)
    }
}

/// What a file is to the reader.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Tables and indexes, as they lie on the disk.
    Pages,
    /// The log of PostgreSQL, in which the order of arrival remains (CONFIDENTIALITY: WAL
    /// archive), and the catalogue of the engine: searched for bytes, not for order.
    Log,
    /// Written by `respite backup`.
    Backup,
}

pub struct File {
    pub name: String,
    pub kind: Kind,
    pub bytes: Vec<u8>,
}

/// A whole copy.
pub struct Copy {
    pub files: Vec<File>,
    pub tables: BTreeMap<String, Table>,
}

/// Takes copies of one database.
pub enum Copier {
    Sqlite {
        file: PathBuf,
    },
    Postgres {
        address: String,
        /// Files that were searched before and have not changed since.
        searched: HashMap<PathBuf, (SystemTime, u64)>,
    },
}

/// The first number of a file that is not the engine's own.
const FIRST_OF_OURS: u64 = 16384;

impl Copier {
    pub async fn copy(&mut self) -> Copy {
        match self {
            Self::Sqlite { file } => {
                let files = ["", "-wal", "-shm"].map(|end| {
                    let name = format!("{}{end}", file.display());
                    let bytes = std::fs::read(&name).unwrap_or_default();
                    let kind = Kind::Pages;
                    File { name, kind, bytes }
                });
                let address = format!("sqlite:{}?mode=ro", file.display());
                let mut conn = SqliteConnection::connect(&address).await.unwrap();
                let tables = sqlite_tables(&mut conn).await;
                conn.close().await.unwrap();
                Copy {
                    files: files.into(),
                    tables,
                }
            }
            Self::Postgres { address, searched } => {
                let mut conn = PgConnection::connect(address).await.unwrap();
                sqlx::raw_sql("CHECKPOINT")
                    .execute(&mut conn)
                    .await
                    .unwrap();
                let files = postgres_files(&mut conn, searched).await;
                let tables = postgres_tables(&mut conn).await;
                conn.close().await.unwrap();
                Copy { files, tables }
            }
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "names of tables cannot be bound; they come from the database"
)]
fn sql(text: String) -> AssertSqlSafe<String> {
    AssertSqlSafe(text)
}

macro_rules! read_rows {
    ($conn:expr, $sql:expr, $columns:expr) => {{
        let rows = sqlx::query(sql($sql)).fetch_all(&mut *$conn).await.unwrap();
        let cells = |row| {
            (0..$columns)
                .map(|at| Row::get::<Cell, _>(row, at))
                .collect()
        };
        rows.iter().map(cells).collect::<Vec<Vec<Cell>>>()
    }};
}

/// Adds the place in the engine's own order to every row.
fn placed(mut columns: Vec<String>, mut rows: Vec<Vec<Cell>>) -> Table {
    columns.push("place".to_owned());
    for (place, row) in rows.iter_mut().enumerate() {
        row.push(Some(format!("{place:020}").into_bytes()));
    }
    Table { columns, rows }
}

async fn sqlite_tables(conn: &mut SqliteConnection) -> BTreeMap<String, Table> {
    const COLUMNS: &str = "SELECT t.name, t.wr, p.name, p.type
        FROM pragma_table_list t JOIN pragma_table_info(t.name) p
        WHERE t.schema = 'main' AND t.type = 'table' AND t.name NOT LIKE 'sqlite%'
            AND t.name NOT LIKE '~_sqlx%' ESCAPE '~'
        ORDER BY t.name, p.cid";
    let found: Vec<(String, i64, String, String)> =
        sqlx::query_as(COLUMNS).fetch_all(&mut *conn).await.unwrap();
    let mut expressions: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for (table, without_rowid, column, kind) in found {
        let number = |name: &str| {
            format!("CASE WHEN {name} IS NOT NULL THEN CAST(printf('%020d', {name}) AS BLOB) END")
        };
        let of_table = expressions.entry(table).or_default();
        if of_table.is_empty() && without_rowid == 0 {
            of_table.push(("rowid".to_owned(), number("rowid")));
        }
        let quoted = format!("\"{column}\"");
        let expression = match kind.as_str() {
            "BLOB" => quoted,
            "INTEGER" => number(&quoted),
            _ => format!("CAST({quoted} AS BLOB)"),
        };
        of_table.push((column, expression));
    }
    let mut tables = BTreeMap::new();
    for (table, columns) in expressions {
        let (names, expressions): (Vec<String>, Vec<String>) = columns.into_iter().unzip();
        let text = format!("SELECT {} FROM {table}", expressions.join(", "));
        let rows = read_rows!(conn, text, names.len());
        tables.insert(table, placed(names, rows));
    }
    tables
}

async fn postgres_tables(conn: &mut PgConnection) -> BTreeMap<String, Table> {
    const COLUMNS: &str = "SELECT c.table_name::text, c.column_name::text, c.data_type::text
        FROM information_schema.columns c WHERE c.table_schema = 'public'
            AND c.table_name NOT LIKE '\\_sqlx%' ORDER BY c.table_name, c.ordinal_position";
    let found: Vec<(String, String, String)> =
        sqlx::query_as(COLUMNS).fetch_all(&mut *conn).await.unwrap();
    let mut expressions: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for (table, column, kind) in found {
        let of_table = expressions.entry(table).or_default();
        if of_table.is_empty() {
            let xmin = "convert_to(lpad(t.xmin::text, 20, '0'), 'UTF8')";
            of_table.push(("xmin".to_owned(), xmin.to_owned()));
        }
        let quoted = format!("t.\"{column}\"");
        let expression = match kind.as_str() {
            "bytea" => quoted,
            "uuid" => format!("uuid_send({quoted})"),
            "bigint" | "integer" => format!("convert_to(lpad({quoted}::text, 20, '0'), 'UTF8')"),
            "timestamp with time zone" => format!(
                "convert_to(lpad(((extract(epoch FROM {quoted}) * 1000000)::bigint)::text, 20, \
                 '0'), 'UTF8')"
            ),
            _ => format!("convert_to({quoted}::text, 'UTF8')"),
        };
        of_table.push((column, expression));
    }
    let mut tables = BTreeMap::new();
    for (table, columns) in expressions {
        let (names, expressions): (Vec<String>, Vec<String>) = columns.into_iter().unzip();
        let text = format!(
            "SELECT {} FROM {table} t ORDER BY t.ctid",
            expressions.join(", ")
        );
        let rows = read_rows!(conn, text, names.len());
        tables.insert(table, placed(names, rows));
    }
    tables
}

/// The server's own files of this database, and its log. The test may read them: it is root, or
/// the server runs as the same user.
async fn postgres_files(
    conn: &mut PgConnection,
    searched: &mut HashMap<PathBuf, (SystemTime, u64)>,
) -> Vec<File> {
    const WHERE: &str = "SELECT current_setting('data_directory'),
        (SELECT oid::bigint FROM pg_database WHERE datname = current_database())";
    let (data, database): (String, i64) =
        sqlx::query_as(WHERE).fetch_one(&mut *conn).await.unwrap();
    let data = Path::new(&data);
    let mut files = Vec::new();
    for folder in [data.join(format!("base/{database}")), data.join("pg_wal")] {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let Ok(known) = path.metadata().and_then(|m| Ok((m.modified()?, m.len()))) else {
                continue;
            };
            if path.is_dir() {
                continue;
            }
            let number = number_of(&path);
            let is_ours = path.starts_with(data.join("base")) && number >= FIRST_OF_OURS;
            let is_known = searched.insert(path.clone(), known) == Some(known);
            if is_known && !is_ours {
                continue;
            }
            files.push(File {
                name: path.display().to_string(),
                kind: if is_ours { Kind::Pages } else { Kind::Log },
                bytes: std::fs::read(&path).unwrap_or_default(),
            });
        }
    }
    files.sort_by_key(|file| (number_of(Path::new(&file.name)), file.name.clone()));
    files
}

/// `16421_fsm` is 16421; other names are 0.
fn number_of(path: &Path) -> u64 {
    let name = path.file_name().and_then(|name| name.to_str());
    let digits = name.and_then(|name| name.split(['_', '.']).next());
    digits.and_then(|digits| digits.parse().ok()).unwrap_or(0)
}
