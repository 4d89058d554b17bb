import Joi from 'joi';

/** Names of this machine, which nobody on the way can answer for. */
export const LOOPBACK_HOSTS = ['127.0.0.1', '::1', 'localhost'];

/** Whether a host of a URL, where addresses of IPv6 stand in brackets, is this machine. */
export const isLoopbackHost = (hostname: string): boolean =>
  LOOPBACK_HOSTS.includes(hostname.replace(/^\[(.*)\]$/, '$1'));

/** Why nothing is fetched from a URL, and nobody sent to it. It must be https, so that nobody on the way changes what is there, or of this machine. */
export function whyUrlIsRefused(url: string): 'url.parts' | 'url.insecure' | undefined {
  const { protocol, hostname, username, password, hash } = new URL(url);
  const isLoopback = protocol === 'http:' && isLoopbackHost(hostname);
  if (username || password || hash) return 'url.parts';
  return protocol === 'https:' || isLoopback ? undefined : 'url.insecure';
}

/** A URL that is not refused. */
export const secureUrlSchema = Joi.string()
  .uri({ scheme: ['https', 'http'] })
  .custom((value: string, helpers) => {
    if (!URL.canParse(value)) return helpers.error('string.uri');
    const refusal = whyUrlIsRefused(value);
    return refusal ? helpers.error(refusal) : value;
  })
  .messages({
    'url.parts': '{{#label}} must have neither a user nor a fragment',
    'url.insecure': '{{#label}} must begin with https://, except on this machine',
  });
