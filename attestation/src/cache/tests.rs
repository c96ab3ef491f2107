use assay_mint::chain::Issued;
use assay_mint::lab::{Lab, MODEL};
use assay_protocol::check::Enforced;
use time::{Duration, OffsetDateTime};

use super::Cache;
use crate::certificate::Certificate;
use crate::path::{self, Anchors};

const NOW: i64 = 1_795_305_600;

fn now() -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(NOW).unwrap()
}

fn issued() -> (Vec<Certificate>, Anchors) {
    let issued: Issued = Lab::new([7; 32], NOW).model(MODEL).issue().unwrap();
    let path = issued.x5c().iter().map(|der| Certificate::parse(der).unwrap()).collect();
    (path, Anchors::parse([issued.root]).unwrap())
}

fn code(
    cache: &Cache,
    path: &[Certificate],
    anchors: &Anchors,
    now: OffsetDateTime,
    enforced: &Enforced,
) -> &'static str {
    match cache.verify(path, anchors, now, enforced) {
        Ok(Some(_)) => "anchored",
        Ok(None) => "nowhere",
        Err(rejection) => rejection.code(),
    }
}

/// A path that is known gives the anchor that it gave before, and each other question is asked anew.
#[test]
fn only_the_same_question_has_the_same_answer() {
    let (path, anchors) = issued();
    let cache = Cache::new(16);
    let all = Enforced::all();
    let fresh = path::verify(&path, &anchors, now(), &all).unwrap().cloned();
    for _ in 0..2 {
        assert_eq!(cache.verify(&path, &anchors, now(), &all), Ok(fresh.clone()));
    }
    assert_eq!(cache.paths(), 1);

    let strangers = Lab::new([8; 32], NOW).model(MODEL).issue().unwrap();
    let others = Anchors::parse([strangers.root]).unwrap();
    assert_eq!(code(&cache, &path, &others, now(), &all), "path_signature");
    assert_eq!(code(&cache, &path, &Anchors::default(), now(), &all), "path_untrusted");
    assert_eq!(code(&cache, &path[..1], &Anchors::default(), now(), &all.clone().without("path_untrusted")), "nowhere");
    assert_eq!(cache.paths(), 1, "refusals are not remembered");
    assert_eq!(code(&cache, &path, &anchors, now(), &all.without("path_length")), "anchored");
    assert_eq!(cache.paths(), 2, "other checks are another question");
}

/// A good verdict ends with the first certificate of the path that does.
#[test]
fn validity_is_honoured() {
    let (path, anchors) = issued();
    let cache = Cache::new(16);
    let all = Enforced::all();
    let second = Duration::seconds(1);
    let until = path.iter().map(|certificate| certificate.not_after).min().unwrap();
    let from = path.iter().map(|certificate| certificate.not_before).max().unwrap();
    assert_eq!(code(&cache, &path, &anchors, now(), &all), "anchored");
    for (at, verdict) in [
        (until, "anchored"),
        (until + second, "path_expired"),
        (from, "anchored"),
        (from - second, "path_not_yet_valid"),
    ] {
        assert_eq!(code(&cache, &path, &anchors, at, &all), verdict, "{at}");
        assert_eq!(path::verify(&path, &anchors, at, &all).is_ok(), verdict == "anchored", "{at}, without memory");
    }
}

/// However many come, no more are kept than were asked for.
#[test]
fn it_is_bounded() {
    let cache = Cache::new(8);
    let all = Enforced::all();
    for seed in 0..40 {
        let issued = Lab::new([seed; 32], NOW).model(MODEL).issue().unwrap();
        let path: Vec<_> = issued.x5c().iter().map(|der| cache.certificate(der).unwrap()).collect();
        let anchors = Anchors::parse([issued.root]).unwrap();
        assert_eq!(code(&cache, &path, &anchors, now(), &all), "anchored");
    }
    assert!(cache.paths() <= 8 && cache.certificates.len() <= 8, "{} {}", cache.paths(), cache.certificates.len());
}
