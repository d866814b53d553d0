//! Letters without an SMTP server.

use std::os::unix::fs::PermissionsExt;

use super::{ADA, registers};
use crate::support::TestApp;

#[tokio::test]
async fn without_a_server_letters_are_files_that_only_the_shop_can_read() {
    let app = TestApp::start().await;
    registers(&app).await;
    let letter = app.letter(ADA, 1).await;
    assert!(letter.text.contains("http://shop.test/verify-email?token="), "{}", letter.text);
    let folder = app.app.config.data_dir.join("mail");
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    let files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path()).collect();
    assert_eq!(files.len(), 1, "nothing is left beside it: {files:?}");
    assert_eq!(mode(&files[0]), 0o600);
}
