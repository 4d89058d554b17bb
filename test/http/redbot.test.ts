import { expect } from 'chai';
import { askRedbot, type Finding } from '../../scripts/test-http/redbot.ts';
import { ACCEPTED, acceptedOf, isOf } from './accepted-notes.ts';
import { type Kind, type LookedAt, startLookedAt } from './looked-at.ts';

/** The levels of errors and warnings. */
const complaintsIn = ({ notes }: Finding) => notes.filter(({ level }) => level === 'BAD' || level === 'WARN');

describe('REDbot', () => {
  let lookedAt: LookedAt;
  let found: { kind: Kind; finding: Finding }[];
  before(async () => {
    const { REDBOT_PYTHON } = process.env;
    if (!REDBOT_PYTHON) throw new Error('These tests are run by npm run test:http.');
    lookedAt = await startLookedAt();
    const findings = await askRedbot(REDBOT_PYTHON, lookedAt.kinds);
    found = lookedAt.kinds.map((kind, index) => ({ kind, finding: findings[index] as Finding }));
  });
  after(() => lookedAt?.stop());

  it('checks at least sixteen kinds of URL, each with its expected status', () => {
    const seen = found.map(({ kind, finding }) => `${kind.name}: ${finding.error ?? finding.status}`);
    expect(seen).to.deep.equal(found.map(({ kind }) => `${kind.name}: ${kind.status}`));
    expect(seen).to.have.length.at.least(16);
    for (const { kind, finding } of found) expect(finding.notes, kind.name).to.not.have.length(0);
  });

  it('reports nothing that is not in the list of accepted notes', () => {
    const complaints = found.flatMap(({ kind, finding }) =>
      complaintsIn(finding)
        .filter((note) => !acceptedOf(note, kind))
        .map(({ id, level, subject, text }) => `${kind.name}: ${level} ${id} (${subject}) ${text}`),
    );
    expect(complaints).to.deep.equal([]);
  });

  it('still reports every accepted note, for each kind of URL in the list', () => {
    const isHeard = (id: string, finding: Finding) => complaintsIn(finding).some((note) => note.id === id);
    const silent = ACCEPTED.flatMap((accepted) =>
      found
        .filter(({ kind, finding }) => isOf(accepted, kind) && !isHeard(accepted.id, finding))
        .map(({ kind }) => `${accepted.id} of ${kind.name}`),
    );
    expect(silent).to.deep.equal([]);
    const names = found.map(({ kind }) => kind.name);
    for (const { of } of ACCEPTED) if (of !== 'all') expect(names).to.include.members(of);
  });
});
