import Joi from 'joi';

/** The prefix of S3's checksum headers; the algorithm follows in lower case. */
export const CHECKSUM_HEADER_PREFIX = 'x-amz-checksum-';

interface ChecksumFacts {
  title: string;
  /** The length of the checksum before base64. */
  bytes: number;
}

/** The checksums that S3 takes with an object or a part (`ChecksumAlgorithm` of its API), by the names in their headers. The service verifies all of them. */
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

/** Matches the base64 of this many bytes in canonical form: the unused bits of the last character are 0. */
function base64Of(bytes: number): RegExp {
  const wholes = `[A-Za-z0-9+/]{${4 * Math.floor(bytes / 3)}}`;
  const rest = ['', '[A-Za-z0-9+/][AQgw]==', '[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]='][bytes % 3];
  return new RegExp(`^${wholes}${rest}$`);
}

/** A checksum in canonical base64, with the length of its algorithm. */
export function digestSchema(algorithm: ChecksumAlgorithm): Joi.StringSchema {
  const { bytes, title } = CHECKSUM_ALGORITHMS[algorithm];
  return Joi.string()
    .pattern(base64Of(bytes))
    .messages({
      'string.pattern.base': `{{#label}} must be base64 of the ${bytes} bytes of ${title.replace(/,$/, '')}`,
    });
}
