use super::*;

const BANK: (&str, &str) = ("bank.toml", "version = \"2026.11.1\"");
const ITEM: &str = r#"
[[items]]
id = "1a01"
version = 1
sub_skill = "a"
level = 1
author = "founders"
reviewer = "readers"
reviewed_on = 2026-11-21
stem.vi = "Bà nên làm gì?"
stem.en = "What should she do?"
enemies = ["1b02", "1a02"]
[[items.options]]
id = "a"
score = 2
vi = "Gọi con."
en = "Call her son."
rationale.vi = "Con biết."
"#;

fn competencies() -> String {
    toml::to_string(&fixture::bank().framework).unwrap()
}

fn read(files: &[(&str, &str)]) -> Result<Bank, Vec<Fault>> {
    let framework = ("competencies.toml", competencies());
    let files = files.iter().map(|(path, text)| (*path, (*text).to_owned()));
    Bank::from_files(files.chain([framework]))
}

fn items(text: &str) -> String {
    format!("competency = \"information_access\"\n{text}")
}

#[test]
fn files_become_a_bank() {
    let practice = ITEM.replace("1a01", "p1").replace("version = 1", "version = 1\ncompetency = \"privacy\"");
    let bank = read(&[
        BANK,
        ("items/1.toml", &items(ITEM)),
        ("practice.toml", &practice),
        ("forms/adaptive.toml", "id = \"adaptive\"\nkind = \"adaptive\"\ntitle.vi = \"Chọn\""),
        ("resources.toml", "[[resources]]\nid = \"r\"\ncompetency = \"privacy\"\nband = \"learning\"\nsub_skills = [\"a\"]\ntitle.vi = \"a\"\ntext.vi = \"b\"\nnext.vi = \"c\""),
        ("README.md", "# no part of the bank"),
    ])
    .unwrap();
    let item = bank.item("1a01").unwrap();
    assert_eq!(item.competency, Competency::InformationAccess);
    assert_eq!(item.reviewed_on, NaiveDate::from_ymd_opt(2026, 11, 21));
    assert_eq!(item.best().unwrap().text.en.as_deref(), Some("Call her son."));
    assert_eq!(item.file, "items/1.toml");
    assert_eq!(bank.practice_items[0].competency, Competency::Privacy);
    assert_eq!(bank.items_of(&bank.forms[0]), [item]);
    assert_eq!(bank.resources[0].band, Band::Learning);
}

#[test]
fn what_a_reviewer_forgot_is_left_to_the_linter() {
    let bare = items("[[items]]\nid = \"1a01\"\nstem.vi = \"Gì?\"");
    let item = read(&[BANK, ("items/1.toml", &bare)]).unwrap().items.remove(0);
    assert_eq!((item.version, item.level, item.reviewed_on), (0, 0, None));
    let rules: Vec<_> = crate::domain::lint::lint_item(&item).iter().map(|finding| finding.rule).collect();
    for rule in ["item-version", "sub-skill", "level", "missing-author", "option-ids"] {
        assert!(rules.contains(&rule), "{rule}");
    }
}

#[test]
fn the_same_content_has_the_same_hash_whatever_the_layout() {
    let (first, second) = (items(ITEM), items(&ITEM.replace("1a01", "1a02")));
    let one = read(&[BANK, ("items/1.toml", &first), ("items/2.toml", &second)]).unwrap();
    let turned = read(&[("items/2.toml", &second), ("items/1.toml", &first), BANK]).unwrap();
    let joined = items(&(ITEM.replace("1a01", "1a02") + "# a remark\n" + ITEM))
        .replace(r#"["1b02", "1a02"]"#, r#"[ "1a02", "1b02" ]"#);
    let joined = read(&[BANK, ("items/all.toml", &joined)]).unwrap();
    assert_eq!(one.content_hash(), turned.content_hash());
    assert_eq!(one.content_hash(), joined.content_hash());
    assert_eq!(one.content_hash().len(), 64);

    let other = read(&[BANK, ("items/1.toml", &first.replace("Gọi con.", "Gọi  con."))]).unwrap();
    let alone = read(&[BANK, ("items/1.toml", &first)]).unwrap();
    assert_ne!(other.content_hash(), alone.content_hash());
}

#[test]
fn a_hash_stays_the_same_from_release_to_release() {
    let hash = read(&[BANK, ("items/1.toml", &items(ITEM))]).unwrap().content_hash();
    assert_eq!(hash, "f15f6961c21d001680ff17401859aecef50021c78067eaa62ea9b21fa68ce1b5");
}

#[test]
fn canonical_json_is_read_back_without_loss() {
    let mut bank = fixture::bank();
    bank.sort();
    bank.items.iter_mut().chain(&mut bank.practice_items).for_each(|item| item.file.clear());
    bank.forms.iter_mut().for_each(|form| form.file.clear());
    bank.resources.iter_mut().for_each(|resource| resource.file.clear());
    assert_eq!(serde_json::from_str::<Bank>(&bank.canonical_json()).unwrap(), bank);
}

#[test]
fn a_form_is_written_as_the_file_it_is_read_from() {
    let form = fixture::form("full-a", FormKind::Full, vec![vec!["1a01".into()], vec![]]);
    let written = toml::to_string(&form).unwrap();
    let bank = read(&[BANK, ("forms/full-a.toml", &written)]).unwrap();
    assert_eq!(bank.forms, [form]);
}

#[test]
fn faults_name_file_and_line() {
    for (path, text, place, words) in [
        ("items/1.toml", items(&ITEM.replace("level = 1", "levle = 1")), "items/1.toml:7: ", "unknown field `levle`"),
        ("items/1.toml", items(&ITEM.replace("score = 2", "score = two")), "items/1.toml:16: ", ""),
        ("items/1.toml", items(&ITEM.replace("2026-11-21", "2026-02-30")), "items/1.toml:10: ", ""),
        ("items/1.toml", items(&ITEM.replace("2026-11-21", "21:00:00")), "items/1.toml:10: ", "expected a date"),
        ("items/1.toml", items(&ITEM.replace("en = \"Call", "de = \"Call")), "items/1.toml:18: ", "unknown field `de`"),
        ("items/1.toml", ITEM.to_owned(), "items/1.toml: ", "item 1a01 has no competency"),
        ("items/1.toml", "competency = \"cooking\"".to_owned(), "items/1.toml:1: ", "unknown variant `cooking`"),
        ("forms/f.toml", "id = \"f\"\nkind = \"half\"".to_owned(), "forms/f.toml:2: ", "unknown variant `half`"),
        ("form/f.toml", "id = \"f\"".to_owned(), "form/f.toml: ", "no such file"),
    ] {
        let faults = read(&[BANK, (path, &text)]).unwrap_err();
        assert_eq!(faults.len(), 1);
        let fault = faults[0].to_string();
        assert!(fault.starts_with(place) && fault.contains(words), "{fault}");
    }
}

#[test]
fn all_files_are_read_before_the_faults_are_told() {
    let turned = competencies().replacen("number = 1", "number = 2", 1);
    let faults = Bank::from_files([("competencies.toml", &*turned), ("items/1.toml", "x")].into_iter()).unwrap_err();
    let causes: Vec<_> = faults.iter().map(|fault| (fault.file.as_str(), &fault.cause)).collect();
    assert_eq!(causes[0], ("competencies.toml", &Cause::FrameworkOutOfOrder));
    assert!(matches!(causes[1], ("items/1.toml", Cause::Toml(_))));
    assert_eq!(causes[2], ("bank.toml", &Cause::FileMissing));
    assert_eq!(causes.len(), 3);
}
