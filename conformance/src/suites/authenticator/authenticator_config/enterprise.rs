//! enableEnterpriseAttestation, and the attestation itself (CTAP 2.3 6.11.1, 7.1, 6.1.2 step 9).

use assay_protocol::ctap2::Status;
use assay_protocol::tree::cbor::Node;
use ciborium::Value;

use super::{ENABLE_ENTERPRISE, case, config, unprotected};
use crate::case::Case;
use crate::context::Context;
use crate::suites::authenticator::manage::told;
use crate::suites::authenticator::request::{self, MAKE_CREDENTIAL, int, set};
use crate::suites::authenticator::world::{Key, Reply};
use crate::suites::authenticator::{expect, get_info, read_made};
use crate::verdict::{Pass, Stop};

const MANAGED: &str = "enterprise/attestation/platform-managed";

/// The cases.
pub(super) fn cases() -> Vec<Case<Key>> {
    let mut cases = enabling();
    cases.extend(attestation());
    cases.into_iter().map(|case| case.gate(capable)).collect()
}

fn capable(key: &mut Key, context: &mut Context) -> Result<(), Stop> {
    unprotected(key, context)?;
    match get_info::option(&get_info::info(key, context)?, "ep") {
        Some(false) => Ok(()),
        _ => Err(Stop::skip("enterprise attestation, not enabled")),
    }
}

fn enabling() -> Vec<Case<Key>> {
    vec![
        case(
            "enterprise/enable/on",
            "Enterprise attestation is enabled",
            "CTAP 2.3 6.11.1",
            ["ctap_ep_enable"],
            |key, context| {
                config(key, context, ENABLE_ENTERPRISE, None, None)?.ok()?;
                match get_info::option(&get_info::info(key, context)?, "ep") {
                    Some(true) => Ok(Pass::plain("ep true")),
                    other => Err(Stop::fail("ep true", format!("{other:?}"))),
                }
            },
        )
        .sends("enableEnterpriseAttestation, and getInfo")
        .expects("ep true"),
        case(
            "enterprise/enable/twice",
            "What is enabled may be enabled again",
            "CTAP 2.3 6.11.1",
            ["ctap_ep_twice"],
            |key, context| {
                config(key, context, ENABLE_ENTERPRISE, None, None)?.ok()?;
                config(key, context, ENABLE_ENTERPRISE, None, None)?.ok()?;
                match get_info::option(&get_info::info(key, context)?, "ep") {
                    Some(true) => Ok(Pass::plain("ep true")),
                    other => Err(Stop::fail("ep true", format!("{other:?}"))),
                }
            },
        )
        .sends("enableEnterpriseAttestation twice, and getInfo")
        .expects("OK both times, and ep true"),
    ]
}

fn attestation() -> Vec<Case<Key>> {
    vec![
        case(
            "enterprise/attestation/not-enabled",
            "Enterprise attestation that is not enabled is refused",
            "CTAP 2.3 6.1.2 step 9.1",
            ["ctap_mc_enterprise", "ctap_ep_disabled"],
            |key, context| expect(&registered(key, context, Some(2))?, &[Status::INVALID_PARAMETER]),
        )
        .twin("enterprise/attestation/not-asked")
        .sends("enterpriseAttestation 2 to a key whose ep is false")
        .expects("INVALID_PARAMETER"),
        case(
            MANAGED,
            "Enterprise attestation for the platform is given, and told",
            "CTAP 2.3 6.1.2 step 9.4",
            ["ctap_ep_att"],
            |key, context| {
                let regular = Attested::of(key, context, None)?;
                config(key, context, ENABLE_ENTERPRISE, None, None)?.ok()?;
                let own = Attested::of(key, context, Some(2))?;
                match own.told {
                    Some(true) => Ok(Pass::plain("epAtt true, and a statement that verifies")),
                    // A key may know vendor-facilitated attestation alone, and treat the one as the other.
                    None if own.certificate == regular.certificate => {
                        Err(Stop::skip("platform-managed enterprise attestation"))
                    }
                    told => Err(Stop::fail("epAtt true with another certificate", format!("{told:?}"))),
                }
            },
        )
        .sends("enableEnterpriseAttestation, and a registration with enterpriseAttestation 2")
        .expects("epAtt true, and a statement that verifies"),
        case(
            "enterprise/attestation/vendor-facilitated",
            "An RP that the vendor does not know is given a regular attestation",
            "CTAP 2.3 6.1.2 step 9.3",
            ["ctap_ep_vendor"],
            |key, context| {
                config(key, context, ENABLE_ENTERPRISE, None, None)?.ok()?;
                expect_regular(key, context, Some(1))
            },
        )
        .sends("enableEnterpriseAttestation, and a registration with enterpriseAttestation 1 at example.org")
        .expects("a credential, and no epAtt"),
        case(
            "enterprise/attestation/not-asked",
            "Who does not ask for enterprise attestation is given a regular one",
            "CTAP 2.3 7.1",
            ["ctap_ep_not_asked"],
            |key, context| {
                config(key, context, ENABLE_ENTERPRISE, None, None)?.ok()?;
                expect_regular(key, context, None)
            },
        )
        .sends("enableEnterpriseAttestation, and a registration without enterpriseAttestation")
        .expects("a credential, and no epAtt"),
        case(
            "enterprise/attestation/unknown-value",
            "A kind of enterprise attestation that does not exist is refused",
            "CTAP 2.3 6.1.2 step 9.2",
            ["ctap_ep_value"],
            |key, context| {
                config(key, context, ENABLE_ENTERPRISE, None, None)?.ok()?;
                expect(&registered(key, context, Some(3))?, &[Status::INVALID_OPTION])
            },
        )
        .twin("enterprise/attestation/not-asked")
        .sends("enableEnterpriseAttestation, and a registration with enterpriseAttestation 3")
        .expects("INVALID_OPTION"),
    ]
}

/// A registration, with enterpriseAttestation where there is a value for it.
fn registered(key: &mut Key, context: &mut Context, value: Option<i64>) -> Result<Reply, Stop> {
    let request = requested(context, value);
    key.call(context, "makeCredential", MAKE_CREDENTIAL, &request)
}

fn requested(context: &mut Context, value: Option<i64>) -> Value {
    let request = request::make_credential(context);
    match value {
        Some(value) => set(request, 0x0a, int(value)),
        None => request,
    }
}

fn expect_regular(key: &mut Key, context: &mut Context, value: Option<i64>) -> Result<Pass, Stop> {
    match Attested::of(key, context, value)?.told {
        None => Ok(Pass::plain("no epAtt")),
        Some(told) => Err(Stop::fail("no epAtt", told.to_string())),
    }
}

/// What a registration says of who attests it.
struct Attested {
    /// epAtt.
    told: Option<bool>,
    /// The first certificate of the statement.
    certificate: Option<Vec<u8>>,
}

impl Attested {
    fn of(key: &mut Key, context: &mut Context, value: Option<i64>) -> Result<Self, Stop> {
        let request = requested(context, value);
        let reply = key.call(context, "makeCredential", MAKE_CREDENTIAL, &request)?.ok()?;
        read_made(&reply, &request::bytes_of(&request, 1))?;
        let answer = reply.map()?;
        let told = match answer.get(4) {
            None => None,
            Some(node) => Some(node.as_bool().ok_or_else(|| Stop::fail("epAtt, a boolean", told(Some(node))))?),
        };
        let chain = answer.get(3).and_then(|statement| statement.get_text("x5c")).and_then(Node::as_array);
        let certificate = chain.and_then(<[Node]>::first).and_then(Node::as_bytes).map(<[u8]>::to_vec);
        Ok(Self { told, certificate })
    }
}
