import { expect } from 'chai';
import { CHECKS } from './checks/all.ts';
import { readProject } from './project.ts';

describe('workflows', () => {
  const project = readProject();

  for (const [title, check] of Object.entries(CHECKS))
    it(title, async () => {
      expect(await check(project)).to.deep.equal([]);
    });
});
