//! The words the linter knows, lower case, in NFC.

/// Brands, applications and public systems: a generic word keeps an item true for longer.
pub(super) const BRANDS: [&str; 44] = [
    "zalo",
    "zalopay",
    "facebook",
    "fb",
    "messenger",
    "whatsapp",
    "telegram",
    "viber",
    "instagram",
    "tiktok",
    "tik tok",
    "youtube",
    "google",
    "gmail",
    "chatgpt",
    "gemini",
    "shopee",
    "lazada",
    "tiki",
    "sendo",
    "temu",
    "grab",
    "momo",
    "vnpay",
    "viettel",
    "vinaphone",
    "mobifone",
    "vietnamobile",
    "vietcombank",
    "vietinbank",
    "agribank",
    "techcombank",
    "sacombank",
    "bidv",
    "vneid",
    "vssid",
    "etax",
    "iphone",
    "ipad",
    "samsung",
    "xiaomi",
    "oppo",
    "android",
    "windows",
];

/// Brands that are also English words: in English only a capital inside a sentence gives them away.
pub(super) const BRANDS_AND_ENGLISH_WORDS: [&str; 4] = ["grab", "messenger", "telegram", "windows"];

/// Options about the other options.
pub(super) const OPTIONS_ABOUT_OPTIONS: [&str; 9] = [
    "tất cả",
    "cả a và b",
    "cả a và c",
    "cả b và c",
    "không có đáp án",
    "đáp án",
    "all of the above",
    "none of the above",
    "both a and b",
];

/// Questions for the wrong answer.
pub(super) const NEGATIVE_QUESTIONS: [&str; 3] = ["không nên", "ngoại trừ", "nào sai"];

/// Words test-takers know to be wrong (or right) wherever they stand.
pub(super) const ABSOLUTES: [&str; 5] = ["luôn", "không bao giờ", "mọi", "chỉ cần", "tuyệt đối"];

/// After "mọi": everybody, or as usual, which are no absolutes.
pub(super) const AFTER_HARMLESS_EVERY: [&str; 6] = ["người", "khi", "lần", "hôm", "bữa", "ngày"];

/// Before "luôn" inside a clause: "always"; after a verb it means "at once".
pub(super) const BEFORE_ALWAYS: [&str; 14] =
    ["phải", "nên", "cần", "mình", "tôi", "ta", "ông", "bà", "anh", "chị", "em", "con", "họ", "nó"];

/// What machines and offices write and nobody says.
pub(super) const MACHINE_PHRASES: [&str; 6] =
    ["một cách", "thực hiện việc", "đảm bảo", "nguồn đáng tin cậy", "ngay lập tức", "tiến hành"];

/// After "một cách": another way, one way to …: not an adverb made by a machine.
pub(super) const AFTER_A_REAL_WAY: [&str; 7] = ["khác", "nào", "nữa", "là", "để", "mà", "thôi"];

/// What is often, not always, better said otherwise.
pub(super) const STIFF_PHRASES: [&str; 4] = ["người thân", "bởi", "xác minh", "chia sẻ với cộng đồng"];

/// After "bạn" at the head of a clause: the reader is addressed (elsewhere "bạn" is a friend).
pub(super) const AFTER_YOU: [&str; 8] = ["nên", "nhận", "thấy", "sẽ", "đang", "cần", "muốn", "được"];

/// Legal texts.
pub(super) const LEGAL_TEXTS: [&str; 2] = ["nghị định", "thông tư"];

/// After "triệu": a symptom, a summons … not a million.
pub(super) const AFTER_NO_MILLION: [&str; 4] = ["chứng", "tập", "hồi", "phú"];

/// Syllables that give nothing away when the stem and the best option share them.
pub(super) fn is_function_word(word: &str) -> bool {
    let lists = [PARTICLES, MODALITY, DIRECTIONS, PEOPLE, QUANTITIES, PHONE_VERBS];
    lists.into_iter().any(|list| list.contains(&word))
}

/// Particles, conjunctions, prepositions.
const PARTICLES: &[&str] = &[
    "và", "thì", "là", "của", "cho", "với", "để", "mà", "rồi", "hay", "hoặc", "nhưng", "vì", "nên", "như", "bằng",
    "theo", "do", "từ", "tới", "đến", "tại", "ở", "trong", "ngoài", "trên", "dưới", "trước", "sau", "giữa", "bên",
    "về", "khi", "nếu", "cũng", "còn", "đều", "chỉ", "cả", "ngay", "luôn", "nhé", "à", "ạ", "thôi", "hơn", "nhất",
    "quá", "lắm", "rất",
];

const MODALITY: &[&str] = &[
    "đã", "đang", "sẽ", "vừa", "mới", "chưa", "không", "đừng", "hãy", "phải", "cần", "muốn", "được", "bị", "có", "cứ",
    "vẫn", "lúc", "nay", "hôm",
];

/// After a verb they say which way it goes.
const DIRECTIONS: &[&str] = &["ra", "vào", "lên", "xuống", "lại", "đi", "qua", "sang"];

/// Pronouns, and the kinship terms that serve as such.
const PEOPLE: &[&str] = &[
    "mình", "ai", "nó", "họ", "ta", "tôi", "người", "anh", "chị", "em", "ông", "bà", "cô", "chú", "bác", "dì", "cậu",
    "mợ", "thím", "dượng", "bạn", "con", "cháu", "mẹ", "bố", "cha", "má", "ba", "vợ", "chồng", "nhà",
];

/// Classifiers, demonstratives, question words, quantities.
const QUANTITIES: &[&str] = &[
    "cái", "chiếc", "này", "kia", "ấy", "đó", "đây", "nào", "gì", "sao", "thế", "vậy", "một", "hai", "mấy", "nhiều",
    "các", "những", "từng", "mỗi",
];

/// The commonest verbs and the telephone itself: nearly every story has several of them.
const PHONE_VERBS: &[&str] = &["làm", "xem", "hỏi", "nói", "bảo", "gọi", "nhắn", "thấy", "máy", "điện", "thoại"];
