//! How statements are written: `@.` is the schema before a name, `@:` the schema itself, `@now` the moment.

/// The moment of a statement: its first two parameters. Stable within it, so that indexes serve.
const PRESENT: &str = "(coalesce($1::bigint, (extract(epoch FROM statement_timestamp()) * 1000)::bigint) + $2::bigint)";

/// Every statement: those of [`crate::sql`], and those of nouns with files of their own.
macro_rules! all_statements {
    ($($(#[doc = $doc:literal])* $name:ident: $text:expr;)*) => {
        /// Every statement, for one schema.
        #[derive(Debug)]
        pub(crate) struct Sql {
            /// The schema, in quotes.
            pub(crate) schema: &'static str,
            /// Where nodes tell each other that something changed.
            pub(crate) channel: &'static str,
            pub(crate) journal: crate::journal::Statements,
            pub(crate) moving: crate::moving::Statements,
            pub(crate) nodes: crate::nodes::Statements,
            pub(crate) refused: crate::refused::Statements,
            $($(#[doc = $doc])* pub(crate) $name: &'static str,)*
        }

        impl Sql {
            fn new(name: &str) -> Self {
                let schema = format!("\"{name}\"");
                Self {
                    $($name: written(&schema, $text),)*
                    journal: crate::journal::Statements::new(&schema),
                    moving: crate::moving::Statements::new(&schema),
                    nodes: crate::nodes::Statements::new(&schema),
                    refused: crate::refused::Statements::new(&schema),
                    channel: leaked(name.to_owned()),
                    schema: leaked(schema),
                }
            }
        }
    };
}
pub(crate) use all_statements;

/// The statements of one noun.
macro_rules! statements {
    ($($(#[doc = $doc:literal])* $name:ident: $text:expr;)*) => {
        /// Statements, for one schema.
        #[derive(Debug)]
        pub(crate) struct Statements {
            $($(#[doc = $doc])* pub(crate) $name: &'static str,)*
        }

        impl Statements {
            /// For the schema of this name, in quotes.
            pub(crate) fn new(schema: &str) -> Self {
                Self { $($name: crate::statements::written(schema, $text),)* }
            }
        }
    };
}
pub(crate) use statements;

/// A statement for the schema of this name, in quotes.
pub(crate) fn written(schema: &str, text: &str) -> &'static str {
    leaked(text.replace("@.", &format!("{schema}.")).replace("@:", schema).replace("@now", PRESENT))
}

pub(crate) fn leaked(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}
