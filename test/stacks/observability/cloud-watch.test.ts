import { expect } from 'chai';
import { nextState } from '../../support/stacks/cloud-watch/alarm-state.ts';
import { computeSeries, READINGS, type Reading, type Series } from '../../support/stacks/cloud-watch/metric-math.ts';

const points = (text: string): Series => text.split(' ').map((point) => ({ X: 1, '0': 0 })[point]);

/** The tables of “How alarm state is evaluated when data is missing”, each with five points, of which `-` is missing. */
const TABLES: [datapoints: number, found: string, ignore: string, breaching: string, notBreaching: string][] = [
  [3, '0 - X - X', 'OK', 'OK', 'OK'],
  [3, '0 - - - -', 'OK', 'OK', 'OK'],
  [3, '- - - - -', 'INSUFFICIENT_DATA', 'ALARM', 'OK'],
  [3, '0 X X - X', 'ALARM', 'ALARM', 'ALARM'],
  [3, '- - - - X', 'INSUFFICIENT_DATA', 'ALARM', 'OK'],
  [3, 'X - - - -', 'INSUFFICIENT_DATA', 'ALARM', 'OK'],
  [2, '0 - X - X', 'ALARM', 'ALARM', 'ALARM'],
  [2, '0 0 X 0 X', 'ALARM', 'ALARM', 'ALARM'],
  [2, '0 - X - -', 'OK', 'ALARM', 'OK'],
  [2, '- - - - 0', 'OK', 'ALARM', 'OK'],
  [2, '- - - - X', 'INSUFFICIENT_DATA', 'ALARM', 'OK'],
];

describe("CloudWatch's evaluation of alarms", () => {
  for (const [datapoints, found, ...states] of TABLES)
    it(`follows its documentation for ${datapoints} of 3 and ${found}`, () => {
      const rule = { periods: 3, datapoints, breaches: (value: number) => value > 0 };
      const treatments = ['ignore', 'breaching', 'notBreaching'];
      const results = treatments.map((missing) => nextState(points(found), { ...rule, missing }, 'INSUFFICIENT_DATA'));
      expect(results).to.deep.equal(states);
    });
});

const none = undefined;

/** The tables of “Comparison and logical operators” and “Using IF expressions”. */
const MATH: [expression: string, series: Record<string, Series>, result: Series][] = [
  ['(m1 < m2)', { m1: [30, 20, 0, 0], m2: [20, none, 20, none] }, [0, 0, 1, 0]],
  ['(m1 >= 30)', { m1: [30, 20, 0, 0] }, [1, 0, 0, 0]],
  ['(m1 > 15 AND m2 > 15)', { m1: [30, 20, 0, 0], m2: [20, none, 20, none] }, [1, 0, 0, 0]],
  [
    'IF(m1, m2, m3)',
    { m1: [1, 1, 0, 0, none], m2: [30, none, 0, 0, 30], m3: [0, 0, 20, none, 20] },
    [30, 0, 20, none, none],
  ],
  ['IF(m1, 5, m3)', { m1: [1, 1, 0, 0, none], m3: [0, 0, 20, none, 20] }, [5, 5, 20, none, none]],
  ['IF(m1, m2, 5)', { m1: [1, 1, 0, 0, none], m2: [30, none, 0, 0, 30] }, [30, 0, 5, 5, none]],
  ['m1 - m2', { m1: [4, 4, none], m2: [3, none, none] }, [1, 4, none]],
  ['m1 / m2', { m1: [4, 4, none], m2: [2, 0, none] }, [2, none, none]],
  ['FILL(m1, 7)', { m1: [1, none, 3] }, [1, 7, 3]],
  ['FILL(m1, REPEAT)', { m1: [none, 1, none, 3, none] }, [none, 1, 1, 3, 3]],
];

describe("CloudWatch's metric math", () => {
  for (const [expression, series, result] of MATH)
    it(`computes ${expression} as its documentation says`, () => {
      const plain = READINGS.find(({ fillsEmpty, zeroWithNumbers }) => fillsEmpty && !zeroWithNumbers) as Reading;
      expect(computeSeries(expression, series, plain)).to.deep.equal(result);
    });

  for (const expression of [
    'MAX([m1, 1])',
    'MAX(m1)',
    'IF(1, m1, m1)',
    'IF(m1 > 2 || m1 < 0.5, 1, 0)',
    '3 + 4',
    'm1 +',
    'm2',
  ])
    it(`refuses ${expression}`, () => {
      expect(() => computeSeries(expression, { m1: [1] }, READINGS[0] as Reading)).to.throw(`"${expression}"`);
    });
});
