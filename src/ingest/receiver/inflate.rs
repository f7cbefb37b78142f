//! Compressed bodies to bytes, in steps that stop at the limit: a declared size is never believed.
use std::io::{self, Read};

use flate2::bufread::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};

use super::refusal::{Kind, Refusal};
use crate::texts::say;

/// How much is inflated before the limit is looked at again.
const STEP: usize = 64 * 1024;
/// A zstd frame may ask for a window of at most 2^26 bytes: the size of the largest message.
const ZSTD_WINDOW_LOG: u32 = 26;

/// How a body is compressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Compression {
    #[default]
    Identity,
    Gzip,
    Deflate,
    Zstd,
}

impl Compression {
    /// What to tell clients that use another one.
    pub const NAMES: &str = "identity,gzip,zstd,deflate";

    /// From the value of `content-encoding` or `grpc-encoding`; `None` if unknown.
    pub fn from_name(name: &str) -> Option<Self> {
        match name.trim().to_ascii_lowercase().as_str() {
            "" | "identity" => Some(Self::Identity),
            "gzip" | "x-gzip" => Some(Self::Gzip),
            "deflate" | "zlib" => Some(Self::Deflate),
            "zstd" => Some(Self::Zstd),
            _ => None,
        }
    }
}

/// Inflates `bytes`; `step` is told of every piece before it is kept, and may refuse.
pub(super) fn inflate(
    bytes: &[u8],
    compression: Compression,
    limit: usize,
    mut step: impl FnMut(usize) -> Result<(), Refusal>,
) -> Result<Vec<u8>, Refusal> {
    let mut reader = reader(bytes, compression).map_err(|e| bad(compression, &e))?;
    let mut out = Vec::new();
    let mut piece = vec![0; STEP];
    loop {
        let n = reader.read(&mut piece).map_err(|e| bad(compression, &e))?;
        if n == 0 {
            return Ok(out);
        }
        if out.len() + n > limit {
            let message = say(|t| t.receiving.inflates_to_too_much).with("limit", limit.to_string());
            return Err(Refusal::new(Kind::TooBig, message));
        }
        step(n)?;
        out.extend_from_slice(piece.get(..n).unwrap_or_default());
    }
}

fn reader(bytes: &[u8], compression: Compression) -> io::Result<Box<dyn Read + '_>> {
    Ok(match compression {
        Compression::Identity => Box::new(bytes),
        Compression::Gzip => Box::new(MultiGzDecoder::new(bytes)),
        // HTTP's "deflate" means zlib, but some clients send it without the two-byte header.
        Compression::Deflate if has_zlib_header(bytes) => Box::new(ZlibDecoder::new(bytes)),
        Compression::Deflate => Box::new(DeflateDecoder::new(bytes)),
        Compression::Zstd => {
            let mut decoder = zstd::stream::read::Decoder::with_buffer(bytes)?;
            decoder.window_log_max(ZSTD_WINDOW_LOG)?;
            Box::new(decoder)
        }
    })
}

fn has_zlib_header(bytes: &[u8]) -> bool {
    matches!(bytes, [a, b, ..] if a & 0x0f == 8 && (u16::from(*a) << 8 | u16::from(*b)).is_multiple_of(31))
}

fn bad(compression: Compression, error: &io::Error) -> Refusal {
    let name = format!("{compression:?}").to_lowercase();
    let not_valid = say(|t| t.receiving.not_valid).with("name", name);
    Refusal::new(Kind::BadData, not_valid.with("error", error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn packed(compression: Compression, data: &[u8]) -> Vec<u8> {
        let level = flate2::Compression::fast();
        match compression {
            Compression::Identity => data.to_vec(),
            Compression::Gzip => {
                let mut w = flate2::write::GzEncoder::new(Vec::new(), level);
                w.write_all(data).unwrap();
                w.finish().unwrap()
            }
            Compression::Deflate => {
                let mut w = flate2::write::ZlibEncoder::new(Vec::new(), level);
                w.write_all(data).unwrap();
                w.finish().unwrap()
            }
            Compression::Zstd => zstd::encode_all(data, 1).unwrap(),
        }
    }

    const ALL: [Compression; 4] =
        [Compression::Identity, Compression::Gzip, Compression::Deflate, Compression::Zstd];

    #[test]
    fn every_compression_comes_back() {
        let data: Vec<u8> = (0..200_000u32).map(|i| (i % 251) as u8).collect();
        for c in ALL {
            let mut told = 0;
            let out = inflate(&packed(c, &data), c, 1 << 20, |n| {
                told += n;
                Ok(())
            });
            assert_eq!((out.unwrap() == data, told), (true, data.len()), "{c:?}");
        }
        let mut raw = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
        raw.write_all(&data).unwrap();
        assert!(inflate(&raw.finish().unwrap(), Compression::Deflate, 1 << 20, |_| Ok(())).unwrap() == data);
    }

    #[test]
    fn a_bomb_stops_at_the_limit() {
        let zeros = vec![0; 3 << 20];
        for c in ALL {
            let mut told = 0;
            let refusal = inflate(&packed(c, &zeros), c, 1 << 20, |n| {
                told += n;
                Ok(())
            });
            assert_eq!(refusal.unwrap_err().kind, Kind::TooBig, "{c:?}");
            assert!(told <= 1 << 20, "{c:?}");
        }
    }

    #[test]
    fn cut_or_foreign_bytes_are_bad_data() {
        for c in [Compression::Gzip, Compression::Deflate, Compression::Zstd] {
            let whole = packed(c, &[7; 5000]);
            for bytes in [&whole[..whole.len() / 2], b"not compressed at all"] {
                assert_eq!(inflate(bytes, c, 1 << 20, |_| Ok(())).unwrap_err().kind, Kind::BadData, "{c:?}");
            }
        }
    }
}
