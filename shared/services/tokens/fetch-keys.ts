import type { JSONWebKeySet } from 'jose';
import type { JwtIssuer } from '../../contracts/jwt-issuers.ts';
import { whyUrlIsRefused } from '../../contracts/secure-url.ts';

/** Bytes that a document of an issuer may have. A set of ten RSA keys with certificates has about 30 KiB. */
const MOST_BYTES = 256 * 1024;

/** Fetches the keys of an issuer from where its settings, or else its discovery document, say. */
export async function fetchKeys(issuer: JwtIssuer, signal: AbortSignal): Promise<JSONWebKeySet> {
  const found = await fetchJson(issuer.jwksUri ?? (await discoverKeys(issuer, signal)), signal);
  return found as unknown as JSONWebKeySet;
}

/** The address of an issuer's keys (OpenID Connect Discovery 1.0, 4). */
async function discoverKeys({ issuer }: JwtIssuer, signal: AbortSignal): Promise<string> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const found = await fetchJson(url, signal);
  // Otherwise whoever can put a document there could pretend to be another issuer.
  if (found.issuer !== issuer) throw new Error(`${url} is the document of another issuer.`);
  const { jwks_uri: keys } = found;
  if (typeof keys !== 'string' || !URL.canParse(keys)) throw new Error(`${url} has no jwks_uri.`);
  if (whyUrlIsRefused(keys)) throw new Error(`${url} has a jwks_uri that does not begin with https://.`);
  return keys;
}

async function fetchJson(url: string, signal: AbortSignal): Promise<Record<string, unknown>> {
  // A redirection may lead anywhere; the issuer's settings name the one place that is trusted.
  const response = await fetch(url, { signal, redirect: 'manual', headers: { accept: 'application/json' } });
  if (response.status !== 200 || !response.body) {
    await response.body?.cancel();
    throw new Error(`${url} answers ${response.status}.`);
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body) {
    length += chunk.length;
    if (length > MOST_BYTES) throw new Error(`${url} answers more than ${MOST_BYTES} bytes.`);
    chunks.push(chunk);
  }
  return JSON.parse(Buffer.concat(chunks).toString());
}
