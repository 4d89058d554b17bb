import { createHash } from 'node:crypto';
import type { ChecksumAlgorithm } from '../../../shared/contracts/api/checksums.ts';

/** The bytes whose checksums are in the specifications ("check" values). */
export const CHECKED_BYTES = Buffer.from('123456789');

const ofHex = (hex: string): string => Buffer.from(hex, 'hex').toString('base64');
const ofNode = (algorithm: string): string => createHash(algorithm).update(CHECKED_BYTES).digest('base64');

/**
 * Checksums in Base64, most significant byte first, as S3 writes them. CRCs: the catalogue of parametrised CRC algorithms (CRC-32/ISO-HDLC,
 * CRC-32/ISCSI, CRC-64/NVME). XXH64 and XXH3: computed by the reference implementation, xxHash 0.8.
 */
export const CHECKSUMS: Record<ChecksumAlgorithm, string> = {
  crc32: ofHex('cbf43926'),
  crc32c: ofHex('e3069283'),
  crc64nvme: ofHex('ae8b14860a799888'),
  md5: ofNode('md5'),
  sha1: ofNode('sha1'),
  sha256: ofNode('sha256'),
  sha512: ofNode('sha512'),
  xxhash64: 'jLhB20DmroM=',
  xxhash3: 'ctyxi2ehff8=',
  xxhash128: 'MxGUd+3l3NXpcWQnaB1YYA==',
};

/** The checksum with a wrong last byte. */
export function wrong(base64: string): string {
  const bytes = Buffer.from(base64, 'base64');
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
  return bytes.toString('base64');
}

/** Every header with a digest of those bytes. */
export const DIGEST_HEADERS: [name: string, value: string, wrong: string][] = [
  ['content-md5', CHECKSUMS.md5, wrong(CHECKSUMS.md5)],
  ['content-digest', `sha-256=:${CHECKSUMS.sha256}:`, `sha-256=:${wrong(CHECKSUMS.sha256)}:`],
  ['content-digest', `sha-512=:${CHECKSUMS.sha512}:`, `sha-512=:${wrong(CHECKSUMS.sha512)}:`],
  [
    'content-digest',
    `unixsum=1, sha-256=:${CHECKSUMS.sha256}:, sha-512=:${CHECKSUMS.sha512}:`,
    `sha-256=:${CHECKSUMS.sha256}:, sha-512=:${wrong(CHECKSUMS.sha512)}:`,
  ],
  ...Object.entries(CHECKSUMS).map(([name, value]): [string, string, string] => [
    `x-amz-checksum-${name}`,
    value,
    wrong(value),
  ]),
];
