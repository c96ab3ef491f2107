use super::*;

fn gate(rules: &[Rule]) -> Gate {
    Gate::new(rules.to_vec())
}

fn steps(gate: &mut Gate, cid: u32, payload: &[u8]) -> Vec<Step> {
    split(cid, Command::CBOR, payload).unwrap().iter().map(|report| gate.take(report)).collect()
}

#[test]
fn names_are_those_of_the_specification() {
    assert_eq!(
        Rule::refusal("GetAssertion=NO_CREDENTIALS"),
        Ok(Rule { command: 2, what: What::Refuse(Status::NO_CREDENTIALS) })
    );
    assert_eq!(Rule::delay("ClientPIN=20"), Ok(Rule { command: 6, what: What::Delay(Duration::from_millis(20)) }));
    for text in ["", "GetAssertion", "getAssertion=NO_CREDENTIALS", "GetAssertion=OK", "GetAssertion=no"] {
        assert!(Rule::refusal(text).is_err(), "{text:?}");
    }
    assert!(Rule::delay("GetInfo=-1").is_err());
}

#[test]
fn a_refused_message_ends_here_whole_and_others_pass() {
    let mut gate = gate(&[Rule::refusal("MakeCredential=OPERATION_DENIED").unwrap()]);
    let answer = split(7, Command::CBOR, &[Status::OPERATION_DENIED.0]).unwrap();
    let long = [&[1][..], &[0; 150]].concat();
    assert_eq!(steps(&mut gate, 7, &long), [Step::Keep, Step::Keep, Step::Answer(answer.clone())]);
    assert_eq!(steps(&mut gate, 7, &[1]), [Step::Answer(answer)]);
    assert_eq!(steps(&mut gate, 7, &[2]), [Step::Pass]);
    let long = [&[2][..], &[0; 100]].concat();
    assert_eq!(steps(&mut gate, 7, &long), [Step::Pass, Step::Pass]);
}

#[test]
fn a_message_that_is_given_up_keeps_nothing_back() {
    let mut gate = gate(&[Rule::refusal("MakeCredential=OPERATION_DENIED").unwrap()]);
    let long = [&[1][..], &[0; 100]].concat();
    let reports = split(7, Command::CBOR, &long).unwrap();
    let other = split(8, Command::CBOR, &[[2; 100]].concat()).unwrap();
    assert_eq!(gate.take(&reports[0]), Step::Keep);
    assert_eq!(gate.take(&other[1]), Step::Pass);
    let init = split(7, Command::INIT, &[0; 8]).unwrap();
    assert_eq!(gate.take(&init[0]), Step::Pass);
    assert_eq!(gate.take(&reports[1]), Step::Pass);
}

#[test]
fn a_delayed_message_waits_once() {
    let mut gate = gate(&[Rule::delay("GetInfo=5").unwrap()]);
    assert_eq!(steps(&mut gate, 7, &[4]), [Step::Wait(Duration::from_millis(5))]);
    let long = [&[4][..], &[0; 100]].concat();
    assert_eq!(steps(&mut gate, 7, &long), [Step::Wait(Duration::from_millis(5)), Step::Pass]);
}
