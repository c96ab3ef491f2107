use assay_authenticator_sim::defect::Defect;

use super::{Sim, SimKind};
use crate::cli::Persona;
use crate::keys::KeyTarget;

fn read(text: &str) -> Result<(SimKind, Vec<Defect>), String> {
    match KeyTarget::parse(text) {
        Ok(KeyTarget::Sim(Sim { kind, faults })) => Ok((kind, faults.into_iter().collect())),
        Ok(other) => Err(format!("{other:?}")),
        Err(error) => Err(error.to_string()),
    }
}

#[test]
fn a_name_says_which_key_and_what_is_wrong_with_it() {
    let saved = |name: &str| SimKind::Saved(name.to_owned());
    let rows = [
        ("sim", SimKind::Fresh(None), vec![]),
        ("sim:desk", saved("desk"), vec![]),
        ("sim+fault:ctap_mc_flags", SimKind::Fresh(None), vec![Defect::McFlags]),
        ("sim:desk+fault:ctap_mc_flags", saved("desk"), vec![Defect::McFlags]),
        (
            "sim+persona:biometric+fault:ctap_ga_flags+fault:ctap_mc_flags",
            SimKind::Fresh(Some(Persona::Biometric)),
            vec![Defect::McFlags, Defect::GaFlags],
        ),
        ("sim+fault:ctap_mc_up+persona:ctap-2.0", SimKind::Fresh(Some(Persona::Ctap20)), vec![Defect::McUp]),
    ];
    for (text, kind, faults) in rows {
        assert_eq!(read(text), Ok((kind, faults)), "{text}");
    }
}

#[test]
fn what_is_no_key_says_why() {
    let rows = [
        ("sim+fault:ctap_mc_flag", "did you mean ctap_mc_flags"),
        ("sim+fault:", "there is no fault \"\"; `assay key faults` lists them"),
        ("sim+persona:usb", "there is no persona \"usb\": security-key, ctap-2.0"),
        ("sim+persona:u2f+persona:u2f", "one persona"),
        ("sim:desk+persona:u2f", "sim:desk is what it was made"),
        ("sim+bug:x", "+bug:x is nothing to say"),
        ("sim+", "+ is nothing to say"),
        ("simulator", "is no key"),
        ("sin+fault:ctap_mc_flags", "is no key"),
    ];
    for (text, expected) in rows {
        let said = read(text).unwrap_err();
        assert!(said.contains(expected), "{text}: {said}");
    }
    // A plus sign elsewhere is what it is.
    assert_eq!(KeyTarget::parse("unix:/run/a+b").unwrap(), KeyTarget::Unix("/run/a+b".into()));
}
