//! Where an inbox is: a file, or a database.

use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;

use clap::Args;

use crate::args::INBOX;
use crate::failure::Failure;
use crate::output;

/// The variable that names the inbox where the command line does not.
const VARIABLE: &str = "HOOKPORTER_INBOX";

/// Which inbox.
#[derive(Debug, Args)]
pub(crate) struct At {
    /// The inbox: a file, or a PostgreSQL database as `postgres://USER@HOST/DATABASE`, whose password belongs into PGPASSWORD
    /// [default: what HOOKPORTER_INBOX says, else hooks.db]
    // Not read by a parser that fails: what is wrong is not to be shown with the password in it.
    #[arg(long, value_name = "FILE|URL", global = true)]
    inbox: Option<Named>,
    /// The schema of a PostgreSQL inbox [default: hookporter]
    #[arg(long, value_name = "NAME", global = true)]
    schema: Option<String>,
}

/// An inbox as it was named: there may be a password in it.
#[derive(Clone)]
pub(crate) struct Named(OsString);

impl From<OsString> for Named {
    fn from(name: OsString) -> Self {
        Self(name)
    }
}

impl fmt::Debug for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Named")
    }
}

/// A file, or a database.
pub(crate) enum Place {
    File(PathBuf),
    #[cfg(feature = "postgres")]
    Postgres(Address),
}

impl At {
    pub(crate) fn place(&self) -> Result<Place, Failure> {
        Place::named(self.inbox.as_ref(), self.schema.as_deref())
    }
}

impl Place {
    /// The one that was named, or is meant where none was.
    pub(crate) fn named(named: Option<&Named>, schema: Option<&str>) -> Result<Self, Failure> {
        let from_environment = || std::env::var_os(VARIABLE).filter(|name| !name.is_empty());
        let name = named.map(|named| named.0.clone()).or_else(from_environment).unwrap_or_else(|| INBOX.into());
        match url_of(&name) {
            Some(url) => {
                if named.is_some() && has_password(url) {
                    output::complain(format_args!(
                        "warning: a password on the command line shows in the list of processes; PGPASSWORD and {VARIABLE} keep it out"
                    ));
                }
                Self::in_database(url, schema)
            }
            None if schema.is_some() => Err(Failure::usage("--schema: only a PostgreSQL inbox is in one")),
            None => Ok(Self::File(PathBuf::from(name))),
        }
    }

    #[cfg(feature = "postgres")]
    fn in_database(url: &str, schema: Option<&str>) -> Result<Self, Failure> {
        Ok(Self::Postgres(Address::new(url, schema)?))
    }

    #[cfg(not(feature = "postgres"))]
    fn in_database(_: &str, _: Option<&str>) -> Result<Self, Failure> {
        Err(Failure::usage("--inbox: this program was built without PostgreSQL (the feature `postgres`)"))
    }

    /// How it is named to people and to other commands, without a password.
    pub(crate) fn shown(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            #[cfg(feature = "postgres")]
            Self::Postgres(address) => address.shown.clone(),
        }
    }

    /// The same from anywhere: the current directory may be another one for whoever looks.
    pub(crate) fn absolute(self) -> Self {
        match self {
            // Fails for an empty path only, which will not open.
            Self::File(path) => Self::File(std::path::absolute(&path).unwrap_or(path)),
            #[cfg(feature = "postgres")]
            database => database,
        }
    }
}

/// The address, if it is one of PostgreSQL's.
fn url_of(name: &std::ffi::OsStr) -> Option<&str> {
    name.to_str().filter(|name| name.starts_with("postgres://") || name.starts_with("postgresql://"))
}

/// Whether it bears a password.
fn has_password(url: &str) -> bool {
    let (before, query) = url.split_once('?').unwrap_or((url, ""));
    let user = before.split_once("://").and_then(|(_, rest)| rest.rsplit_once('@')).map_or("", |(user, _)| user);
    user.contains(':') || query.contains("password=")
}

/// Texts in which addresses stand, without these: there may be passwords in them.
pub(crate) fn without_addresses(text: &str) -> String {
    let mut left = text;
    let mut shown = String::with_capacity(text.len());
    while let Some(at) = ["postgres://", "postgresql://"].iter().filter_map(|scheme| left.find(scheme)).min() {
        let (before, address) = left.split_at_checked(at).unwrap_or((left, ""));
        shown.push_str(before);
        shown.push_str("postgres://(not shown)");
        left = address.trim_start_matches(|letter: char| !letter.is_whitespace() && letter != '\'');
    }
    shown + left
}

#[cfg(feature = "postgres")]
pub(crate) use database::Address;

#[cfg(feature = "postgres")]
mod database {
    use hookporter::postgres::sqlx::postgres::PgConnectOptions;
    use hookporter::postgres::{OpenError, Settings};

    use crate::failure::Failure;
    use crate::output;

    /// A database and the schema of the inbox in it.
    pub(crate) struct Address {
        /// There may be a password in it.
        pub(crate) url: String,
        pub(crate) schema: Option<String>,
        pub(super) shown: String,
    }

    impl Address {
        pub(super) fn new(url: &str, schema: Option<&str>) -> Result<Self, Failure> {
            let options: PgConnectOptions = url.parse().map_err(|_| {
                // What it says may quote a part of it.
                Failure::usage("--inbox: no address of a PostgreSQL database; one is postgres://USER@HOST/DATABASE")
            })?;
            // As the driver reads it: a password that stands where none belongs is not shown, either.
            let host = options.get_socket().map_or_else(
                || format!("{}:{}", options.get_host(), options.get_port()),
                |socket| socket.display().to_string(),
            );
            let database = options.get_database().unwrap_or_else(|| options.get_username());
            let shown = format!("postgres://{}@{host}/{database}", options.get_username());
            Ok(Self { url: url.to_owned(), schema: schema.map(str::to_owned), shown })
        }

        pub(crate) fn settings(&self) -> Settings {
            self.schema.iter().fold(Settings::new(), |settings, schema| settings.schema(schema))
        }

        /// Why it does not open.
        pub(crate) fn unopened(&self, error: &OpenError) -> Failure {
            let shown = output::escaped(&format!("{}: {error}", self.shown));
            match error {
                OpenError::Absent(_) | OpenError::SchemaName(_) => Failure::usage(format!("--inbox {shown}")),
                _ => Failure::Run(shown),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_found_and_addresses_are_left_out() {
        for url in
            ["postgres://u:p@h/d", "postgresql://u:p%40@h", "postgres://h/d?user=u&password=p", "postgres://u:p/x@h/d"]
        {
            assert!(has_password(url), "{url}");
        }
        for url in ["postgres://u@h/d", "postgres://h:5432/d", "postgres:///d?host=/run", "postgres://u@h:5432/d"] {
            assert!(!has_password(url), "{url}");
        }
        let said = without_addresses("error: no 'postgres://u:p@h/d' here\n postgresql://u:q@h, tip: x");
        assert_eq!(said, "error: no 'postgres://(not shown)' here\n postgres://(not shown) tip: x");
    }

    #[cfg(feature = "postgres")]
    #[test]
    fn what_is_shown_of_an_address_has_no_password_in_it() {
        for (url, shown) in [
            ("postgres://shop:hunter2@db.internal/shop?sslmode=require", "postgres://shop@db.internal:5432/shop"),
            ("postgres://shop@db:6432/x?password=hunter2", "postgres://shop@db:6432/x"),
            ("postgres://shop:hunter2@db", "postgres://shop@db:5432/shop"),
        ] {
            let place = Place::in_database(url, None).ok().unwrap();
            assert_eq!(place.shown(), shown);
        }
        for wrong in ["postgres://shop:hunter2@db:port/x", "postgres://[hunter2"] {
            let said = Place::in_database(wrong, None).err().unwrap().to_string();
            assert!(!said.contains("hunter2"), "{said}");
        }
    }
}
