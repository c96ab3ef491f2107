//! `pubKeyCredParams` as a key with defects reads them.

use std::borrow::Cow;

use assay_protocol::cose::alg;
use assay_protocol::ctap2::{PUBLIC_KEY, Parameter, Parameters};

use super::{Defect, Defects};

/// What the key takes for being offered.
pub(crate) fn read<'p>(defects: &Defects, params: &'p Parameters) -> Cow<'p, Parameters> {
    let mut params = Cow::Borrowed(params);
    for defect in defects {
        match defect {
            Defect::McParamsMembers => params.to_mut().defect = None,
            Defect::McParamsType => {
                params.to_mut().entries.iter_mut().for_each(|entry| PUBLIC_KEY.clone_into(&mut entry.kind));
            }
            Defect::McParamsSkipped => params.to_mut().entries.truncate(1),
            Defect::McParamsPreference => params.to_mut().entries.reverse(),
            Defect::McParamsEach => {
                let others = params.to_mut().entries.iter_mut().filter(|entry| entry.alg == alg::EDDSA);
                others.for_each(|entry| entry.alg = alg::ES256);
            }
            // Behind all others, so that it is taken where none of them is.
            Defect::McAlgorithm if params.entries.iter().any(|entry| entry.kind == PUBLIC_KEY) => {
                params.to_mut().entries.push(Parameter::public_key(alg::ES256));
            }
            Defect::McParamsEmpty if params.entries.is_empty() && params.defect.is_none() => {
                params.to_mut().entries.push(Parameter::public_key(alg::ES256));
            }
            _ => {}
        }
    }
    params
}
