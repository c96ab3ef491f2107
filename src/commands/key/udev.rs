//! `assay key udev`: the rule that lets users without root plug in virtual keys.

use anyhow::{Result, bail};
use clap::Args;

use crate::output::{Exit, print};

/// The rule as the project ships it.
const RULES: &str = include_str!("70-assay-uhid.rules");

/// Options of `assay key udev`.
#[derive(Debug, Args)]
#[command(after_help = "Example: assay key udev | sudo tee /etc/udev/rules.d/70-assay-uhid.rules")]
pub struct KeyUdevArgs {
    /// Let this group in as well, for machines that nobody sits at
    #[arg(long, value_name = "NAME")]
    pub group: Option<String>,
}

pub(super) fn run(args: &KeyUdevArgs) -> Result<Exit> {
    print(&rules(args.group.as_deref())?)?;
    Ok(Exit::Good)
}

fn rules(group: Option<&str>) -> Result<String> {
    let Some(group) = group else { return Ok(RULES.to_owned()) };
    let fits = !group.is_empty() && group.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    if !fits {
        bail!("a group's name has letters, digits, - and _, not {group:?}");
    }
    Ok(format!("{}, GROUP=\"{group}\", MODE=\"0660\"\n", RULES.trim_end()))
}

#[cfg(test)]
mod tests {
    use super::{RULES, rules};

    #[test]
    fn a_group_is_added_to_the_rule_and_nothing_can_be_smuggled_in() {
        assert_eq!(rules(None).unwrap(), RULES);
        let told = rules(Some("fido-lab")).unwrap();
        assert_eq!(
            told.lines().last(),
            Some(
                "KERNEL==\"uhid\", SUBSYSTEM==\"misc\", OPTIONS+=\"static_node=uhid\", TAG+=\"uaccess\", GROUP=\"fido-lab\", MODE=\"0660\""
            )
        );
        for name in ["", "a\"", "a\nRUN", "a b"] {
            assert!(rules(Some(name)).is_err(), "{name:?}");
        }
    }
}
