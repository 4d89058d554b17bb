import Joi from 'joi';
import { LIMITS } from '../../domain/limits.ts';

/** Links that are signed: URLs of bytes or events that whoever has them may open, and nothing else by them. */
export const LINK_TARGETS = ['original', 'rendition', 'file', 'events'] as const;

export type LinkTarget = (typeof LINK_TARGETS)[number];

export interface LinkRequest {
  target: LinkTarget;
  /** Of the rendition, or the file. */
  name?: string;
  expiresInSeconds: number;
}

/** What a link says in its query, each once; other names there are not covered by its signature. */
export const LINK_PARAMETERS = ['expires', 'keyId', 'signature'] as const;

/** Of every route that a link may open. They are read from the URL as it came, before anything else of a request counts. */
export const linkQuery = {
  expires: Joi.string().description('Of a signed link, as all three of these: when it ends, in seconds since 1970.'),
  keyId: Joi.string().description('Of a signed link: the name of the key that signed it.'),
  signature: Joi.string().description('Of a signed link. Where it is given it must be right, for public images too.'),
} satisfies Record<(typeof LINK_PARAMETERS)[number], Joi.Schema>;

export const linkRequestSchema = Joi.object<LinkRequest>({
  target: Joi.string()
    .valid(...LINK_TARGETS)
    .required()
    .description('What the link opens: these bytes, or the events, which tell all of the record.'),
  name: Joi.string()
    .pattern(/^[a-zA-Z0-9][a-zA-Z0-9_-]{0,63}(\.[a-z]{2,5})?$/, 'name of a rendition or a file')
    .description(
      'Only of a `rendition`: its name, with an extension or without. And of a `file`: the last part of `links.file`.',
    ),
  expiresInSeconds: Joi.number()
    .strict()
    .integer()
    .min(1)
    .max(LIMITS.linkSeconds)
    .default(LIMITS.defaultLinkSeconds)
    .description('How long the link is to be good.'),
})
  .custom((request: LinkRequest, helpers) => {
    const isNamed = request.target === 'rendition' || request.target === 'file';
    return isNamed === (request.name !== undefined) ? request : helpers.error(isNamed ? 'link.unnamed' : 'link.named');
  })
  .messages({
    'link.unnamed': 'name is required where the target is a rendition or a file',
    'link.named': 'name is for renditions and files only',
  })
  .required();

export interface LinkView {
  url: string;
  expiresAt: string;
}

export const linkViewSchema = Joi.object<LinkView, true>({
  url: Joi.string()
    .required()
    .description('A path with its query, as links of records are paths: valid at whatever host answered.'),
  expiresAt: Joi.string().isoDate().required().description('From then on the link is refused.'),
});
