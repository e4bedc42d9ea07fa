// Makes a picture of text smaller: at most 256 colours, which a flat page has anyway.
import * as zlib from 'node:zlib';

const { deflateSync, inflateSync } = zlib;

/// A PNG with a palette, of one that the browser made (8 bits, RGB or RGBA, not interlaced).
export function smaller(png) {
  const { width, height, bytes, data } = read(png);
  const pixels = unfiltered(inflateSync(data), width, height, bytes);
  const [palette, indexed] = quantized(pixels, width, height, bytes);
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y++) indexed.copy(rows, y * (width + 1) + 1, y * width, (y + 1) * width);
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 3, 0, 0, 0], 8);
  return Buffer.concat([png.subarray(0, 8), chunk('IHDR', head), chunk('PLTE', palette), chunk('IDAT', deflateSync(rows, { level: 9 })), chunk('IEND', Buffer.alloc(0))]);
}

function read(png) {
  const data = [];
  let head;
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const kind = png.toString('latin1', at + 4, at + 8);
    const body = png.subarray(at + 8, at + 8 + length);
    if (kind === 'IHDR') head = body;
    if (kind === 'IDAT') data.push(body);
    at += 12 + length;
  }
  return { width: head.readUInt32BE(0), height: head.readUInt32BE(4), bytes: head[9] === 6 ? 4 : 3, data: Buffer.concat(data) };
}

function unfiltered(raw, width, height, bytes) {
  const stride = width * bytes;
  const out = Buffer.alloc(stride * height);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)];
    for (let x = 0; x < stride; x++) {
      const left = x >= bytes ? out[y * stride + x - bytes] : 0;
      const up = y > 0 ? out[(y - 1) * stride + x] : 0;
      const corner = x >= bytes && y > 0 ? out[(y - 1) * stride + x - bytes] : 0;
      const add = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter];
      out[y * stride + x] = raw[y * (stride + 1) + 1 + x] + add;
    }
  }
  return out;
}

function paeth(left, up, corner) {
  const guess = left + up - corner;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  return a <= b && a <= c ? left : b <= c ? up : corner;
}

/// The 256 most frequent colours, after the lowest bits of each are taken away; others become their nearest.
function quantized(pixels, width, height, bytes) {
  const colour = (at) => ((pixels[at] & 0xfc) << 16) | ((pixels[at + 1] & 0xfc) << 8) | (pixels[at + 2] & 0xfc);
  const counts = new Map();
  for (let at = 0; at < pixels.length; at += bytes) counts.set(colour(at), (counts.get(colour(at)) ?? 0) + 1);
  const kept = [...counts].sort((one, other) => other[1] - one[1]).slice(0, 256).map(([one]) => one);
  const palette = Buffer.alloc(kept.length * 3);
  // What was cut off is what white lacks.
  kept.forEach((one, at) => palette.set([one >> 16, (one >> 8) & 0xff, one & 0xff].map((part) => part | (part >> 6)), at * 3));
  const places = new Map(kept.map((one, at) => [one, at]));
  const far = (one, other) => [16, 8, 0].reduce((sum, shift) => sum + (((one >> shift) & 0xff) - ((other >> shift) & 0xff)) ** 2, 0);
  const place = (one) => {
    if (!places.has(one)) places.set(one, kept.reduce((best, other, at) => (far(one, other) < far(one, kept[best]) ? at : best), 0));
    return places.get(one);
  };
  const indexed = Buffer.alloc(width * height);
  for (let at = 0; at < indexed.length; at++) indexed[at] = place(colour(at * bytes));
  return [palette, indexed];
}

function chunk(kind, body) {
  const named = Buffer.concat([Buffer.from(kind, 'latin1'), body]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(body.length);
  check.writeUInt32BE(checksum(named));
  return Buffer.concat([length, named, check]);
}

/// Older Nodes have none.
function checksum(bytes) {
  if (zlib.crc32) return zlib.crc32(bytes);
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
