//! Whether a webhook is Stripe's: the header `Stripe-Signature`. <https://docs.stripe.com/webhooks/signature>

use chrono::{DateTime, TimeDelta, Utc};
use ring::hmac;
use secrecy::{ExposeSecret, SecretString};

/// How old a signature may be, and by how much Stripe's clock may be ahead of ours: one that was overheard is good no longer.
const TOLERANCE: TimeDelta = TimeDelta::minutes(5);
/// The longest header that is looked at; Stripe's has some 150 letters, and twice as many while a secret is changed.
const MAX_HEADER: usize = 2048;
/// As many signatures are tried; while a secret is changed there are two.
const MAX_SIGNATURES: usize = 8;
/// HMAC-SHA256.
const SIGNATURE_BYTES: usize = 32;

/// Why a webhook is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// There is nothing to check it with: no `STRIPE_WEBHOOK_SECRET` is set.
    #[error("no secret is known that webhooks are signed with")]
    NoSecret,
    /// No header, or none like Stripe's.
    #[error("it has no signature like Stripe's")]
    Malformed,
    /// Signed too long ago, or in the future.
    #[error("its signature is of another time")]
    OtherTime,
    /// Signed by somebody else, or changed since.
    #[error("its signature is none of Stripe's")]
    Wrong,
}

/// Whether the body was signed, a moment ago, with one of the secrets.
pub(super) fn verify(
    header: Option<&str>,
    body: &[u8],
    secrets: &[SecretString],
    now: DateTime<Utc>,
) -> Result<(), SignatureError> {
    if secrets.is_empty() {
        return Err(SignatureError::NoSecret);
    }
    let header = header.filter(|header| header.len() <= MAX_HEADER).ok_or(SignatureError::Malformed)?;
    let (time, signatures) = parse(header).ok_or(SignatureError::Malformed)?;
    let moment = time.parse().ok().and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    let age = now - moment.ok_or(SignatureError::Malformed)?;
    if age.abs() > TOLERANCE {
        return Err(SignatureError::OtherTime);
    }
    let signed = [time.as_bytes(), b".", body].concat();
    // Each comparison takes as long as any other, wherever the first difference is.
    let good = secrets.iter().any(|secret| {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose_secret().as_bytes());
        signatures.iter().any(|signature| hmac::verify(&key, &signed, signature).is_ok())
    });
    if good { Ok(()) } else { Err(SignatureError::Wrong) }
}

/// The moment as it is written, and the signatures of the one scheme there is. What else is in the header is passed over.
fn parse(header: &str) -> Option<(&str, Vec<[u8; SIGNATURE_BYTES]>)> {
    let mut time = None;
    let mut signatures = Vec::new();
    for (name, value) in header.split(',').filter_map(|item| item.trim().split_once('=')) {
        match name {
            // Two moments are one too many to say which was signed.
            "t" if time.replace(value).is_some() => return None,
            "v1" if signatures.len() < MAX_SIGNATURES => signatures.extend(from_hex(value)),
            _ => {}
        }
    }
    let time = time.filter(|time| time.len() <= 12 && time.bytes().all(|byte| byte.is_ascii_digit()))?;
    (!signatures.is_empty()).then_some((time, signatures))
}

fn from_hex(text: &str) -> Option<[u8; SIGNATURE_BYTES]> {
    if text.len() != 2 * SIGNATURE_BYTES {
        return None;
    }
    let mut bytes = [0; SIGNATURE_BYTES];
    for (byte, digits) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        let digit = |letter: u8| char::from(letter).to_digit(16);
        *byte = u8::try_from(digit(digits[0])? * 16 + digit(digits[1])?).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BODY: &[u8] = br#"{"id":"evt_1"}"#;
    const NOW: i64 = 1_700_000_000;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(NOW, 0).unwrap()
    }

    fn secrets(texts: &[&str]) -> Vec<SecretString> {
        texts.iter().map(|text| SecretString::from(*text)).collect()
    }

    fn sign(secret: &str, time: i64, body: &[u8]) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        let tag = hmac::sign(&key, &[time.to_string().as_bytes(), b".", body].concat());
        tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn header(secret: &str, time: i64) -> String {
        format!("t={time},v1={}", sign(secret, time, BODY))
    }

    #[test]
    fn what_stripe_signed_is_believed() {
        // Made by hand, with openssl: printf '1700000000.{"id":"evt_1"}' | openssl dgst -sha256 -hmac whsec_test
        let by_hand =
            "t=1700000000,v1=c89214b5b5da833daed6f0b8c5bb6bd58cea9022bd80ccc78230f3942d632925,v0=0000";
        assert_eq!(verify(Some(by_hand), BODY, &secrets(&["whsec_test"]), now()), Ok(()));
        assert_eq!(sign("whsec_test", NOW, BODY), by_hand[16..80]);
    }

    #[test]
    fn while_a_secret_is_changed_both_are_good_on_either_side() {
        let both = secrets(&["whsec_new", "whsec_old"]);
        for secret in ["whsec_new", "whsec_old"] {
            assert_eq!(verify(Some(&header(secret, NOW)), BODY, &both, now()), Ok(()));
        }
        let signed_twice = format!("{},v1={}", header("whsec_old", NOW), sign("whsec_new", NOW, BODY));
        for secret in ["whsec_new", "whsec_old"] {
            assert_eq!(verify(Some(&signed_twice), BODY, &secrets(&[secret]), now()), Ok(()));
        }
        assert_eq!(
            verify(Some(&signed_twice), BODY, &secrets(&["whsec_other"]), now()),
            Err(SignatureError::Wrong)
        );
    }

    #[test]
    fn what_was_changed_or_signed_by_somebody_else_is_not() {
        let ours = secrets(&["whsec_test"]);
        let signed = header("whsec_test", NOW);
        assert_eq!(verify(Some(&signed), br#"{"id":"evt_2"}"#, &ours, now()), Err(SignatureError::Wrong));
        assert_eq!(verify(Some(&header("whsec_eve", NOW)), BODY, &ours, now()), Err(SignatureError::Wrong));
        // The moment is signed, too.
        let moved = signed.replace("t=1700000000", "t=1700000001");
        assert_eq!(verify(Some(&moved), BODY, &ours, now()), Err(SignatureError::Wrong));
        assert_eq!(verify(Some(&signed), BODY, &[], now()), Err(SignatureError::NoSecret));
    }

    #[test]
    fn a_signature_is_good_for_five_minutes_by_either_clock() {
        let ours = secrets(&["whsec_test"]);
        for (time, verdict) in [
            (NOW - 300, Ok(())),
            (NOW + 300, Ok(())),
            (NOW - 301, Err(SignatureError::OtherTime)),
            (NOW + 301, Err(SignatureError::OtherTime)),
            (0, Err(SignatureError::OtherTime)),
        ] {
            assert_eq!(verify(Some(&header("whsec_test", time)), BODY, &ours, now()), verdict, "{time}");
        }
    }

    #[test]
    fn what_is_no_signature_is_refused_as_that() {
        let ours = secrets(&["whsec_test"]);
        let signature = sign("whsec_test", NOW, BODY);
        let long = format!("{},{}", header("whsec_test", NOW), "v0=1,".repeat(1000));
        for header in [
            "",
            "t=1700000000",
            &format!("v1={signature}"),
            &format!("t=now,v1={signature}"),
            &format!("t=-1700000000,v1={signature}"),
            &format!("t=1700000000,t=1,v1={signature}"),
            &format!("t=99999999999999999999,v1={signature}"),
            "t=1700000000,v1=zz",
            &format!("t=1700000000,v1={}", "é".repeat(32)),
            &long,
        ] {
            assert_eq!(verify(Some(header), BODY, &ours, now()), Err(SignatureError::Malformed), "{header}");
        }
        assert_eq!(verify(None, BODY, &ours, now()), Err(SignatureError::Malformed));
    }

    proptest! {
        #[test]
        fn no_header_makes_it_panic(header in ".*", body in prop::collection::vec(any::<u8>(), 0..100)) {
            prop_assert!(verify(Some(&header), &body, &secrets(&["whsec_test"]), now()).is_err());
        }

        #[test]
        fn nothing_like_a_header_does_either(header in "(t=[0-9]{0,20},?|v1=[0-9a-f]{60,70},?|[a-z]=.){0,8}") {
            prop_assert!(verify(Some(&header), BODY, &secrets(&["whsec_test"]), now()).is_err());
        }
    }
}
