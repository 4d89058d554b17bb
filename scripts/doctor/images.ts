import { accountNames } from '../../shared/contracts/names.ts';
import { absentOr } from '../target-stack/aws-refusals.ts';
import { type Check, missing, note, orWell } from './finding.ts';
import { findParameters, isDigest } from './parameters.ts';

const GUIDE = 'docs/deploying.md, "From a laptop"';

export const images: Check = {
  id: 'images',
  asksAws: true,
  async look(checked) {
    const { there } = await findParameters(checked);
    const chosen = there.filter(({ Name, Value }) => Name.includes('/images/') && isDigest(Value));
    if (chosen.length === 0) return [note('No parameter names an image yet.', `build and push them: ${GUIDE}`)];
    const { repository } = accountNames(checked);
    const absent = await Promise.all(
      chosen.map(({ Name, Value }) => {
        const name = repository(Name.split('/').at(-1) ?? '');
        const asked = ['--repository-name', name, '--image-ids', `imageDigest=${Value}`];
        const codes = ['ImageNotFoundException', 'RepositoryNotFoundException'];
        return absentOr(`${name}@${Value}`, codes, checked.aws()('ecr', 'describe-images', ...asked));
      }),
    );
    const wrong = absent.flatMap((name) =>
      name ? [missing(`There is no image ${name}, although a parameter names it.`, `build and push it: ${GUIDE}`)] : [],
    );
    return orWell(wrong, `${chosen.length} are in their repositories.`);
  },
};
