//! `/v1/areas`: provinces, communes, and what became of the old ones.

use serde_json::{Value, json};

use crate::app::TestApp;

both!(
    all_provinces_and_communes_are_there,
    search_folds_diacritics_and_tells_names_apart_by_them,
    lists_come_in_vietnamese_order,
    a_commune_is_found_by_its_code,
    an_old_code_leads_to_every_candidate,
    an_island_district_is_found_by_its_own_code,
    a_reused_code_is_never_taken_for_the_old_unit,
);

fn items(app: &TestApp, path: &str) -> Vec<Value> {
    let (mut items, mut next) = (Vec::new(), Some(path.to_owned()));
    while let Some(path) = next {
        let page = app.get(&path).send();
        items.extend(page.expect(200)["items"].as_array().unwrap().iter().cloned());
        next = page.next_page();
    }
    items
}

fn texts<'a>(items: &'a [Value], member: &str) -> Vec<&'a str> {
    items.iter().map(|item| item[member].as_str().unwrap_or_default()).collect()
}

fn all_provinces_and_communes_are_there(app: &TestApp) {
    assert_eq!(items(app, "/v1/areas?level=province&limit=100").len(), 34);
    let communes = items(app, "/v1/areas?level=commune&limit=100");
    assert_eq!(communes.len(), 3321);
    let mut codes = texts(&communes, "code");
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), 3321, "a page repeats what another has");
    let of_nghe_an = communes.iter().filter(|commune| commune["parent_code"] == "40").count();
    assert_eq!(items(app, "/v1/areas?parent=40&limit=100").len(), of_nghe_an);
}

fn search_folds_diacritics_and_tells_names_apart_by_them(app: &TestApp) {
    for query in ["truong%20vinh", "Tr%C6%B0%E1%BB%9Dng+Vinh", "TRUONG%20VINH", "vinh%20truong", "tru%20vin"] {
        let found = items(app, &format!("/v1/areas?level=commune&parent=40&q={query}"));
        assert!(texts(&found, "code").contains(&"16690"), "{query}: {:?}", texts(&found, "name"));
    }
    // NFD, as some phones type it.
    let found = items(app, "/v1/areas?parent=40&q=tru%CC%9Bo%CC%9B%CC%80ng%20vinh");
    assert_eq!(texts(&found, "code"), ["16690"]);
    assert_eq!(items(app, "/v1/areas?q=khong-co-xa-nay"), Vec::<Value>::new());
    for wildcard in ["%25", "_", "%5C"] {
        assert_eq!(items(app, &format!("/v1/areas?q={wildcard}")), Vec::<Value>::new(), "{wildcard}");
    }
}

fn lists_come_in_vietnamese_order(app: &TestApp) {
    let provinces = items(app, "/v1/areas?level=province&limit=100");
    let names = texts(&provinces, "short_name");
    let place =
        |name: &str| names.iter().position(|known| *known == name).unwrap_or_else(|| panic!("{name} in {names:?}"));
    assert_eq!(names[0], "An Giang");
    for (before, after) in
        [("Cà Mau", "Cao Bằng"), ("Cao Bằng", "Cần Thơ"), ("Cần Thơ", "Đà Nẵng"), ("Đồng Tháp", "Gia Lai")]
    {
        assert!(place(before) < place(after), "{before} before {after} in {names:?}");
    }
}

fn a_commune_is_found_by_its_code(app: &TestApp) {
    let area = app.get("/v1/areas/16690").send().expect(200);
    assert_eq!(
        (&area["name"], &area["parent_code"], &area["level"]),
        (&json!("Phường Trường Vinh"), &json!("40"), &json!("commune"))
    );
    assert_eq!(area["merged_into"], json!(null));
    app.get("/v1/areas/99999").send().expect_problem(404, "not-found");
}

fn an_old_code_leads_to_every_candidate(app: &TestApp) {
    let split = app.get("/v1/areas/legacy/31207").send().expect(200);
    assert_eq!(split["old_name"], "Phường Thốt Nốt");
    let candidates = split["candidates"].as_array().unwrap();
    let codes: Vec<_> = candidates.iter().map(|one| one["area"]["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["31207", "31228"], "the default first");
    assert!(candidates.iter().all(|one| one["relation"] == "part" && one["default_basis"] == "geo_guess"));
    assert_eq!(candidates.iter().filter(|one| one["is_default"] == true).count(), 1);
    let whole = app.get("/v1/areas/legacy/00001").send().expect(200);
    assert_eq!(whole["candidates"].as_array().unwrap().len(), 1);
    app.get("/v1/areas/legacy/99999").send().expect_problem(404, "not-found");
}

fn an_island_district_is_found_by_its_own_code(app: &TestApp) {
    let district = app.get("/v1/areas/legacy/755").send().expect(200);
    assert_eq!(district["candidates"][0]["area"]["name"], "Đặc khu Côn Đảo");
    assert_eq!(district["candidates"][0]["relation"], "district");
}

fn a_reused_code_is_never_taken_for_the_old_unit(app: &TestApp) {
    // 00001 was a ward of Hà Nội and is no commune any more; 00004 was another ward than what it names today.
    app.get("/v1/areas/00001").send().expect_problem(404, "not-found");
    let (old, new) =
        (app.get("/v1/areas/legacy/00004").send().expect(200), app.get("/v1/areas/00004").send().expect(200));
    assert_eq!((&old["old_name"], &new["name"]), (&json!("Phường Trúc Bạch"), &json!("Phường Ba Đình")));
}
