import Joi from 'joi';

/** What S3 calls its checksum headers; the algorithm follows in lower case. */
export const CHECKSUM_HEADER_PREFIX = 'x-amz-checksum-';

interface ChecksumFacts {
  title: string;
  /** Of the value itself, before base64. */
  bytes: number;
}

/** The checksums that S3 takes with an object or a part (`ChecksumAlgorithm` of its API), by the name in their header. All are verified here. */
export const CHECKSUM_ALGORITHMS = {
  crc32: { title: 'CRC-32', bytes: 4 },
  crc32c: { title: 'CRC-32C', bytes: 4 },
  crc64nvme: { title: 'CRC-64/NVME', bytes: 8 },
  md5: { title: 'MD5', bytes: 16 },
  sha1: { title: 'SHA-1', bytes: 20 },
  sha256: { title: 'SHA-256', bytes: 32 },
  sha512: { title: 'SHA-512', bytes: 64 },
  xxhash64: { title: 'XXH64', bytes: 8 },
  xxhash3: { title: 'XXH3, 64 bits,', bytes: 8 },
  xxhash128: { title: 'XXH3, 128 bits,', bytes: 16 },
} as const satisfies Record<string, ChecksumFacts>;

export type ChecksumAlgorithm = keyof typeof CHECKSUM_ALGORITHMS;

/** How so many bytes are written in base64: their last character has no bits but theirs. */
function base64Of(bytes: number): RegExp {
  const wholes = `[A-Za-z0-9+/]{${4 * Math.floor(bytes / 3)}}`;
  const rest = ['', '[A-Za-z0-9+/][AQgw]==', '[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]='][bytes % 3];
  return new RegExp(`^${wholes}${rest}$`);
}

/** A value of an algorithm in base64: of its length, and written in the one way in which it is. */
export function digestSchema(algorithm: ChecksumAlgorithm): Joi.StringSchema {
  const { bytes, title } = CHECKSUM_ALGORITHMS[algorithm];
  return Joi.string()
    .pattern(base64Of(bytes))
    .messages({
      'string.pattern.base': `{{#label}} must be base64 of the ${bytes} bytes of ${title.replace(/,$/, '')}`,
    });
}
