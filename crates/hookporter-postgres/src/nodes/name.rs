//! What a node is called.

/// How many letters of a name count.
const MOST: usize = 100;

/// The name that was given, or the host's and the process's number.
pub(super) fn of(given: Option<&str>) -> String {
    let name = given.map_or_else(|| format!("{}/{}", host(), std::process::id()), str::to_owned);
    name.chars().take(MOST).collect()
}

/// The host's name, as the system or a container has it.
fn host() -> String {
    let of_file = |path| std::fs::read_to_string(path).ok();
    let found = of_file("/proc/sys/kernel/hostname").or_else(|| of_file("/etc/hostname"));
    let found = found.or_else(|| std::env::var("HOSTNAME").or_else(|_| std::env::var("COMPUTERNAME")).ok());
    let found = found.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
    found.unwrap_or_else(|| "node".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_has_a_name_of_its_own_and_no_long_one() {
        assert_eq!(of(Some("web-1")), "web-1");
        assert_eq!(of(Some(&"ä".repeat(500))).chars().count(), MOST);
        let own = of(None);
        assert!(own.ends_with(&format!("/{}", std::process::id())) && !own.starts_with('/'), "{own}");
    }
}
