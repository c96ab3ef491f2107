use assay_protocol::ctap2::client_pin::permission::{CM, GA, MC, PCMR};
use assay_protocol::ctap2::credential_management::{Request, Response, SubCommand, SubCommandParams};
use assay_protocol::ctap2::{Command, Descriptor, Extensions, RpEntity, Status, UserEntity, make_credential};
use assay_protocol::digest::sha256;
use assay_protocol::pin_uv::{Protocol, Token};

use crate::config::KeyConfig;
use crate::testing::{Bench, PIN, RP_ID, by, discoverable, extended, good_get, id_of, status, user};

const OTHER: &str = "other.example";

fn of(rp_id: &str, account: u8) -> make_credential::Request {
    let rp = RpEntity { id: rp_id.to_owned(), name: Some("An RP".to_owned()) };
    make_credential::Request { rp, ..discoverable(account) }
}

/// Two accounts of one RP, one of another; their ids.
fn stocked() -> (Bench, Vec<Vec<u8>>) {
    let mut bench = Bench::with_pin(KeyConfig::ctap_2_3());
    let mut ids = Vec::new();
    for (rp_id, account) in [(RP_ID, 1), (RP_ID, 2), (OTHER, 1)] {
        let token = bench.token(MC, Some(rp_id), Protocol::Two);
        ids.push(id_of(&bench.make(by(&token, of(rp_id, account))).unwrap()));
    }
    (bench, ids)
}

fn begin(rp_id: &str) -> Request {
    Request::new(SubCommand::EnumerateCredentialsBegin)
        .with(SubCommandParams { rp_id_hash: Some(sha256(rp_id.as_bytes())), ..SubCommandParams::default() })
}

fn delete(id: &[u8]) -> Request {
    Request::new(SubCommand::DeleteCredential)
        .with(SubCommandParams { credential_id: Some(Descriptor::public_key(id)), ..SubCommandParams::default() })
}

fn update(id: &[u8], user: UserEntity) -> Request {
    Request::new(SubCommand::UpdateUserInformation).with(SubCommandParams {
        credential_id: Some(Descriptor::public_key(id)),
        user: Some(user),
        ..SubCommandParams::default()
    })
}

fn metadata() -> Request {
    Request::new(SubCommand::GetCredsMetadata)
}

fn rps() -> Request {
    Request::new(SubCommand::EnumerateRpsBegin)
}

#[test]
fn everything_is_counted_and_listed() {
    for protocol in [Protocol::One, Protocol::Two] {
        let (mut bench, ids) = stocked();
        let token = bench.token(CM, None, protocol);
        let told = bench.manage_by(&token, metadata()).unwrap();
        assert_eq!(told.existing_resident_credentials_count, Some(3));
        assert_eq!(told.max_possible_remaining_resident_credentials_count, Some(97));

        let first = bench.manage_by(&token, rps()).unwrap();
        let next = bench.manage(Request::new(SubCommand::EnumerateRpsGetNextRp)).unwrap();
        assert_eq!((first.total_rps, next.total_rps), (Some(2), None));
        let mut seen: Vec<String> = Vec::new();
        for told in [first, next] {
            let rp = told.rp.unwrap();
            assert_eq!(told.rp_id_hash, Some(sha256(rp.id.as_bytes())));
            assert_eq!(rp.name.as_deref(), Some("An RP"));
            seen.push(rp.id);
        }
        seen.sort();
        assert_eq!(seen, [RP_ID, OTHER]);
        assert_eq!(
            status(bench.manage(Request::new(SubCommand::EnumerateRpsGetNextRp))),
            Status::NOT_ALLOWED,
            "past the last"
        );

        let first = bench.manage_by(&token, begin(RP_ID)).unwrap();
        let next = bench.manage(Request::new(SubCommand::EnumerateCredentialsGetNextCredential)).unwrap();
        assert_eq!((first.total_credentials, next.total_credentials), (Some(2), None));
        for (told, account) in [(first, 1), (next, 2)] {
            assert_eq!(told.user, Some(user(account)));
            assert_eq!(told.credential_id.unwrap().id, ids[usize::from(account) - 1]);
            assert_eq!((told.cred_protect, told.third_party_payment), (Some(1), Some(false)));
            assert!(told.public_key.is_some() && told.large_blob_key.is_none());
        }
    }
}

#[test]
fn what_was_registered_with_a_credential_is_told() {
    let mut bench = Bench::with_pin(KeyConfig::ctap_2_3());
    let token = bench.token(MC, Some(RP_ID), Protocol::Two);
    let extensions =
        Extensions::default().with("credProtect", 3).with("largeBlobKey", true).with("thirdPartyPayment", true);
    let made = bench.send(Command::MakeCredential(extended(by(&token, of(RP_ID, 1)), extensions))).unwrap();
    let made = make_credential::Response::parse(&made).unwrap();
    let token = bench.token(CM, None, Protocol::Two);
    let told = bench.manage_by(&token, begin(RP_ID)).unwrap();
    assert_eq!((told.cred_protect, told.third_party_payment), (Some(3), Some(true)));
    assert_eq!(told.large_blob_key, Some(made.large_blob_key.unwrap()));
}

#[test]
fn one_edit_one_status() {
    let (mut bench, ids) = stocked();
    let token = bench.token(CM, None, Protocol::Two);
    let bare = |sub_command| Request::new(sub_command);
    let unsigned = |request: Request| Request { pin_uv_auth_param: None, ..request };
    for good in [metadata(), rps(), begin(RP_ID), delete(&ids[0]), update(&ids[0], user(1))] {
        let signed = |request: Request| Request {
            pin_uv_auth_param: Some(token.authenticate(&request.authenticated_message())),
            pin_uv_auth_protocol: Some(2),
            ..request
        };
        let mut edits = vec![
            (unsigned(good.clone()), Status::PUAT_REQUIRED),
            (Request { pin_uv_auth_protocol: None, ..signed(good.clone()) }, Status::MISSING_PARAMETER),
            (Request { pin_uv_auth_protocol: Some(3), ..signed(good.clone()) }, Status::INVALID_PARAMETER),
            (Request { pin_uv_auth_protocol: Some(1), ..signed(good.clone()) }, Status::PIN_AUTH_INVALID),
            (Request { pin_uv_auth_param: Some(vec![0; 32]), ..signed(good.clone()) }, Status::PIN_AUTH_INVALID),
        ];
        if good.params.is_some() {
            // Without what it needs, with a parameter that is right for that.
            edits.push((signed(bare(good.sub_command)), Status::MISSING_PARAMETER));
            // The parameter covers the parameters.
            let other = signed(delete(&[9; 32]));
            edits.push((
                Request { params: other.params, ..signed(good.clone()) },
                match good.sub_command {
                    SubCommand::DeleteCredential => Status::PIN_AUTH_INVALID,
                    _ => Status::MISSING_PARAMETER,
                },
            ));
        }
        for (request, expected) in edits {
            assert_eq!(status(bench.manage(request.clone())), expected, "{request:?}");
        }
    }
    let other_user = bench.manage_by(&token, update(&ids[0], user(9)));
    assert_eq!(status(other_user), Status::INVALID_PARAMETER);
    for unknown in [delete(&[9; 32]), update(&[9; 32], user(1)), begin("nobody.example")] {
        assert_eq!(status(bench.manage_by(&token, unknown)), Status::NO_CREDENTIALS);
    }
    for next in [SubCommand::EnumerateRpsGetNextRp, SubCommand::EnumerateCredentialsGetNextCredential] {
        assert_eq!(status(bench.manage(bare(next))), Status::NOT_ALLOWED);
    }
    // All the good ones go through.
    for good in [metadata(), rps(), begin(RP_ID), update(&ids[0], user(1)), delete(&ids[0])] {
        assert_eq!(status(bench.manage_by(&token, good)), Status::OK);
    }
}

#[test]
fn a_new_key_has_nothing() {
    let mut bench = Bench::with_pin(KeyConfig::ctap_2_3());
    let token = bench.token(CM, None, Protocol::Two);
    assert_eq!(bench.manage_by(&token, metadata()).unwrap().existing_resident_credentials_count, Some(0));
    assert_eq!(status(bench.manage_by(&token, rps())), Status::NO_CREDENTIALS);
    assert_eq!(status(bench.manage_by(&token, begin(RP_ID))), Status::NO_CREDENTIALS);
}

#[test]
fn listing_ends_with_another_command_with_time_and_with_its_token() {
    let next = || Request::new(SubCommand::EnumerateRpsGetNextRp);
    let listing = || {
        let (mut bench, _) = stocked();
        let token = bench.token(CM, None, Protocol::Two);
        bench.manage_by(&token, rps()).unwrap();
        (bench, token)
    };
    let (mut bench, _) = listing();
    assert_eq!(status(bench.manage(next())), Status::OK);
    let (mut bench, _) = listing();
    bench.info();
    assert_eq!(status(bench.manage(next())), Status::NOT_ALLOWED);
    let (mut bench, _) = listing();
    assert_eq!(
        status(bench.manage(Request::new(SubCommand::EnumerateCredentialsGetNextCredential))),
        Status::NOT_ALLOWED
    );
    for (seconds, expected) in [(30, Status::OK), (31, Status::NOT_ALLOWED)] {
        let (mut bench, _) = listing();
        bench.advance(seconds);
        assert_eq!(status(bench.manage(next())), expected, "{seconds}");
    }
    // The token is void after ten minutes of use, in the middle of the list.
    let (mut bench, _) = stocked();
    let token = bench.token(CM, None, Protocol::Two);
    for step in 0..29 {
        bench.advance(20);
        assert_eq!(status(bench.manage_by(&token, metadata())), Status::OK, "{step}");
    }
    bench.advance(15);
    bench.manage_by(&token, rps()).unwrap();
    bench.advance(10);
    assert_eq!(status(bench.manage(next())), Status::NOT_ALLOWED);
}

#[test]
fn deleting_and_renaming() {
    let (mut bench, ids) = stocked();
    let token = bench.token(CM, None, Protocol::Two);
    let state = bench.key.state().cred_store_state.clone();
    bench.manage_by(&token, delete(&ids[0])).unwrap();
    let after = bench.key.state().cred_store_state.clone();
    assert_ne!(after, state);
    assert_eq!(status(bench.get(good_get(&[&ids[0]]))), Status::NO_CREDENTIALS);
    assert_eq!(bench.manage_by(&token, begin(RP_ID)).unwrap().total_credentials, Some(1));

    let named = UserEntity { name: Some("new".to_owned()), display_name: Some(String::new()), ..user(2) };
    bench.manage_by(&token, update(&ids[1], named)).unwrap();
    assert_ne!(bench.key.state().cred_store_state, after);
    let told = bench.manage_by(&token, begin(RP_ID)).unwrap().user.unwrap();
    assert_eq!(told, UserEntity { name: Some("new".to_owned()), display_name: None, ..user(2) });
    // What is kept outlives the power.
    let again = Bench::open(KeyConfig::ctap_2_3(), bench.store.clone());
    assert_eq!(again.key.state(), bench.key.state());
}

#[test]
fn tokens_of_one_rp_manage_that_rp() {
    let (mut bench, ids) = stocked();
    let token = bench.token(CM, Some(RP_ID), Protocol::Two);
    for (request, expected) in [
        (metadata(), Status::PIN_AUTH_INVALID),
        (rps(), Status::PIN_AUTH_INVALID),
        (begin(RP_ID), Status::OK),
        (begin(OTHER), Status::PIN_AUTH_INVALID),
        (update(&ids[2], user(1)), Status::PIN_AUTH_INVALID),
        (update(&ids[0], user(1)), Status::OK),
        (delete(&ids[2]), Status::PIN_AUTH_INVALID),
        (delete(&ids[0]), Status::OK),
    ] {
        assert_eq!(status(bench.manage_by(&token, request.clone())), expected, "{request:?}");
    }
    let token = bench.token(MC | GA, Some(RP_ID), Protocol::Two);
    assert_eq!(status(bench.manage_by(&token, begin(RP_ID))), Status::PIN_AUTH_INVALID);
}

#[test]
fn the_persistent_token_reads_and_outlives_the_power() {
    let (mut bench, ids) = stocked();
    let token = bench.token(PCMR, None, Protocol::Two);
    let reads = |bench: &mut Bench, token: &Token| -> Vec<Status> {
        [metadata(), rps(), begin(RP_ID)].map(|request| status(bench.manage_by(token, request))).to_vec()
    };
    assert_eq!(reads(&mut bench, &token), [Status::OK; 3]);
    for write in [delete(&ids[0]), update(&ids[0], user(1))] {
        assert_eq!(status(bench.manage_by(&token, write)), Status::PIN_AUTH_INVALID);
    }
    bench.key.power_cycle();
    bench.token(CM, None, Protocol::Two);
    assert_eq!(reads(&mut bench, &token), [Status::OK; 3]);
    assert_eq!(bench.token(PCMR, None, Protocol::One).as_bytes(), token.as_bytes());
    // Another PIN ends it.
    let change = bench.change_pin_request(PIN, "5678", Protocol::Two);
    bench.pin(change).unwrap();
    assert_eq!(reads(&mut bench, &token), [Status::PIN_AUTH_INVALID; 3]);
}

#[test]
fn a_persistent_token_that_was_never_given_verifies_nothing() {
    let (mut bench, _) = stocked();
    let bytes = bench.key.state().device.persistent_token.bytes.0.clone();
    let stolen = Token::new(Protocol::Two, bytes).unwrap();
    assert_eq!(status(bench.manage_by(&stolen, metadata())), Status::PIN_AUTH_INVALID);
}

#[test]
fn keys_without_the_command_and_keys_with_its_prototype() {
    let mut bench = Bench::with_pin(KeyConfig::security_key());
    assert_eq!(status(bench.manage(metadata())), Status::INVALID_COMMAND);
    let preview = |bench: &mut Bench| -> Result<Response, Status> {
        let token = bench.token(CM, None, Protocol::Two);
        let request = metadata();
        let reply = bench.send(Command::CredentialManagementPreview(Request {
            pin_uv_auth_param: Some(token.authenticate(&request.authenticated_message())),
            pin_uv_auth_protocol: Some(2),
            ..request
        }))?;
        Ok(Response::parse(&reply).unwrap())
    };
    assert_eq!(status(preview(&mut Bench::with_pin(KeyConfig::ctap_2_3()))), Status::INVALID_COMMAND);
    assert_eq!(status(preview(&mut Bench::with_pin(KeyConfig::biometric_key()))), Status::OK);
}
