use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use secrecy::ExposeSecret;

use super::super::keys::tests::{PRIVATE, PUBLIC};
use super::*;
use crate::accounts::{Permission, Recalls, Viewer, authenticate};
use crate::clock::Clock;
use crate::ids::UserId;

const SECRET: &str = "a secret that only the tests know, long enough";

fn configured(secret: &str, keys: Option<&str>) -> TokenKeys {
    let config = config::Tokens {
        secret: Some(secret.into()),
        sealing: None,
        keys: keys.map(Into::into),
        issuer: "shop".to_owned(),
        audience: "shoppers".to_owned(),
        access_ttl: Duration::from_mins(15),
        refresh_ttl: Duration::from_hours(1),
    };
    TokenKeys::open(&config, Path::new("nothing is kept")).unwrap()
}

/// HS256.
fn keys(secret: &str) -> TokenKeys {
    configured(secret, None)
}

/// Ed25519 and another key, in this order.
fn key_ring(text: &str) -> TokenKeys {
    configured(SECRET, Some(text))
}

fn id_of(keys: &TokenKeys, place: usize) -> &str {
    &keys.keys[place].0.id
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap()
}

fn good_claims() -> Value {
    json!({
        "iss": "shop",
        "aud": "shoppers",
        "iat": now().timestamp(),
        "exp": now().timestamp() + 900,
        "sub": UserId::new().to_string(),
        "sid": SessionId::new().to_string(),
        "gen": 0,
        "roles": ["staff"],
    })
}

/// A token made by hand: only its signature is known to be right.
fn signed(header: &Value, claims: &Value, secret: &str) -> String {
    signed_with(header, claims, secret.as_bytes())
}

fn signed_with(header: &Value, claims: &Value, secret: &[u8]) -> String {
    let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let message = format!("{}.{}", part(header), part(claims));
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, secret);
    let signature = BASE64_URL_SAFE_NO_PAD.encode(ring::hmac::sign(&key, message.as_bytes()));
    format!("{message}.{signature}")
}

fn hs256() -> Value {
    json!({ "alg": "HS256", "typ": "at+jwt", "kid": id_of(&keys(SECRET), 0) })
}

fn verify(token: &str) -> Result<SignedIn, AuthError> {
    keys(SECRET).verify(token, now())
}

#[test]
fn a_token_says_who_and_what_until_it_expires() {
    let user = User::for_tests(&[Role::Staff]);
    let session = SessionId::new();
    let keys = keys(SECRET);
    let token = keys.issue(&user, session, 3, now()).unwrap();
    assert_eq!(token.expires_at, now() + TimeDelta::minutes(15));
    let text = token.text.expose_secret();
    let signed_in = keys.verify(text, now()).unwrap();
    let expected = SignedIn::new(user.id, session, &[Role::Staff], token.expires_at);
    assert_eq!(signed_in, expected.of(now(), 3));
    assert!(keys.verify(text, token.expires_at - TimeDelta::milliseconds(1)).is_ok());
    assert_eq!(keys.verify(text, token.expires_at), Err(AuthError::Expired));
}

#[test]
fn claims_must_be_all_there_and_ours() {
    assert!(verify(&signed(&hs256(), &good_claims(), SECRET)).is_ok());
    for (claim, value) in [
        ("iss", json!("somebody")),
        ("iss", json!(["shop"])),
        ("aud", json!("somebody")),
        ("aud", json!(["shoppers", "somebody"])),
        ("exp", json!("tomorrow")),
        ("exp", json!(i64::MAX)),
        ("exp", json!(1_800_000_060.5)),
        ("exp", json!(now().timestamp())),
        ("iat", json!("yesterday")),
        ("iat", json!(i64::MIN)),
        ("iat", json!(now().timestamp() + 31)),
        ("nbf", json!(now().timestamp() + 31)),
        ("nbf", json!("now")),
        ("gen", json!("0")),
        ("sub", json!(SessionId::new().to_string())),
        ("sub", json!("1")),
        ("sid", json!(UserId::new().to_string())),
        ("roles", json!("admin")),
    ] {
        let mut claims = good_claims();
        claims[claim] = value;
        assert_eq!(verify(&signed(&hs256(), &claims, SECRET)), Err(AuthError::Invalid), "{claims}");
    }
    for claim in ["iss", "aud", "iat", "exp", "sub", "sid", "gen", "roles"] {
        let mut claims = good_claims();
        claims.as_object_mut().unwrap().remove(claim);
        assert_eq!(verify(&signed(&hs256(), &claims, SECRET)), Err(AuthError::Invalid), "no {claim}");
    }
}

#[test]
fn expiry_goes_by_the_applications_clock() {
    let mut claims = good_claims();
    claims["iat"] = json!(now().timestamp() - 660);
    claims["exp"] = json!(now().timestamp() - 60);
    assert_eq!(verify(&signed(&hs256(), &claims, SECRET)), Err(AuthError::Expired));
    // An expired token of somebody else is above all somebody else's.
    assert_eq!(verify(&signed(&hs256(), &claims, &SECRET.to_uppercase())), Err(AuthError::Invalid));
}

#[test]
fn no_other_algorithm_is_taken_whatever_the_header_says() {
    for algorithm in ["none", "None", "HS384", "HS512", "RS256", "ES256", "PS256", "EdDSA", "hs256", ""] {
        let mut header = hs256();
        header["alg"] = json!(algorithm);
        let token = signed(&header, &good_claims(), SECRET);
        assert_eq!(verify(&token), Err(AuthError::Invalid), "{algorithm}");
        let (message, _) = token.rsplit_once('.').unwrap();
        assert_eq!(verify(&format!("{message}.")), Err(AuthError::Invalid), "{algorithm} unsigned");
    }
    for (name, value) in [
        ("crit", json!(["b64"])),
        ("crit", json!([])),
        ("typ", json!("JWT")),
        ("typ", json!(null)),
        ("kid", json!("another")),
        ("kid", json!(null)),
        ("kid", json!(["one", "two"])),
    ] {
        let mut header = hs256();
        header[name] = value;
        assert_eq!(verify(&signed(&header, &good_claims(), SECRET)), Err(AuthError::Invalid), "{header}");
    }
    // A member given twice: who reads the first and who reads the last would differ.
    let header = hs256().to_string();
    let twice = header.replacen('{', r#"{"alg":"none","#, 1);
    let message =
        [twice.as_str(), &good_claims().to_string()].map(|part| BASE64_URL_SAFE_NO_PAD.encode(part));
    let message = message.join(".");
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, SECRET.as_bytes());
    let signature = BASE64_URL_SAFE_NO_PAD.encode(ring::hmac::sign(&key, message.as_bytes()));
    assert_eq!(verify(&format!("{message}.{signature}")), Err(AuthError::Invalid));
}

#[test]
fn a_token_lasts_no_longer_than_this_copy_of_the_server_lets_it() {
    let mut claims = good_claims();
    claims["exp"] = json!(now().timestamp() + 86_400);
    let signed_in = verify(&signed(&hs256(), &claims, SECRET)).unwrap();
    assert_eq!(signed_in.expires_at, now() + TimeDelta::minutes(15));
    claims["iat"] = json!(now().timestamp() - 960);
    assert_eq!(verify(&signed(&hs256(), &claims, SECRET)), Err(AuthError::Expired));
}

#[test]
fn keys_are_rotated_without_a_token_being_lost() {
    let (old, new) = (format!("HS256 {SECRET}\n"), PRIVATE);
    let issue = |keys: &TokenKeys| {
        let token = keys.issue(&User::for_tests(&[]), SessionId::new(), 0, now()).unwrap();
        token.text.expose_secret().to_owned()
    };
    // The new key is added, becomes the first, and is alone in the end; a secret given by itself is the same key.
    let steps =
        [keys(SECRET), key_ring(&(old.clone() + new)), key_ring(&(new.to_owned() + &old)), key_ring(new)];
    for (place, neighbours) in steps.windows(2).enumerate() {
        let [before, after] = neighbours else { unreachable!("windows of two") };
        let tokens = [issue(before), issue(after)];
        let good = |keys: &TokenKeys| tokens.iter().all(|token| keys.verify(token, now()).is_ok());
        // Copies of the server are at one step or the next.
        assert!(good(before) && good(after), "step {place}");
    }
    let last = &steps[3];
    assert_eq!(last.verify(&issue(&steps[0]), now()), Err(AuthError::Invalid));
    assert!(last.verify(&issue(&steps[2]), now()).is_ok());
}

#[test]
fn keys_that_cannot_be_used_are_named_in_one_line() {
    let config = config::Tokens {
        secret: None,
        sealing: None,
        keys: Some("HS256 short".into()),
        issuer: String::new(),
        audience: String::new(),
        access_ttl: Duration::from_mins(15),
        refresh_ttl: Duration::from_hours(1),
    };
    let error = TokenKeys::open(&config, Path::new("nothing is kept")).err().unwrap();
    assert_eq!(format!("{error:#}"), "JWT_KEYS: line 1: the secret is too short: it has at least 32 bytes");
}

#[test]
fn a_key_checks_tokens_of_its_own_algorithm_only() {
    let both = key_ring(&format!("{PRIVATE}HS256 {SECRET}\n"));
    let public = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
    let raw = BASE64_URL_SAFE_NO_PAD.decode(public).unwrap();
    // What everybody can read of the public key, taken for a secret in every form there is.
    let forms: [&[u8]; 4] = [&raw, public.as_bytes(), PUBLIC.as_bytes(), PUBLIC.trim_end().as_bytes()];
    for secret in forms {
        for kid in [id_of(&both, 0), id_of(&both, 1)] {
            for algorithm in ["HS256", "EdDSA"] {
                let header = json!({ "alg": algorithm, "typ": "at+jwt", "kid": kid });
                let token = signed_with(&header, &good_claims(), secret);
                assert_eq!(both.verify(&token, now()), Err(AuthError::Invalid), "{header}");
            }
        }
    }
    // The secret's signature under the other key's name or algorithm.
    for (algorithm, place) in [("HS256", 0), ("EdDSA", 0), ("EdDSA", 1)] {
        let header = json!({ "alg": algorithm, "typ": "at+jwt", "kid": id_of(&both, place) });
        let token = signed(&header, &good_claims(), SECRET);
        assert_eq!(both.verify(&token, now()), Err(AuthError::Invalid), "{header}");
    }
    let header = json!({ "alg": "HS256", "typ": "at+jwt", "kid": id_of(&both, 1) });
    assert!(both.verify(&signed(&header, &good_claims(), SECRET), now()).is_ok());
}

#[test]
fn a_token_altered_anywhere_is_refused() {
    let token = signed(&hs256(), &good_claims(), SECRET);
    for place in 0..token.len() {
        let mut altered = token.clone().into_bytes();
        altered[place] = if altered[place] == b'A' { b'B' } else { b'A' };
        let altered = String::from_utf8(altered).unwrap();
        assert_eq!(verify(&altered), Err(AuthError::Invalid), "byte {place}");
    }
    for text in ["", ".", "..", "...", "a.b.c", &token[1..], &format!("{token}."), &"a".repeat(100_000)] {
        assert_eq!(verify(text), Err(AuthError::Invalid), "{text:.40}");
    }
}

#[test]
fn an_unknown_role_brings_nothing() {
    let mut claims = good_claims();
    claims["roles"] = json!(["owner", "customer"]);
    let viewer = Viewer::User(verify(&signed(&hs256(), &claims, SECRET)).unwrap());
    assert!(viewer.may(Permission::WriteReviews));
    assert!(!viewer.may(Permission::ManageCatalog));
}

#[test]
fn a_header_that_is_not_good_never_makes_a_guest() {
    let keys = keys(SECRET);
    let recalls = Recalls::new(Duration::from_mins(15), Clock::default());
    let authenticate = |header: Option<&[u8]>, now| authenticate(header, &keys, &recalls, now);
    let token = signed(&hs256(), &good_claims(), SECRET);
    assert_eq!(authenticate(None, now()), Ok(Viewer::Guest));
    for good in [format!("Bearer {token}"), format!("bearer  {token} ")] {
        assert!(matches!(authenticate(Some(good.as_bytes()), now()), Ok(Viewer::User(_))), "{good}");
    }
    for bad in ["", "Bearer", "Bearer ", &token, "Basic YWRhOnB3", "Bearer\u{a0}x"] {
        let answer = authenticate(Some(bad.as_bytes()), now());
        assert_eq!(answer, Err(AuthError::Malformed), "{bad}");
    }
    assert_eq!(authenticate(Some(b"Bearer \xff"), now()), Err(AuthError::Malformed));
    assert_eq!(authenticate(Some(b"Bearer a b"), now()), Err(AuthError::Invalid));
    let later = now() + TimeDelta::hours(1);
    let header = format!("Bearer {token}");
    assert_eq!(authenticate(Some(header.as_bytes()), later), Err(AuthError::Expired));
}
