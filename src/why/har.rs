//! Recordings of a browser's network panel (HTTP Archive 1.2).

use assay_protocol::tree::json::Node;

use super::find::{Finds, Origin};

/// The recorded exchanges; nothing where the message is no recording.
pub(super) fn entries(root: &Node) -> Option<&[Node]> {
    root.get("log")?.get("entries")?.as_array()
}

/// Requests and answers in the order of the recording.
pub(super) fn walk(finds: &mut Finds, text: &[u8], entries: &[Node]) {
    for entry in entries {
        for (part, body) in [("request", "postData"), ("response", "content")] {
            let Some(body) = entry.get(part).and_then(|part| part.get(body)) else { continue };
            let source = format!("{} of {}", part, name(entry));
            finds.node(text, body, &Origin { source: &source, shown: false, depth: 0 });
        }
    }
}

/// Method and address, without the query.
fn name(entry: &Node) -> String {
    let of = |member: &str| entry.get("request").and_then(|request| request.get(member)).and_then(Node::as_str);
    let address = of("url").unwrap_or("?");
    let address = address.split(['?', '#']).next().unwrap_or(address);
    format!("{} {}", of("method").unwrap_or("?"), address.chars().take(200).collect::<String>())
}
