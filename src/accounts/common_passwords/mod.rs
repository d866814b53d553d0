//! The passwords that are guessed first.
//!
//! `list.txt` holds those of at least eight letters, in lower case and sorted by bytes, one a line; shorter ones are refused
//! for that alone. It is made of two lists: `common-passwords.txt` of Django 5.2.19 (by Royce Williams, from leaked ones)
//! and the frequency list of zxcvbn 4.5.0; `LICENSES` has their terms. The text is searched as it lies in the binary: it
//! costs nothing at the start and no memory.

const LIST: &[u8] = include_bytes!("list.txt");

/// Whether a password is one of those, whatever its capitals.
pub(super) fn is_common(password: &str) -> bool {
    let password = password.to_lowercase();
    let (mut low, mut high) = (0, LIST.len());
    // Both are always where a line begins, or the end.
    while low < high {
        let middle = low + (high - low) / 2;
        let start = low + LIST[low..middle].iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        let line = LIST[start..].split(|byte| *byte == b'\n').next().unwrap_or_default();
        match line.cmp(password.as_bytes()) {
            std::cmp::Ordering::Equal => return true,
            std::cmp::Ordering::Less => low = start + line.len() + 1,
            std::cmp::Ordering::Greater => high = start,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines() -> Vec<&'static str> {
        std::str::from_utf8(LIST).unwrap().lines().collect()
    }

    #[test]
    fn the_list_is_as_the_search_needs_it() {
        let lines = lines();
        assert!(lines.len() > 15_000);
        assert!(lines.is_sorted() && lines.windows(2).all(|pair| pair[0] != pair[1]));
        assert!(lines.iter().all(|line| line.len() >= 8 && line.is_ascii() && **line == line.to_lowercase()));
        assert_eq!(LIST.last(), Some(&b'\n'));
    }

    #[test]
    fn every_one_is_found_and_nothing_beside_it() {
        let lines = lines();
        for line in &lines {
            assert!(is_common(line) && is_common(&line.to_uppercase()), "{line}");
            let longer = format!("{line}\u{1}");
            assert!(!is_common(&longer), "{longer}");
            let shorter = &line[..line.len() - 1];
            assert_eq!(is_common(shorter), lines.binary_search(&shorter).is_ok(), "{shorter}");
        }
        for other in ["", "\n", "a", "zzzzzzzzzzzzzzzz~", "correct horse battery", "ünïcödé!", "password1\n"]
        {
            assert!(!is_common(other), "{other}");
        }
    }
}
