export const JSON_MEDIA_TYPE = 'application/json';

/** The types of a body that says what to change, and leaves the rest as it is: such JSON is a JSON Merge Patch (RFC 7396), named so or not. */
export const PATCH_MEDIA_TYPES = [JSON_MEDIA_TYPE, 'application/merge-patch+json'] as const;
