//! A line apart from its credential. The credential is somebody else's text: whatever is wrong
//! inside it, as long as the line as a whole is JSON, is its own fault and not the line's.

use assay_protocol::tree::json::{self, AnomalyKind, Document, Node, Value};

use super::members::Offence;

/// A line's members, and the credential as it stands in the text.
pub(super) struct Split<'t> {
    pub(super) root: Node,
    pub(super) credential: Option<&'t [u8]>,
}

pub(super) fn split(text: &[u8]) -> Result<Split<'_>, Offence> {
    let document = json::read(text);
    let Some(deep) = too_deep_in_credential(&document) else {
        let root = root(document)?;
        let credential = root.get("credential").and_then(|node| text.get(node.range.clone()));
        return Ok(Split { root, credential });
    };
    // Nesting past what the tree follows is no fault of syntax. The rest of the line is read with
    // nothing in the credential's place, and the credential is left to its own judge.
    let Some(range) = extent(text, deep) else {
        return Err(("line_not_json", "the credential has no end".to_owned()));
    };
    let mut rest = text.to_vec();
    rest.splice(range.clone(), *b"null");
    Ok(Split { root: root(json::read(&rest))?, credential: text.get(range) })
}

fn root(document: Document) -> Result<Node, Offence> {
    let fault = document.syntax_error().or_else(|| document.anomaly(AnomalyKind::TrailingBytes));
    if let Some(anomaly) = fault {
        return Err(("line_not_json", format!("{} at byte {}", anomaly.kind.code(), anomaly.range.start)));
    }
    match document.root {
        Some(root) if matches!(root.value, Value::Object(_)) => Ok(root),
        Some(_) => Err(("line_not_object", "the line is no JSON object".to_owned())),
        None => Err(("line_not_json", "nothing on the line".to_owned())),
    }
}

/// Where the credential starts that is nested too deep.
fn too_deep_in_credential(document: &Document) -> Option<usize> {
    let anomaly = document.syntax_error().filter(|anomaly| anomaly.kind == AnomalyKind::TooDeep)?;
    let credential = document.root.as_ref()?.get("credential")?;
    (credential.range.start <= anomaly.range.start && anomaly.range.end <= credential.range.end)
        .then_some(credential.range.start)
}

/// From an opening bracket to behind the one that closes it.
fn extent(text: &[u8], start: usize) -> Option<std::ops::Range<usize>> {
    let mut depth = 0usize;
    let mut in_string = false;
    let mut escaped = false;
    for (at, byte) in text.iter().enumerate().skip(start) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(start..at + 1);
                }
            }
            _ => {}
        }
    }
    None
}
