import Joi from 'joi';
import { readJwtIssuers } from './jwt-issuers.ts';
import { ownerLimitsSetting } from './owner-limits.ts';

export const API_KEYS_PATTERN = /^[0-9a-f]{64}(,[0-9a-f]{64})*$/;

const LINK_KEYS_PATTERN = /^[a-zA-Z0-9_-]{1,32}:[\w+/=.~-]{32,256}(,[a-zA-Z0-9_-]{1,32}:[\w+/=.~-]{32,256})*$/;

/** Settings of who may call a service, from where, how much, and what is told of it. */
export const CALLER_SETTINGS = {
  AUTHENTICATION: Joi.string()
    .valid('off', 'on')
    .replace(/^api-keys$/, 'on')
    .required()
    .description(
      'Who may use the API. `on`: clients that send a key or a token as `Authorization: Bearer CREDENTIAL`; public images can be downloaded without. `off`: everybody, which is refused unless HOST is a loopback address. `api-keys` is an older word for `on`.',
    ),
  API_KEYS: Joi.string()
    .pattern(API_KEYS_PATTERN, 'SHA-256 digests in hex')
    .description(
      'SHA-256 digests of keys of the owner `local` with all scopes, in hex, separated by commas; `npm run api-key -- digest` makes a key with its digest. With two digests, a key can be replaced while both are valid. Keys of other owners are kept in the table.',
    ),
  JWT_ISSUERS: Joi.string()
    .custom(readJwtIssuers)
    .description(
      'Issuers whose signed tokens are taken, as a JSON list of `name`, `issuer`, `audience` and how to read their claims; docs/authentication.md has examples. It holds no secrets. None by default.',
    ),
  LINK_KEYS: Joi.string()
    .pattern(LINK_KEYS_PATTERN)
    .custom((value: string, helpers) => {
      const ids = value.split(',').map((key) => key.split(':')[0]);
      return new Set(ids).size === ids.length ? value : helpers.error('string.pattern.base');
    })
    // joi's own message would write the secrets into the log.
    .messages({
      'string.pattern.base':
        'LINK_KEYS must be ID:SECRET, or several separated by commas, with ids of letters and digits, no two the same, and secrets of 32 characters or more (letters, digits and +/=_.~-)',
    })
    .description(
      'Keys of signed links, which open bytes and events without an API key: `ID:SECRET,ID:SECRET`. The first key signs and all keys verify, so that a key can be replaced while links of both are valid. Without this setting no links are signed, and none are valid.',
    ),
  SIGNED_URLS: Joi.string()
    .valid('off', 'on')
    .default('off')
    .description(
      'Who may download bytes. `on`: everybody who comes through the CDN, which checks the signature of every URL, and past the CDN the owner only, or whoever has a signed link, also of public images. `off`: of public images everybody, of private ones their owner and whoever has a signed link.',
    ),
  OWNER_LIMITS: ownerLimitsSetting,
  TRUSTED_PROXIES: Joi.number()
    .integer()
    .min(0)
    .max(2)
    .default(0)
    .description(
      'How many proxies before the service add the address of their client to `X-Forwarded-For`: 1 behind a load balancer, which adds the last one; 2 behind one that only a CDN reaches, which adds the one before. 0, the default, takes the address of the connection. It decides which address a request counts for and the log tells. With 1 or 2, nobody may reach the service but through the proxies.',
    ),
  CDN_SECRETS: Joi.string()
    .pattern(/^[\x21-\x2b\x2d-\x7e]{16,256}(,[\x21-\x2b\x2d-\x7e]{16,256})*$/)
    .allow('')
    // joi's own message would write the secrets into the log.
    .messages({
      'string.pattern.base': 'CDN_SECRETS must be secrets of 16 to 256 characters without spaces, separated by commas',
    })
    .description(
      'What the CDN sends as `x-origin-verify`, separated by commas while it is replaced. Of a request with one of them the address before the last in `X-Forwarded-For` is that of the client, because the last one is that of the CDN. Only with TRUSTED_PROXIES=1.',
    ),
  CORS_ORIGINS: Joi.string()
    .pattern(/^(\*|https?:\/\/[^\s/,*]+(,https?:\/\/[^\s/,*]+)*)$/, 'origins')
    .allow('')
    .default('')
    .description(
      'Origins whose web pages may use the API from a browser, such as `https://app.example.com`, separated by commas, or `*` for all. None by default.',
    ),
  ALLOWED_HOSTS: Joi.string()
    .pattern(/^[^\s,:/]+(,[^\s,:/]+)*$/, 'names without ports')
    .allow('')
    .default('')
    .description(
      'Names that the Host of requests may have while AUTHENTICATION is off, beside those of this machine (`localhost`, `127.0.0.1`, `[::1]`): for example that of a proxy before the service. Without ports, separated by commas. Not read with AUTHENTICATION on.',
    ),
  AUDIT_LOG_GROUP: Joi.string()
    .pattern(/^[\w./#-]{1,512}$/, 'log group')
    .description(
      'The log group of CloudWatch that the audit trail is sent to. Without this setting and AUDIT_LOG_FILE, its lines stand in the usual log.',
    ),
  AUDIT_LOG_FILE: Joi.string()
    .pattern(/^\//, 'absolute path')
    .description(
      'The file that the audit trail is appended to, which only its owner can read. It may be moved away while the service runs. Not read with AUDIT_LOG_GROUP.',
    ),
} as const satisfies Record<string, Joi.Schema>;
