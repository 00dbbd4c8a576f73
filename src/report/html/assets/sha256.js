// SHA-256 (FIPS 180-4). The browser's own is withheld from pages that come from a share.

function sha256(bytes) {
  const fraction = power => Math.floor((power - Math.floor(power)) * 2 ** 32);
  const primes = [];
  for (let n = 2; primes.length < 64; n += 1) if (primes.every(p => n % p)) primes.push(n);
  const K = primes.map(p => fraction(Math.cbrt(p)));
  const H = primes.slice(0, 8).map(p => fraction(Math.sqrt(p)));

  const padded = new Uint8Array((bytes.length + 9 + 63) & ~63);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor(bytes.length / 2 ** 29));
  view.setUint32(padded.length - 4, bytes.length << 3);

  const turned = (x, by) => x >>> by | x << 32 - by;
  const W = new Uint32Array(64);
  for (let at = 0; at < padded.length; at += 64) {
    for (let t = 0; t < 64; t += 1) {
      if (t < 16) {
        W[t] = view.getUint32(at + 4 * t);
        continue;
      }
      const s0 = turned(W[t - 15], 7) ^ turned(W[t - 15], 18) ^ W[t - 15] >>> 3;
      const s1 = turned(W[t - 2], 17) ^ turned(W[t - 2], 19) ^ W[t - 2] >>> 10;
      W[t] = W[t - 16] + s0 + W[t - 7] + s1;
    }
    let [a, b, c, d, e, f, g, h] = H;
    for (let t = 0; t < 64; t += 1) {
      const S1 = turned(e, 6) ^ turned(e, 11) ^ turned(e, 25);
      const S0 = turned(a, 2) ^ turned(a, 13) ^ turned(a, 22);
      const first = h + S1 + (e & f ^ ~e & g) + K[t] + W[t] | 0;
      const second = S0 + (a & b ^ a & c ^ b & c) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, d + first | 0, c, b, a, first + second | 0];
    }
    [a, b, c, d, e, f, g, h].forEach((word, n) => { H[n] = H[n] + word | 0; });
  }
  return H.map(word => (word >>> 0).toString(16).padStart(8, '0')).join('');
}

