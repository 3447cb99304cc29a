//! Examples of the rules on words.

use super::item::options;
use super::*;

#[test]
fn rules_on_wording_hold() {
    for example in EXAMPLES {
        example.hold(&clean_item(), lint_item);
    }
}

#[test]
fn the_yardstick_items_pass() {
    for (stem, texts) in YARDSTICKS {
        let mut item = clean_item();
        item.stem.vi = stem.into();
        options(&mut item, texts);
        assert_eq!(lint_item(&item), [], "{stem}");
    }
}

fn stem(item: &mut Item, text: &str) {
    item.stem.vi = text.into();
}

/// The stem and three options, the best one first.
fn story(item: &mut Item, stem: &str, texts: [&str; 3]) {
    item.stem.vi = stem.into();
    options(item, texts);
}

fn first_option(item: &mut Item, text: &str) {
    item.options[0].text.vi = text.into();
}

pub(super) const EXAMPLES: &[Example<Item>] = &[
    Example {
        rule: "stem-length",
        breaks: &[|item| stem(item, &"Bà đi chợ xa. ".repeat(11))],
        keeps: &[|item| stem(item, &"Bà đi chợ xa. – ".repeat(10))],
    },
    Example {
        rule: "sentence-length",
        breaks: &[|item| stem(item, &"bà đi ".repeat(8))],
        keeps: &[|item| stem(item, &"bà đi chợ sớm nay. bà hỏi… bà ơi! ".repeat(3))],
    },
    Example {
        rule: "negative-stem",
        breaks: &[
            |item| stem(item, "Bà không nên làm gì?"),
            |item| stem(item, "Việc nào sai?"),
            |item| stem(item, "Ngoại trừ gọi con, bà làm gì?"),
        ],
        keeps: &[
            |item| stem(item, "Mẹ dặn không nên đi đêm. Bà nên làm gì?"),
            |item| stem(item, "Bà có nên trả lời không, nên làm gì?"),
        ],
    },
    Example {
        rule: "option-about-options",
        breaks: &[
            |item| first_option(item, "Làm tất cả những việc ấy."),
            |item| first_option(item, "Cả A và B."),
            |item| first_option(item, "Không có đáp án nào đúng."),
            |item| item.options[0].text.en = Some("All of the above".into()),
        ],
        keeps: &[|item| first_option(item, "Cất cả hai, gọi con.")],
    },
    Example {
        rule: "lone-absolute",
        breaks: &[
            |item| first_option(item, "Không bao giờ mở máy."),
            |item| first_option(item, "Mọi thứ để con lo."),
            |item| first_option(item, "Luôn hỏi con trước."),
            |item| first_option(item, "Mình luôn luôn hỏi con."),
            |item| first_option(item, "Từ nay bà phải luôn hỏi con."),
        ],
        keeps: &[
            |item| options(item, ["Chỉ cần gọi con.", "Chỉ cần gọi cháu.", "Gọi ai cũng được."]),
            |item| first_option(item, "Chặn luôn, xóa hết."),
            |item| first_option(item, "Chuyển luôn cho anh."),
            |item| first_option(item, "Nhắc mọi người, như mọi khi."),
            |item| first_option(item, "Gọi mời con mỏi miệng."),
            |item| first_option(item, "Không. Bao giờ rảnh thì mở."),
        ],
    },
    Example {
        rule: "stem-echo",
        breaks: &[
            |item| story(item, "Máy báo tệp lạ. Bà nên làm gì?", ["Xóa tệp đi.", "Gửi con xem.", "Mở ra coi."]),
            |item| story(item, "Khách chìa máy. Chị nên làm gì?", ["Bảo khách đợi.", "Gọi con ra.", "Đưa cá đi."]),
        ],
        keeps: &[
            |item| story(item, "Máy báo tệp lạ. Bà nên làm gì?", ["Xóa tệp đi.", "Gửi tệp cho con.", "Mở ra coi."]),
            |item| story(item, "Máy báo tệp lạ. Bà nên làm gì?", ["Xóa đi.", "Gửi tệp cho con.", "Mở tệp ra."]),
            |item| story(item, "Con gọi bà Sen. Bà nên làm gì?", ["Bà gọi lại con.", "Nhờ cháu.", "Ngồi chờ."]),
            |item| story(item, "Mỷ ốm, Páo lo. Páo nên làm gì?", ["Mua thuốc cho Mỷ.", "Nhờ cô giáo.", "Ngồi chờ."]),
            |item| story(item, "Páo ốm. Páo nên làm gì?", ["Páo đi trạm.", "Nhờ cô giáo.", "Ngồi chờ."]),
        ],
    },
    Example {
        rule: "digit",
        breaks: &[
            |item| stem(item, "Bà có 2 con."),
            |item| first_option(item, "Bớt mười %."),
            |item| item.stem.en = Some("She has ½ a day.".into()),
        ],
        keeps: &[|item| stem(item, "Bà có hai con."), |item| item.options[0].rationale = None],
    },
    Example {
        rule: "amount-or-law",
        breaks: &[
            |item| stem(item, "Họ đòi hai triệu."),
            |item| first_option(item, "Đọc theo Điều này."),
            |item| first_option(item, "Hỏi về nghị định mới."),
        ],
        keeps: &[
            |item| stem(item, "Điều bà Triệu lo là triệu chứng lạ, điều trị lâu."),
            |item| first_option(item, "Nghị nói: Điều gì lạ thì hỏi."),
        ],
    },
    Example {
        rule: "web-address",
        breaks: &[
            |item| stem(item, "Vào trang dichvucong.gov.vn nhé."),
            |item| stem(item, "Vào http://a nhé."),
            |item| stem(item, "Trang đuôi .vn, bà tin."),
            |item| item.stem.en = Some("Go to www.gov or shop.com/sale now".into()),
        ],
        keeps: &[
            |item| stem(item, "Bà hỏi.Cháu đáp...rồi thôi."),
            |item| item.stem.en = Some("It is 'e.g.' at p.m. today.".into()),
        ],
    },
    Example {
        rule: "brand",
        breaks: &[
            |item| stem(item, "Nhóm Zalo của xóm."),
            |item| first_option(item, "Chạy grab đi."),
            |item| first_option(item, "Xem Tik Tok."),
            |item| item.stem.en = Some("She takes a Grab home, says Google.".into()),
        ],
        keeps: &[
            |item| stem(item, "Bà Momoi và chị Tikin."),
            |item| item.stem.en = Some("Grab the phone, or send a telegram.".into()),
        ],
    },
    Example {
        rule: "machine-phrase",
        breaks: &[
            |item| first_option(item, "Hỏi một cách lịch sự."),
            |item| first_option(item, "Tắt máy ngay lập tức."),
            |item| stem(item, "Để đảm bảo, bà nên làm gì?"),
        ],
        keeps: &[
            |item| first_option(item, "Tìm một cách khác."),
            |item| first_option(item, "Chọn lấy một cách."),
            |item| stem(item, "Bà dặn con gái: nhà một, cách chợ xa."),
        ],
    },
    Example {
        rule: "stiff-phrase",
        breaks: &[|item| first_option(item, "Nhờ người thân."), |item| first_option(item, "Kiểm tra, xác minh.")],
        keeps: &[|item| first_option(item, "Nhờ người, thân thì tốt.")],
    },
    Example {
        rule: "pronoun",
        breaks: &[|item| stem(item, "Bạn nhận được tin lạ."), |item| stem(item, "Nếu thế, bạn nên làm gì?")],
        keeps: &[|item| stem(item, "Sợ mất bạn nên Dợ im."), |item| stem(item, "Bạn học gửi Duyên đoạn hát.")],
    },
    Example {
        rule: "tone-mark",
        breaks: &[|item| stem(item, "Bà Hoà khoẻ, thuỷ thủ."), |item| first_option(item, "Uỷ ban xã.")],
        keeps: &[|item| stem(item, "Bà Hòa khỏe, quý thủy thủ, quỹ xoài, toàn huỳnh.")],
    },
];

/// The items of the design (field.md), written before the linter.
const YARDSTICKS: [(&str, [&str; 3]); 6] = [
    (
        "Chuông máy bỗng im, bà Sa lỡ mấy cuộc con gọi về. Bà nên làm gì trước?",
        [
            "Bấm nút bên cạnh máy cho tiếng to lên.",
            "Nhờ cháu nhà bên xem giúp cái máy.",
            "Ra hàng bảo họ cài lại máy từ đầu.",
        ],
    ),
    (
        "Bà Páo quay được cảnh thằng bé hàng xóm ngã xe, ai thấy cũng cười. Có người giục bà đưa lên nhóm bản cho vui. Bà nên làm gì?",
        [
            "Cho bố mẹ nó xem, họ ngại thì thôi.",
            "Che mặt thằng bé rồi hãy đưa lên nhóm.",
            "Đưa lên nhóm, ai nhắc thì gỡ liền.",
        ],
    ),
    (
        "Kẻ lạ dọa tung ảnh ghép của Hạnh, đòi tiền ngay trong đêm. Hạnh mười chín tuổi, sợ bố mẹ biết. Hạnh nên làm gì?",
        [
            "Giữ tin nhắn lại, chặn, kể với chị gái.",
            "Chặn luôn, xóa hết tin nhắn cho nhẹ đầu.",
            "Chuyển một ít, xin họ xóa ảnh cho yên.",
        ],
    ),
    (
        "Chị Lành bán cá. Khách chìa máy có chữ đã chuyển tiền, giục chị cân nhanh. Máy chị chưa báo gì. Chị nên làm gì?",
        [
            "Bảo khách đợi, mở tài khoản mình ra xem.",
            "Giữ cá lại, gọi con gái ra xem giúp.",
            "Đưa cá, vì máy khách ghi rõ đã chuyển.",
        ],
    ),
    (
        "Nhóm xóm chuyền nhau tin đập sắp vỡ, kèm ảnh nước ngập mái nhà. Nhiều nhà đã dọn đồ chạy. Ông Tư nên làm gì?",
        [
            "Gọi trưởng ấp, nghe thêm loa của xã.",
            "Hỏi thêm mấy người trong nhóm xem sao.",
            "Gửi sang nhóm khác cho bà con kịp chạy.",
        ],
    ),
    (
        "Dũng trong tổ công nghệ số giúp ông Pản nộp hồ sơ trên mạng. Ông chìa máy, đọc luôn mật khẩu cho nhanh. Dũng nên làm gì?",
        [
            "Để ông cầm bấm, mình chỉ từng bước.",
            "Bấm giúp, xong nhắc ông đổi mật khẩu.",
            "Ghi mật khẩu lại để lần sau giúp tiếp.",
        ],
    ),
];
