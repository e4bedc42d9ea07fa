//! What victims with a server do, and what is on their disks before.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;
use std::time::Duration;

use hookporter_pipeline::inbox::{Accepted, AcceptingSide};
use hookporter_testkit::inbox::sample_record;

use super::machine::Image;

/// Senders, and how many events each of them has.
pub(super) const PRODUCERS: usize = 6;
pub(super) const EACH: usize = 70;

/// One line. It ends in a line end, so it is written at once, and whole.
pub(super) fn say(word: &str, id: &str) {
    std::io::stdout().lock().write_all(format!("\n{word} {id}\n").as_bytes()).unwrap();
}

/// Has all senders send, and says what was acknowledged. Bodies are so many times six kilobytes long at the most.
pub(super) async fn produce(inbox: &(impl AcceptingSide + Clone), large: usize) {
    let producers = (0..PRODUCERS).map(|producer| tokio::spawn(send(inbox.clone(), producer, large)));
    for producer in producers.collect::<Vec<_>>() {
        producer.await.unwrap();
    }
}

async fn send(inbox: impl AcceptingSide, producer: usize, large: usize) {
    for at in 0..EACH {
        let id = format!("{producer}.{at}");
        say("sent", &id);
        let mut record = sample_record(&id);
        record.body = format!("{id}{}{id}", "-".repeat(at * 97 % 6007 * large)).into();
        assert_eq!(inbox.accept(vec![record]).await.unwrap(), [Accepted::New]);
        say("acked", &id);
        tokio::time::sleep(Duration::from_millis(at as u64 % 5)).await;
    }
}

/// Whether it is the body that was sent.
pub(super) fn is_whole(id: &str, body: &[u8]) -> bool {
    body.starts_with(id.as_bytes()) && body.ends_with(id.as_bytes())
}

/// Everything in a directory, but for what is passed over.
pub(super) fn read(root: &Path, name: &str, passing: &[&str], disk: &mut Image, directories: &mut BTreeSet<String>) {
    directories.insert(name.to_owned());
    for entry in std::fs::read_dir(root.join(name)).unwrap().map(Result::unwrap) {
        let name = format!("{name}/{}", entry.file_name().to_str().unwrap());
        if entry.file_type().unwrap().is_dir() {
            read(root, &name, passing, disk, directories);
        } else if !passing.iter().any(|part| name.contains(part)) {
            disk.insert(name, std::fs::read(entry.path()).unwrap());
        }
    }
}
