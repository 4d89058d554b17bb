const bytes16 = (value: number): Buffer => Buffer.from([value >> 8, value & 255]);
const segment = (marker: number, ...content: Buffer[]): Buffer => {
  const body = Buffer.concat(content);
  return Buffer.concat([Buffer.from([0xff, marker]), bytes16(body.length + 2), body]);
};

/** Collects bits, the highest first, and stuffs a zero after 0xff (ITU-T T.81, B.1.1.5). */
class Bits {
  readonly bytes: number[] = [];
  #held = 0;
  #count = 0;

  add(value: number, length: number): void {
    for (let bit = length - 1; bit >= 0; bit -= 1) {
      this.#held = (this.#held << 1) | ((value >> bit) & 1);
      this.#count += 1;
      if (this.#count < 8) continue;
      this.bytes.push(this.#held, ...(this.#held === 0xff ? [0] : []));
      [this.#held, this.#count] = [0, 0];
    }
  }

  end(): Buffer {
    while (this.#count > 0) this.add(1, 1);
    return Buffer.from(this.bytes);
  }
}

/** Differences of 0 to 8 bits, each category with a code of four bits. */
const CATEGORIES = 9;

/**
 * A lossless JPEG (ITU-T T.81, annex H: SOF3), in which each sample is predicted from the one to its left. Pixels are in sharp's raw
 * format.
 */
export function losslessJpeg(
  data: Buffer,
  { width, height, channels }: { width: number; height: number; channels: number },
): Buffer {
  const bits = new Bits();
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1)
      for (let channel = 0; channel < channels; channel += 1) {
        const at = (y * width + x) * channels + channel;
        const before = x > 0 ? data[at - channels] : y > 0 ? data[at - width * channels] : 128;
        const difference = (data[at] ?? 0) - (before ?? 0);
        const category = 32 - Math.clz32(Math.abs(difference));
        bits.add(category, 4);
        bits.add(difference > 0 ? difference : difference + 2 ** category - 1, category);
      }
  const components = Array.from({ length: channels }, (_, index) => index + 1);
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    // Says that the colours are RGB and not YCbCr.
    ...(channels === 3 ? [segment(0xee, Buffer.from('Adobe\0\x64\0\0\0\0\0', 'latin1'))] : []),
    segment(
      0xc3,
      Buffer.from([8]),
      bytes16(height),
      bytes16(width),
      Buffer.from([channels]),
      ...components.map((id) => Buffer.from([id, 0x11, 0])),
    ),
    segment(
      0xc4,
      Buffer.from([0, 0, 0, 0, CATEGORIES, ...Array<number>(12).fill(0)]),
      Buffer.from(Array.from({ length: CATEGORIES }, (_, category) => category)),
    ),
    segment(0xda, Buffer.from([channels]), ...components.map((id) => Buffer.from([id, 0])), Buffer.from([1, 0, 0])),
    bits.end(),
    Buffer.from([0xff, 0xd9]),
  ]);
}
