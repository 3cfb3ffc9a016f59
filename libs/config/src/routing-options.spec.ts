import type { RoutingOptions } from './routing-options.js';
import { readServiceDefinition } from './service-definition.js';

const read = (yaml: string): RoutingOptions =>
  readServiceDefinition('chat.yaml', `name: chat\noptions:\n  _routing: ${yaml}`).options.routing;

const refusal = (yaml: string): string => {
  try {
    read(yaml);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
};

describe('the routing of a definition', () => {
  it('asks for nothing by itself', () => {
    expect(read('{}')).toEqual({ skills: {}, skillFrom: [], relax: [], priority: 0, priorityFrom: undefined });
  });

  it('names skills, where more come from, and what does after some time', () => {
    const yaml = `
    skills: { sales: 5, french: }
    skill_from: [subject, product]
    relax: [{ after: 30, skills: { sales: 1 } }, { after: 90 }]
    priority: 10
    priority_from: importance`;
    expect(read(yaml)).toEqual({
      skills: { sales: 5, french: 1 },
      skillFrom: ['subject', 'product'],
      relax: [
        { afterS: 30, skills: { sales: 1 } },
        { afterS: 90, skills: {} },
      ],
      priority: 10,
      priorityFrom: 'importance',
    });
  });

  it.each([
    ['{ skills: { "a b": 1 } }', 'options._routing.skills: expected names of 1 to 64 letters'],
    ['{ skills: { sales: 0 } }', 'options._routing.skills.sales: expected whole level from 1 to 100, got 0'],
    ['{ skills: [sales] }', 'options._routing.skills: expected a mapping'],
    ['{ relax: [{ after: 0 }] }', 'options._routing.relax[0].after: expected whole seconds, each more than before'],
    ['{ relax: [{ after: 9 }, { after: 9 }] }', 'options._routing.relax[1].after: expected whole seconds'],
    ['{ relax: { after: 9 } }', 'options._routing.relax: expected a list of mappings'],
    ['{ relax: [{ after: 9, skill: {} }] }', 'options._routing.relax[0].skill: expected one of after, skills'],
    ['{ priority: 101 }', 'options._routing.priority: expected whole numbers from -100 to 100, got 101'],
    ['{ skil: 1 }', 'options._routing.skil: expected one of skills, skill_from, relax, priority, priority_from'],
  ])('%s is refused', (yaml, expected) => {
    expect(refusal(yaml)).toContain(expected);
  });
});
