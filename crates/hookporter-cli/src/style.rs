//! Colour, where a person sees it: on a terminal, unless `NO_COLOR` says otherwise. Piped output is plain text.

use std::io::{IsTerminal, stdout};

/// What a colour means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Paint {
    Good,
    Warning,
    Bad,
    /// What matters less than what stands beside it.
    Faint,
}

/// Whether colours are used.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Style {
    colours: bool,
}

impl Style {
    /// The style of stdout.
    pub(crate) fn of_stdout() -> Self {
        let said = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
        let dumb = said("TERM").is_some_and(|terminal| terminal == "dumb");
        Self { colours: stdout().is_terminal() && said("NO_COLOR").is_none() && !dumb }
    }

    /// Without colours, wherever it goes.
    pub(crate) const fn plain() -> Self {
        Self { colours: false }
    }

    /// `text` in a colour. It is written as it is: what came from outside is escaped before, and padded too.
    pub(crate) fn paint(self, paint: Paint, text: &str) -> String {
        let code = match paint {
            Paint::Good => "32",
            Paint::Warning => "33",
            Paint::Bad => "1;31",
            Paint::Faint => "2",
        };
        if self.colours { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_painted_only_where_colours_are_used() {
        assert_eq!(Style { colours: false }.paint(Paint::Bad, "no"), "no");
        assert_eq!(Style { colours: true }.paint(Paint::Bad, "no"), "\u{1b}[1;31mno\u{1b}[0m");
    }
}
