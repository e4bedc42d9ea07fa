//! What nodes begin and end, and what is done to them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use hookporter_pipeline::BoxError;

use super::{Held, hold};

/// A diary that [nodes](super::NodeProcess) keep together with the test: which event each of them begins and ends, and what is done
/// to them. Its file is gone with the last handle on it that the test has.
#[derive(Debug, Clone)]
pub struct NodeDiary(Arc<File>);

#[derive(Debug)]
struct File {
    path: PathBuf,
    /// Whether it is removed.
    is_own: bool,
}

impl Drop for File {
    fn drop(&mut self) {
        if self.is_own {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

impl Default for NodeDiary {
    fn default() -> Self {
        Self::new()
    }
}

impl NodeDiary {
    /// An empty one, in the directory for temporary files.
    #[must_use]
    pub fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("hookporter-diary-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        // Process ids come again: what stands here is a dead process's.
        let _ = std::fs::remove_file(&path);
        Self(Arc::new(File { path, is_own: true }))
    }

    /// Somebody else's.
    pub(super) fn at(path: PathBuf) -> Self {
        Self(Arc::new(File { path, is_own: false }))
    }

    pub(super) fn path(&self) -> &std::path::Path {
        &self.0.path
    }

    /// A line, in one write: whole, and in the order of time.
    pub(super) fn note(&self, line: &str) -> Held {
        let mut file = OpenOptions::new().create(true).append(true).open(&self.0.path)?;
        Ok(file.write_all(format!("{line}\n").as_bytes())?)
    }

    /// Something happens to the node of this life: what it has under way is anybody's from now on.
    ///
    /// # Errors
    /// The diary cannot be written.
    pub fn note_fault(&self, life: usize) -> Result<(), BoxError> {
        self.note(&format!("fault - {life}"))
    }

    /// Something happens to all of them.
    ///
    /// # Errors
    /// The diary cannot be written.
    pub fn note_fault_of_all(&self) -> Result<(), BoxError> {
        self.note("fault - all")
    }

    fn text(&self) -> Result<String, BoxError> {
        Ok(std::fs::read_to_string(&self.0.path)?)
    }

    /// The ids of the events that somebody has worked.
    ///
    /// # Errors
    /// The diary cannot be read.
    pub fn ended(&self) -> Result<BTreeSet<String>, BoxError> {
        let text = self.text()?;
        let ids = text.lines().filter_map(|line| line.strip_prefix("end ")?.split(' ').next());
        Ok(ids.map(str::to_owned).collect())
    }

    /// Holds that no event was handed to two, at once or one after the other, unless something had happened to the node that had
    /// it before, or to all. From then on such a node knows less than the engine, and may begin what another one has. How many
    /// were begun again.
    ///
    /// # Errors
    /// One was, or the diary cannot be read.
    pub fn each_is_ones_own(&self) -> Result<usize, BoxError> {
        let (mut ones, mut begun, mut ill, mut again) = (BTreeMap::new(), BTreeSet::new(), BTreeSet::new(), 0_usize);
        let text = self.text()?;
        for line in text.lines() {
            let [what, id, life] = *line.split(' ').collect::<Vec<_>>() else {
                return Err(format!("no line of a diary: {line}").into());
            };
            match what {
                "begin" => {
                    again = again.saturating_add(usize::from(!begun.insert(id)));
                    if !ill.contains(life) {
                        let other = ones.insert(id, life);
                        hold(other.is_none(), || format!("{id} is handed to node {life}, and was {other:?}'s"))?;
                    }
                }
                "fault" if life == "all" => ones.clear(),
                "fault" => {
                    ones.retain(|_, by| *by != life);
                    ill.insert(life);
                }
                _ => {}
            }
        }
        Ok(again)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(lines: &[&str]) -> NodeDiary {
        let diary = NodeDiary::new();
        lines.iter().for_each(|line| diary.note(line).unwrap());
        diary
    }

    #[test]
    fn an_event_is_handed_to_another_only_after_a_fault() {
        for (lines, again) in [
            (&["begin a 0", "end a 0", "begin b 1"][..], 0),
            (&["begin a 0", "fault - 0", "begin a 1", "end a 1"], 1),
            (&["begin a 0", "fault - all", "begin a 1"], 1),
            // Somebody who was cut off may begin what another has.
            (&["fault - 0", "begin a 1", "begin a 0"], 1),
        ] {
            assert_eq!(of(lines).each_is_ones_own().unwrap(), again, "{lines:?}");
        }
        for lines in [
            &["begin a 0", "begin a 1"][..],
            &["begin a 0", "end a 0", "begin a 1"],
            &["begin a 0", "begin a 0"],
            &["begin a 0", "fault - 1", "begin a 2"],
            &["begin a"],
        ] {
            assert!(of(lines).each_is_ones_own().is_err(), "{lines:?}");
        }
        let diary = of(&["begin a 0", "end a 0", "begin b 0"]);
        assert_eq!(diary.ended().unwrap(), BTreeSet::from(["a".to_owned()]));
        let path = diary.path().to_owned();
        drop(diary);
        assert!(!path.exists());
    }
}
