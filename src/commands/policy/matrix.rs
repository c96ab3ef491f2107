//! `assay policy matrix`.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

use super::file::{self, Found};
use super::{MatrixArgs, Place, Sort};
use crate::matrix::{Matrix, Model, Verdict, csv, html, table};
use crate::output::{Exit, Style, print};

/// Prints or writes the matrix.
pub(super) fn run(here: &Place, args: &MatrixArgs) -> Result<Exit> {
    let policy = match file::read(&args.policy)? {
        Found::Policy(_, policy) => policy,
        Found::Problems(problems) => anyhow::bail!("{}: {}", args.policy.display(), problems.join("\n  ")),
    };
    let metadata = args.models.load(here)?;
    let mut matrix = Matrix::of(&policy, Some(&metadata), args.models.day());
    sort(&mut matrix.models, args.sort);
    if let Some(path) = &args.csv {
        write(path, &csv::write(&matrix))?;
    }
    if let Some(path) = &args.html {
        let name = args.policy.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        write(path, &html::page(&matrix, &name))?;
    }
    let wanted = |model: &&Model| {
        (!args.refused || model.verdict != Verdict::Admitted)
            && args.search.as_deref().is_none_or(|text| model.mentions(text))
    };
    if here.json {
        matrix.models = matrix.models.iter().filter(wanted).cloned().collect();
        print(&format!("{}\n", serde_json::to_string_pretty(&matrix)?))?;
    } else if args.csv.is_none() && args.html.is_none() {
        let shown: Vec<&Model> = matrix.models.iter().filter(wanted).collect();
        print(&table::write(&matrix, &shown, Style::for_stdout()))?;
    }
    Ok(Exit::Good)
}

fn sort(models: &mut [Model], by: Sort) {
    const LEVELS: [&str; 8] = ["NONE", "FUNCTIONAL", "L1", "L1plus", "L2", "L2plus", "L3", "L3plus"];
    let name = |model: &Model| model.name.to_lowercase();
    match by {
        Sort::Verdict => models.sort_by_cached_key(|model| (model.verdict, name(model))),
        Sort::Name => models.sort_by_cached_key(name),
        Sort::Level => {
            models.sort_by_cached_key(|model| (LEVELS.iter().position(|level| *level == model.level), name(model)))
        }
        Sort::File => {}
    }
}

fn write(path: &Path, text: &str) -> Result<()> {
    if path == Path::new("-") {
        return Ok(print(text)?);
    }
    fs::write(path, text).with_context(|| format!("{} cannot be written", path.display()))
}
