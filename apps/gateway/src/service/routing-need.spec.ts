import { readServiceDefinition } from '@app/config';
import { ANYBODY, type RoutingNeed, type TextMap } from '@app/domain';
import { needOf } from './routing-need.js';

const need = (yaml: string, data: TextMap = {}, subject?: string): RoutingNeed =>
  needOf(
    readServiceDefinition('chat.yaml', `name: chat\noptions:\n  _routing: ${yaml}`).options.routing,
    data,
    subject,
  );

describe('what a basic chat needs of an agent', () => {
  it('is nothing, by itself and when its definition has gone', () => {
    expect(need('{}', { skill: 'sales' }, 'sales')).toEqual(ANYBODY);
    expect(needOf(undefined, {}, 'sales')).toEqual(ANYBODY);
  });

  it('is what the definition, the subject and business data name together', () => {
    const routing = '{ skills: { chat: 3 }, skill_from: [subject, product] }';
    expect(need(routing, { product: 'loans' }, 'French').stages).toEqual([
      { afterS: 0, skills: { chat: 3, French: 1, loans: 1 } },
    ]);
  });

  it('asks for no lower level than the definition does', () => {
    expect(need('{ skills: { sales: 5 }, skill_from: [subject] }', {}, 'sales').stages[0]?.skills).toEqual({
      sales: 5,
    });
  });

  it('takes a subject that came as business data, but rather that of the chat', () => {
    const routing = '{ skill_from: [subject] }';
    expect(need(routing, { subject: 'sales' }).stages[0]?.skills).toEqual({ sales: 1 });
    expect(need(routing, { subject: 'sales' }, 'billing').stages[0]?.skills).toEqual({ billing: 1 });
  });

  it.each(['I have a question', '', '>=1,vip', '../x', 'a'.repeat(65)])('asks for no skill called %j', (subject) => {
    expect(need('{ skill_from: [subject] }', {}, subject)).toEqual(ANYBODY);
  });

  it.each(['__proto__', 'constructor', 'toString'])('finds nothing under %s where nothing was sent', (key) => {
    expect(need(`{ skill_from: [${key}], priority_from: ${key} }`)).toEqual(ANYBODY);
  });

  it('is relaxed with time', () => {
    const routing = '{ skills: { sales: 5 }, relax: [{ after: 30, skills: { sales: 1 } }, { after: 90 }] }';
    expect(need(routing).stages).toEqual([
      { afterS: 0, skills: { sales: 5 } },
      { afterS: 30, skills: { sales: 1 } },
      { afterS: 90, skills: {} },
    ]);
  });

  it.each([
    ['50', 50],
    ['-100', -100],
    ['101', 7],
    ['high', 7],
    ['1e1', 7],
  ])('has the priority that its data name: %s is %d', (tier, priority) => {
    expect(need('{ priority: 7, priority_from: tier }', { tier }).priority).toBe(priority);
  });
});
