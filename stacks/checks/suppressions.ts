import type { IConstruct } from 'constructs';

const METADATA = 'image-service/suppression';

/** A check that does not apply to a construct and its children, and why. */
export interface Suppression {
  id: string;
  reason: string;
}

export interface RecordedSuppression extends Suppression {
  path: string;
}

/** Characters: a shorter reason does not let a reader judge the exception. */
export const MIN_REASON = 20;

/** Suppresses one check for a construct and its children. `node stacks/suppressions.ts` lists all suppressions with their reasons. */
export function suppress(construct: IConstruct, id: string, reason: string): void {
  if (!/^IMG-[A-Z0-9]+-\d{3}$/.test(id)) throw new Error(`${id} is no id of a check, such as IMG-ECS-001`);
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

/** All suppressions in a tree, sorted by id and path. */
export const suppressionsIn = (root: IConstruct): RecordedSuppression[] =>
  root.node
    .findAll()
    .flatMap(ownSuppressions)
    .toSorted((a, b) => a.id.localeCompare(b.id) || a.path.localeCompare(b.path));
