//! SipHash-2-4: a hash that tells nothing of its input to whoever lacks the key (Aumasson and Bernstein, 2012).

/// A key, made from a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct HashKey(u64, u64);

impl HashKey {
    /// The key that a text stands for.
    pub(super) fn of(text: &str) -> Self {
        let half = |n: u64| Self(0x5370_616e_7363_6170, n).hash(text.as_bytes());
        Self(half(1), half(2))
    }

    /// The hash of some bytes.
    pub(super) fn hash(self, bytes: &[u8]) -> u64 {
        let mut v = [
            self.0 ^ 0x736f_6d65_7073_6575,
            self.1 ^ 0x646f_7261_6e64_6f6d,
            self.0 ^ 0x6c79_6765_6e65_7261,
            self.1 ^ 0x7465_6462_7974_6573,
        ];
        let mut chunks = bytes.chunks_exact(8);
        for chunk in &mut chunks {
            let mut word = [0; 8];
            word.copy_from_slice(chunk);
            take(&mut v, u64::from_le_bytes(word));
        }
        let mut last = [0; 8];
        let rest = chunks.remainder();
        last[..rest.len()].copy_from_slice(rest);
        take(&mut v, u64::from_le_bytes(last) | (bytes.len() as u64) << 56);
        v[2] ^= 0xff;
        (0..4).for_each(|_| round(&mut v));
        v[0] ^ v[1] ^ v[2] ^ v[3]
    }
}

fn take(v: &mut [u64; 4], word: u64) {
    v[3] ^= word;
    round(v);
    round(v);
    v[0] ^= word;
}

fn round(v: &mut [u64; 4]) {
    v[0] = v[0].wrapping_add(v[1]);
    v[1] = v[1].rotate_left(13) ^ v[0];
    v[0] = v[0].rotate_left(32);
    v[2] = v[2].wrapping_add(v[3]);
    v[3] = v[3].rotate_left(16) ^ v[2];
    v[0] = v[0].wrapping_add(v[3]);
    v[3] = v[3].rotate_left(21) ^ v[0];
    v[2] = v[2].wrapping_add(v[1]);
    v[1] = v[1].rotate_left(17) ^ v[2];
    v[2] = v[2].rotate_left(32);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reference_vectors_hold() {
        // Key 00..0f, inputs of 0, 1 and 15 bytes 00, 01, …: appendix A of the paper and its vectors.
        let key = HashKey(0x0706_0504_0302_0100, 0x0f0e_0d0c_0b0a_0908);
        let bytes: Vec<u8> = (0..15).collect();
        assert_eq!(key.hash(&[]), 0x726f_db47_dd0e_0e31);
        assert_eq!(key.hash(&bytes[..1]), 0x74f8_39c5_93dc_67fd);
        assert_eq!(key.hash(&bytes), 0xa129_ca61_49be_45e5);
        assert_ne!(HashKey::of("a"), HashKey::of("b"));
    }
}
