//! Bodies that mean the same and are spelled otherwise: what a server makes of them shows what it verifies.

use serde_json::Value;

/// `body`, in a spelling that no library writes: odd blanks, escapes where none are needed, a newline at the end; with
/// `numbers`, also a member with numbers that libraries write anew. `None` for a body that is no JSON object.
pub(super) fn odd(body: &[u8], numbers: bool) -> Option<String> {
    let Value::Object(members) = serde_json::from_slice(body).ok()? else { return None };
    let mut text = "{ ".to_owned();
    if numbers {
        text.push_str("\"hookporter_doctor\" :[1.50,\t1e2 ,-0.0,12345678901234567890123, 1E+2],\r\n");
    }
    for (index, (name, value)) in members.iter().enumerate() {
        if index > 0 {
            text.push_str(" ,\n");
        }
        text.push_str(&format!("{}\t:  ", Value::from(name.as_str())));
        write(value, &mut text);
    }
    text.push_str("\t}\n");
    Some(text)
}

fn write(value: &Value, text: &mut String) {
    match value {
        Value::String(string) => write_string(string, text),
        Value::Array(values) => {
            text.push('[');
            for (index, value) in values.iter().enumerate() {
                text.push_str(if index > 0 { "\t, " } else { " " });
                write(value, text);
            }
            text.push_str(" ]");
        }
        Value::Object(members) => {
            text.push('{');
            for (index, (name, value)) in members.iter().enumerate() {
                text.push_str(if index > 0 { " ,  " } else { "  " });
                text.push_str(&format!("{} : ", Value::from(name.as_str())));
                write(value, text);
            }
            text.push_str("  }");
        }
        other => text.push_str(&other.to_string()),
    }
}

/// The first character is escaped, which means the same.
fn write_string(string: &str, text: &mut String) {
    let quoted = Value::from(string).to_string();
    match string.chars().next().filter(char::is_ascii_alphanumeric) {
        Some(first) => {
            text.push_str(&format!("\"\\u{:04x}", u32::from(first)));
            text.push_str(quoted.strip_prefix('"').and_then(|rest| rest.strip_prefix(first)).unwrap_or("\""));
        }
        None => text.push_str(&quoted),
    }
}

/// What libraries make of a body: read and written again in each of the usual ways, or trimmed.
pub(super) fn rewritten(body: &str) -> Vec<(&'static str, String)> {
    let mut made = vec![("without the newline at its end", body.trim_end().to_owned())];
    if let Ok(value) = serde_json::from_str::<Value>(body) {
        made.push(("read as JSON and written again without blanks", value.to_string()));
        made.push(("read as JSON and written again with a blank behind each comma and colon", spaced(&value)));
        made.extend(
            serde_json::to_string_pretty(&value)
                .map(|text| ("read as JSON and written again over several lines", text)),
        );
    }
    made
}

/// As Python writes it.
fn spaced(value: &Value) -> String {
    match value {
        Value::Array(values) => format!("[{}]", values.iter().map(spaced).collect::<Vec<_>>().join(", ")),
        Value::Object(members) => {
            let members =
                members.iter().map(|(name, value)| format!("{}: {}", Value::from(name.as_str()), spaced(value)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_odd_body_means_the_same() {
        for id in ["stripe", "github", "slack", "discord"] {
            let maker = hookporter_testkit::provider(id, hookporter_testkit::keys(id).unwrap().sender).unwrap();
            let body = maker.build().body().clone();
            let value: Value = serde_json::from_slice(&body).unwrap();
            let odd = odd(&body, false).unwrap();
            assert_eq!(serde_json::from_str::<Value>(&odd).unwrap(), value, "{id}");
            for (how, text) in rewritten(&odd) {
                assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value, "{id} {how}");
                assert_ne!(text, odd, "{id} {how}");
            }
        }
        let odd = odd(br#"{"a":"\"x","b":"","c":"\u00e9","d":[{"e":1.5}]}"#, true).unwrap();
        let value: Value = serde_json::from_str(&odd).unwrap();
        assert_eq!((&value["a"], &value["b"], &value["d"][0]["e"]), (&"\"x".into(), &"".into(), &1.5.into()));
        assert_eq!(value["hookporter_doctor"][1], 100.0);
    }

    #[test]
    fn what_is_no_object_is_left_alone() {
        for body in ["", "[1]", "a=b", "\"x\"", "{"] {
            assert!(odd(body.as_bytes(), true).is_none(), "{body}");
        }
    }
}
