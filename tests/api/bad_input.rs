//! Requests that are wrong in every way somebody thought of: each is refused with a status, a code and a pointer, never
//! with a 500, alike on both databases, and changes nothing.

mod attempts;
mod case;
mod gzip;
mod members;
mod messages;
mod oversize;
mod parameters;
mod scene;
mod text;
mod values;

use crate::app::TestApp;
use crate::databases::Kind;
use case::Case;
use scene::Scene;

/// Sends every case and names all that were answered otherwise than expected; afterwards the database is as before.
#[track_caller]
fn sweep(app: &TestApp, cases: fn(&Scene<'_>) -> Vec<Case>) {
    let scene = Scene::new(app);
    let before = scene.rows();
    let wrong: Vec<_> = cases(&scene).iter().filter_map(|case| case.complaint(app)).collect();
    assert!(wrong.is_empty(), "{} answers are not as expected:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(scene.rows(), before, "something was done by halves");
}

/// Byte for byte, the ids of the requests aside.
#[test]
fn both_databases_answer_alike() {
    let answers = [Kind::Sqlite, Kind::Postgres].map(|kind| {
        let app = TestApp::start(kind, &[]);
        let scene = Scene::new(&app);
        let all = [messages::cases, members::cases, values::cases, parameters::cases, attempts::cases];
        let cases = all.iter().flat_map(|cases| cases(&scene));
        cases.map(|case| case.transcript(&app)).collect::<Vec<_>>()
    });
    let [sqlite, postgres] = answers;
    assert!(sqlite.len() > 900, "{}", sqlite.len());
    let different: Vec<_> = sqlite.iter().zip(&postgres).filter(|(left, right)| left != right).collect();
    assert!(different.is_empty(), "{different:#?}");
}
