//! What content is by its first bytes (WHATWG MIME Sniffing, 6.1 and 7.1).

use crate::evidence::Looks;

/// How many bytes decide: as many as browsers read for it (WHATWG MIME Sniffing, 5.2).
pub(super) const DECIDING_BYTES: usize = 1445;

/// The signatures of the image types that clients show.
const IMAGES: [&[u8]; 8] = [
    b"\xff\xd8\xff",
    b"\x89PNG\r\n\x1a\n",
    b"GIF87a",
    b"GIF89a",
    b"BM",
    b"II*\0",
    b"MM\0*",
    b"\0\0\x01\0",
];

/// What content that begins so is.
pub(super) fn looks(first: &[u8]) -> Looks {
    let is_webp = first.starts_with(b"RIFF") && first.get(8..12) == Some(b"WEBP");
    // ISO base media files name their brand behind the first box's header.
    let is_avif_or_heic = first.get(4..8) == Some(b"ftyp");
    if is_webp || is_avif_or_heic || IMAGES.iter().any(|image| first.starts_with(image)) {
        return Looks::Image;
    }
    let text = first.strip_prefix(b"\xef\xbb\xbf").unwrap_or(first).trim_ascii_start();
    let text = text.to_ascii_lowercase();
    let is_svg = |text: &[u8]| text.windows(4).any(|four| four == b"<svg");
    let is_html = |text: &[u8]| {
        text.starts_with(b"<!doctype html") || text.windows(5).any(|five| five == b"<html")
    };
    match text.first() {
        Some(b'<') if is_svg(&text) && !is_html(&text) => Looks::Image,
        Some(b'<') => Looks::Markup,
        _ => Looks::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_bytes_say_what_content_is() {
        for (first, expected) in [
            (&b"\xff\xd8\xff\xe0\0\x10JFIF"[..], Looks::Image),
            (b"\x89PNG\r\n\x1a\n\0\0", Looks::Image),
            (b"GIF89a\x01\0", Looks::Image),
            (b"RIFF\x24\0\0\0WEBPVP8 ", Looks::Image),
            (b"\0\0\0\x1cftypavif", Looks::Image),
            (b"<?xml version=\"1.0\"?><svg xmlns=\"x\"/>", Looks::Image),
            (b"<!DOCTYPE html><svg></svg>", Looks::Markup),
            (b"<html><body><svg/></body></html>", Looks::Markup),
            (b"\xef\xbb\xbf \r\n<!DOCTYPE HTML PUBLIC", Looks::Markup),
            (b"<Error><Code>NoSuchKey</Code></Error>", Looks::Markup),
            (b"{\"error\":\"<html>\"}", Looks::Unknown),
            (b"\x89PN", Looks::Unknown),
            (b"RIFF\x24\0\0\0WAVE", Looks::Unknown),
            (b"", Looks::Unknown),
        ] {
            assert_eq!(looks(first), expected, "{first:?}");
        }
    }
}
