import type { LogicReport } from '@app/logic';
import { reportText } from './report-text.js';

const sound: LogicReport = {
  errors: [],
  warnings: [{ message: 'on dta: no input has this name', line: 7 }],
  states: ['new', 'waiting'],
  unreached: [],
  effects: ['setStatus'],
  statuses: { waiting: ['waiting_for_agent.html'], chatting: [] },
  deadlines: [],
};

describe('the text of a report', () => {
  it('tells what a sound logic does, and what is odd about it', () => {
    expect(reportText('a.mjs', sound)).toBe(`a.mjs:7: warning: on dta: no input has this name
a.mjs: ok
  states:    new, waiting
  statuses:  waiting (waiting_for_agent.html), chatting
  effects:   setStatus
  deadlines: none
`);
  });

  it('names states that were not reached', () => {
    expect(reportText('a.mjs', { ...sound, unreached: ['lost'] })).toContain('not reached when it was tried: lost\n');
  });

  it('tells only what is wrong with a broken one', () => {
    const errors = [{ message: 'SyntaxError: Unexpected token', line: 3 }, { message: 'expected a machine' }];
    expect(reportText('a.mjs', { ...sound, warnings: [], errors })).toBe(`a.mjs:3: SyntaxError: Unexpected token
a.mjs: expected a machine
a.mjs: 2 faults
`);
  });
});
