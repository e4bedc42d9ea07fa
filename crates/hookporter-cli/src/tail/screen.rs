//! A terminal of which every key is read, and which is as it was at the end, however that comes.

use std::io::{self, Write, stdout};

use crossterm::cursor::{Hide, MoveTo, Show};
use crossterm::terminal::{
    Clear, ClearType, DisableLineWrap, EnableLineWrap, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode,
    enable_raw_mode, size,
};
use crossterm::{execute, queue};

use super::keys::View;
use super::line;
use crate::output;
use crate::style::{Paint, Style};

/// Where a terminal does not say how large it is.
const USUAL: (u16, u16) = (80, 24);

/// Holds the terminal; dropping it gives it back, also in a panic, whose message is written after that.
pub(super) struct Screen {
    style: Style,
}

impl Screen {
    pub(super) fn take() -> io::Result<Self> {
        enable_raw_mode()?;
        // From here on what goes wrong gives it back.
        let screen = Self { style: Style::of_stdout() };
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            give_back();
            before(panic);
        }));
        execute!(stdout(), EnterAlternateScreen, DisableLineWrap, Hide)?;
        Ok(screen)
    }

    /// Shows the newest that fit, and the chosen one among them.
    pub(super) fn draw(&self, view: &View) -> io::Result<()> {
        let (_, height) = size().ok().filter(|(width, height)| *width > 0 && *height > 2).unwrap_or(USUAL);
        let rows = usize::from(height.saturating_sub(2));
        let shown = view.shown();
        let chosen = shown.iter().position(|entry| Some(entry.number) == view.chosen);
        // One behind the last row; a choice further up scrolls there.
        let end = chosen.map_or(shown.len(), |at| at.saturating_add(rows.div_ceil(2)).max(rows)).min(shown.len());
        let first = end.saturating_sub(rows);
        let mut out = stdout().lock();
        queue!(out, MoveTo(0, 0), Clear(ClearType::CurrentLine))?;
        write!(out, "{}", self.style.paint(Paint::Faint, &format!("  {}", line::heading())))?;
        for row in 0..rows {
            queue!(
                out,
                MoveTo(0, u16::try_from(row).unwrap_or(u16::MAX).saturating_add(1)),
                Clear(ClearType::CurrentLine)
            )?;
            if let Some(entry) = shown.get(first.saturating_add(row)).filter(|_| first.saturating_add(row) < end) {
                let mark = if Some(entry.number) == view.chosen { "> " } else { "  " };
                write!(out, "{mark}{}", line::request(entry, self.style))?;
            }
        }
        queue!(out, MoveTo(0, height.saturating_sub(1)), Clear(ClearType::CurrentLine))?;
        write!(out, "{}", output::escaped(&view.footer()))?;
        out.flush()
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        give_back();
        // Back to the one that writes messages alone.
        if !std::thread::panicking() {
            drop(std::panic::take_hook());
        }
    }
}

/// Twice does no harm. Where the terminal is gone, there is nothing to give back.
fn give_back() {
    let _ = execute!(stdout(), Show, EnableLineWrap, LeaveAlternateScreen);
    let _ = disable_raw_mode();
}
