//! Tables of options against requirements.

use super::*;

/// `+id` is true, `-id` is false.
fn info(options: &[&str]) -> get_info::Response {
    let options = options.iter().map(|option| (option[1..].to_owned(), option.starts_with('+'))).collect();
    get_info::Response { options: Some(options), pin_uv_auth_protocols: Some(vec![2]), ..Default::default() }
}

#[test]
fn resident_keys() {
    for (options, wanted, expected) in [
        (&["+rk"][..], ResidentKey::Required, Ok(true)),
        (&["+rk"], ResidentKey::Preferred, Ok(true)),
        (&["+rk"], ResidentKey::Discouraged, Ok(false)),
        (&[], ResidentKey::Required, Err(Unfit::ResidentKey)),
        (&["-rk"], ResidentKey::Required, Err(Unfit::ResidentKey)),
        (&["-rk"], ResidentKey::Preferred, Ok(false)),
        (&[], ResidentKey::Discouraged, Ok(false)),
    ] {
        assert_eq!(resident_key(&info(options), wanted), expected, "{options:?} {wanted}");
    }
}

#[test]
fn demands_of_make_credential() {
    for (options, rk, expected) in [
        (&[][..], true, false),
        (&["-clientPin", "-uv"], true, false),
        (&["+clientPin"], false, true),
        (&["+clientPin", "+makeCredUvNotRqd"], false, false),
        (&["+clientPin", "+makeCredUvNotRqd"], true, true),
        (&["+clientPin", "-makeCredUvNotRqd"], false, true),
        (&["+uv", "+makeCredUvNotRqd"], true, true),
        (&["+alwaysUv"], false, true),
    ] {
        assert_eq!(make_credential_demands_uv(&info(options), rk), expected, "{options:?} {rk}");
    }
    assert!(get_assertion_demands_uv(&info(&["+alwaysUv"])));
    assert!(!get_assertion_demands_uv(&info(&["-alwaysUv", "+clientPin"])));
}

#[test]
fn ways_to_verify() {
    use UserVerification::{Discouraged, Preferred, Required};
    let unfit = Err(Unfit::UserVerification);
    for (options, wanted, demanded, expected) in [
        (&[][..], Required, false, unfit),
        (&["-clientPin", "-uv"], Required, true, unfit),
        (&["+clientPin", "+noMcGaPermissionsWithClientPin"], Required, false, unfit),
        (&["+clientPin"], Required, false, Ok(Verification::Pin)),
        (&["+uv", "+clientPin"], Required, false, Ok(Verification::BuiltIn)),
        (&["+clientPin"], Preferred, false, Ok(Verification::Pin)),
        (&[], Preferred, false, Ok(Verification::Skip)),
        (&["+clientPin"], Discouraged, false, Ok(Verification::Skip)),
        (&["+clientPin"], Discouraged, true, Ok(Verification::Pin)),
        (&[], Discouraged, true, Ok(Verification::Skip)),
    ] {
        assert_eq!(verification(&info(options), wanted, demanded), expected, "{options:?} {wanted}");
    }
    let strange = get_info::Response { pin_uv_auth_protocols: Some(vec![9]), ..info(&["+clientPin"]) };
    assert_eq!(verification(&strange, Required, false), unfit);
}
