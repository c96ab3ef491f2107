//! Somebody between the browser and our server who makes it a worse one.

use assay_client::dbsc::{Request, Response};
use assay_conformance::suites::dbsc::Between;
use assay_dbsc::headers::{Form, Header, read_response};
use assay_dbsc::proof::Proof;
use serde_json::json;

/// One defect.
#[derive(Clone)]
pub(super) struct Defect {
    pub(super) name: String,
    change: Change,
}

/// What becomes of an answer.
#[derive(Clone)]
enum Change {
    /// A refusal for this reason becomes an acceptance.
    Take(String),
    /// An answer to such a request becomes a refusal.
    Refuse(fn(&Request) -> bool),
    /// An answer to such a request becomes an acceptance.
    Accept(fn(&Request) -> bool),
    /// The answer is rewritten.
    Rewrite(fn(&Request, &mut Response)),
}

impl Defect {
    /// A server that does not mind this malformation.
    pub(super) fn takes(code: &str) -> Self {
        Self { name: format!("takes {code}"), change: Change::Take(code.to_owned()) }
    }
}

impl Between for Defect {
    fn answer(&self, request: &Request, mut answer: Response) -> Response {
        match &self.change {
            Change::Take(code) => {
                let given = answer.json().and_then(|body| body.get("code")?.as_str().map(str::to_owned));
                if given.as_ref() == Some(code) { accepted() } else { answer }
            }
            Change::Refuse(which) if which(request) => Response { status: 400, ..Response::default() },
            Change::Accept(which) if which(request) => accepted(),
            Change::Rewrite(change) => {
                change(request, &mut answer);
                answer
            }
            Change::Refuse(_) | Change::Accept(_) => answer,
        }
    }
}

/// A named defect and the cases that must notice it.
pub(super) struct Row {
    name: &'static str,
    change: Change,
    cases: &'static [&'static str],
}

impl Row {
    pub(super) fn defect(&self) -> (Defect, &'static [&'static str]) {
        (Defect { name: self.name.to_owned(), change: self.change.clone() }, self.cases)
    }
}

/// Defects that no rule of ours can be left out for.
pub(super) const DEFECTS: &[Row] = &[
    Row {
        name: "refuses every registration",
        change: Change::Refuse(is_registration),
        cases: &["dbsc/registration/accepted", "dbsc/registration/accepted-rs256"],
    },
    Row {
        name: "refuses every signed refresh",
        change: Change::Refuse(|request| is_refresh(request) && proof(request).is_some()),
        cases: &["dbsc/refresh/accepted", "dbsc/refresh/accepted-by-each-of-two-races"],
    },
    Row {
        name: "refuses quoted headers",
        change: Change::Refuse(|request| proof(request).is_some_and(|(_, form)| form == Form::Quoted)),
        cases: &["dbsc/refresh/accepted-quoted", "dbsc/browser/specification"],
    },
    Row {
        name: "refuses bare headers",
        change: Change::Refuse(|request| proof(request).is_some_and(|(_, form)| form == Form::Bare)),
        cases: &["dbsc/browser/chromium-156"],
    },
    Row {
        name: "refuses proofs that name an audience",
        change: Change::Refuse(|request| proof(request).is_some_and(|(proof, _)| proof.audience.is_some())),
        cases: &["dbsc/browser/audience"],
    },
    Row {
        name: "refuses users without the bound cookie, bound or not",
        change: Change::Refuse(|request| {
            request.url.path() == "/v1/whoami" && !cookies(request).contains("assay_bound=")
        }),
        cases: &["dbsc/browser/without-dbsc"],
    },
    Row {
        name: "believes Secure-Session-Skipped",
        change: Change::Accept(|request| field(request, Header::Skipped).is_some()),
        cases: &["dbsc/cookie/skipped-is-not-believed"],
    },
    Row {
        name: "bound cookies that live a day",
        change: Change::Rewrite(|_, answer| {
            for (_, value) in &mut answer.headers {
                *value = value.replace("Max-Age=600", "Max-Age=86400");
            }
        }),
        cases: &["dbsc/cookie/short-lived"],
    },
];

/// An answer that looks like a bound session.
fn accepted() -> Response {
    let body = json!({
        "session_identifier": "forged",
        "refresh_url": "/v1/dbsc/refresh",
        "scope": {"include_site": false},
        "credentials": [{"type": "cookie", "name": "assay_bound", "attributes": "Path=/"}],
    });
    Response {
        status: 200,
        headers: vec![("Set-Cookie".to_owned(), "assay_bound=forged; Path=/; Max-Age=600".to_owned())],
        body: body.to_string().into_bytes(),
    }
}

fn is_registration(request: &Request) -> bool {
    request.url.path() == "/v1/dbsc/registration"
}

fn is_refresh(request: &Request) -> bool {
    request.url.path() == "/v1/dbsc/refresh"
}

fn field(request: &Request, header: Header) -> Option<String> {
    let pairs = request.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    header.find(pairs).map(|field| field.value)
}

fn proof(request: &Request) -> Option<(Proof, Form)> {
    let (text, form) = read_response(&field(request, Header::Response)?).ok()?;
    Some((Proof::parse(&text).ok()?, form))
}

fn cookies(request: &Request) -> String {
    let cookie = request.headers.iter().find(|(name, _)| name == "Cookie");
    cookie.map(|(_, value)| value.clone()).unwrap_or_default()
}
