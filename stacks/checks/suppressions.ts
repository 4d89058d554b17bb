import type { IConstruct } from 'constructs';

const METADATA = 'image-service/suppression';

/** A check that is not to apply below a construct, and why. */
export interface Suppression {
  id: string;
  reason: string;
}

export interface RecordedSuppression extends Suppression {
  path: string;
}

/** What a reader needs to judge it: less is an excuse. */
export const MIN_REASON = 20;

/** Lets what is below a construct pass one check. The reason is kept with it, and listed by `node stacks/suppressions.ts`. */
export function suppress(construct: IConstruct, id: string, reason: string): void {
  if (!/^IMG-[A-Z0-9]+-\d{3}$/.test(id)) throw new Error(`${id} is no id of a check: they look like IMG-ECS-001`);
  if (reason.trim().length < MIN_REASON)
    throw new Error(`Suppressing ${id} at ${construct.node.path} needs a reason of ${MIN_REASON} characters or more`);
  construct.node.addMetadata(METADATA, { id, reason } satisfies Suppression, { stackTrace: false });
}

const ownSuppressions = (construct: IConstruct): RecordedSuppression[] =>
  construct.node.metadata
    .filter(({ type }) => type === METADATA)
    .map(({ data }) => ({ ...(data as Suppression), path: construct.node.path }));

export const isSuppressed = (construct: IConstruct, id: string): boolean =>
  construct.node.scopes.some((scope) => ownSuppressions(scope).some((suppression) => suppression.id === id));

/** Every suppression in a tree, by path. */
export const suppressionsIn = (root: IConstruct): RecordedSuppression[] =>
  root.node
    .findAll()
    .flatMap(ownSuppressions)
    .toSorted((a, b) => a.id.localeCompare(b.id) || a.path.localeCompare(b.path));
