//! Pages as files, for eyes: `cargo test -p hookporter-console --lib preview -- --ignored`.

use super::shown::{self, Scene};

#[test]
#[ignore = "writes files, for eyes"]
fn preview() {
    let folder = std::env::temp_dir().join("hookporter-preview");
    std::fs::create_dir_all(&folder).unwrap();
    let write = |name: &str, page: &str| std::fs::write(folder.join(name), page).unwrap();
    write(crate::page::style::name(), crate::page::style::SHEET);
    write(crate::page::style::ICON_NAME, crate::page::style::ICON);
    let odd = "invoice.\u{202e}diap\u{1b}[31m<b>";
    for (prefix, text) in [("", "invoice.payment_failed"), ("odd-", odd)] {
        let body = include_bytes!("body.json");
        let scene = Scene { may_change: true, text, name: "stripe", body: bytes::Bytes::from_static(body) };
        for (name, page) in shown::pages(&scene) {
            write(&format!("{prefix}{}.html", name.replace('/', "-")), &page);
        }
    }
    println!("{}", folder.display());
}
