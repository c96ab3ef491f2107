use super::*;

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

fn rule(text: &str) -> Rule {
    let mut words = text.split(' ');
    let kind = match words.next().unwrap() {
        "+" => RuleKind::Include,
        _ => RuleKind::Exclude,
    };
    Rule {
        kind,
        domain: HostPattern::parse(words.next().unwrap(), Reason::InstructionsRuleDomain).unwrap(),
        path: words.next().unwrap().to_owned(),
    }
}

#[track_caller]
fn check(reach: Reach, rules: &[&str], expected: &[(&str, bool)]) {
    let scope = Resolved {
        origin: url("https://example.com/"),
        reach,
        rules: rules.iter().map(|text| rule(text)).collect(),
        refresh_url: url("https://example.com/refresh"),
    };
    for (text, included) in expected {
        assert_eq!(scope.includes(&url(text)), *included, "{rules:?} {text}");
    }
}

#[test]
fn origin_reach() {
    check(
        Reach::Origin,
        &[],
        &[
            ("https://example.com/", true),
            ("https://example.com/any?q", true),
            ("https://example.com:8443/", false),
            ("https://www.example.com/", false),
            ("http://example.com/", false),
            ("https://example.com/refresh", false),
            ("https://example.com/refresh?x=1", false),
            ("https://example.com/refreshed", true),
        ],
    );
}

#[test]
fn site_reach() {
    check(
        Reach::Site,
        &[],
        &[
            ("https://example.com/", true),
            ("https://www.example.com/", true),
            ("https://example.com:8443/", true),
            ("http://www.example.com/", false),
            ("https://example.org/", false),
            ("https://example.com/refresh", false),
            ("https://www.example.com/refresh", true),
        ],
    );
}

#[test]
fn the_last_matching_rule_decides() {
    check(
        Reach::Origin,
        &["- * /static", "+ * /static/private"],
        &[
            ("https://example.com/static", false),
            ("https://example.com/static/", false),
            ("https://example.com/static/a", false),
            ("https://example.com/staticky", true),
            ("https://example.com/static/private", true),
            ("https://example.com/static/private/a", true),
        ],
    );
    check(Reach::Origin, &["+ * /static/private", "- * /static"], &[("https://example.com/static/private", false)]);
    check(
        Reach::Site,
        &["- * /", "+ www1.example.com /", "- *.www1.example.com /"],
        &[
            ("https://example.com/", false),
            ("https://www1.example.com/", true),
            ("https://a.www1.example.com/", false),
            ("https://www2.example.com/", false),
        ],
    );
    check(Reach::Origin, &["+ * /refresh"], &[("https://example.com/refresh", false)]);
    check(Reach::Origin, &["+ other.example /"], &[("https://other.example/", false)]);
}

#[test]
fn paths() {
    for (pattern, path, matches) in [
        ("/", "/", true),
        ("/", "/a", true),
        ("/a", "/a", true),
        ("/a", "/a/", true),
        ("/a", "/a/b", true),
        ("/a", "/ab", false),
        ("/a/", "/a", false),
        ("/a/", "/a/b", true),
        ("/a/b", "/a", false),
    ] {
        assert_eq!(path_matches(pattern, path), matches, "{pattern} {path}");
    }
}

#[test]
fn host_patterns() {
    let parse = |text| HostPattern::parse(text, Reason::InstructionsRuleDomain);
    for (pattern, host, matches) in [
        ("*", "anything", true),
        ("example.com", "example.com", true),
        ("EXAMPLE.com", "example.com", true),
        ("example.com", "www.example.com", false),
        ("*.example.com", "www.example.com", true),
        ("*.example.com", "a.b.example.com", true),
        ("*.example.com", "example.com", false),
        ("*.example.com", ".example.com", false),
        ("*.example.com", "badexample.com", false),
        ("127.0.0.1", "127.0.0.1", true),
        ("[::1]", "[::1]", true),
    ] {
        assert_eq!(parse(pattern).unwrap().matches(host), matches, "{pattern} {host}");
    }
    for bad in [
        "",
        "*.",
        "**",
        "a*.example.com",
        "*.*.example.com",
        "*.127.0.0.1",
        "*.[::1]",
        "example.com/x",
        "user@example.com",
        "exa mple.com",
    ] {
        assert_eq!(parse(bad).map_err(|error| error.reason), Err(Reason::InstructionsRuleDomain), "{bad}");
    }
}
