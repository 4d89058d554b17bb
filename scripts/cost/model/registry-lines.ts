import { always, type Billed } from './charge.ts';
import type { Context } from './context.ts';
import { type Resource, referenced } from './resource.ts';

/** Megabytes of an image of a container, compressed, and what of it each build has anew (scripts/images/sizes.ts; the base and Node are shared). */
const IMAGE_MB = 100;
const NEW_MB = 1;

/** The images that a repository keeps for all environments of its account. */
export function repositoryLines(repository: Resource, { resources }: Context): Billed[] {
  const policy = resources.find(
    ({ type, values }) =>
      type === 'aws_ecr_lifecycle_policy' && referenced(resources, values.repository).name === repository.name,
  );
  const rules = JSON.parse(policy?.values.policy ?? '{"rules":[]}').rules;
  const kept = Math.max(
    1,
    ...rules.map(({ selection }: { selection: { countType: string; countNumber: number } }) =>
      selection.countType === 'imageCountMoreThan' ? selection.countNumber : 0,
    ),
  );
  return [
    {
      area: 'other',
      item: 'Repositories of container images, for all environments',
      resource: repository.address,
      how: `${kept} images of ${IMAGE_MB} MB, of which each has ${NEW_MB} MB of its own`,
      charges: [{ price: 'ecr.storage', amount: always((IMAGE_MB + kept * NEW_MB) / 1024) }],
    },
  ];
}
