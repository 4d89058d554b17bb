import type Joi from 'joi';
import type { ErrorCode } from '../../domain/errors.ts';
import type { Scope } from '../../domain/principal.ts';
import type { ServiceName } from '../services.ts';
import type { RouteResponse } from './responses.ts';

/** The permission that a route requires. `public` requires none. */
type RouteScope = Scope | 'public';

/**
 * `always`: every request, refused ones too, as for whatever changes something or makes a link or a token. `private-bytes`: those for an image or a
 * rendition that is private. `never`: those that only read what is known of images, and parts of uploads, because the upload has lines of its own.
 */
export type RouteAudit = 'always' | 'private-bytes' | 'never';

/**
 * `image`: raw image bytes or multipart/form-data, streamed. `part`: raw bytes, streamed. `json`: parsed and validated by the schema;
 * `maxBytes` is LIMITS.jsonBytes by default, `mediaTypes` that of JSON.
 */
export type RequestBody =
  | { kind: 'image' }
  | { kind: 'part' }
  | { kind: 'json'; schema: Joi.Schema; maxBytes?: number; mediaTypes?: readonly string[] };

export interface Route {
  service: ServiceName;
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** hapi's and OpenAPI's notation: `{parameter}`. */
  path: string;
  scope: RouteScope;
  /** Whether the scope `admin` opens it as well, which has no other scopes in it. */
  opensForAdmin?: true;
  /** Which of its requests the audit trail has. */
  audit: RouteAudit;
  /** Whether it also serves clients without credentials: for public images, or by a signed URL. */
  anonymous?: true;
  /** Whether a signed link opens it without credentials. */
  links?: true;
  /** Whether an upload token opens it, for the upload of that token. */
  uploadTokens?: true;
  /** Whether its handler evaluates preconditions. On other routes a precondition that requires a version fails. */
  versions?: true;
  /** Whether the path with a slash at its end is redirected to it. The pattern of another route must lead such requests to the service. */
  slashed?: true;
  /** Any number, which gives its load balancer rule another priority, if synth says that two rules have the same one. */
  rulePlace?: number;
  summary: string;
  description?: string;
  params?: Joi.ObjectSchema;
  query?: Joi.ObjectSchema;
  headers?: Joi.ObjectSchema;
  body?: RequestBody;
  responses: Record<number, RouteResponse>;
  /** The error codes of this route, beside COMMON_PROBLEMS. */
  problems: ErrorCode[];
}
