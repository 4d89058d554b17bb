import { createPublicKey } from 'node:crypto';
import { isIPv4 } from 'node:net';

/** Whether a number is whole and within bounds. */
export const within =
  (least: number, most: number) =>
  (value: number): boolean =>
    Number.isInteger(value) && value >= least && value <= most;

export const isDomain = (name: string): boolean =>
  name.length <= 253 && /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/.test(name);

/** RSA of 2,048 bits or EC P-256: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-trusted-signers.html */
export function isSignersKey(pem: string): boolean {
  try {
    const { asymmetricKeyType, asymmetricKeyDetails } = createPublicKey(pem);
    return asymmetricKeyType === 'rsa'
      ? asymmetricKeyDetails?.modulusLength === 2048
      : asymmetricKeyDetails?.namedCurve === 'prime256v1';
  } catch {
    return false;
  }
}

export function isOrigin(origin: string): boolean {
  return origin === '*' || (/^https?:\/\/[^*]+$/.test(origin) && URL.parse(origin)?.origin === origin);
}

const numberOf = (address: string): number => address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);

/** Whether the address of a CIDR block is the first one of its network. */
export function isNetwork(cidr: string): boolean {
  const [address = '', bits = ''] = cidr.split('/');
  return isIPv4(address) && numberOf(address) % 2 ** (32 - Number(bits)) === 0;
}

/** The network that Docker uses on every instance: https://docs.docker.com/engine/network/drivers/bridge/ */
const DOCKER_NETWORK = numberOf('172.17.0.0');
const SIXTEEN_BITS = 2 ** 16;

export function avoidsDockerNetwork(cidr: string): boolean {
  const [address = '', bits = ''] = cidr.split('/');
  const first = numberOf(address);
  return first >= DOCKER_NETWORK + SIXTEEN_BITS || first + 2 ** (32 - Number(bits)) <= DOCKER_NETWORK;
}
