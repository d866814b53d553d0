//! The audits that the working group's reference implementation offers.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

use crate::support::TestApp;

const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn every_audit_passes_without_a_warning() {
    let app = TestApp::start().await;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance/audits.mjs");
    let mut audits = Command::new("node");
    audits
        .arg(script)
        .arg(format!("http://{}/graphql", app.address))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    let audits = tokio::time::timeout(PATIENCE, audits.output());
    let output =
        audits.await.expect("the audits end").expect("node runs: 'make test' checks that it is there");
    let said = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&said));
}
