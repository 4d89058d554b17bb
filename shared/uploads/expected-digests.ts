import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { createCRC32, createCRC64, createXXHash3, createXXHash64, createXXHash128, type IHasher } from 'hash-wasm';
import { parseDictionary } from 'structured-headers';
import { CHECKSUM_ALGORITHMS, CHECKSUM_HEADER_PREFIX, type ChecksumAlgorithm } from '../contracts/api/checksums.ts';
import { ImageServiceError } from '../domain/errors.ts';

/** Computes a digest while bytes go by. */
interface RunningHash {
  update(chunk: Buffer): void;
  /** Base64. */
  digest(): string;
}

/** A digest that a header gives for the body, and the hash that computes the actual one. */
export interface ExpectedDigest {
  header: string;
  base64: string;
  hash: RunningHash;
}

/** Reflected polynomials: of CRC-32C (RFC 3720), and of CRC-64/NVME (NVM Express NVM Command Set Specification, 5.2.1.3.4). */
const CRC32C = 0x82f63b78;
const CRC64_NVME = '9a6c9329ac4bc9b5';

const ofNode = (algorithm: string) => (): RunningHash => {
  const hash = createHash(algorithm);
  return { update: (chunk) => void hash.update(chunk), digest: () => hash.digest('base64') };
};

const ofWasm = (create: () => Promise<IHasher>) => async (): Promise<RunningHash> => {
  const hasher = (await create()).init();
  return {
    update: (chunk) => void hasher.update(chunk),
    digest: () => Buffer.from(hasher.digest('binary')).toString('base64'),
  };
};

const HASHES: Record<ChecksumAlgorithm, () => RunningHash | Promise<RunningHash>> = {
  crc32: ofWasm(() => createCRC32()),
  crc32c: ofWasm(() => createCRC32(CRC32C)),
  crc64nvme: ofWasm(() => createCRC64(CRC64_NVME)),
  md5: ofNode('md5'),
  sha1: ofNode('sha1'),
  sha256: ofNode('sha256'),
  sha512: ofNode('sha512'),
  xxhash64: ofWasm(() => createXXHash64()),
  xxhash3: ofWasm(() => createXXHash3()),
  xxhash128: ofWasm(() => createXXHash128()),
};

/** The algorithms of Content-Digest that are verified (https://www.iana.org/assignments/http-digest-hash-alg); the header may name others too. */
const CONTENT_DIGEST_ALGORITHMS = { 'sha-256': 'sha256', 'sha-512': 'sha512' } as const;

/** Every digest that the headers give for the body as sent. Throws `invalid_request` for one that cannot be computed. */
export async function expectedDigests(headers: IncomingHttpHeaders): Promise<ExpectedDigest[]> {
  const given = [...contentMd5(headers), ...checksumHeaders(headers), ...contentDigests(headers['content-digest'])];
  return Promise.all(
    given.map(async ({ header, algorithm, base64 }) => ({ header, base64, hash: await HASHES[algorithm]() })),
  );
}

interface DigestHeader {
  header: string;
  algorithm: ChecksumAlgorithm;
  base64: string;
}

const contentMd5 = ({ 'content-md5': base64 }: IncomingHttpHeaders): DigestHeader[] =>
  typeof base64 === 'string' ? [{ header: 'Content-MD5', algorithm: 'md5', base64 }] : [];

const isAlgorithm = (name: string): name is ChecksumAlgorithm => Object.hasOwn(CHECKSUM_ALGORITHMS, name);

function checksumHeaders(headers: IncomingHttpHeaders): DigestHeader[] {
  const names = Object.keys(headers).filter((name) => name.startsWith(CHECKSUM_HEADER_PREFIX));
  return names.map((header) => {
    const algorithm = header.slice(CHECKSUM_HEADER_PREFIX.length);
    if (isAlgorithm(algorithm)) return { header, algorithm, base64: String(headers[header]) };
    throw refused(header, `is not verified here; take one of ${Object.keys(CHECKSUM_ALGORITHMS).join(', ')}`);
  });
}

function contentDigests(header: IncomingHttpHeaders[string]): DigestHeader[] {
  if (typeof header !== 'string') return [];
  let members: ReturnType<typeof parseDictionary>;
  try {
    members = parseDictionary(header);
  } catch (error) {
    throw refused('Content-Digest', 'must be an RFC 9530 dictionary such as sha-256=:BASE64:', error);
  }
  const digests = Object.entries(CONTENT_DIGEST_ALGORITHMS).flatMap(([name, algorithm]): DigestHeader[] => {
    const value = members.get(name)?.[0];
    if (value === undefined) return [];
    if (!(value instanceof ArrayBuffer)) {
      throw refused('Content-Digest', `${name} must be a byte sequence between colons`);
    }
    return [{ header: 'Content-Digest', algorithm, base64: Buffer.from(value).toString('base64') }];
  });
  if (digests.length > 0) return digests;
  throw refused('Content-Digest', `must name one of ${Object.keys(CONTENT_DIGEST_ALGORITHMS).join(', ')}`);
}

const refused = (header: string, message: string, cause?: unknown): ImageServiceError =>
  new ImageServiceError('invalid_request', `${header}: ${message}.`, {
    errors: [{ path: `headers.${header.toLowerCase()}`, message }],
    cause,
  });
