//! Small files with known answers, and files that are no networks.

use super::*;

fn flow_of(text: &str) -> Flow {
    solve(&read(text.as_bytes()).unwrap())
}

fn refusal(text: &str) -> String {
    read(text.as_bytes()).unwrap_err().to_string()
}
