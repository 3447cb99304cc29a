//! Which passwords are refused: the ones everybody tries first.

/// Common passwords, also without their marks and spaces; one a line.
const COMMON: &str = include_str!("../../data/common_passwords.txt");

/// Whether a password is among the first that a guesser tries: common ones, one character or a run repeated, and what the
/// person is known by (`known`: phone numbers, names, years).
pub fn is_weak(password: &str, known: &[&str]) -> bool {
    let squeezed = squeeze(password);
    let common = COMMON.lines().filter(|line| !line.starts_with('#')).any(|line| line == squeezed);
    let first = squeezed.chars().next();
    let repeated = squeezed.chars().all(|character| Some(character) == first);
    common || repeated || is_run(&squeezed) || known.iter().any(|word| !word.is_empty() && squeeze(word) == squeezed)
}

fn squeeze(text: &str) -> String {
    super::person_name::fold(text).chars().filter(|character| !character.is_whitespace()).collect()
}

/// Whether every character follows the one before it: 12345678, abcdefgh, 87654321.
fn is_run(text: &str) -> bool {
    let codes: Vec<i64> = text.chars().map(|character| i64::from(u32::from(character))).collect();
    [1, -1].iter().any(|step| codes.windows(2).all(|pair| pair[1] - pair[0] == *step))
}

#[cfg(test)]
mod tests {
    use super::is_weak;

    #[test]
    fn the_first_guesses_are_refused() {
        for password in
            ["12345678", "matkhau1", "Mật Khẩu", "aaaaaaaa", "abcdefgh", "0912345678", "Nguyễn Hòa", "password"]
        {
            assert!(is_weak(password, &["0912345678", "Nguyễn Hòa"]), "{password}");
        }
        for password in ["trâu vàng uống nước", "k7%mango2", "Lúa tháng mười"] {
            assert!(!is_weak(password, &["0912345678", "Nguyễn Hòa"]), "{password}");
        }
    }
}
