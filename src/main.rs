//! Arguments in, exit code out.

use megawatt::cli::{self, Opened};
use std::process::ExitCode;

fn main() -> ExitCode {
    env_logger::Builder::from_env(env_logger::Env::default().default_filter_or("error")).init();
    // A fault of the program has an exit code of its own; the message is on stderr already.
    std::panic::catch_unwind(|| cli::run(std::env::args_os(), &open_window)).unwrap_or_else(|_| ExitCode::from(3))
}

#[cfg(feature = "gui")]
fn open_window(opened: Opened) -> Result<(), String> {
    let Opened { loaded, path, text } = opened;
    megawatt::ui::app::run(megawatt::ui::app::Start { loaded, path, text }).map_err(|e| e.to_string())
}

#[cfg(not(feature = "gui"))]
fn open_window(_: Opened) -> Result<(), String> {
    Err("this build has no window; build it with the feature `gui`".to_owned())
}
