//! Compound statements (WebAuthn L3 8.9): several about one credential, each verified.

use assay_mint::edits::Edit::{
    self, CertificateEdit as Certificate, CompoundEdit as Compound, PathEdit as Path, SignatureEdit as Signature,
    StatementEdit as Statement,
};
use assay_mint::edits::{
    CertificateEdit as C, CompoundEdit as E, PathEdit as P, SignatureEdit as B, StatementEdit as S,
};

use crate::case::Case;
use crate::suites::relying_party::base::Base;
use crate::suites::relying_party::basis::Basis;
use crate::suites::relying_party::rule::Rule;
use crate::suites::relying_party::world::World;

pub(super) fn cases() -> Vec<(Basis, Case<World>)> {
    RULES.iter().flat_map(|rule| rule.registrations(Base::Compound)).collect()
}

const SYNTAX: &str = "WebAuthn L3 8.9";
const STEP_1: &str = "WebAuthn L3 8.9 verification step 1";

const fn compound(codes: &'static [&'static str], edits: &'static [Edit]) -> Rule {
    Rule::refuse("compound", codes, edits).registration(SYNTAX)
}

const RULES: &[Rule] = &[
    compound(&["compound_not_array", "attestation_object_att_stmt_wrong_type"], &[Compound(E::NotArray)])
        .demands("A compound statement is an array."),
    compound(&["compound_count"], &[Compound(E::One), Compound(E::Empty)])
        .demands("A compound statement has two parts or more."),
    compound(&["compound_part_not_map"], &[Compound(E::PartNotMap)]).demands("A part is a map."),
    compound(&["compound_part_fmt_missing"], &[Compound(E::PartFmtMissing)]).demands("A part names its format."),
    compound(&["compound_part_fmt_not_text"], &[Compound(E::PartFmtNotText)]).demands("A format's name is a text."),
    compound(&["compound_part_att_stmt_missing"], &[Compound(E::PartAttStmtMissing)])
        .demands("A part has a statement."),
    compound(&["compound_part_att_stmt_not_map"], &[Compound(E::PartAttStmtNotMap)])
        .demands("A part's statement is a map."),
    compound(&["compound_nested"], &[Compound(E::Nested)]).demands("No part is a compound statement."),
    compound(&["attestation_format_unsupported"], &[Compound(E::PartFmtUnknown)])
        .registration(STEP_1)
        .demands("Every part is verified by the procedure of its format; what nobody can verify does not hold."),
    compound(&["packed_signature"], &[Signature(B::BitFlipped), Compound(E::SecondSignature)])
        .registration(STEP_1)
        .demands("Every part is verified, the last as well as the first."),
    compound(&["packed_certificate_unit"], &[Certificate(C::UnitOther)])
        .registration(STEP_1)
        .demands("A part is verified by all of its format's rules."),
    compound(&["statement_sig_missing"], &[Statement(S::SigMissing)])
        .registration(STEP_1)
        .demands("A part is verified by all of its format's rules."),
    compound(&["path_signature", "path_untrusted"], &[Path(P::Rogue)])
        .registration("WebAuthn L3 7.1 step 24; 8.9")
        .should()
        .demands("Every part's certificates lead to an anchor."),
    compound(&["compound_duplicate"], &[Compound(E::Duplicate)])
        .hardening()
        .demands("A key that vouches twice is one voice."),
    compound(&["compound_too_many"], &[Compound(E::TooMany)])
        .hardening()
        .demands("Nobody is made to verify statements without number."),
    Rule::accept("compound", &[Compound(E::Reversed)]).registration(SYNTAX).demands("The parts stand in no order."),
];
