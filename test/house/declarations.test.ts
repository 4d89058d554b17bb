import { expect } from 'chai';
import { ENVIRONMENT, type Environment, SERVICE_ENVIRONMENT } from '../../shared/contracts/environment.ts';
import { SERVICES, type ServiceName } from '../../shared/contracts/services.ts';
import { parseSource, readSources, type Source, type SourceFile } from './source-files.ts';

const read = (file: SourceFile) => ({ path: file.path, ...parseSource(file) });
const files = readSources('shared', 'containers', 'scripts').map(read);

describe('settings in use', () => {
  const readsOf = ({ members }: Source) =>
    members.filter(({ object, property }) => object === 'config' && /^[A-Z][A-Z0-9_]+$/.test(property));

  it('are in the contract', () => {
    const names = files.flatMap((file) => readsOf(file).map(({ property }) => property));
    expect(names).to.include.members(['PORT', 'AWS_REGION']);
    expect(Object.keys(ENVIRONMENT)).to.include.members(names);
  });

  for (const service of Object.keys(SERVICES) as ServiceName[]) {
    it(`are listed for ${service} if it reads them`, () => {
      const own = files.filter(({ path }) => path.startsWith(`containers/${service}/`));
      const names = own.flatMap((file) => readsOf(file).map(({ property }) => property as keyof Environment));
      expect(names).to.not.be.empty;
      expect(SERVICE_ENVIRONMENT[service]).to.include.members(names);
    });
  }

  it('include every variable of the contract', () => {
    const isReader =
      /^(shared\/(http|runtime|services|uploads)\/|shared\/contracts\/running-version\.ts$|containers\/)/;
    const readers = files.filter(({ path }) => isReader.test(path));
    const names = new Set(readers.flatMap(({ members }) => members.map(({ property }) => property)));
    expect(Object.keys(ENVIRONMENT).filter((name) => !names.has(name))).to.deep.equal([]);
  });
});
