use super::*;
use crate::report::sample::sample;

#[test]
fn the_page_stands_alone_and_escapes_what_strangers_sent() {
    let page = page(&sample());
    for outside in ["src=\"", "<link", "@import", "url(", "http-equiv=\"refresh\""] {
        assert!(!page.contains(outside), "{outside}");
    }
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert!(!page.contains("<script>alert"));
    assert_eq!(page.matches("<script>").count(), 1);
}

#[test]
fn every_case_has_one_anchor_and_every_link_leads_somewhere() {
    let report = sample();
    let page = page(&report);
    for suite in &report.suites {
        for case in &suite.cases {
            let id = format!("id=\"{}\"", anchor(&suite.id, case));
            assert_eq!(page.matches(&id).count(), 1, "{id}");
        }
    }
    for link in page.split("href=\"#").skip(1) {
        let target = link.split('"').next().unwrap();
        assert!(page.contains(&format!("id=\"{target}\"")), "{target}");
    }
}

/// Writes the sample page where `ASSAY_SAMPLE_PAGE` says, to be looked at.
#[test]
fn the_sample_can_be_looked_at() {
    if let Ok(path) = std::env::var("ASSAY_SAMPLE_PAGE") {
        std::fs::write(path, page(&sample())).unwrap();
    }
}
