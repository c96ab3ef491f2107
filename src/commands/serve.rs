//! `assay serve`.

use anyhow::Result;
use assay_server::config::{PolicyEngine, Signals};
use serde_json::json;

use super::Place;
use crate::cli::ServeArgs;
use crate::lab::{ServerPlan, algorithms};
use crate::output::{Exit, print};

/// Serves until a signal; one JSON line says when it is ready.
pub(super) fn run(here: &Place, args: &ServeArgs) -> Result<Exit> {
    let state = here.state()?;
    let lab = here.lab()?;
    let plan = ServerPlan {
        listen: args.listen,
        db: args.db.clone(),
        rp_id: args.rp_id.clone(),
        origins: args.origin.clone(),
        related_origins: args.related_origin.clone(),
        switches: args.switch.clone(),
        algorithms: algorithms(&args.algorithm)?,
        profile: args.profile.clone(),
        without: args.without.clone(),
        metadata: args.metadata.sources(&lab, &state)?,
        policy_engine: if args.no_policy_engine { PolicyEngine::NotWired } else { PolicyEngine::Wired },
        clock: None,
    };
    let mut config = lab.server_config(&plan)?;
    config.signals = Signals::Stop;
    for id in &config.without {
        eprintln!("WARNING: the check {id} is switched off: this server accepts what it must refuse");
    }
    let server = assay_server::spawn(config)?;
    let client = server.bootstrap.client.as_ref();
    let ready = json!({
        "ready": true,
        "address": server.addr.to_string(),
        "url": server.url(),
        "rp_id": args.rp_id,
        "profile": args.profile,
        "without": args.without,
        "tenant_id": server.bootstrap.tenant_id,
        "client_id": client.map(|client| &client.client_id),
        "client_secret": client.map(|client| &client.client_secret),
    })
    .to_string();
    let port = server.addr.port();
    // A database that is not new has told its secret before: keep what is remembered of it, if it is of this one.
    if client.is_some() {
        state.remember_server(port, &ready)?;
    } else if state.server(port).is_some_and(|known| {
        known.get("tenant_id").and_then(serde_json::Value::as_str) != Some(server.bootstrap.tenant_id.as_str())
    }) {
        state.forget_server(port);
    }
    print(&format!("{ready}\n"))?;
    server.join();
    // A database that is served at a place of its own will be served there again.
    if args.db.is_none() || args.listen.port() == 0 {
        state.forget_server(port);
    }
    Ok(Exit::Good)
}
