//! placeholder
/// The page.
pub fn page(report: &super::Report) -> String {
    report.facts.target.clone()
}
