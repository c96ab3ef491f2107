use super::*;
use crate::case::{Level, Need};
use crate::evidence::{Exchange, Message, Role};
use crate::verdict::Pass;

fn options() -> Options {
    Options::new("w3c-l3", Seed::new([1; 32]), SystemTime::UNIX_EPOCH)
}

fn opener() -> Arc<dyn Open<u32>> {
    Arc::new(|_: &mut Context| Ok(7))
}

fn case(id: &str, run: impl Fn(&mut u32, &mut Context) -> Result<Pass, Stop> + Send + Sync + 'static) -> Case<u32> {
    Case::new(id, id, "clause", Level::Must, run)
}

fn outcomes(suite: &Suite<u32>, options: &Options) -> Vec<(String, String)> {
    run(suite, &opener(), options, &mut Silent)
        .cases
        .into_iter()
        .map(|case| (case.header.id, case.outcome.name().to_owned()))
        .collect()
}

#[test]
fn every_outcome_is_told_apart_and_order_is_kept() {
    let suite = Suite::new("s", "S").with([
        case("b/pass", |_, _| Ok(Pass::plain("fine"))),
        case("a/unattributed", |_, _| Ok(Pass::unattributed("who knows"))),
        case("a/fail", |_, _| Err(Stop::fail("refused", "accepted"))),
        case("a/skip", |_, _| Err(Stop::skip("uv"))),
        case("a/need", |_, _| panic!("never runs")).needs([Need::new("hmac-secret")]),
        case("a/broken", |_, _| Err(Stop::broken("no network"))),
        case("a/panic", |_, _| panic!("on purpose")),
    ]);
    let names: Vec<_> = outcomes(&suite, &options()).into_iter().map(|(_, name)| name).collect();
    assert_eq!(names, ["pass", "unattributed", "fail", "skip", "skip", "broken", "broken"]);
}

#[test]
fn a_world_that_does_not_open_breaks_the_case() {
    let open: Arc<dyn Open<u32>> = Arc::new(|_: &mut Context| Err(Stop::broken("refused")));
    let suite = Suite::new("s", "S").with([case("a", |_, _| Ok(Pass::plain("")))]);
    let report = run(&suite, &open, &options(), &mut Silent);
    assert_eq!(report.cases[0].outcome.name(), "broken");
}

#[test]
fn a_case_that_hangs_is_given_up_with_its_evidence() {
    let suite = Suite::new("s", "S").with([case("a", |_, context| {
        context.record(Exchange {
            label: String::from("asked"),
            role: Role::Probe,
            sent: Message::line("hello"),
            received: None,
        });
        loop {
            context.check_time()?;
            thread::yield_now();
        }
    })]);
    let mut options = options();
    options.timeout = Duration::from_millis(30);
    let report = run(&suite, &opener(), &options, &mut Silent);
    assert_eq!(report.cases[0].outcome.name(), "broken");
    assert_eq!(report.cases[0].evidence.len(), 1);
}

#[test]
fn a_case_draws_the_same_bytes_whatever_else_runs() {
    let drawn = |filter: &str| {
        let suite = Suite::new("s", "S")
            .with(["a", "b"].map(|id| case(id, |_, context| Ok(Pass::plain(context.random.word(20))))));
        let mut options = options();
        options.filter = Filter::new([filter]);
        let report = run(&suite, &opener(), &options, &mut Silent);
        report.cases.last().unwrap().outcome.clone()
    };
    assert_eq!(drawn("**"), drawn("b"));
    assert_ne!(drawn("a"), drawn("b"));
}

#[test]
fn a_cancelled_run_says_how_much_it_did_not_run() {
    let options = options();
    let cancel = options.cancel.clone();
    let suite = Suite::new("s", "S").with([
        case("a", move |_, _| {
            cancel.cancel();
            Ok(Pass::plain("done"))
        }),
        case("b", |_, _| Ok(Pass::plain(""))),
    ]);
    let report = run(&suite, &opener(), &options, &mut Silent);
    assert_eq!((report.cases.len(), report.not_run), (1, 1));
}

/// A target that has to be prepared, and hears of each case's end.
#[derive(Default)]
struct Prepared(std::sync::Mutex<Vec<String>>);

impl Prepared {
    fn heard(&self, what: String) {
        self.0.lock().unwrap().push(what);
    }
}

impl Open<u32> for Prepared {
    fn prepare(&self, header: &Header, _cancel: &Cancel) -> Result<(), Stop> {
        self.heard(format!("prepare {}", header.id));
        if header.id == "c" { Err(Stop::broken("no power")) } else { Ok(()) }
    }

    fn ended(&self, outcome: &Outcome) {
        self.heard(format!("ended {}", outcome.name()));
    }

    fn open(&self, _context: &mut Context) -> Result<u32, Stop> {
        self.heard("open".to_owned());
        Ok(7)
    }
}

#[test]
fn what_is_asked_is_prepared_and_nothing_else_is() {
    let suite = Suite::new("s", "S").with([
        case("a", |_, _| Ok(Pass::plain("fine"))),
        case("b", |_, _| panic!("never runs")).needs([Need::new("uv")]),
        case("c", |_, _| panic!("never runs")),
        case("d", |_, _| Err(Stop::skip("uv"))),
    ]);
    let target = Arc::new(Prepared::default());
    let open: Arc<dyn Open<u32>> = target.clone();
    // What comes first is asked first; the report keeps the suite's order.
    let options = Options { order: Some(|header| u8::from(header.id == "a")), ..options() };
    let report = run(&suite, &open, &options, &mut Silent);
    let ids: Vec<_> = report.cases.iter().map(|case| (case.header.id.as_str(), case.outcome.name())).collect();
    assert_eq!(ids, [("a", "pass"), ("b", "skip"), ("c", "broken"), ("d", "skip")]);
    let heard = target.0.lock().unwrap();
    let expected = ["prepare c", "ended broken", "prepare d", "open", "ended skip", "prepare a", "open", "ended pass"];
    assert_eq!(*heard, expected);
}
