//! Arguments in, exit code out.

use std::process::ExitCode;

fn main() -> ExitCode {
    env_logger::Builder::from_env(env_logger::Env::default().default_filter_or("error")).init();
    // A fault of the program has an exit code of its own; the message is on stderr already.
    std::panic::catch_unwind(|| megawatt::cli::run(std::env::args_os())).unwrap_or_else(|_| ExitCode::from(3))
}
