//! Coverage as text.

use std::fmt::{self, Write as _};

use super::{Clause, Coverage, Place, Row, Status};

/// Clause by clause, then what is missing, then the numbers.
pub fn render(coverage: &Coverage, clauses: &[Clause]) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write(&mut out, coverage, clauses);
    out
}

fn write(out: &mut String, coverage: &Coverage, clauses: &[Clause]) -> fmt::Result {
    for clause in clauses {
        let rows: Vec<&Row> = coverage.rows.iter().filter(|row| row.clause == clause.id).collect();
        if rows.is_empty() {
            continue;
        }
        writeln!(out, "{}  {}  {}\n  {}", clause.id, clause.level, clause.reference, clause.words)?;
        rows.into_iter().try_for_each(|row| write_row(out, row))?;
    }
    let others: Vec<&Row> = coverage.rows.iter().filter(|row| row.clause.is_empty()).collect();
    if !others.is_empty() {
        writeln!(out, "beyond the listed clauses")?;
        for row in others {
            write_row(out, row)?;
        }
    }
    for clause in &coverage.out_of_slice {
        if let Place::OutOfSlice { reason } = &clause.place {
            writeln!(out, "not asked  {}  {}  {}: {reason}", clause.id, clause.level, clause.words)?;
        }
    }
    for clause in &coverage.clauses_without_case {
        writeln!(out, "NO CASE    {}  {}  {}: {}", clause.id, clause.level, clause.reference, clause.words)?;
    }
    for proof in &coverage.stale_proofs {
        writeln!(out, "NO SUCH CASE  {}  {}, proven by {}", proof.suite, proof.case, proof.defect)?;
    }
    let totals = &coverage.totals;
    for case in &totals.unproven_must_cases {
        writeln!(out, "UNPROVEN   {case}")?;
    }
    writeln!(
        out,
        "{} cases, {} proven; {} of level MUST, {} of them unproven; {} shadowed by another check; {} MUST clauses without a case",
        totals.cases,
        totals.proven,
        totals.must_cases,
        totals.unproven_must_cases.len(),
        totals.shadowed,
        coverage.clauses_without_case.iter().filter(|clause| clause.level.binds()).count(),
    )
}

fn write_row(out: &mut String, row: &Row) -> fmt::Result {
    let status = match row.status {
        Status::Proven => "proven  ",
        Status::Unproven => "unproven",
    };
    write!(out, "    {status}  {:8}  {}", row.level.as_str(), row.case)?;
    if row.clause.is_empty() {
        write!(out, "  ({})", row.reference)?;
    }
    if !row.proofs.is_empty() {
        write!(out, "  by {}", row.proofs.join("; "))?;
    }
    if !row.shadowed_by.is_empty() {
        write!(out, "  shadowed by {}", row.shadowed_by.join(", "))?;
    }
    writeln!(out)
}
