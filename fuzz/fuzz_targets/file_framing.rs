//! Any bytes as an unpacked stream in any framing: every piece lies in the stream, in order, and it ends.
#![no_main]
use libfuzzer_sys::fuzz_target;
use spanscape::ingest::detect::{Framing, framing};
use spanscape::ingest::framing::{Piece, Records, Window};

fuzz_target!(|input: (u16, &[u8])| {
    let (limit, bytes) = input;
    let all = [Framing::Json, Framing::Bare, Framing::BigEndianLengths, Framing::VarintLengths];
    for framing in all.into_iter().chain(framing(bytes)) {
        let mut records = Records::new(Window::new(bytes), framing, usize::from(limit) + 16);
        let (mut last, mut pieces) = (0, 0);
        while let Ok(Some(piece)) = records.next_piece() {
            let (Piece::Record(place, _)
            | Piece::Bad(place, _)
            | Piece::CutOff(place)
            | Piece::Part(place, _)) = piece;
            assert!(place.offset >= last && place.offset <= bytes.len() as u64);
            last = place.offset;
            pieces += 1;
            assert!(pieces <= 2 * bytes.len() + 2);
        }
        assert!(records.offset() <= bytes.len() as u64);
    }
});
