import Joi from 'joi';
import { LIMITS } from '../../domain/limits.ts';
import { LINK_TARGETS, type LinkTarget } from '../../domain/link-target.ts';

export interface LinkRequest {
  target: LinkTarget;
  /** The name of the rendition or the file. */
  name?: string;
  expiresInSeconds: number;
}

/** The query parameters of a signed link; each occurs once. The signature does not cover other parameters. */
export const LINK_PARAMETERS = ['expires', 'keyId', 'signature'] as const;

/** The query of every route that a link may open. It is read from the raw URL before the rest of a request is validated. */
export const linkQuery = {
  expires: Joi.string().description(
    'For signed links, together with `keyId` and `signature`: when the link expires, in seconds since 1970.',
  ),
  keyId: Joi.string().description('For signed links: the name of the key that signed it.'),
  signature: Joi.string().description('For signed links. If given, it must be valid, for public images too.'),
} satisfies Record<(typeof LINK_PARAMETERS)[number], Joi.Schema>;

export const linkRequestSchema = Joi.object<LinkRequest>({
  target: Joi.string()
    .valid(...LINK_TARGETS)
    .required()
    .description('What the link opens: these bytes, or the events, which contain the whole record.'),
  name: Joi.string()
    .pattern(/^[a-zA-Z0-9][a-zA-Z0-9_-]{0,63}(\.[a-z]{2,5})?$/, 'name of a rendition or a file')
    .description(
      'For a `rendition`: its name, with or without an extension. For a `file`: the last part of `links.file`. For other targets it is refused.',
    ),
  expiresInSeconds: Joi.number()
    .strict()
    .integer()
    .min(1)
    .max(LIMITS.linkSeconds)
    .default(LIMITS.defaultLinkSeconds)
    .description('How long the link is valid.'),
})
  .custom((request: LinkRequest, helpers) => {
    const isNamed = request.target === 'rendition' || request.target === 'file';
    return isNamed === (request.name !== undefined) ? request : helpers.error(isNamed ? 'link.unnamed' : 'link.named');
  })
  .messages({
    'link.unnamed': 'name is required if the target is a rendition or a file',
    'link.named': 'name is allowed for renditions and files only',
  })
  .required();

export interface LinkView {
  url: string;
  expiresAt: string;
}

export const linkViewSchema = Joi.object<LinkView, true>({
  url: Joi.string()
    .required()
    .description('A path with its query. Like the links in records it is valid at any host of the service.'),
  expiresAt: Joi.string().isoDate().required().description('The link is refused from then on.'),
});
